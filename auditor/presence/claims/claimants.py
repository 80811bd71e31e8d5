"""Who claims to be a fix: commits of a branch that name it, or that it names, and those under its title."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from auditor.fixes import FixCommit
from auditor.git.changes import Changes
from auditor.git.history import History
from auditor.presence.case import Case
from auditor.presence.claims import by_title, change_ids
from auditor.presence.claims.claim import Claim
from auditor.presence.claims.likeness import HALF
from auditor.presence.scene import Line, Scene
from auditor.text import kinds

# An id has no fewer digits.
_DIGITS = 7


def claims(case: Case) -> list[Claim]:
    """Each claimant once, by the claim that asks for least, without what it holds.

    By one that it does not keep it is named where it has no other.
    """
    found: dict[int, Claim] = {}
    for claim in _all(case):
        known = found.get(claim.number)
        if known is None or (bool(claim.left), claim.enough) < (bool(known.left), known.enough):
            found[claim.number] = claim
    return list(found.values())


def originals(scene: Scene, fix: FixCommit) -> list[int]:
    """What a fix may be a copy of, on whatever branch: what it names as its origin, and what was written with it."""
    history = scene.history
    named = [history.named(oid) for carrier in (fix.number, *fix.carriers) for oid in _named_by(history, carrier)]
    twins = (n for n in scene.authored.get(history.authored[fix.number], ()) if n != fix.number)
    return [*(n for n in named if n is not None), *twins]


def _named_by(history: History, carrier: int) -> tuple[str, ...]:
    """What a commit names as its origin, the last first."""
    last = history.picks.get(carrier)
    return history.origins.get(carrier, (last,) if last else ())


def _all(case: Case) -> Iterator[Claim]:
    yield from _origins(case)
    finders = (_named, _same_origin, _same_moment, _same_but_for_logs, change_ids.claims, by_title.claims)
    for claim in itertools.chain.from_iterable(find(case) for find in finders):
        yield claim._replace(words=f"{case.scene.history.ids[claim.number][:12]} on the branch {claim.words}")


def _named(case: Case) -> Iterator[Claim]:
    """Commits of the branch that name the fix, or a merge that carried it."""
    history = case.scene.history
    ids = [history.ids[n] for n in case.carriers()]
    for number, named in sorted(history.picks.items(), key=lambda item: history.ids[item[0]]):
        if _may_be(case, number) and any(oid.startswith(named) for oid in ids):
            yield Claim(number, "names it as its origin", HALF, named=True)


def _origins(case: Case) -> Iterator[Claim]:
    """Commits of the branch that the fix, or a merge that carried it, names: made there, and picked to main.

    The last that is named counts: where that is not to be had, the one before it.
    """
    history = case.scene.history
    for carrier in case.carriers():
        number = next((n for n in map(history.named, _named_by(case.scene.history, carrier)) if n is not None), None)
        if number is not None and _may_be(case, number):
            said = f"{history.ids[carrier][:12]} names {history.ids[number][:12]} on the branch as its origin"
            yield Claim(number, said, HALF, named=True)


def _same_origin(case: Case) -> Iterator[Claim]:
    """Commits of the branch that say to be copies of what the fix itself says that it is a copy of."""
    scene, named = case.scene, case.scene.history.picks.get(case.fix.number)
    for number in scene.copies.get(named[:_DIGITS], ()) if named else ():
        other = scene.history.picks[number]
        alike = named is not None and (named.startswith(other) or other.startswith(named))
        if alike and _may_be(case, number):
            yield Claim(number, f"names the same origin, {other[:12]}", HALF, named=True)


def _same_moment(case: Case) -> Iterator[Claim]:
    """Commits of one author and author date, under one title: one of them may have the pull request's number there.

    Picks and amended commits keep the author date, also where they are given another title.
    """
    scene = case.scene
    ours = scene.title(case.fix.number)
    for number in case.search.twins(case.fix, case.line):
        if scene.title(number).words == ours.words:
            yield Claim(number, "has the same author, author date and subject", HALF)
        elif _is_handed_on(case, number):
            left = by_title.left_by(case, number)
            yield Claim(number, "has the same author and author date", by_title.MORE, left=left)


def _same_but_for_logs(case: Case) -> Iterator[Claim]:
    """Commits that make the same change by their patch identity, but for the change logs that each branch has."""
    scene, ours = case.scene, _but_logs(case.changes)
    for number in case.candidates() if ours else ():
        theirs = _but_logs(case.search.changes[number])
        if scene.content.same(ours, theirs):
            left = by_title.left_by(case, number)
            yield Claim(number, "makes the same change, but for change logs", HALF, left=left)


def _but_logs(changes: Changes) -> Changes:
    return tuple(change for change in changes if not kinds.is_log(change.path))


def _is_handed_on(case: Case, number: int) -> bool:
    """Whether a commit of the fix's author and author date can but be one that became the other.

    No merge is picked as a merge. What a tool commits in one second, and the parts that a commit was split into, are
    several on a branch, and none of these is told to be another.
    """
    scene, fix = case.scene, case.fix.number
    alone = len(scene.history.parents[number]) == 1 and scene.title(number).writers == scene.title(fix).writers
    return alone and _of_one_moment(case, scene.main) <= {fix} and _of_one_moment(case, case.line) == {number}


def _of_one_moment(case: Case, line: Line) -> set[int]:
    """The commits of a branch by the fix's author, of its author date."""
    scene = case.scene
    found = scene.authored.get(scene.history.authored[case.fix.number], ())
    return {n for n in found if scene.contains(line, n)}


def _may_be(case: Case, number: int) -> bool:
    """Whether a commit is on the branch, and not in the fix's own history."""
    return case.scene.contains(case.line, number) and not case.search.is_below(case.fix, number)
