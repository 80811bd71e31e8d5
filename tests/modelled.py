"""Repositories whose contents are known by construction, built without a git process.

A file is a row of slots, each in some version; commits, merges and reverts move versions about. What
stands where is then a comparison of numbers, and owes nothing to any diff.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pygit2

from tests.build import HOUR, START

PLAIN, EXECUTABLE = 0o100644, 0o100755
FAR, NEAR, CORE = "far", "near", "core"
LAYOUT = (FAR, NEAR, CORE, NEAR, FAR, NEAR, CORE, NEAR, FAR)
CORES = tuple(i for i, kind in enumerate(LAYOUT) if kind is CORE)
BINARY = (FAR,)
KINDS = ("replace", "insert", "remove", "indent")
GONE = None
FIRST_OWN = 100  # versions of fixes are below, those of other work are not


class File(NamedTuple):
    """A file in one tree. `slots` has one version for each slot: 0 at first, below zero where rewritten."""

    path: str
    mode: int
    slots: tuple[int, ...]


Tree = Mapping[int, File]  # by a number that a file keeps when it is renamed


class Atom(NamedTuple):
    """The smallest change: one slot, the mode, or the existence (key "file") of one file."""

    file: int
    key: int | str
    old: int | None
    new: int | None


def value(tree: Tree, file: int, key: int | str) -> int | None:
    """What stands in a tree, GONE without the file."""
    found = tree.get(file)
    if found is None:
        return GONE
    if key == "file":
        return 1
    return found.mode if key == "mode" else found.slots[int(key)]


def atoms(before: Tree, after: Tree) -> frozenset[Atom]:
    """The changes between two trees; a rename alone is none."""
    return frozenset(_atoms(before, after))


def _atoms(before: Tree, after: Tree) -> Iterator[Atom]:
    for file in {*before, *after}:
        if file not in before or file not in after:
            yield Atom(file, "file", value(before, file, "file"), value(after, file, "file"))
            continue
        for key in ("mode", *range(len(before[file].slots))):
            pair = value(before, file, key), value(after, file, key)
            if pair[0] != pair[1]:
                yield Atom(file, key, *pair)


def changed(tree: Tree, made: Sequence[tuple[int, int | str, int | None]], new: Tree) -> dict[int, File]:
    """A tree with other versions in it; a file that comes into being is as `new` has it."""
    result = dict(tree)
    for file, key, version in made:
        if key == "file":
            result.pop(file, None)
            if version is not GONE:
                result[file] = new[file]
        elif file in result and version is not GONE:
            found = result[file]
            if key == "mode":
                result[file] = found._replace(mode=version)
            else:
                at = int(key)
                result[file] = found._replace(slots=(*found.slots[:at], version, *found.slots[at + 1 :]))
    return result


def merged(base: Tree, ours: Tree, theirs: Tree, *, old_side: bool) -> dict[int, File]:
    """A three-way merge, slot by slot; conflicts go to our side (`old_side`) or to theirs."""
    result = {}
    for file in {*base, *ours, *theirs}:
        sides = [tree.get(file) for tree in (base, ours, theirs)]
        found = _merged_file(sides[0], sides[1], sides[2], old_side=old_side)
        if found is not None:
            result[file] = found
    return result


def _merged_file(base: File | None, ours: File | None, theirs: File | None, *, old_side: bool) -> File | None:
    if theirs in (base, ours):
        return ours
    if ours == base:
        return theirs
    if base is None or ours is None or theirs is None:
        return ours if old_side else theirs
    pick = [theirs_ if ours_ == base_ or not (theirs_ == base_ or old_side) else ours_
            for base_, ours_, theirs_ in zip(_row(base), _row(ours), _row(theirs), strict=True)]  # fmt: skip
    return File(str(pick[0]), int(pick[1]), tuple(int(v) for v in pick[2:]))


def _row(file: File) -> tuple[str | int, ...]:
    return (file.path, file.mode, *file.slots)


# Text


def kind(file: int, core: int) -> str:
    """What a fix does to a core."""
    return KINDS[(2 * file + CORES.index(core)) % len(KINDS)]


def text(number: int, file: File) -> bytes:
    """A file's bytes."""
    if len(file.slots) == 1:
        return b"\0binary %d version %d" % (number, file.slots[0])
    lines = [line for slot, version in enumerate(file.slots) for line in _slot(number, slot, version)]
    return "".join(f"{line}\n" for line in lines).encode()


def _slot(number: int, slot: int, version: int) -> list[str]:
    name = f"file {number} slot {slot}"
    if LAYOUT[slot] is CORE:
        return _core(name, kind(number, slot), version)
    size, at = (9, 4) if LAYOUT[slot] is FAR else (4, 1 if LAYOUT[slot + 1] is CORE else 2)
    return [f"{name} line {n}" + (f" version {version}" if version and n == at else "") for n in range(size)]


def _core(name: str, does: str, version: int) -> list[str]:
    """The lines around a core stand with it, unless it is rewritten: then nothing of it is left."""
    if version < 0:
        return [f"{name} rewritten {-version} {n}" for n in range(4)]
    old = [] if does == "insert" else [f"{name} old {n}" for n in range(2)]
    if does == "indent":
        inside = ["  " * version + line for line in old]
    elif does == "remove":
        inside = old if version == 0 else [f"{name} new {version}"] * (version > 1)
    else:
        inside = old if version == 0 else [f"{name} new 0", f"{name} new {version}", f"{name} new -1"]
    return [f"{name} opens", *inside, f"{name} closes"]


# Commits


@dataclass(frozen=True)
class Node:
    """A commit. `brings` are the commits whose whole change it is known to make, besides its own."""

    number: int
    oid: str
    parents: tuple[int, ...]
    tree: Tree
    time: int
    subject: str
    authored: int
    brings: frozenset[int]
    clean: bool  # whether nothing but `brings` (or itself) is in it


class World:
    """A repository being built: its commits by number, its branches and tags."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.repo = pygit2.init_repository(str(path), bare=True, initial_head="main")
        self.nodes: list[Node] = []
        self.heads: dict[str, int] = {}
        self.tags: list[tuple[str, int]] = []
        self.story: list[str] = []
        self.clock = START
        self.skew = 0

    def tip(self, branch: str) -> Node:
        """The commit at the tip of a branch."""
        return self.nodes[self.heads[branch]]

    def commit(
        self,
        branch: str,
        tree: Tree,
        message: str,
        *others: int,
        parents: tuple[int, ...] | None = None,
        like: int | None = None,
        brings: frozenset[int] = frozenset(),
        clean: bool = True,
    ) -> Node:
        """Commits to a branch; `others` are a merge's other parents, `like` the commit whose author it keeps."""
        above = parents if parents is not None else (self.heads[branch], *others)
        self.clock += HOUR
        time = self.clock - self.skew
        authored = time if like is None else self.nodes[like].authored
        oid = self.repo.create_commit(
            None,
            pygit2.Signature("Ada Author", "ada@example.com", authored),
            pygit2.Signature("Colin Committer", "colin@example.com", time),
            message,
            self._write(tree),
            [self.nodes[n].oid for n in above],
        )
        subject = message.split("\n", 1)[0]
        node = Node(len(self.nodes), str(oid), above, tree, time, subject, authored, brings, clean)
        self.nodes.append(node)
        self.heads[branch] = node.number
        self.story.append(f"{node.number} {node.oid[:7]} on {branch} above {list(above)}: {message!r}")
        return node

    def _write(self, tree: Tree) -> pygit2.Oid:
        index = pygit2.Index()
        for number, file in tree.items():
            blob = self.repo.create_blob(text(number, file))
            index.add(pygit2.IndexEntry(file.path, blob, pygit2.enums.FileMode(file.mode)))
        return index.write_tree(self.repo)

    def tag(self, name: str, branch: str = "main") -> None:
        """An annotated tag at the tip of a branch."""
        tagger = pygit2.Signature("Tara Tagger", "tara@example.com", self.clock)
        self.repo.create_tag(name, self.tip(branch).oid, pygit2.enums.ObjectType.COMMIT, tagger, f"Release {name}")
        self.tags.append((name, self.heads[branch]))
        self.story.append(f"tag {name} at {self.heads[branch]}")

    def finish(self, branches: Sequence[str]) -> None:
        """Writes the branches; the others (topics) stay without a ref."""
        for name in branches:
            self.repo.references.create(f"refs/heads/{name}", self.tip(name).oid)

    # The graph

    @cached_property
    def _below(self) -> dict[int, frozenset[int]]:
        return {}

    def ancestors(self, number: int) -> frozenset[int]:
        """A commit and all below it."""
        for n in range(len(self._below), number + 1):
            self._below[n] = frozenset({n}).union(*(self._below[p] for p in self.nodes[n].parents))
        return self._below[number]

    def trunk(self, branch: str) -> list[int]:
        """The first-parent line, oldest first."""
        line = [self.heads[branch]]
        while self.nodes[line[-1]].parents:
            line.append(self.nodes[line[-1]].parents[0])
        return line[::-1]

    def bases(self, one: int, other: int) -> list[int]:
        """The best common ancestors."""
        common = self.ancestors(one) & self.ancestors(other)
        return sorted(c for c in common if not any(c in self.ancestors(d) for d in common - {c}))

    def made(self, number: int) -> frozenset[Atom]:
        """What a commit changes against its first parent."""
        node = self.nodes[number]
        return atoms(self.nodes[node.parents[0]].tree if node.parents else {}, node.tree)

    def history_had(self, number: int, file: int) -> bool:
        """Whether a file was ever there below a commit."""
        return any(file in self.nodes[n].tree for n in self.ancestors(number))
