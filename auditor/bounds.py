"""Which commits each hotfix brought: what lies between it and the tags before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from auditor import versions
from auditor.git.history import History
from auditor.git.refs import TagRef
from auditor.hotfixes import Candidate


@dataclass(frozen=True, slots=True)
class Range:
    """The commits of a hotfix, oldest first, and the tags that bound it from below (the nearest ones)."""

    commits: tuple[int, ...]
    bounds: tuple[int, ...]
    bound_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    """A tag that may bound what comes after it. `beside` main: it bounds with what main has of its history."""

    name: str
    version: versions.Version | None
    beside: bool

    def names(self, prefix: str | None) -> tuple[int, ...] | None:
        """The numbers of its version, if that is one of the part with such a prefix."""
        return self.version.numbers if self.version and self.version.prefix == prefix else None


_Marked = Mapping[int, Sequence[_Mark]]


def ranges(candidates: Sequence[Candidate], tags: Sequence[TagRef], history: History, on_main: set[int]) -> list[Range]:
    """The commits reachable from each hotfix tag and from no bound below it.

    One pass over the graph tells for each commit which tags contain it; commits of equal answers
    are then taken together.
    """
    marked = _marks(tags, history, on_main)
    numbers = list(dict.fromkeys([*marked, *(c.number for c in candidates if c.number is not None)]))
    bit = {number: 1 << i for i, number in enumerate(numbers)}
    masks = history.masks([[n] for n in numbers])
    groups: dict[int, list[int]] = defaultdict(list)
    for number in reversed(history.order):
        if masks[number]:
            groups[masks[number]].append(number)
    return [_range(c, marked, masks, bit, groups, history) for c in candidates]


def _marks(tags: Sequence[TagRef], history: History, on_main: set[int]) -> _Marked:
    """Commits of main that may bound, with the tags that say so."""
    marked: dict[int, list[_Mark]] = defaultdict(list)
    for tag in tags:
        version = versions.parse(tag.name)
        number = history.number.get(tag.commit or "")
        if number is None or (version and version.pre_release):
            continue
        if number in on_main:
            marked[number].append(_Mark(tag.name, version, beside=False))
        elif version is not None and not any(version.numbers[2:]):
            for cut in _cut_from(number, history, on_main):
                marked[cut].append(_Mark(tag.name, version, beside=True))
    return marked


def _cut_from(number: int, history: History, on_main: set[int]) -> list[int]:
    """Where a release that was tagged beside main left it: the last commits of main in its history.

    Only of releases: a patch beside main may have got its fixes from there, and main's own tag of them must not
    lose them to it.
    """
    found: set[int] = set()
    seen, todo = {number}, [number]
    while todo:
        for parent in history.parents[todo.pop()]:
            if parent in on_main:
                found.add(parent)
            elif parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return history.tops(found)


def _range(
    candidate: Candidate,
    marked: _Marked,
    masks: list[int],
    bit: dict[int, int],
    groups: dict[int, list[int]],
    history: History,
) -> Range:
    top = candidate.number
    if top is None:
        return Range((), (), ())
    below = {n: marks for n, marks in marked.items() if n != top and masks[n] & bit[top]}
    found: list[tuple[list[int], tuple[int, ...], tuple[str, ...]]] = []
    for version in _parts(candidate):
        names_of = _bounding(below, version)
        bounding = sum(bit[n] for n in names_of)
        commits = [n for mask, group in groups.items() if mask & bit[top] and not mask & bounding for n in group]
        nearest = [n for n in names_of if not (masks[n] ^ bit[n]) & bounding]
        nearest.sort(key=lambda n: (-history.generation[n], history.ids[n]))
        names = tuple(names_of[n] for n in nearest)
        found.append((commits, tuple(nearest), names))
    _, bounds, names = max(found, key=lambda part: len(part[0]))
    position = _positions({n for commits, *_ in found for n in commits}, history)
    return Range(tuple(sorted(position, key=position.__getitem__)), bounds, names)


def _bounding(below: _Marked, version: versions.Version | None) -> dict[int, str]:
    """Which commits below a version bound it, and the tag that says so: those of its own part, if there are any.

    A release beside main does where it is the latest before this version: an older line that took from main
    had no fix of this one before it.
    """
    prefix = version.prefix if version else None
    on_main = [(n, mark) for n, marks in below.items() for mark in marks if not mark.beside]
    same = [(n, mark) for n, mark in on_main if mark.names(prefix)]
    latest = max((mark.names(prefix) or () for _, mark in same), default=())
    beside = [
        (n, mark)
        for n, marks in below.items()
        for mark in marks
        if mark.beside and version and latest < (mark.names(prefix) or ()) < version.numbers
    ]
    found: dict[int, list[str]] = defaultdict(list)
    for n, mark in same + beside or on_main:
        found[n].append(mark.name)
    return {n: min(names) for n, names in found.items()}


def _parts(candidate: Candidate) -> Iterator[versions.Version | None]:
    """The versions that bound a hotfix: its own, and those of other parts of a monorepo that were tagged with it.

    Another name of the same version is no other part.
    """
    own = versions.parse(candidate.tag.name)
    yield own
    for version in dict.fromkeys(map(versions.parse, candidate.aliases)):
        if own and version and version.prefix != own.prefix and version.numbers != own.numbers:
            yield version


def _positions(commits: Iterable[int], history: History) -> dict[int, tuple[int, str]]:
    """Parents before children, and the same on every run."""
    return {n: (history.generation[n], history.ids[n]) for n in commits}
