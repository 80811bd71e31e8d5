"""Where a file went: the same blob, or at least half of its text, under a name that was not there before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from auditor.git.alike import MOST_COMPARED, Alike, base_name, common_end
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.store import Store

# A path that ends in so many more of the same names is that of the moved file, though another one is more alike.
_FARTHER = 2
_ANSWERS = 20_000


class Renames(Alike):
    """Moved files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._moved = lru_cache(_ANSWERS)(self._find_moved)

    def renamed(self, change: Change, base: str, tip: str) -> str | None:
        """Where the file of `change` lives at `tip`, if not at its own path.

        A file that `base` (the tree the change was made on) does not have, and that is the same blob, or shares
        at least half of its bytes, git's own measure of a rename, or half of its lines and these are no small part.
        """
        return self.by_likeness(change.path, change.before or change.after, base, tip)

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
        if found and named and common_end(change.path, named[0]) >= common_end(change.path, found) + _FARTHER:
            return self._likest_of(change, named, base, tip)
        contested = found == of_old and self._is_contested(change, found, base, tip)
        return None if contested or self._is_of_another(change, found, base, tip) else found

    def _is_of_another(self, change: Change, name: str | None, base: str, tip: str) -> bool:
        """Whether what is like a deleted file is another one that moved: it has that one's name, and is as like it."""
        there, known = self.at(tip, name) if name else None, change.before
        if name is None or there is None or known is None or change.after is not None:
            return False
        called = base_name(name)
        if called == base_name(change.path) or not {there.mode, known.mode} <= set(REGULAR):
            return False
        gone, like = self._added(tip, base), self.compare(known.oid, there.oid)
        moved = (
            self.at(base, p)
            for oid in gone.namesakes.get(called, ())
            for p in gone.names[oid]
            if base_name(p) == called
        )
        return any(s and s.mode in REGULAR and self.compare(s.oid, there.oid) >= like for s in moved)

    def _either(self, change: Change, of_old: str | None, of_new: str | None) -> str | None:
        """Of what is like the old file and what is like the new one, that whose path ends in more of the same names."""
        if of_old is None or of_new is None:
            return of_old or of_new
        return of_new if common_end(change.path, of_new) > common_end(change.path, of_old) else of_old

    def _nearest(self, path: str, base: str, tip: str) -> list[str]:
        """The new files of that name whose paths end in most of the same names."""
        there = self.listing(base, tip)
        same = [p for oid in dict.fromkeys(there.namesakes.get(base_name(path), ())) for p in there.names[oid]]
        ends = {p: near for p in same if (near := common_end(path, p))}
        for most in sorted(set(ends.values()), reverse=True):
            found = [p for p, near in ends.items() if near == most]
            new = found if len(found) > MOST_COMPARED else [p for p in found if self.is_new(base, p)]
            if new:
                return new
        return []

    def _likest_of(self, change: Change, names: Iterable[str], base: str, tip: str) -> str | None:
        files = [(p, side) for p in names if (side := self.at(tip, p))]
        known = [side for side in (change.before, change.after) if side]
        like = next((p for side in known if (p := self.likest(side, change.path, files, base))), None)
        if like or 2 * common_end(change.path, files[0][0]) <= change.path.count("/") + 1:
            return like
        # Most of the folders moved as they are: then the file did, too, whatever became of it.
        return max(files, key=lambda file: (self.compare(known[0].oid, file[1].oid), file[0]))[0]

    def _only(self, path: str, known: Side | None, base: str, tip: str) -> str | None:
        """The likest, unless it has twins, and its name tells next to nothing of which of them it is."""
        found = self.by_likeness(path, known, base, tip)
        side = self.at(tip, found) if found else None
        if found is None or side is None or common_end(path, found) >= _FARTHER:
            return found
        twins, near = self.listing(base, tip).names.get(side.oid, ()), common_end(path, found)
        undecided = any(p != found and common_end(path, p) == near and self.is_new(base, p) for p in twins)
        return None if undecided else found

    def _is_contested(self, change: Change, name: str | None, base: str, tip: str) -> bool:
        """Whether a file has nothing of the change, and another one of a name as near, and like it, has it.

        So it is where a file was taken apart: the part that the change did not touch is likest the old file. Where the
        other one is not new it is what the change made of the file, to the byte.
        """
        if name is None or change.before is None or change.after is None or self._has(change, name, tip):
            return False
        if change.after.mode not in REGULAR:
            return False
        near, oid = common_end(change.path, name), change.after.oid
        maybe = (p for p in self.maybe(oid, change.path, self.listing(base, tip)) if p != name)
        others = ((p, side) for p in maybe if common_end(change.path, p) >= near and (side := self.at(tip, p)))
        return any(
            side.oid == oid
            or (self.is_new(base, p) and self._has(change, p, tip) and self.score(oid, side.oid, same=False) >= 1 / 2)
            for p, side in others
        )

    def _has(self, change: Change, name: str, tip: str) -> bool:
        """Whether a file is what a change made, or a text has half of what it brought, and not what it took away."""
        there = self.at(tip, name)
        if there is None or there == change.after:
            return there is not None
        sides = [side for side in (change.before, change.after, there) if side and side.mode in REGULAR]
        if len(sides) < 3:
            return False
        old, new, have = (self.counts(side.oid) for side in sides)
        brought, taken = new - old, old - new
        return bool(brought) and _share(brought, have) >= 1 / 2 > _share(taken, have)


def _share(lines_: Counter[bytes], have: Counter[bytes]) -> float:
    """Which share of some lines a text has: none of no lines."""
    return (lines_ & have).total() / (lines_.total() or 1)
