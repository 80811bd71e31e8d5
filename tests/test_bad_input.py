"""Whatever is wrong with a repository: the right verdict, or an unknown with its reason."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.build import LOGIN, LOGIN_FIXED, Repo, back_merge, hotfix, protocol
from tests.judged import audit, hotfix_of, pair, told


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev", "dr"))


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    return {
        str(p): (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "")
        for p in sorted(folder.rglob("*"))
    }


def test_nothing_is_written_into_an_audited_repository(repo: Repo) -> None:
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    repo.switch("main")
    repo.commit("Meanwhile", {"src/login.py": LOGIN.replace('return "bye"', 'return "ciao"')})
    repo.switch("hotfix/evil", "main~1")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.merge("hotfix/evil", resolve={"extra.txt": "x\n"})
    repo.tag("v2.3.1")
    before = snapshot(repo.path)
    found = audit(repo, branches=["dev", "dr"])
    assert {v.status.value for _, v in found.pairs()} == {"missing"}
    assert snapshot(repo.path) == before


def test_absent_branch_and_absent_main(repo: Repo) -> None:
    hotfix(repo)
    found = audit(repo, branches=["dev", "ghost"])
    assert pair(found, "v2.3.1", "ghost").status == "unknown"
    assert pair(found, "v2.3.1", "dev").status == "missing"
    assert [e.code for e in found.errors] == ["branch-absent"]
    assert [e.code for e in audit(repo, main="trunk", branches=["dev"]).errors] == ["main-absent"]
    assert [e.code for e in audit(repo, branches=["dev~1", "dev "]).errors] == ["branch-absent"] * 2


def test_shallow_clone_is_never_passed(repo: Repo, tmp_path: Path) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.commit("Later", {"later.txt": "x\n"})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", "--no-single-branch", f"file://{repo.path}", clone], check=True)
    found = audit(clone, branches=["dev", "dr"])
    assert {v.status.value for _, v in found.pairs()} == {"unknown"}
    assert [e.code for e in found.errors] == ["shallow"]
    assert not found.violations
    assert found.incomplete


def test_missing_blob_is_unknown(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    blob = repo.git("rev-parse", "dev:src/login.py")
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    found = audit(repo, branches=["dev", "dr"])
    assert pair(found, "v2.3.1", "dev").status == "unknown"
    assert blob in pair(found, "v2.3.1", "dev").reason
    assert pair(found, "v2.3.1", "dr").status == "missing"


def lose(repo: Repo, blob: str) -> None:
    (repo.path / ".git" / "objects" / blob[:2] / blob[2:]).unlink()


@pytest.mark.parametrize("lost", [True, False])
def test_what_a_history_ever_had_cannot_be_told_without_its_trees(repo: Repo, lost: bool) -> None:
    """Pages that share nothing with main: one of their older trees is missing, which may have had the file."""
    hotfix(repo)
    repo.git("checkout", "-q", "--orphan", "pages")
    repo.git("rm", "-q", "-r", "-f", ".")
    for number in range(3):
        repo.commit(f"Page {number}", {f"page{number}.html": f"<p>{number}</p>\n"})
    if lost:
        lose(repo, repo.git("rev-parse", "pages~1^{tree}"))
    found = audit(repo, branches=["pages", "dr"])
    assert pair(found, "v2.3.1", "pages").status == ("unknown" if lost else "not-applicable")
    assert pair(found, "v2.3.1", "dr").status == "missing"


def test_a_file_of_which_no_forecast_can_be_made_costs_no_verdict(repo: Repo) -> None:
    """One fix was taken out again on dev; of the other one a file cannot be read there."""
    text = "".join(f"option_{n}\n" for n in range(9))
    repo.commit("Other", {"src/other.py": text})
    repo.tag("v2.4.0")
    oid = repo.commit("Mend it", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    repo.commit("Mend that", {"src/other.py": text.replace("option_3", "option_iii")})
    repo.tag("v2.4.1")
    repo.switch("dev")
    repo.git("reset", "-q", "--hard", oid)
    repo.revert(oid)
    repo.commit("Own", {"src/other.py": text.replace("option_8", "option_viii")})
    lose(repo, repo.git("rev-parse", "dev:src/other.py"))
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev")
    assert (verdict.status, [f.status for f in verdict.fixes]) == ("reverted", ["reverted", "unknown"])
    assert verdict.forecast is None


def test_what_other_fixes_of_a_hotfix_did_is_not_needed_to_know_a_copy(repo: Repo) -> None:
    repo.commit("Old", {"src/big.py": "old\n" * 9})
    repo.tag("v2.4.0")
    text = LOGIN.replace("find(user)", "search(user)").replace('"no"', '"none"')
    oid = repo.commit("Mend it", {"src/login.py": text})
    repo.commit("Mend that", {"src/big.py": "mended\n" * 9})
    repo.tag("v2.4.1")
    repo.switch("dev")
    own = LOGIN.replace("def login", "# Ours\ndef login")
    repo.commit("Own", {"src/login.py": own})
    copy = own.replace("find(user)", "search(user)").replace('"no"', '"nope"')
    repo.commit(f"Mend it here\n\n(cherry picked from commit {oid})", {"src/login.py": copy})
    lose(repo, repo.git("rev-parse", "main:src/big.py"))
    fixes = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev").fixes
    assert [(f.status, f.via) for f in fixes] == [("present", "declared"), ("unknown", None)], fixes


def test_missing_commit_is_unknown_where_it_matters(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    lost = repo.commit("Lost", {"x.txt": "x\n"})
    repo.commit("After", {"y.txt": "y\n"})
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = audit(repo, branches=["dev", "dr"])
    assert pair(found, "v2.3.1", "dev").status == "unknown"
    assert pair(found, "v2.3.1", "dr").status == "missing"
    assert [e.code for e in found.errors] == ["objects-missing"]


@pytest.mark.parametrize("how", ["object", "commit", "empty ref", "packed"])
def test_a_tag_that_cannot_be_read_is_not_left_out_in_silence(repo: Repo, how: str) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    stray = repo.oid(f"{repo.commit('Off every branch')}")
    repo.git("reset", "-q", "--hard", "HEAD~1")
    lost = {"object": repo.oid("refs/tags/v2.3.1"), "commit": stray}.get(how)
    if how == "commit":
        repo.git("update-ref", "refs/tags/v2.3.1", stray)
    if how == "packed":
        repo.git("pack-refs", "--all")
    if lost:
        (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    else:
        (repo.path / ".git" / "refs" / "tags" / "v2.3.1").write_text("")
    found = audit(repo, branches=["dev"])
    assert (found.verdict, [e.code for e in found.errors]) == ("incomplete", ["objects-missing"])
    assert "v2.3.1" in found.errors[0].detail
    assert found.tags_total == 2
    assert "v2.3.1" in {e.tag for e in found.excluded}


@pytest.mark.parametrize("damaged", ["ref", "object"])
@pytest.mark.parametrize("branch", ["dev", "main"])
def test_a_shared_branch_that_cannot_be_read_is_not_replaced_by_the_local_one(
    repo: Repo, tmp_path: Path, branch: str, damaged: str
) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch(branch)
    repo.commit("Undo", {"src/login.py": LOGIN})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--no-hardlinks", f"file://{repo.path}", clone], check=True)
    subprocess.run(["git", "update-ref", f"refs/heads/{branch}", f"origin/{branch}~1"], cwd=clone, check=True)
    ref = clone / ".git" / "refs" / "remotes" / "origin" / branch
    ref.parent.mkdir(parents=True, exist_ok=True)
    ref.write_text("" if damaged == "ref" else f"{'1' * 40}\n")
    found = audit(clone, branches=["dev"])
    assert found.verdict == "incomplete"
    assert [e.code for e in found.errors] == ["objects-missing"]
    assert f"refs/remotes/origin/{branch}" in found.errors[0].detail
    assert {v.status.value for _, v in found.pairs()} <= {"unknown"}


@pytest.mark.parametrize("kind", ["empty", "file", "absent", "sha256", "reftable"])
def test_what_is_no_repository_we_can_read(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "r"
    if kind == "file":
        path.write_text("hello")
    elif kind == "empty":
        path.mkdir()
    elif kind == "sha256":
        subprocess.run(["git", "init", "-q", "--object-format=sha256", path], check=True)
    elif kind == "reftable":
        subprocess.run(["git", "init", "-q", path], check=True)
        (path / ".git" / "reftable").mkdir()
    expected = {"sha256": "unsupported", "reftable": "unsupported", "file": "unreadable"}.get(kind, "not-found")
    assert [e.code for e in audit(path, branches=["dev"]).errors] == [expected]


def scanned_as_anybody(*args: str | Path) -> tuple[int, dict[str, Any]]:
    """Exit status and the one repository of a scan, without root's right to read everything."""
    plain = ("setpriv", "--inh-caps=-all", "--bounding-set=-all") if os.geteuid() == 0 else ()
    command = [*plain, sys.executable, "-m", "auditor", "scan", *map(str, args), "--quiet", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    (found,) = json.loads(done.stdout)["repositories"]
    assert "internal" not in done.stdout
    return done.returncode, found


FOLDERS = (".git/refs/tags", ".git/refs/tags/cart", ".git/refs/heads", ".git/refs", ".git/objects", ".git", ".")


@pytest.mark.parametrize("place", FOLDERS)
def test_a_folder_that_may_not_be_read_is_not_taken_for_an_empty_one(repo: Repo, place: str) -> None:
    hotfix(repo)
    repo.git("tag", "-a", "-m", "cart", "cart/v2.3.1", "HEAD")
    back_merge(repo, "main", "dev", "dr")
    folder = repo.path / place
    mode = folder.stat().st_mode
    folder.chmod(0)
    try:
        status, found = scanned_as_anybody(repo.path, "--branch", "dr", "--no-ledger")
    finally:
        folder.chmod(mode)
    assert status == 3
    assert [e["code"] for e in found["errors"]] == ["unreadable"]
    assert "ermission denied" in found["errors"][0]["detail"]


def test_what_is_remembered_does_not_hide_a_folder_that_may_not_be_read(repo: Repo, tmp_path: Path) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    file = tmp_path / "c.yaml"
    file.write_text(f"repositories: [{{name: shop, path: {repo.path}, branches: [dev]}}]\n")
    assert scanned_as_anybody("-c", file)[0] == 0
    # A lightweight tag brings no object that would tell of it.
    repo.git("tag", "cart/v2.3.2", "main")
    (repo.path / ".git" / "refs" / "tags" / "cart").chmod(0)
    status, found = scanned_as_anybody("-c", file)
    assert (status, [e["code"] for e in found["errors"]]) == (3, ["unreadable"])


@pytest.mark.parametrize(("ref", "said"), [("tags/v2.3.1", "v2.3.1"), ("heads/dr", "refs/heads/dr")])
def test_a_ref_that_may_not_be_read_costs_the_others_nothing(repo: Repo, ref: str, said: str) -> None:
    hotfix(repo)
    hotfix(repo, "cart", "v2.3.2", {"src/cart.py": "sold out\n"})
    back_merge(repo, "main", "dev", "dr")
    (repo.path / ".git" / "refs" / ref).chmod(0)
    status, found = scanned_as_anybody(repo.path, "--branch", "dev", "--branch", "dr", "--no-ledger")
    assert status == 3
    assert said in "".join(e["detail"] for e in found["errors"])
    judged = {h["tag"]: h["branches"]["dev"]["status"] for h in found["hotfixes"]}
    assert set(judged.values()) == {"present"}, judged


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_repository_of_another_owner(repo: Repo) -> None:
    for folder in (repo.path, repo.path / ".git"):
        os.chown(folder, 12345, 12345)
    (error,) = audit(repo, branches=["dev"]).errors
    assert error.code == "other-owner"
    assert "safe.directory" in error.detail


def test_replace_refs_and_grafts_change_nothing(repo: Repo) -> None:
    landed = hotfix(repo)
    tip = repo.oid("dr")
    repo.git("replace", "--graft", tip, landed.merge)
    assert pair(audit(repo, branches=["dr"]), "v2.3.1", "dr").status == "missing"
    repo.git("replace", "-d", tip)
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "grafts").write_text(f"{tip} {landed.merge}\n")
    assert pair(audit(repo, branches=["dr"]), "v2.3.1", "dr").status == "missing"


def test_configuration_of_the_repository_is_not_run(repo: Repo, tmp_path: Path) -> None:
    trap = tmp_path / "trap"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {trap}\ncat\n")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "gpg.program", "core.pager", "diff.x.textconv", "diff.x.command"):
        repo.git("config", key, str(script))
    (repo.path / ".git" / "info").mkdir(exist_ok=True)
    (repo.path / ".git" / "info" / "attributes").write_text("* diff=x -text\n")
    landed = hotfix(repo)
    repo.switch("dev")
    repo.pick(landed.fix)
    trap.unlink(missing_ok=True)
    assert pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").via == "cherry-pick"
    assert not trap.exists()


def raw_commit(repo: Repo, text: bytes) -> str:
    return repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=text)


def test_commits_that_libgit2_refuses(repo: Repo) -> None:
    landed = hotfix(repo)
    tree = repo.git("rev-parse", "main^{tree}")
    head = b"tree %s\nparent %s\n" % (tree.encode(), landed.merge.encode())
    odd = raw_commit(
        repo, head + b"author \xff\xfe\ncommitter nobody 99999999999999999999\nencoding x-none\n\n\xff odd\n"
    )
    repo.git("update-ref", "refs/heads/dev", odd)
    verdict = pair(audit(repo, branches=["dev"]), "v2.3.1", "dev")
    assert (verdict.status, verdict.via) == ("present", "merge")


def test_texts_that_are_no_utf8(repo: Repo) -> None:
    name = b"caf\xe9.txt".decode("utf-8", "surrogateescape")
    (repo.path / name).write_bytes(b"one\n")
    repo.commit("Base", {})
    repo.tag("v2.4.0")
    repo.git("branch", "-f", "dev", "main")
    (repo.path / name).write_bytes(b"two \xff\n")
    repo.commit("Fix", {})
    repo.git("tag", "-a", "-F", "-", "v2.4.1", stdin=b"caf\xe9 \xff\n")
    found = audit(repo, branches=["dev"])
    assert pair(found, "v2.4.1", "dev").status == "missing"
    assert hotfix_of(found, "v2.4.1").fixes[0].paths == ("caf\ufffd.txt",)
    repo.switch("dev")
    repo.merge("main")
    repo.git("revert", "-m", "1", "--no-edit", "HEAD")
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev")
    assert verdict.status == "reverted"
    assert [check.run for check in verdict.checks]
    for check in verdict.checks:
        check.run.encode()


@pytest.mark.parametrize("when", ["0", "-5", "253402300800", "4102444800"])
def test_absurd_dates(repo: Repo, when: str) -> None:
    landed = hotfix(repo)
    tree = repo.git("rev-parse", "main^{tree}")
    person = f"A <a@example.com> {when} +0000"
    text = f"tree {tree}\nparent {landed.merge}\nauthor {person}\ncommitter {person}\n\nodd\n".encode()
    repo.git("update-ref", "refs/heads/dev", raw_commit(repo, text))
    from auditor.model import Audit, Tool
    from auditor.output import FORMATS, render

    found = audit(repo, branches=["dev"])
    verdict = pair(found, "v2.3.1", "dev")
    assert verdict.status == "present"
    assert verdict.lead_time_seconds == 0
    for form in FORMATS:
        assert render(form, Audit(Tool("0", "0", "0"), 0, 0, None, (found,)))


def test_clock_that_runs_backwards(repo: Repo) -> None:
    """A commit dated before its parents: ancestry by dates would lose it."""
    hotfix(repo)
    repo.clock -= 400 * 86_400
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("Later", {"x.txt": "x\n"})
    verdict = pair(audit(repo, branches=["dev"]), "v2.3.1", "dev")
    assert (verdict.status, verdict.via, verdict.lead_time_seconds) == ("present", "merge", 0)


def test_shared_branch_is_judged_and_the_difference_noted(repo: Repo, tmp_path: Path) -> None:
    hotfix(repo)
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", repo.path, clone], check=True)
    subprocess.run(["git", "-C", clone, "branch", "-q", "dev", "origin/main"], check=True)
    found = audit(clone, branches=["dev"])
    assert pair(found, "v2.3.1", "dev").status == "missing"
    assert found.branches[0].ref == "refs/remotes/origin/dev"
    assert "refs/heads/dev" in (found.branches[0].note or "")


def test_linked_work_tree_and_borrowed_objects(repo: Repo, tmp_path: Path) -> None:
    hotfix(repo)
    repo.git("worktree", "add", "-q", str(tmp_path / "tree"), "dev")
    assert pair(audit(tmp_path / "tree", branches=["dev"]), "v2.3.1", "dev").status == "missing"
    subprocess.run(["git", "clone", "-q", "--bare", "--shared", repo.path, tmp_path / "b.git"], check=True)
    assert pair(audit(tmp_path / "b.git", branches=["dev"]), "v2.3.1", "dev").status == "missing"


def test_one_unreadable_tree_costs_the_other_hotfixes_nothing(tmp_path: Path) -> None:
    """A hotfix with nothing below it is compared with nothing: its whole tree must be read."""
    repo = Repo(tmp_path / "r")
    repo.commit("Old line", {"sub/a.txt": "a\n"})
    repo.tag("old/v1.0.1")
    lost = repo.git("rev-parse", "HEAD:sub")
    repo.commit("Base", {"sub/a.txt": None, "b.txt": "b\n"})
    repo.tag("v1.0.0")
    repo.branch("dev")
    repo.commit("Fix", {"b.txt": "fixed\n"})
    repo.tag("v1.0.1")
    (repo.path / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    found = audit(repo, branches=["dev"])
    assert pair(found, "old/v1.0.1", "dev").status == "unknown"
    assert pair(found, "v1.0.1", "dev").status == "missing"


def test_checks_mean_the_file_of_that_name_from_any_folder(tmp_path: Path) -> None:
    """A star or a bracket in a name is no pattern, a colon no magic; and an auditor may stand anywhere in a clone."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    odd = {name: f"{name}\n" for name in ("*.py", "src/[lc]*.py", ":(top)x", "src/plain.py")}
    repo.commit("Odd names", {**odd, "twin.py": "x\n"})
    repo.tag("v2.4.0")
    hotfix(repo, tag="v2.4.1", files=dict.fromkeys(odd, "fixed\n"))
    assert told(repo, tag="v2.4.1") == ("not-applicable", None)
    (check,) = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev").checks
    on_main = check.run.replace(repo.oid("dev"), repo.oid("main"))
    done = subprocess.run(on_main, shell=True, cwd=repo.path / "src", capture_output=True, text=True, check=True)
    assert done.stdout


def test_a_check_that_nothing_stands_at_a_path_is_not_fooled_by_the_folder(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/guard.py": "x = 1\n"})
    repo.revert(landed.fix)
    gone = [c for c in pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").checks if "ls-tree" in c.run]
    assert gone
    there = gone[0].run.replace(repo.oid("main"), repo.oid("v2.3.1^{commit}"))
    done = subprocess.run(there, shell=True, cwd=repo.path / "src", capture_output=True, text=True, check=True)
    assert "guard.py" in done.stdout


def test_a_mirror_that_has_no_configuration_is_bare(tmp_path: Path) -> None:
    """What lies under `refs/remotes` there is not what is shared."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    landed = hotfix(repo)
    back_merge(repo, landed.tag, "dev")
    repo.git("update-ref", "refs/remotes/origin/dev", "main~1")
    mirror = tmp_path / "mirror"
    shutil.copytree(repo.path / ".git", mirror)
    (mirror / "config").unlink()
    found = audit(mirror, branches=["dev"])
    assert [(b.ref, b.commit) for b in found.branches] == [("refs/heads/dev", repo.oid("dev"))]
    (repo.path / ".git" / "config").unlink()
    assert audit(repo, branches=["dev"]).branches[0].ref == "refs/remotes/origin/dev"
