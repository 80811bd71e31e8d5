r"""Names of tags byte by byte: what is shown of two that are no UTF-8 may be the same.

In a waiver, and on the command line, each byte that is no UTF-8 is written as in `\udcff`: what Python has for the byte
ff. No ref's name has a backslash in it, so that means nothing else.
"""

from __future__ import annotations

import re

REPLACED = "\ufffd"
_BYTE = re.compile("[\udc80-\udcff]")
_WRITTEN = re.compile(r"\\u(dc[89a-f][0-9a-f])", re.IGNORECASE)


def exact(raw: bytes) -> str:
    """A name without loss: itself where it is UTF-8."""
    return _BYTE.sub(lambda m: f"\\u{ord(m[0]):04x}", raw.decode("utf-8", "surrogateescape"))


def written(said: str) -> str:
    """The exact name that somebody wrote, with such bytes in either form."""
    try:
        return exact(_bytes(said))
    except UnicodeEncodeError:
        return said


def shown(name: str) -> str:
    """An exact name as reports have it: with replacement characters."""
    try:
        return _bytes(name).decode("utf-8", "replace")
    except UnicodeEncodeError:
        return name


def quoted(name: str) -> str:
    """An exact name as a text of YAML, in which no character means anything."""
    return "'" + name.replace("'", "''") + "'"


def _bytes(name: str) -> bytes:
    return _WRITTEN.sub(lambda m: chr(int(m[1], 16)), name).encode("utf-8", "surrogateescape")
