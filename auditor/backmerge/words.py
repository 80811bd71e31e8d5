"""Text of commits, tags and people in a pull request: shown as it is, and doing nothing there.

A forge acts on what it reads: `@name` notifies, `Fixes #1` closes, `JIRA-1` links. A word joiner, which nobody sees,
keeps each of these from being one.
"""

from __future__ import annotations

import re

from auditor.output.words import plain, writable

_JOINER = "\u2060"
_ACTING = re.compile(r"[@#!&%~^*$](?=[\w\"'\[{])|(?<=\w):(?=//)|(?<=[A-Za-z])-(?=\d)|(?<=\b[wW]{3})\.")
_KEYWORD = re.compile(r"(?i)\b(clos|fix|resolv|implement)(?=(e|es|ed|ing)?\b)")
_MARKUP = re.compile(r"([\\`*_\[\]<>|~])")


def inert(text: str) -> str:
    """Text that notifies nobody, refers to nothing and closes nothing."""
    shown = writable(plain(text))
    return _ACTING.sub(lambda m: m[0] + _JOINER, _KEYWORD.sub(lambda m: m[0] + _JOINER, shown))


def code(text: str) -> str:
    """Text as code, on one line."""
    return f"`{inert(text).replace('`', chr(0x2019)) or ' '}`"


def prose(text: str) -> str:
    """Text within a sentence, its markup shown instead of done."""
    return inert(_MARKUP.sub(r"\\\1", writable(plain(text))))


def block(lines: list[str]) -> str:
    """Lines as a block of code that no line can end."""
    parts = [part for line in lines for part in writable(line).splitlines() or [""]]
    return "\n".join("    " + part for part in parts)
