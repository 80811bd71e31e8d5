"""Lines of code that stand in a text, and are not in force: between the signs of a comment, or never run.

A sign counts where its line begins with it: `'src/*'` opens no comment.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_C = "c h cc cpp cxx hh hpp m mm cs"
_SLASHES = f"{_C} java kt kts scala groovy js jsx mjs ts tsx go rs swift dart php css scss less"
# What opens a comment of several lines and what closes it, by the end of a file's name.
_COMMENTS = (
    dict.fromkeys(_SLASHES.split(), (b"/*", b"*/"))
    | dict.fromkeys(["html", "htm", "xml", "svg", "vue", "xaml", "csproj"], (b"<!--", b"-->"))
    | {"rb": (b"=begin", b"=end"), "pl": (b"=pod", b"=cut"), "pm": (b"=pod", b"=cut")}
)
# What a comment of one line begins with, by the same; and the signs of any.
_LINES: Mapping[str, tuple[bytes, ...]] = (
    dict[str, tuple[bytes, ...]]()
    | dict.fromkeys(_SLASHES.split(), (b"//", b"{/*"))
    | dict.fromkeys(["py", "rb", "sh", "bash", "pl", "pm", "yml", "yaml", "toml", "tf"], (b"#",))
    | dict.fromkeys(["properties", "ini", "cfg", "conf", "env"], (b"#", b";"))
    | dict.fromkeys(["sql", "lua"], (b"--",))
)
_SIGNS = re.compile(rb"^\s*(?://+|#+|--|;+|\{?/\*+|\*(?!/)|<!--)|(?:\*+/\}?|-->)\s*$")
# `#if 0` ends at the `#else` or `#endif` that is its own.
_CONDITIONS = frozenset(_C.split())
_IF_NOT = re.compile(rb"\s*#\s*if\s+(?:0|false)\s*(?:/[/*].*)?$")
_IF, _ELSE, _ENDIF = (re.compile(rb"\s*#\s*" + word) for word in (b"if", b"el", b"endif"))
# `if False:`, `if (0) {`, `if (false && …) {`: what is deeper than that line.
_NEVER = re.compile(rb"\s*if\s*\(?\s*(?:0|[Ff]alse)\s*(?:\)|:|&&|\s+and\b)")
_RUN = frozenset(["py", *_SLASHES.split()]) - {"css", "scss", "less"}
# In Python a text by itself is a comment; one that is given to something is none.
_QUOTES = (b'"""', b"'''")
_GIVEN = (b"(", b",", b"=", b"\\", b"[", b"{", b"+", b"return", b"%")


def lines(path: str, text: Sequence[bytes]) -> frozenset[int]:
    """The places of such lines, counted from 0, with those of the signs around them."""
    end = path.rpartition("/")[2].rpartition(".")[2].lower()
    signs = _LINES.get(end)
    found, at = {n for n, line in enumerate(text) if signs and line.lstrip().startswith(signs)}, 0
    while at < len(text):
        past, is_off = _from(end, text, at)
        found.update(range(at, past) if is_off and past > at + 1 else ())
        at = past
    return frozenset(found)


def said(line: bytes) -> bytes:
    """A line without the signs of a comment around it, and without white space."""
    return b"".join(_SIGNS.sub(b"", line).split())


def _from(end: str, text: Sequence[bytes], at: int) -> tuple[int, bool]:
    """Past which line that goes on which begins with a line, and whether that is off."""
    line = text[at].strip()
    signs = _COMMENTS.get(end)
    if signs and line.startswith(signs[0]) and signs[1] not in line[len(signs[0]) :]:
        return _ended(text, _closed(text, at, signs[1]))
    if end in _CONDITIONS and _IF_NOT.match(line):
        return _ended(text, _conditioned(text, at))
    if end in _RUN and line.startswith(b"if") and _NEVER.match(line):
        return _deeper(text, at), True
    quote = next((q for q in _QUOTES if line.count(q) % 2), None) if end == "py" else None
    if quote:
        past, is_closed = _ended(text, _closed(text, at, quote))
        return past, is_closed and line.startswith(quote) and _is_statement(text, at, past)
    return at + 1, False


def _ended(text: Sequence[bytes], past: int | None) -> tuple[int, bool]:
    """What nothing ends, no line opens; what follows is not looked at then, for that could take long."""
    return (len(text), False) if past is None else (past, True)


def _closed(text: Sequence[bytes], at: int, sign: bytes) -> int | None:
    """Past which line a comment or text ends."""
    return next((n + 1 for n in range(at + 1, len(text)) if sign in text[n]), None)


def _conditioned(text: Sequence[bytes], at: int) -> int | None:
    """The `#else` or `#endif` of a condition."""
    depth = 0
    for n in range(at + 1, len(text)):
        if depth == 0 and (_ELSE.match(text[n]) or _ENDIF.match(text[n])):
            return n
        depth += bool(_IF.match(text[n])) - bool(_ENDIF.match(text[n]))
    return None


def _deeper(text: Sequence[bytes], at: int) -> int:
    """Past which line that goes on which is deeper than a line."""
    depth = _depth(text[at])
    return next((n for n in range(at + 1, len(text)) if text[n].strip() and _depth(text[n]) <= depth), len(text))


def _depth(line: bytes) -> int:
    return len(line) - len(line.lstrip())


def _is_statement(text: Sequence[bytes], at: int, past: int) -> bool:
    """Whether a text is given to nothing, and has no line that is less deep: so it is where its signs are misread."""
    above = next((text[n].strip() for n in range(at - 1, -1, -1) if text[n].strip()), b"")
    inside = (line for line in text[at:past] if line.strip())
    return not above.endswith(_GIVEN) and all(_depth(line) >= _depth(text[at]) for line in inside)
