"""Presence in history is not presence in content: a fix taken out again (or, see `dropped`, never let in)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import replace

from auditor.git.changes import Changes, diffs
from auditor.model import Status
from auditor.presence import dropped, likeness, older, standing, withdrawn
from auditor.presence.case import Case, Found, Regions, Undone, names
from auditor.presence.place import Place
from auditor.presence.scene import inverse
from auditor.presence.since import first_of_last

_ENOUGH, _MOST = 1 / 3, 1 / 2
# Of a revert that names the whole id, as git writes it. Where lines had moved on, it is often made by hand.
_SOME = 1 / 8
_WHOLE_ID = 40
# Of a file that thousands of commits touch, so many are looked at.
_LATEST = 200
# So many commits are looked at first, then twice as many, and so on.
_A_LOOK = 100


def find(case: Case, found: Found) -> Undone | None:
    """What undid a fix that history has, or None where its content stands or has moved on."""
    if found.number is None or not _differs_from_main(case) or case.held():
        return None
    case = older.back_at(replace(case, came=found.number), case.line.tip)
    regions = case.place().undone()
    regions = regions and regions - _expected(case, found.number)
    if regions and not standing.moved_on(case.place(), regions):
        return (
            dropped.by_its_merge(case, found.number, regions)
            or _explicit(case, found.number)
            or dropped.kept_old_side(case, found.number)
            or _silent(case, found.number, {path for path, _ in regions})
        )
    number = found.number
    out = (
        dropped.before_moving_on(case, number)
        or _reverted_last(case, number)
        or dropped.kept_old_side(case, number)
        or dropped.overruled(case, number)
        or _out_where_parted(case)
        or _restored_before_moving_on(case, number)
    )
    return None if out is None or _came_later(case, out.number) else out


def _came_later(case: Case, number: int) -> bool:
    """Whether another commit of the branch brought the fix, or the whole of it, after it had been undone."""
    scene = case.scene
    trunk, places = scene.arrivals(case.line)
    later = {place for n in case.candidates() if (place := places[n]) > places[number]}
    commits = [scene.history.ids[trunk[place]] for place in sorted(later)]
    return any(case.held(commit) or case.whole_held(commit) is not None for commit in commits)


def _expected(case: Case, number: int) -> Regions:
    """Regions that may stand as before the fix, and tell nothing.

    They do so on main, too, or did when the hotfix was tagged; or the commit that carried the fix to the
    branch left them out, which its rung has weighed.
    """
    places = (case.scene.main.tip, case.top, case.scene.history.ids[number])
    return frozenset().union(*(case.place(commit).undone() for commit in places))


def _differs_from_main(case: Case) -> bool:
    here, main = case.place(), case.place(case.scene.main.tip)
    return any(here.side(c) != main.side(c) for c in case.fix.changes or ())


def _explicit(case: Case, number: int) -> Undone | None:
    """The last commit after the arrival that makes the inverse change, or says so and did it."""
    events = [n for n, out in _events(case, number) if out]
    return _reverted(case, events[-1]) if events else None


def _reverted(case: Case, number: int) -> Undone:
    scene = case.scene
    oid = scene.history.ids[number]
    detail = f"{oid[:12]} on the branch took it out again"
    return Undone(Status.REVERTED, number, detail, scene.history.time[scene.arrival(case.line, number)])


def _reverted_last(case: Case, number: int) -> Undone | None:
    """Where lines stand in neither form, the last word of history counts, unless it is main's last word, too."""
    events = _events(case, number)
    if not events or not events[-1][1]:
        return None
    last = events[-1][0]
    shared = case.scene.contains(case.scene.main, last) and not withdrawn.again(case, last)
    return None if shared else _reverted(case, last)


def _out_where_parted(case: Case) -> Undone | None:
    """Main had taken the fix out where the branch last got from it, and has it again since: the branch has not."""
    scene = case.scene
    if not case.held(scene.main.tip) or case.whole_held() is not None:
        return None
    for base in scene.bases((case.line.number, scene.main.number)):
        if dropped.lacks_all(case, base) and case.fix.number in scene.history.ancestors(base):
            oid = scene.history.ids[base]
            detail = f"{oid[:12]} of main, which the branch has, was without it; what brought it again is not there"
            return Undone(Status.REVERTED, base, detail, scene.history.time[scene.arrival(case.line, base)])
    return None


def _events(case: Case, number: int) -> list[tuple[int, bool]]:
    """Commits since the arrival that took the fix out (True) or brought it again (False), in order."""
    scene = case.scene
    start = scene.place(case.line, number)
    found = dict(_by_change(case))
    found.update(_by_message(case, number))
    found.pop(number, None)
    since = [(n, out) for n, out in found.items() if scene.place(case.line, n) >= start]
    later = [(n, out) for n, out in since if case.felt(n, case.line, out=out)]
    history = scene.history
    return sorted(later, key=lambda e: (scene.place(case.line, e[0]), history.generation[e[0]], history.ids[e[0]]))


def _by_change(case: Case) -> Iterator[tuple[int, bool]]:
    contained = case.scene.contains(case.line, case.fix.number)
    # What main has too says nothing about the branch alone, and is not always looked up.
    kept = [n for n in case.candidates() if not (contained and case.scene.reach[n] & 1)]
    candidates = [(n, case.search.changes[n]) for n in kept]
    same = case.scene.content.same
    ours = [case.fix.changes or (), *(w.changes for w in case.wholes)] if candidates else []
    for changes in ours:
        alike = [(number, theirs) for number, theirs in candidates if len(theirs) == len(changes)]
        taking = inverse(changes) if alike else ()
        for number, theirs in alike:
            out = same(taking, theirs)
            if out or same(changes, theirs):
                yield number, out


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
    brought = case.scene.brought(revert) or ()
    if not out:
        return min(likeness.share(case, brought)) >= _ENOUGH
    gone, back = likeness.taken_back(case, brought)
    adds = any(case.scene.content.changed_lines(c)[1] for c in case.fix.changes or ())
    by_git = any(len(named) == _WHOLE_ID for named in case.scene.history.reverts[revert])
    if (gone if adds else back) >= (_SOME if by_git else _ENOUGH):
        return True
    return likeness.taken_elsewhere(case, brought) >= _MOST or (
        by_git and not adds and likeness.wrote_anew(case, brought)
    )


def _turned(case: Case, revert: int, *, out: bool) -> bool:
    """Whether a region stands as before the fix since a commit, or does so no more."""
    after = dropped.lacks(case, revert)
    before = frozenset[tuple[str, int]]().union(
        *(dropped.lacks(case, n) for n in case.scene.history.parents[revert][:1])
    )
    return bool(after - before if out else before - after)


def _merged_here(case: Case, number: int) -> tuple[int, ...]:
    """The merge by which the fix arrived on the branch: what a revert on the branch would name."""
    arrival = case.scene.arrival(case.line, number)
    return () if arrival == number else (arrival,)


def _silent(case: Case, number: int, files: Container[str]) -> Undone:
    """The first-parent commit of the branch after which old lines stood again, as they do in `files` at its tip.

    Where they never gave way, the merge by which the fix arrived had lost it already.
    """
    scene = case.scene
    trunk, places = scene.arrivals(case.line)
    expected, arrival = _expected(case, number), trunk[places[number]]
    if arrival != number and _kept_removed(case, arrival):
        return dropped.lost(case, arrival, "kept the file removed")
    later = trunk[places[number] :]

    def stood(there: Place) -> bool:
        return any(region not in expected for region in there.old_regions(first=files))

    place = _last_run(case, later, case.fix.changes or (), stood)
    if place or arrival == number:
        return _restored(case, later[place])
    return dropped.lost(case, arrival, "it was lost before")


def _restored_before_moving_on(case: Case, number: int) -> Undone | None:
    """The commit of the branch that put the old files back whole, where what came after is neither form."""
    scene = case.scene
    if any(c.before is None for c in case.fix.changes or ()):
        return None
    trunk, places = scene.arrivals(case.line)
    later = {places[n] for n in case.candidates() if places[n] > places[number]}
    for place in sorted(later, reverse=True)[:_LATEST]:
        if _old_again(case, trunk[place]) and not _old_again(case, trunk[place - 1]):
            return _restored(case, trunk[place])
    return None


def _old_again(case: Case, number: int) -> bool:
    """Whether the old files themselves are there. Their lines alone tell nothing of what moved on.

    Under each new heading of a changelog it looks as before the last entry.
    """
    place = case.place(case.scene.history.ids[number])
    return all(place.side(c) == c.before for c in case.fix.changes or ())


def _kept_removed(case: Case, arrival: int) -> bool:
    """Whether none of the fix's files was there after the merge by which it came: what is there today came later."""
    place = case.place(case.scene.history.ids[arrival])
    changes = [c for c in case.fix.changes or () if c.after is not None]
    return bool(changes) and all(place.side(c) is None for c in changes)


def _restored(case: Case, number: int) -> Undone:
    history = case.scene.history
    detail = f"{history.ids[number][:12]} on the branch restored the old lines"
    return Undone(Status.REVERTED, number, detail, history.time[number])


def arrived(case: Case, found: Found) -> int:
    """The commit of the branch's own line with which a present fix arrived; after a revert, with which it came back."""
    scene = case.scene
    if found.number is None:
        return _content_since(case, found)
    case = replace(case, came=found.number)
    events = [n for n, out in _events(case, found.number) if out]
    if not events:
        return scene.arrival(case.line, found.number)
    trunk, _ = scene.arrivals(case.line)
    last = max(scene.place(case.line, n) for n in events)
    expected = _expected(case, found.number)
    turns = itertools.chain([trunk[last]], _touching(case, trunk[last + 1 :]))
    back = (n for n in turns if not dropped.lacks(case, n) - expected)
    return next(back, trunk[-1])


def _touching(case: Case, trunk: Sequence[int]) -> Iterator[int]:
    """The commits of a line that touch a file of the fix under any name that it has: mostly few. Some at a time."""
    scene = case.scene
    named = (names(scene, case.fix, line).values() for line in (case.line, scene.main))
    paths = sorted({*case.fix.paths, *itertools.chain(*named)})
    start, count = 0, _A_LOOK
    while start < len(trunk):
        some = trunk[start : start + count]
        found = diffs(scene.content.store, [scene.history.step(n) for n in some], paths)
        yield from (n for n, changes in zip(some, found, strict=True) if changes != ())
        start, count = start + count, 2 * count


def _content_since(case: Case, found: Found) -> int:
    """The first-parent commit since which the fix's lines have been there."""
    scene = case.scene
    trunk, _ = scene.arrivals(case.line)
    changes = found.whole.changes if found.whole else case.fix.changes or ()
    content = scene.content
    return trunk[_last_run(case, trunk, changes, lambda there: all(content.holds(c, there.side(c)) for c in changes))]


def _last_run(case: Case, line: Sequence[int], changes: Changes, holds: Callable[[Place], bool]) -> int:
    """Where the last run of commits of a line begins for which something holds of the files of a change."""

    def there(at: int) -> Place:
        return case.place(case.scene.history.ids[line[at]])

    return first_of_last(len(line), lambda at: [there(at).side(c) for c in changes], lambda at: holds(there(at)))
