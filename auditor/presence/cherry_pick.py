"""Rung 2: a commit on the branch makes the same change."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The oldest commit of the branch with the fix's patch identity, which has no place.

    After the same change of a like block the fix's own stands as before it.
    """
    for number in case.candidates():
        oid = case.scene.history.ids[number]
        if case.scene.content.same(case.changes, case.search.changes[number]) and not case.lacking(oid):
            return Found(Via.CHERRY_PICK, number, f"{oid[:12]} on the branch makes the same change")
    return None
