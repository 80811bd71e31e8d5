"""A copy that was committed with its conflicts in it: what it brought is what was there when they were resolved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from auditor.fixes import counting
from auditor.git.changes import Change, Changes, diffs
from auditor.presence.case import Case

_BEGIN = b"<<<<<<<"
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
    """Whether a change brings where a conflict begins."""
    return any(line.startswith(_BEGIN) for line in case.scene.content.changed_lines(change)[1])


def _after(case: Case, number: int) -> Iterator[int]:
    """The commits of the branch's own line that followed one, the merge by which it came among them."""
    trunk, places = case.scene.arrivals(case.line)
    at = places[number]
    return iter(trunk[at + (trunk[at] == number) :])


def _together(case: Case, before: int, later: int, paths: Sequence[str]) -> Changes:
    ids = case.scene.history.ids
    found = diffs(case.scene.content.store, [f"{ids[later]} {ids[before]}"], paths)[0]
    return counting(found, case.scene.counts) or ()
