"""Commits that left the condition of a guard where it is, and took out what leaves there: what it met passes again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.presence.parts.place import Place
from auditor.text import guards, lines, turned, wording


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    The fix brought the guard, and main has it as that did, and has not that commit.
    """
    return case.last_own(_since(case, number, change, one) for change, one in _passed(case))


def _passed(case: Case) -> Iterator[tuple[Change, bytes]]:
    """The conditions of the fix below which the branch's tip leaves no more, as main's does."""
    for change, side, on_main in standing.own_in_force(case):
        for one in _conditions(case, change, side):
            if _lets_pass(case, change, side, one) and _lets_pass(case, change, on_main, one) is False:
                yield change, one


def _conditions(case: Case, change: Change, side: Side) -> Sequence[bytes]:
    """The conditions that the fix brought, without white space, if a branch lacks a line that leaves: mostly none."""
    content = case.scene.content
    made, have, known = (content.all_lines(some) for some in (change.after, side, change.before))
    if not any(made[line] > have[line] for line in content.changed_lines(change)[1] if guards.leaves(line)):
        return ()
    found = (
        lines.unspaced(line)
        for line in fix_parts.brought(case, change)
        if turned.is_condition(line) and wording.tells([line])
    )
    return [one for one in found if one not in known and _lets_pass(case, change, change.after, one) is False]


def _lets_pass(case: Case, change: Change, side: Side | None, one: bytes) -> bool | None:
    """Whether a condition lets all pass in a file; None where that cannot be told, as in none."""
    if side is None or side.mode not in REGULAR:
        return None
    return guards.lets_pass(case.scene.content.lines(side.oid), one, case.scene.content.all_lines(change.after))


def _since(case: Case, number: int, change: Change, one: bytes) -> tuple[int, str] | None:
    """The commit since which it is so; None of one that brought another line that leaves: what is met may meet that."""
    later = case.since(number)

    def does(there: Place) -> bool:
        return bool(_lets_pass(case, change, there.side(change), one))

    at = last_run(case, later, (change,), does)
    before, after = (case.at(later[n]).side(change) for n in (max(0, at - 1), at))
    step = Change(change.path, before if at else change.after, after)
    if any(map(guards.leaves, case.scene.content.changed_lines(step)[1])):
        return None
    return later[at], f"left a guard of it in {change.path} that lets all pass"
