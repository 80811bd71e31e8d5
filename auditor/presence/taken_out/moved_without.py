"""Commits that moved the code which a fix mends to another file, as it was before the fix: one, or two close by."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case, Part
from auditor.presence.parts import fix_parts, standing
from auditor.presence.taken_out import straight
from auditor.presence.taken_out.unmended import Unmended

# Of a commit that changes more files none is read.
_FILES = 200
# So many commits before and after, what is moved was copied, or is brought again.
_NEAR = 20


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main still has the part, and has not that commit.
    """
    return case.last_own(_moved(case, number, change, n) for change, n in _gone(case))


def _gone(case: Case) -> Iterator[Part]:
    """The parts that tell something, which main has as the fix left them, and the branch's file next to nothing of."""
    for change, side, on_main in case.own_files():
        for n in range(len(fix_parts.hunks(case, change))):
            told = straight.tells(case, change, n) and standing.as_left(case.scene.content, change, on_main, n)
            if told and fix_parts.few_left(case, change, n, side):
                yield change, n


def _moved(case: Case, number: int, change: Change, part: int) -> tuple[int, str] | None:
    """The commit since which a part is not as the fix left it, if that or one beside brought the old code elsewhere.

    Who moves code in two steps copies it first, or takes it out first; it may have been copied before the fix came.
    """
    later, at = fix_parts.left_since(case, number, change, part)
    if not at:
        return None
    code = Unmended(case, change, part)
    for commit in (later[at], *_beside(case, later[at])):
        path = code.brought_by(_others(case, commit))
        if path is not None:
            did = f"moved the code that it mends to {path} without it"
            did = did if commit == later[at] else f"took it out, and {case.scene.history.ids[commit][:12]} {did}"
            return later[at], did
    return None


def _beside(case: Case, number: int) -> Iterator[int]:
    """The commits of the branch's own line close to one of them, that main has not."""
    scene = case.scene
    trunk, places = scene.arrivals(case.line)
    near = trunk[max(0, places[number] - _NEAR) : places[number] + _NEAR + 1]
    return (n for n in near if n != number and scene.history.parents[n] and not scene.contains(scene.main, n))


def _others(case: Case, commit: int) -> Changes:
    """What a commit did to other files than the fix's."""
    brought = case.scene.brought(commit)
    return tuple(o for o in brought if o.path not in case.fix.paths) if len(brought) <= _FILES else ()
