"""Rung 4: replaying the fix, or the whole hotfix, onto the branch changes nothing."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The fix's lines at the branch's tip, whoever brought them.

    Of a fix that later commits of its hotfix rewrote, the lines are those of the whole that it is a part of,
    unless the old ones stand, and on main they do not.
    """
    if case.held():
        return Found(Via.CONTENT, None, "replaying the fix onto the branch changes nothing: its lines are there")
    whole = case.whole_held()
    if whole is None or case.lacking():
        return None
    return Found(Via.CONTENT, None, f"replaying {whole.label} onto the branch changes nothing: it is all there", whole)
