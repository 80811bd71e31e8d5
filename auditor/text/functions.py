"""In which function lines of code stand, and which functions have to do with each other: pure functions over lines."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

from auditor.text import lines

# `Cart::`, `Cart<Item>::`.
_OWNER = re.compile(rb"[\w<>]+::")
_WORD = re.compile(rb"\w+")


def heads(text: Sequence[bytes]) -> tuple[int, ...]:
    """The lines that declare a function or the like."""
    return tuple(n for n in range(len(text)) if lines.declares(_head(text, n)))


def holding(text: Sequence[bytes], at: int, known: Sequence[int]) -> range:
    """The lines of the function or the like in which a line is, as far as it can be told by how deep lines are.

    From the nearest of the `known` heads of the text above it that is less deep, to the next that is no deeper than
    that; the whole text where there is none.
    """
    above = (known[n] for n in reversed(range(bisect_left(known, at))))
    start = next((n for n in above if depth(text[n]) < depth(text[at])), None)
    return range(len(text)) if start is None else from_head(text, start, known)


def from_head(text: Sequence[bytes], start: int, known: Sequence[int]) -> range:
    """The lines from one that declares a function or the like to the next of the `known` heads that is no deeper."""
    later = (n for n in known[bisect_right(known, start) :] if depth(text[n]) <= depth(text[start]))
    return range(start, next(later, len(text)))


def _head(text: Sequence[bytes], at: int) -> bytes:
    """A line as one that declares a function or the like: in C++ that of a class, be its brace in the next line."""
    line = _OWNER.sub(b"", text[at]) if b"::" in text[at] else text[at]
    below = text[at + 1].strip() if at + 1 < len(text) else b""
    return line.rstrip() + b" {" if below == b"{" else line


def apart(text: Sequence[bytes], gap: int, at: Iterable[int], known: Sequence[int]) -> bool:
    """Whether some lines stand in functions that have nothing to do with the one in which the line `gap` is.

    Who calls it, is called by it, or is within it, has. Where no functions are told apart, lines are not. The heads of
    the text are `known`.
    """
    home = holding(text, gap, known)
    hosts = {holding(text, n, known) for n in at}
    return bool(hosts) and not any(_nested(home, host) or related(text, home, text, host) for host in hosts)


def related(text: Sequence[bytes], one: range, other_text: Sequence[bytes], other: range) -> bool:
    """Whether one of two functions has the name of the other in it, or it cannot be told what they are called."""
    names = lines.declared(_head(text, one.start)), lines.declared(_head(other_text, other.start))
    if not all(names):
        return True
    bodies = (other_text[n] for n in other[1:]), (text[n] for n in one[1:])
    return any(name in _words(body) for name, body in zip(names, bodies, strict=True))


def _nested(one: range, other: range) -> bool:
    return (one.start <= other.start and other.stop <= one.stop) or (
        other.start <= one.start and one.stop <= other.stop
    )


def _words(body: Iterable[bytes]) -> set[bytes]:
    return {word for line in body for word in _WORD.findall(line)}


def depth(line: bytes) -> int:
    """How deep a line is that is not blank, in blanks or tabs."""
    return len(line) - len(line.lstrip())
