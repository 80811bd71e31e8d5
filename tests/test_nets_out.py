"""Hotfixes that come to nothing: plain git shows it, and every output says why."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.commands import explain
from auditor.evidence import plain_git
from auditor.model import Verdict
from auditor.output.words import short
from tests.build import CART, LOGIN_FIXED, Repo
from tests.judged import assert_checks_hold, audit, hotfix_of

ALL_IGNORED = "all that it changes lies under ignored paths: "


def shown(repo: Repo, status: str, *ignored: str, tag: str = "v2.3.1") -> Verdict:
    """The verdict on dev, with a check that holds in a clone, and that `verify` would run."""
    (verdict,) = hotfix_of(audit(repo, branches=["dev"], ignore_paths=ignored), tag).verdicts
    assert verdict.status == status
    (check,) = verdict.checks
    assert_checks_hold(repo.path, verdict)
    assert plain_git.differs(repo.path / ".git", check) is None
    return verdict


def taken_back(repo: Repo) -> tuple[str, str]:
    fix = repo.commit("Mend the login", {"src/login.py": LOGIN_FIXED})
    back = repo.revert(fix)
    return fix, back


def test_fixes_that_cancel_each_other_out(repo: Repo) -> None:
    taken_back(repo)
    repo.tag("v2.3.1")
    verdict = shown(repo, "not-applicable")
    assert verdict.reason == "the hotfix nets out to no change: its 2 fixes cancel each other out"
    assert repo.run(*verdict.checks[0].run.split()[1:]).returncode == 0
    on_next = verdict.checks[0].run.replace(repo.oid("v2.3.1^{commit}"), repo.commit("Else", {"src/cart.py": "0\n"}))
    assert repo.run(*on_next.split()[1:]).returncode == 1


def test_explain_names_what_cancelled_out(repo: Repo, capsys: pytest.CaptureFixture[str]) -> None:
    fix, back = taken_back(repo)
    repo.tag("v2.3.1")
    assert explain.run("v2.3.1", "dev", repo.path, None, None) == 0
    said = capsys.readouterr().out
    assert "fixes (2), which together change nothing" in said
    assert f"  {fix} Mend the login\n" in said
    assert f"  {back} Revert" in said
    assert "$ git --no-replace-objects diff-tree -r --quiet " in said


@pytest.mark.parametrize("ignored", ["src/", "src", "*.py"])
def test_all_of_it_is_ignored(repo: Repo, ignored: str) -> None:
    repo.commit("Mend the login", {"src/login.py": LOGIN_FIXED, "src/[a]*.py": "x = 1\n"})
    repo.tag("v2.3.1")
    verdict = shown(repo, "not-applicable", "VERSION", ignored)
    assert verdict.reason == f"{ALL_IGNORED}{ignored}"
    assert "src/login.py" in verdict.checks[0].run


def test_the_rest_of_it_is_ignored(repo: Repo) -> None:
    taken_back(repo)
    repo.commit("Version", {"VERSION": "2.3.1\n"})
    repo.tag("v2.3.1")
    said = shown(repo, "not-applicable", "VERSION").reason
    assert (
        said == "the hotfix nets out to no change outside of ignored paths (VERSION): its 2 fixes cancel each other out"
    )


def test_many_ignored_files_make_no_endless_command(repo: Repo) -> None:
    repo.commit("Pictures", {f"art/{n % 7}/{n}.txt": f"{n}\n" for n in range(200)} | {"art/x.txt": "x\n"})
    repo.tag("v2.3.1")
    (check,) = shown(repo, "not-applicable", "art/").checks
    assert check.run.count("exclude") == 8
    assert "art/6/" in check.run


def test_many_ignored_files_at_the_top_are_named_each(repo: Repo) -> None:
    repo.commit("Pictures", {f"{n}.txt": f"{n}\n" for n in range(30)})
    repo.tag("v2.3.1")
    assert shown(repo, "not-applicable", "*.txt").checks[0].run.count("exclude") == 30


def test_nothing_is_below_it_and_nothing_in_it_counts(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new")
    repo.commit("Begin", {"VERSION": "1\n"})
    repo.branch("dev")
    repo.tag("v1.0.1")
    assert shown(repo, "not-applicable", "VERSION", tag="v1.0.1").reason == f"{ALL_IGNORED}VERSION"


def test_the_tree_is_empty(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "new")
    repo.commit("Begin")
    repo.branch("dev")
    repo.tag("v1.0.1")
    assert shown(repo, "not-applicable", tag="v1.0.1").reason == "the hotfix nets out to no change"


def test_several_bounds(repo: Repo) -> None:
    """Releases on two lines of main's history: what is shown is what was compared."""
    repo.switch("side", "main")
    repo.commit("Cart", {"src/cart.py": f"{CART}# more\n"})
    repo.tag("v2.2.5")
    repo.switch("main")
    repo.commit("Login", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.3.1")
    repo.merge("side", "-s", "ours")
    repo.tag("v2.3.2")
    found = hotfix_of(audit(repo, branches=["dev"]), "v2.3.2")
    assert set(found.bounds) == {"v2.2.5", "v2.3.1"}
    (verdict,) = found.verdicts
    assert len(verdict.checks) > 0
    assert_checks_hold(repo.path, verdict)


def test_no_commit_of_it_counts_and_yet_the_trees_differ(repo: Repo) -> None:
    """Two releases merged by git itself: no fix, and a tree that neither of them has."""
    repo.switch("side", "main")
    repo.commit("Cart", {"src/cart.py": f"{CART}# more\n", "VERSION": "side\n"})
    repo.tag("v2.2.5")
    repo.switch("main")
    repo.commit("Login", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.3.1")
    repo.merge("side")
    repo.tag("v2.3.2")
    verdict = shown(repo, "unknown", "VERSION", tag="v2.3.2")
    assert verdict.reason.startswith("no-fixes: ")


def test_bytes_that_are_no_text_in_ignored_names(repo: Repo) -> None:
    name = os.fsdecode(b"art/\xff 'x'.txt")
    repo.commit("Odd", {name: "x\n"})
    repo.tag("v2.3.1")
    shown(repo, "not-applicable", "art/")


def test_ids_are_whole(repo: Repo) -> None:
    taken_back(repo)
    repo.tag("v2.3.1")
    run = shown(repo, "not-applicable").checks[0].run
    assert f"{repo.oid('v2.3.0^{commit}')} {repo.oid('v2.3.1^{commit}')}" in run
    assert short(repo.oid("v2.3.1")) not in run
