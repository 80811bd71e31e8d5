"""A commit that moved the code which a fix mends to another file, as it was before the fix."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change
from auditor.presence import elsewhere
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts, standing
from auditor.presence.taken_out import straight

# Of a commit that changes more files none is read.
_FILES = 200


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main still has the part, and has not that commit.
    """
    return case.last_own(_moved(case, number, change, n) for change, n in _gone(case))


def _gone(case: Case) -> Iterator[tuple[Change, int]]:
    """The parts that tell something, which main has as the fix left them, and the branch's file next to nothing of."""
    content, here, main = case.scene.content, case.place(), case.place(case.scene.main.tip)
    for change in case.fix.changes or ():
        side, on_main = here.side(change), main.side(change)
        for n in range(len(fix_parts.hunks(case, change))) if side not in (change.after, on_main) else ():
            told = straight.tells(case, change, n) and standing.as_left(content, change, on_main, n)
            if told and fix_parts.few_left(case, change, n, side):
                yield change, n


def _moved(case: Case, number: int, change: Change, part: int) -> tuple[int, str] | None:
    """The commit since which a part is not as the fix left it, if that brought the old code to another file."""
    later, at = fix_parts.left_since(case, number, change, part)
    brought = case.scene.brought(later[at]) or () if at else ()
    if len(brought) > _FILES:
        return None
    others = [o for o in brought if o.path not in case.fix.paths]
    path = next((o.path for o in others if elsewhere.has_unmended(case, change, part, o)), None)
    return None if path is None else (later[at], f"moved the code that it mends to {path} without it")
