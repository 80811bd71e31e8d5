"""Parts of a fix that main itself has written anew: where a branch has them from there, nobody took them out."""

from __future__ import annotations

from auditor.git.changes import Change
from auditor.presence.case import Case, Regions
from auditor.presence.parts import fix_parts, standing


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that stand as before the fix, and tell nothing: main has them in neither form.

    They stand so since a merge of what main had made of them, or not in the very lines that the fix found.
    """
    changes = {c.path: c for c in case.fix.changes or ()}
    return frozenset((p, n) for p, n in back if n >= 0 and _left_on_main(case, number, changes[p], n))


def _left_on_main(case: Case, number: int, change: Change, region: int) -> bool:
    scene, content = case.scene, case.scene.content
    on_main, here = case.place(scene.main.tip).side(change), case.place().side(change)
    if on_main is None or standing.as_left(content, change, on_main, region):
        return False
    if region not in content.undone(change, here):
        return True
    later, at = fix_parts.left_since(case, number, change, region)
    merged = at and len(scene.history.parents[later[at]]) > 1
    bases = scene.bases((later[at], scene.main.number)) if merged else ()
    sides = (case.place(scene.history.ids[n]).side(change) for n in bases)
    return any(side and not standing.as_left(content, change, side, region) for side in sides)
