"""Conditions of a preprocessor around code: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

_CONDITION = re.compile(rb"\s*#\s*(if|ifdef|ifndef|else|elif|endif)\b")
_OPENS, _CLOSES = frozenset([b"if", b"ifdef", b"ifndef"]), b"endif"


def is_condition(line: bytes) -> bool:
    """Whether a line is such a condition, or the end of one."""
    return _CONDITION.match(line) is not None


def are_whole(text: Sequence[bytes]) -> bool:
    """Whether some conditions are whole, and none has another case: without them it is in force, too."""
    signs = [m[1] for line in text if (m := _CONDITION.match(line))]
    opened = sum(sign in _OPENS for sign in signs)
    return opened == signs.count(_CLOSES) and 2 * opened == len(signs)
