"""What every format must say, and what a table must not lose: names, where a rule broke, why a run failed."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from click.testing import CliRunner

from auditor.cli import cli
from auditor.commands import explain
from auditor.model import (
    Audit,
    Branch,
    Discovery,
    Excluded,
    Hotfix,
    Problem,
    RepositoryAudit,
    Severity,
    Status,
    Tool,
    Verdict,
    Via,
    Violation,
)
from auditor.output import BINARY, FORMATS, encoded, render
from tests.build import back_merge, hotfix, protocol

OID = "5eed" * 10
STATUSES = tuple(Status)


def verdict(branch: str, status: Status, *, overdue: bool = False) -> Verdict:
    via = Via.CHERRY_PICK if status is Status.PRESENT else None
    return Verdict(branch, status, via, "a reason", None, None, (), None, (), overdue=overdue)


def made(tag: str, *verdicts: Verdict, aliases: tuple[str, ...] = ()) -> Hotfix:
    return Hotfix(tag, "a" * 40, None, 1_790_000_000, None, "", "name", (), aliases, (), verdicts)


def repository(name: str, *hotfixes: Hotfix, broken: tuple[Violation, ...] = ()) -> RepositoryAudit:
    branches = tuple(Branch(v.branch, v.branch, "b" * 40) for v in (hotfixes[0].verdicts if hotfixes else ()))
    return RepositoryAudit(name, "/x", Branch("main", "m", "c" * 40), branches, 9, 9, (), hotfixes, broken, (), ())


def whole(*found: RepositoryAudit, discovered: tuple[Discovery, ...] = ()) -> Audit:
    return Audit(Tool("0.1.0", "2.39.5", "1.9.7"), 1_790_000_000, 1_790_000_005, None, found, discovered)


# Other tags of one hotfix


@pytest.fixture
def several() -> Audit:
    one = made("v2.3.1", verdict("dev", Status.MISSING, overdue=True), aliases=("v2.3.2", "pay/v7.0.1"))
    return whole(repository("shop", one))


@pytest.mark.parametrize("form", FORMATS)
def test_no_format_is_silent_about_other_tags_of_a_hotfix(several: Audit, form: str) -> None:
    text = render(form, several)
    for tag in ("v2.3.1", "v2.3.2", "pay/v7.0.1"):
        assert tag in text


def test_they_are_a_column_at_the_end_of_a_row(several: Audit) -> None:
    header, row = csv.reader(io.StringIO(render("csv", several)))
    assert (header[-1], row[-1]) == ("aliases", "v2.3.2 pay/v7.0.1")


def test_a_case_keeps_its_name_whatever_tags_come(several: Audit) -> None:
    (case,) = ET.fromstring(render("junit", several)).iter("testcase")
    assert (case.get("name"), case.findtext("system-out")) == ("v2.3.1", "also tagged v2.3.2, pay/v7.0.1")
    result = json.loads(render("sarif", several))["runs"][0]["results"][0]
    alone = whole(repository("shop", replace(several.repositories[0].hotfixes[0], aliases=())))
    other = json.loads(render("sarif", alone))["runs"][0]["results"][0]
    assert result["partialFingerprints"] == other["partialFingerprints"]


def test_of_many_the_first_are_named_and_the_rest_counted() -> None:
    one = made("v2.3.1", verdict("dev", Status.PRESENT), aliases=tuple(f"part-{n}/v1.0.1" for n in range(40)))
    for form in ("table", "markdown"):
        text = render(form, whole(repository("shop", one)))
        assert "part-2/v1.0.1 and 37 more" in text.replace("&#8203;", "")
        assert "part-3/" not in text


def test_explain_knows_a_hotfix_by_any_of_its_tags(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    hotfix(repo)
    repo.git("tag", "-a", "-m", "again", "v2.3.2", "v2.3.1^{commit}")
    back_merge(repo, "main", "dev")
    assert explain.run("v2.3.2", "dev", repo.path, None, None) == 0
    said = capsys.readouterr().out
    assert said.startswith("v2.3.1 on dev of ")
    assert "also tagged: v2.3.2\n" in said


# The table


@pytest.mark.parametrize("count", [1, 4, 8, 12, 32])
@pytest.mark.parametrize("columns", [40, 80, 140, 300])
def test_a_table_of_any_width_has_every_word_whole(columns: int, count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("NO_COLOR", "1")
    names = [f"env-{n:02d}" for n in range(count)]
    rows = [
        made(f"v2.3.{10 + at}", *(verdict(b, STATUSES[(n + at) % len(STATUSES)]) for n, b in enumerate(names)))
        for at in range(len(STATUSES))
    ]
    # What follows the matrix names the pairs that drift; no pair of this audit may be found there alone.
    text = encoded("table", whole(repository("shop", *rows)), terminal=True).decode().split("  reverted v2.3.")[0]
    assert max(map(len, text.splitlines())) <= columns
    blocks = text.split("hotfix ")[1:]
    assert all(f"v2.3.{10 + at}" in block for block in blocks for at in range(len(STATUSES)))
    words = text.split()
    for name in names:
        assert words.count(name) == 1
    for status in STATUSES:
        assert words.count(status.value) == count


def test_a_few_branches_stay_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    one = made("v2.3.1", *(verdict(b, Status.PRESENT) for b in ("dev", "qa", "ppd", "dr")))
    monkeypatch.delenv("COLUMNS", raising=False)
    assert render("table", whole(repository("shop", one))).count("hotfix ") == 1


# Where a rule broke

BROKEN = Violation("pipeline-failed", Severity.ERROR, "v2.3.1", "qa", OID, "it failed")


@pytest.mark.parametrize("form", [f for f in FORMATS if f not in ("csv", "json")])
def test_a_broken_rule_has_all_that_it_names(form: str) -> None:
    text = render(form, whole(repository("shop", broken=(BROKEN,))))
    for part in ("v2.3.1", "qa", OID[:12], "it failed"):
        assert part in text


def test_a_commit_alone_is_where_it_broke() -> None:
    bare = replace(BROKEN, tag=None, branch=None)
    assert f"pipeline-failed: {OID[:12]}: it failed" in render("markdown", whole(repository("shop", broken=(bare,))))
    (case,) = ET.fromstring(render("junit", whole(repository("shop", broken=(bare,))))).iter("testcase")
    assert case.get("name") == OID[:12]


def test_markdown_says_what_is_overdue(several: Audit) -> None:
    text = render("markdown", several)
    assert "| missing overdue |" in text
    assert "- **missing, overdue** v2.3.1" in text


# Why a large fleet fails


def test_the_broken_rules_of_a_large_fleet_are_not_cut_off() -> None:
    calm = [repository(f"calm{n}", made("v2.3.1", verdict("dev", Status.PRESENT))) for n in range(900)]
    broken = [repository(f"worse{n}", *calm[0].hotfixes, broken=(BROKEN,)) for n in range(2)]
    text = render("markdown", whole(*calm, *broken))
    assert text.startswith("# Hotfix audit: in-sync, 2 errors\n")
    assert text.count("**error** pipeline-failed") == 2
    assert text.index("## worse") < text.index("## calm")
    assert "more that does not fit here" in text
    assert render("markdown", whole(*calm)).startswith("# Hotfix audit: in-sync\n")


def test_a_warning_is_no_error() -> None:
    warning = replace(BROKEN, severity=Severity.WARNING)
    found = repository("shop", made("v2.3.1", verdict("dev", Status.MISSING)), broken=(warning,))
    assert render("markdown", whole(found)).startswith("# Hotfix audit: drift\n")


# What could not be read


def test_csv_has_a_row_for_what_could_not_be_read() -> None:
    gone = replace(repository("gone"), errors=(Problem("not-a-repository", "=there is nothing"),))
    absent = replace(
        repository("half", made("v2.3.1", verdict("dev", Status.UNKNOWN))), errors=(Problem("branch-absent", "dev"),)
    )
    forge = Discovery("github", "https://x", "acme", (), (), (Problem("forge-refused", "401"),))
    text = render("csv", whole(absent, gone, discovered=(forge,)))
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["repository"], r["tag"], r["status"], r["reason"]) for r in rows] == [
        ("half", "v2.3.1", "unknown", "a reason"),
        ("gone", "", "unknown", "not-a-repository: =there is nothing"),
        ("github acme", "", "unknown", "forge-refused: 401"),
    ]


def sheet(found: Audit) -> list[tuple[object, ...]]:
    """The first sheet of the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(encoded("xlsx", found)))
    return list(book["summary"].iter_rows(values_only=True))


def every_kind_of_problem() -> tuple[Audit, tuple[str, ...]]:
    """A run in which each repository could not be read in a way of its own, and words of each."""
    tag = Problem("objects-missing", "tag v2.3.2: the object deadbeef cannot be read")
    absent, cut = Problem("branch-absent", "there is no branch qa"), Problem("shallow", "this is a shallow clone")
    half = made("v2.3.1", verdict("dev", Status.PRESENT), replace(verdict("qa", Status.UNKNOWN), reason=absent.detail))
    said = tuple(
        replace(repository(name, *hotfixes), errors=errors)
        for name, hotfixes, errors in (
            ("with", (half,), (tag, absent, cut)),
            ("without", (), (replace(tag, detail="tag v2.3.3: is damaged"), replace(absent, detail="no branch ppd"))),
            ("failed", (), (Problem("not-a-repository", "nothing lies in failed"),)),
            ("ended", (), (Problem("timeout", "the audit took longer than 8 s and was ended"),)),
            ("grown", (), (Problem("memory", "the audit took more than 9 bytes and was ended"),)),
            (
                "asked",
                (made("v2.4.1", verdict("dev", Status.PRESENT)),),
                (Problem("review-unknown", "forge: 502"),),
            ),
        )
    )
    forge = Discovery("github", "https://x", "acme", (), (), (Problem("forge-refused", "401 from the forge"),))
    words = (*(e.detail for found in said for e in found.errors), *(e.detail for e in forge.errors))
    return whole(*said, discovered=(forge,)), words


@pytest.mark.parametrize("form", [*FORMATS, *BINARY])
def test_every_format_names_all_that_could_not_be_read(form: str) -> None:
    found, words = every_kind_of_problem()
    text = str(sheet(found)) if form in BINARY else render(form, found)
    assert [w for w in words if w not in text] == []


def test_csv_tells_of_each_problem_once() -> None:
    found, words = every_kind_of_problem()
    reasons = [r["reason"] for r in csv.DictReader(io.StringIO(render("csv", found)))]
    assert [sum(w in r for r in reasons) for w in words] == [1] * len(words)


# Nothing selected


@pytest.mark.parametrize("form", ["table", "html", "markdown"])
def test_a_repository_without_a_hotfix_among_its_tags_is_no_silent_success(form: str) -> None:
    reasons = ["its name does not match nothing"] * 7 + ["excluded by configuration: old", "names no version"]
    excluded = tuple(Excluded(f"v{n}", reason) for n, reason in enumerate(reasons))
    found = replace(repository("typo"), tags_total=9, tags_audited=0, excluded=excluded)
    other = repository("shop", made("v2.3.1", verdict("dev", Status.PRESENT)))
    text = " ".join(render(form, whole(found, other)).split())
    assert "no hotfix among 9 tags, so no pair: its name does not match nothing (7); excluded by" in text
    assert text.count("no hotfix among") == 1
    assert "of 2 repositories without a hotfix among their tags" in text
    assert whole(found).exit_code == 0


@pytest.mark.parametrize("form", ["table", "html", "markdown"])
def test_what_could_not_be_read_or_has_no_tags_is_not_called_so(form: str) -> None:
    silent = replace(repository("silent"), tags_total=0, tags_audited=0)
    lost = replace(repository("lost"), main=Branch("main", None, None), errors=(Problem("timeout", "ended"),))
    text = render(form, whole(silent, replace(lost, tags_audited=0)))
    assert "hotfix among" not in text


def test_the_log_says_so_too(tmp_path: Path) -> None:
    hotfix(protocol(tmp_path / "shop"))
    file = tmp_path / "c.yaml"
    file.write_text("repositories: [{name: shop, path: shop, hotfix_tags: {pattern: nothing}}]")
    done = CliRunner().invoke(cli, ["scan", "-c", str(file), "--no-ledger", "--jobs", "1"])
    assert done.exit_code == 0
    assert "shop: 0 of 0 pairs drift; no hotfix among 2 tags (" in done.stderr
    assert "note no hotfix among 2 tags, so no pair: its name does not match nothing (2)" in done.stdout
