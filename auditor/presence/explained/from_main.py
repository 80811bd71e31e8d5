"""Parts of a fix that main itself has written anew: where a branch has them from there, nobody took them out."""

from __future__ import annotations

from auditor.git.changes import Change
from auditor.presence.case import Case, Regions
from auditor.presence.parts import fix_parts, standing
from auditor.text import lines, wording

# So many lines that tell something, and that no file had before, stand nowhere by chance.
_LEAST = 3
# Within what main wrote anew a branch has names of its own.
_MOST = 4 / 5


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of some regions that stand as before the fix, and tell nothing: main has them in neither form.

    They stand so since a merge of what main had made of them, or not in the very lines that the fix found; or what main
    wrote in their place is there.
    """
    return frozenset((c.path, n) for c, n in case.parts(back) if _left_on_main(case, number, c, n))


def _left_on_main(case: Case, number: int, change: Change, region: int) -> bool:
    scene, content = case.scene, case.scene.content
    on_main, here = case.on_main().side(change), case.place().side(change)
    if on_main is None or standing.as_left(content, change, on_main, region):
        return False
    if any(older.path == change.path and older.side == here for older in case.older):
        # A whole file as it once was is nothing that main made of it.
        return _has_as_main(case, change, region)
    if region not in content.undone(change, here) or _has_as_main(case, change, region):
        return True
    later, at = fix_parts.left_since(case, number, change, region)
    merged = at and len(scene.history.parents[later[at]]) > 1
    bases = scene.bases((later[at], scene.main.number)) if merged else ()
    sides = (case.at(n).side(change) for n in bases)
    return any(side and not standing.as_left(content, change, side, region) for side in sides)


def _has_as_main(case: Case, change: Change, region: int) -> bool:
    """Whether a file has what main wrote in the place of lines that the fix had only added, in words of theirs."""
    content, main = case.scene.content, case.on_main().side(change)
    told = fix_parts.told(case, change, region)
    if told.went or not (change.before and main):
        return False
    have, hunk = content.lines(main.oid), fix_parts.hunks(case, change)[region]
    since = (h for h in content.hunks(change.before.oid, main.oid) or () if lines.overlaps(h, hunk))
    written = lines.bare(line for h in since for line in h.added_of(have) if wording.tells([line]))
    anew = written - content.all_lines(change.before)
    if anew.total() < _LEAST or not wording.said_again(told.came, anew):
        return False
    ours, theirs = content.all_lines(case.place().side(change)), content.all_lines(main)
    return sum(n for line, n in anew.items() if ours[line] >= theirs[line]) >= _MOST * anew.total()
