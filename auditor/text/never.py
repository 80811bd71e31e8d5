"""Conditions that are never met, and what they keep from being run: `#if 0`, `if False:`, `{% if false %}`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from auditor.text import remarks

_NO_NAME = rb"(?:never|__never__|not_?def|not_?yet|not_?used|unused|disabled|obsolete|undef|todo)"
_NO = rb"(?:0|[Ff]alse)"


class _Counted(NamedTuple):
    """A condition that is never met, and how one of its kind begins, has another case, and ends; white space aside.

    `first` are the signs with which it begins: a quick no.
    """

    first: tuple[bytes, ...]
    never: re.Pattern[bytes]
    begins: re.Pattern[bytes]
    other: re.Pattern[bytes]
    ends: re.Pattern[bytes]


def _counted(first: tuple[bytes, ...], never: bytes, begins: bytes, other: bytes, ends: bytes) -> _Counted:
    return _Counted(first, re.compile(never, re.IGNORECASE), re.compile(begins), re.compile(other), re.compile(ends))


_PREPROCESSOR = _counted(
    (b"#",),
    rb"#\s*(?:if\s+\(?\s*(?:0|false|%(no)s)\s*\)?\s*(?:&&.*)?(?:/[/*].*)?$|(?:ifdef|if\s+defined)[\s(]+%(no)s\b)"
    % {b"no": _NO_NAME},
    rb"#\s*if",
    rb"#\s*el",
    rb"#\s*endif",
)
_JINJA = _counted(
    (b"{%",), rb"\{%-?\s*if\s+(?:false|0)\s*-?%\}", rb"\{%-?\s*if\b(?!.*\bendif\b)", rb"\{%-?\s*el", rb"\{%-?\s*endif"
)
_HELM = _counted(
    (b"{{",),
    rb"\{\{-?\s*if\s+false\s*-?\}\}",
    rb"\{\{-?\s*(?:if|range|with|define|block)\b(?!.*\bend\b)",
    rb"\{\{-?\s*else",
    rb"\{\{-?\s*end\b",
)
_ERB = _counted(
    (b"<%",),
    rb"<%-?\s*if\s+false\s*-?%>",
    rb"<%[-=]*\s*(?:(?:if|unless|case|while|for)\b|[^%]*\bdo\s*(?:\|[^|]*\|)?\s*-?%>)",
    rb"<%-?\s*els",
    rb"<%-?\s*end\b",
)
_SHELL = _counted((b"if",), rb"if\s+(?:false|!\s*true)\s*(?:;\s*then\s*)?$", rb"if\b(?!.*\bfi\b)", rb"el", rb"fi\b")
_MAKE = _counted(
    (b"if",),
    rb"ifdef\s+%s\s*$|ifeq\s+\(\s*(?:0\s*,\s*1|1\s*,\s*0)\s*\)" % _NO_NAME,
    rb"ifn?(?:def|eq)\b",
    rb"else",
    rb"endif",
)
_CMAKE = _counted((b"if", b"IF"), rb"if\s*\(\s*(?:false|off|no|0)\s*\)", rb"(?i)if\s*\(", rb"(?i)else", rb"(?i)endif")
# By the end of a file's name.
_COUNTED: Mapping[str, _Counted] = (
    dict.fromkeys(remarks.PREPROCESSED, _PREPROCESSOR)
    | dict.fromkeys(["html", "htm", "j2", "jinja", "jinja2", "twig", "liquid"], _JINJA)
    | dict.fromkeys(["yaml", "yml", "tpl"], _HELM)
    | dict.fromkeys(["sh", "bash", "zsh"], _SHELL)
    | dict.fromkeys(["mk", "makefile", "gnumakefile"], _MAKE)
    | {"erb": _ERB, "cmake": _CMAKE}
)
# `if False:`, `if (0) {`, `if (false && …) {`, `while false`: what is deeper than that line.
_FIRST = re.compile(
    rb"(?:\}\s*)?(?:else\s+)?(?:if|elif|elsif|while)\b\s*\(?\s*%s(?=\s*(?:[):{]|&&|$|and\b|then\b))" % _NO
)
# `if (… && false) {`, if nothing else may do instead.
_LATTER = re.compile(
    rb"(?:\}\s*)?(?:else\s+)?(?:if|elif|elsif|while)\b.*(?:&&|\band)\s*%s\s*\)?\s*(?:[{:]|then)?$" % _NO
)
_OR = re.compile(rb"\|\||\bor\b")
_DEEPER = remarks.SLASHES | {"py", "rb", "pl", "pm", "lua"}
# `{false && <Form/>}`, `<form v-if="false">`.
_ELEMENTS: Mapping[str, re.Pattern[bytes]] = dict.fromkeys(
    ["jsx", "tsx", "js"], re.compile(rb"\{\s*(?:false|0)\s*&&")
) | {"vue": re.compile(rb"<.*\bv-if=([\"'])false\1")}
# A setting by which all that it is set for is left out: a job, a resource.
_AROUND: Mapping[str, re.Pattern[bytes]] = dict.fromkeys(
    ["yml", "yaml"], re.compile(rb"(?:-\s+)?(?:if|when):\s*(?:false|never|\$\{\{\s*false\s*\}\})\s*$")
) | {"tf": re.compile(rb"count\s*=\s*0\s*$")}
# `#[cfg(any())]`, for what follows.
_ATTRIBUTE = re.compile(rb"#\[cfg\((?:any\(\)|FALSE|false)\)\]$")
# What these settings are for begins no further above.
_FAR = 500
# What a line has more than it had, when it is made one that is never met.
_ADDED = re.compile(rb"(?<=[\s(!])%(no)s\s*(?:&&|\band\b)\s*|\s*(?:&&|\band\b)\s*%(no)s(?=\s*[):{]|$)" % {b"no": _NO})
_ADDED_TO_ELEMENTS = re.compile(rb"\s*v-if=([\"'])false\1|^\s*\{\s*(?:false|0)\s*&&|(?<=>)\s*\}\s*$")


def without(line: bytes) -> bytes:
    """A condition that is never met as it was before, and any other line as it is."""
    return _ADDED.sub(b"", _ADDED_TO_ELEMENTS.sub(b"", line)) if b"0" in line or b"alse" in line else line


def kept(end: str, text: Sequence[bytes], at: int, line: bytes) -> range | None:
    """Which lines a line keeps from being run, those of the condition among them; None where it keeps none.

    What nothing ends, no line begins: the rest of the text comes back as a range without lines, not to be looked at.
    """
    counted = _COUNTED.get(end)
    if counted and line.startswith(counted.first) and counted.never.match(line):
        past = _ended(text, at, counted)
        return range(len(text), len(text)) if past is None else range(at, past)
    if b"0" not in line and b"alse" not in line and not line.endswith((b"never", b"(any())]")):
        return None
    if end == "rs" and _ATTRIBUTE.match(line):
        return range(at, deeper(text, at + 1) + 1) if at + 1 < len(text) else None
    around = _AROUND.get(end)
    if around and around.match(line):
        return _around(text, at)
    element = _ELEMENTS.get(end)
    if element and element.match(line):
        return range(at, deeper(text, at))
    past = deeper(text, at) if end in _DEEPER and _is_never(line) else at
    return range(at, past) if past > at + 1 else None


def _is_never(line: bytes) -> bool:
    return bool(_FIRST.match(line) or (_LATTER.match(line) and not _OR.search(line)))


def _ended(text: Sequence[bytes], at: int, counted: _Counted) -> int | None:
    """The other case, or else the end, of the condition that a line begins."""
    nested = 0
    for n in range(at + 1, len(text)):
        line = text[n].strip()
        if nested == 0 and (counted.other.match(line) or counted.ends.match(line)):
            return n
        nested += bool(counted.begins.match(line)) - bool(counted.ends.match(line))
    return None


def _around(text: Sequence[bytes], at: int) -> range | None:
    """What is set, by the nearest line above that is less deep than a setting of it."""
    deep = depth(text[at])
    above = range(at - 1, max(-1, at - _FAR), -1)
    start = next((n for n in above if text[n].strip() and depth(text[n]) < deep), None)
    return None if start is None else range(start, deeper(text, start))


def deeper(text: Sequence[bytes], at: int) -> int:
    """Past which line that goes on which is deeper than a line, or stands in braces below it."""
    least = depth(text[at])
    start = at + 2 if at + 1 < len(text) and text[at + 1].strip() == b"{" else at + 1
    return next((n for n in range(start, len(text)) if text[n].strip() and depth(text[n]) <= least), len(text))


def depth(line: bytes) -> int:
    """How deep a line is, in columns: where some lines have tabs, others may have blanks."""
    line = line.expandtabs() if line[:1] in b"\t " and b"\t" in line else line
    return len(line) - len(line.lstrip())
