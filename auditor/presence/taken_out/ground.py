"""Whether a side that never had a part of a fix has the ground for it: what the part replaced, or stands between."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import islice

from auditor.git.changes import Change, Side
from auditor.git.content import Content
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
    old = content.lines(change.before.oid)
    hunk, have = fix_parts.hunks(case, change)[region], content.all_lines(side)
    replaced = lines.bare(hunk.removed_of(old))
    if as_good(case, change, region, side):
        return False
    if replaced and not own:
        return 2 * (replaced & have).total() >= replaced.total()
    return all(not some or any(line in have for line in lines.bare(some)) for some in _around(old, hunk))


def has_in_words(case: Case, change: Change, region: int, side: Side | None) -> bool:
    """The same of a file that has the ground in other words: a variable was renamed.

    Where a part replaced lines, all words are there that it took out.
    """
    content = case.scene.content
    if change.before is None or change.after is None or side is None or as_good(case, change, region, side):
        return False
    hunk, old = fix_parts.hunks(case, change)[region], content.lines(change.before.oid)
    went, came = (Counter(wording.all_words(some)) for some in fix_parts.did(case, change, region))
    if went:
        has = Counter(wording.all_words(_instead(content, hunk, change.before, side)))
        return bool(went - came) and all(has[word] >= went[word] for word in went - came)
    wide = hunk._replace(old=max(0, hunk.old - _NEAR), removed=hunk.removed + 2 * _NEAR)
    there = _instead(content, wide, change.before, side)
    return all(not some or any(wording.said_again([line], there) for line in some) for some in _around(old, hunk))


def has_own_value(case: Case, change: Change, region: int, side: Side | None) -> bool:
    """The same of a file that has in the place of a line which the fix changed that line with a value of its own."""
    content = case.scene.content
    if change.before is None or side is None or as_good(case, change, region, side):
        return False
    hunk, old = fix_parts.hunks(case, change)[region], content.lines(change.before.oid)
    replaced, there = hunk.removed_of(old), _instead(content, hunk, change.before, side)
    return bool(there) and hunk.removed == hunk.added > 0 and wording.said_again(replaced, there)


def has_what_main_made(case: Case, change: Change, region: int, side: Side | None) -> bool:
    """Whether a file has all that main's has in the place of what a part replaced, if that went on from the fix."""
    content, main = case.scene.content, case.on_main().side(change)
    if change.before is None or side is None or main is None:
        return False
    hunk = fix_parts.hunks(case, change)[region]
    theirs, ours = (lines.bare(_instead(content, hunk, change.before, some)) for some in (main, side))
    return bool(theirs - lines.bare(hunk.removed_of(content.lines(change.before.oid)))) and theirs <= ours


def is_as_main_made_it(case: Case) -> bool:
    """The same of every part of a fix that only changes texts."""
    place, every = case.place(), fix_parts.every(case)
    only_texts = {c for c, _ in every} == set(case.changes)
    return only_texts and all(has_what_main_made(case, c, n, place.side(c)) for c, n in every)


def _around(old: Sequence[bytes], hunk: Hunk) -> list[list[bytes]]:
    """The lines next to a hunk that tell something: those above, and those below."""
    around = reversed(old[: hunk.old]), old[hunk.old + hunk.removed :]
    return [list(islice((line for line in some if wording.tells([line])), _NEAR)) for some in around]


def _instead(content: Content, hunk: Hunk, before: Side, side: Side) -> list[bytes]:
    """What a file has in the place of some old lines: these, or others that came for them."""
    old, have = content.lines(before.oid), content.all_lines(side)
    since = [h for h in content.hunks(before.oid, side.oid) or () if h.removed and lines.overlaps(h, hunk)]
    own = [line for h in since for line in h.added_of(content.lines(side.oid))]
    return own + [line for line in hunk.removed_of(old) if all(one in have for one in lines.bare([line]))]


def as_good(case: Case, change: Change, region: int, side: Side) -> bool:
    """Whether a file has in the place of a part the fix in other words, or no lower numbers than those of the fix.

    Where the fix lowers a number, no higher ones.
    """
    content, hunk = case.scene.content, fix_parts.hunks(case, change)[region]
    if change.before is None or change.after is None:
        return False
    old, new, there = (content.lines(some.oid) for some in (change.before, change.after, side))
    since = content.hunks(change.before.oid, side.oid) or ()
    own = [line for h in since if lines.overlaps(h, hunk) for line in h.added_of(there)]
    removed, added = hunk.removed_of(old), hunk.added_of(new)
    brought = set(wording.all_words(added)) - set(wording.all_words(removed))
    if (brought and wording.said_again(brought, own)) or wording.reworded(hunk, old, new, there, since):
        return True
    lowered = numbers.any_lower(added, removed)
    return numbers.no_higher(own, added) if lowered else numbers.no_lower(own, added)
