"""Where merges and picks are made: in memory, over the objects of a repository that nothing is written to.

The repository's objects are read through this, never lent to libgit2 itself, which would touch the files of an object
that it is about to write and finds there already.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple, TypeVar

import pygit2

from auditor.errors import RepositoryError
from auditor.git.store import Store, lay_out

_KINDS = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
_COMMIT = 1
_T = TypeVar("_T")


class Made(NamedTuple):
    """An object that was made, and is nowhere else yet."""

    oid: str
    kind: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Merged:
    """The tree that a merge came to; None where `conflicts` (paths, sorted) ask for a person."""

    tree: str | None
    conflicts: tuple[str, ...] = ()


class _Over(pygit2.OdbBackend):
    """Reads a store's objects, and keeps what is written in memory."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.made: dict[str, tuple[int, bytes]] = {}

    def read_cb(self, oid: pygit2.Oid) -> tuple[int, bytes]:
        found = self.made.get(str(oid))
        if found is not None:
            return found
        try:
            return self.store.raw(str(oid))
        except RepositoryError as error:
            raise KeyError(str(oid)) from error

    def read_header_cb(self, oid: pygit2.Oid) -> tuple[int, int]:
        kind, data = self.read_cb(oid)
        return kind, len(data)

    def read_prefix_cb(self, oid: str) -> tuple[int, bytes, pygit2.Oid]:
        raise KeyError(oid)

    def exists_cb(self, oid: pygit2.Oid) -> bool:
        return str(oid) in self.made or self.store.has(str(oid))

    def exists_prefix_cb(self, oid: str) -> pygit2.Oid:
        raise KeyError(oid)

    def write_cb(self, oid: pygit2.Oid, data: bytes, kind: int) -> None:
        self.made[str(oid)] = (int(kind), bytes(data))

    def refresh_cb(self) -> None:
        """There is nothing to look for again."""


class Bench:
    """Merges over one store. What they made is kept until `take` hands it over."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._over = _Over(store)
        self._odb = pygit2.Odb()
        self._odb.add_backend(self._over, 1)
        self._repository = pygit2.Repository()
        self._repository.set_odb(self._odb)

    def take(self) -> tuple[Made, ...]:
        """What was made since the last time."""
        made = tuple(Made(oid, *found) for oid, found in self._over.made.items())
        self._over.made.clear()
        return made

    def raw(self, commit: str) -> bytes:
        """A commit's bytes. Raises `RepositoryError`."""
        return self._asked(lambda: self._over.read_cb(pygit2.Oid(hex=commit))[1])

    def tree(self, commit: str) -> str:
        """The id of a commit's tree."""
        return self.raw(commit)[5:45].decode("ascii", "replace")

    def contains(self, commit: str, other: str) -> bool:
        """Whether a commit's history holds another, or is it."""
        return commit == other or self._asked(lambda: self._repository.descendant_of(commit, other))

    def base(self, one: str, other: str) -> str | None:
        """A best common ancestor of two commits."""
        found = self._asked(lambda: self._repository.merge_base(pygit2.Oid(hex=one), pygit2.Oid(hex=other)))
        return str(found) if found else None

    def merge(self, ours: str, theirs: str) -> Merged:
        """The merge of two commits."""
        one, other = pygit2.Oid(hex=ours), pygit2.Oid(hex=theirs)
        return self._asked(lambda: self._written(self._repository.merge_commits(one, other)))

    def replay(self, before: str | None, ours: str, after: str) -> Merged:
        """What lies between two trees, on top of a third; None is the empty tree."""

        def replayed() -> Merged:
            base = pygit2.Oid(hex=before) if before else self._empty()
            one, other = pygit2.Oid(hex=ours), pygit2.Oid(hex=after)
            return self._written(self._repository.merge_trees(base, one, other))

        return self._asked(replayed)

    def commit(self, data: bytes) -> str:
        """Makes a commit of its bytes."""
        oid = hashlib.sha1(b"commit %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
        self._over.made[oid] = (_COMMIT, data)
        return oid

    def _empty(self) -> pygit2.Oid:
        return self._repository.TreeBuilder().write()

    def _written(self, index: pygit2.Index) -> Merged:
        if index.conflicts is None:
            return Merged(str(index.write_tree(self._repository)))
        entries = (next(e for e in (ours, theirs, base) if e) for base, ours, theirs in index.conflicts)
        return Merged(None, tuple(sorted({entry.path for entry in entries})))

    def _asked(self, what: Callable[[], _T]) -> _T:
        try:
            return what()
        except (pygit2.GitError, KeyError, ValueError, OSError) as error:
            raise RepositoryError("unreadable", f"a merge cannot be made: {error}") from None


@contextmanager
def scratch(folders: tuple[Path, ...], made: tuple[Made, ...], refs: Mapping[str, str]) -> Iterator[Path]:
    """A bare repository for a moment: it borrows objects, has what was made, and these refs."""
    with TemporaryDirectory(prefix="branch-drift-") as name:
        folder = Path(name)
        lay_out(folder, folders, frozenset())
        for each in made:
            _write(folder / "objects" / each.oid[:2] / each.oid[2:], each)
        lines = "".join(f"{oid} {ref}\n" for ref, oid in sorted(refs.items()))
        (folder / "packed-refs").write_text(lines, "utf-8", "surrogateescape")
        yield folder


def _write(file: Path, made: Made) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(zlib.compress(_KINDS[made.kind] + b" %d\0" % len(made.data) + made.data))
