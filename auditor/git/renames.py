"""Where a file went: the same blob, or at least half of its lines, under a name that was not there before."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from auditor.git import lines
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.store import Store
from auditor.git.trees import Trees

_MIN_SIMILAR = 0.5
_MOST_CANDIDATES = 300
_CACHED_LISTINGS = 8
_CACHED_FILES = 1024


class Renames(Trees):
    """Moved files of one repository."""

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._renamed: dict[tuple[str, str, str, str], str | None] = {}
        self._files = lru_cache(_CACHED_LISTINGS)(self._list_files)
        # By hash, a line costs a hundredth of what its text would; what looks alike is then compared in full.
        self._line_hashes = lru_cache(_CACHED_FILES)(lambda oid: frozenset(map(hash, lines.split(store.blob(oid)))))

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
        old = self._files(base)
        return self.likest(known, path, [(p, side) for p, side in self._files(tip).items() if p not in old])

    def _list_files(self, commit: str) -> dict[str, Side]:
        """All files of any commit. Only so many are kept: unlike tips, there is no end of commits."""
        index = self._read_index(commit)
        return {entry.path: Side(int(entry.mode), str(entry.id)) for entry in index}

    def likest(self, known: Side, path: str, files: Sequence[tuple[str, Side]]) -> str | None:
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
        nearest = sorted(regular, key=lambda f: (not _same_name(f[0], path), not _same_kind(f[0], path), f[0]))
        known_lines = lines.split(data)
        close = [(p, s) for p, s in nearest[:_MOST_CANDIDATES] if self._could_be_like(known_lines, s.oid)]
        scored = ((self._likeness(data, s.oid), p) for p, s in close)
        best = max(scored, default=(0.0, ""), key=lambda s: (s[0], _same_name(s[1], path)))
        return best[1] if best[0] >= _MIN_SIMILAR else None

    def _could_be_like(self, known: Sequence[bytes], oid: str) -> bool:
        """Whether at least half of the known lines are in a file at all, however often."""
        there = self._line_hashes(oid)
        return sum(hash(line) in there for line in known) >= len(known) * _MIN_SIMILAR

    def _likeness(self, data: bytes, oid: str) -> float:
        smaller, larger = sorted((len(data), self.store.size(oid)))
        return 0.0 if smaller < larger * _MIN_SIMILAR / 2 else lines.similarity(data, self.store.blob(oid))


def _same_name(one: str, other: str) -> bool:
    return one.rsplit("/", 1)[-1] == other.rsplit("/", 1)[-1]


def _same_kind(one: str, other: str) -> bool:
    return one.rsplit(".", 1)[-1] == other.rsplit(".", 1)[-1]
