"""Commits of a branch that claim to be a fix by their title: of one pull request, by one author, or with a label.

Forges and people back-port changes under their titles. How much of the fix such a commit has to hold depends on how
surely the title is this change's alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.presence.case import Case
from auditor.presence.claims import likeness, titles
from auditor.presence.claims.claim import Claim
from auditor.presence.claims.likeness import HALF
from auditor.presence.scene import Line, Scene
from auditor.text import kinds

# Half is asked of one pull request, or under one author's title and message that nothing else has. Of 261 pairs under
# one author's long title, alone on each side, of which one held half of the other or more, but not all, and named an
# origin, 256 named one another or the same, four a third copy or what copies had reverted, and one what is not to be
# had; of those that named none 42 were read, and all were of one change.

# Of a commit with but the title and author of the fix: one author does much under a title such as "Update README".
_MOST = 1.0
# Where the title says that it is a copy for a release: of thousands of other changes that have one title and such a
# label, none holds as much of another, but where it is landed again.
NEARLY = 0.95
# Under another title more than half: of what a script writes for two releases in one second, the day may be half.
MORE = 2 / 3
# Of more commits under one title those are asked that have most of the fix's lines: a bot has one for all that it does.
_UNDER_ONE = 8


def claims(case: Case) -> Iterator[Claim]:
    """Commits and merges that land the same change on the branch for itself."""
    scene = case.scene
    ours = scene.title(case.fix.number)
    came = [scene.title(n) for n in case.carriers()]
    merges = case.merges() if ours.pulls or ours.ported else ()
    every = dict.fromkeys((*case.candidates(), *merges, *case.search.namesakes(case.fix, case.line)))
    for number in _but_most(case, ours, list(every)):
        theirs = scene.title(number)
        found = (
            _of_one_pull(case, number, ours, came)
            or _under_one_title(case, number, ours, theirs)
            or _listed(case, number, ours, theirs)
            or _of_one_flaw(case, number, ours, theirs)
        )
        if found:
            yield found


def _but_most(case: Case, ours: titles.Title, numbers: list[int]) -> list[int]:
    """Some commits, of many under the fix's title those alone that have most of its lines."""
    scene = case.scene
    alike = [n for n in numbers if titles.same(ours, scene.title(n))]
    if len(alike) <= _UNDER_ONE:
        return numbers
    near = {n: likeness.in_common(case, case.made_by(n)) for n in alike}
    few = set(sorted(alike, key=lambda n: (-near[n], scene.history.ids[n]))[:_UNDER_ONE])
    return [n for n in numbers if n in few or n not in near]


def _of_one_pull(case: Case, number: int, ours: titles.Title, came: list[titles.Title]) -> Claim | None:
    theirs = case.scene.title(number)
    if titles.same(ours, theirs) and ours.pulls & theirs.pulls:
        return Claim(number, "has the same title, of the same pull request or ticket", HALF)
    if titles.same(ours, theirs) and ours.flaws & theirs.flaws and not left_by(case, number):
        return Claim(number, "has the same title, of the same CVE or GHSA number", HALF)
    if titles.copies(ours, theirs) or any(titles.copied(title, theirs) for title in came):
        words = "is of the same pull request, by its title"
    elif any(titles.ports(theirs, title) or titles.ports(title, theirs) for title in came):
        words = "is of the same pull request, as the message of one of the two says"
    else:
        return None
    return None if left_alone(case, number) else Claim(number, words, HALF)


def _under_one_title(case: Case, number: int, ours: titles.Title, theirs: titles.Title) -> Claim | None:
    words = _by_words(ours, theirs) if titles.same(ours, theirs) else None
    if words is None:
        return None
    if titles.one_message(ours, theirs) and _alone(case, number):
        return Claim(number, f"has the same {words} and the same message, as no other commit has", HALF)
    enough = NEARLY if titles.marked(ours, theirs) else _MOST
    return Claim(number, f"has the same {words}", enough, left=left_by(case, number))


def _listed(case: Case, number: int, ours: titles.Title, theirs: titles.Title) -> Claim | None:
    """What a forge made of many commits has their titles in its message; one without a number has to be long."""
    numbers = titles.listed(theirs, ours)
    known = bool(numbers and numbers & (ours.pulls | ours.flaws))
    if numbers is None or not (known or titles.is_long(ours)):
        return None
    enough = HALF if known else NEARLY
    return Claim(number, "lists its title in its message", enough, left=left_by(case, number))


def _of_one_flaw(case: Case, number: int, ours: titles.Title, theirs: titles.Title) -> Claim | None:
    """What names the one flaw that the fix does; where several mend it, each is what it holds most of."""
    if not titles.of_one_flaw(ours, theirs):
        return None
    return Claim(number, "names the same CVE or GHSA number, and no other", MORE, left=left_by(case, number))


def left_by(case: Case, number: int) -> tuple[str, ...]:
    """The files of which a part stands there as before the fix.

    So it does where the same change was made to a block that is like the fix's own.
    """
    told = {path for path, _ in case.lacking(case.scene.history.ids[number])}
    return tuple(sorted(path for path in told if not (kinds.is_own_to_a_branch(path) or kinds.is_test(path))))


def _by_words(ours: titles.Title, theirs: titles.Title) -> str | None:
    """What makes one of two commits with one title the copy of the other, if it holds nearly all of it."""
    if ours.author and ours.author == theirs.author:
        return "author and title"
    if titles.by_one(ours, theirs):
        return "title, and one of the two names who wrote the other"
    return "title, by which one is a copy for a release" if titles.is_copy(ours, theirs) else None


def _alone(case: Case, number: int) -> bool:
    """Whether nothing else on main says what the fix says, nor on the branch what its claimant says.

    A second try may have the message of the first, and most of its lines.
    """
    scene, fix = case.scene, case.fix.number
    return _saying(scene, scene.main, fix) <= {fix} and _saying(scene, case.line, number) <= {number}


def _saying(scene: Scene, line: Line, number: int) -> set[int]:
    """The commits of a branch by one author, under one title, with the message of a commit."""
    said = scene.title(number).body
    return {n for n in scene.under_title(number) if scene.contains(line, n) and scene.title(n).body == said}


def left_alone(case: Case, number: int) -> bool:
    """Whether all that the fix changes stands there as before it: what has its lines has them elsewhere."""
    before = case.place(case.fix.base).undone() if case.fix.base else frozenset()
    return bool(before) and before <= case.at(number).undone()
