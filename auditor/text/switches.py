"""Lines that set something, and the same lines when they set it so that nothing comes of it: pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PAIRS = ((b"true", b"false"), (b"yes", b"no"), (b"on", b"off"), (b"enabled", b"disabled"))
_OTHER = {one: other for pair in _PAIRS for one, other in (pair, pair[::-1])}
_NAMED = rb"(\s*(?:[\w$.<>\[\]:-]+\s+)*[\w$.\[\]\"'-]+\s*(?:=>|:=|=|:)\s*[\"']?|\s*<([\w.:-]+)>)"
_ENDED = rb"([\"']?\s*[,;]?\s*|</\2>\s*)$"
# `check_cards: true`, `const checkCards = false;`, `"check": True,`, `<check>true</check>`.
_SET = re.compile(_NAMED + rb"(true|false|yes|no|on|off|enabled|disabled)" + _ENDED, re.IGNORECASE)
# `max_retries: 5`, `timeout = 30s`.
_NUMBER = re.compile(_NAMED + rb"([1-9][\d_]*)(?=(?:ms|[smhd]|[KMG]i?B?)?[\"']?\s*[,;]?\s*$|</\2>)")
_SETTINGS = frozenset(
    ["yml", "yaml", "toml", "ini", "conf", "cfg", "properties", "env", "json", "xml", "tf", "tfvars", "hcl"]
)
# Of code, only what is written as a constant.
_CONSTANT = re.compile(rb"\s*(?:[\w<>]+\s+)*[A-Z][A-Z0-9_]{2,}\s*[:=]")
# `check_cards || exit 1`, and what is run so that it does not matter whether it fails.
_OR_EXIT = re.compile(rb"\|\|\s*(?:exit|return)\b[\s\d]*;?\s*$")
_RUN = frozenset(["sh", "bash", "zsh", "mk", "makefile", "dockerfile"])
_NO_COMMAND = re.compile(
    rb"\s*(?:#|$|[\w./-]+:|(?:if|then|else|elif|fi|for|do|done|while|case|esac|function)\b|[A-Z_]+\s)|.*[{}\\;=|&]"
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


def others(path: str, line: bytes) -> Iterator[bytes]:
    """The lines that set the same the other way, or to nothing, or let it fail: none of most lines.

    >>> list(others("a.yml", b"retries: 5")), list(others("a.sh", b"check || exit 1")), list(others("a.c", b"a = 5;"))
    ([b'retries: 0', b'retries: -1'], [b'check || true', b'check || :'], [])
    """
    end = path.rpartition("/")[2].rpartition(".")[2].lower()
    other = opposite(line)
    if other is not None:
        yield other
    number = _NUMBER.match(line) if end in _SETTINGS or _CONSTANT.match(line) else None
    if number is not None:
        yield from (line[: number.start(3)] + nothing + line[number.end(3) :] for nothing in (b"0", b"-1"))
    if end in _RUN:
        yield from _let_fail(end, line)


def _let_fail(end: str, line: bytes) -> Iterator[bytes]:
    bare = line.rstrip()
    if _OR_EXIT.search(bare):
        yield from (_OR_EXIT.sub(b"|| " + nothing, bare) for nothing in (b"true", b":"))
    elif not _NO_COMMAND.match(bare):
        yield from (bare + b" || " + nothing for nothing in (b"true", b":"))
        if end in ("mk", "makefile"):
            yield from (sign + bare.lstrip().lstrip(b"@") for sign in (b"-", b"@-", b"-@"))
