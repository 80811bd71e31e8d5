"""Commits that left a file which a fix added where it is, and nothing in it that is in force."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import standing
from auditor.presence.parts.place import Place
from auditor.presence.taken_out import removed_files
from auditor.text import comments, lines, unreached, wording

# With fewer letters it did nothing from the first: a marker, a package's own file.
_TELLING = 20
# What is needed to leave, and does nothing else.
_TO_LEAVE = frozenset([b"import sys", b"import os", b"set -e", b"<?php"])


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    It did not move that to other files. Main has the file with something in force, and has not that commit.
    """
    return case.last_own(_since(case, number, change) for change in _hollowed(case))


def _hollowed(case: Case) -> Iterator[Change]:
    """The files that the fix added, and of which the branch's tip alone has nothing in force."""
    for change, side, on_main in standing.own_in_force(case):
        if change.before is not None or not _is_hollow(case, change, side):
            continue
        if all(_tells(case, change, some) for some in (change.after, on_main)):
            yield change


def _is_hollow(case: Case, change: Change, side: Side | None) -> bool:
    """Whether next to nothing of a file is in force, and no line that the fix did not make: that may do its own."""
    if side is None or side.mode not in REGULAR:
        return False
    code = _in_force(case, change, side)
    return wording.letters(code) < wording.TELLING and lines.bare(code) <= case.scene.content.all_lines(change.after)


def _in_force(case: Case, change: Change, side: Side) -> list[bytes]:
    """The lines of a file that are in force, and do not but leave."""
    content = case.scene.content
    off = content.off(change.path, side.oid)
    code = (line for n, line in enumerate(content.lines(side.oid)) if n not in off and not comments.in_any(line))
    return [line for line in code if not unreached.leaves(line) and line.strip() not in _TO_LEAVE]


def _tells(case: Case, change: Change, side: Side | None) -> bool:
    """Whether a file had something in force from the first."""
    return side is not None and side.mode in REGULAR and wording.letters(_in_force(case, change, side)) >= _TELLING


def _since(case: Case, number: int, change: Change) -> tuple[int, str] | None:
    later = case.since(number)

    def is_so(there: Place) -> bool:
        return _is_hollow(case, change, there.side(change))

    at = last_run(case, later, (change,), is_so)
    commit = later[at]
    if not at and _had_it(case, change, commit):
        return None
    moved = removed_files.is_elsewhere(case, change, case.scene.brought(commit))
    return None if moved else (commit, f"left nothing in force in {change.path}")


def _had_it(case: Case, change: Change, merge: int) -> bool:
    """Whether the branch had a file of that name before: then the merge kept its own."""
    ids = case.scene.history.ids
    return any(case.scene.content.at(ids[n], change.path) for n in case.scene.history.parents[merge][:1])
