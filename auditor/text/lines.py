"""Line by line: pure functions over the bytes of files.

Hunks are those of libgit2's diff without context, so positions and the notion of a conflict are the
same as in git's three-way merge of files (xdiff): two changes of one base conflict where they
overlap or touch, unless they are the same change.
"""

from __future__ import annotations

import hashlib
import re
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from io import BytesIO
from typing import NamedTuple, TypeVar

import pygit2

_Line = TypeVar("_Line")
_FLAGS = pygit2.enums.DiffOption.FORCE_TEXT
# As many lines around a change as git shows with it.
CONTEXT = 3
AROUND = 2

# A longer line is no declaration, and what machines wrote is not searched for one.
_LONGEST = 400
# `def pay(cart):`, `func (c *Cart) Pay() error {`, `public void pay(Cart cart) throws IOException {`.
_DECLARES = re.compile(
    rb"(?:[\w@]+\s+)*(?:def|class|func|function|fn|interface|struct|enum|trait|module|sub)\s+\(?[\w*]"
    rb"|[\w<>\[\], .?&*:]*\w[>\]?*&]*\s+[*&]*\w+\([^;]*\)[\w\s.,]*\{$"
)
# The name in such a line: behind the word for it, and the receiver that it may have, or before what is in brackets.
_DECLARED = re.compile(
    rb"\b(?:def|class|func|function|fn|interface|struct|enum|trait|module|sub)\s+(?:\([^)]*\)\s*)?([\w.]+)|(\w+)\("
)
_CONTROLS = re.compile(rb"\}?\s*(?:if|for|while|switch|catch|else|return|new|synchronized|case|do|try|with)\b")


class Hunk(NamedTuple):
    """Lines `old` to `old + removed` became lines `new` to `new + added` (counted from 0)."""

    old: int
    removed: int
    new: int
    added: int

    def removed_of(self, old: Sequence[_Line]) -> Sequence[_Line]:
        """The lines of the old text that it removed."""
        return old[self.old : self.old + self.removed]

    def added_of(self, new: Sequence[_Line]) -> Sequence[_Line]:
        """The lines of the new text that it added."""
        return new[self.new : self.new + self.added]


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


def overlaps(one: Hunk, other: Hunk) -> bool:
    """Whether two changes of the same base overlap or touch, as git's merge of files sees it."""
    return one.old <= other.old + other.removed and other.old <= one.old + one.removed


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """A three-way merge of texts; None where it conflicts."""
    base_lines, our_lines, their_lines = split(base), split(ours), split(theirs)
    mine = [(h, h.added_of(our_lines)) for h in hunks(base, ours)]
    yours = [(h, h.added_of(their_lines)) for h in hunks(base, theirs)]
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
        removed.update(bare(hunk.removed_of(old_lines)))
        added.update(bare(hunk.added_of(new_lines)))
    return removed, added


def unspaced(line: bytes) -> bytes:
    """A line without white space."""
    return b"".join(line.split())


def bare(lines: Iterable[bytes]) -> Counter[bytes]:
    """Lines without white space, blank ones left out, with how often each occurs."""
    return Counter(filter(None, map(unspaced, lines)))


def is_end(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Whether a hunk changes but the ends of lines: blanks there, the sign for it, or that the last one has none.

    Blank lines are all end.
    """
    return _ended(hunk.removed_of(old)) == _ended(hunk.added_of(new))


def _ended(text: Iterable[bytes]) -> list[bytes]:
    return [line.rstrip() for line in text if line.strip()]


def declares(line: bytes) -> bool:
    """Whether a line declares a function, a class or the like, in the usual languages."""
    text = line.strip()
    return len(text) <= _LONGEST and bool(_DECLARES.match(text)) and not controls(text)


def controls(line: bytes) -> bool:
    """Whether a line says when, or how often, what follows is done."""
    return bool(_CONTROLS.match(line.strip()))


def declared(line: bytes) -> bytes | None:
    """The name that a line declares, or None."""
    found = _DECLARED.search(line) if declares(line) else None
    return None if found is None else found[1] or found[2]


def with_surroundings(text: Sequence[bytes], start: int, length: int, around: int = AROUND) -> bytes:
    """Lines `start` to `start + length` with up to so many lines `around` them on each side."""
    return b"".join(text[max(0, start - around) : start + length + around])


def has_block(data: bytes, block: bytes) -> bool:
    """Whether a text has a block of whole lines."""
    return data.startswith(block) or b"\n" + block in data


def count_block(data: bytes, block: bytes) -> int:
    """How often a text has a block of whole lines."""
    return (b"\n" + data).count(b"\n" + block)


def has_indented(data: bytes, block: Sequence[bytes]) -> bool:
    """Whether a text has a block of lines, all of them by as much deeper, or less deep, or neither.

    It is looked for by its longest line, which few others have: to try each line of a large text takes long.
    """
    words, wanted = [line.strip() for line in block], _dedented(block)
    longest = max(range(len(words)), key=lambda n: len(words[n]))
    found = (_lines_at(data, at, longest, len(block)) for at in _lines_with(data, words[longest]))
    return any([line.strip() for line in some] == words and _dedented(some) == wanted for some in found)


def _lines_with(data: bytes, word: bytes) -> Iterator[int]:
    """Where lines of a text begin that have a word: all lines have none."""
    at = data.find(word)
    while 0 <= at < len(data):
        yield data.rfind(b"\n", 0, at) + 1
        end = data.find(b"\n", at) + 1
        at = data.find(word, end) if end else -1


def _lines_at(data: bytes, start: int, above: int, size: int) -> list[bytes]:
    """So many lines of a text, from so many `above` the one that begins at a place; fewer where it has no more."""
    for _ in range(above):
        if not start:
            return []
        start = data.rfind(b"\n", 0, start - 1) + 1
    end = start
    for _ in range(size):
        end = data.find(b"\n", end) + 1 or len(data)
    return split(data[start:end])


def _dedented(text: Sequence[bytes]) -> str:
    """Lines without the white space that all but blank ones begin with, and without their ends."""
    return textwrap.dedent("\n".join(line.rstrip().decode("latin-1") for line in text))


def mostly_in(added: Iterable[bytes], inserted: Counter[bytes]) -> bool:
    """Whether at least half of the added lines are among those inserted elsewhere in the file.

    Which of two equal neighbours a diff calls inserted is chance: lines that are there are not undone.
    """
    wanted = bare(added)
    return 2 * (wanted & inserted).total() >= wanted.total()


def signature(old: bytes, new: bytes) -> str:
    """Patch identity of one file: added, removed and three context lines, without line numbers.

    White space is left out, as `git patch-id` does, unless the change is of nothing else.
    """
    patch = pygit2.Patch.create_from(old, new, context_lines=CONTEXT, flag=_FLAGS)
    marked = [(line.origin, line.raw_content) for hunk in patch.hunks for line in hunk.lines]
    kept = [(mark, text) for mark, text in marked if mark in " +-"]
    squeezed = [(mark, unspaced(text)) for mark, text in kept]
    kept = marked if _whitespace_only(squeezed) else squeezed
    digest = hashlib.sha256()
    for mark, text in kept:
        digest.update(mark.encode() + text + b"\n")
    return digest.hexdigest()


def _whitespace_only(squeezed: Sequence[tuple[str, bytes]]) -> bool:
    removed, added = (b"".join(text for mark, text in squeezed if mark == sign) for sign in "-+")
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
