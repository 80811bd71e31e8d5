"""The same report wherever it is made: one process, several, or a Dask cluster that loses a worker half-way."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from auditor.commands.scan import audit_one
from auditor.config.configuration import RepositoryConfig
from auditor.fleet import guarded
from auditor.model import Problem, RepositoryAudit
from auditor.unaudited import failed
from tests import demo
from tests.build import protocol
from tests.test_cli import timeless
from tests.test_fleet import fleet_of, until
from tests.test_fleet import work as fates

ROOT = Path(__file__).parent.parent
QUIET = {"DASK_DISTRIBUTED__WORKER__DAEMON": "False", "DASK_DISTRIBUTED__ADMIN__TICK__LIMIT": "1h"}


class Cluster:
    """A scheduler and two workers, as processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.address = ""

    def start(self, workers: int) -> None:
        file = self.folder / "scheduler.json"
        self._run("scheduler", "--host=127.0.0.1", "--port=0", "--no-dashboard", f"--scheduler-file={file}")
        assert until(lambda: file.is_file() and file.read_text().rstrip().endswith("}"), 60)
        self.address = json.loads(file.read_text())["address"]
        for _ in range(workers):
            options = ("--nworkers=1", "--nthreads=2", "--no-nanny", "--no-dashboard", "--host=127.0.0.1")
            self._run("worker", self.address, *options, f"--local-directory={self.folder}")

    def _run(self, *args: str) -> None:
        log = self.folder / f"{args[0]}-{len(self.processes)}.log"
        with log.open("wb") as words:
            command = (sys.executable, "-m", "dask", *args)
            self.processes.append(
                subprocess.Popen(
                    command, cwd=ROOT, env=dict(os.environ) | QUIET, stdout=words, stderr=subprocess.STDOUT
                )
            )

    def stop(self) -> None:
        for process in self.processes:
            process.kill()
            process.wait(10)


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    folder.mkdir()
    found = Cluster(folder)
    try:
        found.start(workers)
        yield found
    finally:
        found.stop()


def scan(config: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", "scan", "-c", str(config), "--format", "json", "--no-ledger", *options]
    environment = dict(os.environ) | {"DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "5s"}
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    text = demo.CONFIG + "  - {name: nothing, path: nothing}\n"
    for story in (demo.squashed, demo.dropped_on_dr, demo.careless):
        story(protocol(folder / story.__name__))
        text += f"  - {{name: {story.__name__}, path: {story.__name__}}}\n"
    config = folder / "branch-drift.yaml"
    config.write_text(text)
    return config


@pytest.fixture(scope="module")
def by_one(fleet: Path) -> object:
    """The report of one process."""
    return timeless(scan(fleet, "--jobs", "1", "--quiet").stdout)


def test_many_processes_say_the_same(fleet: Path, by_one: object) -> None:
    assert timeless(scan(fleet, "--jobs", "5", "--quiet").stdout) == by_one


def test_a_cluster_says_the_same_also_when_it_loses_a_worker(fleet: Path, by_one: object, tmp_path: Path) -> None:
    with cluster(tmp_path / "dask") as dask:
        done = scan(fleet, "--engine", "dask", "--scheduler", dask.address, "--quiet")
        assert (done.returncode, done.stderr) == (3, "")
        assert timeless(done.stdout) == by_one

        _, one, other = dask.processes
        found, told = driven(fleet, dask.address, kill=one.pid, after=1)
        assert one.wait(10) == -signal.SIGKILL
        assert isinstance(by_one, dict)
        assert found == by_one["repositories"]
        assert sorted(told) == sorted(r["name"] for r in found)

        found, told = driven(fleet, dask.address, kill=other.pid, after=1)
        assert other.wait(10) == -signal.SIGKILL
        lost = [r["name"] for r in found if [e["code"] for e in r["errors"]] == ["cluster"]]
        assert lost
        assert told[0] not in lost
        assert sorted(told) == sorted(r["name"] for r in found)


def driven(fleet: Path, address: str, kill: int, after: int) -> tuple[list[Any], list[str]]:
    """A run in which a worker is killed after so many repositories: what was found, and told in which order."""
    driver = f"""if True:
        import json, os, pathlib, signal
        from auditor.fleet import cluster
        from auditor.config.configuration import load
        from auditor.model import Audit, Tool
        from auditor.output import wire
        from tests.test_engine import slowly
        told = []
        def progress(audited):
            told.append(audited.name)
            if len(told) == {after}:
                os.kill({kill}, signal.SIGKILL)
        config = load(pathlib.Path({str(fleet)!r}))
        found = cluster.run(config.repositories, [slowly] * len(config.repositories), {address!r}, progress, patience=4)
        run = Audit(Tool("0", "0", "0"), 0, 0, None, found)
        print(json.dumps([wire.document(run)["repositories"], told]))
        """
    command = [sys.executable, "-c", driver]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    repositories, told = json.loads(done.stdout)
    for repository in repositories:
        assert repository.pop("duration_seconds") >= 0
    return repositories, told


def slowly(repository: RepositoryConfig) -> RepositoryAudit:
    """An audit long enough to be interrupted."""
    time.sleep(0.2)
    return audit_one(repository, 1_790_000_000, Path("no-state"), remember=False)


def test_limits_hold_on_a_cluster_too(tmp_path: Path) -> None:
    """Each fate of the local engine, in the process that a worker starts."""
    # That process is a new one, however much the process of the tests has grown to.
    new = 100 * 2**20
    short, long = fleet_of("spin", begins_with=new), fleet_of("grow", "killed", timeout="1m", begins_with=new)
    found = [guarded.run(r, fates) for r in (*short, *long)]
    assert [r.errors[0].code for r in found] == ["timeout", "memory", "crashed"]


def test_the_audit_ends_with_its_worker(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    code = f"""if True:
        import threading
        from auditor.fleet import guarded
        from tests.test_engine import noted
        from tests.test_fleet import fleet_of
        (one,) = fleet_of({str(told)!r}, timeout="10m")
        threading.Thread(target=guarded.run, args=(one, noted)).start()
        """
    worker = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    assert until(lambda: told.is_file() and bool(told.read_text()))
    worker.kill()
    worker.wait(10)
    assert until(lambda: not Path(f"/proc/{told.read_text()}").exists())


def noted(repository: RepositoryConfig) -> RepositoryAudit:
    """Never ends, and tells where it is."""
    Path(repository.name).write_text(str(os.getpid()))
    time.sleep(600)
    return failed(repository, Problem("over", ""))


def test_a_cluster_that_is_not_there(fleet: Path, tmp_path: Path) -> None:
    for address, code, said in (
        ("tcp://127.0.0.1:1", 3, "cannot be reached"),
        ("nonsense://x", 2, "is no address"),
    ):
        done = scan(fleet, "--engine", "dask", "--scheduler", address, "--quiet")
        assert (done.returncode, done.stdout) == (code, "")
        assert said in done.stderr
        assert "Traceback" not in done.stderr


def test_another_version_is_refused(fleet: Path) -> None:
    from auditor.fleet import cluster as engine

    (one,) = fleet_of("a")
    assert engine.task("0.0.0", one, fates).errors[0].code == "version"


@pytest.mark.parametrize(
    "options",
    [
        ("--engine", "dask"),
        ("--scheduler", "tcp://x:1"),
        ("--engine", "dask", "--scheduler", "tcp://x:1", "--jobs", "2"),
    ],
)
def test_options_that_do_not_go_together(fleet: Path, options: tuple[str, ...]) -> None:
    assert scan(fleet, *options).returncode == 2


def test_without_the_extra_it_says_what_to_install(fleet: Path) -> None:
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        f"sys.argv[1:] = ['scan', '-c', {str(fleet)!r}, '--engine', 'dask', '--scheduler', 'tcp://x:1']\n"
        "from auditor.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "branch-drift: --engine dask needs Dask: pip install 'branch-drift-auditor[dask]'\n"
