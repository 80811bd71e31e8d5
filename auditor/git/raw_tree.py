"""A tree object as it was written: whether all who read it find the same in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_ENTRY = re.compile(rb"0*(\d+) ([^\0]*)\0(.{20})", re.DOTALL)
_FOLDER = b"40000"


@dataclass(frozen=True, slots=True)
class Doubtful:
    """What a tree leaves in doubt: the names that it has `twice`, and all of them where it is in no `order`.

    `folders` are those in it, each with its id.
    """

    order: bool
    twice: frozenset[bytes]
    folders: dict[bytes, bytes]

    def of(self, name: str) -> str | None:
        """Why nobody can tell what a name is in the tree, or None."""
        if not self.order:
            return "is not in git's order"
        return f"has {name} twice" if self.twice and _bytes(name) in self.twice else None

    def folder(self, name: str) -> str | None:
        """The id of a folder in it, or None where it has none of that name."""
        oid = self.folders.get(_bytes(name))
        return None if oid is None else oid.hex()


def _bytes(name: str) -> bytes:
    return name.encode("utf-8", "surrogateescape")


def doubtful(raw: bytes) -> Doubtful:
    """What is in doubt in the bytes of a tree: a file and a folder of one name are a name twice, too."""
    entries: list[tuple[bytes, bytes, bytes]] = _ENTRY.findall(raw)
    # Git puts a folder where its name with a slash belongs.
    keys = [name + b"/" if mode == _FOLDER else name for mode, name, _ in entries]
    folders = {name: oid for mode, name, oid in entries if mode == _FOLDER}
    return Doubtful(keys == sorted(keys), frozenset(_twice([name for _, name, _ in entries])), folders)


def _twice(names: Sequence[bytes]) -> Iterator[bytes]:
    """A name with a slash in it is one of what it seems to lie in, to those who take it for a path."""
    if len(set(names)) < len(names):
        yield from (name for name, count in Counter(names).items() if count > 1)
    yield from (name.partition(b"/")[0] for name in names if b"/" in name)
