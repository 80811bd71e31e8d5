"""Mirrors follow their remotes: what moved, what is gone, and only ever what the remote has today."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.commands.scan import audit_one
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.fleet import cache
from auditor.git import remote
from auditor.git.mirror import Mirror
from auditor.git.source import source
from auditor.model import RepositoryAudit, Status
from tests.build import Repo, back_merge, hotfix, protocol
from tests.judged import NOW, pair
from tests.remotes import only_with, points_to, serving, wants_password


def config(url: str, **keys: Any) -> RepositoryConfig:
    return RepositoryConfig.model_validate({"name": "shop", "url": url, **keys})


def scan(url: str, state: Path, **keys: Any) -> RepositoryAudit:
    return audit_one(config(url, **keys), NOW, state, remember=False)


def mirror(state: Path) -> Path:
    (found,) = (state / "mirrors").glob("*.git")
    return found


def refs(git_dir: Path) -> dict[str, str]:
    shown = ("for-each-ref", "--format=%(refname) %(objectname)", "refs/heads", "refs/tags")
    done = subprocess.run(["git", "--git-dir", git_dir, *shown], capture_output=True, text=True, check=True)
    return dict(line.split() for line in done.stdout.splitlines())


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    return repo


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def file_url(repo: Repo) -> str:
    return f"file://{repo.path}"


def test_a_mirror_is_judged_as_the_clone_would_be(shop: Repo, state: Path) -> None:
    found = scan(file_url(shop), state)
    assert (found.errors, found.source) == ((), file_url(shop))
    assert [v.status for v in found.hotfixes[0].verdicts] == [Status.PRESENT] * 3 + [Status.MISSING]
    by_path = audit_one(RepositoryConfig(name="shop", path=shop.path), NOW, state, remember=False)
    assert found.hotfixes == by_path.hotfixes
    assert refs(mirror(state)) == refs(shop.path / ".git")


def moved_tag(repo: Repo) -> None:
    repo.git("tag", "-f", "-a", "-m", "again", "v2.3.1", "main~1")


def deleted_tag(repo: Repo) -> None:
    repo.git("tag", "-d", "v2.3.0")


def deleted_branch(repo: Repo) -> None:
    repo.git("branch", "-D", "qa")


def forced_branch(repo: Repo) -> None:
    repo.git("branch", "-f", "dev", "v2.3.0")


def branch_became_a_folder(repo: Repo) -> None:
    repo.branch("a")
    repo.git("branch", "-m", "a", "a/b")


def folder_became_a_branch(repo: Repo) -> None:
    repo.git("branch", "-m", "folder/x", "folder")


def tag_like_a_branch(repo: Repo) -> None:
    repo.tag("dev", at="v2.3.0")


def annotated_became_lightweight(repo: Repo) -> None:
    repo.git("tag", "-f", "v2.3.1", "v2.3.1^{}")


def new_commits(repo: Repo) -> None:
    repo.commit("More", {"more": "x"})
    repo.tag("v2.4.0")


def everything_gone(repo: Repo) -> None:
    for ref in refs(repo.path / ".git"):
        repo.git("update-ref", "-d", ref)


def odd_names(repo: Repo) -> None:
    repo.run("update-ref", b"refs/heads/\xff\xfe", "main")  # type: ignore[arg-type]
    repo.branch("feature/=()'é")


CHANGES = (
    moved_tag, deleted_tag, deleted_branch, forced_branch, branch_became_a_folder, folder_became_a_branch,
    tag_like_a_branch, annotated_became_lightweight, new_commits, everything_gone, odd_names,
)  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_what_changed_is_followed(shop: Repo, state: Path, change: Callable[[Repo], None]) -> None:
    shop.branch("folder/x")
    shop.branch("a") if change is branch_became_a_folder else None
    scan(file_url(shop), state)
    if change is branch_became_a_folder:
        shop.git("branch", "-D", "a")
    change(shop)
    found = scan(file_url(shop), state)
    expected = {"everything_gone": ["main-absent"], "deleted_branch": ["branch-absent"]}
    assert [e.code for e in found.errors] == expected.get(change.__name__, [])
    read = subprocess.run(["git", "--git-dir", mirror(state), "show-ref"], capture_output=True, check=False).stdout
    there = subprocess.run(["git", "-C", shop.path, "show-ref"], capture_output=True, check=False).stdout
    assert read == there


def test_a_forced_branch_changes_the_verdict(shop: Repo, state: Path) -> None:
    assert pair(scan(file_url(shop), state), "v2.3.1", "dev").status is Status.PRESENT
    forced_branch(shop)
    assert pair(scan(file_url(shop), state), "v2.3.1", "dev").status is Status.MISSING


def test_heads_and_tags_only(shop: Repo, state: Path) -> None:
    shop.git("update-ref", "refs/pull/1/head", "main")
    shop.git("replace", "main", "v2.3.0^{}")
    shop.git("notes", "add", "-m", "x", "main")
    scan(file_url(shop), state)
    done = subprocess.run(["git", "--git-dir", mirror(state), "show-ref"], capture_output=True, text=True, check=True)
    assert {line.split("/")[1] for line in done.stdout.splitlines()} == {"heads", "tags"}


def test_a_warm_night_asks_once_and_fetches_nothing(shop: Repo, state: Path) -> None:
    with serving(shop.path) as server:
        one = config(server.url(".git"))
        first = audit_one(one, NOW, state, remember=True)
        cold = len(server.seen)
        server.seen.clear()
        again = audit_one(one, NOW, state, remember=True)
        assert [path for path, _ in server.seen] == ["/.git/info/refs?service=git-upload-pack", "/.git/git-upload-pack"]
        assert cold > len(server.seen)
    assert replace(again, duration_seconds=0) == replace(first, duration_seconds=0)


def test_what_is_remembered_follows_the_remote(shop: Repo, state: Path) -> None:
    one = config(file_url(shop))
    assert pair(audit_one(one, NOW, state, remember=True), "v2.3.1", "dr").status is Status.MISSING
    back_merge(shop, "main", "dr")
    assert pair(audit_one(one, NOW, state, remember=True), "v2.3.1", "dr").status is Status.PRESENT
    found = cache.find(one, source(one, state), state)
    assert pair(found, "v2.3.1", "dr").status is Status.PRESENT


def test_many_nights_do_not_pile_up_packs(shop: Repo, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.git.mirror._MOST_PACKS", 3)
    for night in range(6):
        shop.commit(f"Night {night}", {"night": str(night)})
        assert scan(file_url(shop), state).errors == ()
    assert 1 <= len(list(mirror(state).glob("objects/pack/*.pack"))) <= 3
    assert refs(mirror(state)) == refs(shop.path / ".git")


def test_over_http_and_where_it_points_to(shop: Repo, state: Path) -> None:
    with serving(shop.path, points_to("/")) as server:
        assert scan(server.url("moved/.git"), state).errors == ()
    assert refs(mirror(state)) == refs(shop.path / ".git")


@pytest.mark.parametrize("place", ["file:///etc/", "ftp://127.0.0.1/", "https://127.0.0.1:1/"])
def test_a_redirect_leads_to_no_other_transport(shop: Repo, state: Path, place: str) -> None:
    with serving(shop.path, points_to(place)) as server:
        assert [e.code for e in scan(server.url("moved/.git"), state).errors] == ["fetch-failed"]


SSH = """\
#!/bin/sh
# Stands in for ssh: tells how it was called, and runs what the far side would run, on this machine.
printf '%s\\n' "$@" > "$0.called"
while [ "$1" != "${1#-}" ]; do [ "$1" = -o ] && shift; shift; done
shift
exec sh -c "$*"
"""


@pytest.mark.parametrize("form", ["ssh://git@host.example{path}", "git@host.example:{path}", "host.example:{path}"])
def test_over_ssh(shop: Repo, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str) -> None:
    script = tmp_path / "ssh"
    script.write_text(SSH)
    script.chmod(0o755)
    monkeypatch.setenv("GIT_SSH_COMMAND", str(script))
    found = scan(form.format(path=shop.path), state)
    assert (found.errors, len(found.hotfixes)) == ((), 1)
    called = (tmp_path / "ssh.called").read_text().split("\n")
    assert "-oBatchMode=yes" in called
    assert ("git@host.example" in called) is ("git@" in form)


def test_ssh_as_the_operator_set_it_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    global_config = tmp_path / "gitconfig"
    global_config.write_text('[core]\n\tsshCommand = ssh -i \\"a key\\"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(global_config))
    remote._configured_ssh.cache_clear()
    assert remote.environment("git@host:x")["GIT_SSH_COMMAND"].startswith('ssh -i "a key" -oBatchMode=yes')
    monkeypatch.setenv("GIT_SSH_COMMAND", "plink -batch")
    assert remote.environment("git@host:x")["GIT_SSH_COMMAND"] == "plink -batch"
    remote._configured_ssh.cache_clear()


def test_the_operators_own_credentials(
    shop: Repo, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    global_config = tmp_path / "gitconfig"
    helper = "!f() { echo username=night; echo password=canary-55; }; f"
    global_config.write_text(f'[credential]\n\thelper = "{helper}"\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(global_config))
    with serving(shop.path, only_with("Basic bmlnaHQ6Y2FuYXJ5LTU1")) as server:
        assert scan(server.url(".git"), state).errors == ()
    assert not [p for p in state.rglob("*") if p.is_file() and b"canary-55" in p.read_bytes()]


def test_no_secret_in_what_is_said(shop: Repo, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not from a helper, not from a header, not from an address that the operator's own git rewrites."""
    global_config = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(global_config))
    monkeypatch.setenv("GIT_TRACE_CURL", "1")
    monkeypatch.setenv("GIT_TRACE_REDACT", "0")
    with serving(shop.path, wants_password) as server:
        there = server.url("").removeprefix("http://")
        global_config.write_text(
            '[credential]\n\thelper = "!f() { echo username=u; echo password=canary-1; }; f"\n'
            "[http]\n\textraHeader = X-Token: canary-2\n"
            f'[url "http://u:canary-3@{there}b/"]\n\tinsteadOf = http://{there}a/\n'
        )
        for path in (".git", "a/.git"):
            found = scan(server.url(path), state)
            assert [e.code for e in found.errors] == ["fetch-failed"]
            assert "canary" not in repr(found)
            assert "Y2FuYXJ5" not in repr(found)
        assert any(sent for _, sent in server.seen)
    assert remote.words("fatal: https://u:canary@host/x: Authorization: Basic canary") == (
        "fatal: https://***@host/x: Authorization: ***"
    )


def test_nobody_is_asked(shop: Repo, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    script = tmp_path / "ask"
    script.write_text(f"#!/bin/sh\ntouch {asked}\necho x\n")
    script.chmod(0o755)
    for name in ("GIT_ASKPASS", "SSH_ASKPASS"):
        monkeypatch.setenv(name, str(script))
    with serving(shop.path, wants_password) as server:
        (error,) = scan(server.url(".git"), state).errors
    assert error.code == "fetch-failed"
    assert "terminal prompts disabled" in error.detail
    assert not asked.exists()


def test_configuration_and_hooks_of_others_are_not_run(
    shop: Repo, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither those of the remote, nor those of a repository that happens to be the working directory."""
    ran = shop.path / "ran"
    hook = shop.path / ".git" / "hooks" / "reference-transaction"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {ran}\n")
    hook.chmod(0o755)
    shop.git("config", "url.file:///nowhere/.insteadOf", f"file://{shop.path.parent}/")
    shop.git("config", "uploadpack.packObjectsHook", str(hook))
    monkeypatch.chdir(shop.path)
    monkeypatch.setenv("GIT_DIR", str(shop.path / ".git"))
    assert scan(file_url(shop), state).errors == ()
    assert not ran.exists()
    assert not list(mirror(state).glob("hooks"))


@pytest.mark.parametrize(
    "transport", ["ext::sh -c 'touch ran'", "fd::3", "--upload-pack=touch ran", "git://127.0.0.1/x"]
)
def test_git_itself_refuses_what_the_configuration_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, transport: str
) -> None:
    """Even where the operator's own git allows every transport, and nobody had looked at the address."""
    monkeypatch.chdir(tmp_path)
    global_config = tmp_path / "gitconfig"
    global_config.write_text('[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(global_config))
    with pytest.raises(RepositoryError, match="fetch-failed"):
        remote.Remote(transport, 20).refs()
    assert not (tmp_path / "ran").exists()


def test_a_mirror_belongs_to_its_address(tmp_path: Path) -> None:
    one, other = (Mirror(tmp_path, "a/../b", url, 1).git_dir for url in ("file:///x", "file:///y"))
    assert one != other
    assert one.parent == tmp_path
    assert Mirror(tmp_path, "..", "file:///x", 1).git_dir.parent == tmp_path
    assert Mirror(tmp_path, "a_.._b", "file:///x", 1).git_dir != one


def test_the_mirrors_are_nobody_elses(shop: Repo, state: Path) -> None:
    scan(file_url(shop), state)
    assert (state / "mirrors").stat().st_mode & 0o77 == 0


def test_time_does_not_jump_with_the_clock(shop: Repo, state: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A clock set back by a year and forward by two neither ends a transfer nor keeps one from ending."""
    jumps = iter(range(1000))
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + (-1) ** next(jumps) * 365 * 86_400)
    one = config(file_url(shop), limits={"fetch_timeout": "30s"})
    for _ in range(2):
        found = audit_one(one, NOW, state, remember=True)
        assert found.errors == ()
        assert 0 <= found.duration_seconds < 60


def test_zero_configuration_loads_no_mirrors(shop: Repo) -> None:
    code = (
        "import sys\nfrom auditor.commands import scan\n"
        "scan.run(scan.Options(output='/dev/null', quiet=True, no_ledger=True, jobs=1))\n"
        "print({'auditor.git.' + m for m in ('mirror', 'remote', 'session')} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=shop.path, capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )  # fmt: skip
    assert done.stdout.strip() == "set()"
