"""What lines of code call: pure functions over lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from auditor.text import comments

_CALL = re.compile(rb"(\w+)\s*\(")
# `    parameters)),`: the name of a value that a call is given, alone on its line.
_GIVEN = re.compile(rb"\s*[*&$]?([A-Za-z_]\w*)\s*(?:,|\)[),;\s{]*)\s*$")
_NONE = frozenset(
    b"if for while switch catch return sizeof elif elsif else and or not in def func function fn new throw assert with"
    b" when match typeof await yield defined".split()
)


def called(text: Iterable[bytes]) -> Counter[bytes]:
    """The names of what the code of some lines calls, with how often."""
    code = (comments.before_any(line) for line in text if not comments.in_any(line))
    return Counter(name for line in code for name in _CALL.findall(line) if name not in _NONE)


def given(line: bytes) -> bytes | None:
    """The name that a line consists of, as it is given to a call; None of any other line."""
    found = _GIVEN.match(line)
    return found[1] if found else None


def are_given(names: Collection[bytes], text: Sequence[bytes]) -> bool:
    """Whether wherever a line of a text has but one of some names, that is given to a call which the text has, too."""
    at = [n for n, line in enumerate(text) if given(line) in names]
    return bool(at) and all(_is_open(b"".join(text[:n])) for n in at)


def _is_open(text: bytes) -> bool:
    """Whether a text ends within the brackets of a call that it has."""
    depth = 0
    for at in range(len(text) - 1, 0, -1):
        depth += (text[at] in b")]}") - (text[at] in b"([{")
        if depth < 0:
            return text[at] == ord("(") and text[at - 1 : at].isalnum()
    return False
