"""From a hotfix's commits to its fixes: those that change something that counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from auditor.errors import RepositoryError
from auditor.git import commits, merges
from auditor.git.changes import Changes, diffs
from auditor.git.content import Content
from auditor.git.history import History
from auditor.model import Fix

Counts = Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class FixCommit:
    """A fix with what it changes (ignored paths left out). `base` is the commit it was made on.

    `changes` is None where they cannot be read. `carriers` are the merges of the hotfix that brought it.
    """

    number: int
    oid: str
    base: str | None
    is_merge: bool
    changes: Changes | None
    carriers: tuple[int, ...]

    def __hash__(self) -> int:
        """Of the commit alone: it is asked for by the thousand, and may have changed as many files."""
        return hash(self.oid)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that count."""
        return tuple(c.path for c in self.changes or ())


def counter(ignored: Sequence[str]) -> Counts:
    """Tells whether a path counts: whether no ignore pattern (as in a gitignore file) matches it."""
    if not ignored:
        return lambda _: True
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(ignored)
    return lambda path: not spec.match_file(path)


def counting(changes: Changes | None, counts: Counts) -> Changes | None:
    """The changes that count."""
    return None if changes is None else tuple(c for c in changes if counts(c.path))


def ignored_by(patterns: Sequence[str], changes: Changes) -> tuple[str, ...]:
    """Those of the ignore patterns that match a path of some changes."""
    return tuple(p for p in patterns if not all(map(counter([p]), (c.path for c in changes))))


def find_fixes(
    content: Content, history: History, ranges: Sequence[Sequence[int]], counts: Counts
) -> list[tuple[FixCommit, ...]]:
    """The fixes of each range of commits, oldest first, all looked up together."""
    wanted = sorted({n for commits_ in ranges for n in commits_})
    single = [n for n in wanted if len(history.parents[n]) < 2]
    merged = [n for n in wanted if len(history.parents[n]) > 1]
    found: dict[int, Changes | None] = dict(
        zip(single, diffs(content.store, [history.step(n) for n in single]), strict=True)
    )
    found.update(merges.own_changes(content, history, merged))
    return [_fixes_of(list(commits_), history, found, counts) for commits_ in ranges]


def _fixes_of(
    numbers: list[int], history: History, found: dict[int, Changes | None], counts: Counts
) -> tuple[FixCommit, ...]:
    carried = _carriers(numbers, history)
    fixes = []
    for number in numbers:
        changes = counting(found[number], counts)
        if changes is None or changes:
            above = history.parents[number]
            base = history.ids[above[0]] if above else None
            merge = len(above) > 1
            fixes.append(FixCommit(number, history.ids[number], base, merge, changes, carried.get(number, ())))
    return tuple(fixes)


def _carriers(numbers: list[int], history: History) -> dict[int, tuple[int, ...]]:
    """For each commit of a range, the merges of the range that brought it to their first parent."""
    inside = set(numbers)
    carried: dict[int, list[int]] = {}
    for merge in (n for n in numbers if len(history.parents[n]) > 1):
        first, *others = history.parents[merge]
        brought = _within(others, inside, history) - _within([first], inside, history)
        for number in brought:
            carried.setdefault(number, []).append(merge)
    return {number: tuple(found) for number, found in carried.items()}


def _within(starts: Sequence[int], inside: set[int], history: History) -> set[int]:
    seen = {s for s in starts if s in inside}
    todo = list(seen)
    while todo:
        for parent in history.parents[todo.pop()]:
            if parent in inside and parent not in seen:
                seen.add(parent)
                todo.append(parent)
    return seen


def describe(content: Content, fix: FixCommit) -> Fix:
    """A fix as people read it."""
    try:
        commit = commits.parse_commit(content.store.raw(fix.oid)[1])
    except RepositoryError:
        commit = commits.parse_commit(b"")
    paths = tuple(p.encode("utf-8", "surrogateescape").decode("utf-8", "replace") for p in fix.paths)
    return Fix(fix.oid, commit.subject, commit.author, commit.authored_at, paths, fix.is_merge)
