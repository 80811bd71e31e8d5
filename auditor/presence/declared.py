"""Rung 5: a commit on the branch says that it is this fix, or the fix that it is that commit; they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from auditor.errors import RepositoryError
from auditor.git import commits
from auditor.git.changes import Changes
from auditor.model import Via
from auditor.presence import applicable, likeness
from auditor.presence.case import Case, Found

_LEAST = 0.5


def find(case: Case) -> Found | None:
    """The claimant that holds most of the fix: at least half of what it adds, and of what it removes."""
    best = _most(claim for claim in _claims(case) if claim.least >= _LEAST)
    return None if best is None else Found(Via.DECLARED, best.number, f"{best.words}; it {best.held()}")


def too_little(case: Case) -> str | None:
    """Of commits that claim to be the fix, and hold less than half of it, the words on the one that holds most."""
    best = _most(_claims(case))
    return None if best is None else f"{best.words}, but it {best.held()}"


class _Claim(NamedTuple):
    """A commit that claims to be the fix, and the shares of the fix's lines, from 0 to 1, that it holds."""

    number: int
    words: str
    removed: float
    added: float
    where: str

    @property
    def least(self) -> float:
        return min(self.removed, self.added)

    def held(self) -> str:
        return f"holds {self.added:.0%} of its added and {self.removed:.0%} of its removed lines{self.where}"


def _most(claims: Iterable[_Claim]) -> _Claim | None:
    """The first of those that hold most."""
    return max(claims, key=lambda claim: claim.removed + claim.added, default=None)


def _claims(case: Case) -> Iterator[_Claim]:
    for number, words in _claimants(case):
        changes = _changes(case, number)
        claim = _Claim(number, words, *_held(case, number, changes), "")
        yield claim if claim.least >= _LEAST else _of_what_it_could(case, claim, changes)


def _held(case: Case, number: int, changes: Changes) -> tuple[float, float]:
    """How much of the fix a commit holds; of a fix within a larger change, what that change left of it."""
    if not changes:
        return 0.0, 0.0
    ours = case.fix.changes or ()
    larger = [w.changes for w in case.wholes if not likeness.too_small(case, w.changes, changes, _LEAST)]
    alike = [whole for whole in larger if min(likeness.answered(case, whole, number, changes)) >= _LEAST]
    shares = [likeness.answered(case, ours, number, changes)]
    shares += [likeness.surviving(case, whole, number, changes) for whole in alike]
    return max(shares, key=min)


def _of_what_it_could(case: Case, claim: _Claim, changes: Changes) -> _Claim:
    """The claim by what the fix does to files that the branch ever had: of the others it can hold nothing."""
    ours = case.fix.changes or ()
    owed = applicable.owed(case) if len(ours) > 1 and changes else ours
    if len(owed) in (0, len(ours)):
        return claim
    removed, added = likeness.answered(case, owed, claim.number, changes)
    return _Claim(claim.number, claim.words, removed, added, " in files that the branch ever had")


def _claimants(case: Case) -> Iterator[tuple[int, str]]:
    scene = case.scene
    ids = [scene.history.ids[n] for n in case.carriers()]
    for number, named in sorted(scene.history.picks.items(), key=lambda item: scene.history.ids[item[0]]):
        on_branch = scene.contains(case.line, number) and not case.search.is_below(case.fix, number)
        if on_branch and any(oid.startswith(named) for oid in ids):
            yield number, f"{scene.history.ids[number][:12]} on the branch names it as its origin"
    yield from _origins(case)
    yield from _same_identity(case)


def _origins(case: Case) -> Iterator[tuple[int, str]]:
    """Commits of the branch that the fix, or a merge that carried it, names: made there, and picked to main."""
    history = case.scene.history
    for carrier in case.carriers():
        number = history.named(history.picks.get(carrier, ""))
        if number is not None and case.scene.contains(case.line, number) and not case.search.is_below(case.fix, number):
            yield number, f"{history.ids[carrier][:12]} names {history.ids[number][:12]} on the branch as its origin"


def _same_identity(case: Case) -> Iterator[tuple[int, str]]:
    ours = _identity(case, case.fix.oid)
    for number in case.search.twins(case.fix, case.line):
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
