"""When a fix came to a branch that got it from another branch, taken out already, and again since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import CART, LOGIN, Repo, hotfix, protocol
from tests.judged import audit, pair


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev", "qa"))


def handed_on(repo: Repo) -> str:
    """Dev had the fix and took it back; qa got both by one merge, and picked the fix again: that commit."""
    fix = hotfix(repo).fix
    repo.switch("dev")
    for number in range(3):
        repo.commit("Feature", {f"feature{number}.txt": "1\n"})
    repo.merge("main")
    repo.revert("HEAD", "-m", "1")
    repo.switch("qa")
    repo.commit("Own", {"src/cart.py": CART + "# own\n"})
    repo.merge("dev")
    return repo.pick(fix)


@pytest.mark.parametrize("branches", [["qa"], ["dev", "qa"]])
def test_it_came_with_what_brought_it_again(repo: Repo, branches: list[str]) -> None:
    again = handed_on(repo)
    assert pair(audit(repo, branches=branches), "v2.3.1", "qa").arrival == again


def test_no_evidence_is_of_another_branch(repo: Repo) -> None:
    handed_on(repo)
    alone, beside = (pair(audit(repo, branches=branches), "v2.3.1", "qa") for branches in (["qa"], ["dev", "qa"]))
    assert alone == beside


@pytest.mark.parametrize("by_hand", [True, False])
def test_it_was_backed_out_and_came_in_again(repo: Repo, by_hand: bool) -> None:
    """Whatever the messages say: by the same commit other lines changed, so that it is no inverse of the fix."""
    hotfix(repo)
    fixed = repo.read("src/login.py")
    repo.switch("dev")
    repo.merge("main")
    out = repo.commit("As it was", {"src/login.py": LOGIN + "# as it was\n", "notes.txt": "out\n"})
    repo.commit("Feature", {"feature.txt": "1\n"})
    again = repo.commit("And in again", {"src/login.py": fixed + "# again\n"}) if by_hand else repo.revert(out)
    repo.commit("More of it", {"feature.txt": "2\n"})
    assert pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").arrival == again


@pytest.mark.parametrize("text", ["# own\n", "import os\n"])
def test_work_on_its_files_is_no_arrival(repo: Repo, text: str) -> None:
    hotfix(repo)
    fixed = repo.read("src/login.py")
    repo.switch("dev")
    arrival = repo.merge("main")
    repo.commit("Work on it", {"src/login.py": text + fixed})
    assert pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").arrival == arrival


def test_what_main_took_back_is_not_asked_for(repo: Repo) -> None:
    """Main has a part of the fix no more: without that it was in again."""
    text = "begin({})\n" + "".join(f"step_{number}()\n" for number in range(9)) + "end({})\n"
    old, mended, half = (text.format(*some) for some in (("", ""), ("checked", "checked"), ("checked", "")))
    repo.commit("Steps", {"src/steps.py": old})
    repo.tag("v2.4.0")
    repo.branch("ppd")
    hotfix(repo, "steps", "v2.4.1", {"src/steps.py": mended})
    repo.commit("No last step", {"src/steps.py": half})
    repo.switch("ppd")
    repo.merge("main")
    repo.commit("As it was", {"src/steps.py": f"{old}# as it was\n"})
    again = repo.commit("And in again", {"src/steps.py": f"{half}# again\n"})
    repo.commit("Feature", {"feature.txt": "1\n"})
    assert pair(audit(repo, branches=["ppd"]), "v2.4.1", "ppd").arrival == again
