"""Presence in history is not presence in content: a fix taken out again, or never let in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from auditor.git.changes import Change, Side
from auditor.git.content import Replay
from auditor.model import Status
from auditor.presence import cherry_pick, declared, likeness, squash, standing, withdrawn
from auditor.presence.case import Case, Found
from auditor.presence.scene import inverse

_ENOUGH = 1 / 3

Regions = frozenset[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Undone:
    """How the fix came to be undone: `reverted` or `dropped`, by which commit, and when that arrived."""

    status: Status
    number: int
    detail: str
    since: int


def find(case: Case, found: Found) -> Undone | None:
    """What undid a fix that history has, or None where its content stands or has moved on."""
    if found.number is None or not _differs_from_main(case) or case.held():
        return None
    case = replace(case, came=found.number)
    regions = case.place().undone()
    regions = regions and regions - _expected(case, found.number)
    if regions and not standing.moved_on(case.place(), regions):
        return _dropped(case, found.number, regions) or _explicit(case, found.number) or _silent(case, found.number)
    number = found.number
    out = (
        _dropped_before_moving_on(case, number)
        or _reverted_last(case, number)
        or _kept_old_side(case, number)
        or _overruled(case, number)
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


def _dropped(case: Case, number: int, regions: Regions) -> Undone | None:
    """The merge that brought the fix to the branch, where the side it came from had it and the result has not."""
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    if len(scene.history.parents[arrival]) < 2 or not _lacks(case, arrival) & regions:
        return None
    for parent in scene.history.parents[arrival]:
        has = number == parent or _in_history(case, number, parent, arrival)
        if has and not _lacks(case, parent) & regions:
            return _lost(case, arrival, "kept the old lines")
    return None


def _lost(case: Case, arrival: int, how: str) -> Undone:
    history = case.scene.history
    detail = f"the merge {history.ids[arrival][:12]} has the fix in its history, but {how}"
    return Undone(Status.DROPPED, arrival, detail, history.time[arrival])


def _in_history(case: Case, number: int, parent: int, arrival: int) -> bool:
    """Whether a merge's other parent brought a commit that its first parent had not."""
    first, *others = case.scene.history.parents[arrival]
    return parent != first and (len(others) == 1 or number in case.scene.history.ancestors(parent))


def _lacks(case: Case, number: int) -> Regions:
    place = case.place(case.scene.history.ids[number])
    return place.undone() | place.gone()


def _dropped_before_moving_on(case: Case, number: int) -> Undone | None:
    """The same, where the branch's file has moved on since, or a file that the fix adds never came."""
    everything = case.place().gone() - case.place(case.scene.main.tip).gone()
    arrival = case.scene.arrival(case.line, number)
    lacked = _lacks(case, arrival)
    if not everything and lacked != _all_regions(case):
        return None
    regions = everything or lacked
    return _dropped(case, number, regions) if regions else None


def _all_regions(case: Case) -> Regions:
    content = case.scene.content
    return frozenset(
        (c.path, hunk)
        for c in case.fix.changes or ()
        for hunk in (content.undone(c, c.before) if c.before else frozenset({-1}))
    )


def _kept_old_side(case: Case, number: int) -> Undone | None:
    """A conflict resolved to the branch's side, where the lines around the fix differ on the branch.

    The merge took none of the fix's lines from a side that has them all, the branch got none since,
    and no other commit of the branch brought the fix.
    """
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    above = scene.history.parents[arrival]
    brought = [p for p in above[1:] if number == p or _in_history(case, number, p, arrival)]
    for parent in brought:
        took_nothing = all(_took_nothing(case, change, arrival, parent) for change in case.fix.changes or ())
        if took_nothing and not _came_otherwise(case, arrival):
            return _lost(case, arrival, "kept the old side")
    return None


def _came_otherwise(case: Case, arrival: int) -> bool:
    """Whether another commit makes the fix's change that did not come to the branch by the same merge."""
    found = (rung(case) for rung in (cherry_pick.find, squash.find, declared.find))
    return any(f.number is not None and case.scene.arrival(case.line, f.number) != arrival for f in found if f)


def _overruled(case: Case, number: int) -> Undone | None:
    """A later merge that threw the branch's own side away, and with it the fix."""
    scene = case.scene
    start = scene.place(case.line, number)
    merges, has = scene.overruling(case.line)
    for bit, merge in enumerate(merges):
        if scene.place(case.line, merge) > start and not has[number] >> bit & 1:
            before, after = (scene.history.ids[n] for n in (scene.history.parents[merge][0], merge))
            if _held_some(case, before) - _held_some(case, after) and not _had_it(case, merge):
                detail = f"the merge {after[:12]} took the other side whole, which never had the fix"
                return Undone(Status.DROPPED, merge, detail, scene.history.time[merge])
    return None


def _had_it(case: Case, merge: int) -> bool:
    """Whether a merge's other side had the fix by a commit of its own, and had moved on from it."""
    history = case.scene.history
    below = set().union(*(history.ancestors(p) for p in history.parents[merge][1:]))
    return any(case.held(history.ids[n]) for n in case.candidates() if n in below)


def _held_some(case: Case, commit: str) -> set[str]:
    place = case.place(commit)
    content = case.scene.content
    return {c.path for c in case.fix.changes or () if content.replay(c, place.side(c)) is Replay.NOTHING}


def _took_nothing(case: Case, change: Change, arrival: int, parent: int) -> bool:
    ids, content = case.scene.history.ids, case.scene.content
    first = case.scene.history.parents[arrival][0]
    ours, merged, theirs, tip = (case.place(ids[n]).side(change) for n in (first, arrival, parent, case.line.number))
    if ours is None or merged is None or tip is None or content.replay(change, theirs) is not Replay.NOTHING:
        return False
    if Replay.NOTHING in (content.replay(change, ours), content.replay(change, merged)):
        return False
    if _had_most(case, change, ours) or not _was_old(case, change, ours):
        return False
    return not any(_shares(case, change, Change(change.path, ours, later)) for later in (merged, tip))


def _had_most(case: Case, change: Change, side: Side) -> bool:
    """Whether a file has at least half of the lines that the fix brought to it: that is no old side."""
    content = case.scene.content
    brought = content.changed_lines(change)[1] - content.all_lines(change.before)
    return bool(brought) and 2 * (brought & content.all_lines(side)).total() >= brought.total()


def _was_old(case: Case, change: Change, ours: Side) -> bool:
    """Whether a file had at least half of what the fix was made on: else it had moved on, and is no old side."""
    old = standing.made_on(case.scene.content, change)
    return 2 * (old & case.scene.content.all_lines(ours)).total() >= old.total()


def _shares(case: Case, change: Change, other: Change) -> bool:
    """Whether two changes of a file add, or remove, a line in common."""
    content = case.scene.content
    pairs = zip(content.changed_lines(change), content.changed_lines(other), strict=True)
    return any(mine & theirs for mine, theirs in pairs)


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


def _events(case: Case, number: int) -> list[tuple[int, bool]]:
    """Commits since the arrival that took the fix out (True) or brought it again (False), in order."""
    scene = case.scene
    start = scene.place(case.line, number)
    found = dict(_by_change(case))
    found.update(_by_message(case, number))
    found.pop(number, None)
    later = [(n, out) for n, out in found.items() if scene.place(case.line, n) >= start]
    history = scene.history
    return sorted(later, key=lambda e: (scene.place(case.line, e[0]), history.generation[e[0]], history.ids[e[0]]))


def _by_change(case: Case) -> Iterator[tuple[int, bool]]:
    ours = [case.fix.changes or (), *(w.changes for w in case.wholes)]
    contained = case.scene.contains(case.line, case.fix.number)
    # What main has too says nothing about the branch alone, and is not always looked up.
    kept = [n for n in case.candidates() if not (contained and case.scene.reach[n] & 1)]
    candidates = [(n, case.search.changes[n]) for n in kept]
    same = case.scene.content.same
    for changes in ours:
        for number, theirs in candidates:
            out = same(inverse(changes), theirs)
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
    """Whether a commit did what its message says: the region stands so, or a third of the lines went or came.

    The fix's own lines, that is: what comes in their place may be older than what the fix replaced.
    """
    if bool(_lacks(case, revert)) == out:
        return True
    brought = case.scene.brought(revert) or ()
    if not out:
        return min(likeness.share(case, brought)) >= _ENOUGH
    gone, back = likeness.taken_back(case, brought)
    adds = any(case.scene.content.changed_lines(c)[1] for c in case.fix.changes or ())
    return (gone if adds else back) >= _ENOUGH


def _merged_here(case: Case, number: int) -> tuple[int, ...]:
    """The merge by which the fix arrived on the branch: what a revert on the branch would name."""
    arrival = case.scene.arrival(case.line, number)
    return () if arrival == number else (arrival,)


def _silent(case: Case, number: int) -> Undone:
    """The first-parent commit of the branch after which the old lines stood again.

    Where they never gave way, the merge by which the fix arrived had lost it already.
    """
    scene = case.scene
    trunk, places = scene.arrivals(case.line)
    expected = _expected(case, number)
    for place in range(len(trunk) - 1, places[number], -1):
        before = case.place(scene.history.ids[trunk[place - 1]])
        if not before.undone() - expected:
            return _restored(case, trunk[place])
    arrival = trunk[places[number]]
    return _restored(case, arrival) if arrival == number else _lost(case, arrival, "it was lost before")


def _restored(case: Case, number: int) -> Undone:
    history = case.scene.history
    detail = f"{history.ids[number][:12]} on the branch restored the old lines"
    return Undone(Status.REVERTED, number, detail, history.time[number])


def arrived(case: Case, found: Found) -> int | None:
    """When a present fix arrived on the branch; after a revert, when it came back."""
    scene = case.scene
    if found.number is None:
        return _content_since(case, found)
    case = replace(case, came=found.number)
    events = [n for n, out in _by_message(case, found.number) if out]
    events = [n for n in events if scene.place(case.line, n) >= scene.place(case.line, found.number)]
    if not events:
        return scene.history.time[scene.arrival(case.line, found.number)]
    trunk, _ = scene.arrivals(case.line)
    last = max(scene.place(case.line, n) for n in events)
    expected = _expected(case, found.number)
    back = (n for n in trunk[last:] if not _lacks(case, n) - expected)
    return scene.history.time[next(back, trunk[-1])]


def _content_since(case: Case, found: Found) -> int | None:
    """The first-parent commit since which the fix's lines have been there."""
    scene = case.scene
    trunk, _ = scene.arrivals(case.line)
    first = trunk[-1]
    changes = found.whole.changes if found.whole else case.fix.changes or ()
    for number in reversed(trunk):
        if not case.holds(changes, scene.history.ids[number]):
            break
        first = number
    return scene.history.time[first]
