"""Presence in history is not presence in content: a fix taken out again (or, see `dropped`, never let in)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from auditor.git.changes import Side
from auditor.model import Status, Via
from auditor.presence import declared, dropped, withdrawn
from auditor.presence.case import Case, Found, Regions, Undone
from auditor.presence.explained import chance, from_main, idle, moved_away, prose, reworked, spacing
from auditor.presence.last_run import last_run
from auditor.presence.parts import extent, older, standing
from auditor.presence.parts.place import Place
from auditor.presence.taken_out import (
    brought_back,
    cut_out,
    ground,
    hollowed,
    kept_file,
    let_nothing_in,
    lets_pass,
    mostly,
    moved_without,
    one_side,
    put_aside,
    removed_files,
    set_lower,
    set_otherwise,
    straight,
    switched_off,
    turned_round,
)
from auditor.presence.taken_out.events import came_again, events, made_again

# What explains that a region stands so: the quickest to tell come first.
_ASIDES = (spacing.aside, prose.aside, chance.aside, from_main.aside, moved_away.aside, reworked.aside)
# Who left all lines there, and what they do undone.
_OUT_OF_FORCE = (switched_off, set_otherwise, set_lower, turned_round, lets_pass, hollowed)
# Of a file that thousands of commits touch, so many are looked at.
_LATEST = 200


def find(case: Case, found: Found) -> Undone | None:
    """What undid a fix that history has, or None where its content stands or has moved on."""
    if found.number is None:
        return None
    off = put_aside.find(case, found.number) or brought_back.find(case, found.number)
    if off is None and not _differs_from_main(case):
        return None
    off = off or next((out for way in _OUT_OF_FORCE if (out := way.find(case, found.number))), None)
    return _out(case, found, found.number) if off is None else _off(case, found.number, *off)


def _out(case: Case, found: Found, number: int) -> Undone | None:
    """What took lines of it out, or never let them in."""
    if case.held():
        return None
    out = _elsewhere(case, found) if found.via is Via.DECLARED else None
    if out is not None:
        return out
    case = older.back_on_branch(replace(case, came=number))
    regions = _back(case, number)
    out = _undone(case, number, regions)
    return out and replace(out, detail=out.detail + extent.told(case, regions | dropped.never_came(case)))


def _off(case: Case, number: int, commit: int, did: str) -> Undone:
    """Who left all lines of a part there, and out of force: a commit, or the merge by which it came."""
    merged = commit != number and commit == case.scene.arrival(case.line, number)
    return dropped.lost(case, commit, did) if merged else _reverted(case, commit, did)


def _elsewhere(case: Case, found: Found) -> Undone | None:
    """What took the fix out of files in which the branch alone has that code, or None: by what was brought to these."""
    number, others = found.number, declared.in_other_files(case, found)
    if number is None or not others:
        return None
    there = replace(case, fix=replace(case.fix, changes=others), came=number)
    regions = _told(there, number, _back(there, number))
    return _taken_out(there, number, regions) if regions else None


def _back(case: Case, number: int) -> Regions:
    """The regions that stand as before the fix, and are not explained otherwise."""
    regions = case.place().undone()
    return regions - _explained(case, number, regions) if regions else regions


def _explained(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that may stand as before the fix, though nobody took it out."""
    may = expected(case, number)
    may |= standing.of_later_versions(case.place(), back - may)
    for aside in _ASIDES:
        may |= aside(case, number, back - may)
    return may


def _told(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that tell of a fix: where its lines have moved on, those that one commit put back."""
    if not back or not standing.moved_on(case.place(), back):
        return back
    direct = straight.back(case, number, back)
    return frozenset() if idle.all_idle(case.place(), direct, kept=True) else direct


def _undone(case: Case, number: int, back: Regions) -> Undone | None:
    regions = _told(case, number, back)
    if regions:
        return (
            dropped.by_its_merge(case, number, regions)
            or _explicit(case, number)
            or dropped.kept_old_side(case, number)
            or _taken_out(case, number, regions)
        )
    out = (
        dropped.before_moving_on(case, number)
        or _reverted_last(case, number)
        or dropped.kept_old_side(case, number)
        or dropped.overruled(case, number)
        or _part_out(case, number)
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


def expected(case: Case, number: int) -> Regions:
    """Regions that may stand as before the fix, and tell nothing.

    They do so on main, too, or did when the hotfix was tagged; or the commit that carried the fix to the
    branch left them out, which its rung has weighed.
    """
    places = (case.scene.main.tip, case.top, case.scene.history.ids[number])
    return frozenset().union(*(case.place(commit).undone() for commit in places))


def _differs_from_main(case: Case) -> bool:
    here, main = case.place(), case.on_main()
    # What main has moved since stands at its own path on neither.
    return any(here.side(c) != main.side(c) for c in case.changes) or bool(dropped.never_came(case))


def _explicit(case: Case, number: int) -> Undone | None:
    """The last commit after the arrival that makes the inverse change, or says so and did it."""
    out = [n for n, taken in events(case, number) if taken]
    return _reverted(case, out[-1]) if out else None


def _reverted(case: Case, number: int, did: str = "took it out again") -> Undone:
    scene = case.scene
    oid = scene.history.ids[number]
    detail = f"{oid[:12]} on the branch {did}"
    return Undone(Status.REVERTED, number, detail, scene.history.time[scene.arrival(case.line, number)])


def _reverted_last(case: Case, number: int) -> Undone | None:
    """Where lines stand in neither form, the last word of history counts, unless it is main's last word, too."""
    found = events(case, number)
    if not found or not found[-1][1]:
        return None
    last = found[-1][0]
    shared = case.scene.contains(case.scene.main, last) and not withdrawn.again(case, last)
    return None if shared or came_again(case, last) or ground.is_as_main_made_it(case) else _reverted(case, last)


def _part_out(case: Case, number: int) -> Undone | None:
    """The last commit that cut out the fix, or else a part of it, which main has; or the merge that lost one."""
    whole = cut_out.find(case, number)
    if whole is not None:
        return _reverted(case, whole)
    parts = list(straight.lost(case))
    out = (
        straight.last_cut(case, number, parts)
        or moved_without.find(case, number)
        or mostly.find(case, number)
        or removed_files.find(case, number)
    )
    if out is not None:
        return _reverted(case, *out)
    merge = one_side.find(case, number, parts) or kept_file.find(case, number) or let_nothing_in.find(case, number)
    return None if merge is None else dropped.lost(case, *merge)


def _out_where_parted(case: Case) -> Undone | None:
    """Main had taken the fix out where the branch last got from it, and has it again since: the branch has not."""
    scene = case.scene
    if not case.held(scene.main.tip) or case.whole_held() is not None:
        return None
    for base in scene.bases((case.line.number, scene.main.number)):
        was_out = dropped.lacks_all(case, base) and scene.history.has(base, case.fix.number)
        if was_out and not made_again(case, base):
            oid = scene.history.ids[base]
            detail = f"{oid[:12]} of main, which the branch has, was without it; what brought it again is not there"
            return Undone(Status.REVERTED, base, detail, scene.history.time[scene.arrival(case.line, base)])
    return None


def _taken_out(case: Case, number: int, regions: Regions) -> Undone | None:
    """What took the fix out without saying so, unless it moved the lines to another file, where they still are."""
    out = _silent(case, number, regions)
    moved = out.status is Status.REVERTED and moved_away.still_there(case, out.number)
    return None if moved and not moved_away.lost_some(case, out.number, regions) else out


def _silent(case: Case, number: int, regions: Regions) -> Undone:
    """The first-parent commit of the branch after which some of these regions stood as before, as they do at its tip.

    Where they never gave way, the merge by which the fix arrived had lost it already.
    """
    later, files = case.since(number), {path for path, _ in regions}
    arrival = later[0]
    if arrival != number and _kept_removed(case, arrival):
        return dropped.lost(case, arrival, "kept the file removed")

    def stood(there: Place) -> bool:
        return any(region in regions for region in there.old_regions(first=files))

    place = last_run(case, later, case.changes, stood)
    if place or arrival == number:
        return _restored(case, later[place])
    return dropped.lost(case, arrival, "what it merged was without it already")


def _restored_before_moving_on(case: Case, number: int) -> Undone | None:
    """The commit of the branch that put the old files back whole, where what came after is neither form.

    Unless it moved what the fix brought to another file, where that still is, or all of that came again.
    """
    scene = case.scene
    if any(c.before is None for c in case.changes):
        return None
    trunk, places = scene.arrivals(case.line)
    later = {places[n] for n in case.candidates() if places[n] > places[number]}
    for place in sorted(later, reverse=True)[:_LATEST]:
        if _old_again(case, trunk[place]) and not _old_again(case, trunk[place - 1]):
            again = _is_as(case, trunk[place - 1], (trunk[n] for n in later if n > place))
            there = again or moved_away.still_there(case, trunk[place]) or came_again(case, trunk[place])
            return None if there else _restored(case, trunk[place])
    return None


def _is_as(case: Case, number: int, others: Iterable[int]) -> bool:
    """Whether any of some commits has the fix's files just as another one: so it is where that was taken back."""

    def files(n: int) -> list[Side | None]:
        place = case.at(n)
        return [place.side(c) for c in case.changes]

    wanted = files(number)
    return any(files(n) == wanted for n in others)


def _old_again(case: Case, number: int) -> bool:
    """Whether the old files themselves are there. Their lines alone tell nothing of what moved on.

    Under each new heading of a changelog it looks as before the last entry.
    """
    place = case.at(number)
    return all(place.side(c) == c.before for c in case.changes)


def _kept_removed(case: Case, arrival: int) -> bool:
    """Whether none of the fix's files was there after the merge by which it came: what is there today came later."""
    place = case.at(arrival)
    changes = [c for c in case.changes if c.after is not None]
    return bool(changes) and all(place.side(c) is None for c in changes)


def _restored(case: Case, number: int) -> Undone:
    history = case.scene.history
    detail = f"{history.ids[number][:12]} on the branch restored the old lines"
    return Undone(Status.REVERTED, number, detail, history.time[number])
