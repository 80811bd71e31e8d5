"""A revert of several commits takes out what the later of them had made of the lines of a fix, one of the earlier."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from auditor.git.changes import Change
from auditor.presence.case import Case
from auditor.text import wording

_MOST = 1 / 2


def took_out(case: Case, revert: int) -> bool:
    """Whether a commit that names others beside the fix took out what these had put in the place of its lines.

    They removed most of what the fix had added, most of what the commit removed is theirs, and none of the fix's own
    lines is left there.
    """
    scene = case.scene
    named = {scene.history.named(oid) for oid in scene.history.reverts[revert]} - {case.fix.number, None}
    others = [change for n in named if n is not None for change in scene.brought(n)]
    made = _lines(case, case.changes, added=True)
    took = _lines(case, scene.brought(revert), added=False)
    replaced = made & _lines(case, others, added=False)
    theirs = took & _lines(case, others, added=True)
    if not made or not took or replaced.total() < _MOST * made.total() or theirs.total() < _MOST * took.total():
        return False
    place, all_lines = case.at(revert), scene.content.all_lines
    return not any(made & all_lines(place.side(c)) for c in case.changes)


def _lines(case: Case, changes: Iterable[Change], *, added: bool) -> Counter[bytes]:
    """The telling lines that some changes add to, or remove from, the files of the fix."""
    paths, changed = case.paths(), case.scene.content.changed_lines
    every = sum((changed(c)[added] for c in changes if c.path in paths), Counter[bytes]())
    return Counter({line: n for line, n in every.items() if wording.tells([line])})
