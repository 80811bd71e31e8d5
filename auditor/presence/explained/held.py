"""Parts of a fix that went with the code that held them: that is gone, and nothing of it as before the fix."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts
from auditor.text import lines, places, wording

# So far from a part what holds it is looked for, in lines.
_NEAR = 6


def all_went(case: Case, number: int) -> bool:
    """Whether a commit took out every part of a fix so."""
    places_ = [case.at(n) for n in (*case.scene.history.parents[number][:1], number)]
    if len(places_) < 2:
        return False
    return all(
        went(case, change, region, *(place.side(change) for place in places_))
        for change in case.changes
        for region in range(max(1, len(fix_parts.hunks(case, change))))
    )


def went(case: Case, change: Change, region: int, old: Side | None, new: Side | None) -> bool:
    """Whether a step from one version to the next deleted a part with what is next to it on both sides, and no more.

    What tells of that did not come again in the file: who moves a function has it in its new place.
    """
    content, hunks = case.scene.content, fix_parts.hunks(case, change)
    if not hunks or not (change.after and old and new) or not all(s.mode in REGULAR for s in (old, new)):
        return False
    text, now, hunk = content.lines(change.after.oid), content.lines(new.oid), hunks[region]
    above = _nearest(text, range(hunk.new - 1, -1, -1), wording.tells)
    below = _nearest(text, range(hunk.new + hunk.added, len(text)), any)
    if above is None or below is None:
        return False
    there = _where(case, change, old, above, below)
    step = content.hunks(old.oid, new.oid) or ()
    cuts = (range(h.old, h.old + h.removed) for h in step if not any(line.strip() for line in h.added_of(now)))
    if not there or not any(there <= set(cut) for cut in cuts):
        return False
    came = lines.bare(line for h in step for line in h.added_of(now))
    return not lines.bare(text[n] for n in (above, below) if wording.tells([text[n]])) & came


def _where(case: Case, change: Change, old: Side, above: int, below: int) -> set[int]:
    """Where two lines of the fix's file, and what is between them, are in another version: in one place alone."""
    content = case.scene.content
    assert change.after
    kept = places.kept((above, below), content.hunks(change.after.oid, old.oid) or ())
    if len(kept) == 2:
        return kept
    text, block = content.lines(old.oid), content.lines(change.after.oid)[above : below + 1]
    found = [n for n, line in enumerate(text) if line == block[0] and text[n : n + len(block)] == block]
    return {found[0], found[0] + len(block) - 1} if len(found) == 1 else set()


def _nearest(text: Sequence[bytes], numbers: Iterable[int], counts: Callable[[list[bytes]], bool]) -> int | None:
    """The first of some lines that counts, if it is near."""
    close = (n for n, _ in zip(numbers, range(_NEAR), strict=False))
    return next((n for n in close if counts([text[n].strip()])), None)
