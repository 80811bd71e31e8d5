"""Parts of a fix that stand as before it where the branch went on from it: what is out was put in other words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from auditor.git.changes import Change, Side
from auditor.presence.case import Case, Regions
from auditor.presence.explained import held
from auditor.presence.parts import fix_parts, standing
from auditor.text import lines, wording

_NAME = re.compile(rb"\w+")
# Shorter names are anybody's.
_LEAST = 4
# So many parts of the fix written anew, for each that stands as before it, are no chance.
_MANY = 2
# Of more parts that stand as before it nobody asks one by one.
_FEW = 16

Sides = list[tuple[Change, Side, Side]]


def aside(case: Case, number: int, back: Regions) -> Regions:
    """Those of a few regions that stand as before the fix since a commit that went on from it, where most do not."""
    size = sum(case.scene.content.size(c) for c in case.fix.changes or ())
    if len(back) > _FEW or 2 * len(back) >= size:
        return frozenset()
    changes = {c.path: c for c in case.fix.changes or ()}
    return frozenset((path, n) for path, n in back if n >= 0 and went_on(case, number, changes[path], n))


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


def went_on(case: Case, number: int, change: Change, region: int) -> bool:
    """Whether what a hunk brought is there in other words, or is out since a commit that went on from the fix.

    That one wrote more of it anew than it put back, declared the same otherwise, used what the hunk had brought no
    more, or deleted what held it: what used a helper of the fix, and calls another one now, did not take the fix back.
    """
    if _worded(case, change, region) or _is_there(case, change, region):
        return True
    later, at = fix_parts.left_since(case, number, change, region)
    if not at:
        return False
    before, after = (case.place(case.scene.history.ids[n]) for n in later[at - 1 : at + 1])
    pairs = ((c, before.side(c), after.side(c)) for c in case.fix.changes or ())
    touched = [(c, old, new) for c, old, new in pairs if old and new and old != new]
    return (
        _reworked(case, touched)
        or _needed_no_more(case, change, region, touched)
        or _declared_anew(case, change, region, touched)
        or held.went(case, change, region, before.side(change), after.side(change))
    )


def _reworked(case: Case, touched: Sides) -> bool:
    """Whether some of the fix's hunks were written anew, and few went back."""
    content, went, anew = case.scene.content, 0, 0
    for change, old, new in touched:
        back, rewritten = content.undone(change, new), set(_rewritten(case, old, new))
        for number, hunk in enumerate(fix_parts.hunks(case, change)):
            if standing.as_left(content, change, old, number) and not standing.as_left(content, change, new, number):
                went += number in back
                anew += number not in back and not rewritten.isdisjoint(fix_parts.kept_at(case, change, hunk, old))
    return anew >= _MANY * max(went, 1)


def _needed_no_more(case: Case, change: Change, region: int, touched: Sides) -> bool:
    """Whether a name that came with a hunk was used in other lines of its file, and these were written without it."""
    content = case.scene.content
    sides = next(((old, new) for c, old, new in touched if c == change), None)
    if sides is None or change.before is None or change.after is None:
        return False
    old, new = (content.lines(side.oid) for side in sides)
    made = fix_parts.hunks(case, change)[region].added_of(content.lines(change.after.oid))
    came = fix_parts.told(case, change, region).came
    names = _names(came) - _names(content.lines(change.before.oid)) - _names(new)
    own = lines.bare((*made, *wording.imports(old)))
    users = [n for n, line in enumerate(old) if _names([line]) & names and b"".join(line.split()) not in own]
    return bool(users) and set(users) <= set(_rewritten(case, *sides))


def _declared_anew(case: Case, change: Change, region: int, touched: Sides) -> bool:
    """Whether all that a hunk which only added lines declares was declared anew, in lines that the fix did not find."""
    content, told = case.scene.content, fix_parts.told(case, change, region)
    sides = next(((old, new) for c, old, new in touched if c == change), None)
    if sides is None or change.before is None or told.went:
        return False
    old, text = content.all_lines(change.before), content.lines(sides[1].oid)
    added = (line for h in content.hunks(sides[0].oid, sides[1].oid) or () for line in h.added_of(text))
    anew = {lines.declared(line) for line in added if not lines.bare([line]) & old}
    declared = {name for line in told.came if (name := lines.declared(line))}
    return bool(declared) and declared <= anew


def _rewritten(case: Case, old: Side, new: Side) -> Iterator[int]:
    """The lines of a text that others replaced which tell something."""
    text = case.scene.content.lines(new.oid)
    for hunk in case.scene.content.hunks(old.oid, new.oid) or ():
        if wording.tells(hunk.added_of(text)):
            yield from range(hunk.old, hunk.old + hunk.removed)


def _names(text: Iterable[bytes]) -> set[bytes]:
    return {name for line in text for name in _NAME.findall(line) if len(name) >= _LEAST}
