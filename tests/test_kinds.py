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
    "path", ["src/login.py", "Makefile", "changes.py", "news/feed.go", "package.json", "lock.c", "a.b/Dockerfile"]
)
def test_what_is(path: str) -> None:
    assert not kinds.tells_only(path)
