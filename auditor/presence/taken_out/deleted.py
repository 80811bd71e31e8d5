"""Most of what a part of a fix had added, deleted, and nothing put in its place: some of it was other lines then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.explained import given_up, reworked
from auditor.presence.parts import fix_parts
from auditor.text import deletions, lines, parts, wording

HOW = "took most of a part of it out of"
# So much is most of it: what goes with much more is gone with that.
_MOST = 2 / 3
# Lines with fewer letters in all come and go by chance.
_TELLING = 20


def is_so(case: Case, change: Change, region: int, side: Side | None) -> bool:
    """Whether a file has next to none of what a hunk only added."""
    came = _only_added(case, change, region)
    return side is not None and bool(came) and fix_parts.few(case, change, came, side)


def did(case: Case, change: Change, region: int, before: Side, after: Side) -> bool:
    """Whether a step took most of what a hunk had added out of a file, not much else there, and put nothing there."""
    came = _only_added(case, change, region)
    if wording.letters(fix_parts.left(case, change, came, before).elements()) < _MOST * wording.letters(came):
        return False
    own = lines.bare(came)
    gone = list(_gone(case, before, after, own))
    telling = [line for line in parts.lines_of_code(gone) if wording.tells([line])]
    if wording.letters(line for line in telling if lines.unspaced(line) in own) < _MOST * wording.letters(telling):
        return False
    brought = case.scene.content.changed_lines(Change(change.path, before, after))[1]
    return (
        bool(telling) and not given_up.is_nothing(case, change, region, gone) and not wording.said_again(gone, brought)
    )


def is_explained(case: Case, number: int, change: Change, region: int) -> bool:
    """Whether the branch went on from the fix there."""
    return reworked.went_on(case, number, change, region, is_so)


def _only_added(case: Case, change: Change, region: int) -> Sequence[bytes]:
    """The telling lines of a hunk that removed none; none where those are few."""
    told = fix_parts.told(case, change, region)
    came = [line for line in told.came if wording.tells([line]) and not wording.is_import(line)]
    return came if not told.went and wording.letters(came) >= _TELLING else []


def _gone(case: Case, before: Side, after: Side, own: Counter[bytes]) -> Iterator[bytes]:
    """The lines that a step deleted where any of some was, and put nothing there."""
    content = case.scene.content
    old, new = content.lines(before.oid), content.lines(after.oid)
    for hunk in content.hunks(before.oid, after.oid) or ():
        deleted = [old[n] for n in deletions.places(hunk, old, new) or ()]
        if lines.bare(deleted) & own:
            yield from deleted
