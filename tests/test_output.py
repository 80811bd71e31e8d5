"""Every format: right, complete, and never fooled by what a commit says."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from prometheus_client.parser import text_string_to_metric_families

from auditor.errors import BranchDriftError
from auditor.model import Audit, Forecast, RepositoryAudit, Severity, Status, Tool, Violation
from auditor.output import FORMATS, files, metrics, render, wire
from auditor.output.html import assets
from tests.build import back_merge, hotfix, protocol
from tests.judged import audit

HOSTILE = '<script>alert(1)</script> "quoted" \x1b[31mred\x1b[0m \u202eback =1+1 @everyone #1 | a|b `x` [l](http://x)'
TOOL = Tool("0.1.0", "2.39.5", "1.9.7")


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    repo = protocol(tmp_path_factory.mktemp("out") / "shop")
    repo.switch("hotfix/x", "main")
    repo.commit(HOSTILE.replace("\x1b", ""), {"src/login.py": "=cmd()\n"}, author="=Mallory @everyone <a@example.com>")
    repo.switch("main")
    repo.merge("hotfix/x")
    repo.tag("v2.3.1", message=HOSTILE)
    back_merge(repo, "main", "dev", "qa")
    hotfix(repo, "two", "v2.3.2", {"two.txt": "2\n"})
    back_merge(repo, "main", "dev")
    waiver = {"tag": "v2.3.2", "branch": "ppd", "reason": HOSTILE, "approved_by": "=boss", "expires": "2099-01-01"}
    branches = ["dev", "qa", {"name": "ppd", "sla": "2d"}, {"name": "dr", "sla": "4h", "critical": True}]
    whole = audit(repo, branches=branches, waivers=[waiver])
    pairs = tuple(
        replace(
            h,
            verdicts=tuple(
                replace(v, reason=f"{HOSTILE} \ud800" if v.branch == "dr" else v.reason) for v in h.verdicts
            ),
        )
        for h in whole.hotfixes
    )
    return replace(whole, hotfixes=pairs)


def whole_of(*found: RepositoryAudit) -> Audit:
    return Audit(TOOL, 1_790_000_000, 1_790_000_005, "ab" * 32, found)


@pytest.fixture
def whole(found: RepositoryAudit) -> Audit:
    return whole_of(found)


def test_json_is_as_its_schema_says(whole: Audit) -> None:
    document = json.loads(render("json", whole))
    jsonschema.Draft202012Validator(wire.json_schema()).validate(document)
    assert document["summary"]["verdict"] == "drift"
    assert document["summary"]["pairs"] == {
        s.value: n for s, n in zip(Status, (3, 0, 0, 1, 4, 0, 0, 0, 0), strict=True)
    }
    pair = document["repositories"][0]["hotfixes"][0]["branches"]["dr"]
    assert pair["overdue"] is True
    assert pair["due_at"] == "2026-01-01T12:00:00Z"
    assert pair["via"] is None
    assert document["repositories"][0]["tags"]["total"] == 3


def test_schema_refuses_what_is_not_there(whole: Audit) -> None:
    document = json.loads(render("json", whole))
    del document["repositories"][0]["hotfixes"][0]["branches"]["dr"]["via"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document, wire.json_schema())


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs


def test_html_holds_everything_and_nothing_live(whole: Audit) -> None:
    page = render("html", whole)
    parsed = Elements()
    parsed.feed(page)
    assert not {"img", "link", "iframe", "object", "embed", "base"} & set(parsed.names)
    assert parsed.names.count("script") == 1
    assert f"<script>{assets.text(assets.SCRIPT)}</script>" in page
    assert not [
        a for a, v in parsed.attributes if a.startswith("on") or (a in ("href", "src") and not str(v).startswith("#"))
    ]
    targets = {v for a, v in parsed.attributes if a == "id"}
    assert {str(v)[1:] for a, v in parsed.attributes if a == "href"} <= targets
    assert "\u202e" not in page
    assert "\\u202e" in page
    for check in whole.repositories[0].hotfixes[0].verdicts[3].checks:
        assert check.run in page
    policy = next(v for _, v in parsed.attributes if "default-src" in str(v))
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in str(policy)


def test_table_neutralises_terminal_escapes(whole: Audit) -> None:
    table = render("table", whole)
    assert "\x1b" not in table
    assert "\u202e" not in table
    assert "missing" in table
    assert table.rstrip().splitlines()[-1].startswith("drift: 4 missing, 1 waived, 3 present")


def test_table_names_the_first_of_many_conflicts(whole: Audit, found: RepositoryAudit) -> None:
    """`explain` and the report have them all."""
    ahead = Forecast(clean=False, conflicts=tuple(f"path{n}" for n in range(30)))
    hotfix = found.hotfixes[0]
    verdicts = tuple(replace(v, forecast=ahead) for v in hotfix.verdicts)
    found = replace(found, hotfixes=(replace(hotfix, verdicts=verdicts),))
    table = render("table", replace(whole, repositories=(found,)))
    assert "path5 and 24 more" in table
    assert "path6" not in table


def test_csv_has_no_live_formula(whole: Audit) -> None:
    rows = list(csv.DictReader(io.StringIO(render("csv", whole))))
    assert len(rows) == 8
    assert {r["waived_by"] for r in rows} == {"", "'=boss"}
    assert not [v for r in rows for v in r.values() if v[:1] in ("=", "+", "-", "@")]


def test_markdown_makes_no_link_mention_or_cell(whole: Audit) -> None:
    text = render("markdown", whole)
    assert "@everyone" not in text
    assert "<script" not in text
    assert "](http" not in text
    assert "http://" not in text
    assert len({line.count("|") for line in text.splitlines() if line.startswith("|")}) == 1


def test_junit_is_xml(whole: Audit) -> None:
    root = ET.fromstring(render("junit", whole))
    (suite,) = root
    assert (suite.get("tests"), suite.get("failures"), suite.get("skipped"), suite.get("errors")) == (
        "8",
        "4",
        "1",
        "0",
    )


def test_metrics_say_what_the_audit_says(whole: Audit) -> None:
    families = {f.name: f for f in text_string_to_metric_families(metrics.exposition(whole, {"r": 1_789_000_000}))}

    def value(name: str, **labels: str) -> float | None:
        samples = families[f"branch_drift_{name}"].samples
        return next((s.value for s in samples if labels.items() <= s.labels.items()), None)

    assert value("in_sync", branch="dev") == 1
    assert value("in_sync", branch="dr") == 0
    assert value("pairs", branch="dr", status="missing") == 2
    assert value("pairs", branch="dr", status="unknown") == 0
    assert value("overdue_pairs", branch="dr") == 2
    assert value("oldest_drift_timestamp_seconds", branch="dev") is None
    assert value("oldest_drift_timestamp_seconds", branch="dr") == whole.repositories[0].hotfixes[1].tagged_at
    assert value("waived_pairs", branch="ppd") == 1
    assert value("scan_success") == 1
    assert value("waiver_expires_timestamp_seconds", branch="ppd") == 4_070_995_200  # the end of 2099-01-01
    assert value("waiver_expires_timestamp_seconds", branch="dr") is None
    assert value("violations", rule="tag-not-on-main") == 0
    assert value("violations", rule="review-missing") is None
    assert value("last_scan_timestamp_seconds") == whole.finished_at
    assert value("last_success_timestamp_seconds") == 1_789_000_000
    assert not [name for name in families if name.endswith("_created")]
    labels = {name for f in families.values() for s in f.samples for name in s.labels}
    assert labels <= {"repository", "branch", "status", "rule", "severity", "le", "version", "libgit2"}


def test_no_violations_are_zeros_under_the_severity_of_the_configuration(tmp_path: Path) -> None:
    """So that what watches errors has a zero to start from; a rule that is off makes no claim."""
    repo = protocol(tmp_path / "r", branches=("dev",))
    rules = {"tag-not-annotated": "error", "tag-unsigned": "warning", "tag-not-on-main": "off"}
    text = metrics.exposition(Audit(TOOL, 0, 0, None, (audit(repo, branches=["dev"], rules=rules),)), {})
    assert 'violations{repository="r",rule="tag-not-annotated",severity="error"} 0.0' in text
    assert 'violations{repository="r",rule="tag-unsigned",severity="warning"} 0.0' in text
    assert 'violations{repository="r",rule="tag-not-annotated",severity="warning"}' not in text
    assert 'rule="tag-not-on-main"' not in text


def test_unknown_and_failed_scans_are_never_in_sync(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r", branches=("dev",))
    hotfix(repo)
    back_merge(repo, "main", "dev")
    run = Audit(TOOL, 0, 0, None, (audit(repo, branches=["dev", "ghost"]), audit(tmp_path, branches=["dev"])))
    text = metrics.exposition(run, {})
    assert 'in_sync{branch="dev",repository="r"} 0.0' in text
    assert 'in_sync{branch="ghost",repository="r"} 0.0' in text
    assert run.exit_code == 3


def test_exit_codes(found: RepositoryAudit) -> None:
    calm = replace(found, hotfixes=(), violations=())
    broken = (Violation("tag-not-on-main", Severity.ERROR, None, None, None, "x"),)
    assert Audit(TOOL, 0, 0, None, (calm,)).exit_code == 0
    assert Audit(TOOL, 0, 0, None, (found,)).exit_code == 1
    assert Audit(TOOL, 0, 0, None, (replace(calm, violations=broken),)).exit_code == 1


@pytest.mark.parametrize("form", FORMATS)
def test_an_empty_run_renders(form: str) -> None:
    assert render(form, Audit(TOOL, 0, 0, None, ()))


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "report.json"
    target.write_text("old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(BranchDriftError, match="No space left"):
        files.write_text(target, "new")
    assert target.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]


@pytest.mark.parametrize("nameless", [True, False])
def test_a_write_that_is_killed_leaves_nothing(tmp_path: Path, *, nameless: bool) -> None:
    """Where the file system knows files without a name, at no time; else one that the next write does not trip over."""
    (tmp_path / "report.json").write_text("old")
    code = (
        "import os, signal, sys\nfrom auditor.output import files\n"
        f"if not {nameless}:\n    os.O_TMPFILE = os.O_DIRECTORY | os.O_RDWR\n"
        "os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)\n"
        "files.write_text(sys.argv[1], 'new')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "report.json")]
    assert subprocess.run(command, check=False).returncode == -9
    assert (tmp_path / "report.json").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == (1 if nameless else 2)
    files.write_text(tmp_path / "report.json", "new")
    assert (tmp_path / "report.json").read_text() == "new"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    files.write_text(pipe, "text")
    assert os.read(reader, 10) == b"text"
    os.close(reader)
    assert pipe.is_fifo()


def test_an_address_is_no_picture(whole: Audit, found: RepositoryAudit) -> None:
    shown = render("table", replace(whole, repositories=(replace(found, source="git@host:x:y"),)))
    assert "git@host:x:y" in shown


def test_json_is_written_piece_by_piece_as_it_would_be_whole(whole: Audit, found: RepositoryAudit) -> None:
    plain = replace(found, hotfixes=(), violations=())
    for several in ((), (plain,), (plain, found, plain)):
        audited = replace(whole, repositories=several)
        written = json.dumps(wire.document(audited), ensure_ascii=False, indent=1) + "\n"
        assert render("json", audited) == written.replace("\ud800", "?").replace("\u202e", "\\u202e")
