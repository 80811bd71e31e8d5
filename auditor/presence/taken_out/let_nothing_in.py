"""A merge that let nothing of a fix in, though the code that it mends is on the branch: reworded, or in other files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.git.changes import Change
from auditor.presence import dropped
from auditor.presence.case import Case, Part
from auditor.presence.parts import fix_parts, standing
from auditor.presence.taken_out import ground, straight
from auditor.presence.taken_out.unmended import Unmended

# Of more files that a branch has changed since it parted from main none is read.
_FILES = 200


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The merge by which the fix arrived with `number`, and what it did; main has not that merge.

    All files of the fix are as on the branch before, and its lines came to no other. Code that it mends is there
    without it, and nothing of it in the branch's own words: had the branch a pick of it, it has that no more.
    """
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    first, *others = scene.history.parents[arrival] or (arrival,)
    if not others or scene.contains(scene.main, arrival) or not _kept_all(case, arrival, first, others):
        return None
    parts = _parts(case)
    if any(_said_otherwise(case, change, n) for change, n in parts):
        return None
    path = _ground(case, first, parts)
    return None if path is None else (arrival, f"let nothing of it in, and {path} has the code that it mends")


def _kept_all(case: Case, arrival: int, first: int, others: Iterable[int]) -> bool:
    """Whether a merge has all files of the fix as the branch had them, and another side had some of it."""
    ours, merged = case.at(first), case.at(arrival)
    if any(ours.side(c) != merged.side(c) for c in case.changes):
        return False
    if all(dropped.lacks_all(case, n) for n in others):
        return False
    brought = case.scene.brought(arrival)
    return not any(fix_parts.moves(case, c, n, brought) for c, n in _parts(case))


def _parts(case: Case) -> list[Part]:
    """The parts of the fix that tell something; of a fix that sets but a value or two, all."""
    every = fix_parts.every(case)
    return [part for part in every if straight.tells(case, *part)] or [part for part in every if _sets(case, *part)]


def _sets(case: Case, change: Change, number: int) -> bool:
    """Whether a part but changes words of lines, in a file that does anything."""
    told = fix_parts.told(case, change, number)
    return bool(told.went and told.came) and standing.is_in_force(change.path, case.fix.paths)


def _said_otherwise(case: Case, change: Change, number: int) -> bool:
    side = case.place().side(change)
    return side is not None and ground.as_good(case, change, number, side)


def _ground(case: Case, first: int, parts: Sequence[Part]) -> str | None:
    """The file that has the code of a part, as it had when the fix came: its own, or what the branch moved it to."""
    commits = case.scene.history.ids[first], case.line.tip
    own = (change.path for change, n in parts if all(_is_ground(case, change, n, commit) for commit in commits))
    return next(own, None) or _moved(case, parts, case.scene.own_changes(first, _FILES))


def _is_ground(case: Case, change: Change, number: int, commit: str) -> bool:
    """Whether a file has the code that a part mends, and next to nothing of what that makes of it."""
    side = case.place(commit).side(change)
    has = ground.has_in_words(case, change, number, side) or ground.has_own_value(case, change, number, side)
    few = has and fix_parts.few_left(case, change, number, side)
    return few and not ground.has_what_main_made(case, change, number, side)


def _moved(case: Case, parts: Iterable[Part], changed: Sequence[Change]) -> str | None:
    own = [other for other in changed if other.path not in case.fix.paths]
    return next((path for part in parts if (path := Unmended(case, *part).brought_by(own))), None)
