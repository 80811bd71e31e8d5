"""Rung 4: replaying the fix onto the branch changes nothing."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The fix's lines at the branch's tip, whoever brought them."""
    if not case.held():
        return None
    return Found(Via.CONTENT, None, "replaying the fix onto the branch changes nothing: its lines are there")
