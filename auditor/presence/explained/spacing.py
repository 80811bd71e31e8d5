"""Parts of a fix of which but white space is otherwise, where that does nothing."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.git.changes import Change
from auditor.presence.case import Case, Regions
from auditor.presence.parts import fix_parts, standing
from auditor.text import kinds
from auditor.text.lines import Hunk


def aside(case: Case, _: int, back: Regions) -> Regions:
    """Those of some regions that tell nothing: the fix did but move lines there, or what it made is there, moved."""
    return frozenset((c.path, n) for c, n in case.parts(back) if _is_spacing(case, c, n))


def _is_spacing(case: Case, change: Change, number: int) -> bool:
    there = case.place().side(change)
    return _only_moves(case, change, number) or standing.as_left_respaced(case.scene.content, change, there, number)


def _only_moves(case: Case, change: Change, number: int) -> bool:
    """Whether a hunk but moves lines to the right or the left, and another one of the same file does more."""
    hunks = fix_parts.hunks(case, change)
    if not hunks or not kinds.is_freely_spaced(change.path):
        return False
    return _moves(case, change, hunks[number]) and not all(_moves(case, change, h) for h in hunks)


def _moves(case: Case, change: Change, hunk: Hunk) -> bool:
    if change.before is None or change.after is None:
        return False
    old, new = (case.scene.content.lines(side.oid) for side in (change.before, change.after))
    return _stripped(hunk.removed_of(old)) == _stripped(hunk.added_of(new))


def _stripped(text: Sequence[bytes]) -> list[bytes]:
    return [line.strip() for line in text if line.strip()]
