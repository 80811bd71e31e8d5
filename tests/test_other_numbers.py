"""A version that a branch raised from another one than main had: by the letter, a commit that carries the fix."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import audit, pair, told

OTHER = "Quin <quin@example.com>"
PLUGINS = 'addPlugin("org.shop" % "first" % "{first}")\naddPlugin("org.shop" % "tree" % "{tree}")\nscala = "{scala}"\n'


def plugins(tree: str, first: str = "3.1", scala: str = "2.13") -> Files:
    return {"plugins.sbt": PLUGINS.format(tree=tree, first=first, scala=scala)}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """The fix raises 1.10.4 to 1.10.5; qa has another version of that, and of what is beside it."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, plugins("1.10.4"))
    fixed(repo, plugins("1.10.5"))
    repo.switch("qa")
    repo.commit("Our own", plugins("1.10.2"), author=OTHER)
    return repo


def test_the_branch_left_out_a_version(repo: Repo) -> None:
    repo.commit("tree 1.10.5 (was 1.10.2)", plugins("1.10.5"), author=OTHER)
    oid = repo.oid()
    repo.commit("tree 1.10.6", plugins("1.10.6"), author=OTHER)
    assert told(repo, "qa", "v2.4.1") == ("present", "squash")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.fixes[0].evidence.commit == oid
    assert verdict.arrival == oid


def test_it_went_back(repo: Repo) -> None:
    repo.commit("tree 1.10.5 (was 1.10.2)", plugins("1.10.5"), author=OTHER)
    repo.commit("tree 1.10.2 again", plugins("1.10.2"), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


@pytest.mark.parametrize(
    "own",
    [plugins("1.10.6"), plugins("1.10.2", first="1.10.5"), plugins("1.10.3", scala="1.10.5")],
    ids=["a higher one", "of another plugin", "of something else"],
)
def test_another_number_is_another_change(repo: Repo, own: Files) -> None:
    repo.commit("Raise", own, author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_a_number_that_the_fix_lowers_is_not_the_one_that_the_branch_came_by(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, plugins("1.10.7"))
    fixed(repo, plugins("1.10.5"))
    repo.switch("qa")
    for version in ("1.10.2", "1.10.5", "1.10.8"):
        repo.commit(f"Our own {version}", plugins(version), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_one_number_that_the_fix_raises_and_another_that_it_lowers(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, plugins("1.10.7", first="3.1"))
    fixed(repo, plugins("1.10.5", first="3.2"))
    repo.switch("qa")
    for tree, first in (("1.10.2", "3.0"), ("1.10.5", "3.2"), ("1.10.8", "3.2")):
        repo.commit(f"Our own {tree}", plugins(tree, first), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_who_put_a_whole_file_there_raised_nothing(repo: Repo) -> None:
    """The branch made the file anew as main had it with the fix, and has gone on since."""
    repo.commit("Without", {"plugins.sbt": None}, author=OTHER)
    repo.commit("With", plugins("1.10.5"), author=OTHER)
    repo.commit("On", plugins("1.11.0"), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_words_that_differ_are_another_change(repo: Repo) -> None:
    """Code that the branch had otherwise, and replaced by main's."""
    repo.commit(
        "In our way", {"plugins.sbt": PLUGINS.format(tree="9", first="3.1", scala="2.13").replace("tree", "wood")}
    )
    repo.commit("Like main", plugins("1.10.5"), author=OTHER)
    repo.commit("On", plugins("1.11.0"), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"
