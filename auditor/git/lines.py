"""Line by line: pure functions over the bytes of files.

Hunks are those of libgit2's diff without context, so positions and the notion of a conflict are the
same as in git's three-way merge of files (xdiff): two changes of one base conflict where they
overlap or touch, unless they are the same change.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple

import pygit2

_FLAGS = pygit2.enums.DiffOption.FORCE_TEXT
_CONTEXT = 3
_AROUND = 2
_FURTHEST = 6
_WORD = re.compile(rb"[A-Za-z0-9\x80-\xff]+")
# Words with fewer letters than these in all tell nothing.
_TELLING = 8


class Hunk(NamedTuple):
    """Lines `old` to `old + removed` became lines `new` to `new + added` (counted from 0)."""

    old: int
    removed: int
    new: int
    added: int


def is_binary(data: bytes) -> bool:
    """Whether to compare a file as a whole: a NUL byte, wherever it stands."""
    return b"\0" in data


def split(data: bytes) -> list[bytes]:
    """Lines with their ends."""
    return BytesIO(data).readlines()


def count(data: bytes) -> int:
    """How many lines there are."""
    return data.count(b"\n") + (data[-1:] not in (b"", b"\n"))


def hunks(old: bytes, new: bytes) -> tuple[Hunk, ...]:
    """What changed between two texts."""
    if old == new:
        return ()
    patch = pygit2.Patch.create_from(old, new, context_lines=0, interhunk_lines=0, flag=_FLAGS)
    return tuple(_hunk(h) for h in patch.hunks)


def _hunk(found: pygit2.DiffHunk) -> Hunk:
    """Git counts from 1, and names the line before where there is none of its own."""
    return Hunk(
        found.old_start - (found.old_lines > 0),
        found.old_lines,
        found.new_start - (found.new_lines > 0),
        found.new_lines,
    )


def stands(start: int, length: int, changes: Sequence[tuple[int, int]]) -> bool:
    """Whether lines `start` to `start + length` are untouched by changes given as (start, length).

    For no lines at all: whether the two lines around that place still stand side by side.
    """
    for at, count in changes:
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


def moved_within(hunk: Hunk, others: Iterable[Hunk], since: Sequence[Hunk], since_after: Sequence[Hunk]) -> bool:
    """Whether the old lines of a hunk that a text has are but those that other hunks put elsewhere, where they stand.

    `since` and `since_after`: what was changed from before the change, and from after it, to that text.
    """
    touched = [(h.old, h.removed) for h in since_after]
    there = [h for h in others if stands(h.new, h.added, touched)]
    put = {_place(at, since_after) for h in there for at in range(h.new, h.new + h.added)}
    return hunk.removed > 0 and all(_place(at, since) in put for at in range(hunk.old, hunk.old + hunk.removed))


def _place(at: int, since: Iterable[Hunk]) -> int:
    """Where a line that no change touched is after all of them."""
    return at + sum(h.added - h.removed for h in since if h.old + h.removed <= at)


def overlaps(one: Hunk, other: Hunk) -> bool:
    """Whether two changes of the same base overlap or touch, as git's merge of files sees it."""
    return one.old <= other.old + other.removed and other.old <= one.old + one.removed


def meets(one: Hunk, other: Hunk) -> bool:
    """Whether two changes that led to the same text have lines of it, or a place in it, in common."""
    start, end = max(one.new, other.new), min(one.new + one.added, other.new + other.added)
    return start < end or (start == end and not (one.added and other.added))


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """A three-way merge of texts; None where it conflicts."""
    base_lines, our_lines, their_lines = split(base), split(ours), split(theirs)
    mine = [(h, our_lines[h.new : h.new + h.added]) for h in hunks(base, ours)]
    yours = [(h, their_lines[h.new : h.new + h.added]) for h in hunks(base, theirs)]
    same = [(h, t) for h, t in yours if any(h[:2] == m[:2] and t == u for m, u in mine)]
    rest = [(h, t) for h, t in yours if (h, t) not in same]
    if any(overlaps(h, m) for h, _ in rest for m, _ in mine):
        return None
    for hunk, lines in sorted(mine + rest, key=lambda entry: entry[0].old, reverse=True):
        base_lines[hunk.old : hunk.old + hunk.removed] = lines
    return b"".join(base_lines)


def changed_lines(old: bytes, new: bytes) -> tuple[Counter[bytes], Counter[bytes]]:
    """The removed and the added lines, blank ones and white space aside, with how often each occurs."""
    old_lines, new_lines = split(old), split(new)
    removed: Counter[bytes] = Counter()
    added: Counter[bytes] = Counter()
    for hunk in hunks(old, new):
        removed.update(bare(old_lines[hunk.old : hunk.old + hunk.removed]))
        added.update(bare(new_lines[hunk.new : hunk.new + hunk.added]))
    return removed, added


def bare(lines: Iterable[bytes]) -> Counter[bytes]:
    """Lines without white space, blank ones left out, with how often each occurs."""
    return Counter(text for line in lines if (text := b"".join(line.split())))


def with_surroundings(text: Sequence[bytes], start: int, length: int) -> bytes:
    """Lines `start` to `start + length` with up to two lines on each side."""
    return b"".join(text[max(0, start - _AROUND) : start + length + _AROUND])


def goes_on(old: Sequence[bytes], new: bytes, there: bytes, place: int, since: Sequence[Hunk]) -> bool:
    """Whether an insertion into `old` at `place`, which made it `new`, goes on in other words `there`.

    An insertion that begins or ends as its neighbours do leaves the two lines around it side by side, so only
    as many lines tell as do not stand together in the new text. `since`: the changes from `old` to `there`.
    """
    for reach in range(1, _FURTHEST):
        windows = {(place - reach, place + 1), (place - 1, place + reach)}
        blocks = {b"".join(old[max(0, start) : end]) for start, end in windows}
        if telling := [block for block in blocks if not has_block(new, block)]:
            grown = any(abs(h.old - place) <= reach and h.added > h.removed for h in since)
            return grown and not any(has_block(there, block) for block in telling)
    return False


def reworded(
    hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether half of the words that a hunk brought, by their letters, came again close by: it was written anew.

    `since`: the changes from `old` to `there`.
    """
    near = [
        h for h in since if h.old <= hunk.old + hunk.removed + _FURTHEST and hunk.old <= h.old + h.removed + _FURTHEST
    ]
    brought, again = _brought([hunk], old, new), _brought(near, old, there)
    wanted = sum(map(len, brought))
    return len(brought) > 1 and wanted >= _TELLING and 2 * sum(map(len, brought & again)) >= wanted


def in_place(
    group: Sequence[Hunk], old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether what neighbouring hunks made stands where they put it, and what they removed does not stand near.

    Of the three lines on each side some may be others: not all on either side, nor more than half, and on one
    side what was made has its neighbour still. `since`: the changes from `new` to `there`.
    """
    touched = [(h.old, h.removed) for h in since]
    start, end = group[0].new, group[-1].new + group[-1].added
    above, below = max(0, start - _CONTEXT), min(len(new), end + _CONTEXT)
    joined = stands(max(0, start - 1), end - max(0, start - 1), touched) or stands(start, end + 1 - start, touched)
    if not joined or not all(stands(h.new, h.added, touched) for h in group) or not stands(start, end - start, touched):
        return False
    near = [h for h in since if h.old <= below and above <= h.old + h.removed]
    inserted = bare(line for h in near for line in there[h.new : h.new + h.added])
    removed = bare(line for h in group for line in old[h.old : h.old + h.removed])
    if (removed - bare(new[start:end])) & inserted:
        return False
    return _anchored([(new, above, start), (new, end, below)], touched)


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
    return 2 * len(kept) >= wanted and tells(kept)


def tells(text: Iterable[bytes]) -> bool:
    """Whether some lines are more than braces and the like."""
    return sum(map(len, _words(text))) >= _TELLING


def grouped(hunks: Iterable[Hunk]) -> list[list[Hunk]]:
    """Hunks that have no more than the context of one between them go together."""
    groups: list[list[Hunk]] = []
    for hunk in hunks:
        if groups and hunk.new - (groups[-1][-1].new + groups[-1][-1].added) <= _CONTEXT:
            groups[-1].append(hunk)
        else:
            groups.append([hunk])
    return groups


def _brought(hunks: Iterable[Hunk], old: Sequence[bytes], new: Sequence[bytes]) -> set[bytes]:
    """The words that the new lines of some hunks have, and the old ones have not."""
    removed: set[bytes] = set()
    added: set[bytes] = set()
    for hunk in hunks:
        removed.update(_words(old[hunk.old : hunk.old + hunk.removed]))
        added.update(_words(new[hunk.new : hunk.new + hunk.added]))
    return added - removed


def _words(text: Iterable[bytes]) -> Iterator[bytes]:
    return (word for line in text for word in _WORD.findall(line))


def has_block(data: bytes, block: bytes) -> bool:
    """Whether a text has a block of whole lines."""
    return b"\n" + block in b"\n" + data


def mostly_in(added: Iterable[bytes], inserted: Counter[bytes]) -> bool:
    """Whether at least half of the added lines are among those inserted elsewhere in the file.

    Which of two equal neighbours a diff calls inserted is chance: lines that are there are not undone.
    """
    wanted = bare(added)
    return 2 * (wanted & inserted).total() >= wanted.total()


def kept(hunks: Iterable[Hunk], count: int, since: Iterable[Hunk]) -> set[int]:
    """Where the added lines of some hunks are that no later change touched; `count`: how many lines there were."""
    places: dict[int, int] = {}
    at = shift = 0
    for later in (*since, Hunk(count, 0, 0, 0)):
        places.update((line, line + shift) for line in range(at, later.old))
        at, shift = later.old + later.removed, shift + later.added - later.removed
    return {places[line] for h in hunks for line in range(h.new, h.new + h.added) if line in places}


def signature(old: bytes, new: bytes) -> str:
    """Patch identity of one file: added, removed and three context lines, without line numbers.

    White space is left out, as `git patch-id` does, unless the change is of nothing else.
    """
    patch = pygit2.Patch.create_from(old, new, context_lines=_CONTEXT, flag=_FLAGS)
    marked = [(line.origin, line.raw_content) for hunk in patch.hunks for line in hunk.lines]
    kept = [(mark, text) for mark, text in marked if mark in " +-"]
    squeezed = [(mark, b"".join(text.split())) for mark, text in kept]
    kept = marked if _whitespace_only(kept) else squeezed
    digest = hashlib.sha256()
    for mark, text in kept:
        digest.update(mark.encode() + text + b"\n")
    return digest.hexdigest()


def _whitespace_only(marked: Sequence[tuple[str, bytes]]) -> bool:
    removed = b"".join(b"".join(text.split()) for mark, text in marked if mark == "-")
    added = b"".join(b"".join(text.split()) for mark, text in marked if mark == "+")
    return removed == added


def novel(merged: bytes, *sides: bytes) -> tuple[bytes, int]:
    """A merge's text without the lines that no side had, and how many those are."""
    known = {line for side in sides for line in split(side)}
    lines = split(merged)
    kept = [line for line in lines if line in known]
    return b"".join(kept), len(lines) - len(kept)


def similarity(one: Counter[bytes], other: Counter[bytes]) -> tuple[float, float]:
    """Shares, from 0 to 1, of the longer text that the other has too: of its bytes, as git measures, and its lines."""
    shared = {line: min(one[line], other[line]) for line in one.keys() & other.keys()}
    in_bytes = _share(_size(shared), max(_size(one), _size(other)))
    return in_bytes, _share(sum(shared.values()), max(one.total(), other.total()))


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _size(text: Mapping[bytes, int]) -> int:
    return sum(len(line) * count for line, count in text.items())
