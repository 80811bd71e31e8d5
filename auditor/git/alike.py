"""Which files are like a text: the same blob, or at least half of its bytes or lines, and by which names."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pygit2

from auditor.errors import RepositoryError
from auditor.git.bounded import Bounded, per_item
from auditor.git.changes import REGULAR, Side, diffs
from auditor.git.sketches import Sketches
from auditor.git.store import Store
from auditor.git.trees import Trees
from auditor.text import heads, lines

_MIN_SIMILAR = 0.5
# So much of the bytes must be in the half of the lines that two files share, unless they are namesakes.
_FAIR = 0.3
# So much of what is their own, licences aside, namesakes have in common; or so many of the lines that tell, as others.
_FAIR_OF_NAMESAKES, _FAIR_OF_TELLING = 0.2, 0.4
# What is kept of listings of tips, in bytes, at about so many for each file; and how many of other commits.
_LISTINGS, _OF_FILE = 48 << 20, 400
_CACHED_LISTINGS = 6
# So many of the likest are compared in full.
MOST_COMPARED = 16

# Blobs without a byte, by either kind of id: they are like any other of them.
_EMPTY = (str(pygit2.hash(b"")), hashlib.sha256(b"blob 0\0").hexdigest())

_ANSWERS = 20_000
_COUNTS = 6 << 20


@dataclass(frozen=True, slots=True)
class Listing:
    """Regular files, all of a tip or the new ones of a commit: the names of each blob, the blobs of each base name."""

    key: str
    sketches: Sketches
    names: dict[str, list[str]]
    namesakes: dict[str, list[str]]


class Alike(Trees):
    """Files of one repository, held against each other."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._renamed = lru_cache(_ANSWERS)(self._find_renamed)
        self._files = Bounded(_LISTINGS, self._list_files, lambda listing: _OF_FILE * (1 + len(listing.names)))
        self._added = lru_cache(_CACHED_LISTINGS)(self._list_added)
        self.counts: Bounded[str, Counter[bytes]] = Bounded(
            _COUNTS, lambda oid: Counter(lines.split(self.store.blob(oid))), per_item(200)
        )
        self._own: Bounded[str, Counter[bytes]] = Bounded(
            _COUNTS, lambda oid: Counter(heads.own(lines.split(self.store.blob(oid)))), per_item(200)
        )
        self._similarity = lru_cache(_ANSWERS)(self.compare)
        self._own_similarity = lru_cache(_ANSWERS)(self._compare_own)
        self._size = lru_cache(_ANSWERS)(store.size)
        self._length = lru_cache(_ANSWERS)(lambda oid: lines.count(self.store.blob(oid)))
        # Of tips, which stay, and of commits on the way, which go again.
        self._sketches, self._passing = Sketches(store), Sketches(store)

    def likest(self, known: Side, path: str, files: Iterable[tuple[str, Side]], base: str | None = None) -> str | None:
        """The file that `path` most likely became, or was: the same blob, or half of the text in common.

        One that `base` has already is none. Of twins it is the one whose path ends in as many of the same names;
        an empty file has twins everywhere, and is known by its name alone.
        """
        regular = [(p, s) for p, s in files if s.mode in REGULAR]
        exact = [p for p, s in regular if s.oid == known.oid and self.is_new(base, p)]
        if known.oid in _EMPTY:
            exact = [p for p in exact if _same_name(p, path)]
        if exact:
            return min(exact, key=lambda p: (-common_end(p, path), p))
        if not regular or known.mode not in REGULAR:
            return None
        data = self.store.blob(known.oid)
        if lines.is_binary(data) or not data:
            return None
        return self._most_similar(known.oid, path, regular, base)

    def by_likeness(self, path: str, known: Side | None, base: str, tip: str) -> str | None:
        """None of an empty file, which is like any other."""
        if known is None or known.mode not in REGULAR or known.oid in _EMPTY:
            return None
        return self._renamed(path, known, base, tip)

    def listing(self, base: str, tip: str) -> Listing:
        """All files of a tip; of another commit, those that `base` has not."""
        return self._files(tip) if self.is_tip(tip) else self._added(base, tip)

    def sharing(self, oid: str, path: str, tip: str) -> list[str]:
        """The files of a branch's tip that share most lines with a text, and those of its name, likest first."""
        return self._alike(oid, path, self._files(tip))

    def maybe(self, oid: str, path: str, there: Listing) -> Sequence[str]:
        """The names under which a blob may be there: its own, or those of what shares most lines with it."""
        return there.names.get(oid) or self._alike(oid, path, there)

    def is_new(self, base: str | None, path: str) -> bool:
        """Whether `base` does not have a path; without one, every path is new."""
        return base is None or self.at(base, path) is None

    def score(self, oid: str, other: str, *, same: bool) -> float:
        """In bytes, as git measures, or in lines: unless these are but braces, blank lines, imports and a licence."""
        in_bytes, in_lines = self._similarity(oid, other)
        found = max(in_bytes, in_lines if same or in_bytes >= _FAIR else 0.0)
        return found if found < _MIN_SIMILAR or self.by_their_own(oid, other, same=same) else 0.0

    def by_their_own(self, oid: str, other: str, *, same: bool) -> bool:
        """Whether two files are alike by what is their own, and not by a licence that many a file begins with."""
        in_bytes, least = self._own_similarity(oid, other), _FAIR_OF_NAMESAKES if same else _MIN_SIMILAR
        return in_bytes >= least or ((same or in_bytes >= _FAIR) and self._telling(oid, other) >= _FAIR_OF_TELLING)

    def _compare_own(self, oid: str, other: str) -> float:
        """How much two blobs have in common in bytes, licences at the heads of both aside."""
        return lines.similarity(self._own(oid), self._own(other))[0]

    def _telling(self, oid: str, other: str) -> float:
        """The same in lines, of those that tell."""
        return lines.similarity(heads.telling(self._own(oid)), heads.telling(self._own(other)))[1]

    def compare(self, oid: str, other: str) -> tuple[float, float]:
        """How much two blobs have in common, from 0 to 1: in bytes, and in lines."""
        return lines.similarity(self.counts(oid), self.counts(other))

    def _find_renamed(self, path: str, known: Side, base: str, tip: str) -> str | None:
        there = self.listing(base, tip)
        files = ((p, self.at(tip, p)) for p in self.maybe(known.oid, path, there))
        return self.likest(known, path, [(p, side) for p, side in files if side], base)

    def _list_files(self, tip: str) -> Listing:
        """All files of a tip, which is asked about for many a base."""
        return _listing(tip, self._sketches, ((e.path, int(e.mode), str(e.id)) for e in self.tip(tip)))

    def _list_added(self, base: str, commit: str) -> Listing:
        """Only what is new since `base`: there is no end of commits, and each has thousands of files."""
        changes = diffs(self.store, [f"{commit} {base}"])[0]
        if changes is None:
            raise RepositoryError("objects-missing", f"what {commit} has and {base} has not cannot be read")
        added = ((c.path, *c.after) for c in changes if c.before is None and c.after)
        if self._passing.full:
            self._passing = Sketches(self.store)
        return _listing(f"{base} {commit}", self._passing, added)

    def _alike(self, oid: str, path: str, there: Listing) -> list[str]:
        """The names of the files that share most of the sketched lines of a blob, and of its namesakes."""
        there.sketches.know(there.key, there.names)
        ranked = there.sketches.ranked(oid)
        name = base_name(path)
        namesakes = sorted(there.namesakes.get(name, ()), key=lambda other: (ranked.get(other, len(ranked)), other))
        names = [p for other in ranked if other in there.names for p in there.names[other]]
        same = [p for other in namesakes for p in there.names[other] if base_name(p) == name]
        return [*names[:MOST_COMPARED], *same[:MOST_COMPARED]]

    def _most_similar(self, oid: str, path: str, files: Sequence[tuple[str, Side]], base: str | None) -> str | None:
        """What cannot win by its size is not compared."""
        best = (-_MIN_SIMILAR, 0, "")
        for name, side in files:
            same = _same_name(name, path)
            if self._bound(oid, side.oid, same=same) >= -best[0] and self.is_new(base, name):
                score = self.score(oid, side.oid, same=same)
                found = (-score, -common_end(name, path), name)
                if score >= _MIN_SIMILAR and (not best[2] or found < best):
                    best = found
        return best[2] or None

    def _bound(self, oid: str, other: str, *, same: bool) -> float:
        """How similar two blobs are at most: 0 where their sizes differ by far."""
        in_bytes = _ratio(self._size(oid), self._size(other))
        if in_bytes < (_MIN_SIMILAR / 2 if same else _FAIR):
            return 0.0
        return max(in_bytes, _ratio(self._length(oid), self._length(other)))


def _listing(key: str, sketches: Sketches, files: Iterable[tuple[str, int, str]]) -> Listing:
    found = Listing(key, sketches, {}, {})
    for path, mode, oid in files:
        if mode in REGULAR:
            found.names.setdefault(oid, []).append(path)
            found.namesakes.setdefault(base_name(path), []).append(oid)
    return found


def _ratio(one: int, other: int) -> float:
    return min(one, other) / max(one, other) if one and other else 0.0


def base_name(path: str) -> str:
    """The last name of a path."""
    return path.rsplit("/", 1)[-1]


def common_end(one: str, other: str) -> int:
    """How many of the last names of two paths are the same."""
    pairs = zip(reversed(one.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _same_name(one: str, other: str) -> bool:
    return base_name(one) == base_name(other)
