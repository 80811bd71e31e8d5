"""Old lines that stand again by chance, where a file was written anew, or the fix put others beside them."""

from __future__ import annotations

from auditor.presence.case import Case, Regions


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that stand as before the fix, and tell nothing: it had come to the branch there."""
    changes, content, here = {c.path: c for c in case.changes}, case.scene.content, case.place()
    found = {(path, n) for path, n in back if n >= 0 and content.by_chance(changes[path], here.side(changes[path]), n)}
    if not found:
        return frozenset()
    there = case.at(case.scene.arrival(case.line, number))
    lost = {path: content.lost(changes[path], there.side(changes[path])) for path, _ in found}
    came = {path for path, _ in found if there.side(changes[path]) is not None}
    return frozenset((path, n) for path, n in found if path in came and n not in lost[path]) - there.undone()
