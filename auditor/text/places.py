"""Whether what a change did to a text stands in a later one, and where: pure functions over hunks."""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from auditor.text import functions, lines, wording
from auditor.text.lines import CONTEXT, Hunk

# Of an insertion that begins or ends as its neighbours do, so many lines around it are looked at.
_FURTHEST = 6
# As many where these tell nothing, and much hangs on it.
_FAR = 100
# The ends of a text, as lines: no text has a NUL.
_START, _END = b"\0\n", b"\n\0"


def stands(start: int, length: int, changes: Sequence[tuple[int, int]]) -> bool:
    """Whether lines `start` to `start + length` are untouched by changes given as (start, length), first ones first.

    For no lines at all: whether the two lines around that place still stand side by side.
    """
    for n in range(bisect_left(changes, start, key=sum), len(changes)):
        at, count = changes[n]
        if at > start + length:
            break
        if length and count:
            touched = at < start + length and start < at + count
        elif length:
            touched = start < at < start + length
        elif count:
            touched = at <= start <= at + count
        else:
            touched = at == start
        if touched:
            return False
    return True


def stands_alone(hunk: Hunk, went: Counter[bytes], there: Sequence[bytes], since: Sequence[Hunk]) -> bool:
    """Whether the lines that a hunk made stand `there`, and next to them was inserted none of those that `went`."""
    near = [h for h in since if h.old <= hunk.new + hunk.added + CONTEXT and hunk.new <= h.old + h.removed + CONTEXT]
    again = went & lines.bare(line for h in near for line in h.added_of(there))
    return hunk.added > 0 and not again and stands(hunk.new, hunk.added, [(h.old, h.removed) for h in since])


def moved_within(hunk: Hunk, others: Iterable[Hunk], since: Sequence[Hunk], since_after: Sequence[Hunk]) -> bool:
    """Whether the old lines of a hunk that a text has are but those that other hunks put elsewhere, where they stand.

    `since` and `since_after`: what was changed from before the change, and from after it, to that text.
    """
    touched, before = [(h.old, h.removed) for h in since_after], [(h.old, h.removed) for h in since]
    there = [h for h in others if stands(h.new, h.added, touched) and not _all_back(hunk, h, before)]
    old = range(hunk.old, hunk.old + hunk.removed)
    return hunk.removed > 0 and kept(old, since) <= kept(added(there), since_after)


def _all_back(one: Hunk, other: Hunk, touched: Sequence[tuple[int, int]]) -> bool:
    """Whether all from one hunk to another, and the lines around, are untouched since before: nothing moved there."""
    start, end = min(one.old, other.old) - 1, max(one.old + one.removed, other.old + other.removed) + 1
    return stands(start, end - start, touched)


def keeps(hunk: Hunk, made: Sequence[int], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]) -> bool:
    """Whether some lines that a hunk made stand in its place, and in one block, whatever came between them.

    What is less deep than its neighbours above and below ends a block. `since`: the changes from `new` to `there`.
    """
    inside = [h for h in since if hunk.new < h.old and h.old + h.removed < hunk.new + hunk.added]
    if any(_ends_block(h, above, below, there) for h, above, below in _neighbours(hunk, new, inside)):
        return False
    return len(kept(made, since)) == len(made)


def _neighbours(hunk: Hunk, new: Sequence[bytes], inside: Iterable[Hunk]) -> Iterator[tuple[Hunk, int, int]]:
    """Changes of lines that a hunk made, with how deep the lines above and below each are, blank ones left out."""
    made = [(at, depth) for at, line in enumerate(hunk.added_of(new), hunk.new) for depth in depths([line])]
    for h in inside:
        above, below = (bisect_left(made, (at,)) for at in (h.old, h.old + h.removed))
        if above and below < len(made):
            yield h, made[above - 1][1], made[below][1]


def _ends_block(change: Hunk, above: int, below: int, there: Sequence[bytes]) -> bool:
    return any(depth < min(above, below) for depth in depths(change.added_of(there)))


def meets(one: Hunk, other: Hunk) -> bool:
    """Whether two changes that led to the same text have lines of it, or a place in it, in common."""
    start, end = max(one.new, other.new), min(one.new + one.added, other.new + other.added)
    return start < end or (start == end and not (one.added and other.added))


def goes_on(old: Sequence[bytes], new: bytes, there: bytes, place: int, since: Sequence[Hunk]) -> bool:
    """Whether an insertion into `old` at `place`, which made it `new`, goes on in other words `there`.

    An insertion that begins or ends as its neighbours do leaves the two lines around it side by side, so only
    as many lines tell as do not stand together in the new text. `since`: the changes from `old` to `there`.
    """
    for reach in range(1, _FURTHEST):
        if telling := _telling(old, new, place, reach):
            grown = any(abs(h.old - place) <= reach and h.added > h.removed for h in since)
            return grown and not any(lines.has_block(there, block) for block in telling)
    return False


def taken_out(old: Sequence[bytes], new: bytes, there: bytes, place: int) -> bool:
    """Whether it can be told that a text `there`, where the lines around an insertion meet, has lost it.

    What was put at the end of a text whose last lines repeat leaves these as they were: then as many lines as tell,
    the end of the text among them, have to stand.
    """
    if any(_telling(old, new, place, reach) for reach in range(1, _FURTHEST)):
        return True
    ends = [_START, *old, _END]
    new, there = (_START + text + _END for text in (new, there))
    found = (_telling(ends, new, place + 1, reach) for reach in range(1, _FAR))
    return any(lines.has_block(there, block) for block in next(filter(None, found), ()))


def _telling(old: Sequence[bytes], new: bytes, place: int, reach: int) -> list[bytes]:
    """Those of the two blocks of lines that reach so far around a place that do not stand in the new text."""
    windows = {(place - reach, place + 1), (place - 1, place + reach)}
    blocks = {b"".join(old[max(0, start) : end]) for start, end in windows}
    return [block for block in blocks if not lines.has_block(new, block)]


def in_place(
    group: Sequence[Hunk], old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether what neighbouring hunks made stands where they put it, and what they removed does not stand near.

    Of the three lines on each side some may be others: not all on either side, nor more than half, and on one
    side what was made has its neighbour still. `since`: the changes from `new` to `there`.
    """
    touched = [(h.old, h.removed) for h in since]
    start, end = group[0].new, group[-1].new + group[-1].added
    above, below = max(0, start - CONTEXT), min(len(new), end + CONTEXT)
    joined = stands(max(0, start - 1), end - max(0, start - 1), touched) or stands(start, end + 1 - start, touched)
    if not joined or not all(stands(h.new, h.added, touched) for h in group) or not stands(start, end - start, touched):
        return False
    near = [h for h in since if h.old <= below and above <= h.old + h.removed]
    inserted = lines.bare(line for h in near for line in h.added_of(there))
    removed = lines.bare(line for h in group for line in h.removed_of(old))
    if (removed - lines.bare(new[start:end])) & inserted:
        return False
    return _anchored([(new, above, start), (new, end, below)], touched)


def depths(text: Sequence[bytes]) -> list[int]:
    """How deep lines are, blank ones left out."""
    return [functions.depth(line) for line in text if line.strip()]


def as_deep(one: Sequence[bytes], other: Sequence[bytes]) -> bool:
    """Whether the lines of two texts, blank ones left out, are as deep beside each other."""
    here, there = depths(one), depths(other)
    return [depth - min(here) for depth in here] == [depth - min(there) for depth in there]


def _anchored(sides: Iterable[tuple[Sequence[bytes], int, int]], touched: Sequence[tuple[int, int]]) -> bool:
    """Whether enough of the lines on both sides of a place stand, and tell something."""
    kept: list[bytes] = []
    wanted = 0
    for text, start, end in sides:
        telling = [at for at in range(start, end) if text[at].strip()]
        found = [text[at] for at in telling if stands(at, 1, touched)]
        if telling and not found:
            return False
        kept, wanted = kept + found, wanted + len(telling)
    return 2 * len(kept) >= wanted and wording.tells(kept)


def grouped(hunks: Iterable[Hunk]) -> list[list[Hunk]]:
    """Hunks that have no more than the context of one between them go together."""
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and hunk.new - (groups[-1][-1].new + groups[-1][-1].added) <= CONTEXT:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def added(hunks: Iterable[Hunk]) -> Iterator[int]:
    """Where the lines are that some hunks added."""
    return (at for h in hunks for at in range(h.new, h.new + h.added))


def kept(places: Iterable[int], since: Sequence[Hunk]) -> set[int]:
    """Where those of some lines are that no later change touched."""
    ends = [h.old + h.removed for h in since]
    shifts = list(itertools.accumulate((h.added - h.removed for h in since), initial=0))
    above = ((at, bisect_right(ends, at)) for at in places)
    return {at + shifts[n] for at, n in above if n == len(since) or at < since[n].old}
