"""Where a file went: the same blob, or at least half of its lines, under a name that was not there before."""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from auditor.errors import RepositoryError
from auditor.git import lines
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.store import Store
from auditor.git.trees import Trees

_MIN_SIMILAR = 0.5
_CACHED_LISTINGS = 8
# Of a large file one line in eight is remembered, of a small one each; the likest few are compared in full.
_ONE_IN = 8
_SMALL = 64
_MOST_COMPARED = 16

Listing = dict[str, list[str]]


class Renames(Trees):
    """Moved files of one repository."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._renamed: dict[tuple[str, str, str, str], str | None] = {}
        self._files = lru_cache(_CACHED_LISTINGS)(self._list_files)
        self._holders: defaultdict[int, list[str]] = defaultdict(list)
        self._remembered: set[str] = set()
        self._sampled: set[str] = set()

    def renamed(self, change: Change, base: str, tip: str) -> str | None:
        """Where the file of `change` lives at `tip`, if not at its own path.

        A file that `base` (the tree the change was made on) does not have, and that is the same
        blob, or shares at least half of its lines: git's own measure of a rename.
        """
        known = change.before or change.after
        if known is None or known.mode not in REGULAR:
            return None
        key = (change.path, known.oid, base, tip)
        if key not in self._renamed:
            self._renamed[key] = self._find_renamed(change.path, known, base, tip)
        return self._renamed[key]

    def _find_renamed(self, path: str, known: Side, base: str, tip: str) -> str | None:
        there = self._files(tip)
        maybe = there.get(known.oid) or self._alike(known.oid, path, there)
        new = ((p, self.at(tip, p)) for p in maybe if self.at(base, p) is None)
        return self.likest(known, path, [(p, side) for p, side in new if side])

    def _list_files(self, commit: str) -> Listing:
        """The names of each blob of a commit. Only so many are kept: unlike tips, there is no end of commits."""
        found: Listing = {}
        for entry in self._read_index(commit):
            if int(entry.mode) in REGULAR:
                found.setdefault(str(entry.id), []).append(entry.path)
        return found

    def _alike(self, oid: str, path: str, there: Listing) -> list[str]:
        """The names of the files that share most of the remembered lines of a blob, and of its namesakes."""
        for other in there.keys() - self._remembered:
            self._remember(other)
        wanted = self._sketch(oid)
        votes = Counter(holder for line in wanted for holder in self._holders.get(line, ()) if holder in there)
        weight = {other: _ONE_IN if {oid, other} & self._sampled else 1 for other in votes}
        ranked = sorted((-count * weight[other], other) for other, count in votes.items())
        names = [p for _, other in ranked for p in there[other]]
        return [*names[:_MOST_COMPARED], *[p for p in names if _same_name(p, path)][:_MOST_COMPARED]]

    def _remember(self, oid: str) -> None:
        self._remembered.add(oid)
        for line in self._sketch(oid):
            self._holders[line].append(oid)

    def _sketch(self, oid: str) -> set[int]:
        """Some lines of a blob by their checksum: of equal lines of two blobs, the same ones."""
        try:
            data = self.store.blob(oid)
        except RepositoryError:
            return set()
        found = {zlib.crc32(line) for line in lines.split(data)} if not lines.is_binary(data) else set()
        if len(found) < _SMALL:
            return found
        self._sampled.add(oid)
        return {line for line in found if not line % _ONE_IN}

    def likest(self, known: Side, path: str, files: Iterable[tuple[str, Side]]) -> str | None:
        """The file that `path` most likely became, or was: the same blob, or half of the lines in common."""
        regular = [(p, s) for p, s in files if s.mode in REGULAR]
        exact = [p for p, s in regular if s.oid == known.oid]
        if exact:
            return min(exact, key=lambda p: (not _same_name(p, path), p))
        if not regular or known.mode not in REGULAR:
            return None
        data = self.store.blob(known.oid)
        if lines.is_binary(data) or not data:
            return None
        scored = sorted(self._scores(data, path, regular))
        return scored[0][-1] if scored and -scored[0][0] >= _MIN_SIMILAR else None

    def _scores(self, data: bytes, path: str, files: Sequence[tuple[str, Side]]) -> Iterable[tuple[float, bool, str]]:
        for name, side in files:
            smaller, larger = sorted((len(data), self.store.size(side.oid)))
            if smaller >= larger * _MIN_SIMILAR / 2:
                yield -lines.similarity(data, self.store.blob(side.oid)), not _same_name(name, path), name


def _same_name(one: str, other: str) -> bool:
    return one.rsplit("/", 1)[-1] == other.rsplit("/", 1)[-1]
