"""Which hunks of a change stand in a file as they were before it.

Equal blobs have equal answers on every branch, under every tag, so each is worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from auditor.git.blocks import Blocks
from auditor.git.bounded import Bounded
from auditor.git.changes import REGULAR, Change, Side
from auditor.git.marks import Mark, bare, has_all, share
from auditor.git.store import Store
from auditor.text import functions, lines, off, parts, places, siblings, wording
from auditor.text.inserted import Inserted
from auditor.text.lines import Hunk

# Each fix is asked how it stands at every tip, by its own judgement and by those of later fixes of its files.
_UNDONE = 150_000

# Texts of which all lines' signs are kept, or what they import or declare: those of one file after the other.
_SIGNS = 32
# Of texts, which of their lines are out of force.
_OFF = 500
# Comparisons of two versions of a file with white space aside, likewise.
_RESPACED = 64
# What is kept of texts by their words, in bytes.
_CODE = 4 << 20

# Lines that so many places of a change brought are too common to tell which of them was moved.
_MOST_MOVES = 16

# A blank that is none in bytes, as UTF-8 has it.
_NO_BREAK = b"\xc2\xa0"

_WHOLE = frozenset({-1})
_MODE = frozenset({-2})
_NONE: frozenset[int] = frozenset()


class OldLines(Blocks):
    """Answers about what is back in the files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._undone = lru_cache(_UNDONE)(self._find_undone)
        self._code: Bounded[str, parts.Code] = Bounded(
            _CODE, lambda oid: parts.code(self.lines(oid)), lambda code: 100 * (2 + len(code.at))
        )
        self._signs = lru_cache(_SIGNS)(self._find_signs)
        self.heads = lru_cache(_SIGNS)(self._find_heads)
        self.imports = lru_cache(_SIGNS)(self._find_imports)
        self.off = lru_cache(_OFF)(self._find_off)
        self.said_off = lru_cache(_OFF)(self._find_said_off)
        self._hunks_respaced = lru_cache(_RESPACED)(self._find_hunks_respaced)

    def undone(self, change: Change, there: Side | None) -> frozenset[int]:
        """Which hunks of `change` stand as they were before it; {-1} for a file taken as a whole, -2 for its mode."""
        return self._undone(change.before, change.after, there)

    def _find_undone(self, before: Side | None, after: Side | None, there: Side | None) -> frozenset[int]:
        if there is None or before is None or there == after:
            return _NONE
        if after is None:
            return _WHOLE if there == before or self._mostly(before, there) else _NONE
        mode = _MODE if there.mode == before.mode != after.mode else _NONE
        return mode | self._but_ends(before, after, self._undone_text(before, after, there))

    def _mostly(self, before: Side, there: Side) -> bool:
        """Whether a text shares more than half of its lines with another, and of its own: it is that one, changed."""
        if not all(side.mode in REGULAR for side in (before, there)) or self.compare(before.oid, there.oid)[1] <= 1 / 2:
            return False
        return self.by_their_own(before.oid, there.oid, same=True)

    def _but_ends(self, before: Side, after: Side, found: frozenset[int]) -> frozenset[int]:
        """Hunks that stand as before; none where they are but ends of lines, and not all that the change did.

        Whatever else editors are asked to do, they add and remove those.
        """
        if not found or found == _WHOLE:
            return found
        old, new = self.lines(before.oid), self.lines(after.oid)
        ends = {n for n, h in enumerate(self.own_hunks(before.oid, after.oid) or ()) if lines.is_end(h, old, new)}
        return _NONE if found <= ends and len(found) < self.size(Change("", before, after)) else found

    def _undone_text(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        if after.oid in (before.oid, there.oid):
            return _NONE
        if there.oid == before.oid:
            return self._all(before, after)
        if not all(s.mode in REGULAR for s in (before, after, there)):
            return _NONE
        found = self._undone_hunks(before, after, there) or self._undone_respaced(before, after, there)
        return found or self._undone_parts(before, after, there)

    def _all(self, before: Side, after: Side) -> frozenset[int]:
        if not all(side.mode in REGULAR for side in (before, after)):
            return _WHOLE
        found = self.own_hunks(before.oid, after.oid)
        return _WHOLE if found is None else frozenset(range(len(found)))

    def size(self, change: Change) -> int:
        """How many hunks a change has, a change of mode among them (1 for a file taken as a whole)."""
        before, after = change.before, change.after
        if before is None or after is None:
            return 1
        hunks = self._all(before, after) if before.oid != after.oid else _NONE
        return len(hunks) + (before.mode != after.mode) or 1

    def _undone_hunks(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        texts = before.oid, after.oid, there.oid
        maybe = dict(self._could_stand(*texts))
        again = {n for n, h in maybe.items() if self._back_whole(h, *texts)}
        since = self.hunks(before.oid, there.oid) if maybe else None
        old = [(h.old, h.removed) for h in since or ()]
        maybe = {n: h for n, h in maybe.items() if n not in again and places.stands(h.old, h.removed, old)}
        from_after = self.hunks(after.oid, there.oid) if maybe else None
        if since is None or from_after is None:
            return frozenset(again)
        new = [(h.old, h.removed) for h in from_after]
        inserted = Inserted(self.lines(there.oid), since, self.own_hunks(*texts[:2]) or (), from_after)
        back = {
            n: h
            for n, h in maybe.items()
            if not places.stands(h.new, h.added, new)
            and not (self._only_adds(h, before.oid) and self._goes_on(h, texts, (since, from_after), inserted))
        }
        elsewhere = self._put_elsewhere(before.oid, after.oid, back)
        stay = {n for n, h in back.items() if not places.moved_within(h, elsewhere[n], since, from_after)}
        moved = {n for n in stay if elsewhere[n] and self._made_room(back[n], elsewhere[n], texts, from_after)}
        return frozenset(again | (stay - moved))

    def _only_adds(self, hunk: Hunk, before: str) -> bool:
        """Whether a hunk removes nothing, or puts other lines in the place of blank ones, which are anywhere."""
        return not hunk.removed or (hunk.added > 0 and not any(map(bytes.strip, hunk.removed_of(self.lines(before)))))

    def _made_room(
        self, hunk: Hunk, elsewhere: Sequence[Hunk], texts: tuple[str, str, str], since_after: Sequence[Hunk]
    ) -> bool:
        """Whether all that a hunk removed was put elsewhere by the change, and all that it made stands in its place.

        More may have come between: the old lines that a text has then are those that were put elsewhere.
        """
        old, new, have = map(self.lines, texts)
        put = lines.bare(line for h in elsewhere for line in h.added_of(new))
        if lines.bare(hunk.removed_of(old)) - put:
            return False
        had = self.respaced(texts[0])
        made = [at for at in places.added([hunk]) if new[at].strip() and not has_all(had, [bare(new[at])])]
        return wording.tells(new[at] for at in made) and places.keeps(hunk, made, new, have, since_after)

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
        self, hunk: Hunk, texts: tuple[str, str, str], steps: tuple[Sequence[Hunk], Sequence[Hunk]], inserted: Inserted
    ) -> bool:
        """Whether lines that were only added are there all the same: elsewhere, or in other words."""
        (before, after, there), (since, _) = texts, steps
        added = hunk.added_of(self.lines(after))
        if self._declared(added, before, there):
            return True
        if inserted.mostly_has(hunk, added):
            elsewhere = self._in_others(hunk, there, since, inserted.places_of(added))
            return not elsewhere and not siblings.moved(hunk, self.lines(after), self.lines(there), *steps)
        return places.goes_on(self.lines(before), self.store.blob(after), self.store.blob(there), hunk.old, since)

    def _in_others(self, hunk: Hunk, there: str, since: Sequence[Hunk], at: Iterable[int]) -> bool:
        """Whether lines stand in other functions, which have nothing to do with that in which a hunk added them."""
        have = self.lines(there)
        beside = (n for n in places.kept((hunk.old - 1, hunk.old), since) if n < len(have) and have[n].strip())
        gap = max(beside, key=lambda n: functions.depth(have[n]), default=None)
        code = [n for n in at if parts.lines_of_code([have[n]])]
        return gap is not None and functions.apart(have, gap, code, self.heads(there))

    def _declared(self, added: Sequence[bytes], before: str, there: str) -> bool:
        """Whether all functions and the like that some lines declare are still there: then they were reworked."""
        declared = [hash(line) for line in added if lines.declares(line)]
        return (
            bool(declared)
            and has_all(self.standing(there), declared)
            and not any(has_all(self.standing(before), [one]) for one in declared)
        )

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

    def hunks_respaced(self, old: str, new: str, made: Sequence[bytes]) -> tuple[Hunk, ...] | None:
        """What changed between two texts, white space aside; None where the new one lacks a line that was `made`."""
        telling = (line for line in made if line.strip() and _NO_BREAK not in line)
        return self._hunks_respaced(old, new) if self.has_words(telling, new) else None

    def _find_hunks_respaced(self, old: str, new: str) -> tuple[Hunk, ...]:
        return lines.hunks(self._without_space(old), self._without_space(new))

    def _squeezed(self, oid: str) -> str:
        """A text without white space but the ends of lines."""
        return self.store.make_blob(self._without_space(oid))

    def _without_space(self, oid: str) -> bytes:
        lines_ = (line.replace(_NO_BREAK, b" ") for line in self.lines(oid))
        return b"".join(lines.unspaced(line) + b"\n" for line in lines_)

    def _undone_parts(self, before: Side, after: Side, there: Side) -> frozenset[int]:
        """Hunks that stand in neither form, and of which the part that tells is out."""
        blobs = before.oid, after.oid, there.oid
        marks = enumerate(self.marks(before.oid, after.oid) or ())
        maybe = {n: m.hunk for n, m in marks if self._gave_some(m, there.oid) and self._may_be_out(m.hunk, *blobs)}
        found = parts.out(*map(self._code, blobs)) if maybe else ()
        return frozenset(n for part in found for n, hunk in maybe.items() if part.is_of(hunk))

    def _gave_some(self, mark: Mark, there: str) -> bool:
        """Whether a file lost a line that a hunk added, or has one that it removed."""
        have = self.standing(there)
        return not has_all(have, mark.added) or any(has_all(have, [line]) for line in mark.removed)

    def _may_be_out(self, hunk: Hunk, before: str, after: str, there: str) -> bool:
        """Whether a file has none of the lines that tell among those that a hunk added, and all that it removed."""
        old, new = self.lines(before), self.lines(after)
        told = parts.told(hunk.removed_of(old), hunk.added_of(new))
        if told.went and told.came:
            if any(has_all(self.standing(there), [hash(line)]) for line in told.came):
                return False
            have = self._signs(there) if wording.tells(told.went) and wording.tells(told.came) else frozenset()
            return have.issuperset(map(parts.signs, told.went)) and have.isdisjoint(map(parts.signs, told.came))
        went, came = (map(bare, some) for some in told)
        bare_ = self.respaced(there)
        tells = wording.tells(told.went or told.came)
        return tells and has_all(bare_, went) and not any(has_all(bare_, [line]) for line in came)

    def _find_heads(self, oid: str) -> tuple[int, ...]:
        return functions.heads(self.lines(oid))

    def _find_imports(self, oid: str) -> tuple[bytes, ...]:
        return tuple(wording.imports(self.lines(oid)))

    def _find_off(self, path: str, oid: str) -> frozenset[int]:
        """Which lines of a text are out of force."""
        return off.lines(path, self.lines(oid))

    def _find_said_off(self, path: str, oid: str) -> frozenset[int]:
        """What they say, by hash."""
        text = self.lines(oid)
        return frozenset(hash(way) for n in self.off(path, oid) for way in off.said(text[n]))

    def _find_signs(self, oid: str) -> frozenset[bytes]:
        return frozenset(map(parts.signs, parts.lines_of_code(self.lines(oid))))
