"""Rung 2: a commit on the branch makes the same change."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The oldest commit of the branch with the fix's patch identity."""
    for number in case.candidates():
        if case.scene.content.same(case.fix.changes or (), case.search.changes[number]):
            oid = case.scene.history.ids[number]
            return Found(Via.CHERRY_PICK, number, f"{oid[:12]} on the branch makes the same change")
    return None
