"""How what a change did to a file stands in it somewhere else: as the change left it, as before it, or in neither form.

Equal blobs have equal answers on every branch, under every tag, so each is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from auditor.git import lines, places, wording
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.lines import Hunk
from auditor.git.marks import bare, has_all, mark, share
from auditor.git.replays import Replays
from auditor.git.store import Store

# How many answers are kept.
_ANSWERS = 30_000
# Each fix is asked how it stands at every tip, by its own judgement and by those of later fixes of its files.
_UNDONE = 150_000

# Lines that so many places of a change brought are too common to tell which of them was moved.
_MOST_MOVES = 16

# Of lines that gave way less than this stands somewhere.
_FEW = 1 / 2

_WHOLE = frozenset({-1})
_MODE = frozenset({-2})
_NONE: frozenset[int] = frozenset()


class Content(Replays):
    """Answers about the files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._undone = lru_cache(_UNDONE)(self._find_undone)
        self._restored = lru_cache(_ANSWERS)(self._find_restored)

    def in_place(self, change: Change, there: Side | None) -> bool:
        """Whether all that a change did to a text stands there, among other neighbours: so that a replay conflicts."""
        before, after = change.before, change.after
        if not (before and after and there) or not before.mode == after.mode == there.mode or self.as_a_whole(change):
            return False
        fix = self.own_hunks(before.oid, after.oid) if self.could_hold(change, there) else None
        since = self.hunks(after.oid, there.oid) if fix else None
        if not fix or since is None:
            return False
        old, new, have = (self.lines(side.oid) for side in (before, after, there))
        return all(places.in_place(group, old, new, have, since) for group in places.grouped(fix))

    def undone(self, change: Change, there: Side | None) -> frozenset[int]:
        """Which hunks of `change` stand as they were before it; {-1} for a file taken as a whole, -2 for its mode."""
        return self._undone(change.before, change.after, there)

    def _find_undone(self, before: Side | None, after: Side | None, there: Side | None) -> frozenset[int]:
        if there is None or before is None or there == after:
            return _NONE
        if after is None:
            return _WHOLE if there == before else _NONE
        mode = _MODE if there.mode == before.mode != after.mode else _NONE
        return mode | self._but_ends(before, after, self._undone_text(before, after, there))

    def _but_ends(self, before: Side, after: Side, found: frozenset[int]) -> frozenset[int]:
        """Hunks that stand as before; none where they are but ends of lines, and the change did more in the file.

        Whatever else editors are asked to do, they add and remove those.
        """
        if not found or found == _WHOLE:
            return found
        old, new = self.lines(before.oid), self.lines(after.oid)
        ends = {n for n, h in enumerate(self.own_hunks(before.oid, after.oid) or ()) if lines.is_end(h, old, new)}
        return _NONE if found <= ends and len(ends) < self.size(Change("", before, after)) else found

    def _undone_text(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        if after.oid in (before.oid, there.oid):
            return _NONE
        if there.oid == before.oid:
            return self._all(before, after)
        if not all(s.mode in REGULAR for s in (before, after, there)):
            return _NONE
        return self._undone_hunks(before, after, there) or self._undone_respaced(before, after, there)

    def _all(self, before: Side, after: Side) -> frozenset[int]:
        if not all(side.mode in REGULAR for side in (before, after)):
            return _WHOLE
        found = self.own_hunks(before.oid, after.oid)
        return _WHOLE if found is None else frozenset(range(len(found)))

    def _undone_hunks(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        maybe = dict(self._could_stand(before.oid, after.oid, there.oid))
        again = {n for n, h in maybe.items() if self._back_whole(h, before.oid, after.oid, there.oid)}
        since = self.hunks(before.oid, there.oid) if maybe else None
        old = [(h.old, h.removed) for h in since or ()]
        maybe = {n: h for n, h in maybe.items() if n not in again and places.stands(h.old, h.removed, old)}
        from_after = self.hunks(after.oid, there.oid) if maybe else None
        if since is None or from_after is None:
            return frozenset(again)
        new = [(h.old, h.removed) for h in from_after]
        back = {
            n: h
            for n, h in maybe.items()
            if not places.stands(h.new, h.added, new)
            and not (h.removed == 0 and self._goes_on(h, (before.oid, after.oid, there.oid), since, from_after))
        }
        elsewhere = self._put_elsewhere(before.oid, after.oid, back)
        stay = {n for n, h in back.items() if not places.moved_within(h, elsewhere[n], since, from_after)}
        return frozenset(again | stay)

    def _put_elsewhere(self, before: str, after: str, back: Iterable[int]) -> dict[int, list[Hunk]]:
        """For each of some hunks of a change, the others that add a line that it removes: none, where they are many."""
        marks = self.marks(before, after) or ()
        wanted = {line for n in back for line in marks[n].removed}
        adding: dict[int, list[int]] = {}
        for number, one in enumerate(marks):
            for line in wanted.intersection(one.added):
                adding.setdefault(line, []).append(number)
        found = {n: {m for line in marks[n].removed for m in adding.get(line, ())} - {n} for n in back}
        return {n: [marks[m].hunk for m in some] if len(some) <= _MOST_MOVES else [] for n, some in found.items()}

    def _could_stand(self, before: str, after: str, there: str) -> Iterator[tuple[int, Hunk]]:
        """The hunks of a change that may stand as before it, and do not stand elsewhere as after it."""
        for number, one in enumerate(self.marks(before, after) or ()):
            if self.could_stand(one, there) and not self.moved_whole(one.hunk, before, after, there):
                yield number, one.hunk

    def _goes_on(
        self, hunk: Hunk, texts: tuple[str, str, str], since: Sequence[Hunk], since_after: Sequence[Hunk]
    ) -> bool:
        """Whether lines that were only added are there all the same: elsewhere, or in other words."""
        before, after, there = texts
        have, want = self.lines(there), self.lines(after)
        added = want[hunk.new : hunk.new + hunk.added]
        if self._declared(added, before, there):
            return True
        inserted = set(places.added(since))
        if lines.mostly_in(added, lines.bare(have[at] for at in inserted)):
            # What the change put in other places, too, and what stands there, is no sign of these lines.
            others = [h for h in self.own_hunks(before, after) or () if h != hunk]
            inserted -= places.kept(places.added(others), since_after)
            if lines.mostly_in(added, lines.bare(have[at] for at in inserted)):
                return True
        return places.goes_on(self.lines(before), self.store.blob(after), self.store.blob(there), hunk.old, since)

    def _declared(self, added: Sequence[bytes], before: str, there: str) -> bool:
        """Whether all functions and the like that some lines declare are still there: then they were reworked."""
        declared = [hash(line) for line in added if lines.declares(line)]
        return (
            bool(declared)
            and has_all(self.standing(there), declared)
            and not any(has_all(self.standing(before), [one]) for one in declared)
        )

    def reworded(self, change: Change, there: Side | None, number: int, earlier: Iterable[Side]) -> bool:
        """Whether what a hunk of a change brought is close by in other words, though its old lines stand.

        Lines of `earlier` versions, where the file went back to one, are no other words.
        """
        before, after = change.before, change.after
        if number < 0 or not (before and after and there):
            return False
        hunks, since = self.own_hunks(before.oid, after.oid) or (), self.hunks(before.oid, there.oid) or ()
        old, new, have = (self.lines(side.oid) for side in (before, after, there))
        known = {line for side in earlier for line in self.lines(side.oid)}
        return wording.reworded(hunks[number], old, new, [b"" if line in known else line for line in have], since)

    def taken_out(self, change: Change, there: Side | None, numbers: Iterable[int]) -> bool:
        """Whether it can be told of all insertions among some hunks of a change that a file has lost them."""
        before, after = change.before, change.after
        if not (before and after and there) or there.oid == before.oid or self.as_a_whole(change):
            return True
        hunks = self.own_hunks(before.oid, after.oid) or ()
        places_ = [hunks[n].old for n in numbers if n >= 0 and not hunks[n].removed]
        new, have = (self.store.blob(side.oid) for side in (after, there)) if places_ else (b"", b"")
        return all(places.taken_out(self.lines(before.oid), new, have, at) for at in places_)

    def _undone_respaced(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        """The same, white space aside, in a file that got other line ends, or tabs for blanks, throughout."""
        lost = self.lost_words(Change("", before, after), there)
        # None of the fix's lines stands in other white space than it left them in: mostly, that settles it.
        if not any(has_all(self.respaced(there.oid), mark.bare) for mark in lost):
            return _NONE
        if not self._respaced_throughout(before.oid, there.oid):
            return _NONE
        old, new, have = (Side(side.mode, self._squeezed(side.oid)) for side in (before, after, there))
        fix = self.hunks(old.oid, new.oid)
        if not fix:
            return _NONE
        found, every = self._undone_hunks(old, new, have), self._all(before, after)
        if len(fix) == len(every):
            return found
        # Without white space some hunks are none: then all of the rest must be back.
        return every if len(found) == len(fix) else _NONE

    def _respaced_throughout(self, before: str, there: str) -> bool:
        """Whether a text has most of another's lines, and by their words alone."""
        old = self.lines(before)
        if share(old, self.standing(there)) >= 1 / 2 or share(old, self.respaced(there), bare) < 3 / 4:
            return False
        return not lines.is_binary(self.store.blob(there))

    def _squeezed(self, oid: str) -> str:
        """A text without white space but the ends of lines."""
        return self.store.make_blob(b"".join(b"".join(line.split()) + b"\n" for line in self.lines(oid)))

    def moved_whole(self, hunk: Hunk, before: str, after: str, there: str) -> bool:
        """Whether a hunk's new lines stand somewhere with the lines around them, and its old ones do not.

        Where lines repeat, as in a list of releases, a diff may pair the old line with a younger twin.
        """
        old = lines.with_surroundings(self.lines(before), hunk.old, hunk.removed)
        new = lines.with_surroundings(self.lines(after), hunk.new, hunk.added)
        data = self.store.blob(there)
        if hunk.added == 0 or lines.has_block(data, old):
            return False
        return lines.has_block(data, new) or self._has_indented(there, new, old)

    def _has_indented(self, there: str, new: bytes, old: bytes) -> bool:
        """The same, where all these lines stand deeper there, or less deep, by as much.

        What a guard holds may stand then as deep as it did without the guard.
        """
        block = lines.split(new)
        if not has_all(self.respaced(there), map(bare, block)):
            return False
        have = self.lines(there)
        return lines.has_indented(have, block) and not lines.has_indented(have, lines.split(old))

    def _back_whole(self, hunk: Hunk, before: str, after: str, there: str) -> bool:
        """Whether a hunk's old lines stand once more, somewhere, with the lines around them, and few new ones do.

        Where a function was moved, or two neighbours changed places, which lines a diff pairs is chance.
        """
        text, added = self.lines(before), self.lines(after)[hunk.new : hunk.new + hunk.added]
        # Where each tells, one line on each side is enough: a function that was moved has one more often than two.
        near = text[max(0, hunk.old - 1) : hunk.old + hunk.removed + 1]
        around = 1 if all(wording.tells([line]) for line in near) else lines.AROUND
        old = lines.with_surroundings(text, hunk.old, hunk.removed, around)
        new = lines.with_surroundings(self.lines(after), hunk.new, hunk.added)
        data = self.store.blob(there)
        if hunk.removed == 0 or lines.has_block(data, new) or (added and share(added, self.standing(there)) >= _FEW):
            return False
        return lines.count_block(data, old) > lines.count_block(self.store.blob(after), old)

    def restored(
        self,
        change: Change,
        earlier: Side | None,
        there: Side | None,
        came: Side | None = None,
        arrived: Side | None = None,
    ) -> frozenset[int]:
        """Which hunks of `change` gave way to what stood there `earlier`, which is not what the change found there.

        So it is where a change to a change is lost with the change that it was made to. What stood so already
        in the file as it `came` did not give way, nor did what went on from the file as it `arrived`.
        """
        return self._restored(change.before, change.after, earlier, there, came, arrived)

    def _find_restored(
        self,
        before: Side | None,
        after: Side | None,
        earlier: Side | None,
        there: Side | None,
        came: Side | None,
        arrived: Side | None,
    ) -> frozenset[int]:
        change = Change("", before, after)
        if earlier is None or earlier.oid in {side.oid for side in (before, after) if side}:
            return _NONE
        if self.as_a_whole(change):
            return _WHOLE if there == earlier != came else _NONE
        lost = self.lost(change, there)
        if not (after and there and lost and earlier.mode in REGULAR):
            return _NONE
        since = enumerate(self.hunks(earlier.oid, after.oid) or ())
        met = {i: (h, n) for i, h in since if (n := [n for n, one in lost.items() if places.meets(one, h)])}
        texts = self.lines(earlier.oid), self.lines(after.oid)
        if not any(self.could_stand(mark(h, *texts), there.oid) for h, _ in met.values()):
            return _NONE
        since_earlier = Change("", earlier, after)
        larger = self.undone(since_earlier, there) - self.undone(since_earlier, came)
        back = [(h, n) for i, (h, n) in met.items() if i in larger]
        if arrived is not None and back and self._replaced(change, arrived, there):
            newly = self.all_lines(there) - self.all_lines(arrived)
            back = [(h, n) for h, n in back if lines.bare(texts[0][h.old : h.old + h.removed]) & newly]
        return frozenset(n for _, some in back for n in some)

    def _replaced(self, change: Change, arrived: Side, there: Side) -> bool:
        """Whether lines of a change gave way to as many others, or more, since they arrived: so they went on."""
        added, old = self.changed_lines(change)[1], self.lines(arrived.oid)
        gave = [
            h for h in self.hunks(arrived.oid, there.oid) or () if lines.bare(old[h.old : h.old + h.removed]) & added
        ]
        return bool(gave) and all(h.added >= h.removed for h in gave)

    def size(self, change: Change) -> int:
        """How many hunks a change has, a change of mode among them (1 for a file taken as a whole)."""
        before, after = change.before, change.after
        if before is None or after is None:
            return 1
        hunks = self._all(before, after) if before.oid != after.oid else _NONE
        return len(hunks) + (before.mode != after.mode) or 1
