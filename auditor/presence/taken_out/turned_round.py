"""Commits that turned a condition of a fix round, so that what it guards is done just where it was not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.presence.parts.place import Place
from auditor.text import comments, lines, turned

# A condition as the fix has it, the first line that it guards, and the condition turned round: without white space.
_Turned = tuple[bytes, bytes, bytes]


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    The same line follows, so that no two cases changed places. Main has it as the fix has, and has not that commit.
    """
    return case.last_own(_since(case, number, change, found) for change, found in _turned(case))


def _turned(case: Case) -> Iterator[tuple[Change, _Turned]]:
    """The conditions of the fix that the branch's tip has turned round, and main's has not."""
    for change, side, on_main in standing.own_in_force(case):
        for found in _conditions(case, change, side):
            if _is(case, side, found) and _is(case, on_main, (found[2], found[1], found[0])):
                yield change, found


def _conditions(case: Case, change: Change, side: Side) -> Iterator[_Turned]:
    """The conditions that the fix brought, and the branch has turned round: mostly none."""
    every = case.scene.content.all_lines
    have, known, made = every(side), every(change.before), every(change.after)
    for line, one in fix_parts.lacked(case, change, side):
        ways = turned.contraries(line) if turned.is_condition(line) else ()
        for other in (lines.unspaced(way) for way in ways):
            if have[other] == 1 and other not in known and other not in made:
                yield from ((one, guarded, other) for guarded in _guarded(case, change.after, one))


def _guarded(case: Case, side: Side | None, condition: bytes) -> list[bytes]:
    """The line of code that follows where a text has a condition, which it has but once."""
    text = case.scene.content.lines(side.oid) if side and side.mode in REGULAR else ()
    found = [n for n, line in enumerate(text) if lines.unspaced(line) == condition]
    return [_next(text, found[0])] if len(found) == 1 else []


def _next(text: Sequence[bytes], at: int) -> bytes:
    code = (lines.unspaced(line) for line in text[at + 1 :] if not comments.in_any(line))
    return next((line for line in code if line not in (b"", b"{", b"then")), b"")


def _is(case: Case, side: Side | None, found: _Turned) -> bool:
    """Whether a file has a condition turned round before the same line, and not as it was."""
    was, guarded, other = found
    return was not in case.scene.content.all_lines(side) and guarded in _guarded(case, side, other)


def _since(case: Case, number: int, change: Change, found: _Turned) -> tuple[int, str]:
    later = case.since(number)

    def is_turned(there: Place) -> bool:
        return _is(case, there.side(change), found)

    return later[last_run(case, later, (change,), is_turned)], f"turned a condition of it round in {change.path}"
