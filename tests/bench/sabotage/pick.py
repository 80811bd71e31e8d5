"""Picks by chance, from a real history, a small fix and the work that came after it."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pygit2
from pygit2.enums import FileMode

from auditor.text import lines
from tests.bench.prove import environment
from tests.bench.sabotage.cut import Edit, UnfitError, edit

_HISTORY = 6000  # commits that are looked at, the newest
_MOST_FILES, _MOST_LINES, _LARGEST = 6, 150, 400_000  # of a fix; the last is a file's bytes
_TRIES = 60  # to find a fix
_OLDER = (0, 0, 5, 20, 60)  # commits between the root's tree and the fix
_AFTER, _MOST_WORK, _OTHERS = 400, 12, 2  # commits that work is looked for in, and how many are taken


@dataclass(frozen=True)
class Source:
    """A real repository: where its objects are, and its commits with one parent, oldest first."""

    name: str
    repo: pygit2.Repository
    objects: Path
    log: tuple[str, ...]

    def at(self, number: int) -> pygit2.Commit:
        """One of the commits."""
        return self.repo[self.log[number]].peel(pygit2.Commit)


@dataclass(frozen=True)
class Picked:
    """What a story is made of: the commit whose tree is the root's, a fix, work on its files, and other work."""

    base: pygit2.Commit
    fix: pygit2.Commit
    edits: tuple[Edit, ...]
    later: tuple[pygit2.Commit, ...]
    others: tuple[pygit2.Commit, ...]

    @property
    def before(self) -> pygit2.Oid:
        """The tree that the fix was made on."""
        return self.fix.parents[0].tree_id


def opened(repository: Path, ref: str) -> Source:
    """The repository to pick from. Raises SystemExit with what git says where there is none, or no such ref."""
    one_parent = ("--min-parents=1", "--max-parents=1", f"--max-count={_HISTORY}")
    log = _git(repository, "rev-list", *one_parent, "--end-of-options", ref, "--").split()
    folder, objects = (Path(_git(repository, "rev-parse", *w)) for w in (["--git-dir"], ["--git-path", "objects"]))
    return Source(
        str(repository), pygit2.Repository(str(repository / folder)), (repository / objects).resolve(), tuple(log[::-1])
    )


def pick(source: Source, chance: random.Random) -> Picked:
    """A fix with what came after it; raises UnfitError where none is found."""
    for _ in range(_TRIES if len(source.log) > 2 else 0):
        at = chance.randrange(1, len(source.log) - 1)
        fix = source.at(at)
        if edits := _edits(fix):
            base = source.at(max(at - chance.choice(_OLDER), 0)).parents[0]
            after = range(at + 1, min(at + _AFTER, len(source.log)))
            others = chance.sample(after, min(_OTHERS, len(after)))
            later = tuple(islice(_touching(source, fix, after), _MOST_WORK))
            return Picked(base, fix, edits, later, tuple(source.at(n) for n in others))
    raise UnfitError


def read(tree: pygit2.Tree, path: str) -> bytes | None:
    """A plain file; None where there is none, or a link, or a submodule."""
    found = tree / path if path in tree else None
    if isinstance(found, pygit2.Blob) and found.filemode in (FileMode.BLOB, FileMode.BLOB_EXECUTABLE):
        return found.data
    return None


def _git(folder: Path, *words: str) -> str:
    if not folder.is_dir():
        raise SystemExit(f"{folder}: no such folder")
    done = subprocess.run(["git", *words], cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{folder}: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def _touching(source: Source, fix: pygit2.Commit, after: range) -> Iterator[pygit2.Commit]:
    """The later commits that touch files of a fix."""
    paths = _paths(fix)
    return (commit for n in after if paths & _paths(commit := source.at(n)))


def _edits(commit: pygit2.Commit) -> tuple[Edit, ...]:
    """The edits, of a fix of a few lines of text, that are worth taking out; those of tests run nowhere."""
    deltas = list(_diff(commit).deltas)
    if len(deltas) > _MOST_FILES or any(d.status_char() not in "MA" for d in deltas):
        return ()
    found = [_edit(commit, d.new_file.path) for d in deltas]
    made = [e for e in found if e]
    if len(made) < len(found) or sum(h.removed + h.added for e in made for h in e.hunks) > _MOST_LINES:
        return ()
    return tuple(e for e in made if e.old and e.telling and "test" not in e.path.lower())


def _edit(commit: pygit2.Commit, path: str) -> Edit | None:
    """What a commit made of a file; None of a large one, and of what is no text."""
    old, new = read(commit.parents[0].tree, path) or b"", read(commit.tree, path)
    if new is None or len(new) > _LARGEST or lines.is_binary(old) or lines.is_binary(new):
        return None
    return edit(path, old, new)


def _paths(commit: pygit2.Commit) -> set[str]:
    return {d.new_file.path for d in _diff(commit).deltas}


def _diff(commit: pygit2.Commit) -> pygit2.Diff:
    return commit.parents[0].tree.diff_to_tree(commit.tree)
