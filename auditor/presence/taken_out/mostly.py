"""Parts of a fix of which one commit took most out, or put back most of what they had replaced.

Some of their lines were others by then, or came back as others: a tool is back in a later version.
"""

from __future__ import annotations

from auditor.git.changes import Change
from auditor.presence.case import Case
from auditor.presence.explained import moved_away
from auditor.presence.parts import fix_parts
from auditor.presence.since import last_run
from auditor.presence.taken_out import deleted, put_back, straight


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix came with `number`, and what it did to which file.

    Main still has the part, and has not that commit.
    """
    last = case.last_own(_by(case, number, change, k) for change, k in straight.on_main_alone(case, _may_be_out))
    return None if last is None or moved_away.still_there(case, last[0]) else last


def _may_be_out(case: Case, change: Change, region: int) -> bool:
    """Whether a part is out at the tip so: whether it stands there as before the fix, line by line, others tell."""
    side = case.place().side(change)
    if region in case.scene.content.undone(change, side):
        return False
    return put_back.is_so(case, change, region, side) or deleted.is_so(case, change, region, side)


def _by(case: Case, number: int, change: Change, region: int) -> tuple[int, str] | None:
    """The commit since which a part is out, if it did that, and nothing explains it."""
    back = put_back.is_so(case, change, region, case.place().side(change))
    way = put_back if back else deleted
    trunk, arrivals = case.scene.arrivals(case.line)
    later = trunk[arrivals[number] :]
    at = last_run(case, later, (change,), lambda there: way.is_so(case, change, region, there.side(change)))
    ids = case.scene.history.ids
    before, after = (case.place(ids[n]).side(change) for n in (later[at - 1], later[at]))
    if not (at and before and after and way.did(case, change, region, before, after)):
        return None
    moved = fix_parts.moves(case, change, region, case.scene.brought(later[at]) or ())
    explained = moved or way.is_explained(case, number, change, region)
    return None if explained else (later[at], f"{way.HOW} {change.path}")
