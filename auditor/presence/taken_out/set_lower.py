"""Commits that set a version lower which a fix was the first to ask for: what it asks for now may be broken."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.presence.parts.place import Place
from auditor.text import numbers


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main has it no lower than the fix, and has not that commit. Where the fix but raised a version, it has moved on.
    """
    return case.last_own(_since(case, number, change, one) for change, one in _lowered(case))


def _lowered(case: Case) -> Iterator[tuple[Change, bytes]]:
    """The lines of the fix that set what the branch's tip sets so, and main's does not."""
    for change, side, on_main in standing.own_in_force(case):
        for line, one in fix_parts.lacked(case, change, side):
            asks = numbers.asks_for_version(change.path, line) and _is_first(case, change, one)
            if asks and _is_lower(case, side, one) and _is_lower(case, on_main, one) is False:
                yield change, one


def _is_first(case: Case, change: Change, one: bytes) -> bool:
    """Whether the file had no line that is the same but for numbers."""
    shape = numbers.shape(one)
    return all(numbers.shape(line) != shape for line in case.scene.content.all_lines(change.before))


def _is_lower(case: Case, side: Side | None, one: bytes) -> bool | None:
    """Whether a file has in place of a line one that is the same but for a lower number; None where it has none."""
    there = _alike(case, side, one)
    return None if there is None else numbers.any_lower([there], [one])


def _alike(case: Case, side: Side | None, one: bytes) -> bytes | None:
    """The line of a file that is the same but for numbers, if it is the only such."""
    shape = numbers.shape(one)
    found = [line for line in case.scene.content.all_lines(side).elements() if numbers.shape(line) == shape]
    return found[0] if len(found) == 1 else None


def _since(case: Case, number: int, change: Change, one: bytes) -> tuple[int, str]:
    later = case.since(number)

    def is_so(there: Place) -> bool:
        return bool(_is_lower(case, there.side(change), one))

    return later[last_run(case, later, (change,), is_so)], f"set a version lower than it had in {change.path}"
