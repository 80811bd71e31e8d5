"""Since when something holds on a branch's own line of commits, looked for from its tip backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.git.changes import Changes, Side
from auditor.presence.case import Case
from auditor.presence.parts.place import Place

# So many versions of the files are looked at one by one, and among so many commits.
_VERSIONS = 32
_COMMITS = 2_000


def last_run(case: Case, line: Sequence[int], changes: Changes, holds: Callable[[Place], bool]) -> int:
    """Where the last run of commits of a line begins for which something holds of the files of a change."""
    followed = case.scene.followed(case.fix, case.line, case.came)
    files = [(change, followed[change]) for change in changes]

    def there(at: int) -> Place:
        return case.at(line[at])

    def version(at: int) -> list[Side | None]:
        number = line[at]
        for change, seen in files:
            if number not in seen:
                seen[number] = there(at).side(change)
        return [seen[number] for _, seen in files]

    return first_of_last(len(line), version, lambda at: holds(there(at)))


def first_of_last(count: int, version: Callable[[int], object], holds: Callable[[int], bool]) -> int:
    """The first place of the last run of places, of `count` in all, for which something holds; at the last it does.

    What holds hangs on the files' `version` there. After many of these the steps double, and are halved again where
    it did not hold: each is a comparison of files, and what came and went within one step is not seen.
    """
    place, step, seen = count - 1, 1, 1
    known = version(place)
    while place > 0:
        before = max(0, place - step)
        earlier = version(before)
        if earlier != known and not holds(before):
            return _halved(before, place, holds)
        seen += earlier != known
        place, known = before, earlier
        step *= 2 if seen > _VERSIONS or count - place > _COMMITS else 1
    return 0


def _halved(without: int, place: int, holds: Callable[[int], bool]) -> int:
    while place - without > 1:
        middle = (without + place) // 2
        if holds(middle):
            place = middle
        else:
            without = middle
    return place
