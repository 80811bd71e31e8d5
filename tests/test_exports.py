"""Workbook, SARIF and Markdown: complete, valid, and within what their readers take."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from auditor.cli import cli
from auditor.model import Audit, Discovery, ExcludedRepository, Problem, RepositoryAudit, Severity, Violation
from auditor.output import encoded, markdown, render, rows, sheets
from auditor.past import EarlierRun, History
from tests import hostile, many
from tests.build import hotfix, protocol
from tests.judged import NOW


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    return many.found(tmp_path_factory.mktemp("exports"))


def book(audit: Audit, history: History | None = None) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(encoded("xlsx", audit, history)))


def test_workbook_holds_every_table(found: RepositoryAudit) -> None:
    run = many.run(found)
    made = book(run)
    assert made.sheetnames == ["summary", "pairs", "fixes", "violations", "waivers"]
    told = {str(r[0].value): r[1].value for r in made["summary"].iter_rows(min_row=2)}
    assert (told["verdict"], told["hotfixes"], told["pairs missing"], told["tags"]) == ("drift", 4, 9, 5)
    assert made["pairs"].max_row == 1 + 16
    assert [c.value for c in made["pairs"][1]] == list(rows.PAIRS)
    assert made["fixes"].max_row == 1 + 16
    listed = list(csv.reader(io.StringIO(render("csv", run))))
    assert [[str(c.value or "") for c in row] for row in made["pairs"].iter_rows()][3][:6] == listed[3][:6]


def test_workbook_has_runs_where_they_are_remembered(found: RepositoryAudit) -> None:
    earlier = EarlierRun(7, NOW - 100, NOW - 90, "drift", 1, 4, 16, 9, 0, 2, "cd" * 32)
    made = book(many.run(found), History((), (earlier,)))
    assert [c.value for c in made["runs"][2]][:4] == [7, "2026-09-21T14:11:40Z", "2026-09-21T14:11:50Z", "drift"]


def test_workbook_is_the_same_each_time(found: RepositoryAudit) -> None:
    assert encoded("xlsx", many.run(found)) == encoded("xlsx", many.run(found))


def test_a_cell_too_long_for_a_workbook_is_cut_and_not_lost() -> None:
    table = rows.Table("t", ("a",), (("x" * 40_000,), (None,), (3,)))
    cells = [r[0].value for r in openpyxl.load_workbook(io.BytesIO(sheets.workbook((table,), 0)))["t"].iter_rows()]
    assert cells == ["a", "x" * 32_766 + "…", None, 3]


def test_more_rows_than_a_sheet_holds_go_to_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "_MOST_ROWS", 2)
    table = rows.Table("t", ("a",), tuple((n,) for n in range(5)))
    made = openpyxl.load_workbook(io.BytesIO(sheets.workbook((table,), 0)))
    assert {s.title: [r[0].value for r in s.iter_rows()] for s in made} == {
        "t": ["a", 0, 1],
        "t 2": ["a", 2, 3],
        "t 3": ["a", 4],
    }


def test_sarif_is_valid_and_tells_what_drifts(found: RepositoryAudit, tmp_path: Path) -> None:
    broken = Violation("tag-not-on-main", Severity.ERROR, "v1", None, "ab" * 20, "x")
    loose = Violation("waiver-unused", Severity.INFO, None, None, None, "y")
    one = replace(
        found,
        source="https://github.com/acme/shop.git",
        violations=(broken, loose),
        errors=(Problem("broken", "{0} [x](y)"),),
    )
    text = render("sarif", many.run(one, hostile.found(tmp_path)))
    Sarif.model_validate_json(text)
    first, second = json.loads(text)["runs"]
    assert [r["ruleId"] for r in first["results"]].count("hotfix-missing") == 9
    assert [r["level"] for r in first["results"]][-2:] == ["error", "note"]
    assert first["versionControlProvenance"][0]["repositoryUri"] == "https://github.com/acme/shop.git"
    assert not first["invocations"][0]["executionSuccessful"]
    assert first["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == r"broken: {{0}} \[x\](y)"
    prints = [r["partialFingerprints"]["finding/v1"] for r in first["results"]]
    assert len(prints) == len(set(prints))
    used = {r["ruleId"] for r in first["results"]}
    assert {r["id"] for r in first["tool"]["driver"]["rules"]} == used
    assert [bool(r.get("suppressions")) for r in second["results"]] == [False, True]


def test_a_forge_that_could_not_be_asked_is_in_every_export(found: RepositoryAudit) -> None:
    forge = Discovery(
        "github", "https://x", "acme", (), (ExcludedRepository("acme/old", "archived"),), (Problem("f", "down"),)
    )
    run = replace(many.run(found), discovered=(forge,))
    log = json.loads(render("sarif", run))
    Sarif.model_validate(log)
    assert log["runs"][1]["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "f: down"
    assert "not judged** f: down" in render("markdown", run)
    told = {str(r[0].value): r[1].value for r in book(run)["summary"].iter_rows(min_row=2)}
    assert (told["not judged: github acme"], told["excluded: acme/old"]) == ("f: down", "archived")


def test_markdown_fits_a_comment_and_says_that_it_was_cut(found: RepositoryAudit) -> None:
    short = render("markdown", many.run(found))
    assert "does not fit" not in short
    long = render("markdown", many.run(found, many.many(found, 3000), replace(found, name="last")))
    assert markdown.MOST_CHARACTERS - 200 < len(long) <= markdown.MOST_CHARACTERS
    assert "… and more that does not fit here." in long
    rows_ = [line for line in long.splitlines() if line.startswith("|")]
    assert len({line.count("|") for line in rows_}) == 1


def test_formats_of_the_command_line(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r", branches=("dev",))
    hotfix(repo)
    book_, log = tmp_path / "a.xlsx", tmp_path / "a.sarif"
    common = ["scan", str(repo.path), "--branch", "dev", "--no-ledger", "--quiet"]
    assert CliRunner().invoke(cli, [*common, "--format", "xlsx", "-o", str(book_)]).exit_code == 1
    assert openpyxl.load_workbook(book_)["pairs"]["F2"].value == "missing"
    assert CliRunner().invoke(cli, [*common, "--format", "sarif", "-o", str(log)]).exit_code == 1
    assert json.loads(log.read_text())["version"] == "2.1.0"


def test_a_workbook_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.errors import UsageError
    from auditor.output import files

    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    with pytest.raises(UsageError, match="no text"):
        files.require_no_terminal("-")
    files.require_no_terminal("book.xlsx")
