"""Of what a change did to code, the part that tells: pure functions over lines.

A fix may set a guard before a line that it only worded anew, or below a comment. Where the guard alone is taken out
again, its hunk stands in neither form, and the fix is out all the same.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from auditor.text import comments, lines, wording
from auditor.text.lines import Hunk


class Code(NamedTuple):
    """A text by the words of its lines of code, and where each of these is in it."""

    words: list[bytes]
    at: list[int]


class Told(NamedTuple):
    """Lines of code of a hunk: which `went` and which `came`, when words alone are compared."""

    went: list[bytes]
    came: list[bytes]


class Part(NamedTuple):
    """Lines of the old and of the new text, counted from 0, that a change removed and added."""

    old: set[int]
    new: set[int]

    def is_of(self, hunk: Hunk) -> bool:
        """Whether a hunk made it."""
        return not self.old.isdisjoint(range(hunk.old, hunk.old + hunk.removed)) or not self.new.isdisjoint(
            range(hunk.new, hunk.new + hunk.added)
        )


def code(text: Sequence[bytes]) -> Code:
    """A text without comments, blank lines, and all that is no letter or digit beside those that are."""
    at = [n for n, line in enumerate(text) if _is_code(line)]
    return Code([worded(text[n]) for n in at], at)


def lines_of_code(text: Sequence[bytes]) -> list[bytes]:
    """The lines of a text without comments and blank ones."""
    return [line for line in text if _is_code(line)]


def _is_code(line: bytes) -> bool:
    return bool(line.strip()) and not comments.in_any(line)


def told(old: Sequence[bytes], new: Sequence[bytes]) -> Told:
    """Which lines of code came and went, when words alone are compared."""
    removed, added = lines_of_code(old), lines_of_code(new)
    return Told(_but(removed, added), _but(added, removed))


def telling(old: Sequence[bytes], new: Sequence[bytes]) -> Told | None:
    """Which of a hunk's lines tell, where it only added or only removed these."""
    found = told(old, new)
    one_way = bool(found.went) != bool(found.came)
    return found if one_way and wording.tells(found.went or found.came) else None


def out(old: Code, new: Code, there: Code) -> Iterator[Part]:
    """The parts of a change from `old` to `new` that are out in a third text.

    What was added is out where its neighbours meet, and what was removed is back where it stands between them. No word
    of what was put in its place is left then.
    """
    have, made = (set(itertools.pairwise(text.words)) for text in (there, new))
    words, after, now = set(there.words), _joined(new.words), _joined(there.words)
    for h in lines.hunks(_joined(old.words), after):
        absent = words.isdisjoint(h.added_of(new.words))
        gone = not h.removed and (seam := _seam(new.words, h)) in have and seam not in made
        back = h.removed > 0 and _stands(old.words, h, now) and not _stands(old.words, h, after)
        if absent and (gone or back):
            yield Part({*h.removed_of(old.at)}, {*h.added_of(new.at)})


def _seam(new: Sequence[bytes], hunk: Hunk) -> tuple[bytes, bytes] | None:
    """The two lines around an addition."""
    start, end = hunk.new, hunk.new + hunk.added
    return (new[start - 1], new[end]) if start and end < len(new) else None


def _stands(old: Sequence[bytes], hunk: Hunk, text: bytes) -> bool:
    """Whether removed lines stand in a text with the one above and the one below them."""
    block = old[max(0, hunk.old - 1) : hunk.old + hunk.removed + 1]
    return lines.has_block(text, _joined(block))


def signs(line: bytes) -> bytes:
    """A line without white space, a comment behind it, and what ends a statement or stands between two of a list."""
    return lines.unspaced(comments.before_any(line)).rstrip(b";,")


def _joined(text: Iterable[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in text)


def _but(some: Iterable[bytes], others: Iterable[bytes]) -> list[bytes]:
    """The lines of which others do not say the same in other signs."""
    said = Counter(map(worded, others))
    left = []
    for line in some:
        words = worded(line)
        if said[words]:
            said[words] -= 1
        else:
            left.append(line)
    return left


def worded(line: bytes) -> bytes:
    """The words of a line, without a comment behind it; of one without words its signs."""
    code_ = comments.before_any(line)
    return b" ".join(wording.words(code_)) or code_.strip()
