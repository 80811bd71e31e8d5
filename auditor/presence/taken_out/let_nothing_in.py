"""A merge that let nothing of a fix in, though the code that it mends is on the branch: reworded, or in other files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.git.changes import Change, Side
from auditor.presence import dropped, elsewhere
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts, standing
from auditor.presence.taken_out import ground, straight
from auditor.presence.taken_out.straight import Part

# Of more files that a branch has changed since it parted from main none is read.
_FILES = 200


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The merge by which the fix arrived with `number`, and the file that has its code; main has not that merge.

    All files of the fix are as on the branch before, and its lines came to no other. The code of half of the fix is
    there without it, and nothing of it in the branch's own words: had the branch a pick of it, it has that no more.
    """
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    first, *others = scene.history.parents[arrival] or (arrival,)
    if not others or scene.contains(scene.main, arrival) or not _kept_all(case, arrival, first, others):
        return None
    parts = _parts(case)
    if any(_said_otherwise(case, change, n) for change, n in parts):
        return None
    grounds = _grounds(case, first, parts)
    enough = grounds and 2 * _weight(case, grounds) >= _weight(case, parts)
    return (arrival, next(iter(grounds.values()))) if enough else None


def _kept_all(case: Case, arrival: int, first: int, others: Iterable[int]) -> bool:
    """Whether a merge has all files of the fix as the branch had them, without it, and another side had some of it."""
    ids, content, changes = case.scene.history.ids, case.scene.content, case.fix.changes or ()
    ours, merged, here = case.place(ids[first]), case.place(ids[arrival]), case.place()
    if any(ours.side(c) != merged.side(c) or content.holds(c, ours.side(c)) for c in changes):
        return False
    if all(dropped.lacks_all(case, n) for n in others) or any(content.holds(c, here.side(c)) for c in changes):
        return False
    brought = case.scene.brought(arrival) or ()
    return not any(fix_parts.moves(case, c, n, brought) for c, n in _parts(case))


def _parts(case: Case) -> list[Part]:
    """The parts of the fix that tell something; of a fix that sets but a value or two, all."""
    changes = (c for c in case.fix.changes or () if c.before and c.after)
    every = [(c, n) for c in changes for n in range(len(fix_parts.hunks(case, c)))]
    return [part for part in every if straight.tells(case, *part)] or [part for part in every if _sets(case, *part)]


def _sets(case: Case, change: Change, number: int) -> bool:
    """Whether a part but changes words of lines, in a file that does anything."""
    told = fix_parts.told(case, change, number)
    return bool(told.went and told.came) and standing.is_in_force(change.path, case.fix.paths)


def _weight(case: Case, parts: Iterable[Part]) -> int:
    """How many lines the fix removed and added in some of its parts."""
    hunks = (fix_parts.hunks(case, change)[n] for change, n in parts)
    return sum(hunk.removed + hunk.added for hunk in hunks)


def _said_otherwise(case: Case, change: Change, number: int) -> bool:
    side = case.place().side(change)
    return side is not None and ground.as_good(case, change, number, side)


def _grounds(case: Case, first: int, parts: Sequence[Part]) -> dict[Part, str]:
    """The file that has the code of each part, as it had when the fix came: its own, or what the branch moved it to."""
    ids, found = case.scene.history.ids, dict[Part, str]()
    for change, n in parts:
        then, now = (case.place(commit).side(change) for commit in (ids[first], case.line.tip))
        few = fix_parts.few_left(case, change, n, now)
        if few and all(_is_ground(case, change, n, side) for side in (then, now)):
            found[change, n] = change.path
    left = [part for part in parts if part not in found]
    return found | _moved(case, left, case.scene.own_changes(first, _FILES)) if left else found


def _is_ground(case: Case, change: Change, number: int, side: Side | None) -> bool:
    return ground.has_in_words(case, change, number, side) or ground.has_own_value(case, change, number, side)


def _moved(case: Case, parts: Iterable[Part], changed: Sequence[Change]) -> dict[Part, str]:
    own = [other for other in changed if other.path not in case.fix.paths]
    found = ((part, next((o.path for o in own if elsewhere.has_unmended(case, *part, o)), None)) for part in parts)
    return {part: path for part, path in found if path is not None}
