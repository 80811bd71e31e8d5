"""What a run puts aside for a moment: gone with it, or, where it was killed, with the next."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from auditor.errors import BranchDriftError
from auditor.system import scratch
from tests.build import hotfix, protocol
from tests.test_fleet import until

ROOT = Path(__file__).parent.parent


@pytest.fixture
def tmp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files, of this process and of those that it starts."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", None)
    return folder


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    hotfix(protocol(tmp_path / "shop"))
    (tmp_path / "c.yaml").write_text("state: state\nrepositories: [{name: shop, path: shop}]\n")
    return tmp_path


def holding(lines: str) -> subprocess.Popen[str]:
    """A process that holds scratch, tells where, does this in it, and waits."""
    code = (
        "import os, pathlib, tempfile, time\nfrom auditor.system import scratch\n"
        f"with scratch.held() as folder:\n    {lines}\n    print(folder, flush=True)\n    time.sleep(60)\n"
    )
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def told(child: subprocess.Popen[str]) -> Path:
    assert child.stdout
    with child.stdout as said:
        return Path(said.readline().strip())


@pytest.fixture
def killed(tmp: Path) -> Path:
    """The scratch of a process that was killed."""
    child = holding("pathlib.Path(tempfile.mkdtemp(prefix='branch-drift-'), 'x').write_text('x')")
    folder = told(child)
    assert folder.parent == tmp
    assert len(list(folder.rglob("x"))) == 1
    child.kill()
    child.wait()
    return folder


def test_all_that_is_put_aside_lies_in_one_folder_and_goes_with_it(tmp: Path) -> None:
    with scratch.held() as folder:
        with tempfile.TemporaryDirectory() as inner:
            assert Path(inner).parent == folder
        assert os.environ["TMPDIR"] == str(folder)
        (folder / "left").mkdir()
    assert list(tmp.iterdir()) == []
    assert (os.environ["TMPDIR"], tempfile.gettempdir()) == (str(tmp), str(tmp))


def test_the_next_run_removes_what_a_killed_one_left(tmp: Path, killed: Path) -> None:
    with scratch.held() as folder:
        assert list(tmp.iterdir()) == [folder]
    assert list(tmp.iterdir()) == []


def test_what_was_half_removed_is_removed(tmp: Path, killed: Path) -> None:
    shutil.rmtree(killed)
    killed.mkdir(mode=0o700)
    with scratch.held() as folder:
        assert list(tmp.iterdir()) == [folder]


def test_what_cannot_be_removed_today_is_removed_tomorrow(
    tmp: Path, killed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that outlived the run may still be writing there."""
    with monkeypatch.context() as busy:
        busy.setattr("shutil.rmtree", lambda *_, **__: None)
        with scratch.held():
            assert len(list(killed.rglob("x"))) == 1
    with scratch.held():
        assert not killed.exists()


def has_ended(process: int) -> bool:
    """Whether a process has closed its files: it gives up its program before these, and is a zombie after."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] in "ZX"
    except FileNotFoundError:
        return True


def test_a_run_that_lives_keeps_its_own(tmp: Path) -> None:
    """As long as one process of it lives: here one that it forked outlives it."""
    child = holding("fork = os.fork()\n    (fork and (folder / 'fork').write_text(str(fork))) or time.sleep(60)")
    folder = told(child)
    with scratch.held() as ours:
        assert sorted(tmp.iterdir()) == sorted([folder, ours])
    child.kill()
    child.wait()
    with scratch.held():
        assert folder.is_dir()
    fork = int((folder / "fork").read_text())
    os.kill(fork, signal.SIGKILL)
    assert until(lambda: has_ended(fork), 10)
    with scratch.held():
        assert not folder.exists()


def test_nobody_elses_files_are_touched(tmp: Path, tmp_path: Path, killed: Path) -> None:
    """Not those of the same name that this program did not make, nor what a link of such a name leads to."""
    precious = tmp_path / "precious"
    shutil.copytree(killed, precious)
    (tmp / "branch-drift-run-link").symlink_to(precious)
    (tmp / "branch-drift-run-evidence").mkdir()
    (tmp / "branch-drift-run-evidence" / "audit.json").write_text("mine")
    (tmp / "branch-drift-run-12.tar").write_text("mine")
    (killed / "link").symlink_to(precious)
    with scratch.held():
        pass
    assert not killed.exists()
    assert len(list(precious.rglob("x"))) == 1
    assert {p.name for p in tmp.iterdir()} == {
        "branch-drift-run-link", "branch-drift-run-evidence", "branch-drift-run-12.tar",
    }  # fmt: skip
    assert (tmp / "branch-drift-run-evidence" / "audit.json").read_text() == "mine"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user's files")
def test_another_users_are_left_alone(tmp: Path, killed: Path) -> None:
    os.chown(killed, 12345, 12345)
    with scratch.held():
        assert killed.is_dir()


def test_many_at_once_disturb_nobody(tmp: Path) -> None:
    """Each looks for what is left while others begin and end, and some are killed."""
    code = (
        "import os, pathlib, random, signal\nfrom auditor.system import scratch\n"
        "for n in range(150):\n"
        "    with scratch.held() as folder:\n"
        "        (folder / 'a').mkdir()\n"
        "        (folder / 'a' / 'b').write_text('x')\n"
        "        assert (folder / 'a' / 'b').read_text() == 'x'\n"
        "        if n == 149 and os.getpid() % 2:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    children = [subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stderr=subprocess.PIPE) for _ in range(6)]
    said = [child.communicate(timeout=120)[1].decode() for child in children]
    assert said == [""] * 6
    assert {child.returncode for child in children} <= {0, -signal.SIGKILL}
    with scratch.held() as folder:
        assert list(tmp.iterdir()) == [folder]


def test_no_folder_for_it_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "absent"))
    with (
        pytest.raises(BranchDriftError, match="absent: cannot be written: No such file"),
        scratch.held(),
    ):
        pass


# An audit that puts something aside, and never ends.
HANGS = """
from pathlib import Path
def hang(*_):
    aside = Path(tempfile.mkdtemp(prefix="branch-drift-"), "aside")
    aside.mkdir()
    (aside / "x").write_text("x")
    time.sleep(60)
from auditor.git import store
store.Store.__init__ = hang
"""


@pytest.mark.parametrize("command", ["scan -c c.yaml", "explain v2.3.1 dr shop", "backmerge -c c.yaml"])
def test_a_killed_command_leaves_nothing_for_long(shop: Path, tmp: Path, command: str) -> None:
    program = [sys.executable, "-m", "auditor"]
    code = f"import time, tempfile\n{HANGS}from auditor.cli import main\nmain()\n"
    child = subprocess.Popen(
        [sys.executable, "-c", code, *command.split()], cwd=shop, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert until(lambda: any(tmp.rglob("aside/*")), 30)
    child.kill()
    child.wait()
    assert any(tmp.rglob("aside/*"))
    # A worker dies with its parent, if not in the same moment.
    time.sleep(0.5)
    assert subprocess.run([*program, "scan", "shop"], cwd=shop, capture_output=True, check=False).returncode == 1
    assert list(tmp.iterdir()) == []
