"""Parts of a fix that stand as before it where the branch went on from it: what is out was put in other words."""

from __future__ import annotations

from collections.abc import Callable

from auditor.git.changes import Change, Side
from auditor.presence.case import Case, Regions
from auditor.presence.explained import called, held, needed
from auditor.presence.parts import fix_parts, out_since, standing
from auditor.presence.parts.place import Place
from auditor.text import lines, wording

# So many parts of the fix written anew, for each that stands as before it, are no chance.
_MANY = 2
# Of more parts that stand as before it nobody asks one by one.
_FEW = 16

# Whether a part of a fix is out of a file.
IsOut = Callable[[Case, Change, int, Side | None], bool]


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of a few regions that stand as before the fix since a commit that went on from it, where most do not."""
    size = sum(case.scene.content.size(c) for c in case.changes)
    if len(back) > _FEW or 2 * len(back) >= size:
        return frozenset()
    return frozenset((c.path, n) for c, n in case.parts(back) if went_on(case, number, c, n))


def _worded(case: Case, change: Change, region: int) -> bool:
    """Whether a file has close by, in words not the fix's, what a hunk brought, and the old lines by chance."""
    hunks = fix_parts.hunks(case, change)
    if not hunks or not hunks[region].removed:
        # Beside what was only added, another thing like it may come.
        return False
    earlier = [*(o.side for o in case.older if o.path == change.path), *filter(None, [change.after])]
    return case.scene.content.reworded(change, case.place().side(change), region, earlier)


def _is_there(case: Case, change: Change, region: int) -> bool:
    """Whether a file has all lines that a hunk brought, white space and what the hunk left as it was aside."""
    came, side = fix_parts.told(case, change, region).came, case.place().side(change)
    return wording.tells(came) and not lines.bare(came) - fix_parts.left(case, change, came, side)


def _never(*_: object) -> bool:
    return False


def written_anew(case: Case, number: int, change: Change, region: int, is_out: IsOut = _never) -> bool:
    """Whether what a hunk brought is there in other words, or is out since a commit that wrote more of the fix anew.

    `is_out` tells of parts that are not written anew but out, though they do not stand as before, line by line.
    """
    if _worded(case, change, region) or _is_there(case, change, region):
        return True
    step = _step(case, number, change, region)
    return step is not None and _reworked(case, _sides(case, *step), is_out)


def went_on(case: Case, number: int, change: Change, region: int, is_out: IsOut = _never) -> bool:
    """Whether what a hunk brought is there in other words, or is out since a commit that went on from the fix.

    That one wrote more of it anew than it put back, declared the same otherwise, used what the hunk had brought no
    more, or deleted what held it: what used a helper of the fix, and calls another one now, did not take the fix back.
    """
    if written_anew(case, number, change, region, is_out):
        return True
    step = _step(case, number, change, region)
    if step is None:
        return False
    old, new = (place.side(change) for place in step)
    if needed.no_more(case, change, region, _sides(case, *step)) or held.went(case, change, region, old, new):
        return True
    if old is None or new is None:
        return False
    return called.again(case, change, region, old, new) or needed.anew(case, change, region, old, new)


def _step(case: Case, number: int, change: Change, region: int) -> tuple[Place, Place] | None:
    """The branch before and after a hunk was taken out, or ceased to be as the fix left it."""
    later, at = out_since.step(case, number, change, region)
    return (case.at(later[at - 1]), case.at(later[at])) if at else None


def _sides(case: Case, before: Place, after: Place) -> needed.Sides:
    """The fix's files before and after a commit."""
    pairs = ((c, before.side(c), after.side(c)) for c in case.changes)
    return [(c, one, other) for c, one, other in pairs if one and other]


def _reworked(case: Case, sides: needed.Sides, is_out: IsOut) -> bool:
    """Whether some of the fix's hunks were written anew, and few went back."""
    content, went, anew = case.scene.content, 0, 0
    for change, old, new in ((c, old, new) for c, old, new in sides if old != new):
        back, rewritten = content.undone(change, new), set(needed.edit(case, old, new).rewritten())
        for number, hunk in enumerate(fix_parts.hunks(case, change)):
            if standing.as_left(content, change, old, number) and not standing.as_left(content, change, new, number):
                out = number in back or is_out(case, change, number, new)
                went += out
                anew += not out and not rewritten.isdisjoint(fix_parts.kept_at(case, change, hunk, old))
    return anew >= _MANY * max(went, 1)
