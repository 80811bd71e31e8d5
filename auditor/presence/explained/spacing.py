"""Parts of a fix of which but white space is otherwise, where that does nothing."""

from __future__ import annotations

from auditor.git.changes import Change
from auditor.presence.case import Case, Regions
from auditor.presence.parts import fix_parts, standing
from auditor.text import kinds


def aside(case: Case, _: int, back: Regions) -> Regions:
    """Those of some regions that tell nothing: the fix did but move lines there, or what it made is there, moved."""
    return frozenset((c.path, n) for c, n in case.parts(back) if _is_spacing(case, c, n))


def _is_spacing(case: Case, change: Change, number: int) -> bool:
    there = case.place().side(change)
    return _only_moves(case, change, number) or standing.as_left_respaced(case.scene.content, change, there, number)


def _only_moves(case: Case, change: Change, number: int) -> bool:
    """Whether a hunk but moves lines to the right or the left, and another one of the same file does more."""
    if not kinds.is_freely_spaced(change.path) or not _moves(case, change, number):
        return False
    return not all(_moves(case, change, n) for n in range(len(fix_parts.hunks(case, change))))


def _moves(case: Case, change: Change, number: int) -> bool:
    went, came = ([line.strip() for line in some if line.strip()] for some in fix_parts.did(case, change, number))
    return went == came
