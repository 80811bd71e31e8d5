"""Parts of a fix that a commit wrote anew in their place: what they call is called there in other lines."""

from __future__ import annotations

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.explained import needed
from auditor.presence.parts import fix_parts
from auditor.text import calls, lines, wording


def again(case: Case, change: Change, region: int, old: Side, new: Side) -> bool:
    """Whether a step took out lines that a hunk but added, and beside them brought others that call all that they do.

    These stand on the branch still.
    """
    told, hunks = fix_parts.told(case, change, region), fix_parts.hunks(case, change)
    there = fix_parts.kept_at(case, change, hunks[region], old) if hunks and not told.went else set[int]()
    wanted = calls.called(told.came)
    if not there or not wording.tells(wanted):
        return False
    taken = needed.edit(case, old, new)
    first, last = min(there) - lines.CONTEXT, max(there) + lines.CONTEXT
    near = [h for h in taken.hunks if h.old <= last and first <= h.old + h.removed]
    gone = (taken.old[n] for h in near for n in range(h.old, h.old + h.removed) if n not in there)
    have = case.scene.content.all_lines(case.place().side(change))
    came = [line for h in near for line in h.added_of(taken.new) if lines.unspaced(line) in have]
    return wanted <= calls.called(came) - calls.called(gone)
