"""Every file under config/ is read by a test; what the handbooks name exists, and their commands are accepted."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import yaml

from auditor.config.configuration import load
from tests.operations import CONFIG, ROOT, accept, commands
from tests.prometheus_servers import require

BOOKS = [CONFIG / "HANDBOOK.md", CONFIG / "RUNBOOK.md", ROOT / "README.md"]
RULES = CONFIG / "prometheus" / "branch-drift.rules.yml"
# The file, and the tests that read it.
READ_BY = {
    "branch-drift.example.yaml": "test_config",
    "HANDBOOK.md": "test_operations",
    "RUNBOOK.md": "test_operations",
    "ci/github-actions.yml": "test_schedules",
    "ci/gitlab-ci.yml": "test_schedules",
    "container/Containerfile": "test_schedules",
    "container/Containerfile.dockerignore": "test_schedules",
    "cron/branch-drift": "test_schedules",
    "kubernetes/configmap.yaml": "test_schedules",
    "kubernetes/cronjob.yaml": "test_schedules",
    "kubernetes/persistentvolumeclaim.yaml": "test_schedules",
    "kubernetes/secret.yaml": "test_schedules",
    "prometheus/alertmanager.yml": "test_monitoring",
    "prometheus/branch-drift.rules.test.yml": "test_operations",
    "prometheus/branch-drift.rules.yml": "test_monitoring",
    "prometheus/prometheus.yml": "test_operations",
    "systemd/branch-drift-serve.service": "test_schedules",
    "systemd/branch-drift.service": "test_schedules",
    "systemd/branch-drift.sysusers": "test_schedules",
    "systemd/branch-drift.timer": "test_schedules",
    "web-config.example.yaml": "test_access",
}


def test_every_file_is_read_by_a_test() -> None:
    assert {p.relative_to(CONFIG).as_posix() for p in CONFIG.rglob("*") if p.is_file()} == set(READ_BY)
    for name, test in READ_BY.items():
        source = (ROOT / "tests" / f"{test}.py").read_text()
        assert Path(name).name in source or f"*{Path(name).suffix}" in source, (name, test)


@pytest.mark.parametrize(
    "file", sorted(p for p in (*CONFIG.rglob("*"), *BOOKS[2:]) if p.is_file()), ids=lambda p: p.name
)
def test_the_command_line_accepts_every_command(file: Path) -> None:
    for call in commands(file.read_text()):
        accept(call)


def test_commands_are_found() -> None:
    """The test above would hold of no command at all."""
    found = [c for p in CONFIG.rglob("*") if p.is_file() for c in commands(p.read_text())]
    assert {c[0] for c in found} >= {"scan", "serve", "check-config", "explain", "init"}
    assert commands("x\nA=1 branch-drift scan -o a \\\n  -c 'b c' 2>d || e\n") == [["scan", "-o", "a", "-c", "b c"]]


@pytest.mark.parametrize("book", BOOKS, ids=lambda p: p.name)
def test_what_is_linked_exists(book: Path) -> None:
    for link in re.findall(r"\]\(([^)]+)\)", book.read_text()):
        path, _, anchor = link.partition("#")
        target = (book.parent / path).resolve() if path else book
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def anchors(book: Path) -> set[str]:
    """The addresses of the sections, as forges make them."""
    return {re.sub(r"[^\w -]", "", h).lower().replace(" ", "-") for h in re.findall(r"(?m)^#+ (.+)$", book.read_text())}


def test_every_alert_says_what_to_do_and_has_a_section_in_the_runbook() -> None:
    rules = yaml.safe_load(RULES.read_text())["groups"][0]["rules"]
    sections = anchors(CONFIG / "RUNBOOK.md")
    for rule in rules:
        said = rule["annotations"]
        assert set(said) == {"summary", "description", "runbook_url"}
        assert (
            said["runbook_url"]
            == f"https://git.example.com/branch-drift/blob/main/config/RUNBOOK.md#{rule['alert'].lower()}"
        )
        assert rule["alert"].lower() in sections
    assert {r["labels"]["severity"] for r in rules} == {"critical", "warning"}
    # Nobody reads of an alert that there is not.
    assert {s for s in sections if s.startswith("branchdrift")} == {r["alert"].lower() for r in rules}


def test_every_metric_that_is_asked_for_or_told_of_exists() -> None:
    from auditor.output import metrics

    known = {f"{m.name}" for m in metrics._Families().registry.collect()}
    asked = set(re.findall(r"branch_drift_\w+", RULES.read_text()))
    assert asked <= known
    told = (CONFIG / "HANDBOOK.md").read_text().split("## Metrics")[1].split("\n## ")[0]
    assert [n for n in sorted(known) if n.removeprefix("branch_drift_") not in told] == []


def test_prometheus_and_alertmanager_take_their_files() -> None:
    require("promtool", "amtool")
    folder = CONFIG / "prometheus"
    for command in (
        ("promtool", "check", "rules", "branch-drift.rules.yml"),
        ("promtool", "test", "rules", "branch-drift.rules.test.yml"),
        ("promtool", "check", "config", "prometheus.yml"),
        ("amtool", "check-config", "alertmanager.yml"),
    ):
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_is_tested() -> None:
    tested = yaml.safe_load((CONFIG / "prometheus" / "branch-drift.rules.test.yml").read_text())["tests"]
    cases = [c for t in tested for c in t["alert_rule_test"]]
    rules = {r["alert"] for r in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
    assert {c["alertname"] for c in cases if c["exp_alerts"]} == rules
    assert {c["alertname"] for c in cases if not c["exp_alerts"]} >= rules - {"BranchDriftScanStale"}


def test_routes_name_alerts_that_there_are() -> None:
    rules = {r["alert"] for r in yaml.safe_load(RULES.read_text())["groups"][0]["rules"]}
    named = re.findall(r'alertname="(\w+)"', (CONFIG / "prometheus" / "alertmanager.yml").read_text())
    assert set(named) <= rules
    assert "BranchDriftDrOutOfSync" in named


def test_who_is_told_of_what() -> None:
    require("amtool")

    def receiver(alert: str) -> str:
        route = ("amtool", "config", "routes", "test", "--config.file=alertmanager.yml", f"alertname={alert}")
        done = subprocess.run(route, cwd=CONFIG / "prometheus", capture_output=True, text=True, check=True)
        return done.stdout.strip()

    assert receiver("BranchDriftDrOutOfSync") == "on-duty"
    assert receiver("BranchDriftScanStale") == "release-team"


def test_the_configuration_for_kubernetes_is_one(tmp_path: Path) -> None:
    held = yaml.safe_load((CONFIG / "kubernetes" / "configmap.yaml").read_text())["data"]["branch-drift.yaml"]
    file = tmp_path / "branch-drift.yaml"
    file.write_text(held)
    assert [r.name for r in load(file).repositories] == ["payments"]
