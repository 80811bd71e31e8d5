"""Whatever becomes of the standard streams, or was not foreseen: results are written, and 1 means drift alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.build import back_merge, hotfix, protocol

PROGRAM = f"{sys.executable} -m auditor"
# Standard error on a full disk, closed, on a pipe that nobody reads, and open for reading only.
BROKEN = ("2>/dev/full", "2>&-", "2>&1 >/dev/null | true", "2</dev/null")


def shell(command: str, cwd: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs it in bash; of a pipe, the status is that of its first command."""
    script = f"{command}; exit ${{PIPESTATUS[0]}}"
    return subprocess.run(
        ["bash", "-c", script], cwd=cwd, env={**os.environ, **more}, capture_output=True, text=True, check=False
    )


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A folder with a repository in sync on dev and qa, drifting on dr, and configurations for both."""
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa")
    for name, branches in (("insync", "dev, qa"), ("drift", "dev, dr")):
        entry = f"{{name: shop, path: shop, branches: [{branches}]}}"
        (tmp_path / f"{name}.yaml").write_text(f"state: {name}\nrepositories: [{entry}]\n")
    return tmp_path


@pytest.mark.parametrize("log", ["text", "json"])
@pytest.mark.parametrize("to", BROKEN)
def test_a_log_that_cannot_be_written_costs_nothing(shop: Path, to: str, log: str) -> None:
    for name, code in (("insync", 0), ("drift", 1)):
        options = f"-o {name}.txt --report-dir {name}.d --metrics-textfile {name}.prom --log-format {log}"
        done = shell(f"{PROGRAM} scan -c {name}.yaml {options} {to}", shop)
        assert (done.returncode, done.stdout, done.stderr) == (code, "", ""), name
        assert (shop / f"{name}.txt").read_text().splitlines()[-1].startswith("in-sync" if code == 0 else "drift")
        assert (shop / f"{name}.d" / "audit.json").is_file()
        assert "branch_drift_in_sync" in (shop / f"{name}.prom").read_text()
        recorded = shell(f"{PROGRAM} report -c {name}.yaml --format json {'' if '|' in to else to}", shop)
        assert (recorded.returncode, json.loads(recorded.stdout)["repositories"][0]["name"]) == (code, "shop")


@pytest.mark.parametrize("to", BROKEN)
def test_an_error_that_cannot_be_said_keeps_its_status(shop: Path, to: str) -> None:
    assert shell(f"{PROGRAM} scan -c absent.yaml {to}", shop).returncode == 2
    assert shell(f"{PROGRAM} scan --nonsense {to}", shop).returncode == 2
    assert shell(f"{PROGRAM} scan absent --no-ledger {to}", shop).returncode == 3


def test_a_terminal_that_is_closed_meanwhile_costs_nothing(shop: Path) -> None:
    """The bar is drawn there; who logs out takes it away."""
    ours, theirs = os.openpty()
    command = [*PROGRAM.split(), "scan", "-c", "insync.yaml", "-o", "t.txt"]
    child = subprocess.Popen(command, cwd=shop, stderr=theirs, stdout=subprocess.DEVNULL, start_new_session=True)
    os.close(theirs)
    os.close(ours)
    assert child.wait(60) == 0
    assert (shop / "t.txt").read_text()


def test_nothing_takes_the_place_of_a_closed_stream(shop: Path) -> None:
    """Else the next file that is opened is standard error, and what git says goes there."""
    done = shell(f"{PROGRAM} scan -c drift.yaml -o t.txt 0<&- 1>&- 2>&-", shop)
    assert done.returncode == 1
    assert shell(f"{PROGRAM} verify --ledger -c drift.yaml", shop).returncode == 0


@pytest.mark.parametrize("asked", ["--help", "--version", "scan --help", "verify --help"])
def test_help_that_cannot_be_written_is_no_success(shop: Path, asked: str) -> None:
    done = shell(f"{PROGRAM} {asked} >/dev/full", shop)
    said = "branch-drift: standard output cannot be written: No space left on device\n"
    assert (done.returncode, done.stderr) == (3, said)
    done = shell(f"{PROGRAM} {asked} >&-", shop)
    assert (done.returncode, done.stderr) == (3, "branch-drift: standard output cannot be written: it is closed\n")
    done = shell(f"{PROGRAM} {asked} | true", shop)
    assert (done.returncode, done.stderr) == (0, "")
    done = shell(f"{PROGRAM} {asked}", shop)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("branch-drift, version" if asked == "--version" else "Usage: branch-drift")


def broken(command: str, error: str, *args: str, **more: str) -> subprocess.CompletedProcess[str]:
    """The program with a command that raises something."""
    code = (
        f"import sys, errno\nimport auditor.commands.{command} as command\nfrom auditor.cli import main\n"
        f"def run(*_):\n    raise {error}\ncommand.run = run\nsys.argv[1:] = {list(args)!r}\nmain()\n"
    )
    return subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **more}, capture_output=True, text=True, check=False
    )


def test_what_nobody_foresaw_is_one_line_and_3() -> None:
    done = broken("scan", "KeyError('shop')", "scan")
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.startswith("branch-drift: a fault of this program, please report it: KeyError: 'shop' (")
    assert done.stderr.count("\n") == 1
    done = broken("verify", "RecursionError('one\\ntwo')", "verify", "x.tar")
    assert (done.returncode, done.stderr.count("\n")) == (3, 1)
    done = broken("scan", "BrokenPipeError(errno.EPIPE, 'Broken pipe')", "scan", "--log-format", "json")
    assert done.returncode == 3
    assert json.loads(done.stderr)["level"] == "error"


def test_what_the_machine_lacks_is_no_fault_of_the_program() -> None:
    done = broken("scan", "OSError(errno.ENOSPC, 'No space left on device')", "scan")
    assert done.returncode == 3
    assert done.stderr.startswith("branch-drift: the machine does not give what is needed: No space left on device (")
    assert "MemoryError" in broken("scan", "MemoryError()", "scan").stderr


def test_the_place_is_in_the_program(shop: Path) -> None:
    code = (
        "import auditor.output.files as f, sys\nfrom auditor.cli import main\n"
        "f.require_folder = lambda _: [][0]\nsys.argv[1:] = ['scan', 'shop', '--no-ledger']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=shop, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    assert "IndexError: list index out of range (auditor/commands/results.py:" in done.stderr


def test_what_nobody_foresaw_tells_no_secret() -> None:
    error = "ValueError('https://jo:pass4word@host/x and glpat-1234567890')"
    done = broken("scan", error, "scan", MY_TOKEN="glpat-1234567890")
    assert "host/x" in done.stderr
    assert "pass4word" not in done.stderr
    assert "glpat" not in done.stderr


def test_an_interrupt_at_any_time_is_130() -> None:
    assert broken("scan", "KeyboardInterrupt", "scan").returncode == 130
    code = (
        "import sys\nclass Finder:\n    def find_spec(self, name, *_):\n        if name == 'auditor.commands':\n"
        "            raise KeyboardInterrupt\nsys.meta_path.insert(0, Finder())\n"
        "from auditor.cli import main\nsys.argv[1:] = ['scan']\nmain()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr.strip()) == (130, "branch-drift: interrupted")


def test_a_library_that_is_missing_is_3() -> None:
    code = (
        "import sys\nsys.modules[sys.argv[1]] = None\nsys.argv[1:] = ['scan']\n"
        "from auditor.__main__ import main\nmain()\n"
    )
    for library in ("pygit2", "click"):
        done = subprocess.run([sys.executable, "-c", code, library], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
        assert library in done.stderr


@pytest.mark.parametrize("most", range(5, 11))
def test_too_few_open_files_are_never_drift(shop: Path, most: int) -> None:
    done = shell(f"ulimit -n {most}; {PROGRAM} scan -c insync.yaml", shop)
    assert done.returncode in (0, 3), done.stderr
    assert "Traceback" not in done.stderr
    assert done.returncode == 0 or "Too many open files" in done.stderr


@pytest.mark.parametrize("command", ["scan", "init", "explain v2.3.1 dr", "check-config", "scan -o t.txt"])
def test_a_working_directory_that_is_gone(shop: Path, command: str) -> None:
    done = shell(f"mkdir gone; cd gone; rmdir ../gone; {PROGRAM} {command}", shop)
    assert done.returncode in (2, 3)
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert command == "check-config" or "the working directory is gone" in done.stderr
