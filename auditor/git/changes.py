"""What commits change: raw differences of trees, and what a merge holds of its own."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
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
# Git holds every path against each file that it comes by: of more paths, reading of all files is quicker.
_MOST_PATHSPECS = 8
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
    return list(each(store, questions, paths))


def each(store: Store, questions: Sequence[str], paths: Sequence[str] = ()) -> Iterator[Changes | None]:
    """The same one by one: what a whole history changes, all at once, may not fit in memory."""
    wanted = frozenset(paths)
    if store.small or len(questions) <= _FEW:
        return (_limited(_compare(store, *q.split()), wanted) for q in questions)
    return _by_git(store, questions, ("--", *paths) if len(paths) <= _MOST_PATHSPECS else (), wanted)


def additions(store: Store, questions: Sequence[str]) -> Iterator[Changes | None]:
    """The files that each commit adds, one by one as in `each`."""
    if not store.small:
        return _by_git(store, questions, ("--diff-filter=A",))
    every = each(store, questions)
    return (changes and tuple(c for c in changes if c.before is None) for changes in every)


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


def _by_git(
    store: Store, questions: Sequence[str], options: Sequence[str], wanted: Collection[str] = frozenset()
) -> Iterator[Changes | None]:
    """Many comparisons in a large repository: one process for all, and another for the rest wherever one fails."""
    done = 0
    while done < len(questions):
        known = done
        with suppress(RepositoryError):
            for changes in _ask(store, questions[done:], options, wanted):
                yield changes
                done += 1
        if known == done < len(questions):
            # The first of them cannot be read, or is the last of which the process told all before the next.
            yield _alone(store, questions[done], options, wanted)
            done += 1


def _alone(store: Store, question: str, options: Sequence[str], wanted: Collection[str]) -> Changes | None:
    try:
        return next(_ask(store, [question], options, wanted))
    except RepositoryError:
        return None


def _ask(store: Store, questions: Sequence[str], options: Sequence[str], wanted: Collection[str]) -> Iterator[Changes]:
    """Splits `ID NUL changes` at the ids: only a change begins with a colon.

    Raises `RepositoryError` where git fails.
    """
    stdin = "".join(f"{q}\n" for q in questions).encode()
    fields = process.fields(store.git_dir, *_DIFF_TREE, *options, stdin=stdin)
    found: list[Change] = []
    heads = 0
    for field in fields:
        if field.startswith(b":"):
            path = _text(next(fields))
            if not wanted or path in wanted:
                found.append(_change(field.decode(), path))
            continue
        if heads:
            yield tuple(found)
        found = []
        if not questions[heads].startswith(field.decode()):
            break
        heads += 1
    if heads < len(questions):
        raise RepositoryError("objects-missing", f"git diff-tree said nothing of {questions[heads]}")
    yield tuple(found)


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
