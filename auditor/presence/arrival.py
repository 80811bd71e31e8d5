"""When a fix that is present came to a branch, and since when something has held of its files there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace

from auditor.git.changes import diffs
from auditor.presence import dropped
from auditor.presence.case import Case, Found, names
from auditor.presence.since import last_run
from auditor.presence.taken_out.events import events
from auditor.presence.undone import expected

# So many commits are looked at first, then twice as many, and so on.
_A_LOOK = 100


def arrived(case: Case, found: Found) -> int:
    """The commit of the branch's own line with which a present fix arrived; after a revert, with which it came back."""
    scene = case.scene
    if found.number is None:
        return _content_since(case, found)
    case = replace(case, came=found.number)
    arrival = scene.arrival(case.line, found.number)
    out = [n for n, taken in events(case, found.number) if taken]
    if not out:
        return _whole_since(case, found.number, arrival)
    may = expected(case, found.number)
    trunk, _ = scene.arrivals(case.line)
    last = max(scene.place(case.line, n) for n in out)
    turns = itertools.chain([trunk[last]], _touching(case, trunk[last + 1 :]))
    back = (n for n in turns if not dropped.lacks(case, n) - may)
    return next(back, trunk[-1])


def _whole_since(case: Case, number: int, arrival: int) -> int:
    """The arrival of a fix that nothing is known to have taken out; or where it was first whole.

    What came from another branch than main may have come with what took it out again.
    """
    history = case.scene.history
    direct = all(case.scene.contains(case.scene.main, n) for n in history.parents[arrival][1:])
    lacking = frozenset() if direct else dropped.lacks(case, arrival)
    if not lacking or not lacking - expected(case, number):
        return arrival
    trunk, places = case.scene.arrivals(case.line)
    later = _touching(case, trunk[places[arrival] + 1 :])
    return next((n for n in later if case.held(history.ids[n])), arrival)


def _touching(case: Case, trunk: Sequence[int]) -> Iterator[int]:
    """The commits of a line that touch a file of the fix under any name that it has: mostly few. Some at a time."""
    scene = case.scene
    named = (names(scene, case.fix, line).values() for line in (case.line, scene.main))
    paths = sorted({*case.fix.paths, *itertools.chain(*named)})
    start, count = 0, _A_LOOK
    while start < len(trunk):
        some = trunk[start : start + count]
        found = diffs(scene.content.store, [scene.history.step(n) for n in some], paths)
        yield from (n for n, changes in zip(some, found, strict=True) if changes != ())
        start, count = start + count, 2 * count


def _content_since(case: Case, found: Found) -> int:
    """The first-parent commit since which the fix's lines have been there."""
    scene = case.scene
    trunk, _ = scene.arrivals(case.line)
    changes = found.whole.changes if found.whole else case.fix.changes or ()
    content = scene.content
    return trunk[last_run(case, trunk, changes, lambda there: all(content.holds(c, there.side(c)) for c in changes))]
