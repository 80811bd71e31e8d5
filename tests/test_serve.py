"""The exporter as people run it: from its first audit over failures, restarts and stops."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from auditor.commands.scan import Options as ScanOptions
from auditor.commands.scan import run as scan
from auditor.commands.serve import Options, run
from auditor.errors import UsageError
from auditor.serve.runs import METRICS, Runs
from tests.build import Repo, hotfix, protocol
from tests.prometheus_servers import check_metrics, fetch, prometheus, target
from tests.test_web import published

COMMAND = (sys.executable, "-m", "auditor", "serve", "--listen", "127.0.0.1:0", "--log-format", "json")


class Exporter:
    """A running `serve`; its log lines go to a file."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process = process
        self.log = log
        self.url = str(self.said("url")["url"])

    def said(self, key: str, **more: object) -> dict[str, object]:
        """The first log line with a key, and these values."""
        found: dict[str, object] = until(
            lambda: next((x for x in self.lines() if key in x and more.items() <= x.items()), None)
        )
        return found

    def lines(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.endswith("}")]

    def metrics(self) -> str:
        return fetch(f"{self.url}/metrics")

    def status(self, path: str) -> int:
        try:
            fetch(self.url + path)
        except HTTPError as error:
            return error.code
        return 200

    def descendants(self) -> list[int]:
        """The scan and its workers."""
        found = [self.process.pid]
        for pid in found:
            children = Path(f"/proc/{pid}/task/{pid}/children")
            found += [int(p) for p in children.read_text().split()] if children.exists() else []
        return found[1:]


def until(holds: Callable[[], Any], seconds: float = 20) -> Any:
    """What comes to hold in time."""
    ends = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < ends, f"not within {seconds} s"
        time.sleep(0.05)
    return found


@contextmanager
def serving(config: Path, *options: str, wrapped: tuple[str, ...] = ()) -> Iterator[Exporter]:
    log = config.parent / f"log-{time.monotonic_ns()}"
    command = (*wrapped, *COMMAND, "-c", str(config), *options)
    with log.open("wb") as words:
        process = subprocess.Popen(command, stdout=words, stderr=subprocess.STDOUT)
    try:
        yield Exporter(process, log)
    finally:
        process.kill()
        process.wait(10)


def stop(exporter: Exporter, how: signal.Signals = signal.SIGTERM) -> int:
    exporter.process.send_signal(how)
    return exporter.process.wait(20)


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dr",))
    hotfix(repo)
    return repo


@pytest.fixture
def config(shop: Repo) -> Path:
    file = shop.path.parent / "branch-drift.yaml"
    file.write_text(f"repositories: [{{name: shop, path: {shop.path}, branches: [dr]}}]\n")
    return file


def hang(repo: Repo) -> None:
    """Reading the repository now waits for ever."""
    refs = repo.path / ".git" / "packed-refs"
    refs.unlink(missing_ok=True)
    os.mkfifo(refs)


def test_from_the_first_audit_over_a_restart(config: Path, shop: Repo, tmp_path: Path) -> None:
    with serving(config) as exporter:
        assert (exporter.status("/healthz"), exporter.status("/readyz"), exporter.status("/metrics")) == (200, 503, 503)
        assert exporter.said("message", level="warning")["message"] == (
            "there is no --schedule: what was found earlier is served"
        )
        assert stop(exporter) == 0
    with serving(config, "--once-at-start") as exporter:
        until(lambda: exporter.status("/readyz") == 200)
        text = exporter.metrics()
        assert 'branch_drift_in_sync{branch="dr",repository="shop"} 0.0' in text
        assert check_metrics(text) == ""
        assert json.loads(fetch(f"{exporter.url}/reports/latest/audit.json"))["summary"]["verdict"] == "drift"
        assert "v2.3.1" in fetch(f"{exporter.url}/reports/latest/")
        jobs = {"drift": target(exporter.url.removeprefix("http://"))}
        with prometheus(tmp_path / "prometheus", jobs) as server:
            server.until("branch_drift_scan_success == 1")
            assert server.values("branch_drift_in_sync", "branch") == {"dr": 0}
        assert stop(exporter, signal.SIGINT) == 0
    with serving(config) as exporter:
        assert exporter.metrics() == text
        assert exporter.status("/reports/000001/") == 200


def test_a_run_has_one_number(config: Path) -> None:
    """What the log, `report --run` and packs call run 3 is run 3 in the index, too."""
    for _ in range(2):
        scan(ScanOptions(config=config, output=os.devnull, quiet=True))
    with serving(config, "--once-at-start") as exporter:
        exporter.said("run", run=3)
        until(lambda: exporter.status("/readyz") == 200)
        assert '<a href="reports/run-3/">run 3</a>' in fetch(exporter.url)
        assert exporter.status("/reports/run-3/") == 200
        assert stop(exporter) == 0
    assert numbers(config) == ["000001"]


def missed(config: Path, schedule: str = "0 0 * * *") -> Path:
    """As a process leaves it that was last up three days ago."""
    note = config.parent / ".branch-drift" / "serve" / "schedule.json"
    note.parent.mkdir(parents=True, exist_ok=True)
    note.write_text(json.dumps({"schedule": f"{schedule} UTC", "served": time.time() - 3 * 86_400}))
    return note


def numbers(config: Path) -> list[str]:
    return sorted(p.name for p in (config.parent / ".branch-drift" / "serve").iterdir() if p.is_dir())


def gone(pids: list[int]) -> bool:
    return not [p for p in pids if Path(f"/proc/{p}").exists()]


def test_what_was_missed_is_made_up_for_once(config: Path) -> None:
    note = missed(config)
    for _ in range(2):
        with serving(config, "--schedule", "0 0 * * *") as exporter:
            until(lambda: exporter.status("/readyz") == 200)
            time.sleep(1)
            assert numbers(config) == ["000001"]
            assert json.loads(note.read_text())["served"] % 86_400 == 0
            stop(exporter)


def test_a_new_schedule_has_missed_nothing(config: Path) -> None:
    missed(config)
    with serving(config, "--schedule", "1 0 * * *") as exporter:
        time.sleep(1.5)
        assert exporter.status("/readyz") == 503


@pytest.fixture
def good(config: Path) -> str:
    """The metrics of an earlier run that went well."""
    runs = Runs(config.parent / ".branch-drift" / "serve", 3)
    runs.folder.mkdir(parents=True)
    return (published(runs).folder / METRICS).read_text()


def test_a_scan_that_dies_leaves_the_last_good_one(config: Path, good: str, shop: Repo) -> None:
    hang(shop)
    with serving(config, "--once-at-start") as exporter:
        scan, worker = until(lambda: (found := exporter.descendants())[1:] and found)
        os.kill(scan, signal.SIGKILL)
        line = exporter.said("message", level="error")
        assert "the scan came to no result (signal 9)" in str(line["message"])
        until(lambda: gone([scan, worker]))
        assert exporter.metrics() == good
        until(lambda: "not up to date" in fetch(exporter.url))
        assert stop(exporter) == 0
    assert numbers(config) == ["000001"]


def test_a_full_disk_leaves_the_last_good_one(config: Path, good: str) -> None:
    """No file may grow beyond 6 kB: the pages do not fit."""
    with serving(config, "--once-at-start", wrapped=("prlimit", "--fsize=6000")) as exporter:
        until(lambda: "the run left no" in exporter.log.read_text())
        assert "cannot be written" in exporter.log.read_text()
        assert exporter.metrics() == good
        stop(exporter)
    assert numbers(config) == ["000001"]


def test_asked_to_end_in_the_middle_of_a_scan(config: Path, good: str, shop: Repo) -> None:
    """The scan and its workers end, the last good run stays, and the scan is made up for at the next start."""
    missed(config)
    hang(shop)
    with serving(config, "--schedule", "0 0 * * *") as exporter:
        children = until(lambda: (found := exporter.descendants())[1:] and found)
        assert exporter.metrics() == good
        assert stop(exporter) == 0
        assert gone(children)
    assert numbers(config) == ["000001"]
    (config.parent / "shop" / ".git" / "packed-refs").unlink()
    with serving(config, "--schedule", "0 0 * * *") as exporter:
        assert exporter.metrics() == good
        until(lambda: numbers(config) == ["000001", "000002"])


def test_a_killed_exporter_leaves_no_scan_behind(config: Path, good: str, shop: Repo) -> None:
    hang(shop)
    with serving(config, "--once-at-start") as exporter:
        children = until(lambda: (found := exporter.descendants())[1:] and found)
        stop(exporter, signal.SIGKILL)
        until(lambda: gone(children))
    with serving(config) as exporter:
        assert exporter.metrics() == good
        assert numbers(config) == ["000001"]


def test_a_damaged_run_is_passed_over(config: Path, good: str) -> None:
    runs = config.parent / ".branch-drift" / "serve"
    for number, damage in enumerate(("", "{}", "[]", None), 2):
        folder = runs / f"{number:06d}"
        folder.mkdir()
        if damage is not None:
            (folder / "run.json").write_text(damage)
    with serving(config) as exporter:
        assert exporter.metrics() == good
        assert exporter.status("/reports/000002/") == 404


def test_an_open_door_is_said(config: Path) -> None:
    with serving(config, "--listen", "0.0.0.0:0") as exporter:
        until(lambda: "anyone who reaches this address can read it" in exporter.log.read_text())


def test_two_exporters_do_not_share_a_folder(config: Path) -> None:
    with serving(config):
        done = subprocess.run((*COMMAND, "-c", str(config)), capture_output=True, text=True, check=False, timeout=20)
        assert done.returncode == 3
        assert "another process serves from here already" in done.stderr


def test_bad_usage_is_2(config: Path) -> None:
    command = (*COMMAND, "-c", str(config), "--schedule", "x")
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout) == (2, "")
    assert "no cron expression" in json.loads(done.stderr)["message"]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"schedule": "x"}, "no cron expression"),
        ({"schedule": "* * * * *", "time_zone": "Mars/Phobos"}, "no time zone"),
        ({"time_zone": "Europe/Berlin"}, "--time-zone needs --schedule"),
        ({"jitter": "soon"}, "no duration"),
        ({"listen": "nowhere"}, "no address and port"),
        ({"listen": "192.0.2.1:80"}, "cannot be listened on"),
        ({"web_config": Path("absent.yml")}, "absent.yml"),
        ({"config": Path("absent.yaml")}, "absent.yaml"),
        ({"scan": ScanOptions(engine="dask")}, "needed together"),
    ],
)
def test_after_bad_usage_nothing_is_written(config: Path, changed: dict[str, Any], said: str) -> None:
    usual = Options(config, "127.0.0.1:0", None, None, "0s", False, None, 3, "text", ScanOptions())
    with pytest.raises(UsageError, match=said):
        run(replace(usual, **changed))
    assert not (config.parent / ".branch-drift").exists()
