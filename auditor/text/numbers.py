"""Versions and other numbers that lines set, where the lines are the same else: pure functions."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from auditor.text import lines

# A word with a digit: `2.17.1`, `v2`, `3.0-SNAPSHOT`, `0x1f`.
_NUMBER = re.compile(rb"[\w.+-]*\d[\w.+-]*")
# Of these it can be told which is lower; of a digest it cannot.
_ORDERED = re.compile(rb"[vV]?(\d{1,9}(?:\.\d{1,9})*)(?:[-.+]?[A-Za-z][\w.+-]*)?")

# A version has so many parts; in files that name versions and little else, two are enough.
_VERSION = re.compile(rb"[vV^~>=<\"'@:]*\d{1,9}\.\d{1,9}\.\d{1,9}")
_SHORT = re.compile(rb"[vV^~>=<\"'@:]*\d{1,9}\.\d{1,9}")
_MANIFESTS = re.compile(
    r"(^|/)(dockerfile[^/]*|[^/]*requirements[^/]*\.txt|pom\.xml|[^/]*\.gradle(\.kts)?|package\.json|go\.mod|gemfile"
    r"|[^/]*\.csproj|cargo\.toml|pyproject\.toml|chart\.ya?ml|composer\.json|libs\.versions\.toml)$"
)
# A number that is not part of a name: `log4j` has none.
_ALONE = re.compile(rb"(?<![\w.-])[vV]?\d[\w.+-]*")
# Each line of releases has a version of its own.
_OWN = re.compile(rb"(?i)(app|chart|project|package)?_*versions?(name|code)?|v|release|revision|tag|build|xml|encoding")
_WORD = re.compile(rb"[A-Za-z_]+")


def no_lower(own: Iterable[bytes], fixed: Iterable[bytes]) -> bool:
    """Whether all that some lines set to numbers is set in others, too, and to no lower ones, where they have an order.

    >>> no_lower([b"log4j: 2.18.0"], [b"log4j: 2.17.1"]), no_lower([b"log4j: 2.15.0"], [b"log4j: 2.17.1"])
    (True, False)
    """
    pairs = _pairs(own, fixed)
    return bool(pairs) and all(one is not None and not _lower(one, line) for one, line in pairs)


def no_higher(own: Iterable[bytes], fixed: Iterable[bytes]) -> bool:
    """The same, and to no higher ones.

    >>> no_higher([b"retries: 3"], [b"retries: 5"]), no_higher([b"retries: 8"], [b"retries: 5"])
    (True, False)
    """
    pairs = _pairs(own, fixed)
    return bool(pairs) and all(one is not None and not _lower(line, one) for one, line in pairs)


def any_lower(own: Iterable[bytes], fixed: Iterable[bytes]) -> bool:
    """Whether a line sets to a lower number what others set.

    >>> any_lower([b"log4j: 2.15.0", b"more: 1"], [b"log4j: 2.17.1"]), any_lower([b"log4j: 2.18.0"], [b"log4j: 2.17.1"])
    (True, False)
    """
    return any(one is not None and _lower(one, line) for one, line in _pairs(own, fixed))


def asks_for_version(path: str, line: bytes) -> bool:
    """Whether a line asks for one version of something: not one that says which version a release itself has.

    >>> asks_for_version("pom.xml", b"<log4j>2.17</log4j>"), asks_for_version("a.yml", b"version: 2.4.1")
    (True, False)
    """
    if len(_ALONE.findall(line)) != 1 or all(map(_OWN.fullmatch, _WORD.findall(_ALONE.sub(b"", line)))):
        return False
    return bool(_VERSION.search(line) or (_MANIFESTS.search(path.lower()) and _SHORT.search(line)))


def _pairs(own: Iterable[bytes], fixed: Iterable[bytes]) -> list[tuple[bytes | None, bytes]]:
    """Each of some lines behind that of others which is the same but for its numbers."""
    have = {shape(line): line for line in lines.bare(own)}
    return [(have.get(shape(line)), line) for line in lines.bare(fixed)]


def shapes(some: Counter[bytes]) -> Counter[bytes]:
    """Lines with one number in place of any, with how often each occurs."""
    found: Counter[bytes] = Counter()
    for line, count in some.items():
        found[shape(line)] += count
    return found


def shape(line: bytes) -> bytes:
    """A line with one number in place of any."""
    return _NUMBER.sub(b"0", line)


def _lower(own: bytes, fixed: bytes) -> bool:
    return any(mine < theirs for mine, theirs in zip(_numbers(own), _numbers(fixed), strict=False))


def _numbers(line: bytes) -> list[tuple[int, ...]]:
    found = map(_ORDERED.fullmatch, _NUMBER.findall(line))
    return [tuple(map(int, m[1].split(b"."))) for m in found if m]
