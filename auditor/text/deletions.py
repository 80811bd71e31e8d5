"""Lines that a step deleted, and put nothing in their place: pure functions over hunks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from auditor.text import calls, comments, lines, off, wording
from auditor.text.lines import Hunk

# What stands where nothing is done.
_NOTHING = frozenset([b"pass", b"...", b";", b"#", b"//"])
# What who lays out code anew may set, or leave out, at the end of a list.
_SPACED = re.compile(rb",(?=\s*[)\]}])")
# Of more removed lines no other layout is looked for.
_FEW = 40
# So much of two lines is the same where the one is but the other edited.
_SAME = 3 / 4


def places(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> list[int] | None:
    """Where the lines that a hunk deleted were in the old text, or None where it put others in their place.

    A line beside them that it only edited is neither. What was made a comment is deleted.
    """
    one_by_one = _one_by_one(hunk, old, new)
    return _but_laid_out(hunk, old, new) if one_by_one is None else one_by_one


def _one_by_one(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> list[int] | None:
    deleted = list(range(hunk.old, hunk.old + hunk.removed))
    gone = lines.bare(hunk.removed_of(old))
    for line in filter(bytes.strip, hunk.added_of(new)):
        if gone and (is_remark_of(line, gone) or line.strip() in _NOTHING):
            continue
        others = [n for n in deleted if _is_in_its_place(old[n], line)]
        edited = next(iter(others or (n for n in deleted if _is_given_more(old, n, deleted, line))), None)
        if edited is None:
            return None
        deleted.remove(edited)
    return deleted


def _but_laid_out(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> list[int] | None:
    """The same where the last lines, or the first, of those that a hunk removed are what it added, laid out anew."""
    said = b"".join(hunk.added_of(new))
    wanted = b"".join(_SPACED.sub(b"", said).split())
    for deleted, rest in _parted(range(hunk.old, hunk.old + hunk.removed)) if len(wording.words(said)) > 1 else ():
        if b"".join(_SPACED.sub(b"", b"".join(old[n] for n in rest)).split()) == wanted:
            return list(deleted)
    return None


def _parted(removed: range) -> Iterator[tuple[range, range]]:
    """Some lines in two, those that may be deleted before the others: few alone, for each is looked at whole."""
    for n in range(1, min(len(removed), _FEW)):
        yield removed[:n], removed[n:]
        yield removed[-n:], removed[:-n]


def is_remark_of(line: bytes, some: Collection[bytes]) -> bool:
    """Whether a line says in a comment what one of some lines says, these being given without white space."""
    return comments.begins_one(line) and any(way in some for way in off.said(line) if way != lines.unspaced(line))


def _is_in_its_place(line: bytes, other: bytes) -> bool:
    """Whether a line was but edited to another, or both declare a function, which was renamed."""
    return (lines.declares(line) and lines.declares(other)) or is_edited(line, other)


def _is_given_more(old: Sequence[bytes], at: int, deleted: Iterable[int], other: bytes) -> bool:
    """Whether a line became one with more, and less of that than it had itself: the same call, with another argument.

    That has no word of the other lines that were deleted: else these may have gone on in it.
    """
    one, two = (Counter(wording.words(comments.before_any(some))) for some in (old[at], other))
    if one - two or not wording.TELLING <= wording.letters(two.elements()) <= 2 * wording.letters(one.elements()):
        return False
    gone = set(wording.all_words(old[n] for n in deleted if n != at))
    return gone.isdisjoint(two - one) and calls.called([old[at]]) == calls.called([other])


def is_edited(line: bytes, other: bytes) -> bool:
    """Whether a line has next to all words of another, that next to all of its, comments aside; both call the same.

    Of lines without words only the white space may differ.
    """
    one, two = map(comments.before_any, (line, other))
    if not (wording.words(one) and wording.words(two)):
        return one.split() == two.split()
    return _are_alike(one, two) and calls.called([one]) == calls.called([two])


def _are_alike(one: bytes, other: bytes) -> bool:
    same = Counter(wording.words(one)) & Counter(wording.words(other))
    return wording.letters(same.elements()) >= _SAME * max(wording.letters([one]), wording.letters([other]))
