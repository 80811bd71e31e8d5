"""The dashboard's queries and the alerts, answered by a real Prometheus about real audits, against known numbers."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
import yaml

from tests import monitored
from tests.build import back_merge, hotfix, protocol
from tests.dashboard import FILE
from tests.prometheus_servers import Prometheus, fetch, free_port, node_exporter, prometheus, require, server, target

CONFIG = Path(__file__).parent.parent / "config" / "prometheus"
PANELS = [p for p in json.loads(FILE.read_text())["panels"] if p["type"] != "row"]
SOON = "1s"


def rules() -> dict[str, Any]:
    """The committed rules, but that nobody has to wait for them."""
    found: dict[str, Any] = yaml.safe_load((CONFIG / "branch-drift.rules.yml").read_text())
    for rule in found["groups"][0]["rules"]:
        rule["for"] = SOON
    return found


def rules_file(folder: Path) -> str:
    file = folder / "soon.rules.yml"
    file.write_text(json.dumps(rules()))
    return str(file)


def test_every_query_and_every_alert_answers_with_the_known_numbers(tmp_path: Path) -> None:
    here, there = tmp_path / "here" / "textfiles", tmp_path / "there" / "textfiles"
    here.mkdir(parents=True)
    there.mkdir(parents=True)
    monitored.build(tmp_path)
    assert monitored.scan(tmp_path / "night.yaml", here / "night.prom") == 3
    assert monitored.scan(tmp_path / "old.yaml", there / "old.prom") == 0
    monitored.age(there / "old.prom", monitored.AGED)
    remember_earlier(tmp_path / "prometheus" / "data")
    with (
        node_exporter(here) as one,
        node_exporter(there) as two,
        prometheus(
            tmp_path / "prometheus", {"node": target(one), "old": target(two)}, rule_files=[rules_file(tmp_path)]
        ) as server_,
    ):  # fmt: skip
        server_.until("branch_drift_last_scan_timestamp_seconds", 8)
        firing = sum(len(found) for found in monitored.alerts(0).values())
        server_.until('ALERTS{alertstate="firing"}', firing)
        assert wrong_panels(server_) == {}
        assert wrong_alerts(server_) == {}
        assert [dr_now(server_, r) for r in ("in-order", "(in-order|old)", "(in-order|old|gone)")] == [2, 1, 0]
        assert dr_now(server_, ".+", "no-such-branch") == -1
        assert choices(server_) == [{*monitored.TONIGHT, "old"}, {"dev", "qa", "ppd", "dr"}]


def remember_earlier(data: Path) -> None:
    """A repository, and a branch, in the metrics of three days ago and in no textfile tonight; and hotfixes then."""
    require("promtool")
    now = int(time.time())
    name = "branch_drift_last_scan_timestamp_seconds"
    then = range(now - 262_800, now - 255_600, 60)
    samples = [f'{name}{{repository="vanished"}} {monitored.VANISHED} {t}' for t in then]
    branch = [f'branch_drift_in_sync{{repository="in-order",branch="uat"}} 1 {t}' for t in then]
    had = [f'branch_drift_hotfixes{{repository="gone"}} 3 {t}' for t in then]
    lines = data.parent / "then.txt"
    data.parent.mkdir(parents=True)
    types = [f"# TYPE {n} gauge" for n in (name, "branch_drift_in_sync", "branch_drift_hotfixes")]
    lines.write_text("\n".join((types[0], *samples, types[1], *branch, types[2], *had, "# EOF\n")))
    command = ("promtool", "tsdb", "create-blocks-from", "openmetrics", lines, data)
    subprocess.run(command, check=True, capture_output=True)


def filled(query: str, repository: str = ".+", branch: str = ".+", critical: str = "dr") -> str:
    """The query with the variables filled in as Grafana does."""
    for name, value in (("$repository", repository), ("$branch", branch), ("$critical", critical)):
        query = query.replace(name, value)
    assert "$" not in query
    return query


def answers(server_: Prometheus, query: str, names: tuple[str, ...] = ()) -> dict[tuple[str, ...], float]:
    """What the server says, by the values of the labels in the order of `names`, then of the others."""
    found = {}
    for series in server_.query(query):
        labels = {k: v for k, v in series["metric"].items() if k != "__name__"}
        ordered = (*(n for n in names if n in labels), *sorted(set(labels) - set(names)))
        found[tuple(labels[n] for n in ordered)] = float(series["value"][1])
    return found


def wrong_panels(server_: Prometheus) -> dict[tuple[str, str], Any]:
    """Every query of every panel that does not answer what it must."""
    expected = monitored.panels(time.time())
    asked = {(p["title"], t["refId"]): t["expr"] for p in PANELS for t in p["targets"]}
    assert set(asked) == set(expected)
    found = {k: answers(server_, filled(e), ("repository", "branch", "rule")) for k, e in asked.items()}
    return {k: (found[k], v) for k, v in expected.items() if not same(found[k], v)}


def wrong_alerts(server_: Prometheus) -> dict[str, Any]:
    """Every alert whose expression does not answer what it must."""
    expected = monitored.alerts(time.time())
    asked = {r["alert"]: r["expr"] for r in rules()["groups"][0]["rules"]}
    assert set(asked) == set(expected)
    found = {name: answers(server_, e, ("repository", "branch", "rule")) for name, e in asked.items()}
    return {name: (found[name], v) for name, v in expected.items() if not same(found[name], v)}


def same(found: dict[tuple[str, ...], float], expected: monitored.Answer) -> bool:
    return set(found) == set(expected) and all(found[k] == within(v) for k, v in expected.items())


def within(value: Any) -> Any:
    return pytest.approx(value, rel=1e-9) if isinstance(value, int | float) else value


def dr_now(server_: Prometheus, repository: str, critical: str = "dr") -> float:
    """The dashboard's first answer, for some repositories."""
    panel = next(p for p in PANELS if p["title"] == "Is DR in sync?")
    return answers(server_, filled(panel["targets"][0]["expr"], repository, critical=critical))[()]


def choices(server_: Prometheus) -> list[set[str]]:
    """The values that the variables offer, as Grafana asks for them."""
    offered = []
    for variable in json.loads(FILE.read_text())["templating"]["list"]:
        if variable["type"] == "query":
            series, label = variable["query"]["query"].removeprefix("label_values(").removesuffix(")").rsplit(", ", 1)
            offered.append({r["metric"][label] for r in server_.query(filled(series))})
    return offered


Received = list[tuple[str, dict[str, Any]]]


class Pager(BaseHTTPRequestHandler):
    """Takes what Alertmanager sends."""

    received: ClassVar[Received]

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.received.extend((self.path, alert) for alert in body["alerts"])
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Says nothing."""


@contextmanager
def pager() -> Iterator[tuple[str, Received]]:
    Pager.received = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Pager) as listening:
        thread = threading.Thread(target=listening.serve_forever)
        thread.start()
        try:
            yield f"127.0.0.1:{listening.server_address[1]}", Pager.received
        finally:
            listening.shutdown()
            thread.join()


@contextmanager
def alertmanager(folder: Path, receiver: str) -> Iterator[str]:
    """Alertmanager by the committed routes, which send to `receiver` and wait for nothing."""
    config = (CONFIG / "alertmanager.yml").read_text().replace("localhost:9095", receiver)
    config = config.replace("group_wait: 30s", "group_wait: 0s").replace("group_interval: 5m", "group_interval: 200ms")
    folder.mkdir()
    (folder / "alertmanager.yml").write_text(config)
    address = f"127.0.0.1:{free_port()}"
    command = (
        "prometheus-alertmanager", f"--config.file={folder / 'alertmanager.yml'}", f"--storage.path={folder / 'data'}",
        f"--web.listen-address={address}", "--cluster.listen-address=",
    )  # fmt: skip
    with server(folder, *command, ready=f"http://{address}/-/ready"):
        yield address


def until(what: str, holds: Callable[[], bool]) -> None:
    ends = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < ends, what
        time.sleep(0.1)


def test_an_alert_fires_when_dr_falls_behind_and_ends_when_it_is_back(tmp_path: Path) -> None:
    textfiles, config = tmp_path / "textfiles", tmp_path / "shop.yaml"
    textfiles.mkdir()
    config.write_text("repositories: [{name: shop, path: shop}]\n")
    repo = protocol(tmp_path / "shop")
    with (
        pager() as (receiver, received),
        alertmanager(tmp_path / "alertmanager", receiver) as manager,
        node_exporter(textfiles) as node,
        prometheus(
            tmp_path / "prometheus", {"node": target(node)}, rule_files=[rules_file(tmp_path)],
            alerting={"alertmanagers": [target(manager)]},
        ) as server_,
    ):  # fmt: skip

        def state() -> list[str]:
            """How the alert about DR stands in Alertmanager."""
            shown = json.loads(fetch(f"http://{manager}/api/v2/alerts?filter=alertname%3DBranchDriftDrOutOfSync"))
            return [f"{a['labels']['repository']}/{a['labels']['branch']}: {a['status']['state']}" for a in shown]

        def told() -> list[str]:
            return [a["status"] for path, a in received if path == "/on-duty"]

        assert monitored.scan(config, textfiles / "shop.prom") == 0
        server_.until('branch_drift_in_sync{branch="dr"} == 1')
        assert state() == []

        hotfix(repo)
        back_merge(repo, "main", "dev", "qa", "ppd")
        assert monitored.scan(config, textfiles / "shop.prom") == 1
        until("the alert is active", lambda: state() == ["shop/dr: active"])
        until("somebody was told", lambda: told()[:1] == ["firing"])
        assert received[-1][1]["labels"]["severity"] == "critical"
        assert "1 hotfixes drift on dr of shop, 0 could not be judged" in received[-1][1]["annotations"]["description"]

        back_merge(repo, "main", "dr")
        assert monitored.scan(config, textfiles / "shop.prom") == 0
        until("the alert is resolved", lambda: state() == [])
        until("somebody was told so", lambda: told()[-1] == "resolved")
