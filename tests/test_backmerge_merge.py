"""Back-merges made in memory: the trees that plain git makes, conflicts where it has them, and nothing touched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from auditor.backmerge import names
from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Drafted, Method, Proposal
from auditor.config.configuration import RepositoryConfig
from auditor.git.bench import scratch
from tests.build import CART, LOGIN, LOGIN_FIXED, Repo, back_merge, hotfix, protocol
from tests.judged import NOW, audit, pair


def drafted(repo: Repo, **keys: Any) -> Drafted:
    config = RepositoryConfig.model_validate({"name": "r", "path": repo.path, "branches": ["dev"], **keys})
    found = draft(config, NOW, Path("no-state"), Wanted())
    assert isinstance(found, Drafted), found.errors
    return found


def proposed(repo: Repo, tag: str = "v2.3.1", **keys: Any) -> Proposal:
    found = drafted(repo, **keys).proposal(tag, "dev")
    assert found is not None
    return found


def brought(repo: Repo, proposal: Proposal) -> Repo:
    """A clone in which dev is at the proposal's head."""
    assert proposal.head
    clone = Repo(repo.path.parent / "brought", "none")
    folders = (repo.path / ".git" / "objects",)
    with scratch(folders, proposal.made, {"refs/heads/dev": proposal.head}) as folder:
        clone.git("fetch", "-q", str(folder), "+refs/heads/dev:refs/heads/dev")
    clone.git("fetch", "-q", str(repo.path), "+refs/heads/main:refs/heads/main", "+refs/tags/*:refs/tags/*")
    return clone


def by_git(repo: Repo, proposal: Proposal, fixes: list[str]) -> tuple[str | None, list[str]]:
    """Tree, or conflicting paths, of the same method by plain git in a clone."""
    clone = Repo(repo.path.parent / "by-git", "none")
    clone.git("fetch", "-q", str(repo.path), "+refs/heads/*:refs/remotes/x/*", "+refs/tags/*:refs/tags/*")
    clone.git("switch", "-q", "--detach", proposal.tip)
    wanted = (
        ("merge", "--no-ff", "-q", proposal.tag) if proposal.method is Method.MERGE else ("cherry-pick", "-x", *fixes)
    )
    done = clone.run(*wanted)
    if done.returncode:
        return None, sorted(clone.git("diff", "--name-only", "--diff-filter=U").split())
    return clone.git("rev-parse", "HEAD^{tree}"), []


def test_a_merge_where_that_brings_the_hotfix_alone(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Own work", {"own.txt": "x"})
    found = proposed(repo)
    assert (found.method, found.ready, found.conflicts) == (Method.MERGE, True, ())
    clone = brought(repo, found)
    assert clone.git("rev-parse", "dev^{tree}") == by_git(repo, found, [])[0]
    assert clone.git("log", "-1", "--format=%P", "dev").split() == [repo.oid("dev"), landed.merge]
    assert clone.git("log", "-1", "--format=%an <%ae>%n%cn%n%s", "dev").splitlines() == [
        "Branch Drift <branch-drift@localhost>", "Branch Drift", "Merge tag 'v2.3.1' into dev",
    ]  # fmt: skip
    assert clone.run("fsck", "--strict").returncode == 0
    verdict = pair(audit(clone, branches=["dev"]), "v2.3.1", "dev")
    assert (verdict.status, verdict.via) == ("present", "merge")


def test_picks_where_a_merge_brings_more(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    repo.commit("A feature", {"feature.txt": "new"})
    repo.tag("v2.4.0")
    repo.switch("hotfix/two", "main")
    one = repo.commit("Fix one\n\nSigned-off-by: Ada <a@x>", {"src/login.py": LOGIN_FIXED}, author="Åsa <asa@x>")
    two = repo.commit("Fix two", {"src/cart.py": CART.replace("0", "1")})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.4.1")
    found = proposed(repo, "v2.4.1", backmerge={"committer": "Robot <r@example.com>"})
    assert (found.method, found.ready) == (Method.CHERRY_PICK, True)
    assert "a merge of the tag brings more than the hotfix" in found.reason
    clone = brought(repo, found)
    assert clone.git("rev-parse", "dev^{tree}") == by_git(repo, found, [one, two])[0]
    said = clone.git("log", "-2", "--reverse", "--format=%an|%cn <%ce>|%at|%B", "dev")
    theirs = [repo.git("log", "-1", "--format=%at", c) for c in (one, two)]
    assert said == (
        f"Åsa|Robot <r@example.com>|{theirs[0]}|Fix one\n\nSigned-off-by: Ada <a@x>\n"
        f"(cherry picked from commit {one})\n\n"
        f"Ada Author|Robot <r@example.com>|{theirs[1]}|Fix two\n\n(cherry picked from commit {two})\n"
    )
    git = Repo(repo.path.parent / "by-git", "none")
    assert clone.git("log", "-2", "--format=%B", "dev") == git.git("log", "-2", "--format=%B", "HEAD")
    assert not (clone.git("ls-tree", "dev", "feature.txt"))
    assert pair(audit(clone, branches=["dev"]), "v2.4.1", "dev").via == "cherry-pick"


@pytest.mark.parametrize(("method", "brings_feature"), [("merge", True), ("cherry-pick", False)])
def test_the_configured_method(tmp_path: Path, method: str, brings_feature: bool) -> None:
    repo = protocol(tmp_path / "r")
    repo.commit("A feature", {"feature.txt": "new"})
    repo.tag("v2.4.0")
    hotfix(repo, tag="v2.4.1")
    found = proposed(repo, "v2.4.1", backmerge={"method": method})
    assert (found.method, found.ready) == (method, True)
    assert bool(brought(repo, found).git("ls-tree", "dev", "feature.txt")) is brings_feature


def test_only_what_is_owed_is_picked(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    repo.switch("hotfix/two", "main")
    one = repo.commit("One", {"src/login.py": LOGIN_FIXED})
    two = repo.commit("Two", {"src/cart.py": CART.replace("0", "1")})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.pick(one)
    found = proposed(repo, backmerge={"method": "cherry-pick"})
    clone = brought(repo, found)
    assert clone.git("log", "--format=%s", f"{found.tip}..dev") == "Two"
    assert clone.git("rev-parse", "dev^{tree}") == by_git(repo, found, [two])[0]


def test_a_reverted_hotfix_comes_again(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    landed = hotfix(repo)
    back_merge(repo, "v2.3.1", "dev")
    repo.switch("dev")
    repo.revert(repo.oid(), "-m", "1")
    found = proposed(repo)
    assert (found.method, found.ready) == (Method.CHERRY_PICK, True)
    assert "history holds the hotfix already" in found.reason
    clone = brought(repo, found)
    assert clone.git("rev-parse", "dev^{tree}") == by_git(repo, found, [landed.fix])[0]
    assert pair(audit(clone, branches=["dev"]), "v2.3.1", "dev").status == "present"


@pytest.mark.parametrize("method", ["auto", "merge", "cherry-pick"])
def test_conflicts_are_those_that_git_has(tmp_path: Path, method: str) -> None:
    repo = protocol(tmp_path / "r")
    landed = hotfix(repo)
    repo.switch("dev")
    other = repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")}, author="Eve <e@x>")
    repo.commit("Later", {"later.txt": "x"})
    found = proposed(repo, backmerge={"method": method})
    assert (found.ready, found.made) == (False, ())
    assert found.head == landed.merge
    assert found.method == ("cherry-pick" if method == "cherry-pick" else "merge")
    assert [(c.path, c.commit, c.author) for c in found.conflicts] == [("src/login.py", other, "Eve")]
    assert by_git(repo, found, [landed.fix]) == (None, ["src/login.py"])


def test_a_renamed_file_is_followed_as_git_does(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    hotfix(repo)
    repo.switch("dev")
    repo.rename("src/login.py", "src/entry.py")
    repo.commit("Rename")
    found = proposed(repo)
    assert found.ready
    assert brought(repo, found).git("rev-parse", "dev^{tree}") == by_git(repo, found, [])[0]


def test_what_history_holds_already_and_cannot_be_picked_is_left_to_a_person(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    hotfix(repo)
    back_merge(repo, "v2.3.1", "dev")
    repo.switch("dev")
    repo.commit("Undo, and more", {"src/login.py": LOGIN.replace("if account.locked", "if account.shut")})
    repo.commit("Undo", {"src/login.py": LOGIN})
    found = proposed(repo, backmerge={"method": "merge"})
    assert (found.ready, found.head, found.conflicts) == (False, None, ())
    assert "history holds the hotfix already" in found.reason


def test_equal_repositories_give_equal_commits(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    hotfix(repo)
    assert proposed(repo).head == proposed(repo).head
    assert proposed(repo).made == proposed(repo).made


def test_nothing_in_the_audited_repository_is_touched(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    hotfix(repo)
    repo.git("repack", "-q", "-a")
    for file in repo.path.rglob("*"):
        os.utime(file, (1, 1), follow_symlinks=False)
    before = {f: (f.lstat().st_mtime_ns, f.lstat().st_size) for f in repo.path.rglob("*")}
    assert proposed(repo).ready
    assert {f: (f.lstat().st_mtime_ns, f.lstat().st_size) for f in repo.path.rglob("*")} == before


def test_stacked_hotfixes_know_what_is_below_them(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r")
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('"no"\n    if', '"never"\n    if')})
    hotfix(repo, "cart", "v2.3.3", {"src/cart.py": CART.replace("0", "1")})
    found = drafted(repo)
    said = {p.tag: (p.ready, p.after, sorted(p.below)) for p in found.proposals}
    assert said == {
        "v2.3.1": (True, (), []),
        "v2.3.2": (False, ("v2.3.1",), ["v2.3.1"]),
        "v2.3.3": (True, (), ["v2.3.1", "v2.3.2"]),
    }


def test_names_are_one_pairs_own() -> None:
    assert names.source("v2.3.1", "dev") == "backmerge/v2.3.1-into-dev"
    odd = [
        "payments/v1",
        "payments-v1",
        "a..b",
        "a.lock",
        "-x",
        "é",
        "a b",
        "x" * 300,
        "a-into-b",
        "~^:?*[\\",
        "@{",
        "",
    ]
    pairs = [(one, other) for one in odd for other in odd]
    made = [names.source(*p) for p in pairs]
    assert len(set(made)) == len(pairs)
    assert made == [names.source(*p) for p in pairs]


@pytest.mark.parametrize("tag", ["a..b", "a.lock", "-x", "é", "x" * 300, "@{", "~^:?*[\\", "v1."])
def test_names_are_names_to_git(tmp_path: Path, tag: str) -> None:
    repo = Repo(tmp_path / "r")
    repo.git("check-ref-format", f"refs/heads/{names.source(tag, tag)}")
