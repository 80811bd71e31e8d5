"""A line by which a plain grep shows what became of a change to a file."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from auditor.git.changes import REGULAR, Change, Side
from auditor.git.content import Content
from auditor.text import places

# In characters: a system refuses words of a command that are far too long.
_LONGEST = 200
# Where git quotes a fixed string for PCRE, as it does without saying so, this ends the quotation.
_ENDS_QUOTE = b"\\E"


def added(
    content: Content, change: Change, there: Side | None, other: Side | None, hunks: Collection[int] | None = None
) -> str:
    """A line that a change added, by these of its hunks or by any; `there` has it, the `other` file has not."""
    if not (change.before and change.after) or content.as_a_whole(change):
        return ""
    text, found = content.lines(change.after.oid), content.own_hunks(change.before.oid, change.after.oid) or ()
    chosen = places.added(h for n, h in enumerate(found) if hunks is None or n in hunks)
    return _longest(content, (text[at] for at in chosen), there, other)


def removed(content: Content, change: Change, there: Side | None) -> str:
    """A line that a change removed, and that a file has not."""
    if not (change.before and change.after) or content.as_a_whole(change):
        return ""
    text, found = content.lines(change.before.oid), content.own_hunks(change.before.oid, change.after.oid) or ()
    return _longest(content, (line for h in found for line in h.removed_of(text)), change.before, there)


def _longest(content: Content, lines: Iterable[bytes], there: Side | None, other: Side | None) -> str:
    """The longest of some lines, or of their parts, that one file has and the other has not; empty where there is none.

    No part is one that git would not look for as it stands.
    """
    if there is None or other is None or not {there.mode, other.mode} <= set(REGULAR):
        return ""
    have, had = (content.store.blob(side.oid) for side in (there, other))
    parts = (part for line in lines for part in line.strip().split(_ENDS_QUOTE))
    short = (part for part in parts if len(part) <= _LONGEST and part.isascii())
    shown = (part.decode() for part in short if part in have and part not in had)
    return max((line for line in shown if line.isprintable()), key=len, default="")
