"""Rung 5: a commit on the branch says that it is this fix, or the fix that it is that commit; they are alike."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from auditor.git.changes import Change, Changes
from auditor.model import Via
from auditor.presence import applicable
from auditor.presence.case import Case, Found, Regions
from auditor.presence.claims import aside, conflicts, likeness, titles

_LEAST = 0.5
# An id has no fewer digits.
_DIGITS = 7
# So many of the files that a claimant left out are named.
_NAMED = 3
# Of a commit with but the title and author of the fix: one author does much under a title such as "Update README".
_MOST = 1.0
# Where the title says that it is a copy for a release: of thousands of other changes that have one title and such a
# label, none holds as much of another, but where it is landed again.
_NEARLY = 0.95


def find(case: Case) -> Found | None:
    """The claimant that holds most of the fix: enough of what it adds, and of what it removes."""
    best = _most(claim for claim in _claims(case) if claim.holds_enough)
    if best is None or _left(case, best.number, whole=True):
        return None
    left = _left(case, best.number)
    return Found(Via.DECLARED, best.number, f"{best.words}; it {best.held()}{_but_left(left)}")


def too_little(case: Case) -> str | None:
    """Of commits that claim to be the fix, and hold less than enough of it, the words on the one that holds most."""
    best = _most(_claims(case))
    if best is None:
        return None
    left = _left(case, best.number, whole=True)
    return f"{best.words}, but it {best.held()}{_but_left(left)}"


def _left(case: Case, number: int, *, whole: bool = False) -> list[str]:
    """Files that a claimant left as before the fix, as they still are, and main's are not.

    With `whole` those of which no lines tell how much it holds: a mode, a binary file, a submodule, a file to be gone.
    What it moved is not left, though it is there under another name.
    """
    case = replace(case, came=number)
    main = case.place(case.scene.main.tip).undone()
    there = case.place().undone() & case.place(case.scene.history.ids[number]).undone() - main
    return sorted(c.path for c in case.fix.changes or () if _all_of(case, c, there, whole=whole))


def _all_of(case: Case, change: Change, there: Regions, *, whole: bool) -> bool:
    """Whether the regions that stand as before are all of a file's, or one that has no lines."""
    mine = {n for path, n in there if path == change.path}
    return min(mine, default=0) < 0 if whole else len(mine) >= case.scene.content.size(change)


def _but_left(paths: Sequence[str]) -> str:
    if not paths:
        return ""
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f", and leaves {', '.join(paths[:_NAMED])}{more} as before it"


class _Claim(NamedTuple):
    """A commit that claims to be the fix, how much of it that asks for, and how much it holds, from 0 to 1."""

    number: int
    words: str
    enough: float
    removed: float = 0.0
    added: float = 0.0
    where: str = ""

    @property
    def holds_enough(self) -> bool:
        return min(self.removed, self.added) >= self.enough

    def held(self) -> str:
        added, removed = _percent(self.added), _percent(self.removed)
        return f"holds {added} of its added and {removed} of its removed lines{self.where}"


def _percent(share: float) -> str:
    """Never rounded up: 100 % is all of it."""
    return f"{int(share * 100 + 1e-9)}%"


def _most(claims: Iterable[_Claim]) -> _Claim | None:
    """The first of those that hold most."""
    return max(claims, key=lambda claim: claim.removed + claim.added, default=None)


def _claims(case: Case) -> Iterator[_Claim]:
    """Each claimant once, by the claim that asks for least: the first."""
    claimants: dict[int, _Claim] = {}
    for said in _claimants(case):
        claimants.setdefault(said.number, said)
    for said in claimants.values():
        number, changes = conflicts.resolved(case, said.number, _changes(case, said.number))
        removed, added = _held(case, number, changes)
        claim = said._replace(removed=removed, added=added)
        if not claim.holds_enough:
            claim = _of_what_it_could(case, claim, number, changes)
        yield claim if claim.holds_enough else _of_what_tells(case, claim, number, changes)


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


def _of_what_it_could(case: Case, claim: _Claim, number: int, changes: Changes) -> _Claim:
    """The claim by what the fix does to files that the branch ever had: of the others it can hold nothing."""
    ours = case.fix.changes or ()
    owed = applicable.owed(case) if len(ours) > 1 and changes else ours
    if len(owed) in (0, len(ours)):
        return claim
    removed, added = likeness.answered(case, owed, number, changes)
    return claim._replace(removed=removed, added=added, where=" in files that the branch ever had")


def _of_what_tells(case: Case, claim: _Claim, number: int, changes: Changes) -> _Claim:
    """The claim of who says to be the fix by what of that tells, if it holds enough of this."""
    if claim.enough > _LEAST or not changes:
        return claim
    removed, added = aside.answered(case, number, changes)
    told = claim._replace(removed=removed, added=added, where=" that tell")
    return told if told.holds_enough else claim


def _claimants(case: Case) -> Iterator[_Claim]:
    scene = case.scene
    ids = [scene.history.ids[n] for n in case.carriers()]
    for number, named in sorted(scene.history.picks.items(), key=lambda item: scene.history.ids[item[0]]):
        on_branch = scene.contains(case.line, number) and not case.search.is_below(case.fix, number)
        if on_branch and any(oid.startswith(named) for oid in ids):
            yield _Claim(number, f"{scene.history.ids[number][:12]} on the branch names it as its origin", _LEAST)
    yield from _origins(case)
    yield from _same_origin(case)
    yield from _same_moment(case)
    yield from _same_change(case)


def _origins(case: Case) -> Iterator[_Claim]:
    """Commits of the branch that the fix, or a merge that carried it, names: made there, and picked to main."""
    history = case.scene.history
    for carrier in case.carriers():
        number = history.named(history.picks.get(carrier, ""))
        if number is not None and case.scene.contains(case.line, number) and not case.search.is_below(case.fix, number):
            said = f"{history.ids[carrier][:12]} names {history.ids[number][:12]} on the branch as its origin"
            yield _Claim(number, said, _LEAST)


def _same_origin(case: Case) -> Iterator[_Claim]:
    """Commits of the branch that say to be copies of what the fix itself says that it is a copy of."""
    scene, named = case.scene, case.scene.history.picks.get(case.fix.number)
    for number in scene.copies.get(named[:_DIGITS], ()) if named else ():
        other = scene.history.picks[number]
        alike = named is not None and (named.startswith(other) or other.startswith(named))
        if alike and scene.contains(case.line, number) and not case.search.is_below(case.fix, number):
            said = f"{scene.history.ids[number][:12]} on the branch names the same origin, {other[:12]}"
            yield _Claim(number, said, _LEAST)


def _same_moment(case: Case) -> Iterator[_Claim]:
    """Commits of one author and author date, under one title: one of them may have the pull request's number there."""
    scene = case.scene
    ours = scene.title(case.fix.number)
    for number in case.search.twins(case.fix, case.line):
        if scene.title(number).words == ours.words:
            said = f"{scene.history.ids[number][:12]} on the branch has the same author, author date and subject"
            yield _Claim(number, said, _LEAST)


def _same_change(case: Case) -> Iterator[_Claim]:
    """Commits and merges that land the same change on the branch for itself: of one pull request, or by one author.

    After the same change of a like block the fix's own stands as before it.
    """
    scene = case.scene
    ours = scene.title(case.fix.number)
    came = [scene.title(n) for n in case.carriers()]
    for number in (*case.candidates(), *(case.merges() if ours.pulls else ())):
        oid, theirs = scene.history.ids[number], scene.title(number)
        alike, on_branch = titles.same(ours, theirs), f"{oid[:12]} on the branch"
        by_words = _by_words(ours, theirs) if alike else None
        if alike and ours.pulls & theirs.pulls:
            yield _Claim(number, f"{on_branch} has the same title, of the same pull request or ticket", _LEAST)
        elif _one_pull(ours, came, theirs) and not _left_alone(case, oid):
            yield _Claim(number, f"{on_branch} is of the same pull request, by its title", _LEAST)
        elif by_words and not case.lacks(oid):
            enough = _NEARLY if titles.marked(ours, theirs) else _MOST
            yield _Claim(number, f"{on_branch} has the same {by_words}", enough)


def _by_words(ours: titles.Title, theirs: titles.Title) -> str | None:
    """What makes one of two commits with one title the copy of the other, if it holds nearly all of it."""
    if ours.author and ours.author == theirs.author:
        return "author and title"
    if titles.by_one(ours, theirs):
        return "title, and one of the two names who wrote the other"
    return "title, by which one is a copy for a release" if titles.is_copy(ours, theirs) else None


def _one_pull(ours: titles.Title, came: Iterable[titles.Title], theirs: titles.Title) -> bool:
    """Whether of the fix, with what brought it, and another commit one says that it is a copy of the other."""
    return titles.copies(ours, theirs) or any(titles.copied(title, theirs) for title in came)


def _left_alone(case: Case, oid: str) -> bool:
    """Whether all that the fix changes stands there as before it: what has its lines has them elsewhere."""
    before = case.place(case.fix.base).undone() if case.fix.base else frozenset()
    return bool(before) and before <= case.place(oid).undone()


def _changes(case: Case, number: int) -> Changes:
    return case.search.changes.get(number) or case.scene.brought(number) or ()
