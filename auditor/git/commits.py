"""Reads a commit or tag object from its bytes, whatever is wrong with it.

libgit2 refuses a commit without an e-mail address or with an unknown encoding, and so would end a
whole audit over one line that has nothing to do with it. Only the headers that matter are read here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PERSON = re.compile(rb"^(?P<name>.*?) ?<(?P<email>[^>]*)>? ?(?P<time>-?\d+)?(?: [+-]\d+)?\s*$")
_SIGNATURE = re.compile(rb"^-----BEGIN (?:PGP|SSH) (?:SIGNATURE|MESSAGE)-----", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Commit:
    """What an audit needs of a commit."""

    tree: str
    parents: tuple[str, ...]
    author: str
    authored_at: int
    subject: str
    message: bytes


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag object: what it points at, who made it when, whether it carries a signature, and the name it is for."""

    target: str
    kind: str
    tagger: str | None
    tagged_at: int | None
    message: str
    signed: bool
    name: bytes = b""


def parents_and_time(raw: bytes) -> tuple[list[str], int]:
    """The quick look that a walk over all history takes."""
    end = raw.find(b"\n\n")
    head = raw if end < 0 else raw[:end]
    parents = []
    at = head.find(b"\nparent ")
    while at >= 0:
        parents.append(head[at + 8 : at + 48].decode("ascii", "replace"))
        at = head.find(b"\nparent ", at + 48)
    line = head[head.find(b"\ncommitter ") + 1 :].split(b"\n", 1)[0] if b"\ncommitter " in head else b""
    return parents, _time(line)


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
    start = raw.find(b"\nauthor ")
    return raw[start + 8 : raw.find(b"\n", start + 8)] if start >= 0 else b""


def subject(raw: bytes) -> bytes:
    """The first line of a commit's message."""
    return raw.partition(b"\n\n")[2].lstrip().split(b"\n", 1)[0]


def _time(line: bytes) -> int:
    words = line.rsplit(b" ", 2)
    try:
        return int(words[-2])
    except (ValueError, IndexError):
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
    return text(shown), int(match["time"] or 0)


def text(raw: bytes) -> str:
    """Bytes for people to read: UTF-8, with replacement characters."""
    return raw.decode("utf-8", "replace")


def parse_commit(raw: bytes) -> Commit:
    """A commit from its bytes; what it lacks is empty or zero."""
    headers, message = _headers(raw)
    author, authored_at = _person(headers.get(b"author", [b""])[0])
    return Commit(
        tree=headers.get(b"tree", [b""])[0].decode("ascii", "replace"),
        parents=tuple(p.decode("ascii", "replace") for p in headers.get(b"parent", [])),
        author=author,
        authored_at=authored_at,
        subject=text(subject(raw)),
        message=message,
    )


def parse_tag(raw: bytes) -> Tag:
    """A tag object from its bytes."""
    headers, message = _headers(raw)
    tagger = headers.get(b"tagger")
    who, when = _person(tagger[0]) if tagger else (None, None)
    signature = _SIGNATURE.search(message)
    body = message[: signature.start()] if signature else message
    return Tag(
        target=headers.get(b"object", [b""])[0].decode("ascii", "replace"),
        kind=text(headers.get(b"type", [b""])[0]),
        tagger=who,
        tagged_at=when,
        message=text(body).strip(),
        signed=signature is not None or b"gpgsig" in headers,
        name=headers.get(b"tag", [b""])[0],
    )
