"""How much of a fix's change another commit's change holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case, names
from auditor.presence.scene import inverse

Lines = tuple[Counter[bytes], Counter[bytes]]


def share(case: Case, changes: Changes) -> tuple[float, float]:
    """The shares, from 0 to 1, of the fix's removed and added lines that `changes` removes and adds too.

    Each in the same or the renamed file. A side on which the fix has no lines counts as whole.
    """
    return _shares(case, case.fix.changes or (), changes)


def taken_back(case: Case, changes: Changes) -> tuple[float, float]:
    """The same shares of the fix's inverse: how much of the fix `changes` takes back."""
    return _shares(case, inverse(case.fix.changes or ()), changes)


def of_whole(case: Case, whole: Changes, changes: Changes) -> tuple[float, float]:
    """The same shares of a larger change that the fix is a part of."""
    return _shares(case, whole, changes)


def surviving(case: Case, whole: Changes, changes: Changes) -> tuple[float, float]:
    """The shares of those of the fix's lines that the larger change still has.

    Of several fixes made into one change, a later one may have replaced what an earlier one wrote.
    """
    by_path = {c.path: c for c in whole}
    kept = []
    for change in case.fix.changes or ():
        if change.path in by_path:
            lines = case.scene.content.changed_lines(change)
            limit = case.scene.content.changed_lines(by_path[change.path])
            kept.append((change, (lines[0] & limit[0], lines[1] & limit[1])))
    return _measure(case, kept, changes)


def _shares(case: Case, ours: Changes, theirs: Changes) -> tuple[float, float]:
    return _measure(case, [(c, case.scene.content.changed_lines(c)) for c in ours], theirs)


def _measure(case: Case, ours: Sequence[tuple[Change, Lines]], changes: Changes) -> tuple[float, float]:
    moved = names(case.scene, case.fix, case.line)
    by_path = {c.path: c for c in changes}
    wanted, met = [0, 0], [0, 0]
    for change, lines in ours:
        other = _theirs(case, by_path.get(change.path) or by_path.get(moved.get(change.path, change.path)))
        for side in (0, 1):
            wanted[side] += lines[side].total()
            met[side] += (lines[side] & other[side]).total()
    removed, added = (m / w if w else 1.0 for m, w in zip(met, wanted, strict=True))
    return removed, added


def _theirs(case: Case, change: Change | None) -> Lines:
    return case.scene.content.changed_lines(change) if change else (Counter(), Counter())
