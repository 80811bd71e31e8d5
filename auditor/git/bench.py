"""Where merges and picks are made: in memory, over the objects of a repository that nothing is written to.

The repository's objects are read through this, never lent to libgit2 itself, which would touch the files of an object
that it is about to write and finds there already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self, TypeVar

import pygit2

from auditor.errors import RepositoryError
from auditor.git import commits, merge_tree, objects, process
from auditor.git.merge_tree import Known, Made, Merged, MergeTree
from auditor.git.store import Store, lay_out

_T = TypeVar("_T")


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
    """Merges over one store. What they made is kept until `take` hands it over. Use as a context.

    Each is made by libgit2 and by git; where these differ, git's counts.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._over = _Over(store)
        self._odb = pygit2.Odb()
        self._odb.add_backend(self._over, 1)
        self._repository = pygit2.Repository()
        self._repository.set_odb(self._odb)
        self._git = MergeTree(self._read) if merge_tree.is_there() else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._git is not None:
            self._git.close()

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
        found = commits.tree(self.raw(commit))
        if found is None:
            raise RepositoryError("objects-missing", f"commit {commit} is malformed")
        return found

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
        found = self._asked(lambda: self._written(self._repository.merge_commits(one, other)))
        return self._held(found, lambda git: git.merge(self._in_short(ours, theirs)))

    def replay(self, before: str | None, ours: str, after: str) -> Merged:
        """What lies between two trees, on top of a third; None is the empty tree."""

        def replayed() -> Merged:
            base = pygit2.Oid(hex=before) if before else self._empty()
            one, other = pygit2.Oid(hex=ours), pygit2.Oid(hex=after)
            return self._written(self._repository.merge_trees(base, one, other))

        found = self._asked(replayed)
        return self._held(found, lambda git: git.replay(before, ours, after))

    def commit(self, data: bytes) -> str:
        """Makes a commit of its bytes."""
        oid = merge_tree.object_id(objects.COMMIT, data)
        self._over.made[oid] = (objects.COMMIT, data)
        return oid

    def _held(self, found: Merged, by_git: Callable[[MergeTree], Merged]) -> Merged:
        """What libgit2 found, held against git."""
        if self._git is None:
            return found
        told = by_git(self._git)
        if told.tree and told != found:
            objects = self._git.objects(told.tree, self._has)
            self._over.made.update({made.oid: (made.kind, made.data) for made in objects})
        return told

    def _in_short(self, ours: str, theirs: str) -> list[Known]:
        """The two with all that a merge of them may go back to: their bases, the bases of these, and so on."""
        known: list[str] = [ours, theirs]
        for pair in self._pairs(known):
            said = process.run(self.store.git_dir, "merge-base", "--all", *pair, codes=(0, 1))
            known += [base for base in said.decode().split() if base not in known]
        above = {c: [o for o in known if o != c and self.contains(c, o)] for c in known}
        older_first = sorted(known[2:], key=lambda c: len(above[c]))
        return [self._known(commit, above[commit]) for commit in (*older_first, ours, theirs)]

    @staticmethod
    def _pairs(known: list[str]) -> Iterator[tuple[str, str]]:
        """Each pair once, those that become known meanwhile among them."""
        asked: set[frozenset[str]] = set()
        while rest := [p for p in combinations(known, 2) if frozenset(p) not in asked]:
            asked.add(frozenset(rest[0]))
            yield rest[0]

    def _known(self, commit: str, above: list[str]) -> Known:
        return Known(commit, self.tree(commit), commits.parents_and_time(self.raw(commit))[1], tuple(above))

    def _read(self, oid: str) -> tuple[int, bytes]:
        return self._over.made.get(oid) or self.store.raw(oid)

    def _has(self, oid: str) -> bool:
        return oid in self._over.made or self.store.has(oid)

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
            merge_tree.write(folder, each)
        lines = "".join(f"{oid} {ref}\n" for ref, oid in sorted(refs.items()))
        (folder / "packed-refs").write_text(lines, "utf-8", "surrogateescape")
        yield folder
