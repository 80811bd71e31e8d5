"""Conditions, and the same when they hold just where they did not: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

_CONDITION = re.compile(rb"\s*(?:\}?\s*(?:else\s+)?if|elif|elsif|unless|while|when|assert|require)\b")
# What says the contrary of what, longest first.
_CONTRARY = {
    b"===": b"!==",
    b"!==": b"===",
    b"==": b"!=",
    b"!=": b"==",
    b"<=": b">",
    b">=": b"<",
    b"<": b">=",
    b">": b"<=",
    b" is not ": b" is ",
    b" is ": b" is not ",
    b" not in ": b" in ",
    b" in ": b" not in ",
    b" -eq ": b" -ne ",
    b" -ne ": b" -eq ",
    b"[ -z ": b"[ -n ",
    b"[ -n ": b"[ -z ",
}
# Those, and what only looks like one: `card->owner`.
_SIGNS = re.compile(rb"->|<=>|=>|<<|>>|" + b"|".join(map(re.escape, _CONTRARY)))
# `<` and `>` turn round, too.
_ROUND = {b"<": b">", b">": b"<", b"<=": b">=", b">=": b"<="}
_IF = re.compile(rb"(\s*(?:\}?\s*(?:else\s+)?if|elif|elsif|while|assert)\s*)(\(?)\s*(not\s+|!\s*(?!=))?")


def is_condition(line: bytes) -> bool:
    """Whether a line begins as a condition does."""
    return _CONDITION.match(line) is not None


def contraries(line: bytes) -> Iterator[bytes]:
    """Lines that hold where a condition did not.

    >>> list(contraries(b"while (a) {")), list(contraries(b"if not a < b:"))
    ([b'while (!a) {', b'while (not a) {'], [b'if a < b:', b'if not a >= b:', b'if not a > b:', b'unless not a < b:'])
    """
    yield from _negated(line)
    signs = [sign for sign in _SIGNS.finditer(line) if sign[0] in _CONTRARY]
    if len(signs) == 1:
        start, end = signs[0].span()
        yield from (line[:start] + other + line[end:] for other in _for(signs[0][0]))
    word = line.lstrip()[:6]
    if word == b"unless":
        yield line.replace(b"unless", b"if", 1)
    elif word[:2] == b"if":
        yield line.replace(b"if", b"unless", 1)


def _for(sign: bytes) -> list[bytes]:
    return [_CONTRARY[sign], *filter(None, [_ROUND.get(sign)])]


def _negated(line: bytes) -> Iterator[bytes]:
    found = _IF.match(line)
    if found is None:
        return
    rest = line[found.end() :]
    if found[3]:
        yield found[1] + found[2] + rest
        return
    yield from (found[1] + found[2] + sign + rest for sign in (b"!", b"not "))
