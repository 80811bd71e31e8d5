"""A copy that was committed with its conflicts in it: what it brought is what was there when they were resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from auditor.fixes import counting
from auditor.git.changes import Change, Changes, diffs
from auditor.presence.case import Case

_BEGIN, _END = b"<<<<<<<", b">>>>>>>"
# So many commits later they are resolved, or stay what they are.
_NEXT = 16


def resolved(case: Case, number: int, changes: Changes) -> tuple[int, Changes]:
    """The commit in which the marks of conflicts that `number` brought were gone again, and what both did together."""
    marked = [c.path for c in changes if _is_marked(case, c)]
    parents = case.scene.history.parents[number]
    for later in islice(_after(case, number), _NEXT) if marked and parents else ():
        together = _together(case, parents[0], later, [c.path for c in changes])
        if not any(_is_marked(case, c) for c in together):
            return later, together
    return number, changes


def _is_marked(case: Case, change: Change) -> bool:
    """Whether a change brings where a conflict begins, and where it ends."""
    added = case.scene.content.changed_lines(change)[1]
    return all(any(line.startswith(mark) for line in added) for mark in (_BEGIN, _END))


def _after(case: Case, number: int) -> Iterator[int]:
    """The commits that followed one to the branch: on the topic that it came with, or else on the branch's own line."""
    scene = case.scene
    trunk, places = scene.arrivals(case.line)
    at = places[number]
    if trunk[at] == number:
        return iter(trunk[at + 1 :])
    topics = (_down_to(case, side, number) for side in scene.history.parents[trunk[at]][1:])
    return iter(next((topic for topic in topics if topic is not None), [trunk[at]]))


def _down_to(case: Case, top: int, number: int) -> list[int] | None:
    """The commits above one on the first-parent line of a topic, the next first; None where it is not on that."""
    found, parents, places = [], case.scene.history.parents, case.scene.arrivals(case.line)[1]
    while top != number:
        found.append(top)
        if not parents[top] or places[top] != places[number]:
            return None
        top = parents[top][0]
    return found[::-1]


def _together(case: Case, before: int, later: int, paths: Sequence[str]) -> Changes:
    ids = case.scene.history.ids
    found = diffs(case.scene.content.store, [f"{ids[later]} {ids[before]}"], paths)[0]
    return counting(found, case.scene.counts) or ()
