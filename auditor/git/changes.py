"""What commits change: raw differences of trees, and what a merge holds of its own."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import pygit2

from auditor.errors import RepositoryError
from auditor.git import commits, process
from auditor.git.store import Store

_DIFF_TREE = (
    "diff-tree",
    "--stdin",
    "-r",
    "--raw",
    "-z",
    "--root",
    "--no-renames",
    "--always",
    "--abbrev=64",
)
_NOTHING = "0" * 40
# Up to so many comparisons cost less than a git process.
_FEW = 3
_COMMITS_A_LOOK = 10_000
_CACHED_SIDES = 30_000
_FLAGS = pygit2.enums.DiffOption.INCLUDE_TYPECHANGE
REGULAR = (0o100644, 0o100755, 0o100664)


class Side(NamedTuple):
    """A file as one tree has it: mode and blob."""

    mode: int
    oid: str


class Change(NamedTuple):
    """A path before and after a commit; None where it does not exist there."""

    path: str
    before: Side | None
    after: Side | None


Changes = tuple[Change, ...]


def diffs(store: Store, questions: Sequence[str], paths: Sequence[str] = ()) -> list[Changes | None]:
    """The changes of each commit against its first parent, in the order asked.

    A question is `COMMIT`, or `COMMIT PARENT` for another parent (any commit will do). `paths`, if
    given, limits the answer to these. None stands for a commit whose trees cannot be read.
    """
    if store.small or len(questions) <= _FEW:
        wanted = frozenset(paths)
        return [_limited(_compare(store, *q.split()), wanted) for q in questions]
    return _by_git(store, questions, paths)


def additions(store: Store, questions: Sequence[str]) -> Iterator[Changes | None]:
    """The files that each commit adds, asked for as in `diffs`: what a whole history comes to, piece by piece."""
    for start in range(0, len(questions), _COMMITS_A_LOOK):
        some = questions[start : start + _COMMITS_A_LOOK]
        if not store.small:
            yield from _by_git(store, some, (), "--diff-filter=A")
            continue
        for changes in diffs(store, some):
            yield None if changes is None else tuple(c for c in changes if c.before is None)


def _limited(changes: Changes | None, wanted: frozenset[str]) -> Changes | None:
    return tuple(c for c in changes if c.path in wanted) if changes and wanted else changes


def _compare(store: Store, commit: str, other: str = "") -> Changes | None:
    """Two trees compared without a process: the quickest way in a small repository, and for a few commits."""
    try:
        above = other or next(iter(commits.parents_and_time(store.raw(commit)[1])[0]), None)
        return _between(store, store.tree(above) if above else None, store.tree(commit))
    except (KeyError, ValueError, OSError, pygit2.GitError, RepositoryError):
        return None


def _between(store: Store, old: str | None, new: str) -> Changes:
    """A fix, the merge that brought it, and the whole hotfix are often one difference of two trees."""
    known = store.compared.get((old, new))
    if known is None:
        known = _differences(store, old, new)
        if store.small:
            store.compared[(old, new)] = known
    return known


def _differences(store: Store, old: str | None, new: str) -> Changes:
    tree = store.objects[new].peel(pygit2.Tree)
    above = store.objects[old].peel(pygit2.Tree) if old else None
    diff = above.diff_to_tree(tree, _FLAGS) if above else tree.diff_to_tree(flags=_FLAGS, swap=True)
    files = [(delta.old_file, delta.new_file) for delta in diff.deltas]
    changes = [Change(_text(after.raw_path), _read_side(before), _read_side(after)) for before, after in files]
    return tuple(sorted(changes, key=lambda c: c.path))


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _read_side(file: pygit2.DiffFile) -> Side | None:
    mode = int(file.mode)
    return Side(mode, str(file.id)) if mode else None


def _by_git(store: Store, questions: Sequence[str], paths: Sequence[str], *options: str) -> list[Changes | None]:
    """Many comparisons in a large repository: one process for all, and for halves of them where it fails."""
    if not questions:
        return []
    try:
        limit = ("--", *paths) if paths else ()
        stdin = "".join(f"{q}\n" for q in questions).encode()
        return list(_parse(process.run(store.git_dir, *_DIFF_TREE, *options, *limit, stdin=stdin)))
    except RepositoryError:
        if len(questions) == 1:
            return [None]
    half = len(questions) // 2
    return _by_git(store, questions[:half], paths, *options) + _by_git(store, questions[half:], paths, *options)


def _parse(output: bytes) -> Iterator[Changes]:
    """Splits `ID NUL changes` at the ids: only a change begins with a colon."""
    fields = output.decode("utf-8", "surrogateescape").split("\0")
    heads = _heads(fields)
    for start, end in itertools.pairwise([*heads, len(fields)]):
        yield _read_fields(fields[start + 1 : end])


def _heads(fields: Sequence[str]) -> list[int]:
    heads, at = [], 0
    while at < len(fields):
        if fields[at].startswith(":"):
            at += 1
        elif fields[at]:
            heads.append(at)
        at += 1
    return heads


def _read_fields(fields: Sequence[str]) -> Changes:
    pairs = zip(fields[::2], fields[1::2], strict=False)
    return tuple(_change(head, path) for head, path in pairs if head)


def _change(head: str, path: str) -> Change:
    old_mode, new_mode, old, new, _ = head[1:].split(" ")
    return Change(sys.intern(path), _side(old_mode, old), _side(new_mode, new))


def from_nothing(store: Store, commit: str) -> Changes:
    """All files of a commit, as added: what a hotfix with nothing below it comes to."""
    output = process.run(store.git_dir, "ls-tree", "-r", "-z", "--full-tree", commit)
    found = []
    for line in output.decode("utf-8", "surrogateescape").split("\0"):
        if line:
            head, path = line.split("\t", 1)
            mode, _, oid = head.split(" ")
            found.append(Change(path, None, Side(int(mode, 8), oid)))
    return tuple(found)


@lru_cache(_CACHED_SIDES)
def _side(mode: str, oid: str) -> Side | None:
    """One value for one file: a commit's side after is its child's side before."""
    return None if oid == _NOTHING else Side(int(mode, 8), oid)
