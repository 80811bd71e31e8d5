"""Which commits since a fix came to a branch took it out, or brought it again: by what they change, or say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import PurePosixPath

from auditor.git.changes import Change, Changes
from auditor.presence import dropped
from auditor.presence.case import Case
from auditor.presence.claims import likeness
from auditor.presence.scene import inverse
from auditor.presence.taken_out import together
from auditor.text import kinds, wording

_ENOUGH, _MOST = 1 / 3, 1 / 2
# Of a revert that names the whole id, as git writes it. Where lines had moved on, it is often made by hand.
_SOME = 1 / 8
_WHOLE_ID = 40
# So much of a change is that change, made once more: what is left out is looked for then as after any other.
_AGAIN = 3 / 4
# Lines with fewer letters in all come again by chance.
_RARE = 16


def events(case: Case, number: int) -> list[tuple[int, bool]]:
    """Commits since the arrival that took the fix out (True) or brought it again (False), in order."""
    scene = case.scene
    start = scene.place(case.line, number)
    found = dict(_by_change(case))
    found.update(_by_message(case, number))
    below = case.scene.led_to(case.line, number) if found else ()
    since = [(n, out) for n, out in found.items() if scene.place(case.line, n) >= start and n not in below]
    later = [(n, out) for n, out in since if case.felt(n, case.line, out=out)]
    history = scene.history
    return sorted(later, key=lambda e: (scene.place(case.line, e[0]), history.generation[e[0]], history.ids[e[0]]))


def came_again(case: Case, revert: int) -> bool:
    """Whether the branch has again what a commit took out of it: all telling lines, or most of the change, anew."""
    return _is_there_again(case, revert) or made_again(case, revert)


def made_again(case: Case, revert: int) -> bool:
    """Whether the branch got a commit after another one that makes most of the fix's change, whatever it says."""
    scene, paths = case.scene, {c.path for c in case.changes}
    taken = scene.place(case.line, revert)
    later = ((n, case.search.changes[n]) for n in case.candidates() if scene.place(case.line, n) > taken)
    # Told without a look at the files: of many commits that touch one of a hundred.
    wide = ((n, made) for n, made in later if 2 * len(paths.intersection(c.path for c in made)) >= len(paths))
    like = (n for n, made in wide if min(likeness.answered(case, case.changes, n, made)) >= _AGAIN)
    return any(case.felt(n, case.line, out=False) for n in like)


def _is_there_again(case: Case, revert: int) -> bool:
    """Whether the branch has all telling lines of the fix that a commit took out, whoever put them there.

    What stands in prose beside a fix is not asked for.
    """
    content, history = case.scene.content, case.scene.history
    taken, there = Counter[bytes](), Counter[bytes]()
    above = history.parents[revert][0] if history.parents[revert] else revert
    before, after = (case.at(n) for n in (above, revert))
    beside = not all(map(kinds.is_prose, case.fix.paths))
    for change in (c for c in case.changes if not (beside and kinds.is_prose(c.path))):
        removed, added = content.changed_lines(change)
        was, now, have = (content.all_lines(place.side(change)) for place in (before, after, case.place()))
        took = Counter({line: n for line, n in ((added - removed) & (was - now)).items() if wording.tells([line])})
        # What it left in the file is not what came again.
        taken, there = taken + took, there + (took & (have - now))
    return wording.letters(taken) >= _RARE and taken == there


def _by_change(case: Case) -> Iterator[tuple[int, bool]]:
    candidates = [(n, case.search.changes[n]) for n in case.candidates()]
    ours = [case.changes, *(w.changes for w in case.wholes)] if candidates else []
    for changes in ours:
        alike = [(number, theirs) for number, theirs in candidates if len(theirs) == len(changes)]
        taking = inverse(changes) if alike else ()
        for number, theirs in alike:
            out = _same(case, number, taking, theirs)
            if out or _same(case, number, changes, theirs):
                yield number, out


def _same(case: Case, number: int, one: Changes, other: Changes) -> bool:
    """Whether a commit makes a change: in the same files, or where these had been moved to other folders by then."""
    content = case.scene.content
    if content.same(one, other):
        return True
    paths, oid = {c.path for c in other}, case.scene.history.ids[number]
    elsewhere = [c for c in one if c.path not in paths]
    if not elsewhere or any(not (c.before and c.after) or content.at(oid, c.path) is not None for c in elsewhere):
        return False
    if Counter(_name(c) for c in one) != Counter(_name(c) for c in other):
        return False
    mine, theirs = (Counter((_name(c), content.signature(c)) for c in some) for some in (one, other))
    return mine == theirs


def _name(change: Change) -> str:
    return PurePosixPath(change.path).name


def _by_message(case: Case, number: int) -> Iterator[tuple[int, bool]]:
    """Reverts that name the fix, its merges or its pick, and reverts of these: a hint that content confirms."""
    todo = [
        (n, True)
        for carrier in {*case.carriers(), number, *_merged_here(case, number)}
        for n in case.scene.reverts_of(carrier)
    ]
    seen = set()
    while todo:
        revert, out = todo.pop()
        if revert in seen or not case.scene.contains(case.line, revert):
            continue
        seen.add(revert)
        if _did(case, revert, out=out):
            yield revert, out
        todo += [(n, not out) for n in case.scene.reverts_of(revert)]


def _did(case: Case, revert: int, *, out: bool) -> bool:
    """Whether a commit did what its message says: the region stands so, or enough of the lines went or came.

    The fix's own lines, that is: what comes in their place may be older than what the fix replaced. Half of them
    went from wherever they were, if their file is not there any more.
    """
    if _turned(case, revert, out=out):
        return True
    brought = case.scene.brought(revert)
    if not out:
        return min(likeness.share(case, brought)) >= _ENOUGH
    gone, back = likeness.taken_back(case, brought)
    adds = any(case.scene.content.changed_lines(c)[1] for c in case.changes)
    by_git = any(len(named) == _WHOLE_ID for named in case.scene.history.reverts[revert])
    if (gone if adds else back) >= (_SOME if by_git else _ENOUGH):
        return True
    if by_git and not adds and likeness.wrote_anew(case, brought):
        return True
    return likeness.taken_elsewhere(case, brought) >= _MOST or together.took_out(case, revert)


def _turned(case: Case, revert: int, *, out: bool) -> bool:
    """Whether a region stands as before the fix since a commit, or does so no more."""
    after = dropped.lacks(case, revert)
    above = case.scene.history.parents[revert][:1]
    before = dropped.lacks(case, above[0]) if above else frozenset()
    return bool(after - before if out else before - after)


def _merged_here(case: Case, number: int) -> tuple[int, ...]:
    """The merge by which the fix arrived on the branch: what a revert on the branch would name."""
    arrival = case.scene.arrival(case.line, number)
    return () if arrival == number else (arrival,)
