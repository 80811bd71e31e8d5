"""Old lines that stand again by chance, where a file was written anew, or the fix put others beside them."""

from __future__ import annotations

from auditor.presence.case import Case, Regions


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that stand as before the fix, and tell nothing: it had come to the branch there."""
    content, here = case.scene.content, case.place()
    found = [(c, n) for c, n in case.parts(back) if content.by_chance(c, here.side(c), n)]
    if not found:
        return frozenset()
    there = case.at(case.scene.arrival(case.line, number))
    lost = {c: content.lost(c, side) for c in {c for c, _ in found} if (side := there.side(c)) is not None}
    return frozenset((c.path, n) for c, n in found if c in lost and n not in lost[c]) - there.undone()
