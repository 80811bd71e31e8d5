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


# Folders of what others made, as a tool fetched it.
_FETCHED = frozenset(["vendor", "node_modules", "third_party", "bower_components"])

_TESTS = frozenset(["test", "tests", "testing", "testdata", "spec", "specs", "__tests__", "e2e"])
# `test_login.py`, `login_test.go`, `LoginTest.java`, `login.spec.ts`.
_TEST_NAMES = re.compile(r"test[-_].*|.*[-_.](test|tests|spec)\.\w+|\w*[a-z](Test|Tests|TestCase|Spec)\.\w+")


def tells_only(path: str) -> bool:
    """Whether of what stands in a file nothing is in force: prose, a change log, a lock file."""
    name = path.rpartition("/")[2].lower()
    end = name.rpartition(".")[2]
    return end in _PROSE | _LOCKS or name in _LOCK_NAMES or _NAMES.fullmatch(name) is not None


def is_fetched(path: str) -> bool:
    """Whether a file is what others made, in the version that a lock file or the like asks for."""
    return not _FETCHED.isdisjoint(path.split("/")[:-1])


def is_test(path: str) -> bool:
    """Whether a file but tests what others do, by its folder or its name."""
    *folders, name = path.split("/")
    return not _TESTS.isdisjoint(folders) or _TEST_NAMES.fullmatch(name) is not None
