"""What a text shows of a change at a glance: its lines by their hashes, held against those of a change's hunks.

A comparison of two versions that lie years apart is dear, and for most changes needless: a hunk whose lines are
not in a text at all cannot stand there. What these answers let pass is compared in full.
"""

from __future__ import annotations

import itertools
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from auditor.git.bounded import Bounded, per_item
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.identity import Identity
from auditor.git.store import Store
from auditor.text import lines, wording
from auditor.text.lines import Hunk

# What is kept at most, in bytes. Of a text of thirty thousand lines, as generators write, a change is held against
# three or four versions at a time: where one less finds room, each is split anew for each hunk. So many always do.
_VERSIONS = 4
_LINES, _HUNKS, _MARKS, _UNPACKED, _READY, _HASHES = 14 << 20, 8 << 20, 12 << 20, 4 << 20, 2 << 20, 10 << 20


class Mark(NamedTuple):
    """A hunk by the hashes of its lines, `added` without blank ones.

    `joints` are the neighbours among the removed lines, or the two around an insertion, in the old text, and `bare`
    the same lines without white space; `seam` the two around a deletion, in the new text.
    """

    hunk: Hunk
    removed: Sequence[int]
    joints: Sequence[int]
    bare: Sequence[int]
    added: Sequence[int]
    seam: Sequence[int]


class Marks(Identity):
    """Quick answers about the lines of one repository's files."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        # Kept as plain numbers: ten times as many as of hunks and marks themselves.
        self._hunks = Bounded(_HUNKS, self._find_hunks, per_item(8))
        # Ready to be asked: whoever asks of one hunk after the other asks for all of them each time.
        self._ready: Bounded[tuple[str, str], tuple[Hunk, ...] | None] = Bounded(
            _READY, self._unpack_hunks, per_item(250)
        )
        self._ready_own: Bounded[tuple[str, str], tuple[Hunk, ...] | None] = Bounded(
            _READY, self._find_own, per_item(250)
        )
        self.lines: Bounded[str, list[bytes]] = Bounded(
            _LINES, lambda oid: lines.split(self.store.blob(oid)), per_item(90), least=_VERSIONS
        )
        self._marks = Bounded(_MARKS, self._find_marks, per_item(8))
        self._unpacked = Bounded(_UNPACKED, self._unpack_marks, _weight)
        self.standing = Bounded(_HASHES, self._find_standing, per_item(8))
        self.adjacent = Bounded(_HASHES, self._find_adjacent, per_item(8))
        self.respaced = Bounded(_HASHES, self._find_respaced, per_item(8))

    def hunks(self, old: str, new: str) -> tuple[Hunk, ...] | None:
        """What changed between two blobs; None where they are to be compared as a whole."""
        return self._ready((old, new))

    def _unpack_hunks(self, blobs: tuple[str, str]) -> tuple[Hunk, ...] | None:
        found = self._hunks(blobs)
        return None if found is None else tuple(map(Hunk._make, zip(*[iter(found)] * len(Hunk._fields), strict=True)))

    def _find_hunks(self, blobs: tuple[str, str]) -> array[int] | None:
        found = self._compared(blobs)
        return None if found is None else array("q", itertools.chain.from_iterable(found))

    def _compared(self, blobs: tuple[str, str]) -> tuple[Hunk, ...] | None:
        one, other = (self.store.blob(oid) for oid in blobs)
        whole = lines.is_binary(one) or lines.is_binary(other)
        return None if whole else lines.hunks(one, other)

    def marks(self, old: str, new: str) -> tuple[Mark, ...] | None:
        """The hunks between two blobs with the hashes of their lines; None as for `hunks`."""
        return self._unpacked((old, new))

    def own_hunks(self, old: str, new: str) -> tuple[Hunk, ...] | None:
        """As `hunks`, for a change that is asked about again and again."""
        return self._ready_own((old, new))

    def _find_own(self, blobs: tuple[str, str]) -> tuple[Hunk, ...] | None:
        found = self.marks(*blobs)
        return None if found is None else tuple(mark.hunk for mark in found)

    def _unpack_marks(self, blobs: tuple[str, str]) -> tuple[Mark, ...] | None:
        found = self._marks(blobs)
        return None if found is None else tuple(_unpack(found))

    def _find_marks(self, blobs: tuple[str, str]) -> array[int] | None:
        found = self._compared(blobs)
        if found is None:
            return None
        old, new = (self.lines(oid) for oid in blobs)
        return array("q", itertools.chain.from_iterable(_pack(mark(h, old, new)) for h in found))

    def _find_standing(self, oid: str) -> array[int]:
        """The lines of a file by hash, sorted."""
        return _sorted(map(hash, self.lines(oid)))

    def _find_adjacent(self, oid: str) -> array[int]:
        """The pairs of neighbours among the lines of a file, likewise."""
        return _sorted(map(hash, itertools.pairwise(self.lines(oid))))

    def _find_respaced(self, oid: str) -> array[int]:
        """The lines of a file without their white space, likewise."""
        return _sorted(map(bare, self.lines(oid)))

    def could_stand(self, mark: Mark, there: str) -> bool:
        """Whether a file may have the old lines of a hunk, or the two lines around an insertion side by side."""
        return has_all(self.standing(there), mark.removed) and (
            not mark.joints or has_all(self.adjacent(there), mark.joints)
        )

    def has_words(self, made: Iterable[bytes], there: str) -> bool:
        """Whether a text has each of some lines, white space aside: a quick no, where a comparison takes long."""
        return has_all(self.respaced(there), map(bare, made))

    def could_hold(self, change: Change, there: Side | None) -> bool:
        """Whether replaying a change on a file may change nothing: all that it added is there."""
        before, after = change.before, change.after
        if not (before and after and there) or there.oid in (before.oid, after.oid) or before.oid == after.oid:
            return True
        if not all(side.mode in REGULAR for side in (before, after, there)):
            return True
        return all(
            has_all(self.standing(there.oid), m.added) and (not m.seam or has_all(self.adjacent(there.oid), m.seam))
            for m in self.marks(before.oid, after.oid) or ()
        )

    def lost(self, change: Change, there: Side | None) -> dict[int, Hunk]:
        """The hunks of a change of which a file has less than half of the lines: quick, and mostly none.

        Lines that were but moved to the right or the left are there, unless the change itself did no more.
        """
        gone = self.lost_as_written(change, there)
        return {n: m.hunk for n, m in gone.items() if not self._shifted(m, change.after, there)}

    def lost_as_written(self, change: Change, there: Side | None) -> dict[int, Mark]:
        """The same where lines in other white space are none of them."""
        before, after = change.before, change.after
        if not (before and after and there) or not all(s.mode in REGULAR for s in (before, after, there)):
            return {}
        marks = self.marks(before.oid, after.oid) or ()
        have = self.standing(there.oid) if marks else array("q")
        return {n: m for n, m in enumerate(marks) if 2 * _count(have, m.added) < (len(m.added) or 1)}

    def lost_words(self, change: Change, there: Side) -> list[Mark]:
        """The same, and the hunks that moved old lines to the right or the left, of whose other lines few are left."""
        gone = self.lost_as_written(change, there)
        marks = self.marks(change.before.oid, change.after.oid) if change.before and change.after else ()
        more = (m for n, m in enumerate(marks or ()) if n not in gone and m.removed and m.added)
        return [*gone.values(), *(m for m in more if self._lost_wording(m, change.after, there))]

    def _lost_wording(self, mark: Mark, after: Side | None, there: Side) -> bool:
        new = self._new_words(mark, after)
        return bool(new) and 2 * _count(self.respaced(there.oid), new) < len(new)

    def _shifted(self, mark: Mark, after: Side | None, there: Side | None) -> bool:
        """Whether a file has half of a hunk's new lines in other white space, which were not that before it, too."""
        if there is None:
            return False
        new = self._new_words(mark, after)
        return bool(new) and 2 * _count(self.respaced(there.oid), new) >= len(new)

    def _new_words(self, mark: Mark, after: Side | None) -> set[int]:
        """The lines of a hunk, white space aside, that were not there before it in other white space."""
        if after is None:
            return set()
        start, old = mark.hunk.new, set(mark.bare) if mark.removed else set()
        return {bare(line) for line in self.lines(after.oid)[start : start + mark.hunk.added] if line.strip()} - old

    def has_again(self, change: Change, there: Side | None, earlier: Side, came: Side | None) -> bool:
        """Whether a text has a line of an earlier version, white space aside, that the versions since have not.

        These are those of a change, and one that `came`. An import tells but what is needed now, unless the change is
        of nothing else.
        """
        back = self._worded(there) & self._worded(earlier)
        back.difference_update({bare(b"")}, *map(self._worded, (change.before, change.after, came)))
        if not back or there is None:
            return False
        lines_back = [line for line in self.lines(there.oid) if bare(line) in back]
        return not all(map(wording.is_import, lines_back)) or self._only_imports(change)

    def _only_imports(self, change: Change) -> bool:
        """Whether a change of a text is of imports alone."""
        before, after = change.before, change.after
        marks = self.marks(before.oid, after.oid) if before and after else None
        if before is None or after is None or marks is None:
            return False
        old, new = self.lines(before.oid), self.lines(after.oid)
        changed = (line for m in marks for line in (*m.hunk.removed_of(old), *m.hunk.added_of(new)) if line.strip())
        return all(map(wording.is_import, changed))

    def is_like(self, there: Side | None, earlier: Side) -> bool:
        """Whether a text has as much as a quarter of the lines of an earlier version, white space aside."""
        worded = self._worded(earlier) - {bare(b"")}
        return 4 * len(worded & self._worded(there)) >= len(worded)

    def among(self, wanted: Iterable[bytes], there: Side | None) -> list[bytes]:
        """Those of some lines that a text has, white space aside."""
        have = self.respaced(there.oid) if there and there.mode in REGULAR else ()
        found = [line for line in wanted if _has(have, hash(line))]
        return [] if not there or not found or lines.is_binary(self.store.blob(there.oid)) else found

    def _worded(self, side: Side | None) -> set[int]:
        return set() if side is None or side.mode not in REGULAR else set(self.respaced(side.oid))

    def gave_way(self, change: Change, there: Side | None) -> bool:
        """Whether a file may have lost any of what a change made there."""
        return self._gave_way_whole(change, there) or bool(self.lost(change, there))

    def gave_way_as_written(self, change: Change, there: Side | None) -> bool:
        """The same, where lines in other white space are none of what the change made."""
        return self._gave_way_whole(change, there) or bool(self.lost_as_written(change, there))

    def _gave_way_whole(self, change: Change, there: Side | None) -> bool:
        return there not in (None, change.before, change.after) and self.as_a_whole(change)

    def as_a_whole(self, change: Change) -> bool:
        """Whether a file is compared as a whole before and after a change: a binary, a link, a submodule."""
        before, after = change.before, change.after
        if before is None or after is None:
            return False
        return not all(s.mode in REGULAR for s in (before, after)) or self.marks(before.oid, after.oid) is None


def has_all(have: Sequence[int], wanted: Iterable[int]) -> bool:
    """Whether all of some hashes are among those of a text."""
    return all(_has(have, one) for one in wanted)


def share(text: Iterable[bytes], have: Sequence[int], by: Callable[[bytes], int] = hash) -> float:
    """The share of a text's lines, from 0 to 1, that are among the hashes of another, as `by` makes these."""
    wanted = set(map(by, text))
    return len(wanted.intersection(have)) / len(wanted) if wanted else 1.0


def bare(line: bytes) -> int:
    """A line without its white space, by hash."""
    return hash(lines.unspaced(line))


def _count(have: Sequence[int], wanted: Iterable[int]) -> int:
    return sum(_has(have, one) for one in wanted)


def _has(have: Sequence[int], one: int) -> bool:
    at = bisect_left(have, one)
    return at < len(have) and have[at] == one


def _sorted(hashes: Iterable[int]) -> array[int]:
    """Eight bytes a line, where a set would take a hundred."""
    return array("q", sorted(set(hashes)))


def mark(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> Mark:
    """A hunk with the hashes of its lines, given both texts."""
    removed, added = hunk.removed_of(old), hunk.added_of(new)
    around = () if removed else _around(old, hunk.old)
    seam = () if added else _around(new, hunk.new)
    joints = itertools.pairwise(removed or around)
    telling = [hash(line) for line in added if line.strip()]
    neighbours = [hash(seam)] if seam else []
    return Mark(hunk, [*map(hash, removed)], [*map(hash, joints)], [*map(bare, removed or around)], telling, neighbours)


def _around(text: Sequence[bytes], place: int) -> tuple[bytes, ...]:
    """The two lines around a place; none at either end of a text."""
    return (text[place - 1], text[place]) if 0 < place < len(text) else ()


def _pack(mark: Mark) -> Iterator[int]:
    """A mark as numbers: those of its hunk, how long each list is, and all lists."""
    hunk, *lists = mark
    return itertools.chain(hunk, map(len, lists), *lists)


def _unpack(numbers: Sequence[int]) -> Iterator[Mark]:
    """The marks that were packed one after the other."""
    at, lists = 0, len(Mark._fields) - 1
    while at < len(numbers):
        hunk = Hunk._make(numbers[at : at + len(Hunk._fields)])
        at += len(Hunk._fields)
        ends = list(itertools.accumulate(numbers[at : at + lists], initial=at + lists))
        yield Mark(hunk, *(numbers[start:end] for start, end in itertools.pairwise(ends)))
        at = ends[-1]


def _weight(marks: Sequence[Mark] | None) -> int:
    """What marks take ready to be asked, in bytes, more or less."""
    return 200 + sum(600 + 8 * sum(map(len, mark[1:])) for mark in marks or ())
