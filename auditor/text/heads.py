"""What of a text is its own: without the licence at its head, and without what all files have. Pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from auditor.text import comments, wording

_LICENCE = re.compile(rb"(?i)copyright|licen[sc]e|spdx")
_OPENED = ((b"/*", b"*/"), (b"<!--", b"-->"))
# What may stand above it: `<?php`, `<?xml version="1.0"?>`.
_ABOVE = re.compile(rb"\s*(<\?.*)?$")
# `package shop;`, and the lines of a block of imports: `"net/http"`, `log "example.com/log"`.
_OF_ANY = re.compile(rb'\s*(package\s+[\w.]+;?|([\w.]+\s+)?"[\w./@-]+"[;,]?)\s*$')


def own(text: Sequence[bytes]) -> list[bytes]:
    """The lines of a text but for the licence in the comments at its head; of nothing but a licence, all."""
    kept: list[bytes] = []
    at = 0
    while at < len(text):
        end = _comment_end(text, at)
        if end == at and not _ABOVE.match(text[at]):
            return [*kept, *text[at:]]
        if end == at or not _LICENCE.search(b"".join(text[at:end])):
            kept += text[at : max(end, at + 1)]
        at = max(end, at + 1)
    return kept if any(line.strip() for line in kept) else list(text)


def telling(text: Counter[bytes]) -> Counter[bytes]:
    """Lines that have a word, and are no imports; where there are none, all."""
    some = {line: n for line, n in text.items() if wording.words(line) and not _is_of_any(line)}
    return Counter(some) or text


def _is_of_any(line: bytes) -> bool:
    return wording.is_import(line) or bool(_OF_ANY.match(line))


def _comment_end(text: Sequence[bytes], at: int) -> int:
    """Where the comment ends that begins at a line: there, where none does."""
    first = text[at].strip()
    for opens, closes in _OPENED:
        if first.startswith(opens):
            return next((n + 1 for n in range(at, len(text)) if closes in text[n].lstrip()[2 * (n == at) :]), at)
    return next((n for n in range(at, len(text)) if not comments.in_any(text[n])), len(text))
