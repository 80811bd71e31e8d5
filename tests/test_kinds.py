"""What files are for, by their names."""

import pytest

from auditor.text import kinds


@pytest.mark.parametrize(
    "path",
    [
        "README",
        "docs/index.rst",
        "CHANGES.md",
        "CHANGELOG",
        "CHANGES-7.4",
        "a/NEWS.d",
        "uv.lock",
        "go.sum",
        "web/package-lock.json",
    ],
)
def test_what_is_not_in_force(path: str) -> None:
    assert kinds.tells_only(path)


@pytest.mark.parametrize(
    "path",
    [
        "src/login.py",
        "Makefile",
        "changes.py",
        "news/feed.go",
        "package.json",
        "lock.c",
        "a.b/Dockerfile",
        "src/CMakeLists.txt",
        "requirements.txt",
        "requirements-dev.txt",
        "requirements/base.txt",
        "constraints.txt",
        "web/robots.txt",
        "version.txt",
    ],
)
def test_what_is(path: str) -> None:
    assert not kinds.tells_only(path)


@pytest.mark.parametrize(
    "path",
    [
        "CHANGELOG.md",
        "docs/changes.rst",
        "NEWS",
        "newsfragments/12.bugfix",
        ".chloggen/12.yml",
        "changelogs/fragments/12.yml",
        "changelog/unreleased/12.yaml",
        "go.sum",
        "vendor/a/b.go",
        "api/pump.pb.go",
        "pump_pb2.py",
        "00-RELEASENOTES",
        "docs/releases/4.2.2.md",
        "doc/source/release/1.26.1-notes.rst",
        "doc/changelog/1.26.1-changelog.rst",
    ],
)
def test_what_each_branch_has_of_its_own(path: str) -> None:
    assert kinds.is_own_to_a_branch(path)


@pytest.mark.parametrize(
    "path",
    [
        "README.md",
        "docs/guide.md",
        "src/history.py",
        "requirements.txt",
        "changes/feed.go",
        "src/changelog/parser.py",
        "db/changelog/db.changelog-1.2.yaml",
        "db/changelog.yaml",
        "app/newsfragments.py",
        "docs/releases/how-to.md",
        "releases/2.4.1.yaml",
        "docs/4.2/pump.md",
    ],
)
def test_what_a_branch_should_have_as_main_has_it(path: str) -> None:
    assert not kinds.is_own_to_a_branch(path)
