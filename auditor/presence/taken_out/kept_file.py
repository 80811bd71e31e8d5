"""The merge by which a fix came kept a whole file of the branch's own: a binary one, or one that the fix adds, too."""

from __future__ import annotations

from auditor.git.changes import Change, Side
from auditor.presence import dropped
from auditor.presence.case import Case
from auditor.text import kinds

_MODULE = 0o160000
_HALF = 1 / 2


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The merge by which the fix arrived with `number`, and what it did; main has not that merge."""
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    above = scene.history.parents[arrival]
    if len(above) < 2 or scene.contains(scene.main, arrival):
        return None
    kept = (c for c in case.changes if not kinds.tells_only(c.path) and _kept(case, c, arrival))
    change = next(kept, None)
    return None if change is None or dropped.came_otherwise(case, arrival) else (arrival, f"kept its own {change.path}")


def _kept(case: Case, change: Change, arrival: int) -> bool:
    scene, content = case.scene, case.scene.content
    if change.before and change.after and not content.as_a_whole(change):
        return False
    first, *others = scene.history.parents[arrival]
    ours, merged, tip = (content.at(scene.history.ids[n], change.path) for n in (first, arrival, case.line.number))
    if ours is None or ours != merged or tip is None:
        return False
    has = (case.at(n).side(change) for n in (*others, scene.main.number))
    return all(content.holds(change, side) for side in has) and all(_is_own(case, change, s) for s in (ours, tip))


def _is_own(case: Case, change: Change, side: Side) -> bool:
    """Whether a file is the branch's own in place of what the fix made: a text that is mostly the same is that one.

    Of submodules it cannot be told which is the later.
    """
    content, made = case.scene.content, change.after
    if made is None or _MODULE in (made.mode, side.mode) or content.holds(change, side):
        return False
    return max(content.compare(made.oid, side.oid)) <= _HALF
