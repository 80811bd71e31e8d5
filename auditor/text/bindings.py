"""Names that lines of code give to values, and who uses them: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Iterable

# `int used = 0;`, `char *info[100];`, `const total = sum(cart)`, `used := true`, `$key = clean($key);`, `used = 1`.
_SETS = re.compile(rb"\s*(?:[\w:<>\[\],.?]+[\s*&]+)*[*&]*\$?(\w+)(?:\[[^\]]*\])?\s*(?::?=(?![=>~])|;\s*(?:/[/*].*)?$)")
# `void sent(client *c, robj *reply);`
_PROTOTYPE = re.compile(rb"\s*(?:[\w:<>\[\],.?]+[\s*&]+)+[*&]*(\w+)\([^;{}]*\)\s*;")
# Behind such a word no name is bound.
_SPEAKS = re.compile(
    rb"\s*(?:return|throw|raise|goto|delete|new|await|yield|break|continue|case|else|do|go|defer|use|using|import|from"
    rb"|include|require|export|package|namespace|assert|del|print|echo|not|typeof)\b"
)
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


def names(text: Iterable[bytes], least: int) -> set[bytes]:
    """The names in some lines that are not shorter than `least`."""
    return {name for line in text for name in _WORD.findall(line) if len(name) >= least}
