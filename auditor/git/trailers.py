"""What the last paragraph of a message says in lines of a word and a value, as tools write them."""

from __future__ import annotations

import re

# What Gerrit calls a change, whatever becomes of it and wherever it is picked to.
_CHANGE_ID = re.compile(rb"^change-id:[ \t]*I([0-9a-f]{40})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_MAYBE = re.compile(rb"\n[Cc]hange-[Ii][Dd]:")
_PARAGRAPH = re.compile(rb"\n[ \t\r]*\n")
# Whoever picks a part of a change keeps what it is called.
_PARTIAL = re.compile(
    rb"\bpartial(?:ly)?[ -](?:cherry|pick|back-?port|port)|\b(?:pick|back-?port)(?:ed)? partially", re.IGNORECASE
)
# So many digits tell a change from all others, and are a number of few bytes.
_DIGITS = 15


def change_ids(raw: bytes) -> tuple[int, ...]:
    """The Change-Ids below a commit's message, by their first digits; none of what calls itself a part of a change."""
    if not _MAYBE.search(raw):
        return ()
    message = raw.partition(b"\n\n")[2].strip()
    *above, last = _PARAGRAPH.split(message)
    if not above or _PARTIAL.search(message):
        return ()
    return tuple(dict.fromkeys(int(found[:_DIGITS], 16) for found in _CHANGE_ID.findall(last)))
