"""Rung 1: the fix commit itself is an ancestor of the branch."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The fix in the branch's own history."""
    if not case.scene.contains(case.line, case.fix.number):
        return None
    return Found(Via.MERGE, case.fix.number, "the fix itself is in the branch's history")
