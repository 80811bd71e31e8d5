"""A merge that brought a file back which the branch had moved: the fix is there, and not where the code is."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts
from auditor.presence.taken_out import straight
from auditor.presence.taken_out.unmended import Unmended

# Of more files that a branch has changed since it parted from main none is read.
_FILES = 200


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The merge by which the fix arrived with `number`, and what it did; main has not that merge.

    The branch had the file no more, as it had brought its code to another one, which has it still, and without the fix.
    """
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    first, *others = scene.history.parents[arrival] or (arrival,)
    if not others or scene.contains(scene.main, arrival):
        return None
    back = list(_back(case, scene.history.ids[first], scene.history.ids[arrival]))
    return next(((arrival, did) for change in back if (did := _unmended(case, change, first))), None)


def _back(case: Case, first: str, merge: str) -> Iterator[Change]:
    """The files of the fix that the branch had not, and has since a merge: mostly none."""
    at = case.scene.content.at
    for change in case.changes:
        was_gone = change.before and change.after and at(first, change.path) is None
        if was_gone and at(merge, change.path) and at(case.line.tip, change.path):
            yield change


def _unmended(case: Case, change: Change, first: int) -> str | None:
    """What bringing a file back did, where the branch had removed it and another one has its code without the fix."""
    own = case.scene.own_changes(first, _FILES)
    if not any(o.path == change.path and o.after is None for o in own):
        return None
    brought = [o for o in own if o.after and o.path not in case.fix.paths]
    parts = (n for n in range(len(fix_parts.hunks(case, change))) if straight.tells(case, change, n))
    found = (Unmended(case, change, n).brought_by(brought) for n in parts)
    there = next((path for path in found if path), None)
    return None if there is None else f"brought {change.path} back, while {there} has the code that it mends"
