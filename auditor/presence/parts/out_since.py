"""The step of a branch that took a part of a fix out: as the fix left it, or as others had edited it since."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.git.changes import Change
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts
from auditor.text import deletions, lines, wording


def step(case: Case, number: int, change: Change, region: int) -> tuple[Sequence[int], int]:
    """The branch's own line since the fix arrived, and where on it a hunk was put back as it was before the fix.

    Who edited it before that, as who has code formatted does, did not take it out. Where it does not stand so, or was
    other code by then: where it last ceased to be as the fix left it.
    """
    later, ceased = fix_parts.left_since(case, number, change, region)
    undone, side = case.scene.content.undone, case.place().side(change)
    if not ceased or region not in undone(change, side):
        return later, ceased
    back = last_run(case, later, (change,), lambda there: region in undone(change, there.side(change)))
    if back <= ceased:
        return later, ceased
    return later, back if _took_out(case, change, region, *later[back - 1 : back + 1]) else ceased


def _took_out(case: Case, change: Change, region: int, before: int, after: int) -> bool:
    """Whether a commit removed telling lines of a hunk, or these edited, and moved none of them."""
    content = case.scene.content
    old, new = (case.at(n).side(change) for n in (before, after))
    if not (old and new):
        return False
    text, came = content.lines(old.oid), fix_parts.told(case, change, region).came
    removed = (line for h in content.hunks(old.oid, new.oid) or () for line in h.removed_of(text))
    gone = lines.bare(line for line in removed if any(_is_same(line, other) for other in came))
    theirs = case.scene.brought(after)
    return wording.tells(gone) and not any(gone & content.changed_lines(other)[1] for other in theirs)


def _is_same(line: bytes, other: bytes) -> bool:
    return lines.unspaced(line) == lines.unspaced(other) or deletions.is_edited(other, line)
