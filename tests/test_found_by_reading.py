"""Stories of the histories of other projects, found by reading verdicts on them: each was once judged wrongly."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import CART, LOGIN, LOGIN_FIXED, Repo, hotfix, protocol
from tests.judged import told


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


# Ways to say which commit was copied


@pytest.mark.parametrize(
    "words",
    [
        "Original-merge: {}",
        "This is a cherrypick of {}",
        "Cherry-pick: {}",
        "Cherry-Picked-From: {}",
        "(cherry pick from commit {})",
        "Backports commit: {} / pull request 17",
    ],
)
def test_a_pick_names_its_origin_in_other_words(repo: Repo, words: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("if account.locked:", "if account.locked or account.old:")})
    text = LOGIN_FIXED.replace("if account.locked:", "if account.locked or account.old:").replace("no", "none", 1)
    repo.commit(f"Mend login\n\n{words.format(landed.merge)}", {"src/login.py": text})
    assert told(repo) == ("present", "declared")


@pytest.mark.parametrize("words", ["(partially cherry picked from commit {})", "Partial cherry-pick of {}"])
def test_a_pick_that_calls_itself_partial_is_not_the_fix(repo: Repo, words: str) -> None:
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/cart.py": f"# cart\n{CART}"})
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    fixed = LOGIN_FIXED.replace("find(user)", "search(user)")
    repo.commit(f"Mend login\n\n{words.format(landed.fix)}", {"src/login.py": fixed})
    assert told(repo) == ("missing", None)


def test_a_line_that_a_fix_takes_and_gives_again_need_not_be_removed(repo: Repo) -> None:
    """The fix gave the last line its end; the branch had that, and another wording of the line that was mended."""
    history = '{{\n  "since": "7.0",\n  "text": "Support for {} names",\n  "more": true\n}}'
    repo.commit("Describe", {"geo.json": history.format("lower-case")})
    repo.tag("v2.4.0")
    repo.branch("qa")
    fix = hotfix(repo, "name", "v2.4.1", {"geo.json": history.format("uppercase") + "\n"}).fix
    repo.switch("qa")
    repo.commit("Describe otherwise", {"geo.json": history.format("capital-case") + "\n"})
    repo.commit(f"A real word (cherry picked from commit {fix})", {"geo.json": history.format("uppercase") + "\n"})
    later = history.format("uppercase").replace("true", "false").replace("7.0", "7.0.0")
    repo.commit("Go on", {"geo.json": later + "\n"})
    assert told(repo, "qa", "v2.4.1") == ("present", "declared")
