"""How what a change did to a file stands in it somewhere else: as the change left it, as before it, or in neither form.

Equal blobs have equal answers on every branch, under every tag, so each is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from auditor.git.changes import REGULAR, Change, Side
from auditor.git.marks import mark
from auditor.git.old_lines import OldLines
from auditor.git.store import Store
from auditor.text import chance, comments, lines, places, wording

# How many answers are kept.
_ANSWERS = 30_000

_WHOLE = frozenset({-1})
_NONE: frozenset[int] = frozenset()


class Content(OldLines):
    """Answers about the files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
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

    def reworded(self, change: Change, there: Side | None, number: int, earlier: Iterable[Side]) -> bool:
        """Whether what a hunk of a change brought is close by in other words, though its old lines stand.

        Lines of `earlier` versions, where the file went back to one, are no other words, and comments none at all.
        """
        return self._in_words(change, there, number, earlier, wording.reworded)

    def has_new_words(self, change: Change, there: Side | None, number: int, earlier: Iterable[Side]) -> bool:
        """Whether all words that a hunk brought to its neighbourhood are there, in lines of no `earlier` version."""
        return self._in_words(change, there, number, earlier, wording.has_new_words)

    def _in_words(
        self, change: Change, there: Side | None, number: int, earlier: Iterable[Side], are_there: wording.InWords
    ) -> bool:
        before, after = change.before, change.after
        if number < 0 or not (before and after and there):
            return False
        hunks, since = self.own_hunks(before.oid, after.oid) or (), self.hunks(before.oid, there.oid) or ()
        old, new, have = (self.lines(side.oid) for side in (before, after, there))
        known = {line for side in earlier for line in self.lines(side.oid)}
        telling = [b"" if line in known or comments.in_any(line) else line for line in have]
        return are_there(hunks[number], old, new, telling, since)

    def taken_out(self, change: Change, there: Side | None, numbers: Iterable[int]) -> bool:
        """Whether it can be told of all insertions among some hunks of a change that a file has lost them."""
        before, after = change.before, change.after
        if not (before and after and there) or there.oid == before.oid or self.as_a_whole(change):
            return True
        hunks = self.own_hunks(before.oid, after.oid) or ()
        places_ = [hunks[n].old for n in numbers if n >= 0 and not hunks[n].removed]
        new, have = (self.store.blob(side.oid) for side in (after, there)) if places_ else (b"", b"")
        return all(places.taken_out(self.lines(before.oid), new, have, at) for at in places_)

    def by_chance(self, change: Change, there: Side | None, number: int) -> bool:
        """Whether old lines of a hunk stand in a file, and tell nothing: by chance, or beside what the hunk added."""
        before, after = change.before, change.after
        if not (before and after and there) or number not in self.undone(change, there) or self.as_a_whole(change):
            return False
        hunk, since = (self.own_hunks(before.oid, after.oid) or ())[number], self.hunks(before.oid, there.oid) or ()
        old, new, have = (self.lines(side.oid) for side in (before, after, there))
        return chance.written_anew(hunk, old, since) or chance.stands_guarded(hunk, old, new, have, since)

    def brought(self, change: Change, there: Side | None, number: int) -> bool:
        """Whether what a hunk of a text brought is in a file, though its place is not to be found there."""
        before, after = change.before, change.after
        hunks = self.own_hunks(before.oid, after.oid) if before and after and there else None
        since = self.hunks(before.oid, there.oid) if before and there and hunks else None
        if not (before and after and there and hunks and since):
            return False
        old, new, have = (self.lines(side.oid) for side in (before, after, there))
        return chance.brought(hunks[number], old, new, have, since)

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
            back = [(h, n) for h, n in back if lines.bare(h.removed_of(texts[0])) & newly]
        return frozenset(n for _, some in back for n in some)

    def _replaced(self, change: Change, arrived: Side, there: Side) -> bool:
        """Whether lines of a change gave way to as many others, or more, since they arrived: so they went on."""
        added, old = self.changed_lines(change)[1], self.lines(arrived.oid)
        gave = [h for h in self.hunks(arrived.oid, there.oid) or () if lines.bare(h.removed_of(old)) & added]
        return bool(gave) and all(h.added >= h.removed for h in gave)
