"""Reads a commit or tag object from its bytes, whatever is wrong with it.

libgit2 refuses a commit without an e-mail address or with an unknown encoding, and so would end a
whole audit over one line that has nothing to do with it. Only the headers that matter are read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from auditor.errors import RepositoryError

# Git takes for parents what stands right below the tree, one after the other: the same word further down is none.
_TOP = re.compile(
    rb"tree ([0-9A-Fa-f]{40})\n((?:parent [0-9A-Fa-f]{40}\n)*+)(?!parent |\Z)"
    # The second of the commit, where all is as usual.
    rb"(?:author [^\n]*\ncommitter [^\n>]*> (\d{1,18}) [^\n>]*\n)?"
)
_TAG_TOP = re.compile(rb"object ([0-9A-Fa-f]{40})\ntype ([a-z]+)\ntag ([^\n]*)\n")
_TIME = re.compile(rb"\s*(-?\d+)")
_SUBJECT = re.compile(rb"\n\n\s*([^\n]*)")
_PERSON = re.compile(rb"^(?P<name>.*?) ?<(?P<email>[^>]*)>? ?(?P<time>-?\d+)?(?: [+-]\d+)?\s*$")
_SIGNATURE = re.compile(rb"^-----BEGIN (?:PGP|SSH) (?:SIGNATURE|MESSAGE)-----", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """What people are told of a commit."""

    author: str
    authored_at: int
    subject: str


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag object: what it points at, under which name, who made it when, and whether it carries a signature.

    `target` and `name` are empty where git reads no tag there.
    """

    target: str
    name: str
    tagger: str | None
    tagged_at: int | None
    message: str
    signed: bool


def parents_and_time(raw: bytes) -> tuple[list[str], int]:
    """The quick look that a walk over all history takes. Raises `RepositoryError` where git reads no commit there."""
    top = _TOP.match(raw)
    if top is None:
        raise RepositoryError("objects-missing", "it is no commit that git reads: its tree or a parent is malformed")
    _, above, when = top.groups()
    return above.decode().lower().split()[1::2], int(when) if when else _time(_header(raw, b"\ncommitter "))


def tree(raw: bytes) -> str | None:
    """The tree of a commit, or None where git reads no commit there."""
    top = _TOP.match(raw)
    return top[1].decode().lower() if top else None


def authored(raw: bytes) -> tuple[bytes, bytes]:
    """The name of who wrote a commit, under whatever address, and the second, in whatever time zone; or empty."""
    name, _, rest = _author(raw).partition(b" <")
    return name, rest.rpartition(b" ")[0].rpartition(b" ")[2]


def headed(raw: bytes) -> bytes:
    """The first line of a commit's message up to the number of a pull request: alike for copies on one branch."""
    return subject(raw).partition(b"#")[0]


def address(raw: bytes) -> bytes:
    """The address of who wrote a commit, or empty."""
    return _author(raw).partition(b" <")[2].partition(b">")[0]


def _author(raw: bytes) -> bytes:
    return _header(raw, b"\nauthor ")


def _header(raw: bytes, key: bytes) -> bytes:
    """What the first header of a name says, or nothing: a message may hold the same words."""
    start = raw.find(key)
    if start < 0 or 0 <= raw.find(b"\n\n") < start:
        return b""
    start += len(key)
    end = raw.find(b"\n", start)
    return raw[start:end] if end >= 0 else raw[start:]


def subject(raw: bytes) -> bytes:
    """The first line of a commit's message."""
    start = raw.find(b"\n\n")
    found = _SUBJECT.match(raw, start) if start >= 0 else None
    return found[1] if found else b""


def _time(line: bytes) -> int:
    """The second that stands behind the address."""
    end = line.rfind(b">")
    found = _TIME.match(line, end + 1) if end >= 0 else None
    return _whole(found[1]) if found else 0


def _whole(digits: bytes) -> int:
    """A number, or zero where it has more digits than any clock."""
    try:
        return int(digits)
    except ValueError:
        return 0


def _headers(raw: bytes) -> tuple[dict[bytes, list[bytes]], bytes]:
    head, _, message = raw.partition(b"\n\n")
    found: dict[bytes, list[bytes]] = {}
    for line in head.split(b"\n"):
        key, _, value = line.partition(b" ")
        if key:
            found.setdefault(key, []).append(value)
    return found, message


def _person(line: bytes) -> tuple[str, int]:
    match = _PERSON.match(line)
    if match is None:
        return text(line), 0
    shown = match["name"] + b" <" + match["email"] + b">"
    return text(shown), _whole(match["time"] or b"0")


def text(raw: bytes) -> str:
    """Bytes for people to read: UTF-8, with replacement characters."""
    return raw.decode("utf-8", "replace")


def parse_commit(raw: bytes) -> Commit:
    """A commit from its bytes; what it lacks is empty or zero."""
    return Commit(*_person(_author(raw)), text(subject(raw)))


def parse_tag(raw: bytes) -> Tag:
    """A tag object from its bytes."""
    headers, message = _headers(raw)
    top = _TAG_TOP.match(raw)
    tagger = headers.get(b"tagger")
    who, when = _person(tagger[0]) if tagger else (None, None)
    signature = _SIGNATURE.search(message)
    body = message[: signature.start()] if signature else message
    return Tag(
        target=top[1].decode().lower() if top else "",
        name=text(top[3]) if top else "",
        tagger=who,
        tagged_at=when,
        message=text(body).strip(),
        signed=signature is not None or b"gpgsig" in headers,
    )
