"""Rung 5: a commit on the branch says that it is this fix, and resembles it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import RepositoryError
from auditor.git import commits
from auditor.git.changes import Changes
from auditor.model import Via
from auditor.presence import likeness
from auditor.presence.case import Case, Found

_LEAST = 0.5


def find(case: Case) -> Found | None:
    """The claimant that holds most of the fix, if that is at least half of what it adds and of what it removes."""
    best: tuple[float, int, str] | None = None
    for number, words in _claimants(case):
        changes = _changes(case, number)
        removed, added = likeness.share(case, changes)
        if changes and min(removed, added) >= _LEAST and (best is None or removed + added > best[0]):
            best = (
                removed + added,
                number,
                f"{words}; it holds {added:.0%} of its added and {removed:.0%} of its removed lines",
            )
    return None if best is None else Found(Via.DECLARED, best[1], best[2])


def _claimants(case: Case) -> Iterator[tuple[int, str]]:
    scene = case.scene
    ids = [scene.history.ids[n] for n in case.carriers()]
    for number, named in sorted(scene.history.picks.items(), key=lambda item: scene.history.ids[item[0]]):
        if scene.contains(case.line, number) and not case.search.is_below(case.fix, number):
            if any(oid.startswith(named) for oid in ids):
                yield number, f"{scene.history.ids[number][:12]} on the branch names it as its origin"
    yield from _same_identity(case)


def _same_identity(case: Case) -> Iterator[tuple[int, str]]:
    ours = _identity(case, case.fix.oid)
    for number in case.candidates():
        oid = case.scene.history.ids[number]
        if ours is not None and _identity(case, oid) == ours:
            yield number, f"{oid[:12]} on the branch has the same author, author date and subject"


def _identity(case: Case, oid: str) -> bytes | None:
    try:
        return commits.parse_commit(case.scene.content.store.raw(oid)[1]).identity
    except RepositoryError:
        return None


def _changes(case: Case, number: int) -> Changes:
    return case.search.changes.get(number) or case.scene.brought(number) or ()
