"""Whether a commit that says to be the fix does within its branch's own lines what the fix did within main's.

Where a line is not the same on both, no whole line tells: `at(&key)` became `at(key)` on main, `get(&key)` `get(key)`.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case
from auditor.presence.claims import likeness
from auditor.text import lines, renamed, wording

_SIGNS = re.compile(rb"\w+|[^\w\s]")


class Step(NamedTuple):
    """What became of a line: the signs that went and came in it, the ones beside these, the line before and after."""

    went: tuple[bytes, ...]
    came: tuple[bytes, ...]
    above: tuple[bytes, ...]
    below: tuple[bytes, ...]
    old: bytes
    new: bytes

    def is_as(self, other: Step) -> bool:
        """Whether the same was done beside the same sign, in lines that have most of their words in common.

        Numbers alone tell nothing: each release raises its own version's last one.
        """
        beside = (self.above and self.above == other.above) or (self.below and self.below == other.below)
        same = (self.went, self.came) == (other.went, other.came)
        alike = same and _alike(wording.words(self.old), wording.words(other.old))
        return alike and bool(beside) and not _numbers_alone(self.came)

    def is_like(self, other: Step) -> bool:
        """Whether the same was done but for brackets, and whose member something is: enough where a copy is named."""
        return renamed.done_alike((self.old, self.new), (other.old, other.new))


def answered(case: Case, number: int, changes: Changes, *, named: bool) -> tuple[float, float]:
    """The shares, from 0 to 1, of the lines that commit `number` owes: it has them, or did the same within others.

    Nothing, where it did the same within none. Of one that is `named` as a copy these may have other names in them.
    """
    wanted, met, found = [0, 0], [0, 0], False
    ours = case.fix.changes or ()
    pairs = likeness.paired(case, ours, changes, number)
    for change in ours:
        theirs = pairs.get(change.path)
        told, as_well = likeness.lines_of(case, theirs), _as_well(case, change, theirs, named=named)
        found = found or any(as_well)
        owed = likeness.owing(case, change, case.scene.content.changed_lines(change), theirs, number)
        for side, mine, other, more in zip((0, 1), owed, told, as_well, strict=True):
            wanted[side] += mine.total()
            met[side] += (mine & (other + more)).total()
    removed, added = (m / w if w else 1.0 for m, w in zip(met, wanted, strict=True))
    return (removed, added) if found else (0.0, 0.0)


def _as_well(
    case: Case, change: Change, theirs: Change | None, *, named: bool
) -> tuple[Counter[bytes], Counter[bytes]]:
    """Lines that the fix removed and added in steps that the other change did, too, each of these once."""
    left = list(_steps(case, theirs)) if theirs else []
    found = []
    for step in _steps(case, change) if left else ():
        may = named and theirs is not None and not _stands(case, step.old, theirs)
        same = next((n for n, other in enumerate(left) if step.is_as(other) or (may and step.is_like(other))), None)
        if same is not None:
            found.append(step)
            del left[same]
    put_in = _inserted(case, change, theirs) if named and theirs else ()
    return lines.bare(step.old for step in found), lines.bare((*(step.new for step in found), *put_in))


def _stands(case: Case, line: bytes, theirs: Change) -> bool:
    """Whether a line is in a file after a change: what was done to one like it was done to another."""
    return lines.bare([line]) <= case.scene.content.all_lines(theirs.after)


def _inserted(case: Case, change: Change, theirs: Change) -> list[bytes]:
    """Lines that the fix put into a file, and the other change, too, under the names that its file has."""
    left = _inserts(case, theirs)
    found: list[bytes] = []
    for insert in _inserts(case, change) if left else ():
        same = next((n for n, o in enumerate(left) if _is_under_other_names(case, change, theirs, insert, o)), None)
        if same is not None:
            found += insert.lines
            del left[same]
    return found


def _inserts(case: Case, change: Change) -> list[renamed.Insert]:
    content, before, after = case.scene.content, change.before, change.after
    if not (before and after) or content.as_a_whole(change):
        return []
    return renamed.inserts(content.hunks(before.oid, after.oid) or (), content.lines(after.oid))


def _is_under_other_names(
    case: Case, change: Change, theirs: Change, insert: renamed.Insert, other: renamed.Insert
) -> bool:
    """Whether two put the same lines in: whose members they name is told beside them, other names by the files."""
    beside, names = renamed.shown(insert, other)
    if names and not _stands(case, beside, theirs) and renamed.is_called(names, insert, other):
        return True
    others = renamed.other_names(insert, other) if change.before and theirs.before else None
    if not others or change.before is None or theirs.before is None:
        return False
    ours, its = (case.scene.content.lines(side.oid) for side in (change.before, theirs.before))
    return all(renamed.is_renamed(mine, name, ours, its) for mine, name in others.items())


def _steps(case: Case, change: Change) -> Iterator[Step]:
    """What became of each line where a hunk put as many in the place of some."""
    content, before, after = case.scene.content, change.before, change.after
    if not (before and after) or content.as_a_whole(change):
        return
    old, new = content.lines(before.oid), content.lines(after.oid)
    for hunk in content.hunks(before.oid, after.oid) or ():
        if hunk.removed == hunk.added:
            yield from itertools.starmap(_step, zip(hunk.removed_of(old), hunk.added_of(new), strict=True))


def _step(old: bytes, new: bytes) -> Step:
    was, now = _SIGNS.findall(old), _SIGNS.findall(new)
    start = _common(was, now)
    end = _common(was[start:][::-1], now[start:][::-1])
    went, came = was[start : len(was) - end], now[start : len(now) - end]
    return Step(tuple(went), tuple(came), tuple(was[:start][-1:]), tuple(was[len(was) - end :][:1]), old, new)


def _numbers_alone(signs: Sequence[bytes]) -> bool:
    words = [sign for sign in signs if sign.isalnum()]
    return bool(words) and all(map(bytes.isdigit, words))


def _common(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """With how many of the same signs both begin."""
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Whether two lines have more than half of their words in common."""
    return 2 * (Counter(one) & Counter(other)).total() > max(len(one), len(other))
