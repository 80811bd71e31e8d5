"""Lines that set something on or off: pure functions."""

from __future__ import annotations

import re

_PAIRS = ((b"true", b"false"), (b"yes", b"no"), (b"on", b"off"), (b"enabled", b"disabled"))
_OTHER = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
# `check_cards: true`, `const checkCards = false;`, `"check": True,`, `<check>true</check>`.
_SET = re.compile(
    rb"(\s*(?:[\w$.<>\[\]:-]+\s+)*[\w$.\[\]\"'-]+\s*(?:=>|:=|=|:)\s*[\"']?|\s*<([\w.:-]+)>)"
    rb"(true|false|yes|no|on|off|enabled|disabled)([\"']?\s*[,;]?\s*|</\2>\s*)$",
    re.IGNORECASE,
)


def opposite(line: bytes) -> bytes | None:
    """The line that sets the same the other way, in the same case; None of any other line.

    >>> opposite(b"check_cards: true"), opposite(b"Check = Off;"), opposite(b"return true;"), opposite(b"name: shop")
    (b'check_cards: false', b'Check = On;', None, None)
    """
    found = _SET.match(line)
    if found is None:
        return None
    value = found[3]
    other = _OTHER[value.lower()]
    other = other.upper() if value.isupper() else other.title() if value.istitle() else other
    return found[1] + other + found[4]
