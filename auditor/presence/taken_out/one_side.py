"""A merge that kept, where a part of a fix stood on one side, the lines of another side, which never had it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from auditor.git.changes import Change
from auditor.presence.case import Case, Part
from auditor.presence.parts import fix_parts, standing
from auditor.presence.taken_out import ground
from auditor.text import wording

# A fix that was handed on from line to line oftener is asked for no further down.
_DEEP = 16


def find(case: Case, number: int, parts: Iterable[Part]) -> tuple[int, str] | None:
    """The last such merge of the branch's own line since the fix arrived there with `number`, and what it did.

    Main still has the part, one of those that are lost, and has not that merge. A side that went on from the fix has it
    in its history.
    """
    merges = ((_merge(case, number, change, k), change.path) for change, k in parts)
    return case.last_own((n, f"kept in {path} the lines of a side that never had it") for n, path in merges)


def _merge(case: Case, number: int, change: Change, region: int) -> int | None:
    """The merge since which a part is not as the fix left it: by which the fix arrived, one below, or a later one."""
    part, parents = (change, region), case.scene.history.parents
    later, at = fix_parts.left_since(case, number, change, region)
    first, *others = parents[later[at]] or (later[at],)
    if at:
        return later[at] if any(_kept_other(case, number, part, later[at], first, kept) for kept in others) else None
    return next((n for n in _arrivals(case, number, later[at]) if _lost_by(case, number, part, n)), None)


def _lost_by(case: Case, number: int, part: Part, merge: int) -> bool:
    first, *others = case.scene.history.parents[merge]
    return any(_kept_other(case, number, part, merge, has, first) for has in others)


def _arrivals(case: Case, number: int, merge: int) -> Iterator[int]:
    """The merge by which a commit arrived on the branch, and those by which it came to the lines merged there."""
    parents, has = case.scene.history.parents, set[int]()
    for _ in range(_DEEP):
        if len(parents[merge]) < 2:
            return
        yield merge
        has = has or case.scene.history.descendants(number)
        sides = [p for p in parents[merge][1:] if p in has]
        if not sides:
            return
        merge = sides[0]
        while parents[merge] and parents[merge][0] in has:
            merge = parents[merge][0]


def _kept_other(case: Case, number: int, part: Part, merge: int, has: int, kept: int) -> bool:
    """Whether of a merge's two sides one `has` a part of a fix, the one that was `kept` never had, and it is lost."""
    change, region = part
    ours, theirs, there = (case.at(n).side(change) for n in (has, kept, merge))
    if theirs is None or there is None or not standing.as_left(case.scene.content, change, ours, region):
        return False
    if not all(fix_parts.few_left(case, change, region, side) for side in (theirs, there)):
        return False
    own = _took_nothing(case, kept, merge)
    if not all(ground.has(case, change, region, side, own=own) for side in (theirs, case.place().side(change))):
        return False
    new = case.scene.content.changed_lines(Change(change.path, theirs, there))[1]
    if case.scene.history.has(kept, number) or wording.said_again(fix_parts.told(case, change, region).came, new):
        return False
    # Last, because it takes a look at all that the merge brought.
    return not fix_parts.moves(case, change, region, case.scene.brought(merge))


def _took_nothing(case: Case, kept: int, merge: int) -> bool:
    """Whether a merge has all files of a fix as one side had them, and no part of it came since.

    Who let some of it in has looked at the rest.
    """
    one, other = (case.at(n) for n in (kept, merge))
    here, content = case.place(), case.scene.content
    same = all(one.side(c) == other.side(c) for c in case.changes)
    return same and not any(standing.as_left(content, c, here.side(c), n) for c, n in fix_parts.every(case))
