"""What all judgements of one repository share: its graph, its contents, its branches."""

from __future__ import annotations

import itertools
from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache, partial

from auditor.fixes import Counts, FixCommit, counting
from auditor.git.births import Births
from auditor.git.bounded import Last
from auditor.git.changes import Change, Changes, Side, diffs, each
from auditor.git.content import Content
from auditor.git.history import History
from auditor.git.versions import Versions
from auditor.presence.claims import titles
from auditor.presence.claims.claim import Claim

# Of a branch that goes its own way for years so many commits are looked at.
_OWN = 2_000
# A fix on a branch is asked about, and what carried it there, now and again one by what brought it.
_CASES = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A branch to judge: its tip, and its bit in `Scene.reach`. `short`: its history is cut somewhere."""

    name: str
    tip: str
    number: int
    bit: int
    short: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """A change larger than one fix: of the whole hotfix, or of one of its merges, from `base` to `top`."""

    label: str
    base: str | None
    top: str
    changes: Changes


class Scene:
    """One repository, ready to be asked. Bit 0 of `reach` is main."""

    def __init__(
        self,
        content: Content,
        history: History,
        main: Line,
        lines: Sequence[Line],
        reach: list[int],
        counts: Counts,
    ) -> None:
        self.content = content
        self.history = history
        self.main = main
        self.lines = tuple(lines)
        self.reach = reach
        self.counts = counts
        self.names_on_main: dict[tuple[int, str], list[str]] = {}
        self._arrivals: dict[int, tuple[list[int], array[int]]] = {}
        self._overruling: dict[int, tuple[list[int], list[int]]] = {}
        self._own_work: dict[int, Mapping[str, Sequence[int]]] = {}
        self._brought: dict[int, Changes] = {}
        self._own_changes: dict[int, Changes] = {}
        self.withdrawn: dict[tuple[int, str, bool], str | None] = {}
        self.ceased: dict[tuple[int, Change, int, int, int, int | None], int] = {}
        # Of a fix and a branch: the names of the fix's files there, what claims to be it, the parts of what carried it,
        # and which of the files the branch has in its own way.
        self.named = Last[Mapping[str, str]]()
        self.claims = Last[list[Claim]]()
        self.carried = Last[Mapping[Hashable, Sequence[tuple[Change, int]]]]()
        self.own_in_force = Last[tuple[tuple[Change, Side, Side | None], ...]]()
        self.followed = lru_cache(_CASES)(self._follow)
        self._parted: dict[tuple[int, int], list[int]] = {}
        self._bases: dict[tuple[int, int], list[int]] = {}
        self._namesakes: dict[tuple[str, Side | None, str | None, int], list[str]] = {}
        self._titles: dict[int, titles.Title] = {}
        self._paths: list[str] = []

    def know(self, fixes: Iterable[FixCommit]) -> None:
        """Takes note of the files that the fixes of the audit change."""
        self._paths = sorted({c.path for f in fixes for c in f.changes or ()})

    def _follow(self, fix: FixCommit, line: Line, came: int | None) -> defaultdict[Change, dict[int, Side | None]]:
        """The files of a fix, commit by commit of a branch, as far as they were asked for: each of its parts is."""
        return defaultdict(dict)

    def contains(self, line: Line, number: int) -> bool:
        """Whether a commit is in the history of a branch."""
        return bool(self.reach[number] >> line.bit & 1)

    def arrivals(self, line: Line) -> tuple[list[int], array[int]]:
        """The first-parent line of a branch, oldest first, and where on it every commit arrived: -1 for never."""
        if line.bit not in self._arrivals:
            trunk = self.history.first_parents(line.number)
            places = array("i", [-1]) * len(self.history.ids)
            for place, number in enumerate(trunk):
                todo = [] if places[number] >= 0 else [number]
                while todo:
                    commit = todo.pop()
                    if places[commit] < 0:
                        places[commit] = place
                        todo.extend(self.history.parents[commit])
            self._arrivals[line.bit] = (trunk, places)
        return self._arrivals[line.bit]

    def place(self, line: Line, number: int) -> int:
        """The place on the branch's first-parent line at which a commit arrived."""
        return self.arrivals(line)[1][number]

    def arrival(self, line: Line, number: int) -> int:
        """The first first-parent commit of the branch that contained a commit."""
        trunk, places = self.arrivals(line)
        return trunk[places[number]]

    def since(self, line: Line, number: int) -> list[int]:
        """The first-parent line of a branch from the commit on with which another one arrived."""
        trunk, places = self.arrivals(line)
        return trunk[places[number] :]

    def led_to(self, line: Line, number: int) -> set[int]:
        """A commit and what came to a branch together with it, and is below it."""
        places, parents = self.arrivals(line)[1], self.history.parents
        found, todo = {number}, [number]
        while todo:
            new = {p for p in parents[todo.pop()] if places[p] == places[number]} - found
            found |= new
            todo += new
        return found

    def overruling(self, line: Line) -> tuple[list[int], list[int]]:
        """Merges of a branch, not on main, whose result is another parent's tree, whole.

        With them, for every commit, a mask of those whose other parent has it in its history.
        """
        if line.bit not in self._overruling:
            found = []
            for number in self.arrivals(line)[0]:
                first, *others = self.history.parents[number] or (number,)
                if others and not self.reach[number] & 1:
                    tree = self._tree(number)
                    found += [(number, p) for p in others if self._tree(p) == tree != self._tree(first)]
            masks = self.history.masks([[side] for _, side in found])
            self._overruling[line.bit] = ([merge for merge, _ in found], masks)
        return self._overruling[line.bit]

    def _tree(self, number: int) -> str:
        return self.content.tree_id(self.history.ids[number])

    def parted(self, line: Line, after: int) -> list[int]:
        """Where a branch and what it merged with `after` had parted: the best of what the branch had of it before."""
        if (line.bit, after) not in self._parted:
            places = self.arrivals(line)[1]
            had, seen, todo = set(), set(), [self.history.parents[after][1]]
            while todo:
                number = todo.pop()
                if places[number] < places[after]:
                    had.add(number)
                elif number not in seen:
                    seen.add(number)
                    todo.extend(self.history.parents[number])
            self._parted[line.bit, after] = self.history.tops(had)
        return self._parted[line.bit, after]

    def bases(self, sides: tuple[int, int]) -> list[int]:
        """The best common ancestors of two commits; the same merge is asked about for many fixes."""
        if sides not in self._bases:
            self._bases[sides] = self.history.merge_bases([sides])[0]
        return self._bases[sides]

    def own_changes(self, number: int, most: int) -> Changes:
        """What a branch changed up to a commit since it parted from main; nothing, where that is more than `most`."""
        if number not in self._own_changes:
            ids, bases = self.history.ids, self.bases((number, self.main.number))
            found = diffs(self.content.store, [f"{ids[number]} {ids[base]}" for base in bases])
            changes = tuple(change for some in found for change in some or ())
            self._own_changes[number] = (counting(changes, self.counts) or ()) if len(changes) <= most else ()
        return self._own_changes[number]

    def own_work(self, line: Line) -> Mapping[str, Sequence[int]]:
        """For each file, the latest places on a branch's own line at which a commit touched it that main has not.

        Merges bring others' work, and are left out.
        """
        if line.bit not in self._own_work:
            places, parents = enumerate(self.arrivals(line)[0]), self.history.parents
            own = [(at, n) for at, n in places if len(parents[n]) == 1 and not self.reach[n] & 1][-_OWN:]
            found: defaultdict[str, list[int]] = defaultdict(list)
            steps = each(self.content.store, [self.history.step(n) for _, n in own])
            for (at, _), changes in zip(own, steps, strict=True):
                for change in changes or ():
                    found[change.path].append(at)
            self._own_work[line.bit] = found
        return self._own_work[line.bit]

    @cached_property
    def births(self) -> Births:
        """Which commits of main and the branches added which files."""
        return Births(self.content, self.history, [n for n, reach in enumerate(self.reach) if reach])

    @cached_property
    def versions(self) -> Versions:
        """What main's own line has had of the files that fixes change."""
        return Versions(self.content, self.history, self.arrivals(self.main)[0], self._paths)

    def namesakes(self, fix: FixCommit, change: Change, line: Line) -> list[str]:
        """The files of a branch's history that a changed file may be, though they were made in other folders.

        What main made there itself, or got from there, is another file of its own.
        """
        key = (change.path, change.before, fix.base, line.bit)
        if key not in self._namesakes:
            births, on_main = self.births, partial(self.contains, self.main)
            own = [name for name in births.namesakes(change.path) if not any(map(on_main, births.by_path[name]))]
            self._namesakes[key] = births.alike(change, fix.base, own, partial(self.contains, line)) if fix.base else []
        return self._namesakes[key]

    @cached_property
    def reverting(self) -> dict[str, list[int]]:
        """For the first seven digits of an id, the commits whose messages say that they revert it."""
        found: dict[str, list[int]] = {}
        for number, named in self.history.reverts.items():
            for oid in named:
                found.setdefault(oid[:7], []).append(number)
        return found

    @cached_property
    def copies(self) -> dict[str, list[int]]:
        """For the first seven digits of an id, the commits whose messages say that they are copies of it."""
        found: dict[str, list[int]] = {}
        for number, named in sorted(self.history.picks.items(), key=lambda item: self.history.ids[item[0]]):
            found.setdefault(named[:7], []).append(number)
        return found

    @cached_property
    def authored(self) -> dict[int, list[int]]:
        """The commits of one author and author date, where there are several."""
        return _several(self.history.authored)

    @cached_property
    def titled(self) -> dict[int, list[int]]:
        """The commits of one author under one title, where there are several."""
        return _several(self.history.titled)

    def under_title(self, number: int) -> list[int]:
        """The commits that have the author and the title of a commit, it among them."""
        return self.titled.get(self.history.titled[number], [number])

    @cached_property
    def _changes(self) -> dict[int, list[int]]:
        """The commits of one Change-Id, where there are several."""
        several = ((n, one) for n, ids in self.history.change_ids.items() for one in ids[:-1])
        return _several(self.history.change_id, several)

    def of_one_change(self, number: int) -> list[int]:
        """The commits that have a Change-Id of a commit, it among them, if it has any."""
        return sorted({n for one in self.history.changes_of(number) for n in self._changes.get(one, [number])})

    def title(self, number: int) -> titles.Title:
        """What a commit's title says."""
        if number not in self._titles:
            self._titles[number] = titles.read(self.content.store.raw(self.history.ids[number])[1])
        return self._titles[number]

    def reverts_of(self, number: int) -> tuple[int, ...]:
        """The commits that say that they revert this one."""
        oid = self.history.ids[number]
        maybe = self.reverting.get(oid[:7], ())
        return tuple(r for r in maybe if any(oid.startswith(named) for named in self.history.reverts[r]))

    def brought(self, number: int) -> Changes:
        """What a commit changes that counts, against its first parent; nothing where that cannot be read."""
        if number not in self._brought:
            found = diffs(self.content.store, [self.history.step(number)])[0]
            self._brought[number] = counting(found, self.counts) or ()
        return self._brought[number]


def _several(keys: Sequence[int], more: Iterable[tuple[int, int]] = ()) -> dict[int, list[int]]:
    """For each key that several commits have, those commits: of the others, nearly all, none is made a list.

    `more` has further keys, each behind the number of its commit. Zero is no key.
    """
    more = list(more)
    every = sorted(itertools.chain(keys, (key for _, key in more)))
    several = {one for one, other in itertools.pairwise(every) if one == other} - {0}
    found: defaultdict[int, list[int]] = defaultdict(list)
    for number, key in itertools.chain(enumerate(keys), more):
        if key in several:
            found[key].append(number)
    return dict(found)


def inverse(changes: Changes) -> Changes:
    """The change that takes a change back."""
    return tuple(Change(c.path, c.after, c.before) for c in changes)
