"""A merge that kept, where a part of a fix stood on one side, the lines of another side, which never had it."""

from __future__ import annotations

from itertools import islice

from auditor.git import lines, wording
from auditor.git.changes import Change, Side
from auditor.presence import standing, straight
from auditor.presence.case import Case

# So many lines on each side, blank ones aside, are the ground that something was added on.
_NEAR = 2


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such merge of the branch's own line since the fix arrived there with `number`, and the file.

    Main still has the part, and has not that merge. A side that went on from the fix has it in its history.
    """
    scene = case.scene
    found = ((_merge(case, number, change, k), change.path) for change, k in straight.lost(case))
    own = [(n, path) for n, path in found if n is not None and not scene.contains(scene.main, n)]
    return max(own, key=lambda merge: scene.place(case.line, merge[0]), default=None)


def _merge(case: Case, number: int, change: Change, region: int) -> int | None:
    """The merge since which a part is not as the fix left it: by which the fix arrived, or a later one."""
    later, at = straight.left_since(case, number, change, region)
    first, *others = case.scene.history.parents[later[at]] or (later[at],)
    pairs = [(first, other) for other in others] if at else [(other, first) for other in others]
    lost = any(_kept_other(case, number, (change, region), later[at], has, kept) for has, kept in pairs)
    return later[at] if lost else None


def _kept_other(case: Case, number: int, part: tuple[Change, int], merge: int, has: int, kept: int) -> bool:
    """Whether of a merge's two sides one `has` a part of a fix, the one that was `kept` never had, and it is lost."""
    (change, region), history = part, case.scene.history
    ours, theirs, there = (case.place(history.ids[n]).side(change) for n in (has, kept, merge))
    if theirs is None or there is None or not standing.as_left(case.scene.content, change, ours, region):
        return False
    if not all(straight.few_left(case, change, region, side) for side in (theirs, there)):
        return False
    if not _has_its_ground(case, change, region, theirs):
        return False
    new = case.scene.content.changed_lines(Change(change.path, theirs, there))[1]
    moved = straight.moves(case, change, region, case.scene.brought(merge) or ())
    worded = wording.said_again(straight.told(case, change, region).came, new)
    return not moved and not worded and number not in history.ancestors(kept)


def _has_its_ground(case: Case, change: Change, region: int, side: Side) -> bool:
    """Whether a file has half of the lines that a part replaced, or some on each side of what it only added."""
    content = case.scene.content
    if change.before is None or change.after is None:
        return False
    old, hunk = content.lines(change.before.oid), (content.own_hunks(change.before.oid, change.after.oid) or ())[region]
    have, replaced = content.all_lines(side), lines.bare(hunk.removed_of(old))
    if replaced:
        return 2 * (replaced & have).total() >= replaced.total()
    around = reversed(old[: hunk.old]), old[hunk.old :]
    near = [list(lines.bare(islice(filter(bytes.strip, some), _NEAR))) for some in around]
    return all(not some or any(line in have for line in some) for some in near)
