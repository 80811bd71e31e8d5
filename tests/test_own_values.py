"""Values that a branch set itself: a merge kept them in the place of a fix, or a branch went back to an old one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair

PROPERTIES = "db.host=db.example.com\ndb.port=5432\ndb.timeout={}\ndb.pool=10\ncache.size=500\n"
PACKAGE = '{{\n  "name": "shop",\n  "dependencies": {{\n    "express": "4.18.2",\n    "lodash": "{}"\n  }}\n}}\n'
IMAGE = "FROM debian:12\nWORKDIR /app\nCOPY . .\nUSER {}\nEXPOSE 8080\nENTRYPOINT run\n"
COMPOSE = "services:\n  db:\n    image: postgres:{}\n    restart: always\n  web:\n    image: shop\n"
# What the fix found, what it set, and what the branch has.
VALUES = {
    "a.properties": (PROPERTIES, "30", "60", "45"),
    "package.json": (PACKAGE, "4.17.20", "4.17.21", "4.17.19"),
    "Dockerfile": (IMAGE, "root", "app", "admin"),
    "compose.yaml": (COMPOSE, "13", "13.4", "12"),
}


@pytest.fixture(params=sorted(VALUES))
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def repo(tmp_path: Path, path: str) -> Repo:
    """With the fix on main, and something of its own on qa."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    text, found, mended, _ = VALUES[path]
    started(repo, {path: text.format(found)})
    fixed(repo, {path: text.format(mended)})
    repo.switch("qa")
    repo.commit("Our own", {"ours.txt": "ours\n"})
    return repo


def judged(repo: Repo, tag: str = "v2.4.1") -> str:
    verdict = pair(audit(repo, branches=["qa"]), tag, "qa")
    assert_checks_hold(repo.path, verdict)
    return verdict.status.value


def own(path: str, value: str | None = None) -> Files:
    return {path: VALUES[path][0].format(value or VALUES[path][3])}


# A merge


@pytest.mark.parametrize(
    "merge",
    [
        lambda repo, _: repo.merge("v2.4.1", "-s", "ours"),
        lambda repo, _: repo.merge("v2.4.1", "-X", "ours"),
        lambda repo, files: repo.merge("v2.4.1", resolve=files),
    ],
    ids=["-s ours", "-X ours", "by hand"],
)
def test_it_kept_the_value_of_the_branch(repo: Repo, path: str, merge: Callable[[Repo, Files], str]) -> None:
    repo.commit("As we have it", own(path))
    merge(repo, own(path))
    assert judged(repo) == "dropped"


def test_it_kept_the_old_value_and_another_was_set_later(repo: Repo, path: str) -> None:
    repo.merge("v2.4.1", "-s", "ours")
    repo.commit("As we have it", own(path))
    assert judged(repo) == "dropped"


def test_it_took_the_value_of_the_fix(repo: Repo, path: str) -> None:
    repo.commit("As we have it", own(path))
    repo.merge("v2.4.1", resolve=own(path, VALUES[path][2]))
    assert judged(repo) == "present"


def test_a_value_was_set_later(repo: Repo, path: str) -> None:
    """The fix came; what it set has moved on."""
    repo.merge("v2.4.1")
    repo.commit("As we have it", own(path))
    assert judged(repo) == "present"


@pytest.mark.parametrize(("value", "status"), [("90", "present"), ("60.5", "present"), ("59", "dropped")])
@pytest.mark.parametrize("path", ["a.properties"], indirect=True)
def test_a_value_that_goes_as_far_as_the_fix(repo: Repo, path: str, value: str, status: str) -> None:
    repo.commit("As we have it", own(path, value))
    repo.merge("v2.4.1", resolve=own(path, value))
    assert judged(repo) == status


@pytest.mark.parametrize(
    ("value", "status"), [("5", "present"), ("10", "present"), ("45", "dropped"), ("20", "dropped")]
)
def test_a_value_that_the_fix_lowers(tmp_path: Path, value: str, status: str) -> None:
    """From 30 to 10: no higher one does."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"a.properties": PROPERTIES.format(30)})
    fixed(repo, {"a.properties": PROPERTIES.format(10)})
    repo.switch("qa")
    repo.commit("As we have it", own("a.properties", value))
    repo.merge("v2.4.1", resolve=own("a.properties", value))
    assert judged(repo) == status


@pytest.mark.parametrize("path", ["a.properties"], indirect=True)
def test_what_it_sets_is_gone_from_the_branch(repo: Repo, path: str) -> None:
    """Nothing to set, nothing lost."""
    without = {path: PROPERTIES.replace("db.timeout={}\n", "")}
    repo.commit("No time-out", without)
    repo.merge("v2.4.1", resolve=without)
    assert judged(repo) == "present"


# A value that main has tuned before the fix, and since

CONDITION = """\
class Cart {{
    boolean has(Item item) {{
        for (Item other : items) {{
            if ({}) {{
                return true;
            }}
        }}
        return false;
    }}
}}
"""
TUNED = {
    "a.properties": (PROPERTIES, ("30", "60", "90", "120")),
    "b.properties": (PROPERTIES, ("auto", "strict", "lenient", "paranoid")),
    "Cart.java": (
        CONDITION,
        ("other == item", "other == item || other.id() == item.id()", "other.equals(item)", "equals(other, item)"),
    ),
}


@pytest.mark.parametrize("further", [True, False], ids=["main went on", "main stands"])
@pytest.mark.parametrize("name", sorted(TUNED))
@pytest.mark.parametrize(("back", "status"), [(0, "reverted"), (1, "reverted"), (3, "present")])
def test_it_went_back_to_an_old_value(tmp_path: Path, name: str, back: int, status: str, further: bool) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    text, values = TUNED[name]
    oldest, older, mended, latest = ({name: text.format(value)} for value in values)
    started(repo, oldest)
    repo.commit("Tune it", older)
    repo.tag("v2.5.0")
    repo.commit("Mend it", mended)
    repo.tag("v2.5.1")
    if further:
        repo.commit("Tune it again", latest)
    repo.switch("qa")
    repo.commit("Our own", {"ours.txt": "ours\n"})
    repo.merge("v2.5.1")
    repo.commit("Tune it here", (oldest, older, mended, latest)[back])
    assert judged(repo, "v2.5.1") == status
