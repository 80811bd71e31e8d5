"""Code that a commit moved to another file of the branch: with what a fix had brought to it, or without."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.build import Repo, fixed, protocol, started
from tests.test_let_nothing_in import GUARD, NEW, OLD, PAY, judged, shop, split

OWN = PAY.format(guard="    if card.expired or card.lost:\n        raise CardError()\n")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, shop(OLD))
    fixed(repo, shop(NEW))
    repo.switch("qa")
    return repo


@pytest.mark.parametrize(
    ("pay", "status"),
    [(OLD, "reverted"), (NEW, "present"), (OWN, "present")],
    ids=["without", "with", "in other words"],
)
def test_a_commit_moved_the_function(repo: Repo, pay: str, status: str) -> None:
    repo.merge("main")
    moved = repo.commit("Split", split(pay))
    found, detail = judged(repo)
    assert found == status
    if status == "reverted":
        assert detail == f"{moved[:12]} on the branch moved the code that it mends to pay.py without it"


@pytest.mark.parametrize(
    ("first", "then"),
    [((), ("pay.py", "shop.py")), ((), ("shop.py", "pay.py")), (("pay.py",), ("shop.py",))],
    ids=["copied first", "taken out first", "copied before it came"],
)
@pytest.mark.parametrize(("pay", "status"), [(OLD, "reverted"), (NEW, "present"), (OWN, "present")])
def test_two_commits_moved_the_function(
    repo: Repo, first: Sequence[str], then: Sequence[str], pay: str, status: str
) -> None:
    for path in first:
        repo.commit("Half of it", {path: split(pay)[path]})
    repo.merge("main")
    for path in then:
        repo.commit("Half of it", {path: split(pay)[path]})
        repo.commit("Beside it", {"notes.md": f"{path}\n"})
    assert judged(repo)[0] == status


def test_a_merge_took_the_side_that_had_moved_it(repo: Repo) -> None:
    repo.branch("topic")
    repo.merge("main")
    repo.switch("topic")
    repo.commit("Split", split(OLD))
    repo.switch("qa")
    repo.merge("topic", resolve=split(OLD))
    assert judged(repo)[0] in ("reverted", "dropped")


def test_it_was_moved_and_then_mended(repo: Repo) -> None:
    repo.merge("main")
    repo.commit("Split", split(OLD))
    repo.commit("Expired cards", split(NEW))
    assert judged(repo)[0] == "present"


def test_it_was_moved_and_then_removed(repo: Repo) -> None:
    repo.merge("main")
    repo.commit("Split", split(OLD))
    repo.commit("No payments", {"pay.py": "from shop import total\n"})
    assert judged(repo)[0] == "present"


def test_main_has_such_code_there_too(repo: Repo) -> None:
    """A copy that nobody mends on main tells nothing of the branch's."""
    other = {"pay.py": split(OLD)["pay.py"]}
    repo.switch("main")
    repo.commit("Another way to pay", other)
    repo.switch("qa")
    repo.merge("v2.4.1")
    repo.commit("Only that way", {"shop.py": split(OLD)["shop.py"], **other})
    assert judged(repo)[0] == "present"


def test_such_code_was_in_the_other_file_before(repo: Repo) -> None:
    """Another shop has long paid so: the commit that took the function out moved nothing there."""
    other = str(split(OLD)["pay.py"])
    repo.commit("Another shop", {"other.py": other})
    for n in range(25):
        repo.commit("Beside it", {"notes.md": f"{n}\n"})
    repo.merge("main")
    repo.commit("No payments here", {"shop.py": split(OLD)["shop.py"], "other.py": f"{other}\n\nclosed = True\n"})
    assert judged(repo)[0] == "present"


def test_what_a_guide_shows_is_no_code(repo: Repo) -> None:
    repo.merge("main")
    guide = "# How it was done\n\n" + "".join(f"    {line}" for line in OLD.splitlines(keepends=True))
    repo.commit("No payments", {"shop.py": split(OLD)["shop.py"], "guide.md": guide})
    assert judged(repo)[0] == "present"


def test_the_function_was_removed(repo: Repo) -> None:
    repo.merge("main")
    repo.commit("No payments", {"shop.py": split(OLD)["shop.py"], "note.py": f"NOTE = {GUARD!r}\n"})
    assert judged(repo)[0] == "present"
