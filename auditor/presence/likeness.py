"""How much of a fix's change another commit's change holds."""

from __future__ import annotations

from collections import Counter

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case, names


def share(case: Case, changes: Changes) -> tuple[float, float]:
    """The shares, from 0 to 1, of the fix's removed and added lines that `changes` removes and adds too.

    Each in the same or the renamed file. A side on which the fix has no lines counts as whole.
    """
    moved = names(case.scene, case.fix, case.line)
    by_path = {c.path: c for c in changes}
    wanted = [0, 0]
    met = [0, 0]
    for change in case.fix.changes or ():
        ours = case.scene.content.changed_lines(change)
        theirs = _theirs(case, by_path.get(change.path) or by_path.get(moved[change.path]))
        for side in (0, 1):
            wanted[side] += ours[side].total()
            met[side] += (ours[side] & theirs[side]).total()
    removed, added = (m / w if w else 1.0 for m, w in zip(met, wanted, strict=True))
    return removed, added


def _theirs(case: Case, change: Change | None) -> tuple[Counter[bytes], Counter[bytes]]:
    return case.scene.content.changed_lines(change) if change else (Counter(), Counter())
