"""Lines that are never reached, for a line above them in their block leaves it whatever comes: `return`, `exit 0`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from auditor.text import lines, never, remarks

# Whole statements: `return total;`, `raise CardError(card)`, `sys.exit(1)`.
_LEAVES = re.compile(rb"(?:return|raise|throw|die|abort|panic!?|(?:sys\.|os\._?)?exit)\b[^{}]*$")
_FIRST = (b"return", b"raise", b"throw", b"die", b"abort", b"panic", b"sys.exit", b"os.", b"exit")
_EXIT = re.compile(rb"(?:exit|return)(?:\s+\d+)?\s*;?$")
# What is reached from elsewhere, or ends the block.
_REACHED = re.compile(
    rb"[}#@)\]]|(?:case|default|else|elif|elsif|except|catch|finally|rescue|ensure|when|end|fi|esac|done|function|async|def"
    rb"|class|fn|func|sub)\b|;;|[\w.$\"'-]+\s*:\s*$"
)
# Of these a statement may end without a semicolon, of the others it may not.
_OPEN = frozenset(["go", "kt", "kts", "swift", "scala", "groovy", "js", "jsx", "ts", "tsx", "mjs"])
_CLOSED = frozenset([*remarks.SLASHES, "pl", "pm"]) - _OPEN
_KINDS = (remarks.SLASHES | remarks.SHELLS | {"py"}) - {"gradle", "jenkinsfile"}


def after(end: str, text: Sequence[bytes], at: int, line: bytes) -> range | None:
    """The lines of its block that a line which always leaves it keeps from being reached; None where it does not."""
    if not line.startswith(_FIRST) or end not in _KINDS or not _leaves(end, line) or _is_conditional(text, at):
        return None
    deep, start = never.depth(text[at]), _next(text, at)
    while start is not None and never.depth(text[start]) > deep:
        start = _next(text, start)
    stop = start
    while stop is not None and never.depth(text[stop]) >= deep and not _is_reached(end, text[stop]):
        stop = _next(text, stop)
    return None if start is None else range(start, len(text) if stop is None else stop)


def _is_reached(end: str, line: bytes) -> bool:
    """Whether a line no less deep may be reached all the same: in Python none is."""
    return end != "py" and _REACHED.match(line.strip()) is not None


def leaves(line: bytes) -> bool:
    """Whether a line begins as one does that leaves its block, in some language."""
    return line.lstrip().startswith(_FIRST)


def _leaves(end: str, line: bytes) -> bool:
    if end in remarks.SHELLS:
        return _EXIT.match(line) is not None
    return _LEAVES.match(line) is not None and (end not in _CLOSED or line.endswith(b";"))


def _is_conditional(text: Sequence[bytes], at: int) -> bool:
    """Whether a line above says when it is done, though it is no less deep."""
    above = next((text[n] for n in range(at - 1, -1, -1) if text[n].strip()), b"")
    return (
        never.depth(above) >= never.depth(text[at])
        and not above.rstrip().endswith((b";", b"}"))
        and lines.controls(above)
    )


def _next(text: Sequence[bytes], at: int) -> int | None:
    """The next line that is not blank."""
    return next((n for n in range(at + 1, len(text)) if text[n].strip()), None)
