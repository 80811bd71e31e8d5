"""History says merged, and the content never arrived: the merge kept another side."""

from __future__ import annotations

from functools import partial

from auditor.git.changes import Change, Side
from auditor.model import Status
from auditor.presence import cherry_pick, declared, squash
from auditor.presence.case import Case, Regions, Undone
from auditor.presence.parts import standing
from auditor.text import wording


def by_its_merge(case: Case, number: int, regions: Regions) -> Undone | None:
    """The merge that brought the fix to the branch, where the side it came from had it and the result has not."""
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    if len(scene.history.parents[arrival]) < 2 or not lacks(case, arrival) & regions:
        return None
    for parent in scene.history.parents[arrival]:
        has = number == parent or _in_history(case, number, parent, arrival)
        if has and not lacks(case, parent) & regions:
            return lost(case, arrival, "kept the old lines")
    return None


def lost(case: Case, arrival: int, how: str) -> Undone:
    """That the merge by which a fix arrived did not let it in."""
    history = case.scene.history
    detail = f"the merge {history.ids[arrival][:12]} has the fix in its history, but {how}"
    return Undone(Status.DROPPED, arrival, detail, history.time[arrival])


def _in_history(case: Case, number: int, parent: int, arrival: int) -> bool:
    """Whether a merge's other parent brought a commit that its first parent had not."""
    first, *others = case.scene.history.parents[arrival]
    return parent != first and (len(others) == 1 or case.scene.history.has(parent, number))


def lacks(case: Case, number: int) -> Regions:
    """What of the fix is not in a commit: regions that stand as before, added files that are not there."""
    place = case.at(number)
    return place.undone() | place.gone()


def before_moving_on(case: Case, number: int) -> Undone | None:
    """The same, where the branch's file has moved on since, or a file that the fix adds never came."""
    everything = never_came(case)
    arrival = case.scene.arrival(case.line, number)
    if not everything and not lacks_all(case, arrival):
        return None
    return by_its_merge(case, number, everything or lacks(case, arrival))


def never_came(case: Case) -> Regions:
    """The files that the fix adds and that main has, and the branch has not."""
    return case.place().gone() - case.on_main().gone()


def lacks_all(case: Case, number: int) -> bool:
    """Whether a commit has nothing of the fix, all of its regions standing as before."""
    return bool(found := lacks(case, number)) and found == _all_regions(case)


def _all_regions(case: Case) -> Regions:
    content = case.scene.content
    return frozenset(
        (c.path, hunk) for c in case.changes for hunk in (content.undone(c, c.before) if c.before else frozenset({-1}))
    )


def kept_old_side(case: Case, number: int) -> Undone | None:
    """A conflict resolved to the branch's side, where the lines around the fix differ on the branch.

    The merge took none of the fix's lines from a side that has them all, or has lost them itself, the branch
    got none since, and no other commit of the branch brought the fix. A merge that main has, too, dropped nothing
    from the branch alone: there the fix was reworked before it came to either.
    """
    scene = case.scene
    arrival = scene.arrival(case.line, number)
    if scene.contains(scene.main, arrival):
        return None
    above = scene.history.parents[arrival]
    brought = [p for p in above[1:] if number == p or _in_history(case, number, p, arrival)]
    for parent in brought:
        side = case.end(scene.history.ids[parent])
        # A file that the other side itself removed since tells nothing.
        changes = [c for c in case.changes if c.after is None or side.side(c) is not None]
        took_nothing = all(_took_nothing(case, change, arrival, parent) for change in changes)
        if changes and took_nothing and not came_otherwise(case, arrival):
            return lost(case, arrival, "kept the old side")
    return None


def came_otherwise(case: Case, arrival: int) -> bool:
    """Whether another commit makes the fix's change that did not come to the branch by the same merge."""
    found = (rung(case) for rung in (cherry_pick.find, squash.find, declared.find))
    return any(f.number is not None and case.scene.arrival(case.line, f.number) != arrival for f in found if f)


def overruled(case: Case, number: int) -> Undone | None:
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
    candidates = case.candidates()
    below = history.below(history.parents[merge][1:], candidates)
    return any(case.held(history.ids[n]) for n in candidates if n in below)


def _held_some(case: Case, commit: str) -> set[str]:
    place = case.place(commit)
    content = case.scene.content
    return {c.path for c in case.changes if content.holds(c, place.side(c))}


def _took_nothing(case: Case, change: Change, arrival: int, parent: int) -> bool:
    history, content = case.scene.history, case.scene.content
    first = history.parents[arrival][0]
    ours, merged, tip = (case.at(n).side(change) for n in (first, arrival, case.line.number))
    theirs = case.end(history.ids[parent]).side(change)
    if ours is None or merged is None or tip is None:
        return False
    if content.holds(change, ours) or content.holds(change, merged) or _had_most(case, change, ours):
        return False
    took_some = any(_shares(case, change, Change(change.path, ours, later)) for later in (merged, tip))
    if took_some or _said_again(case, change, Change(change.path, ours, merged)):
        return False
    older = partial(_was_older, case, change, sides=(first, parent))
    had = content.holds(change, theirs)
    return (had or older(theirs)) and (_was_old(case, change, ours) or older(ours))


def _had_most(case: Case, change: Change, side: Side) -> bool:
    """Whether a file has at least half of the lines that the fix brought to it: that is no old side."""
    content = case.scene.content
    brought = content.changed_lines(change)[1] - content.all_lines(change.before)
    return bool(brought) and 2 * (brought & content.all_lines(side)).total() >= brought.total()


def _was_old(case: Case, change: Change, ours: Side) -> bool:
    """Whether a file had at least half of what the fix was made on: else it had moved on, and is no old side."""
    old = standing.made_on(case.scene.content, change)
    return 2 * (old & case.scene.content.all_lines(ours)).total() >= old.total()


def _was_older(case: Case, change: Change, side: Side | None, *, sides: tuple[int, int]) -> bool:
    """Whether a file stands as where the two sides of a merge parted, if that is before what the fix was made on.

    Where a fix climbs from an older line to a younger one, they parted on the younger line, long after.
    """
    scene = case.scene
    has, fix = scene.history.has, case.fix.number
    bases = (case.at(n).side(change) for n in scene.bases(sides) if has(fix, n))
    return any(scene.content.restored(change, base, side) for base in bases)


def _said_again(case: Case, change: Change, other: Change) -> bool:
    """Whether a change brings what another did in other words."""
    brought, theirs = (case.scene.content.changed_lines(c)[1] for c in (change, other))
    return wording.tells(brought) and wording.said_again(brought, theirs)


def _shares(case: Case, change: Change, other: Change) -> bool:
    """Whether two changes of a file add, or remove, a line in common."""
    content = case.scene.content
    pairs = zip(content.changed_lines(change), content.changed_lines(other), strict=True)
    return any(mine & theirs for mine, theirs in pairs)
