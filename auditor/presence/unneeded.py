"""A fix that takes back what the branch never had: there is nothing to take back."""

from __future__ import annotations

from auditor.git import lines, wording
from auditor.git.changes import REGULAR, Side
from auditor.presence.case import Case

# Of the lines that it put back, so many stand on the branch: the others may have moved on there.
_LEAST = 1 / 2
_ALL = 9 / 10


def takes_back(case: Case) -> str | None:
    """The commit that a fix says it reverts, where the branch never had that, nor has any of its lines; else None.

    The lines that it puts back were never gone there. A branch without them may have lost them in its own way.
    """
    history = case.scene.history
    named = [history.named(oid) for oid in history.reverts.get(case.fix.number, ())]
    numbers = [n for n in named if n is not None and not case.scene.contains(case.line, n)]
    if not numbers or len(numbers) < len(named):
        return None
    return history.ids[numbers[0]] if _nothing_of_it(case) else None


def _nothing_of_it(case: Case) -> bool:
    """Whether none of the lines that the fix removes stands at the branch's tip, and what it puts back mostly does."""
    gone: set[bytes] = set()
    put_back: set[bytes] = set()
    stand: set[bytes] = set()
    for change in case.fix.changes or ():
        there = case.place().side(change)
        if not all(side is None or side.mode in REGULAR for side in (change.before, change.after, there)):
            return False
        before, after, have = (_telling(case, side) for side in (change.before, change.after, there))
        if (before - after) & have or (change.after and not there):
            return False
        gone, put_back, stand = gone | before - after, put_back | after - before, stand | (after - before) & have
    return bool(gone or put_back) and len(stand) >= (_LEAST if gone else _ALL) * len(put_back)


def _telling(case: Case, side: Side | None) -> set[bytes]:
    """The lines of a file that are more than braces, white space aside."""
    if side is None:
        return set()
    text = case.scene.content.lines(side.oid)
    return set(lines.bare(line for line in text if wording.tells([line])))
