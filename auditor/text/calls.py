"""What lines of code call: pure functions over lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from auditor.text import comments

_CALL = re.compile(rb"(\w+)\s*\(")
_NONE = frozenset(
    b"if for while switch catch return sizeof elif elsif else and or not in def func function fn new throw assert with"
    b" when match typeof await yield defined".split()
)


def called(text: Iterable[bytes]) -> Counter[bytes]:
    """The names of what the code of some lines calls, with how often."""
    code = (comments.before_any(line) for line in text if not comments.in_any(line))
    return Counter(name for line in code for name in _CALL.findall(line) if name not in _NONE)
