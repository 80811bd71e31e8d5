"""What a file is for, by its name: text for people, or what a tool wrote of what others made; else it is in force."""

from __future__ import annotations

import itertools
import re

_PROSE = frozenset(["md", "markdown", "rst", "txt", "adoc", "asciidoc", "textile", "rdoc", "org", "tex", "po", "pot"])
# Files without such an end: of news, perhaps for each release, and of who made it.
_NAMES = re.compile(
    r"(changelog|changes|news|history|readme|authors|contributors|license|copying)([-_.]?\d[\d.x]*|\.d)?"
)
# Text that tools go by: what to build, what to install, whom to let in.
_READ_BY_TOOLS = re.compile(
    r"(^|/)(cmakelists|[^/]*(requirements?|constraints?|dependenc|pins|version|robots)[^/]*)\.txt$|(^|/)requirements/[^/]*$"
)
_LOGS = re.compile(
    r"(\d+[-_])?(changelog|changes|news|history|release[-_]?notes)([-_.]?\d[\d.x]*)?(\.(md|markdown|rst|txt|adoc))?"
)
# Of one release a file: `docs/releases/4.2.2.md`, `doc/source/release/1.26.1-notes.rst`.
_RELEASES = re.compile(
    r"(^|/)(releases?|release[-_]?notes|changelogs?|whatsnew)/([^/]+/)?v?\d[\w.-]*\.(md|markdown|rst|txt|adoc)$"
)
# Of one entry a file, joined when a release is made. A folder that is but named for changes may hold code, or tables.
_LOG_FOLDERS = re.compile(
    r"(^|/)(newsfragments|changelog\.d|\.changelog|\.chloggen|\.changes|\.changeset|changelogs?/(unreleased|fragments))/"
)
_LOCKS = frozenset(["lock", "lockb", "sum"])
_LOCK_NAMES = ("package-lock.json", "npm-shrinkwrap.json", "pnpm-lock.yaml", "packages.lock.json")

# Folders of what others made, as a tool fetched it.
_FETCHED = frozenset(["vendor", "node_modules", "third_party", "bower_components"])

# What compilers of interfaces write, and a tool's list of what it is to overlook.
_GENERATED = re.compile(r"(\.pb\.(go|cc|h)|_pb2(_grpc)?\.pyi?|\.pb\.gw\.go|(^|/)(phpstan-)?baseline\.neon)$")

# Of languages that put what goes together in brackets.
_BRACKETS = "c h cc cpp cxx hh hpp m mm java kt kts js jsx mjs ts tsx go rs swift cs php css scss less json proto"
_IN_BRACKETS = frozenset(_BRACKETS.split())

_TESTS = frozenset(["test", "tests", "testing", "testdata", "spec", "specs", "__tests__", "e2e"])
# Modules that hold nothing else, wherever their own sources are.
_TEST_MODULE = re.compile(
    r"(acceptance|integration|functional|regression|smoke|unit|system|performance|end[-_]to[-_]end|e2e)[-_]tests?"
)
# `test_login.py`, `login_test.go`, `LoginTest.java`, `login.spec.ts`; `testutils.py`. `OrderSpec.java` is a query, and
# `values-test.yaml` what is in force where people test.
_TEST_NAMES = re.compile(
    r"test[-_].*|.*[-_.](test|tests|spec)\.(?!(?:ya?ml|toml|ini|properties|conf|env|tfvars)$)\w+"
    r"|\w*[a-z](Test|Tests|TestCase|Spec(?!\.java$))\.\w+|test(utils?|helpers?)\.\w+"
)
# What a forge or its like goes by to build and test each change.
_PIPELINES = re.compile(
    r"\.(travis|gitlab-ci|zuul|drone|cirrus|appveyor)\.ya?ml|(appveyor|azure-pipelines|bitbucket-pipelines)\.ya?ml"
    r"|jenkinsfile|(\.github/workflows|\.circleci|\.buildkite|\.semaphore|\.zuul\.d)/.+"
)
# Where by the habit of some build tools no test is.
_SHIPPED = ("src", "main")


def tells_only(path: str) -> bool:
    """Whether of what stands in a file nothing is in force: prose, a change log, a lock file."""
    return _is_lock(path) or is_prose(path)


def is_prose(path: str) -> bool:
    """Whether a file is text for people: prose, a change log."""
    name = path.rpartition("/")[2].lower()
    if name.endswith(".txt") and _READ_BY_TOOLS.search(path.lower()):
        return False
    return _end(name) in _PROSE or _NAMES.fullmatch(name) is not None


def is_freely_spaced(path: str) -> bool:
    """Whether how deep the lines of a file are does nothing."""
    return _end(path.lower()) in _IN_BRACKETS or is_prose(path)


def _is_lock(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return _end(name) in _LOCKS or name in _LOCK_NAMES


def is_own_to_a_branch(path: str) -> bool:
    """Whether each branch has its own of a file, by nature: a change log, a lock file, what a tool wrote of others."""
    return is_log(path) or _is_lock(path) or is_fetched(path) or is_generated(path)


def is_log(path: str) -> bool:
    """Whether a file tells people what each release of a branch brings: a change log, release notes."""
    path = path.lower()
    return any((_LOGS.fullmatch(path.rpartition("/")[2]), _LOG_FOLDERS.search(path), _RELEASES.search(path)))


def is_fetched(path: str) -> bool:
    """Whether a file is what others made, in the version that a lock file or the like asks for."""
    return not _FETCHED.isdisjoint(path.split("/")[:-1])


def is_generated(path: str) -> bool:
    """Whether a tool wrote a file of others, by its name."""
    return _GENERATED.search(path.lower()) is not None


def is_test(path: str) -> bool:
    """Whether a file but tests what others do, by its folder or its name."""
    *folders, name = path.split("/")
    if any(map(_TEST_MODULE.fullmatch, folders)):
        return True
    if _SHIPPED in itertools.pairwise(folders):
        return False
    return not _TESTS.isdisjoint(folders) or _TEST_NAMES.fullmatch(name) is not None


def runs_tests(path: str) -> bool:
    """Whether a file tells a forge, or a service beside it, how to build and test each change."""
    return _PIPELINES.fullmatch(path.lower()) is not None


def _end(name: str) -> str:
    return name.rpartition(".")[2]
