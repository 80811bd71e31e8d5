"""What stands below a condition, and whether it leaves there: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from auditor.text import comments, deletions, lines, never

_LEAVES = re.compile(
    rb"(?:return|raise|throw|die|abort|panic!?|goto|break|continue|fail\w*|croak"
    rb"|(?:sys\.|os\._?|process\.)?[Ee]xit)(?![\w.=:]|\s*[:=])"
)
# What but tells somebody: `log.warn("expired");`, `print(card)`.
_TELLS = re.compile(
    rb"(?:\w+\.)?_?(?:log|warn|print|console|debug|trace|echo|puts|syslog|fmt\.Print|System\.(?:out|err))[\w.]*\s*[(\s]"
)
_NOTHING = frozenset([b"", b"pass", b";", b"...", b"{", b"}", b"then", b":", b"{}"])


def leaves(line: bytes) -> bool:
    """Whether a line, be it without white space, begins as one does that leaves where it stands."""
    return _LEAVES.match(line) is not None or line.startswith((b"return", b"raise", b"thrownew"))


def lets_pass(text: Sequence[bytes], condition: bytes, known: Collection[bytes]) -> bool | None:
    """Whether nothing below a condition leaves there, and what is there is `known`, or but tells somebody.

    None where that cannot be told: the condition stands there more than once, or not at all, or has something else
    below it. All lines are given without white space, but those of the text.
    """
    at = [n for n, line in enumerate(text) if lines.unspaced(line) == condition]
    if len(at) != 1:
        return None
    block = [line.strip() for line in text[at[0] + 1 : never.deeper(text, at[0])] if not _is_remark(line, known)]
    if any(map(leaves, block)):
        return False
    other = (line for line in block if line not in _NOTHING and lines.unspaced(line) not in known)
    return True if all(map(_TELLS.match, other)) else None


def _is_remark(line: bytes, known: Collection[bytes]) -> bool:
    return comments.in_any(line) or deletions.is_remark_of(line, known)
