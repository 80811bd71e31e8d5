"""What a commit's title says, and which pull request it names: under such titles forges back-port changes."""

from __future__ import annotations

import re
from typing import NamedTuple

from auditor.git import commits

# `(#12)`, `(bp #12)`, `(!12)`, `#12`; and in parentheses what says that it is a copy: `(cherry-pick 2.8)`.
_PULL = re.compile(rb"\([^()#!]*[#!](\d+)\)|[#!](\d+)\b")
_COPY = re.compile(rb"\([^()]*(?:cherry.?pick|back.?port)[^()]*\)", re.IGNORECASE)
_LABEL = re.compile(rb"^\s*\[[^\]]*\]")
_WORD = re.compile(rb"[0-9a-z\x80-\xff]+")
# Titles with fewer letters are any commit's.
_LEAST = 8
# So many bytes of a title are read: a hostile one has no end.
_MOST = 1_000


class Title(NamedTuple):
    """The words of a title, without labels and pull requests; the numbers of these; who wrote the commit."""

    words: tuple[bytes, ...]
    pulls: frozenset[bytes]
    author: bytes


def read(raw: bytes) -> Title:
    """A title from a commit's bytes: `[2.x] Mend it (#12)` says `mend it` of pull request 12."""
    said = commits.subject(raw)[:_MOST]
    pulls = frozenset(number for pair in _PULL.findall(said) for number in pair if number)
    plain = _LABEL.sub(b"", _COPY.sub(b"", _PULL.sub(b"", said)))
    return Title(tuple(_WORD.findall(plain.lower())), pulls, commits.author_line(raw).rpartition(b" ")[0])


def same(one: Title, other: Title) -> bool:
    """Whether two titles say the same, and enough to tell something."""
    return one.words == other.words and sum(map(len, one.words)) >= _LEAST
