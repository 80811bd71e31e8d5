"""Lines that a step deleted, and put nothing in their place: pure functions over hunks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

from auditor.text import calls, comments, lines, off, wording
from auditor.text.lines import Hunk

# What stands where nothing is done.
_NOTHING = frozenset([b"pass", b"...", b";", b"#", b"//"])
# So much of two lines is the same where the one is but the other edited.
_SAME = 3 / 4


def places(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> list[int] | None:
    """Where the lines that a hunk deleted were in the old text, or None where it put others in their place.

    A line beside them that it only edited is neither. What was made a comment is deleted.
    """
    deleted = list(range(hunk.old, hunk.old + hunk.removed))
    gone = lines.bare(hunk.removed_of(old))
    for line in filter(bytes.strip, hunk.added_of(new)):
        if gone and (is_remark_of(line, gone) or line.strip() in _NOTHING):
            continue
        edited = next((n for n in deleted if _is_in_its_place(old[n], line)), None)
        if edited is None:
            return None
        deleted.remove(edited)
    return deleted


def is_remark_of(line: bytes, some: Collection[bytes]) -> bool:
    """Whether a line says in a comment what one of some lines says, these being given without white space."""
    return comments.begins_one(line) and any(way in some for way in off.said(line) if way != b"".join(line.split()))


def _is_in_its_place(line: bytes, other: bytes) -> bool:
    """Whether a line was but edited to another, or both declare a function, which was renamed."""
    return (lines.declares(line) and lines.declares(other)) or is_edited(line, other)


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
