"""Which of many files are likely like another one: by some lines of each, kept as checksums."""

from __future__ import annotations

import heapq
import zlib
from array import array
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from auditor.errors import RepositoryError
from auditor.git.store import Store
from auditor.text import lines

# Of a large file one line in eight is kept, of a small one each, unless there are very many files.
_ONE_IN = 8
_SMALL = 64
_VERY_MANY = 10_000
# A line that more files have is a brace or a blank: counting them all takes long, and finds no likeness.
_MANY = 100
_RANKED = 20
# Who has so many times fewer of them than the likest is not looked at.
_FAR = 3
# What is full is better begun anew, unless its files are asked about again and again.
_COMMITS, _BLOBS = 16, 5_000
_ANSWERS = 2_000


class Sketches:
    """The files of one or several commits, by blob.

    Of each line that is kept its checksum and, at the same place, the number of a blob that has it, by the checksums'
    order: eight bytes, of which there are a million in a large repository.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lines, self._holders = array("I"), array("I")
        self._blobs: list[str] = []
        self._known: set[str] = set()
        self._sampled: set[str] = set()
        self._commits: set[str] = set()
        self._small = _SMALL
        self.ranked = lru_cache(_ANSWERS)(self._rank)

    def know(self, commit: str, blobs: Iterable[str]) -> None:
        """Takes up the files of a commit, once."""
        if commit in self._commits:
            return
        self._commits.add(commit)
        new = sorted(set(blobs) - self._known)
        self._small = 0 if len(new) > _VERY_MANY else self._small
        self._take_up(new)
        self._known.update(new)
        self.ranked.cache_clear()

    def _take_up(self, blobs: Iterable[str]) -> None:
        pairs = array("Q", (line << 32 | holder for line, holder in zip(self._lines, self._holders, strict=True)))
        for holder, oid in enumerate(blobs, len(self._blobs)):
            self._blobs.append(oid)
            pairs.extend(line << 32 | holder for line in self._sketch(oid))
        pairs = array("Q", sorted(pairs))
        self._lines = array("I", (pair >> 32 for pair in pairs))
        self._holders = array("I", (pair & 0xFFFFFFFF for pair in pairs))

    @property
    def full(self) -> bool:
        """Whether there is more than commits that come and go should leave."""
        return len(self._commits) >= _COMMITS or len(self._known) > _BLOBS

    def _sketch(self, oid: str) -> set[int]:
        """Some lines of a blob: of equal lines of two blobs, the same ones."""
        try:
            data = self._store.read_blob(oid)
        except RepositoryError:
            return set()
        found = set(map(zlib.crc32, lines.split(data))) if not lines.is_binary(data) else set()
        if len(found) < self._small:
            return found
        self._sampled.add(oid)
        return {line for line in found if not line % _ONE_IN}

    def _rank(self, oid: str) -> dict[str, int]:
        """The blobs with most lines of a blob in common, likest first, each with its place: some for each commit."""
        votes = [(self._blobs[holder], count) for holder, count in self._votes(oid).items()]
        sampled = oid in self._sampled
        ranked = [(-count * (_ONE_IN if sampled or other in self._sampled else 1), other) for other, count in votes]
        likest = heapq.nsmallest(_RANKED * len(self._commits), ranked)
        return {other: place for place, (count, other) in enumerate(likest) if _FAR * count <= likest[0][0]}

    def _votes(self, oid: str) -> Counter[int]:
        """How many lines each file has of a blob, but for those that tell nothing, unless there are no others."""
        held = [self._held(line) for line in self._sketch(oid)]
        holders = [some for some in held if some]
        telling = [some for some in holders if len(some) <= _MANY * len(self._commits)]
        votes: Counter[int] = Counter()
        for some in telling or holders:
            votes.update(some)
        return votes

    def _held(self, line: int) -> array[int]:
        """The blobs that have a line, by number."""
        start = bisect_left(self._lines, line)
        return self._holders[start : bisect_right(self._lines, line, start)]
