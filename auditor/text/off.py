"""Lines of code that stand in a text, and are not in force: between the signs of a comment, or never run.

A sign counts where its line begins with it: `'src/*'` opens no comment.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.text import never, remarks, shadowed, unreached
from auditor.text.lines import unspaced
from auditor.text.remarks import Signs

_SIGNS = re.compile(
    rb"^\s*(?://+|#+|--(?:\[=*\[)?|;+|\{?/\*+|\*(?!/)|<!--|<%--|<%\#=?|\{\#-?|\{\{!(?:--)?|\{\{-?\s*/\*|\(\*|\{-|<\#|'+|::"
    rb"|@?(?i:rem)\s)|(?:\*+/(?:\}|\s*-?\}\})?|--%?>|\#\}|\*\)|-\}|\#>|\]\])\s*$"
)
# What any of it begins with, in some language: most lines begin otherwise.
_MAY = re.compile(
    rb"[/<{(#=:_@}'\";-]|[rR][eE][mM]\b|(?:if|IF|el|while|when|count|return|raise|throw|die|abort|panic|sys|os|exit)"
)
# `<%#= token %>` was `<%= token %>`.
_TAG = re.compile(rb"^\s*<%\#=?")
# What git leaves where it could not merge: no longer than so many lines.
_CONFLICT, _LONGEST = b"<<<<<<< ", 2_000
# In Python a text by itself is a comment; one that is given to something is none.
_QUOTES = (b'"""', b"'''")
_GIVEN = (b"(", b",", b"=", b"\\", b"[", b"{", b"+", b"return", b"%")


def lines(path: str, text: Sequence[bytes]) -> frozenset[int]:
    """The places of such lines, counted from 0, with those of the signs around them."""
    end = remarks.kind(path, text)
    signs = remarks.signs(end)
    bare = [line.strip() for line in text]
    may = [n for n, line in enumerate(bare) if _MAY.match(line) or (end == "py" and (b'"""' in line or b"'''" in line))]
    found, past = {n for n in may if remarks.is_one(bare[n], signs)}, 0
    for at in may:
        off = _from(end, signs, text, at, bare[at]) if at >= past else None
        if off is not None:
            found.update(off)
            past = off.stop
    return frozenset(found.union(*shadowed.lines(end, text, bare)))


def said(line: bytes) -> tuple[bytes, ...]:
    """What a line that is off may have said when it was in force, without white space: mostly but one thing."""
    ways = (line, _SIGNS.sub(b"", line), never.without(line), _TAG.sub(b"<%=", line), _TAG.sub(b"<%", line))
    return tuple({unspaced(way) for way in ways})


def _from(end: str, signs: Signs, text: Sequence[bytes], at: int, line: bytes) -> range | None:
    """The lines that a line puts out of force, or None; what nothing ends, no line opens.

    The rest is not looked at then, for that could take long: it comes as a range without lines.
    """
    if remarks.is_last(end, line):
        return range(at, len(text))
    if line.startswith(_CONFLICT):
        return _unresolved(text, at)
    closes = remarks.closing(end, line, signs)
    if closes is not None:
        return _closed(text, at, closes)
    quote = next((q for q in _QUOTES if line.count(q) % 2), None) if end == "py" else None
    if quote:
        whole = _closed(text, at, quote)
        is_off = line.startswith(quote) and _is_statement(text, at, whole.stop)
        return whole if is_off else range(whole.stop, whole.stop)
    kept = never.kept(end, text, at, line)
    return unreached.after(end, text, at, line) if kept is None else kept


def _unresolved(text: Sequence[bytes], at: int) -> range | None:
    """Both sides of a conflict that nobody resolved."""
    end = next((n for n in range(at + 1, min(len(text), at + _LONGEST)) if text[n].startswith(b">>>>>>> ")), None)
    whole = end is not None and any(text[n].startswith(b"=======") for n in range(at, end))
    return range(at, end + 1) if whole and end is not None else None


def _closed(text: Sequence[bytes], at: int, sign: bytes) -> range:
    """The lines to the one that ends a comment or text."""
    past = next((n + 1 for n in range(at + 1, len(text)) if sign in text[n]), None)
    return range(len(text), len(text)) if past is None else range(at, past)


def _is_statement(text: Sequence[bytes], at: int, past: int) -> bool:
    """Whether a text is given to nothing, and has no line that is less deep: so it is where its signs are misread."""
    above = next((text[n].strip() for n in range(at - 1, -1, -1) if text[n].strip()), b"")
    inside = (line for line in text[at:past] if line.strip())
    return not above.endswith(_GIVEN) and all(never.depth(line) >= never.depth(text[at]) for line in inside)
