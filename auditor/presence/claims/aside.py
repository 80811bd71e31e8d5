"""What of a fix tells nothing of whether a commit that says to be the fix brought it to a branch.

The branch may align its lines otherwise, need other imports, and have one file where main has copies of it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

from auditor.git.changes import REGULAR, Change, Changes, Side
from auditor.presence import elsewhere
from auditor.presence.case import Case
from auditor.presence.claims import likeness
from auditor.presence.claims.likeness import Lines
from auditor.text import kinds, lines, wording

# What an import names: `"example.org/pay/v2"`, whatever it is called in the file.
_NAMED = re.compile(rb"[\"'][^\"']+[\"'];?$")


def answered(case: Case, number: int, changes: Changes) -> tuple[float, float]:
    """The shares, from 0 to 1, of the fix's telling removed and added lines that commit `number` removes and adds.

    Where none of them is met, nothing is.
    """
    pairs = likeness.paired(case, case.changes, changes, number)
    ours = [(c, _but_respaced(case, c)) for c in _but_copies(case, case.changes, pairs, number)]
    files = list(likeness.owed_and_told(case, ours, pairs, number))
    telling = [(_telling(case, c, owed, told), told) for (c, _), (owed, told) in zip(ours, files, strict=True)]
    shared = (mine & other for sides in telling for mine, other in zip(*sides, strict=True))
    if not wording.tells({line for some in shared for line in some}):
        return 0.0, 0.0
    removed, added = likeness.shares(telling)
    if any(owed for (owed, _), _ in telling):
        return removed, added
    # Where it took out nothing of what the fix did, and no line of that is long enough to tell, its place does.
    short = any(_left_short(case, c, number, owed[0]) for (c, _), (owed, _) in zip(ours, files, strict=True))
    return 0.0 if short else removed, added


def but_respaced(case: Case, number: int, changes: Changes) -> tuple[float, float]:
    """The same shares of all lines that the fix did more to than to align them anew; of none, nothing."""
    pairs = likeness.paired(case, case.changes, changes, number)
    ours = ((c, _but_respaced(case, c)) for c in case.changes)
    files = list(likeness.owed_and_told(case, ours, pairs, number))
    return likeness.shares(files) if any(any(owed) for owed, _ in files) else (0.0, 0.0)


def _telling(case: Case, change: Change, owed: Lines, told: Lines) -> Lines:
    """Of what a commit owes, what it did, and what of the rest tells that it did not.

    What is to be removed may stand in main's file elsewhere, and there on the branch, too. An import that the branch
    has not is one that it does not need; one that it has under another name is there.
    """
    needs, (removed, added) = _imports(case, change), owed
    named = {_named(line) for line in added if line in needs} - {b""}
    elsewhere = case.scene.content.all_lines(change.after)
    left = {
        line: n
        for line, n in (removed - told[0]).items()
        if wording.tells([line]) and line not in elsewhere and not (line in needs and _named(line) in named)
    }
    lacking = {line: n for line, n in (added - told[1]).items() if line not in needs}
    return (removed & told[0]) + Counter(left), (added & told[1]) + Counter(lacking)


def _left_short(case: Case, change: Change, number: int, removed: Counter[bytes]) -> bool:
    """Whether lines that a commit had to remove stand in their places yet, as they do at the tip, and not on main.

    A value says little: `pool=5`. Not asked are prose, tests and what tools write, nor imports.
    """
    if kinds.is_own_to_a_branch(change.path) or kinds.is_prose(change.path) or kinds.is_test(change.path):
        return False
    there, main = replace(case, came=number), case.on_main()
    left = there.place().undone() & there.at(number).undone() - main.undone()
    if not change.before or not change.after or not any(path == change.path for path, _ in left):
        return False
    hunks, old = case.scene.content.own_hunks(change.before.oid, change.after.oid) or (), _text(case, change.before)
    stood = sum((lines.bare(h.removed_of(old)) for n, h in enumerate(hunks) if (change.path, n) in left), Counter())
    needs = _imports(case, change)
    return any(line not in needs and wording.letters([line]) for line in stood & removed)


def _named(line: bytes) -> bytes:
    found = _NAMED.search(line)
    return found[0] if found else b""


def _imports(case: Case, change: Change) -> set[bytes]:
    """The import lines of a file before and after a change, white space aside."""
    return {bare for side in (change.before, change.after) for bare in lines.bare(wording.imports(_text(case, side)))}


def _text(case: Case, side: Side | None) -> list[bytes]:
    return case.scene.content.lines(side.oid) if side and side.mode in REGULAR else []


def _but_respaced(case: Case, change: Change) -> Lines:
    """The lines of a change, but for those that it only aligned anew; of a change that did no more, all."""
    removed, added = case.scene.content.changed_lines(change)
    if change.before is None or change.after is None or change.before.oid == change.after.oid:
        return removed, added
    old, new, respaced = _text(case, change.before), _text(case, change.after), Counter[bytes]()
    for hunk in case.scene.content.own_hunks(change.before.oid, change.after.oid) or ():
        gone, came = Counter(hunk.removed_of(old)), Counter(hunk.added_of(new))
        respaced += lines.bare((gone - came).elements()) & lines.bare((came - gone).elements())
    left = removed - respaced, added - respaced
    return left if any(left) else (removed, added)


def _but_copies(case: Case, ours: Changes, pairs: dict[str, Change], number: int) -> Changes:
    """The changes of a fix, but for what it did in the same way to a copy that the branch has not.

    It has the name of a file that `number` changed; what is called so there is that very file, or has no place for it.
    """
    return tuple(c for c in ours if c.path in pairs or not any(_is_copy(case, c, o, pairs, number) for o in ours))


def _is_copy(case: Case, change: Change, other: Change, pairs: dict[str, Change], number: int) -> bool:
    lines_of = case.scene.content.changed_lines
    if other.path not in pairs or _name(change) != _name(other) or lines_of(change) != lines_of(other):
        return False
    there = case.at(number).side(change)
    return (
        there is None or there == pairs[other.path].after or not elsewhere.may_be_in(case.scene.content, change, there)
    )


def _name(change: Change) -> str:
    return change.path.rpartition("/")[2]
