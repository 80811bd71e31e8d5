"""One broken, slow or hungry repository costs the others nothing."""

from __future__ import annotations

import gc
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pygit2
import pytest

from auditor import audit
from auditor.config.configuration import RepositoryConfig
from auditor.fleet import processes
from auditor.git.source import Local
from auditor.model import Problem, RepositoryAudit
from auditor.unaudited import failed
from tests.build import hotfix, protocol


def work(config: RepositoryConfig) -> RepositoryAudit:
    """What a repository's name says happens to it."""
    if config.name == "spin":
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock for ages
    elif config.name == "grow":
        held = [bytearray(b"x") * (1 << 20) for _ in range(400)]
        time.sleep(60)
        assert held
    elif config.name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif config.name == "raises":
        raise RuntimeError("unforeseen")
    return failed(config, Problem("fine", config.name))


def forked() -> int:
    """What a worker begins with, in bytes: it is a fork, and has what the process of the tests has grown to."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def fleet_of(*names: str, timeout: str = "5s", begins_with: int | None = None) -> list[RepositoryConfig]:
    """Repositories whose workers may take 200 MiB more than they begin with (by default, as a fork does)."""
    begun = forked() if begins_with is None else begins_with
    limits = {"timeout": timeout, "memory": begun + 200 * 2**20}
    return [RepositoryConfig.model_validate({"name": n, "path": ".", "limits": limits}) for n in names]


@pytest.mark.parametrize("jobs", [1, 3])
def test_each_gets_its_own_end(jobs: int) -> None:
    repositories = fleet_of("a", "spin", "b", "grow", "killed", "raises", "c")
    told: list[str] = []
    found = processes.run(repositories, work, jobs, lambda audited: told.append(audited.name))
    assert [r.name for r in found] == [r.name for r in repositories]
    assert [r.errors[0].code for r in found] == ["fine", "timeout", "fine", "memory", "crashed", "internal", "fine"]
    assert all(0 < r.duration_seconds < 60 for r in found)
    assert 5 < found[1].duration_seconds < 30
    assert sorted(told) == sorted(r.name for r in repositories)
    said = "a fault of this program, please report it: RuntimeError: unforeseen (auditor/fleet/processes.py:"
    assert found[5].errors[0].detail.startswith(said)


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    processes.run(fleet_of("a", "killed"), work, 2)
    assert list(tmp_path.iterdir()) == []


def test_a_worker_keeps_nothing_of_what_it_audited(tmp_path: Path) -> None:
    """What a repository's objects hold is seen by no search for cycles: memory would grow with the fleet."""
    hotfix(shop := protocol(tmp_path / "shop"))

    def opened(config: RepositoryConfig) -> RepositoryAudit:
        left = sum(isinstance(o, pygit2.Repository) for o in gc.get_objects())
        assert audit.find(config, Local(shop.path)).hotfixes
        return failed(config, Problem("left", str(left)))

    before, *after = (found.errors[0].detail for found in processes.run(fleet_of(*"abcdefgh"), opened, 1))
    assert set(after) == {before}


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_workers_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    """A worker without its parent has no deadline and no memory limit: it must not outlive it."""
    told = tmp_path / "pid"
    code = (
        "import os, time, pathlib\n"
        "from auditor.fleet import processes\n"
        "from tests.test_fleet import fleet_of\n"
        "def work(config):\n"
        f"    pathlib.Path({str(told)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(60)\n"
        "processes.run(fleet_of('a', timeout='10m'), work, 1)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parent.parent)
    assert until(lambda: told.is_file() and bool(told.read_text()))
    parent.send_signal(how)
    parent.wait(10)
    assert until(lambda: not Path(f"/proc/{told.read_text()}").exists())


def test_a_run_that_is_to_outlive_its_terminal_does(tmp_path: Path) -> None:
    """`nohup` has the signal ignored, and so it stays, in the workers too."""
    code = (
        "import os, signal\n"
        "from auditor.fleet import processes\n"
        "from auditor.model import Problem\n"
        "from auditor.unaudited import failed\n"
        "from tests.test_fleet import fleet_of\n"
        "def work(config):\n"
        "    os.kill(os.getppid(), signal.SIGHUP)\n"
        "    os.kill(os.getpid(), signal.SIGHUP)\n"
        "    return failed(config, Problem('survived', ''))\n"
        "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "print(processes.run(fleet_of('a'), work, 1)[0].errors[0].code)\n"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, text=True, check=False)
    assert done.stdout == "survived\n"


def until(holds: Callable[[], bool], seconds: float = 60) -> bool:
    """Whether something comes to hold in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.05)
    return False
