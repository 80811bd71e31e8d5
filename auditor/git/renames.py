"""Where a file went: the same blob, or at least half of its lines, under a name that was not there before."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from auditor.errors import RepositoryError
from auditor.git import lines
from auditor.git.bounded import Bounded, per_item
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.store import Store
from auditor.git.trees import Trees

_MIN_SIMILAR = 0.5
_CACHED_LISTINGS = 6
# Of a large file one line in eight is remembered, of a small one each; the likest few are compared in full.
_ONE_IN = 8
_SMALL = 64
_MOST_COMPARED = 16

# Above so many files whose lines are remembered, all are forgotten.
_MOST_REMEMBERED = 10_000
_ANSWERS = 20_000
_COUNTS = 6 << 20


@dataclass(frozen=True, slots=True)
class _Listing:
    """The regular files of a commit: the names of each blob, and the blobs of each base name."""

    commit: str
    names: dict[str, list[str]]
    namesakes: dict[str, list[str]]


class Renames(Trees):
    """Moved files of one repository."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._renamed = lru_cache(_ANSWERS)(self._find_renamed)
        self._files = lru_cache(_CACHED_LISTINGS)(self._list_files)
        self._counts: Bounded[str, Counter[bytes]] = Bounded(
            _COUNTS, lambda oid: Counter(lines.split(self.store.blob(oid))), per_item(200)
        )
        self._size = lru_cache(_ANSWERS)(store.size)
        self._length = lru_cache(_ANSWERS)(lambda oid: lines.count(self.store.blob(oid)))
        self._forget()

    def _forget(self) -> None:
        self._holders: defaultdict[int, list[str]] = defaultdict(list)
        self._remembered: set[str] = set()
        self._sampled: set[str] = set()
        self._listed: set[str] = set()

    def renamed(self, change: Change, base: str, tip: str) -> str | None:
        """Where the file of `change` lives at `tip`, if not at its own path.

        A file that `base` (the tree the change was made on) does not have, and that is the same
        blob, or shares at least half of its lines: git's own measure of a rename.
        """
        known = change.before or change.after
        if known is None or known.mode not in REGULAR:
            return None
        return self._renamed(change.path, known, base, tip)

    def _find_renamed(self, path: str, known: Side, base: str, tip: str) -> str | None:
        there = self._files(tip)
        maybe = there.names.get(known.oid) or self._alike(known.oid, path, there)
        files = ((p, self.at(tip, p)) for p in maybe)
        return self.likest(known, path, [(p, side) for p, side in files if side], base)

    def _list_files(self, commit: str) -> _Listing:
        """Only so many are kept: unlike tips, there is no end of commits."""
        found = _Listing(commit, {}, {})
        for entry in self._read_index(commit):
            if int(entry.mode) in REGULAR:
                oid, path = str(entry.id), entry.path
                found.names.setdefault(oid, []).append(path)
                found.namesakes.setdefault(_base_name(path), []).append(oid)
        return found

    def _alike(self, oid: str, path: str, there: _Listing) -> list[str]:
        """The names of the files that share most of the remembered lines of a blob, and of its namesakes."""
        if there.commit not in self._listed:
            self._remember_all(there)
        votes: Counter[str] = Counter()
        for line in self._sketch(oid):
            votes.update(self._holders.get(line, ()))
        sampled = oid in self._sampled
        ranked = [
            (-count * (_ONE_IN if sampled or other in self._sampled else 1), other)
            for other, count in votes.items()
            if other in there.names
        ]
        few = heapq.nsmallest(_MOST_COMPARED, ranked)
        name = _base_name(path)
        namesakes = frozenset(there.namesakes.get(name, ()))
        names = [p for _, other in few for p in there.names[other]]
        same = [p for _, other in sorted(r for r in ranked if r[1] in namesakes) for p in there.names[other]]
        return [*names[:_MOST_COMPARED], *[p for p in same if _base_name(p) == name][:_MOST_COMPARED]]

    def _remember_all(self, there: _Listing) -> None:
        if len(self._remembered) > _MOST_REMEMBERED:
            self._forget()
        self._listed.add(there.commit)
        for other in there.names.keys() - self._remembered:
            self._remember(other)

    def _remember(self, oid: str) -> None:
        self._remembered.add(oid)
        for line in self._sketch(oid):
            self._holders[line].append(oid)

    def _sketch(self, oid: str) -> set[int]:
        """Some lines of a blob by their checksum: of equal lines of two blobs, the same ones."""
        try:
            data = self.store.read_blob(oid)
        except RepositoryError:
            return set()
        found = set(map(zlib.crc32, lines.split(data))) if not lines.is_binary(data) else set()
        if len(found) < _SMALL:
            return found
        self._sampled.add(oid)
        return {line for line in found if not line % _ONE_IN}

    def likest(self, known: Side, path: str, files: Iterable[tuple[str, Side]], base: str | None = None) -> str | None:
        """The file that `path` most likely became, or was: the same blob, or half of the lines in common.

        One that `base` has already is none.
        """
        regular = [(p, s) for p, s in files if s.mode in REGULAR]
        exact = [p for p, s in regular if s.oid == known.oid and self._is_new(base, p)]
        if exact:
            return min(exact, key=lambda p: (not _same_name(p, path), p))
        if not regular or known.mode not in REGULAR:
            return None
        data = self.store.blob(known.oid)
        if lines.is_binary(data) or not data:
            return None
        return self._most_similar(known.oid, path, regular, base)

    def _most_similar(self, oid: str, path: str, files: Sequence[tuple[str, Side]], base: str | None) -> str | None:
        """What cannot win by the number of its lines is not compared."""
        best = (-_MIN_SIMILAR, True, "")
        for name, side in files:
            if self._bound(oid, side.oid) >= -best[0] and self._is_new(base, name):
                score = lines.similarity(self._counts(oid), self._counts(side.oid))
                found = (-score, not _same_name(name, path), name)
                if score >= _MIN_SIMILAR and (not best[2] or found < best):
                    best = found
        return best[2] or None

    def _bound(self, oid: str, other: str) -> float:
        """How similar two blobs are at most: 0 where their sizes differ by far."""
        smaller, larger = sorted((self._size(oid), self._size(other)))
        if smaller < larger * _MIN_SIMILAR / 2:
            return 0.0
        fewer, more = sorted((self._length(oid), self._length(other)))
        return fewer / more if more else 0.0

    def _is_new(self, base: str | None, path: str) -> bool:
        return base is None or self.at(base, path) is None


def _base_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _same_name(one: str, other: str) -> bool:
    return _base_name(one) == _base_name(other)
