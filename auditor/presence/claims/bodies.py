"""What a commit's message says below its title: the same of a change and its copy, but for who handed it on."""

from __future__ import annotations

import re
from itertools import islice

# Lines that whoever handed a change on wrote, and what names commits and pull requests.
_HANDED_ON = re.compile(
    rb"^[ \t(*#-]*(?:[a-z]+(?:-[a-z]+)*-(?:by|id|url|to)|cc|fix(?:es|ed)?|close[sd]?|resolve[sd]?|refs?|issues?|see"
    rb"|\(?cherry[- ]?picked|(?:manual |automated )?(?:back|forward)[- ]?port\w*|conflicts)\b.*$",
    re.IGNORECASE | re.MULTILINE,
)
_COPIES = re.compile(
    rb"\b(?:back|forward)[- ]?port(?:s|ed|ing)?(?:(?: of| from|:)+|(?= [#!]))[ \t]*(?P<what>[^\n]{0,200})",
    re.IGNORECASE,
)
_PULLS = re.compile(
    rb"(?:(?:[\w.-]{1,60}/[\w.-]{1,60})?#|!|GH-|\b[\w.-]{1,60}/[\w./-]{1,120}/(?:pull|pull-requests|merge_requests)/)(\d+)\b"
)
_PARTIAL = re.compile(rb"\bpart(?:ial|ly|s)?\b|\bsome\b", re.IGNORECASE)
_WORD = re.compile(rb"[a-z\x80-\xff]+")
# A message with fewer letters says too little to be one change's alone; of a longer one so much is read.
_LEAST = 40
_MOST = 10_000
# So many lines that say to be copies are read.
_CLAIMS = 8
# What forges write below the title of a branch that they squash: the titles of its commits. So many are read.
_LISTED = re.compile(rb"^[*-] +(\S[^\n]*)$", re.MULTILINE)
_TITLES = 500
_CUT = b"\xe2\x80\xa6"
# The rest of a title that was cut, at the beginning of a message; and what is behind the cut.
_REST = re.compile(rb"\A(?:\xe2\x80\xa6.*\n\s*)+")
_NUMBERS = re.compile(rb"(?:\xe2\x80\xa6|\s*\([#!]\d+\))*\s*")


def read(raw: bytes) -> bytes:
    """The message below the title."""
    return raw.partition(b"\n\n")[2].lstrip()[:_MOST].partition(b"\n")[2].strip()


def whole(title: bytes, body: bytes) -> bytes:
    """A title with what a forge cut from its end and put below it: `Mend the pu… (#12)`, and then `…mp`."""
    start, cut, end = title.partition(_CUT)
    if not cut or not body.startswith(_CUT):
        return title
    return start + body.partition(b"\n")[0].removeprefix(_CUT) + end


def cut(title: bytes) -> tuple[bytes, bool]:
    """A title without the mark that a forge cut its end off, perhaps with a number behind; and whether it has one."""
    start, mark, end = title.partition(_CUT)
    is_cut = bool(mark) and _NUMBERS.fullmatch(end) is not None
    return (start + end.replace(_CUT, b""), True) if is_cut else (title, False)


def said(body: bytes) -> int:
    """A number for what a message says, or zero where that is too little to tell."""
    words = _WORD.findall(_HANDED_ON.sub(b"", _REST.sub(b"", body)).lower())
    return hash(tuple(words)) if sum(map(len, words)) >= _LEAST else 0


def copied(body: bytes) -> frozenset[bytes]:
    """The pull requests of which a message says that it is a back or forward port; of a part of one is no claim."""
    found = [line["what"] for line in islice(_COPIES.finditer(body), _CLAIMS)]
    return frozenset(n for what in found if not _PARTIAL.search(what) for n in _PULLS.findall(what))


def listed(body: bytes) -> tuple[bytes, ...]:
    """The lines of lists in a message: titles, where a forge squashed a branch."""
    return tuple(line[1] for line in islice(_LISTED.finditer(body), _TITLES))
