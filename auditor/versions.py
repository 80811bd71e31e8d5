"""Reads version numbers out of tag names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_BARE = r"[vV]?(?P<numbers>\d+(?:[._]\d+)*)(?P<rest>.*)$"
_VERSION = re.compile("(?P<prefix>)" + _BARE, re.DOTALL)
# A number in the prefix is no version where one with dots follows: release-2024-2.3.1, java-8-v1.2.3.
_DOTTED = re.compile("(?P<prefix>.*?[@_-])" + _BARE.replace(")*)", ")+)", 1), re.DOTALL)
_PREFIXED = re.compile("(?P<prefix>.*?[@_-])" + _BARE, re.DOTALL)
_PRE_RELEASE = re.compile(
    r"^[-._]?(?:a|b|c|rc|alpha|beta|pre|preview|dev|snapshot|nightly|canary|m|ea|cr)(?:[-._]?\d.*|[-._].*)?$",
    re.IGNORECASE,
)

# The tags of a repository are asked for several times over.
_CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version: what stands before it, its numbers, and whether it is a pre-release."""

    prefix: str
    numbers: tuple[int, ...]
    dotted: bool
    pre_release: bool
    rest: str

    @property
    def is_patch(self) -> bool:
        """Three parts, the last above zero, no pre-release: what the protocol tags a hotfix with."""
        plain = not self.rest or self.rest.startswith("+")
        return plain and self.dotted and len(self.numbers) == 3 and self.numbers[2] > 0


@lru_cache(_CACHED)
def parse(tag: str) -> Version | None:
    """The version that a tag names, or None.

    `payments/v2.3.1` is 2.3.1 of `payments/`; what follows a hyphen is a pre-release (SemVer 2, 9),
    what follows a plus sign is not (SemVer 2, 10).
    """
    folder, slash, name = tag.rpartition("/")
    match = _VERSION.match(name) or _DOTTED.match(name) or _PREFIXED.match(name)
    if match is None or any(len(n) > 18 for n in re.split(r"[._]", match["numbers"])):
        return None
    numbers, rest = match["numbers"], match["rest"]
    return Version(
        prefix=folder + slash + match["prefix"],
        numbers=tuple(int(n) for n in re.split(r"[._]", numbers)),
        dotted="_" not in numbers,
        pre_release=rest.startswith("-") or _PRE_RELEASE.match(rest) is not None,
        rest=rest,
    )
