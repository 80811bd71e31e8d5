"""Signed back-merges: git finds each commit well signed; a key that cannot sign keeps all from being pushed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from auditor.config.configuration import load
from auditor.errors import UsageError
from tests.build import CART
from tests.forge_server import Fault, Said
from tests.forge_shapes.world import TOKEN
from tests.judged import audit, pair
from tests.offered import SOURCE, Scene, scene

WHO = "Robot <robot@example.com>"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setattr("auditor.forges.pace.BETWEEN_WRITES", 0.0)
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "home" / ".gitconfig"))


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Scene]:
    with scene("github", tmp_path) as made:
        yield made


@pytest.fixture
def ssh(on: Scene) -> Callable[[str], None]:
    """A key for ssh; what is called checks that git finds a commit signed by it."""
    folder = on.file.parent
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "robot", "-f", str(key)], check=True)
    kind, public, *_ = (folder / "key.pub").read_text().split()
    (folder / "allowed").write_text(f"robot@example.com {kind} {public}\n")
    on.configure(backmerge={"sign": "ssh", "signing_key": "key", "committer": WHO})

    def verify(commit: str) -> None:
        on.project.git("-c", f"gpg.ssh.allowedSignersFile={folder / 'allowed'}", "verify-commit", commit)

    return verify


@pytest.fixture
def gpg(on: Scene, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A key ring with a key."""
    home = on.file.parent / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    batch = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", WHO, "ed25519", "sign"]
    subprocess.run(batch, check=True, capture_output=True)
    on.configure(backmerge={"sign": "gpg", "signing_key": "robot@example.com", "committer": WHO})
    yield
    subprocess.run(["gpgconf", "--kill", "all"], check=False)


def test_a_merge_is_signed(on: Scene, ssh: Callable[[str], None]) -> None:
    code, (entry,) = on.run()
    (pull,) = on.pulls()
    assert (code, entry["head"], entry["method"]) == (0, pull.head, "merge")
    ssh(pull.head)
    assert on.project.git("log", "-1", "--format=%cn <%ce>", pull.head) == WHO
    assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})
    on.world.merge(on.project, pull, "merge")
    assert pair(audit(on.bare, branches=["dev"]), "v2.3.1", "dev").status == "present"
    with pytest.raises(AssertionError):
        ssh("dev")


def test_every_pick_is_signed(on: Scene, ssh: Callable[[str], None]) -> None:
    on.repo.switch("hotfix/two", "main")
    on.repo.commit("One", {"src/cart.py": CART.replace("0", "1")}, author="Ada <ada@x>")
    on.repo.commit("Two", {"src/new.py": "x\n"})
    on.repo.switch("main")
    on.repo.merge("hotfix/two")
    on.repo.tag("v2.3.2")
    on.push("main", "v2.3.2")
    on.configure(backmerge={"sign": "ssh", "signing_key": "key", "committer": WHO, "method": "cherry-pick"})
    on.run()
    pull = next(p for p in on.pulls() if "v2.3.2" in p.source)
    made = on.project.git("rev-list", pull.head, "^dev").split()
    assert len(made) == 2
    for commit in made:
        ssh(commit)
    assert on.project.git("log", "-1", "--format=%an", f"{pull.head}~1") == "Ada"
    assert "(cherry picked from commit" in on.project.git("log", "-1", "--format=%B", pull.head)
    on.world.merge(on.project, pull, "merge")
    assert pair(audit(on.bare, branches=["dev"]), "v2.3.2", "dev").status == "present"


@pytest.mark.usefixtures("gpg")
def test_by_gpg(on: Scene) -> None:
    code, (entry,) = on.run()
    assert code == 0
    environment = {**os.environ, "GIT_DIR": str(on.bare)}
    done = subprocess.run(["git", "verify-commit", entry["head"]], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"Robot" in done.stderr


def test_the_key_of_gits_own_configuration(on: Scene, ssh: Callable[[str], None]) -> None:
    Path(os.environ["GIT_CONFIG_GLOBAL"]).write_text(f"[user]\n\tsigningkey = {on.file.parent / 'key'}\n")
    on.configure(backmerge={"sign": "ssh"})
    assert on.run()[0] == 0
    ssh(on.pulls()[0].head)


@pytest.mark.parametrize(
    "how", [{"sign": "ssh"}, {"sign": "ssh", "signing_key": "nowhere"}, {"sign": "gpg", "signing_key": "x@y"}]
)
def test_without_a_key_nothing_is_pushed(on: Scene, how: dict[str, str], capfd: pytest.CaptureFixture[str]) -> None:
    on.configure(backmerge=how)
    assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "open"})
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    said = capfd.readouterr().err
    assert "signing: shop: a back-merge cannot be signed: " in said
    assert "nothing is pushed" in said
    assert (on.pulls(), on.project.tip(SOURCE)) == ([], None)


def test_a_plan_alone_signs_nothing(on: Scene, ssh: Callable[[str], None]) -> None:
    (on.file.parent / "key").unlink()
    assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "open"})


@pytest.mark.parametrize("after", [{}, {"sign": "ssh", "signing_key": "key"}])
def test_a_signed_branch_that_was_left_is_taken_up(
    on: Scene, ssh: Callable[[str], None], after: dict[str, str]
) -> None:
    """Also after the target moved, and by a program that signs no more."""
    on.server.fail(*[Fault("answer", Said(500, {"message": "x"}), when=lambda a: a.method == "POST")] * 3)
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    left = on.project.tip(SOURCE)
    assert left
    on.repo.switch("dev")
    on.repo.commit("Meanwhile", {"other.txt": "x"})
    on.push("dev")
    on.configure(backmerge={**after, "committer": WHO})
    assert on.run()[0] == 0
    assert [p.head for p in on.pulls()] == [left]
    ssh(left)


def test_a_branch_of_somebody_elses_is_none_of_ours_for_being_signed(on: Scene, ssh: Callable[[str], None]) -> None:
    on.repo.switch(SOURCE, "dev")
    on.repo.commit("Mine", {"mine.txt": "x"})
    on.push(SOURCE)
    assert on.actions() == (1, {("v2.3.1", "dev"): "branch-taken"})


@pytest.mark.parametrize(
    ("keys", "said"),
    [({"sign": "x509"}, "sign"), ({"signing_key": "key"}, "sign: ssh or sign: gpg")],
)
def test_faults_are_named(on: Scene, keys: dict[str, str], said: str) -> None:
    on.configure(backmerge=keys)
    with pytest.raises(UsageError) as raised:
        load(on.file)
    assert said in str(raised.value)
