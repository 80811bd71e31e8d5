"""Prometheus, node_exporter and Pushgateway as Debian ships them, on free ports of the loopback address."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_WAIT_SECONDS = 20


def free_port() -> int:
    """A port that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def require(*programs: str) -> None:
    """Skips a test where a program is not installed; CI installs them all and lets no skip pass."""
    absent = [p for p in programs if shutil.which(p) is None]
    if absent:
        pytest.skip(f"{', '.join(absent)} not installed")


def fetch(url: str, headers: dict[str, str] | None = None) -> str:
    """What a server answers; an HTTP error is raised."""
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {}), timeout=10) as answer:
        text: str = answer.read().decode()
        return text


@contextmanager
def server(folder: Path, *command: str, ready: str, headers: dict[str, str] | None = None) -> Iterator[None]:
    """Runs a server until the block ends; it is up once the URL `ready` answers. Its words go to a file."""
    require(command[0])
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / f"{Path(command[0]).name}.log"
    with log.open("w") as words:
        process = subprocess.Popen(command, cwd=folder, stdout=words, stderr=subprocess.STDOUT)
    try:
        _await(process, ready, headers, log)
        yield
    finally:
        process.kill()
        process.wait(10)


def _await(process: subprocess.Popen[bytes], ready: str, headers: dict[str, str] | None, log: Path) -> None:
    ends = time.monotonic() + _WAIT_SECONDS
    while time.monotonic() < ends and process.poll() is None:
        try:
            fetch(ready, headers)
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"{process.args!r} did not come up:\n{log.read_text()[-2000:]}")


@contextmanager
def pushgateway(folder: Path, *options: str, headers: dict[str, str] | None = None) -> Iterator[str]:
    """A Pushgateway; gives its URL. `headers` are what it takes to be let in."""
    address = f"127.0.0.1:{free_port()}"
    command = ("prometheus-pushgateway", f"--web.listen-address={address}", *options)
    with server(folder, *command, ready=f"http://{address}/-/ready", headers=headers):
        yield f"http://{address}"


@contextmanager
def node_exporter(folder: Path) -> Iterator[str]:
    """A node_exporter with nothing but the textfiles of `folder`; gives its host and port."""
    address = f"127.0.0.1:{free_port()}"
    command = (
        "prometheus-node-exporter",
        f"--web.listen-address={address}",
        "--collector.disable-defaults",
        "--collector.textfile",
        f"--collector.textfile.directory={folder}",
    )
    with server(folder.parent / "node-exporter", *command, ready=f"http://{address}/metrics"):
        yield address


class Prometheus:
    """A running Prometheus."""

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The instant vector that an expression gives now: `metric` and `value` of each series."""
        asked = urllib.parse.urlencode({"query": expression})
        answer = json.loads(fetch(f"{self.url}/api/v1/query?{asked}"))
        result: list[dict[str, Any]] = answer["data"]["result"]
        return result

    def values(self, expression: str, label: str = "job") -> dict[str, float]:
        """The values of an expression by one label."""
        return {r["metric"].get(label, ""): float(r["value"][1]) for r in self.query(expression)}

    def until(self, expression: str, series: int = 1, seconds: float = _WAIT_SECONDS) -> list[dict[str, Any]]:
        """What an expression gives, as soon as it gives so many series."""
        ends = time.monotonic() + seconds
        while len(found := self.query(expression)) < series:
            if time.monotonic() > ends:
                raise AssertionError(f"{expression}: {len(found)} series, not {series}, within {seconds} s")
            time.sleep(0.1)
        return found


@contextmanager
def prometheus(folder: Path, scrapes: dict[str, dict[str, Any]], **config: Any) -> Iterator[Prometheus]:
    """A Prometheus that scrapes each job every 0.5 s.

    `scrapes` names jobs; each is a scrape configuration without `job_name`. Other top-level keys of the
    configuration (`rule_files`, `alerting`) may be given; JSON is YAML.
    """
    folder.mkdir(parents=True, exist_ok=True)
    jobs = [{"job_name": name, **scrape} for name, scrape in scrapes.items()]
    often = {"scrape_interval": "500ms", "scrape_timeout": "500ms", "evaluation_interval": "500ms"}
    file = folder / "prometheus.yml"
    file.write_text(json.dumps({"global": often, "scrape_configs": jobs, **config}))
    address = f"127.0.0.1:{free_port()}"
    command = (
        "prometheus",
        f"--config.file={file}",
        f"--storage.tsdb.path={folder / 'data'}",
        f"--web.listen-address={address}",
        "--web.enable-lifecycle",
    )
    with server(folder, *command, ready=f"http://{address}/-/ready"):
        yield Prometheus(f"http://{address}")


def target(address: str, **more: Any) -> dict[str, Any]:
    """A scrape configuration of one target (`host:port`)."""
    return {"static_configs": [{"targets": [address]}], **more}


def check_metrics(text: str) -> str:
    """What `promtool check metrics` complains of; nothing where all is well."""
    require("promtool")
    done = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return said if done.returncode or said.strip() else ""
