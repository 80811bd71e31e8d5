"""A fix may be lost with what it was made on: then what stands is older than the lines that the fix replaced."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace

from auditor.git.changes import Change, Side
from auditor.git.versions import MOST_VERSIONS
from auditor.presence.case import Case
from auditor.presence.parts.place import Older

# So far back it is looked: further, a line that is there again tells more of habit than of a way back.
_COMMITS = 500


def back_on_branch(case: Case) -> Case:
    """The case with the versions of files from before an earlier change, where the branch went back to one of them."""
    place = case.place()
    lost = [(c, there) for c in case.changes if case.scene.content.gave_way(c, there := place.side(c))]
    found = [
        o for c, there in lost for o in (*_fixed(case, c, there), *_made_on(case, c, there), *_had(case, c, there))
    ]
    return replace(case, older=tuple(found))


def back_on_main(case: Case) -> Case:
    """The case with the versions from before the fix that main has had again since, whole, whoever audits what.

    Of a file from which the fix only removed lines nothing can be lost with these.
    """
    scene, content, place = case.scene, case.scene.content, case.on_main()
    gone = (c for c in case.changes if content.gave_way(c, place.side(c)))
    lost = [c for c in gone if content.changed_lines(c)[1]]
    at = scene.place(scene.main, case.fix.number)
    found = [Older(c.path, side, None) for c in lost for side in scene.versions.again(c.path, at)]
    return replace(case, older=tuple(found))


def _fixed(case: Case, change: Change, there: Side | None) -> Iterator[Older]:
    """What earlier fixes of the same hotfix found in the file, where that stands again in the stead of this one."""
    content, history, fix = case.scene.content, case.scene.history, case.fix.number
    known = case.hotfix.get(change.path, ())
    end = bisect_left(known, history.generation[fix], key=lambda entry: history.generation[entry[0]])
    found = [
        (number, other.before)
        for number, other in known[max(0, end - MOST_VERSIONS) : end]
        if other.before and content.undone(other, there) and content.restored(change, other.before, there)
    ]
    below = history.below([fix], (number for number, _ in found))
    yield from (Older(change.path, side, None) for number, side in found if number in below)


def _made_on(case: Case, change: Change, there: Side | None) -> Iterator[Older]:
    """What stood there before an earlier change of main's own line, where the file is that of then again, whole.

    Whoever made that change, and whether or not it is audited. Of lines alone only what the branch had itself tells.
    """
    scene = case.scene
    earlier = scene.versions.earlier(change.path, scene.place(scene.main, case.fix.number))
    if there and there in earlier:
        yield Older(change.path, there, None)


def _had(case: Case, change: Change, there: Side | None) -> Iterator[Older]:
    """What the branch had before the fix came, where it went back to that since, and main did not lose the fix.

    Of lines that are worded otherwise a comparison may say so, too: the file is that of then, or is somewhat like
    it, and a line is back that none had since.
    """
    content = case.scene.content
    if case.came is None or content.gave_way_as_written(change, case.on_main().side(change)):
        return
    arrival = case.arrival()
    if arrival is None:
        return
    came = arrival[1].side(change)
    for side in _versions(case, change):
        if side == there or (content.is_like(there, side) and content.has_again(change, there, side, came)):
            yield Older(change.path, side, came)


def _versions(case: Case, change: Change) -> Iterator[Side]:
    """The latest versions of a file on the branch's first-parent line before the fix came."""
    assert case.came is not None
    trunk, places = case.scene.arrivals(case.line)
    before = places[case.came]
    seen: dict[Side, None] = {}
    for number in reversed(trunk[max(0, before - _COMMITS) : before]):
        side = case.at(number).side(change)
        if side is not None and side not in seen:
            seen[side] = None
            yield side
        if len(seen) >= MOST_VERSIONS:
            return
