"""Which lines of a file are comments that tell people something, and machines nothing: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

_HASH = "py rb sh bash zsh yml yaml toml pl pm tf mk cmake ex exs r jl"
_SLASHES = "c h cc cpp cxx hh hpp m mm java kt kts scala groovy js jsx mjs ts tsx go rs swift cs dart php"
# How a comment begins, by the end of a file's name. Prose has none: there, `* one` and `# Title` are content.
_SIGNS = {end: re.compile(rb"#+(\s|$)") for end in _HASH.split()} | {
    end: re.compile(rb"//+(\s|$)|/\*+(\s|$)|\*+(\s|$|/\s*$)") for end in _SLASHES.split()
}
# Of files of which only the lines are at hand.
_ANY = re.compile(rb"\s*(?:#(?:\s|$|!)|//|/\*|\*(?:[\s/]|$)|--(?:\s|$)|;(?:[\s;]|$)|<!--|%\s)")
# The same of code that was made a comment: often there is no blank between the sign and that.
_SIGN = re.compile(rb"\s*(?:#|//|\{?/\*|--|;|<!--|<%#|\{#|\(\*|')")
# Behind code, in any of them.
_BEHIND = re.compile(rb"(?<=\S)\s+(?:#|//)\s.*$|(?<=\S)\s+/\*.*\*/\s*$", re.DOTALL)
# Words to a tool: those, and annotations, do something.
_TOLD = re.compile(
    rb"(?i)@|\b(noqa|nosec|nosonar|nolint|pragma|coding|type:|\w*lint|jshint|istanbul|mypy|ruff|rubocop|checkstyle"
    rb"|prettier|\w*literal|sourcemap\w*|build|phpstan|psalm|\w*check|suppress\w*|ignore\w*|disable\w*|enable\w*)"
)


def only_comments(path: str, text: Sequence[bytes], start: int, length: int) -> bool:
    """Whether lines `start` to `start + length` of a file, blank ones aside, are such comments."""
    sign = _SIGNS.get(_end(path))
    return sign is not None and all(
        _is_comment(sign, text, at) for at in range(start, start + length) if text[at].strip()
    )


def in_any(line: bytes) -> bool:
    """Whether a line begins as a comment does in some language, when words alone are compared."""
    return _ANY.match(line) is not None


def begins_one(line: bytes) -> bool:
    """Whether a line begins with the sign of a comment in some language, be it code without it."""
    return _SIGN.match(line) is not None


def before_any(line: bytes) -> bytes:
    """A line without what looks like a comment behind its code, when words alone are compared."""
    # Most lines have no sign of one, and to look for that is quicker than to look for a comment.
    return _BEHIND.sub(b"", line) if b"#" in line or b"/" in line else line


def _end(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[2].lower()


def _is_comment(sign: re.Pattern[bytes], text: Sequence[bytes], at: int) -> bool:
    line = text[at].strip()
    if not sign.match(line) or _TOLD.search(line) or b"*/" in line[:-2]:
        return False
    return not line.startswith(b"*") or _is_within(text, at)


def _is_within(text: Sequence[bytes], at: int) -> bool:
    """Whether a line that begins with a star goes on from one that opens a comment: it may multiply."""
    above = next((text[n].strip() for n in range(at - 1, -1, -1) if not text[n].strip().startswith(b"*")), b"")
    return above.startswith(b"/*") and b"*/" not in above
