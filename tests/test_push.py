"""Metrics by textfile and by Pushgateway, read back by the servers that people run."""

from __future__ import annotations

import http.server
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from auditor import push as pushing
from auditor.errors import BranchDriftError, UsageError
from auditor.model import Audit, Tool
from tests.build import back_merge, hotfix, protocol
from tests.prometheus_servers import (
    Prometheus,
    check_metrics,
    fetch,
    free_port,
    node_exporter,
    prometheus,
    pushgateway,
    target,
)

EMPTY = Audit(Tool("0", "0", "0"), 0, 0, None, ())


def scan(*args: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", "scan", *map(str, args), "-o", os.devnull]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env=dict(os.environ) | environment, timeout=60
    )


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fleet")
    calm = protocol(folder / "calm")
    hotfix(calm)
    back_merge(calm, "main", "dev", "qa", "ppd", "dr")
    late = protocol(folder / "late")
    hotfix(late)
    back_merge(late, "main", "dev", "qa", "ppd")
    return folder


def config(folder: Path, shops: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    file = folder / "branch-drift.yaml"
    file.write_text(json.dumps({"repositories": [{"name": n, "path": str(shops / n)} for n in names]}))
    return file


def groups(url: str) -> dict[str, set[str]]:
    """The repositories in each group that a Pushgateway holds."""
    found = {}
    for group in json.loads(fetch(f"{url}/api/v1/metrics"))["data"]:
        metrics = group.get("branch_drift_scan_success", {}).get("metrics", [])
        found[group["labels"]["instance"]] = {m["labels"]["repository"] for m in metrics}
    return found


def test_all_servers_read_the_same(shops: Path, tmp_path: Path) -> None:
    file = config(tmp_path / "c", shops, "calm", "late")
    texts = tmp_path / "texts"
    texts.mkdir()
    with pushgateway(tmp_path / "p") as gateway, node_exporter(texts) as node:
        done = scan("-c", file, "--metrics-textfile", texts / "drift.prom", "--pushgateway", gateway, "--quiet")
        assert (done.returncode, done.stderr) == (1, "")
        jobs = {"node": target(node), "push": target(gateway.removeprefix("http://"), honor_labels=True)}
        with prometheus(tmp_path / "prometheus", jobs) as server:
            server.until("branch_drift_scan_success", 4)
            for job in ("node", "branch_drift"):
                assert_told(server, job)
            assert server.query("node_textfile_scrape_error")[0]["value"][1] == "0"


def assert_told(server: Prometheus, job: str) -> None:
    def values(expression: str, label: str = "repository") -> dict[str, float]:
        return server.values(expression.replace("JOB", f'job="{job}"'), label)

    assert values('branch_drift_in_sync{JOB,branch="dr"}') == {"calm": 1, "late": 0}
    assert values('branch_drift_in_sync{JOB,repository="late"}', "branch") == {"dev": 1, "qa": 1, "ppd": 1, "dr": 0}
    assert values('branch_drift_pairs{JOB,branch="dr",status="missing"}') == {"calm": 0, "late": 1}
    assert values('branch_drift_lead_time_seconds_count{JOB,branch="dr"}') == {"calm": 1, "late": 0}
    assert abs(values("time() - branch_drift_last_success_timestamp_seconds{JOB}")["late"]) < 60
    assert values("branch_drift_build_info{JOB}", "job") == {job: 1}
    assert values("push_time_seconds", "job").keys() == {"branch_drift"}


def test_promtool_is_content(shops: Path, tmp_path: Path) -> None:
    scan("-c", config(tmp_path / "c", shops, "calm", "late"), "--metrics-textfile", tmp_path / "drift.prom", "--quiet")
    text = (tmp_path / "drift.prom").read_text()
    assert text.count("# HELP") == len({line for line in text.splitlines() if line.startswith("# HELP")})
    assert check_metrics(text) == ""


def test_what_is_gone_is_deleted(shops: Path, tmp_path: Path) -> None:
    """A repository that left the configuration, a group that was renamed, a configuration that was removed."""
    state = tmp_path / "c"
    file = config(state, shops, "calm", "late")
    other = config(tmp_path / "other", shops, "late")
    with pushgateway(tmp_path / "p") as url:

        def push(at: Path, *more: str) -> dict[str, set[str]]:
            assert scan("-c", at, "--pushgateway", url, "--quiet", *more).returncode in (0, 1)
            return groups(url)

        push(other)
        assert push(file) == {str(file): {"calm", "late"}, str(other): {"late"}}
        config(state, shops, "calm")
        assert push(file) == {str(file): {"calm"}, str(other): {"late"}}
        assert push(file, "--pushgateway-group", "night") == {"night": {"calm"}, str(other): {"late"}}
        renamed = file.rename(state / "fleet.yaml")
        assert push(renamed) == {str(renamed): {"calm"}, str(other): {"late"}}


def test_without_memory_nothing_is_remembered(shops: Path, tmp_path: Path) -> None:
    file = config(tmp_path / "c", shops, "calm")
    with pushgateway(tmp_path / "p") as url:
        assert scan("-c", file, "--pushgateway", url, "--quiet", "--no-ledger").returncode == 0
        assert groups(url) == {str(file): {"calm"}}
    assert [p.name for p in file.parent.iterdir()] == ["branch-drift.yaml"]


def test_credentials_come_from_the_environment(shops: Path, tmp_path: Path) -> None:
    """The gateway's own basic authentication; the hash is of `s3cret`."""
    web = tmp_path / "web.yml"
    web.write_text("basic_auth_users: {night: $2b$04$gDjVLe65CwIp647qwgPQF.ROTABnfAGOAAH9aog0QJ8TcuM40BeAG}\n")
    file = config(tmp_path / "c", shops, "calm")
    who = {"BRANCH_DRIFT_PUSHGATEWAY_USER": "night"}
    secret = tmp_path / "secret"
    secret.write_text("s3cret\n")
    let_in = {"Authorization": "Basic bmlnaHQ6czNjcmV0"}
    with pushgateway(tmp_path / "p", f"--web.config.file={web}", headers=let_in) as url:
        refused = scan("-c", file, "--pushgateway", url, BRANCH_DRIFT_PUSHGATEWAY_PASSWORD="wrong-pass", **who)
        assert refused.returncode == 3
        assert "401" in refused.stderr
        assert "wrong-pass" not in refused.stderr
        assert scan("-c", file, "--pushgateway", url, BRANCH_DRIFT_PUSHGATEWAY_PASSWORD="s3cret", **who).returncode == 0
        from_file = scan("-c", file, "--pushgateway", url, BRANCH_DRIFT_PUSHGATEWAY_PASSWORD_FILE=str(secret), **who)
        assert from_file.returncode == 0


def test_a_gateway_that_is_down_costs_only_the_push(shops: Path, tmp_path: Path) -> None:
    file = config(tmp_path / "c", shops, "calm")
    url = f"http://127.0.0.1:{free_port()}"
    done = scan("-c", file, "--pushgateway", url, "--metrics-textfile", tmp_path / "m.prom", "--quiet")
    assert done.returncode == 3
    assert done.stderr == f"branch-drift: {url}: the Pushgateway cannot be reached: Connection refused\n"
    assert "branch_drift_in_sync" in (tmp_path / "m.prom").read_text()


def test_a_gateway_that_drips_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each read gets its byte in time; the whole has a deadline all the same."""
    monkeypatch.setattr(pushing, "_DEADLINE", 1.0)
    over = threading.Event()

    class Dripping(http.server.BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            while not over.wait(0.05):
                self.wfile.write(b"H")

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Dripping)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    to = pushing.gateway(f"http://127.0.0.1:{server.server_port}", "g", ("s",))
    began = time.monotonic()
    with pytest.raises(BranchDriftError, match="took longer than 1 s"):
        pushing.push(to, EMPTY, {}, None)
    assert time.monotonic() - began < 5
    over.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    "url", ["gateway:9091", "ftp://gateway", "http://", "http://g?x=1", "http://[::1", "file:///x"]
)
def test_what_is_no_gateway_is_refused_before_the_scan(url: str) -> None:
    with pytest.raises(UsageError, match="--pushgateway"):
        pushing.gateway(url, None, ("s",))


def test_credentials_in_the_url_are_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as refused:
        pushing.gateway("http://night:s3cret@gateway:9091", None, ("s",))
    assert "s3cret" not in str(refused.value)
    assert "BRANCH_DRIFT_PUSHGATEWAY_USER" in str(refused.value)


def test_half_of_the_credentials_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BRANCH_DRIFT_PUSHGATEWAY_USER", "night")
    with pytest.raises(UsageError, match="needed together"):
        pushing.gateway("http://gateway:9091", None, ("s",))
    monkeypatch.setenv("BRANCH_DRIFT_PUSHGATEWAY_PASSWORD", "s3cret")
    assert "s3cret" not in repr(pushing.gateway("http://gateway:9091", None, ("s",)))


def test_a_group_without_a_gateway_is_bad_usage(shops: Path) -> None:
    assert scan(shops / "calm", "--pushgateway-group", "g").returncode == 2
