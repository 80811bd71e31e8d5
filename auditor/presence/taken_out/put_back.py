"""Most of what a part of a fix had replaced, put back in one place: some lines of it are others now."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.explained import reworked
from auditor.presence.parts import fix_parts
from auditor.text import lines, wording

HOW = "put back most of what it had replaced in"
# So much is most of it; less of it came otherwise, or by chance; and next to nothing is none.
_MOST, _HALF, _LITTLE = 2 / 3, 1 / 2, 1 / 8
# Lines with fewer letters in all come and go by chance.
_TELLING = 20
# Of fewer lines than these it takes a neighbour to tell that they are in their place.
_BLOCK = 3


def is_so(case: Case, change: Change, region: int, side: Side | None) -> bool:
    """Whether a file has most of what a hunk removed, the first line above the rest, and nothing of what it added.

    The first line names what it is: a like thing has another name.
    """
    old = _replaced(case, change, region)
    if side is None or not old or not fix_parts.few_left(case, change, region, side):
        return False
    have = case.scene.content.all_lines(side)
    if not _are_most([line for line in old if line in have], old):
        return False
    text = _bare(case, side)
    return any(_stands(case, change, region, old, text[n:], text[:n]) for n, line in enumerate(text) if line == old[0])


def did(case: Case, change: Change, region: int, before: Side, _: Side) -> bool:
    """Whether a file had next to none of what a hunk had replaced, and some of what that had put there."""
    old, have = _replaced(case, change, region), case.scene.content.all_lines(before)
    if wording.letters(line for line in old if line in have) > _LITTLE * wording.letters(old):
        return False
    came = fix_parts.told(case, change, region).came
    return not wording.tells(came) or not fix_parts.few_left(case, change, region, before)


def is_explained(case: Case, number: int, change: Change, region: int) -> bool:
    """Whether the branch went on from the fix there. Where a block is back, that is no helper which nobody needs."""
    is_block = len(_replaced(case, change, region)) >= _BLOCK
    return (reworked.written_anew if is_block else reworked.went_on)(case, number, change, region, is_so)


def _replaced(case: Case, change: Change, region: int) -> list[bytes]:
    """The telling lines that a hunk removed, and that the fix left nowhere in the file; none where those are few."""
    left = case.scene.content.all_lines(change.after)
    went = [lines.unspaced(line) for line in fix_parts.told(case, change, region).went if wording.tells([line])]
    found = [line for line in went if line not in left]
    return found if wording.letters(found) >= max(_TELLING, _HALF * wording.letters(went)) else []


def _are_most(found: Iterable[bytes], wanted: Iterable[bytes]) -> bool:
    return wording.letters(found) >= _MOST * wording.letters(wanted)


def _stands(
    case: Case, change: Change, region: int, old: Sequence[bytes], below: Sequence[bytes], above: Sequence[bytes]
) -> bool:
    """Whether most of some lines are in one place of a text, which begins with the first of them."""
    hunk = fix_parts.hunks(case, change)[region]
    near, wanted = below[: 2 * hunk.removed + lines.CONTEXT], set(old)
    if not _are_most([line for line in wanted if line in near], wanted):
        return False
    last = max(n for n, line in enumerate(near) if line in old)
    return len(old) >= _BLOCK or _has_neighbour(case, change, region, above, below[last + 1 :])


def _has_neighbour(case: Case, change: Change, region: int, above: Sequence[bytes], below: Sequence[bytes]) -> bool:
    """Whether a line that tells something, and is nowhere else, is above or below, as it was before the fix."""
    assert change.before
    hunk, old = fix_parts.hunks(case, change)[region], _bare(case, change.before)
    was = _next(reversed(old[: hunk.old])), _next(old[hunk.old + hunk.removed :])
    now = _next(reversed(above)), _next(below)
    text = [*above, *below]
    same = (one for one, other in zip(was, now, strict=True) if one == other)
    return any(wording.tells([line]) and text.count(line) == 1 for line in same)


def _next(text: Iterable[bytes]) -> bytes:
    """The first line that is not blank."""
    return next(filter(None, text), b"")


def _bare(case: Case, side: Side) -> list[bytes]:
    """The lines of a text, without white space."""
    return list(map(lines.unspaced, case.scene.content.lines(side.oid)))
