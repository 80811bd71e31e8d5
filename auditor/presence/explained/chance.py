"""Old lines that stand again by chance, where a file was written anew, or the fix put others beside them."""

from __future__ import annotations

from auditor.presence.case import Case, Regions


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that stand as before the fix, and tell nothing: it had come to the branch there."""
    scene, changes = case.scene, {c.path: c for c in case.fix.changes or ()}
    content, here = scene.content, case.place()
    sides = {path: here.side(change) for path, change in changes.items()}
    found = frozenset((path, n) for path, n in back if n >= 0 and content.by_chance(changes[path], sides[path], n))
    there = scene.history.ids[scene.arrival(case.line, number)]
    return found - case.place(there).undone() if found else found
