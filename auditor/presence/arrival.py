"""When a fix that is present came to a branch, and since when something has held of its files there."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from auditor.git.changes import Change, diffs
from auditor.presence import dropped
from auditor.presence.case import Case, Found, names
from auditor.presence.last_run import last_run
from auditor.presence.taken_out.events import events
from auditor.presence.undone import expected
from auditor.text import wording

# Of a file that thousands of commits touch, so many are looked at.
_LATEST = 200
# So many commits are looked at first, then twice as many, and so on.
_A_LOOK = 100


def arrived(case: Case, found: Found) -> int:
    """The commit of the branch's own line with which a present fix arrived; after a revert, with which it came back."""
    if found.number is None:
        return _content_since(case, found)
    case = replace(case, came=found.number)
    arrival = case.scene.arrival(case.line, found.number)
    out = [n for n, taken in events(case, found.number) if taken]
    last = out[-1] if out else _was_out(case, found.number)
    if last is None:
        return _whole_since(case, found.number, arrival)
    may, (went, *later) = expected(case, found.number), case.since(last)
    turns = itertools.chain([went], _touching(case, later))
    back = (n for n in turns if not dropped.lacks(case, n) - may)
    return next(back, case.line.number if out else arrival)


def _was_out(case: Case, number: int) -> int | None:
    """The last of the branch's own work that took all of the fix out since that arrived, whatever it said."""
    (trunk, places), work = case.scene.arrivals(case.line), case.scene.own_work(case.line)
    later = {place for path in _paths(case) for place in work.get(path, ()) if place > places[number]}
    latest = sorted(later, reverse=True)[:_LATEST]
    told = _telling(case) if latest else _Told(0, {})
    undoing = (trunk[place] for place in latest if _goes_back(case, trunk[place], told))
    out = next((n for n in undoing if dropped.lacks_all(case, n)), None)
    return None if out is None or not dropped.lacks(case, out) - expected(case, number) else out


class _Told(NamedTuple):
    """By what it is told at a glance that a commit takes a fix out.

    Lines by their hashes, with how many letters each has, and on which side of the commit's changes they are looked
    for: 0 for what that removes, 1 for what it adds.
    """

    side: int
    letters: dict[int, int]


def _telling(case: Case) -> _Told:
    """The lines that the fix added, or, where it added none, removed; where any tell something, those alone."""
    sides = zip(*map(case.scene.content.changed_lines, case.changes), strict=True)
    every = [{line for some in side for line in some} for side in sides]
    telling = [{line for line in side if wording.tells([line])} for side in every]
    removed, added = telling if any(telling) else every
    return _Told(0 if added else 1, {hash(line): wording.letters([line]) for line in added or removed})


def _goes_back(case: Case, number: int, told: _Told) -> bool:
    """Whether a commit takes out most of what the fix added, or brings most of what that but removed.

    A quick look at many: whether the fix is out then is asked of few.
    """
    found = set[int]()
    after, before = (case.at(n) for n in (number, case.scene.history.parents[number][0]))
    for change in case.changes:
        was, now = before.side(change), after.side(change)
        if was == now:
            continue
        if was is None or now is None or was.mode != now.mode:
            return True
        found.update(case.scene.content.changed_hashes(Change(change.path, was, now))[told.side])
    return 2 * sum(told.letters[line] for line in told.letters.keys() & found) >= sum(told.letters.values())


def _whole_since(case: Case, number: int, arrival: int) -> int:
    """The arrival of a fix that nothing is known to have taken out; or where it was first whole.

    What came from another branch than main may have come with what took it out again.
    """
    history = case.scene.history
    direct = all(case.scene.contains(case.scene.main, n) for n in history.parents[arrival][1:])
    lacking = frozenset() if direct else dropped.lacks(case, arrival)
    if not lacking or not lacking - expected(case, number):
        return arrival
    later = _touching(case, case.since(number)[1:])
    return next((n for n in later if case.held(history.ids[n])), arrival)


def _touching(case: Case, trunk: Sequence[int]) -> Iterator[int]:
    """The commits of a line that touch a file of the fix under any name that it has: mostly few. Some at a time."""
    scene, paths = case.scene, _paths(case)
    start, count = 0, _A_LOOK
    while start < len(trunk):
        some = trunk[start : start + count]
        found = diffs(scene.content.store, [scene.history.step(n) for n in some], paths)
        yield from (n for n, changes in zip(some, found, strict=True) if changes != ())
        start, count = start + count, 2 * count


def _paths(case: Case) -> list[str]:
    """The files of the fix under any name that they have."""
    return sorted(case.paths().union(names(case.scene, case.fix, case.scene.main).values()))


def _content_since(case: Case, found: Found) -> int:
    """The first-parent commit since which the fix's lines have been there."""
    (trunk, _), holds = case.scene.arrivals(case.line), case.scene.content.holds
    changes = found.whole.changes if found.whole else case.changes
    return trunk[last_run(case, trunk, changes, lambda there: all(holds(c, there.side(c)) for c in changes))]
