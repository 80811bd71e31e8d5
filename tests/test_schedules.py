"""What starts the audit every night, tried as far as it can be without the machine that it is for."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import kubernetes_validate  # type: ignore[import-untyped]
import pytest
import yaml
from cronsim import CronSim

from tests.build import PINNED, Repo, back_merge, hotfix, protocol
from tests.operations import CONFIG, ROOT, commands
from tests.prometheus_servers import require

BIN = Path(sys.executable).parent
PATHS = {
    "/opt/branch-drift/bin": str(BIN),
    "/etc/branch-drift/branch-drift.yaml": "branch-drift.yaml",
    "/var/lib/branch-drift": "state",
    "/var/lib/prometheus/node-exporter": "textfiles",
}
CRON = CONFIG / "cron" / "branch-drift"
UNITS = ("branch-drift.service", "branch-drift-serve.service", "branch-drift.timer")
CRONJOB = CONFIG / "kubernetes" / "cronjob.yaml"
CONTAINERFILE = CONFIG / "container" / "Containerfile"


def moved(text: str, folder: Path) -> str:
    """The text with its paths in a folder of the test's."""
    for path, name in PATHS.items():
        text = text.replace(path, name if name.startswith("/") else str(folder / name))
    return text


def environment(folder: Path, path: str = f"{BIN}:/usr/bin:/bin") -> dict[str, str]:
    return {**PINNED, "PATH": path, "HOME": str(folder)}


# cron


def cron_job() -> tuple[str, str, str]:
    """Schedule, user and command of the one job."""
    lines = [x for x in CRON.read_text().splitlines() if x and not x.startswith("#") and not re.match(r"\w+=", x)]
    assert len(lines) == 1
    *fields, user, command = lines[0].split(maxsplit=6)
    return " ".join(fields), user, command


def test_cron_knows_when_and_as_whom() -> None:
    schedule, user, command = cron_job()
    assert next(CronSim(schedule, datetime(2026, 3, 1, 12, tzinfo=UTC))) == datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
    assert user == "branch-drift"
    # To cron a % is the end of the command, and a file without a last newline is none.
    assert "%" not in command
    assert CRON.read_text().endswith("\n")
    assert re.search(r"(?m)^MAILTO=\S+@\S+$", CRON.read_text())


def cron_says(folder: Path) -> str:
    """What cron would mail after a run of the job."""
    command = moved(cron_job()[2], folder)
    variables = dict(re.findall(r"(?m)^(\w+)=(.*)$", moved(CRON.read_text(), folder)))
    done = subprocess.run(
        [variables["SHELL"], "-c", command], env=environment(folder, variables["PATH"]), capture_output=True, text=True,
        cwd=folder, check=False,
    )  # fmt: skip
    return done.stdout + done.stderr


def test_cron_mails_nothing_in_sync_the_table_of_drift_and_the_faults_of_a_configuration(tmp_path: Path) -> None:
    for name in ("state", "textfiles"):
        (tmp_path / name).mkdir()
    config = tmp_path / "branch-drift.yaml"
    config.write_text("state: memory\nrepositories: [{name: shop, path: shop}]\n")
    repo = protocol(tmp_path / "shop")
    assert cron_says(tmp_path) == ""
    assert "branch_drift_in_sync" in (tmp_path / "textfiles" / "branch-drift.prom").read_text()
    assert (tmp_path / "state" / "report" / "index.html").is_file()

    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    said = cron_says(tmp_path)
    assert "branch-drift ended with exit status 1" in said
    assert "missing v2.3.1 on dr" in said

    config.write_text("repositories: [{name: shop, path: shop, brunches: [dr]}]\n")
    said = cron_says(tmp_path)
    assert "branch-drift ended with exit status 2" in said
    assert 'brunches: is no known key; did you mean "branches"?' in said
    assert "v2.3.1" not in said, "an old table is not today's"


# systemd


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units, with the program where it is here."""
    for name in UNITS:
        text = (CONFIG / "systemd" / name).read_text()
        (tmp_path / name).write_text(text.replace("/opt/branch-drift/bin", str(BIN)))
    return tmp_path


def systemd(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    require(command[0])
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_systemd_takes_the_units_without_a_word(units: Path) -> None:
    done = systemd("systemd-analyze", "verify", "--man=no", *(f"./{n}" for n in UNITS), folder=units)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_systemd_would_not_take_anything(units: Path) -> None:
    """The test above would hold of a verifier that finds nothing."""
    unit = units / "branch-drift.service"
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=strictly"))
    done = systemd("systemd-analyze", "verify", "--man=no", "./branch-drift.service", folder=units)
    assert "strictly" in done.stderr


@pytest.mark.parametrize("name", UNITS[:2])
def test_the_services_are_hardened(units: Path, name: str) -> None:
    limit = ("--offline=true", "--threshold=15")  # tenths: 1.5 of 10
    done = systemd("systemd-analyze", "security", "--no-pager", *limit, name, folder=units)
    assert done.returncode == 0, done.stdout[-200:]


def test_drift_is_no_failed_unit_but_a_fault_is() -> None:
    unit = (CONFIG / "systemd" / "branch-drift.service").read_text()
    assert re.findall(r"(?m)^SuccessExitStatus=(.*)$", unit) == ["1"]
    assert re.findall(r"(?m)^Restart=", unit) == []
    serve = (CONFIG / "systemd" / "branch-drift-serve.service").read_text()
    assert re.findall(r"(?m)^RestartPreventExitStatus=(.*)$", serve) == ["2"]


def test_systemd_makes_the_user(tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    file = CONFIG / "systemd" / "branch-drift.sysusers"
    done = systemd("systemd-sysusers", f"--root={tmp_path}", str(file), folder=tmp_path)
    assert done.returncode == 0, done.stderr
    *_, home, shell = (tmp_path / "etc" / "passwd").read_text().strip().split(":")
    assert (home, shell) == ("/var/lib/branch-drift", "/usr/sbin/nologin")


def test_the_services_may_write_where_they_are_told_to() -> None:
    """All that a unit writes lies in its state folder, or in one that it names as writable."""
    for name in UNITS[:2]:
        unit = (CONFIG / "systemd" / name).read_text()
        open_ = [f"/var/lib/{d}" for d in re.findall(r"(?m)^StateDirectory=(.*)$", unit)]
        open_ += re.findall(r"(?m)^ReadWritePaths=-?(.*)$", unit)
        for call in commands(unit):
            written = [v for o, v in itertools.pairwise(call) if o in ("--report-dir", "--metrics-textfile")]
            assert all(any(w.startswith(f"{folder}/") for folder in open_) for w in written)


# Kubernetes


def manifests() -> dict[str, Any]:
    files = sorted((CONFIG / "kubernetes").glob("*.yaml"))
    return {m["kind"]: m for m in (yaml.safe_load(f.read_text()) for f in files)}


@pytest.mark.parametrize("version", ["1.31", "1.34", "1.37"])
def test_kubernetes_knows_every_key(version: str) -> None:
    found = manifests()
    assert set(found) == {"ConfigMap", "CronJob", "PersistentVolumeClaim", "Secret"}
    for manifest in found.values():
        kubernetes_validate.validate(manifest, version, strict=True)


def test_kubernetes_schemas_refuse_a_wrong_key() -> None:
    wrong = manifests()["CronJob"]
    wrong["spec"]["shedule"] = "x"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, "1.31", strict=True)


def test_the_pod_refers_to_what_there_is_and_is_hardened() -> None:
    found = manifests()
    pod = found["CronJob"]["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    container = pod["containers"][0]
    volumes = {v["name"]: v for v in pod["volumes"]}
    assert {m["name"] for m in container["volumeMounts"]} == set(volumes)
    assert volumes["config"]["configMap"]["name"] == found["ConfigMap"]["metadata"]["name"]
    assert volumes["secret"]["secret"]["secretName"] == found["Secret"]["metadata"]["name"]
    claimed = volumes["state"]["persistentVolumeClaim"]["claimName"]
    assert claimed == found["PersistentVolumeClaim"]["metadata"]["name"]
    assert {"id_ed25519", "GITHUB_TOKEN"} == set(found["Secret"]["stringData"])
    assert {"branch-drift.yaml", "known_hosts"} == set(found["ConfigMap"]["data"])
    # The key as its own user's would be refused by ssh, were others allowed to read it.
    assert volumes["secret"]["secret"]["defaultMode"] == 0o440
    assert pod["securityContext"]["runAsUser"] == int(re.findall(r"--uid (\d+)", CONTAINERFILE.read_text())[0])
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
    }  # fmt: skip
    # Without this, Kubernetes ignores the policy about exit statuses.
    assert pod["restartPolicy"] == "Never"


def test_the_runbook_finds_what_the_cron_job_makes() -> None:
    selectors = re.findall(r"kubectl get (\S+) -l (\S+)=(\S+)", (CONFIG / "RUNBOOK.md").read_text())
    assert [kinds for kinds, _, _ in selectors] == ["cronjob,job"]
    job = yaml.safe_load(CRONJOB.read_text())
    template = job["spec"]["jobTemplate"]
    for _, label, value in selectors:
        for made in (job, template, template["spec"]["template"]):
            assert made["metadata"]["labels"][label] == value


@pytest.mark.parametrize(("ended", "job"), [(0, 0), (1, 0), (2, 2), (3, 3), (137, 137)])
def test_drift_is_no_failed_job_but_a_fault_is(tmp_path: Path, ended: int, job: int) -> None:
    pod = yaml.safe_load(CRONJOB.read_text())["spec"]["jobTemplate"]["spec"]["template"]["spec"]
    program = tmp_path / "branch-drift"
    program.write_text(f"#!/bin/sh\nexit {ended}\n")
    program.chmod(0o755)
    container = pod["containers"][0]
    done = subprocess.run(
        (*container["command"], *container["args"]), env=environment(tmp_path, str(tmp_path)), check=False
    )
    assert done.returncode == job


# The container image


def test_the_image_is_built_from_what_there_is() -> None:
    """CI builds the wheel from these files alone."""
    copied = re.findall(r"(?m)^COPY (?!--from)(.*) \S+$", CONTAINERFILE.read_text())
    sources = {s for line in copied for s in line.split()}
    assert all((ROOT / s).exists() for s in sources)
    shipped = (CONFIG / "container" / "Containerfile.dockerignore").read_text()
    assert {x.removeprefix("!") for x in shipped.splitlines() if x.startswith("!")} == sources
    assert re.search(r"(?m)^USER 10001:10001$", CONTAINERFILE.read_text())


# CI services


@pytest.mark.parametrize(
    ("file", "schema"), [("github-actions.yml", "vendor.github-workflows"), ("gitlab-ci.yml", "vendor.gitlab-ci")]
)
def test_forges_take_the_jobs(file: str, schema: str) -> None:
    done = subprocess.run(
        (BIN / "check-jsonschema", "--builtin-schema", schema, CONFIG / "ci" / file), capture_output=True, text=True,
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent"}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("file", "writes"),
    [
        ("github-actions.yml", ["drift-report/index.html", "drift.md"]),
        ("gitlab-ci.yml", ["drift-report/index.html", "drift.xml"]),
    ],
)
def test_the_jobs_audit_a_clone_as_forges_make_it(tmp_path: Path, file: str, writes: list[str]) -> None:
    """A clone at a commit, on no branch; every branch is only the remote's, and every tag is there."""
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    clone = tmp_path / "clone"
    repo.git("clone", "-q", "--no-checkout", str(repo.path), str(clone))
    made = Repo(clone)
    made.git("checkout", "-q", "--detach", "origin/main")
    made.git("branch", "-q", "-D", "main")
    (call,) = commands((CONFIG / "ci" / file).read_text())
    done = subprocess.run(
        (BIN / "branch-drift", *call), cwd=clone, env=environment(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    assert all((clone / w).is_file() for w in writes)
