"""Merges as the git command makes them, without a work tree: what whoever merges in a clone comes to.

Git finds renames and lines that belong together in other ways than libgit2 does, so that the two differ now and then:
in a conflict that only one of them has, in its paths, seldom in a tree. A plan foretells what git does.
"""

from __future__ import annotations

import hashlib
import subprocess
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from auditor.errors import RepositoryError
from auditor.git import objects, process
from auditor.git.store import lay_out

KINDS = {objects.COMMIT: b"commit", objects.TREE: b"tree", objects.BLOB: b"blob", objects.TAG: b"tag"}
_NUMBERS = {name: number for number, name in KINDS.items()}
_FOLDER, _GITLINK = b"40000", b"160000"
_SINCE = (2, 38)
_OPTIONS = ("-c", "merge.renames=true", "-c", "merge.directoryRenames=conflict", "-c", "core.attributesFile=/dev/null")
_NOBODY = b"branch-drift <branch-drift@localhost>"


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


class Known(NamedTuple):
    """A commit as a merge sees it: its tree, its time, and those of its ancestors that count."""

    commit: str
    tree: str
    time: int
    parents: tuple[str, ...]


@cache
def is_there() -> bool:
    """Whether this git can merge without a work tree; an older one is not asked."""
    numbers = [int(part) for part in process.version().split(".")[:2] if part.isdecimal()]
    return tuple(numbers) >= _SINCE


class MergeTree:
    """A scratch repository in which git merges. It holds what a merge can read, and borrows nothing.

    Git touches the file of an object that it is about to write and finds there already, also where that is borrowed.
    """

    def __init__(self, read: Callable[[str], tuple[int, bytes]]) -> None:
        self._read = read
        self._lent: dict[str, dict[bytes, tuple[bytes, str]]] = {}
        self._temporary = TemporaryDirectory(prefix="branch-drift-")
        self.folder = Path(self._temporary.name)
        lay_out(self.folder, (), frozenset())

    def close(self) -> None:
        """Removes the scratch repository."""
        self._temporary.cleanup()

    def replay(self, before: str | None, ours: str, after: str) -> Merged:
        """What lies between two trees, on top of a third, as a cherry-pick has it. Raises `RepositoryError`."""
        trees = (before or objects.EMPTY_TREE, ours, after)
        self._lend_all(trees)
        base = self._commit(trees[0], 0)
        return self._merged(*(self._commit(tree, 0, base) for tree in trees[1:]))

    def merge(self, history: Sequence[Known]) -> Merged:
        """The merge of the last two commits of a history in short, older ones first. Raises `RepositoryError`."""
        self._lend_all([known.tree for known in history])
        names: dict[str, str] = {}
        for known in history:
            names[known.commit] = self._commit(known.tree, known.time, *(names[p] for p in known.parents))
        return self._merged(*(names[known.commit] for known in history[-2:]))

    def objects(self, tree: str, has: Callable[[str], bool]) -> Iterator[Made]:
        """A tree that git wrote, with all below it that nobody else has."""
        if has(tree):
            return
        made = self._written(tree)
        yield made
        if made.kind == objects.TREE:
            for _, mode, oid in _entries(made.data):
                if mode != _GITLINK:
                    yield from self.objects(oid, has)

    def _merged(self, ours: str, theirs: str) -> Merged:
        command = process.command(self.folder, "merge-tree", "--write-tree", "-z", "--name-only", "--no-messages")
        command[1:1] = _OPTIONS
        done = subprocess.run([*command, ours, theirs], capture_output=True, env=process.environment(), check=False)
        if done.returncode not in (0, 1):
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise RepositoryError("git", f"git merge-tree: {said[-1] if said else f'exit status {done.returncode}'}")
        tree, *paths = done.stdout.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
        return Merged(None, tuple(sorted(set(paths)))) if done.returncode else Merged(tree)

    def _commit(self, tree: str, time: int, *parents: str) -> str:
        who = _NOBODY + b" %d +0000" % max(0, time)
        lines = [b"tree " + tree.encode(), *(b"parent " + p.encode() for p in parents)]
        data = b"\n".join([*lines, b"author " + who, b"committer " + who]) + b"\n\n"
        oid = object_id(1, data)
        write(self.folder, Made(oid, 1, data))
        return oid

    def _lend_all(self, trees: Sequence[str | None]) -> None:
        """All in which these trees differ, and so all that a merge of them reads."""
        entries = [self._lend(tree) if tree else {} for tree in trees]
        for name in {name for each in entries for name in each}:
            sides = [each.get(name) for each in entries]
            if all(side == sides[0] for side in sides):
                continue
            below = [side[1] if side and side[0] == _FOLDER else None for side in sides]
            if any(below):
                self._lend_all(below)
            for side in () if _is_plain(sides) else sides:
                if side and side[0] not in (_FOLDER, _GITLINK):
                    self._lend(side[1])

    def _lend(self, oid: str) -> dict[bytes, tuple[bytes, str]]:
        """An object, and what it names where it is a tree."""
        known = self._lent.get(oid)
        if known is None:
            kind, data = (objects.TREE, b"") if oid == objects.EMPTY_TREE else self._read(oid)
            write(self.folder, Made(oid, kind, data))
            known = {name: (mode, below) for name, mode, below in _entries(data)} if kind == objects.TREE else {}
            self._lent[oid] = known
        return known

    def _written(self, oid: str) -> Made:
        try:
            raw = zlib.decompress(_file(self.folder, oid).read_bytes())
        except (OSError, zlib.error) as error:
            raise RepositoryError("git", f"git merge-tree left no {oid}: {error}") from None
        head, _, data = raw.partition(b"\0")
        return Made(oid, _NUMBERS[head.split(b" ")[0]], data)


def _is_plain(sides: Sequence[tuple[bytes, str] | None]) -> bool:
    """Whether git takes a file as it is on one side, unread: it is on all three, and changed on one, or alike."""
    return len(sides) == 3 and None not in sides and len(set(sides)) < 3


def _entries(tree: bytes) -> Iterator[tuple[bytes, bytes, str]]:
    """What a tree names: name, mode and id."""
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        mode, _, name = tree[at:end].partition(b" ")
        yield name, mode.lstrip(b"0"), tree[end + 1 : end + 21].hex()
        at = end + 21


def object_id(kind: int, data: bytes) -> str:
    """The name of an object."""
    return hashlib.sha1(KINDS[kind] + b" %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def write(git_dir: Path, made: Made) -> None:
    """Puts an object into a repository that is this program's own."""
    file = _file(git_dir, made.oid)
    if not file.exists():
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(zlib.compress(KINDS[made.kind] + b" %d\0" % len(made.data) + made.data, 1))


def _file(git_dir: Path, oid: str) -> Path:
    return git_dir / "objects" / oid[:2] / oid[2:]
