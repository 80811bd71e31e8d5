"""Whether a side that never had a part of a fix has the ground for it: what the part replaced, or stands between."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.parts import fix_parts
from auditor.text import lines, numbers, wording
from auditor.text.lines import Hunk

# So many lines on each side that tell something are the ground that something was added on.
_NEAR = 2


def has(case: Case, change: Change, region: int, side: Side | None, *, own: bool) -> bool:
    """Whether a file has half of the lines that a part replaced, or of what it only added, some of those on each side.

    A file's `own` lines in place of those replaced are such ground, too: but not what is as good as the fix.
    """
    content = case.scene.content
    if change.before is None or change.after is None or side is None:
        return False
    old, new = content.lines(change.before.oid), content.lines(change.after.oid)
    hunk, have = fix_parts.hunks(case, change)[region], content.all_lines(side)
    replaced = lines.bare(hunk.removed_of(old))
    if _as_good(hunk, (old, new, content.lines(side.oid)), content.hunks(change.before.oid, side.oid) or ()):
        return False
    if replaced and not own:
        return 2 * (replaced & have).total() >= replaced.total()
    around = reversed(old[: hunk.old]), old[hunk.old + hunk.removed :]
    near = [list(lines.bare(islice((line for line in some if wording.tells([line])), _NEAR))) for some in around]
    return all(not some or any(line in have for line in some) for some in near)


def _as_good(hunk: Hunk, texts: tuple[Sequence[bytes], ...], since: Sequence[Hunk]) -> bool:
    """Whether a text has in this place the fix in other words, or no lower numbers than those of the fix."""
    old, new, there = texts
    own = [line for h in since if lines.overlaps(h, hunk) for line in h.added_of(there)]
    brought = set(wording.all_words(hunk.added_of(new))) - set(wording.all_words(hunk.removed_of(old)))
    has_them = bool(brought) and wording.said_again(brought, own)
    return has_them or wording.reworded(hunk, old, new, there, since) or numbers.no_lower(own, hunk.added_of(new))
