"""Where a file went: the same blob, or at least half of its text, under a name that was not there before."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import pygit2

from auditor.errors import RepositoryError
from auditor.git import lines
from auditor.git.bounded import Bounded, per_item
from auditor.git.changes import REGULAR, Change, Side, diffs
from auditor.git.sketches import Sketches
from auditor.git.store import Store
from auditor.git.trees import Trees

_MIN_SIMILAR = 0.5
# A path that ends in so many more of the same names is that of the moved file, though another one is more alike.
_FARTHER = 2
# So much of the bytes must be in the half of the lines that two files share, unless they are namesakes.
_FAIR = 0.3
# What is kept of listings of tips, in bytes, at about so many for each file; and how many of other commits.
_LISTINGS, _OF_FILE = 48 << 20, 400
_CACHED_LISTINGS = 6
# So many of the likest are compared in full.
_MOST_COMPARED = 16

# Blobs without a byte, by either kind of id: they are like any other of them.
_EMPTY = (str(pygit2.hash(b"")), hashlib.sha256(b"blob 0\0").hexdigest())

_ANSWERS = 20_000
_COUNTS = 6 << 20


@dataclass(frozen=True, slots=True)
class _Listing:
    """Regular files, all of a tip or the new ones of a commit: the names of each blob, the blobs of each base name."""

    key: str
    sketches: Sketches
    names: dict[str, list[str]]
    namesakes: dict[str, list[str]]


class Renames(Trees):
    """Moved files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._renamed = lru_cache(_ANSWERS)(self._find_renamed)
        self._moved = lru_cache(_ANSWERS)(self._find_moved)
        self._files = Bounded(_LISTINGS, self._list_files, lambda listing: _OF_FILE * (1 + len(listing.names)))
        self._added = lru_cache(_CACHED_LISTINGS)(self._list_added)
        self._counts: Bounded[str, Counter[bytes]] = Bounded(
            _COUNTS, lambda oid: Counter(lines.split(self.store.blob(oid))), per_item(200)
        )
        self._similarity = lru_cache(_ANSWERS)(self._compare)
        self._size = lru_cache(_ANSWERS)(store.size)
        self._length = lru_cache(_ANSWERS)(lambda oid: lines.count(self.store.blob(oid)))
        # Of tips, which stay, and of commits on the way, which go again.
        self._sketches, self._passing = Sketches(store), Sketches(store)

    def renamed(self, change: Change, base: str, tip: str) -> str | None:
        """Where the file of `change` lives at `tip`, if not at its own path.

        A file that `base` (the tree the change was made on) does not have, and that is the same blob, or shares
        at least half of its bytes, git's own measure of a rename, or half of its lines and these are no small part.
        """
        return self._by_likeness(change.path, change.before or change.after, base, tip)

    def moved_to(self, change: Change, base: str, tip: str) -> str | None:
        """The same, or the file that is like what the change made of it, which a merge would not know there.

        Where these are two, and no name tells which of them it is, nothing is claimed; nor where another file has
        a far nearer name, and is like neither.
        """
        return self._moved(change, base, tip)

    def _find_moved(self, change: Change, base: str, tip: str) -> str | None:
        named = self._nearest(change.path, base, tip)
        of_old = self._only(change.path, change.before, base, tip)
        if named == [of_old]:
            return of_old
        of_new = self._only(change.path, change.after, base, tip)
        found = of_old if of_old == of_new else self._either(change, of_old, of_new)
        if found and named and _common_end(change.path, named[0]) >= _common_end(change.path, found) + _FARTHER:
            return self._likest_of(change, named, base, tip)
        return None if found == of_old and self._is_contested(change, found, base, tip) else found

    def _either(self, change: Change, of_old: str | None, of_new: str | None) -> str | None:
        """Of what is like the old file and what is like the new one, that whose path ends in more of the same names."""
        if of_old is None or of_new is None:
            return of_old or of_new
        return of_new if _common_end(change.path, of_new) > _common_end(change.path, of_old) else of_old

    def _nearest(self, path: str, base: str, tip: str) -> list[str]:
        """The new files of that name whose paths end in most of the same names."""
        there = self._listing(base, tip)
        same = [p for oid in dict.fromkeys(there.namesakes.get(_base_name(path), ())) for p in there.names[oid]]
        ends = {p: near for p in same if (near := _common_end(path, p))}
        for most in sorted(set(ends.values()), reverse=True):
            found = [p for p, near in ends.items() if near == most]
            new = found if len(found) > _MOST_COMPARED else [p for p in found if self._is_new(base, p)]
            if new:
                return new
        return []

    def _likest_of(self, change: Change, names: Iterable[str], base: str, tip: str) -> str | None:
        files = [(p, side) for p in names if (side := self.at(tip, p))]
        known = [side for side in (change.before, change.after) if side]
        like = next((p for side in known if (p := self.likest(side, change.path, files, base))), None)
        if like or 2 * _common_end(change.path, files[0][0]) <= change.path.count("/") + 1:
            return like
        # Most of the folders moved as they are: then the file did, too, whatever became of it.
        return max(files, key=lambda file: (self._compare(known[0].oid, file[1].oid), file[0]))[0]

    def _only(self, path: str, known: Side | None, base: str, tip: str) -> str | None:
        """The likest, unless it has twins, and its name tells next to nothing of which of them it is."""
        found = self._by_likeness(path, known, base, tip)
        side = self.at(tip, found) if found else None
        if found is None or side is None or _common_end(path, found) >= _FARTHER:
            return found
        twins, near = self._listing(base, tip).names.get(side.oid, ()), _common_end(path, found)
        undecided = any(p != found and _common_end(path, p) == near and self._is_new(base, p) for p in twins)
        return None if undecided else found

    def _is_contested(self, change: Change, name: str | None, base: str, tip: str) -> bool:
        """Whether a file has nothing of the change, and another one of a name as near, and like it, has it.

        So it is where a file was taken apart: the part that the change did not touch is likest the old file. Where the
        other one is not new it is what the change made of the file, to the byte.
        """
        if name is None or change.before is None or change.after is None or self._has(change, name, tip):
            return False
        near, oid = _common_end(change.path, name), change.after.oid
        maybe = (p for p in self._maybe(oid, change.path, self._listing(base, tip)) if p != name)
        others = ((p, side) for p in maybe if _common_end(change.path, p) >= near and (side := self.at(tip, p)))
        return any(
            side.oid == oid
            or (self._is_new(base, p) and self._has(change, p, tip) and self._score(oid, side.oid, same=False) >= 1 / 2)
            for p, side in others
        )

    def _has(self, change: Change, name: str, tip: str) -> bool:
        """Whether a text is what a change made, or has half of what it brought, and not what it took away."""
        there = self.at(tip, name)
        assert change.before
        assert change.after
        if there == change.after:
            return True
        old, new = self._counts(change.before.oid), self._counts(change.after.oid)
        have = self._counts(there.oid) if there else Counter()
        brought, taken = new - old, old - new
        return bool(brought) and _share(brought, have) >= 1 / 2 > _share(taken, have)

    def _by_likeness(self, path: str, known: Side | None, base: str, tip: str) -> str | None:
        """None of an empty file, which is like any other."""
        if known is None or known.mode not in REGULAR or known.oid in _EMPTY:
            return None
        return self._renamed(path, known, base, tip)

    def _listing(self, base: str, tip: str) -> _Listing:
        return self._files(tip) if self.is_tip(tip) else self._added(base, tip)

    def _find_renamed(self, path: str, known: Side, base: str, tip: str) -> str | None:
        there = self._listing(base, tip)
        files = ((p, self.at(tip, p)) for p in self._maybe(known.oid, path, there))
        return self.likest(known, path, [(p, side) for p, side in files if side], base)

    def _list_files(self, tip: str) -> _Listing:
        """All files of a tip, which is asked about for many a base."""
        return _listing(tip, self._sketches, ((e.path, int(e.mode), str(e.id)) for e in self.tip(tip)))

    def _list_added(self, base: str, commit: str) -> _Listing:
        """Only what is new since `base`: there is no end of commits, and each has thousands of files."""
        changes = diffs(self.store, [f"{commit} {base}"])[0]
        if changes is None:
            raise RepositoryError("objects-missing", f"what {commit} has and {base} has not cannot be read")
        added = ((c.path, *c.after) for c in changes if c.before is None and c.after)
        if self._passing.full:
            self._passing = Sketches(self.store)
        return _listing(f"{base} {commit}", self._passing, added)

    def sharing(self, oid: str, path: str, tip: str) -> list[str]:
        """The files of a branch's tip that share most lines with a text, and those of its name, likest first."""
        return self._alike(oid, path, self._files(tip))

    def _maybe(self, oid: str, path: str, there: _Listing) -> Sequence[str]:
        return there.names.get(oid) or self._alike(oid, path, there)

    def _alike(self, oid: str, path: str, there: _Listing) -> list[str]:
        """The names of the files that share most of the sketched lines of a blob, and of its namesakes."""
        there.sketches.know(there.key, there.names)
        ranked = there.sketches.ranked(oid)
        name = _base_name(path)
        namesakes = sorted(there.namesakes.get(name, ()), key=lambda other: (ranked.get(other, len(ranked)), other))
        names = [p for other in ranked if other in there.names for p in there.names[other]]
        same = [p for other in namesakes for p in there.names[other] if _base_name(p) == name]
        return [*names[:_MOST_COMPARED], *same[:_MOST_COMPARED]]

    def likest(self, known: Side, path: str, files: Iterable[tuple[str, Side]], base: str | None = None) -> str | None:
        """The file that `path` most likely became, or was: the same blob, or half of the text in common.

        One that `base` has already is none. Of twins it is the one whose path ends in as many of the same names;
        an empty file has twins everywhere, and is known by its name alone.
        """
        regular = [(p, s) for p, s in files if s.mode in REGULAR]
        exact = [p for p, s in regular if s.oid == known.oid and self._is_new(base, p)]
        if known.oid in _EMPTY:
            exact = [p for p in exact if _same_name(p, path)]
        if exact:
            return min(exact, key=lambda p: (-_common_end(p, path), p))
        if not regular or known.mode not in REGULAR:
            return None
        data = self.store.blob(known.oid)
        if lines.is_binary(data) or not data:
            return None
        return self._most_similar(known.oid, path, regular, base)

    def _most_similar(self, oid: str, path: str, files: Sequence[tuple[str, Side]], base: str | None) -> str | None:
        """What cannot win by its size is not compared."""
        best = (-_MIN_SIMILAR, 0, "")
        for name, side in files:
            same = _same_name(name, path)
            if self._bound(oid, side.oid, same=same) >= -best[0] and self._is_new(base, name):
                score = self._score(oid, side.oid, same=same)
                found = (-score, -_common_end(name, path), name)
                if score >= _MIN_SIMILAR and (not best[2] or found < best):
                    best = found
        return best[2] or None

    def _score(self, oid: str, other: str, *, same: bool) -> float:
        """In bytes, as git measures, or in lines: unless these are but braces, blank lines and a licence."""
        in_bytes, in_lines = self._similarity(oid, other)
        return max(in_bytes, in_lines if same or in_bytes >= _FAIR else 0.0)

    def _compare(self, oid: str, other: str) -> tuple[float, float]:
        return lines.similarity(self._counts(oid), self._counts(other))

    def _bound(self, oid: str, other: str, *, same: bool) -> float:
        """How similar two blobs are at most: 0 where their sizes differ by far."""
        in_bytes = _ratio(self._size(oid), self._size(other))
        if in_bytes < (_MIN_SIMILAR / 2 if same else _FAIR):
            return 0.0
        return max(in_bytes, _ratio(self._length(oid), self._length(other)))

    def _is_new(self, base: str | None, path: str) -> bool:
        return base is None or self.at(base, path) is None


def _listing(key: str, sketches: Sketches, files: Iterable[tuple[str, int, str]]) -> _Listing:
    found = _Listing(key, sketches, {}, {})
    for path, mode, oid in files:
        if mode in REGULAR:
            found.names.setdefault(oid, []).append(path)
            found.namesakes.setdefault(_base_name(path), []).append(oid)
    return found


def _ratio(one: int, other: int) -> float:
    return min(one, other) / max(one, other) if one and other else 0.0


def _share(lines_: Counter[bytes], have: Counter[bytes]) -> float:
    """Which share of some lines a text has: none of no lines."""
    return (lines_ & have).total() / (lines_.total() or 1)


def _base_name(path: str) -> str:
    return path.rsplit("/", 1)[-1]


def _common_end(one: str, other: str) -> int:
    """How many of the last names of two paths are the same."""
    pairs = zip(reversed(one.split("/")), reversed(other.split("/")), strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _same_name(one: str, other: str) -> bool:
    return _base_name(one) == _base_name(other)
