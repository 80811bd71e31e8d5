"""The commit graph in memory: who contains whom, and when it arrived.

All ancestry is answered from one walk over every commit, read object by object: no generation
numbers, no commit dates and no commit-graph file are trusted, so skewed clocks cannot mislead it.
"""

from __future__ import annotations

import heapq
import re
from array import array
from collections.abc import Iterable, Sequence

from auditor.errors import RepositoryError
from auditor.git import commits, objects, trailers
from auditor.git.bounded import Last
from auditor.git.store import Store

_REVERTS = re.compile(rb"[Rr]everts? (?:commit |merge )?([0-9a-f]{7,40})\b")
# A pick that calls itself partial says that it is not the fix.
_PICKS = re.compile(
    rb"(?<!partial )(?<!partially )"
    rb"(?:(?:cherry[- ]?pick|back-?port)(?:s|ed)?(?:[- ](?:from|of))?|original-merge|upstream)[ :]*(?:commit[ :]*)?"
    rb"([0-9a-f]{7,40})\b|commit ([0-9a-f]{7,40}) upstream"
    # Whose commit it is may stand between: `manual cherry-pick of main commit`, `adaptation of main branch commit`.
    rb"|(?<!partial )(?<!partially )\b(?:cherry[- ]?pick|back-?port|port|adaptation)(?:ed)? (?:of|from) "
    rb"(?:the )?(?:(?:main|master|trunk) )?(?:branch )?commit[ :]*([0-9a-f]{7,40})\b",
    re.IGNORECASE,
)
_PAIRS_A_PASS = 1000
# For so few pairs a walk down from each costs less than a pass over the whole graph.
_FEW = 8
# How a commit lies to two others: below the one, below the other, below a common ancestor of theirs.
_ONE, _OTHER, _BELOW = 1, 2, 4
_TELLING = re.compile(b"evert|ick|ack-?port|pstream|riginal-merge|ort of|daptation", re.IGNORECASE)


class History:
    """Commits by number (`ids[n]`, `number[oid]`), each with its parents and committer time.

    `cut` holds the numbers of commits whose parents are not to be had (shallow or damaged history).
    `reverts` and `picks` hold what messages claim, as abbreviated ids: hints, never proof; `origins` all that a message
    names, the last first, where it names several. `hotfix_merges` holds the subjects of merges that speak of a
    `hotfix/` branch. `authored` is the same number for commits of the same author and author date, and for next to no
    others; `titled` likewise of the same author and title. `change_id` is the number of the Change-Id in a message, or
    zero; `change_ids` has all of them where there are several.
    """

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.number: dict[str, int] = {}
        self.parents: list[tuple[int, ...]] = []
        self.time: list[int] = []
        self.authored = array("q")
        self.titled = array("q")
        self.change_id = array("q")
        self.change_ids: dict[int, tuple[int, ...]] = {}
        self.cut: set[int] = set()
        self.reverts: dict[int, tuple[str, ...]] = {}
        self.picks: dict[int, str] = {}
        self.origins: dict[int, tuple[str, ...]] = {}
        self.hotfix_merges: dict[int, str] = {}
        self.order: list[int] = []
        self.generation: list[int] = []
        self._above = Last[set[int]]()

    def claims(self, number: int, raw: bytes) -> None:
        """Notes which commits a message says that it reverts or copies, and of which changes it is.

        Of several copies the last counts.
        """
        changes = trailers.change_ids(raw)
        if changes:
            self.change_id[number] = changes[-1]
        if len(changes) > 1:
            self.change_ids[number] = changes
        if not _TELLING.search(raw):
            return
        message = raw[raw.find(b"\n\n") :]
        reverted = tuple(found.decode() for found in _REVERTS.findall(message))
        if reverted:
            self.reverts[number] = reverted
        picked = [b"".join(found).decode().lower() for found in _PICKS.findall(message)]
        if picked:
            self.picks[number] = picked[-1]
        if len(picked) > 1:
            self.origins[number] = tuple(picked[::-1])

    def add(self, oid: str) -> int:
        """The number of a commit, given at first sight."""
        number = self.number.get(oid)
        if number is None:
            number = self.number[oid] = len(self.ids)
            self.ids.append(oid)
            self.parents.append(())
            self.time.append(0)
            self.authored.append(0)
            self.titled.append(0)
            self.change_id.append(0)
        return number

    def changes_of(self, number: int) -> tuple[int, ...]:
        """The Change-Ids in the message of a commit."""
        one = self.change_id[number]
        return self.change_ids.get(number) or ((one,) if one else ())

    def named(self, oid: str) -> int | None:
        """The commit of this id, or the only one whose id begins so."""
        if oid in self.number or not oid:
            return self.number.get(oid)
        found = [number for known, number in self.number.items() if known.startswith(oid)]
        return found[0] if len(found) == 1 else None

    def sort(self) -> None:
        """Orders the commits, children before parents (Kahn), and gives each its generation."""
        children = [0] * len(self.ids)
        for above in self.parents:
            for parent in above:
                children[parent] += 1
        ready = [n for n, count in enumerate(children) if not count]
        order = self.order
        while ready:
            number = ready.pop()
            order.append(number)
            for parent in self.parents[number]:
                children[parent] -= 1
                if not children[parent]:
                    ready.append(parent)
        self.generation = [0] * len(self.ids)
        for number in reversed(order):
            above = self.parents[number]
            self.generation[number] = 1 + max((self.generation[p] for p in above), default=0)

    def masks(self, roots: Sequence[Iterable[int]]) -> list[int]:
        """For every commit, which of the `roots` (bit i: the i-th group of commits) have it in their history."""
        masks = [0] * len(self.ids)
        for bit, group in enumerate(roots):
            for number in group:
                masks[number] |= 1 << bit
        same: dict[int, int] = {}
        for number in self.order:
            mask = masks[number]
            mask = masks[number] = same.setdefault(mask, mask)
            for parent in self.parents[number]:
                masks[parent] |= mask
        return masks

    def step(self, number: int) -> str:
        """A commit and its first parent, as `changes.diffs` is asked for what the commit changed."""
        above = self.parents[number]
        return f"{self.ids[number]} {self.ids[above[0]]}" if above else self.ids[number]

    def ancestors(self, number: int) -> set[int]:
        """A commit and all that it has in its history."""
        seen = {number}
        todo = [number]
        while todo:
            for parent in self.parents[todo.pop()]:
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return seen

    def below(self, tops: Iterable[int], wanted: Iterable[int]) -> set[int]:
        """Those of some commits that are among `tops` or in the history of any: looked for no lower than they lie."""
        wanted = set(wanted)
        lowest = min((self.generation[n] for n in wanted), default=0)
        todo = list(tops) if wanted else []
        seen = set(todo)
        while todo and not seen >= wanted:
            for parent in self.parents[todo.pop()]:
                if parent not in seen and self.generation[parent] >= lowest:
                    seen.add(parent)
                    todo.append(parent)
        return seen & wanted

    def has(self, above: int, number: int) -> bool:
        """Whether a commit is another one, or has it in its history."""
        return bool(self.below([above], [number]))

    def descendants(self, number: int) -> set[int]:
        """A commit and all that have it in their history: asked for one part of a fix after the other."""
        return self._above(number, lambda: self._find_above(number))

    def _find_above(self, number: int) -> set[int]:
        found = {number}
        for one in reversed(self.order):
            if not found.isdisjoint(self.parents[one]):
                found.add(one)
        return found

    def first_parents(self, tip: int) -> list[int]:
        """The first-parent line of a branch, oldest first."""
        line = [tip]
        while self.parents[line[-1]]:
            line.append(self.parents[line[-1]][0])
        line.reverse()
        return line

    def merge_bases(self, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
        """The best common ancestors of each pair of commits, all found in a few passes over the graph.

        A common ancestor is best where none of its children is common too.
        """
        if len(pairs) <= _FEW:
            return [self._few_bases(*pair) for pair in pairs]
        found: list[list[int]] = []
        for start in range(0, len(pairs), _PAIRS_A_PASS):
            found += self._bases(pairs[start : start + _PAIRS_A_PASS])
        return found

    def _few_bases(self, one: int, other: int) -> list[int]:
        """The same for one pair: down from both, by generation, until all that is left is below a common ancestor."""
        marks = {one: _ONE}
        marks[other] = marks.get(other, 0) | _OTHER
        todo = [(-self.generation[n], n) for n in marks]
        heapq.heapify(todo)
        telling, found = len(todo), []
        while telling:
            number = heapq.heappop(todo)[1]
            mark = marks[number]
            telling -= mark < _BELOW
            if mark == _ONE | _OTHER:
                found.append(number)
                mark |= _BELOW
            for parent in self.parents[number]:
                before = marks.get(parent, 0)
                after = marks[parent] = before | mark
                telling += (after < _BELOW) - (0 < before < _BELOW)
                if not before:
                    heapq.heappush(todo, (-self.generation[parent], parent))
        return sorted(found, key=self.order.index) if len(found) > 1 else found

    def tops(self, numbers: Iterable[int]) -> list[int]:
        """Those of some commits that are in no other's history, in the order of the graph."""
        wanted = set(numbers)
        lowest = min((self.generation[n] for n in wanted), default=0)
        below: set[int] = set()
        todo = list(wanted) if len(wanted) > 1 else []
        while todo:
            for parent in self.parents[todo.pop()]:
                if parent not in below and self.generation[parent] >= lowest:
                    below.add(parent)
                    todo.append(parent)
        found = wanted - below
        return sorted(found, key=self.order.index) if len(found) > 1 else list(found)

    def _bases(self, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
        """Bit i of a mask: below the first of pair i; bit i + the number of pairs: below the second."""
        width = len(pairs)
        low = (1 << width) - 1
        masks = self.masks([*([one] for one, _ in pairs), *([other] for _, other in pairs)])
        below_common = [0] * len(self.ids)
        found: list[list[int]] = [[] for _ in pairs]
        for number in self.order:
            mask = masks[number]
            common = mask & (mask >> width) & low if mask else 0
            if common:
                best = common & ~below_common[number]
                while best:
                    bit = best & -best
                    found[bit.bit_length() - 1].append(number)
                    best ^= bit
                for parent in self.parents[number]:
                    below_common[parent] |= common
        return found


def read_history(store: Store, tips: Iterable[str]) -> History:
    """Reads every commit reachable from `tips`, once. A commit that git could not read cuts history short."""
    history = History()
    todo = [history.add(tip) for tip in dict.fromkeys(tips)]
    seen = set(todo)
    while todo:
        number = todo.pop()
        for parent in _read_commit(store, history, number):
            if parent not in seen:
                seen.add(parent)
                todo.append(parent)
    history.sort()
    return history


def _read_commit(store: Store, history: History, number: int) -> tuple[int, ...]:
    oid = history.ids[number]
    try:
        raw = _raw_commit(store, oid)
        above, history.time[number] = commits.parents_and_time(raw)
    except RepositoryError:
        history.cut.add(number)
        return ()
    store.keep_tree(oid, raw)
    author = commits.authored(raw)
    history.authored[number] = hash(author)
    history.titled[number] = hash((author[0], commits.headed(raw)))
    history.claims(number, raw)
    if oid in store.shallow:
        if above:
            history.cut.add(number)
        return ()
    history.parents[number] = tuple(history.add(parent) for parent in above)
    if len(above) > 1 and b"hotfix/" in raw:
        history.hotfix_merges[number] = commits.parse_commit(raw).subject
    return history.parents[number]


def _raw_commit(store: Store, oid: str) -> bytes:
    kind, raw = store.raw(oid)
    if kind != objects.COMMIT:
        raise RepositoryError("objects-missing", f"{oid} is no commit")
    return raw
