"""The command as people and cron run it: streams, exit statuses, files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.commands import scan as scanning
from tests.build import back_merge, hotfix, protocol


def run(*args: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    return repo.path


def test_scan_of_the_working_directory(shop: Path) -> None:
    done = run("scan", "--format", "json", "--no-ledger", cwd=shop)
    document = json.loads(done.stdout)
    assert done.returncode == 1
    assert document["summary"]["pairs"]["missing"] == 1
    assert done.stderr.startswith("shop: 1 of 4 pairs drift")


def test_in_sync_is_0_and_quiet_is_quiet(shop: Path) -> None:
    done = run("scan", shop, "--branch", "dev", "--branch", "qa", "--no-ledger", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    assert "in-sync: 2 present" in done.stdout


def test_incomplete_wins(shop: Path, tmp_path: Path) -> None:
    done = run("scan", shop, tmp_path / "nothing", "--no-ledger", "--quiet")
    assert done.returncode == 3
    assert "missing v2.3.1 on dr" in done.stdout
    assert "not-found" in done.stdout


@pytest.mark.parametrize(
    "args",
    [
        ("scan", "--format", "xml"),
        ("scan", "--nonsense"),
        ("scan", ".", "-c", "x.yaml"),
        ("scan", "-c", "absent.yaml"),
        ("scan", "-o", "no/such/folder/file"),
        ("scan", "--branch", "main"),
        ("explain", "v9.9.9", "dr"),
        ("check-config", "absent.yaml"),
    ],
)
def test_bad_usage_is_2_and_no_traceback(shop: Path, args: tuple[str, ...]) -> None:
    done = run(*args, cwd=shop)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_files_are_written(shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    options = (
        "--metrics-textfile",
        out / "m.prom",
        "--report-dir",
        out / "report",
        "-o",
        out / "r.csv",
        "--format",
        "csv",
    )
    done = run("scan", shop, *options, "--no-ledger", "--quiet")
    assert (done.returncode, done.stdout) == (1, "")
    assert "branch_drift_in_sync" in (out / "m.prom").read_text()
    assert (out / "report" / "index.html").read_text().startswith("<!doctype html>")
    assert json.loads((out / "report" / "audit.json").read_text())["schema"] == "branch-drift/audit/v1"
    assert (out / "r.csv").read_text().count("\n") == 5
    assert (out / "report" / "audit.csv").read_text() == (out / "r.csv").read_text()


def test_explain_tells_the_trail(shop: Path) -> None:
    done = run("explain", "v2.3.1", "dr", shop)
    assert done.returncode == 1
    assert "merge-base --is-ancestor" in done.stdout
    assert "bounded by: v2.3.0" in done.stdout


def test_explain_says_how_what_was_undone_had_come(tmp_path: Path) -> None:
    """It is not dropped by way of a rung, nor reverted."""
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    repo.switch("dr")
    repo.merge("main", "-s", "ours")
    assert "    dropped (it had come by merge): " in run("explain", "v2.3.1", "dr", repo.path).stdout
    assert " via " not in run("explain", "v2.3.1", "dr", repo.path).stdout


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("v2.3.1", "drr", "shop"), 'drr is no branch that is audited; did you mean "dr"?'),
        (("v2.3.7", "dr", "shop"), 'there is no hotfix v2.3.7; did you mean "v2.3.1"?'),
        (("v2.3.1", "dr", "shpo"), 'name one repository of the configuration; did you mean "shop"?'),
        (("v2.3.1", "dr"), "name one repository of the configuration; known are: shop, other"),
        (("v2.3.0", "dr", "shop"), "v2.3.0 is not audited: "),
    ],
)
def test_explain_says_which_name_is_wrong(shop: Path, tmp_path: Path, args: tuple[str, ...], said: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"repositories: [{{name: shop, path: {shop}}}, {{name: other, path: {shop}}}]\n")
    done = run("explain", *args, "-c", file)
    assert done.returncode == 2
    assert said in done.stderr


def test_remembers_and_says_the_same(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"state: state\nrepositories: [{{name: shop, path: {shop}}}]\n")
    once, again = (run("scan", "-c", file, "--format", "json", "--quiet") for _ in range(2))
    assert list((tmp_path / "state" / "cache").iterdir())
    assert timeless(once.stdout) == timeless(again.stdout)
    subprocess.run(["git", "-C", shop, "branch", "-qf", "dr", "main"], check=True)
    assert run("scan", "-c", file, "--quiet").returncode == 0


def test_no_ledger_remembers_nothing(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"state: state\nrepositories: [{{name: shop, path: {shop}}}]\n")
    run("scan", "-c", file, "--quiet", "--no-ledger")
    assert not (tmp_path / "state").exists()


def timeless(text: str) -> object:
    document = json.loads(text)
    for key in ("started_at", "finished_at"):
        document.pop(key)
    for repository in document["repositories"]:
        repository.pop("duration_seconds")
    return document


def test_a_reader_that_leaves_is_no_error(shop: Path) -> None:
    command = f"{sys.executable} -m auditor scan --format json --quiet --no-ledger | head -c 1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=shop, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.stdout == "{"


@pytest.mark.parametrize(
    ("to", "said"),
    [(">/dev/full", "cannot be written: No space left on device"), (">&-", "cannot be written: it is closed")],
)
def test_standard_output_that_fails_costs_the_other_results_nothing(
    shop: Path, tmp_path: Path, to: str, said: str
) -> None:
    metrics, page = tmp_path / "m.prom", tmp_path / "report" / "index.html"
    options = f"--no-ledger --quiet --metrics-textfile {metrics} --report-dir {page.parent}"
    command = f"exec {sys.executable} -m auditor scan {options} {to}"
    done = subprocess.run(["bash", "-c", command], cwd=shop, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (3, f"branch-drift: standard output {said}\n")
    assert 'branch_drift_in_sync{branch="dr",repository="shop"} 0.0' in metrics.read_text()
    assert page.exists()


@pytest.mark.parametrize("columns", ["", "wide", "-5", "200"])
def test_whatever_the_environment_says_of_columns(shop: Path, columns: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "scan", "--no-ledger", "--quiet"],
        cwd=shop,
        env={**os.environ, "COLUMNS": columns},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    assert "present (merge)" in done.stdout


def test_a_narrow_terminal_cuts_no_word_in_two(shop: Path) -> None:
    command = f"stty cols 60; {sys.executable} -m auditor scan --no-ledger --quiet"
    env = {**{k: v for k, v in os.environ.items() if k != "COLUMNS"}, "NO_COLOR": "1", "TERM": "xterm"}
    done = subprocess.run(
        ["script", "-qec", command, os.devnull], cwd=shop, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    words = done.stdout.split()
    assert words.count("present") == 4  # with the conclusion's
    assert "missing" in words[words.index("v2.3.1") :][:6]
    assert max(map(len, done.stdout.splitlines())) <= 60
    assert "\x1b" not in done.stdout


def on_a_terminal(command: str, cwd: Path) -> str:
    """What a command shows on a terminal of 60 columns."""
    env = {**{k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}, "TERM": "xterm"}
    told = f"stty cols 60; {sys.executable} -m auditor {command}"
    return subprocess.run(
        ["script", "-qec", told, os.devnull], cwd=cwd, env=env, capture_output=True, text=True, check=False
    ).stdout


def test_a_file_has_neither_the_colours_nor_the_width_of_a_terminal(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"state: state\nrepositories: [{{name: shop, path: {shop}}}]\n")
    assert "\x1b[" in on_a_terminal(f"scan -c {file} --quiet", tmp_path)
    piped = run("report", "-c", file, "--quiet").stdout
    assert max(map(len, piped.splitlines())) > 60
    for command in ("scan", "report"):
        shown = on_a_terminal(f"{command} -c {file} --quiet -o t.txt", tmp_path)
        assert (shown, (tmp_path / "t.txt").read_text()) == ("", piped)
        assert "\x1b[" in on_a_terminal(f"{command} -c {file} --quiet -o /dev/tty", tmp_path)
        assert "\x1b[" in on_a_terminal(f"{command} -c {file} --quiet", tmp_path)
    refused = on_a_terminal(f"report -c {file} --quiet --format xlsx -o /dev/tty", tmp_path)
    assert "this format is no text" in refused


def modes(folder: Path) -> dict[str, str]:
    """The modes of all files below."""
    return {str(p.relative_to(folder)): oct(p.stat().st_mode & 0o777) for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(("umask", "mode"), [("077", "0o600"), ("027", "0o640"), ("022", "0o644"), ("002", "0o664")])
def test_files_are_as_the_umask_says_and_keep_their_modes(shop: Path, tmp_path: Path, umask: str, mode: str) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (tmp_path / "c.yaml").write_text(f"repositories: [{{name: a, path: {shop}}}, {{name: b, path: {shop}}}]\n")
    program = f"umask {umask}; exec {sys.executable} -m auditor"
    options = "-c ../c.yaml -o t.txt --report-dir d --assets linked --metrics-textfile m.prom"
    assert subprocess.run(["bash", "-c", f"{program} scan {options}"], cwd=out, check=False).returncode == 1
    assert (
        subprocess.run(["bash", "-c", f"{program} report -c ../c.yaml -o r --pack p"], cwd=out, check=False).returncode
        == 1
    )
    found = modes(out)
    # Another user's exporter must read this one, whatever the umask.
    assert found.pop("m.prom") == "0o644"
    assert set(found.values()) == {mode}
    assert {"t.txt", "r", "p", "d/index.html", "d/audit.json", "d/repository/a.html", "d/report.css"} <= set(found)
    for name in ("t.txt", "d/audit.json"):
        (out / name).chmod(0o440)
    (out / "m.prom").chmod(0o600)
    assert subprocess.run(["bash", "-c", f"{program} scan {options}"], cwd=out, check=False).returncode == 1
    again = modes(out)
    assert again.pop("m.prom") == "0o644"
    assert again == {**found, "t.txt": "0o440", "d/audit.json": "0o440"}


def test_schemas_help_and_version(shop: Path) -> None:
    for which in ("config", "audit"):
        assert json.loads(run("schema", which).stdout)["type"] == "object"
    assert "Exit status" in run("scan", "--help").stdout
    assert "..." not in run("--help").stdout.partition("Commands:")[2]
    assert run("--version").stdout.startswith("branch-drift, version")
    assert run("check-config", Path(__file__).parent.parent / "config" / "branch-drift.example.yaml").returncode == 0


def test_help_loads_nothing_heavy() -> None:
    code = "import sys, auditor.cli; print([m for m in ('pygit2', 'pandas', 'jinja2', 'pydantic') if m in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"


def test_a_plug_in_of_the_configuration_library_takes_no_part(shop: Path, tmp_path: Path) -> None:
    """Any package beside the program could else put its code between a configuration and what is read from it."""
    folder = tmp_path / "meddler-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: meddler\nVersion: 1\n")
    (folder / "entry_points.txt").write_text("[pydantic]\nmeddler = meddler:plugin\n")
    (tmp_path / "meddler.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w')\nplugin = None\n")
    command = [sys.executable, "-m", "auditor", "scan", str(shop), "--no-ledger", "--quiet"]
    root = Path(__file__).parent.parent
    environment = {**os.environ, "PYTHONPATH": f"{root}:{tmp_path}"}
    assert subprocess.run(command, env=environment, capture_output=True, check=False).returncode == 1
    assert not (tmp_path / "loaded").exists()


def test_two_names_for_one_repository_stay_two(shop: Path, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"state: state\nrepositories: [{{name: one, path: {shop}}}, {{name: two, path: {shop}}}]\n")
    for _ in range(2):
        document = json.loads(run("scan", "-c", file, "--format", "json", "--quiet", "--jobs", "1").stdout)
        assert [r["name"] for r in document["repositories"]] == ["one", "two"]


def test_explain_is_about_its_own_branch(shop: Path, tmp_path: Path) -> None:
    """That another branch of the configuration is absent makes a scan incomplete, not this pair."""
    file = tmp_path / "c.yaml"
    file.write_text(f"repositories: [{{name: shop, path: {shop}, branches: [dev, ghost]}}]\n")
    assert run("explain", "v2.3.1", "dev", "-c", file).returncode == 0
    assert run("explain", "v2.3.1", "ghost", "-c", file).returncode == 3
    assert run("scan", "-c", file, "--no-ledger").returncode == 3


def test_a_report_folder_that_is_a_file_is_refused_before_the_scan(shop: Path, tmp_path: Path) -> None:
    (tmp_path / "report").touch()
    done = run("scan", shop, "--no-ledger", "--report-dir", tmp_path / "report")
    assert (done.returncode, done.stdout) == (2, "")
    assert "is a file, and a folder is needed" in done.stderr


def test_explain_of_what_cannot_be_read_is_incomplete_not_bad_usage(tmp_path: Path) -> None:
    done = run("explain", "v2.3.1", "dr", tmp_path / "nothing")
    assert done.returncode == 3
    assert "not-found" in done.stderr


def test_json_lines_for_log_collectors(shop: Path, tmp_path: Path) -> None:
    done = run("scan", shop, tmp_path / "nothing", "--no-ledger", "--log-format", "json", "-o", os.devnull)
    lines = {line["repository"]: line for line in map(json.loads, done.stderr.splitlines())}
    assert lines["shop"]["verdict"] == "drift"
    assert lines["shop"]["level"] == "warning"
    assert (lines["shop"]["pairs"]["present"], lines["shop"]["pairs"]["missing"]) == (3, 1)
    assert lines["shop"]["duration_seconds"] > 0
    assert lines["shop"]["time"].endswith("Z")
    assert lines["nothing"]["level"] == "error"
    assert lines["nothing"]["errors"][0]["code"] == "not-found"


def test_the_log_says_why_a_run_fails_by_its_rules_alone(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "careless")
    for number in (1, 2):
        repo.switch(f"stray{number}", "main")
        repo.commit(f"Beside {number}", {f"{number}.txt": "x\n"})
        repo.tag(f"v2.4.{number}")
    repo.switch("main")
    told = run("scan", repo.path, "--no-ledger", "-o", os.devnull)
    assert told.returncode == 1
    said = "careless: 0 of 0 pairs drift; 2 broken rules of severity error (2 tag-not-on-main) ("
    assert told.stderr.startswith(said)
    line = json.loads(run("scan", repo.path, "--no-ledger", "-o", os.devnull, "--log-format", "json").stderr)
    assert (line["level"], line["verdict"]) == ("warning", "in-sync")
    assert (line["violations"], line["violations_of_severity_error"]) == (2, 2)
    assert line["message"].startswith(said)


def test_errors_are_json_lines_too(shop: Path, tmp_path: Path) -> None:
    done = run("scan", shop, "--no-ledger", "--log-format", "json", "-o", tmp_path / "no" / "file")
    assert done.returncode == 2
    assert json.loads(done.stderr)["level"] == "error"


def test_options_of_a_run_survive_as_words() -> None:
    """What `serve` was told reaches each of its scans."""
    told = scanning.Options(jobs=3, quiet=True, log_format="json")
    assert scanning.words(told) == ("--engine", "local", "--log-format", "json", "--jobs", "3", "--quiet")
    told = scanning.Options(engine="dask", scheduler="tcp://x:1")
    assert scanning.words(told) == ("--engine", "dask", "--scheduler", "tcp://x:1", "--log-format", "text")
