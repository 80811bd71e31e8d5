"""Rung 2: a commit on the branch makes the same change."""

from __future__ import annotations

from auditor.model import Via
from auditor.presence.case import Case, Found


def find(case: Case) -> Found | None:
    """The oldest commit of the branch with the fix's patch identity."""
    paths = set(case.fix.paths)
    wanted = None
    for number in case.candidates():
        changes = case.search.changes[number]
        if {c.path for c in changes} != paths:
            continue
        wanted = wanted or case.scene.key(case.fix.changes or ())
        if case.scene.key(changes) == wanted:
            oid = case.scene.history.ids[number]
            return Found(Via.CHERRY_PICK, number, f"{oid[:12]} on the branch makes the same change")
    return None
