"""What a file is for, by its name: text for people, or what a tool wrote of what others made; else it is in force."""

from __future__ import annotations

import re

_PROSE = frozenset(["md", "markdown", "rst", "txt", "adoc", "asciidoc", "textile", "rdoc", "org", "tex", "po", "pot"])
# Files without such an end: of news, perhaps for each release, and of who made it.
_NAMES = re.compile(
    r"(changelog|changes|news|history|readme|authors|contributors|license|copying)([-_.]?\d[\d.x]*|\.d)?"
)
_LOCKS = frozenset(["lock", "lockb", "sum"])
_LOCK_NAMES = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "packages.lock.json")


def tells_only(path: str) -> bool:
    """Whether of what stands in a file nothing is in force: prose, a change log, a lock file."""
    name = path.rpartition("/")[2].lower()
    end = name.rpartition(".")[2]
    return end in _PROSE | _LOCKS or name in _LOCK_NAMES or _NAMES.fullmatch(name) is not None
