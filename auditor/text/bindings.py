"""Names that lines of code give to values, and how far these hold: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from auditor.text import lines

# `int used = 0;`, `char *info[100];`, `const total = sum(cart)`, `used := true`, `$key = clean($key);`, `used = 1`.
_SETS = re.compile(rb"\s*(?:[\w:<>\[\],.?]+[\s*&]+)*[*&]*\$?(\w+)(?:\[[^\]]*\])?\s*(?::?=(?![=>~])|;\s*(?:/[/*].*)?$)")
# `void sent(client *c, robj *reply);`
_PROTOTYPE = re.compile(rb"\s*(?:[\w:<>\[\],.?]+[\s*&]+)+[*&]*(\w+)\([^;{}]*\)\s*;")
# Behind such a word no name is bound.
_SPEAKS = re.compile(
    rb"\s*(?:return|throw|raise|goto|delete|new|await|yield|break|continue|case|else|do|go|defer|use|using|import|from"
    rb"|include|require|export|package|namespace|assert|del|print|echo|not|typeof)\b"
)
# `Cart::`, `Cart<Item>::`.
_OWNER = re.compile(rb"[\w<>]+::")
# A comment, of those that no line of code begins like.
_SAYS = re.compile(rb"\s*(?://|/\*|#\s)")
# A text into which no values are put.
_SAID = re.compile(rb'"[^"\\$%{]*"')
_WORD = re.compile(rb"\w+")
# What is given to a function: `client *c, int used) {`.
_PARAMETER = re.compile(rb"[\w>\]*&]\s*[\s*&]\s*(\w+)\s*(?=[,)]|$)")


def bound(line: bytes) -> bytes | None:
    """The name that a line does but declare, or set to a value; None of any other line."""
    if _SPEAKS.match(line):
        return None
    found = _PROTOTYPE.match(line) or _SETS.match(line)
    return found[1] if found else None


def parameters(line: bytes) -> set[bytes]:
    """The names that a line of a function's head gives a type."""
    return set() if _SPEAKS.match(line) or b"=" in line else set(_PARAMETER.findall(line.rstrip(b" \t\r\n{:")))


def uses(line: bytes, name: bytes) -> bool:
    """Whether a line of code has a name that is no part of another thing, as in `cart.name`, nor of what it says."""
    if _SAYS.match(line) or name not in line:
        return False
    return re.search(rb"(?<![\w.])(?<!->)" + re.escape(name) + rb"\b", _SAID.sub(b'""', line)) is not None


def holding(text: Sequence[bytes], at: int) -> range:
    """The lines of the function or the like in which a line is, as far as it can be told by how deep lines are.

    From the nearest line above that declares one and is less deep, to the next that is no deeper than that; the whole
    text where there is none.
    """
    depth = _depth(text[at])
    start = next((n for n in range(at - 1, -1, -1) if _depth(text[n]) < depth and _is_head(text, n)), None)
    if start is None:
        return range(len(text))
    return from_head(text, start)


def from_head(text: Sequence[bytes], start: int) -> range:
    """The lines from one that declares a function or the like to the next such that is no deeper."""
    later = (n for n in range(start + 1, len(text)) if _depth(text[n]) <= _depth(text[start]) and _is_head(text, n))
    return range(start, next(later, len(text)))


def _is_head(text: Sequence[bytes], at: int) -> bool:
    """Whether a line declares a function or the like, in C++ that of a class, be its brace in the next line."""
    line = _OWNER.sub(b"", text[at])
    below = text[at + 1].strip() if at + 1 < len(text) else b""
    return lines.declares(line) or (below == b"{" and lines.declares(line.rstrip() + b" {"))


def names(text: Iterable[bytes], least: int) -> set[bytes]:
    """The names in some lines that are not shorter than `least`."""
    return {name for line in text for name in _WORD.findall(line) if len(name) >= least}


def _depth(line: bytes) -> int:
    return len(line) - len(line.lstrip())
