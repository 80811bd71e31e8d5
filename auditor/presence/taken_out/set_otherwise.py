"""Commits that set a switch which the fix brought the other way: `check_cards: true` to `false`, a limit to `0`."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.presence.parts.place import Place
from auditor.text import lines, switches

# A line as the fix has it, and the other way.
_Switch = tuple[bytes, bytes]


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main has it as the fix set it, and has not that commit.
    """
    return case.last_own(_since(case, number, change, switch) for change, switch in _set_otherwise(case))


def _set_otherwise(case: Case) -> Iterator[tuple[Change, _Switch]]:
    """The switches of the fix that the branch's tip has the other way, and main's has not."""
    for change, side, on_main in standing.own_in_force(case):
        for switch in _switches(case, change, side):
            if _has(case, side, switch[::-1]) and _has(case, on_main, switch):
                yield change, switch


def _switches(case: Case, change: Change, side: Side) -> Iterator[_Switch]:
    """The lines that the branch lacks of those by which the fix set something that its file had not set, either way."""
    every = case.scene.content.all_lines
    known, made = every(change.before).keys(), every(change.after).keys()
    for line, one in fix_parts.lacked(case, change, side):
        ways = map(lines.unspaced, switches.others(change.path, line))
        yield from ((one, other) for other in ways if other not in known and other not in made)


def _has(case: Case, side: Side | None, switch: _Switch) -> bool:
    """Whether a file has a line, and not the one that sets the same the other way."""
    there = case.scene.content.all_lines(side)
    return switch[0] in there and switch[1] not in there


def _since(case: Case, number: int, change: Change, switch: _Switch) -> tuple[int, str]:
    later = case.since(number)

    def is_otherwise(there: Place) -> bool:
        return _has(case, there.side(change), switch[::-1])

    return later[last_run(case, later, (change,), is_otherwise)], f"set a part of it the other way in {change.path}"
