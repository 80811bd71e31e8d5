"""Identity and likeness of changes: whether two make the same change, and which lines a change has."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Collection, Iterable
from functools import lru_cache

from auditor.git.bounded import Bounded, per_item
from auditor.git.changes import REGULAR, Change, Changes, Side
from auditor.git.renames import Renames
from auditor.git.store import Store
from auditor.text import lines

# What is kept at most, in bytes and in answers.
_COUNTS, _ANSWERS = 6 << 20, 30_000
# Of whole changes, some of which have thousands of files.
_WHOLES = 500


class Identity(Renames):
    """Answers about the changes of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._signatures = lru_cache(_ANSWERS)(self._sign)
        self.added = lru_cache(_WHOLES)(self._count_added)
        # Apart from changes, of which a hundred weigh as much as one large file.
        self._every = Bounded(_COUNTS, self._find_every, per_item(200))
        self._hashes = Bounded(_COUNTS, self._find_hashes, lambda found: 400 + 8 * (len(found[0]) + len(found[1])))
        self._changed = Bounded(_COUNTS, self._find_changed, lambda found: 200 * (1 + len(found[0]) + len(found[1])))

    def signature(self, change: Change) -> str:
        """Patch identity of one file's change: equal for the same change elsewhere in the file."""
        return self._signatures(change.before, change.after)

    def same(self, one: Changes, other: Changes) -> bool:
        """Patch identity of whole commits: the same files, each changed in the same way.

        Equal blobs need no reading, and one differing file settles it.
        """
        if len(one) != len(other):
            return False
        theirs = {c.path: c for c in other}
        if any(c.path not in theirs for c in one):
            return False
        unequal = [(c, theirs[c.path]) for c in one if c != theirs[c.path]]
        return all(self.signature(c) == self.signature(d) for c, d in unequal)

    def _sign(self, before: Side | None, after: Side | None) -> str:
        modes = f"{before.mode if before else 0}>{after.mode if after else 0}"
        if any(side is not None and side.mode not in REGULAR for side in (before, after)):
            return f"{modes} {before} {after}"
        old, new = (self.store.blob(side.oid) if side else b"" for side in (before, after))
        if lines.is_binary(old) or lines.is_binary(new):
            return f"{modes} {before} {after}"
        return f"{modes} {lines.signature(old, new)}"

    def changed_lines(self, change: Change) -> tuple[Counter[bytes], Counter[bytes]]:
        """Removed and added lines of a change; a file taken as a whole is one line, its blob."""
        return self._changed((change.before, change.after))

    def _find_changed(self, sides: tuple[Side | None, Side | None]) -> tuple[Counter[bytes], Counter[bytes]]:
        before, after = sides
        data = [self.store.blob(s.oid) if s and s.mode in REGULAR else b"" for s in sides]
        if any(lines.is_binary(d) for d in data) or any(s and s.mode not in REGULAR for s in sides):
            removed, added = (Counter([str(s).encode()]) if s else Counter() for s in sides)
            return removed, added
        removed, added = lines.changed_lines(*data)
        if before and after and before.mode != after.mode:
            added[f"mode {after.mode:o}".encode()] += 1
        return removed, added

    def changed_hashes(self, change: Change) -> tuple[array[int], array[int]]:
        """The different lines that a change removes and adds, by hash: small, for what is asked of a thousand commits.

        A change of one file is held against each that others made there, for one fix after the other.
        """
        return self._hashes((change.before, change.after))

    def _find_hashes(self, sides: tuple[Side | None, Side | None]) -> tuple[array[int], array[int]]:
        removed, added = self.changed_lines(Change("", *sides))
        return array("q", map(hash, removed)), array("q", map(hash, added))

    def brings_all(self, change: Change, theirs: Change) -> bool:
        """Whether another change may add all lines that a change adds: a quick no, while a yes proves nothing."""
        return self.may_add(theirs, self.changed_hashes(change)[1])

    def may_add(self, change: Change, wanted: Collection[int]) -> bool:
        """The same of some different lines, by hash."""
        added = self.changed_hashes(change)[1]
        return len(wanted) <= len(added) and set(wanted).issubset(added)

    def may_take_back(self, change: Change, theirs: Change) -> bool:
        """Whether another change may remove all that a change adds, and add all that it removes: likewise."""
        (removed, added), (gone, came) = (self.changed_hashes(c) for c in (change, theirs))
        return set(added).issubset(gone) and set(removed).issubset(came)

    def _count_added(self, changes: Changes) -> int:
        """How many lines a whole change adds, blank ones aside."""
        return sum(self.changed_lines(change)[1].total() for change in changes)

    def all_lines(self, side: Side | None) -> Counter[bytes]:
        """Every line of a file, as `changed_lines` counts them; a file taken as a whole is one line, its blob."""
        return self._every(side)

    def _find_every(self, side: Side | None) -> Counter[bytes]:
        if side is None:
            return Counter()
        data = self.store.blob(side.oid) if side.mode in REGULAR else b"\0"
        return Counter([str(side).encode()]) if lines.is_binary(data) else lines.bare(lines.split(data))
