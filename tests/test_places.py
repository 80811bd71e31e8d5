"""Where results go: what cannot be, or would cost something, is refused before anything is scanned."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from auditor.commands import results
from tests.build import hotfix, protocol
from tests.test_cli import run


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hotfix(protocol(tmp_path / "shop"))
    anchor = "ledger: {anchor: {file: anchors}}\n"
    (tmp_path / "c.yaml").write_text(f"state: state\n{anchor}repositories: [{{name: shop, path: shop}}]\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.yaml").symlink_to("c.yaml")
    (tmp_path / "hard.yaml").hardlink_to(tmp_path / "c.yaml")
    monkeypatch.chdir(tmp_path)
    assert run("scan", "-c", "c.yaml", "--quiet").returncode == 1
    return tmp_path


def contents(folder: Path) -> dict[Path, bytes]:
    return {p: p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("scan -o c.yaml", "-o c.yaml: is the configuration, which would be lost"),
        ("scan -o ./shop/../c.yaml", "is the configuration"),
        ("scan -o link.yaml", "is the configuration"),
        ("scan -o hard.yaml", "is the configuration"),
        ("scan --metrics-textfile c.yaml", "--metrics-textfile c.yaml: is the configuration"),
        ("scan -o state/ledger.sqlite", "is the ledger, which would be lost"),
        ("scan -o anchors", "is the file of anchors, which would be lost"),
        ("scan -o folder", "-o folder: is a folder, and a file is needed"),
        ("scan --metrics-textfile folder", "--metrics-textfile folder: is a folder, and a file is needed"),
        (
            "scan -o x --metrics-textfile ./x",
            "-o and --metrics-textfile: are one file, x, and one of them would be lost",
        ),
        ("scan -o r/index.html --report-dir r", "there is no folder"),
        ("scan -o folder/index.html --report-dir folder", "-o folder/index.html: is a file of --report-dir"),
        ("scan --metrics-textfile folder/audit.json --report-dir folder", "is a file of --report-dir"),
        ("scan -o r --report-dir r", "-o r: is the folder of --report-dir"),
        ("scan -o x --report-dir c.yaml", "c.yaml: is a file, and a folder is needed"),
        ("report -o c.yaml", "-o c.yaml: is the configuration"),
        ("report --pack c.yaml", "--pack c.yaml: is the configuration"),
        ("report --pack state/ledger.sqlite", "is the ledger"),
        ("report -o x --pack x", "-o and --pack: are one file, x, and one of them would be lost"),
        ("report -o folder", "is a folder, and a file is needed"),
        ("report --pack folder", "is a folder, and a file is needed"),
        ("backmerge -o c.yaml", "is the configuration"),
        ("backmerge -o folder", "is a folder, and a file is needed"),
    ],
)
def test_what_would_cost_something_is_refused(shop: Path, said: str, words: str) -> None:
    before = contents(shop)
    done = run(*said.split(), "-c", "c.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert words in done.stderr
    assert contents(shop) == before


def test_every_fault_is_named(shop: Path) -> None:
    done = run("report", "-c", "c.yaml", "-o", "c.yaml", "--pack", "folder")
    assert done.stderr.count("branch-drift: ") == 2


def test_what_costs_nothing_is_written(shop: Path) -> None:
    null = os.devnull
    assert run("scan", "-c", "c.yaml", "-o", null, "--metrics-textfile", null, "--quiet").returncode == 1
    options = ("--report-dir", "folder", "-o", "folder/t.txt", "--metrics-textfile", "folder/m.prom")
    assert run("scan", "-c", "c.yaml", *options, "--quiet").returncode == 1
    assert {"t.txt", "m.prom", "index.html"} <= {p.name for p in (shop / "folder").iterdir()}
    assert run("report", "-c", "c.yaml", "-o", "folder/t.txt", "--pack", "p.tar").returncode == 1


def test_the_files_of_a_report_are_known(shop: Path) -> None:
    run("scan", "-c", "c.yaml", "--report-dir", "folder", "--assets", "linked", "--quiet")
    assert {p.name for p in (shop / "folder").iterdir()} <= set(results.OF_A_REPORT)
