"""Lines of a fix that a later commit deleted, where that took nothing of the fix out."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.git.changes import Change
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts
from auditor.text import bindings, calls, conditions, lines, wording


def is_nothing(case: Case, change: Change, number: int, cut: Sequence[bytes]) -> bool:
    """Whether deleted lines of a hunk but said when the rest is in force, or were old, or are given to no call now."""
    return (
        _conditions(case, change, number, cut)
        or _all_old(case, change, number, cut)
        or _given_no_more(case, change, number, cut)
    )


def _conditions(case: Case, change: Change, number: int, cut: Sequence[bytes]) -> bool:
    """Whether they were conditions alone, and the branch has all that stood between.

    Where one ends, another one may, too: which of the two ends a diff calls deleted is chance.
    """
    came = fix_parts.told(case, change, number).came
    own, rest = ([line for line in came if conditions.is_condition(line) is is_one] for is_one in (True, False))
    if not all(conditions.is_condition(line) for line in cut if line.strip()) or not conditions.are_whole(own):
        return False
    left = fix_parts.left(case, change, rest, case.place().side(change))
    return wording.tells(rest) and not lines.bare(rest) - left


def _all_old(case: Case, change: Change, number: int, cut: Sequence[bytes]) -> bool:
    """Whether they were what the fix had found in its file, and but worded anew: that was given up itself."""
    if change.before is None or change.after is None:
        return False
    went, came = fix_parts.told(case, change, number)
    rest = [line for line in came if line not in cut]
    if wording.tells(went) and wording.said_again(went, cut) and not wording.said_again(went, rest):
        return True
    have = case.scene.content.all_lines(change.after)
    removed = (fix_parts.did(case, change, n)[0] for n in range(len(fix_parts.hunks(case, change))))
    found = [line for some in removed for line in some if wording.tells([line]) and lines.unspaced(line) not in have]
    telling = [line for line in cut if wording.tells([line])]
    return bool(telling) and all(any(_is_worded(old, line) for old in found) for line in telling)


def _is_worded(old: bytes, line: bytes) -> bool:
    """Whether a line says what an older one said, and begins so: a condition with its words is no wording of it."""
    return wording.said_again([old], [line]) and wording.words(old)[:1] == wording.words(line)[:1]


def _given_no_more(case: Case, change: Change, number: int, cut: Sequence[bytes]) -> bool:
    """Whether they were what its calls were given, as others were before it, and the file has that no more."""
    content, there = case.scene.content, case.place().side(change)
    if change.before is None or change.after is None or there is None:
        return False
    names = {calls.given(line) for line in cut if line.strip()}
    gone = {name for name in names if name} - bindings.names(content.lines(there.oid), 1)
    if not names or len(gone) < len(names) or not gone <= set(map(calls.given, content.lines(change.before.oid))):
        return False
    return calls.are_given(gone, fix_parts.did(case, change, number)[1])
