"""From the forge to every output: faults are unknown and said, one forge never holds up another, no token shows."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from auditor import reading
from auditor.audit import audit_repository
from auditor.backmerge import names
from auditor.errors import ForgeError
from auditor.forges.budget import Budget
from auditor.ledger import record
from auditor.model import Audit, RepositoryAudit, Tool
from auditor.output import FORMATS, metrics, render, wire
from auditor.told import Ran, Reviewed
from tests.forge_client import FakeTime, disguises, shows
from tests.forge_server import Asked, Fault, Said
from tests.forge_stage import KINDS
from tests.reviewed import AUTHOR, NAME, OTHER, TOKEN, Shop, broken, codes, shop, the_fix

MATRIX = {"matrix": [{"branch": "dev", "require": ["build"]}, {"branch": "main", "require": ["build"]}]}
RULES = ("review-missing", "self-approved", "pipeline-missing", "pipeline-failed")
CLI = (sys.executable, "-m", "auditor")


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)


@pytest.fixture(params=KINDS)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    with shop(request.param, tmp_path) as made:
        yield merged(made)


def merged(at: Shop, voter: str = OTHER) -> Shop:
    """A hotfix, reviewed, tagged and built on main, and merged forward to dev, where its build failed."""
    at.fix("Fix login-crash")
    pull = at.open()
    at.vote(pull, voter)
    landed = at.merge(pull)
    at.tag()
    at.branch("dev", landed)
    at.ran("status", "build", "failed", landed)
    return at


def whole(*found: RepositoryAudit) -> Audit:
    return Audit(Tool("0.1.0", "2.39.5", "1.9.7"), 1_790_000_000, 1_790_000_005, "ab" * 32, found)


# Faults

FAULTS = {
    "401": Fault(said=Said(401, {"message": "Bad credentials"})),
    "403": Fault(said=Said(403, {"message": "Forbidden"})),
    "404": Fault(said=Said(404, {"message": "Not Found"})),
    "429": Fault(said=Said(429, {"message": "slow down"}, {"Retry-After": "30"})),
    "500": Fault(said=Said(500, {"message": "oops"})),
    "no-json": Fault(said=Said(200, b"<html>Please sign in</html>", {"Content-Type": "text/html"})),
    "cut": Fault("cut"),
    "other-host": Fault(said=Said(302, None, {"Location": "https://elsewhere.example/"})),
    "echo": Fault(said=Said(200, [{"token": TOKEN}])),
}


@pytest.mark.parametrize("name", FAULTS)
def test_what_cannot_be_asked_is_unknown(at: Shop, name: str) -> None:
    """Nothing passes, nothing is broken, the verdicts are what they were, and the run is incomplete."""
    at.on.server.fail(*[FAULTS[name]] * 400)
    found = at.told(pipelines=MATRIX)
    (hotfix,) = found.hotfixes
    assert broken(found) == []
    assert {f.review.standing for f in hotfix.fixes if f.review} == {Reviewed.UNKNOWN}
    assert {r.ran for r in (*hotfix.pipelines, *hotfix.verdicts[0].pipelines)} == {Ran.UNKNOWN}
    assert set(codes(found)) == {"review-unknown", "pipeline-unknown", "pull-requests-unknown"}
    assert found.incomplete
    assert {n.rule for n in found.not_judged} >= set(RULES)
    assert hotfix.verdicts[0].status == "present"
    said = " ".join(e.detail for e in found.errors)
    assert "v2.3.1: the review of" in said
    assert "v2.3.1 on dev: check build" in said
    assert not shows(TOKEN, said.encode())


@pytest.mark.parametrize("what", ["reviews", "commits", "status", "open"])
def test_one_question_that_fails_costs_the_others_nothing(at: Shop, what: str) -> None:
    parts = {
        "reviews": ("reviews", "approvals", "activity", "participants", "iterations", "activities"),
        "commits": ("/commits",),
        "status": ("status", "statuses", "build-status"),
        "open": ("/pulls", "merge_requests", "pullrequests", "pull-requests"),
    }[what]

    def when(asked: Asked) -> bool:
        ends = asked.path.endswith(parts) or (what == "status" and "build-status" in asked.path)
        listing = what != "open" or not any(w in asked.path for w in ("/commit/", "/commits/"))
        return ends and listing

    at.on.server.fail(*[Fault(said=Said(403, {"message": "no"}), when=when)] * 40)
    found = at.told(pipelines=MATRIX)
    (hotfix,) = found.hotfixes
    review = the_fix(found).review
    assert review is not None
    wanted = {"status": "pipeline-unknown", "open": "pull-requests-unknown"}.get(what, "review-unknown")
    assert set(codes(found)) == {wanted}
    assert (review.standing is Reviewed.UNKNOWN) == (what in ("reviews", "commits"))
    assert (review.pull_request is not None) == (what != "nothing")
    ran = {r.ran for r in (*hotfix.pipelines, *hotfix.verdicts[0].pipelines)}
    assert ran == ({Ran.UNKNOWN} if what == "status" else {Ran.FAILED})


def test_no_answer_in_time_is_unknown(at: Shop) -> None:
    """And nothing more is asked of who did not answer."""
    at.on.server.fail(*[Fault("hang")] * 50)
    at.on.server.asked.clear()
    found = at.told(pipelines=MATRIX, forge={"timeout": 1})
    assert broken(found) == []
    assert set(codes(found)) == {"review-unknown", "pipeline-unknown", "pull-requests-unknown"}
    assert all("timeout: " in e.detail and "no answer within 1 s" in e.detail for e in found.errors)
    assert len(at.on.server.asked) == 1


def test_a_waiver_is_not_unused_where_the_forge_does_not_tell(at: Shop) -> None:
    """It would have to be looked for anew after each outage."""
    waiver = {"rule": "self-approved", "tag": "v9", "reason": "r", "approved_by": "b", "expires": "2099-01-01"}
    assert broken(at.told(waivers=[waiver]), "waiver-unused") == ["waiver-unused"]
    at.on.server.fail(*[FAULTS["403"]] * 200)
    assert broken(at.told(waivers=[waiver]), "waiver-unused") == []


def test_a_forge_that_refuses_everything_is_left_alone(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        at.branches = ["dev"]
        for number in range(1, 13):
            at.fix_files(number)
            at.merge(at.open(f"hotfix/{number}"))
            at.tag(f"v2.3.{number}")
        at.on.server.fail(*[FAULTS["403"]] * 200)
        at.on.server.asked.clear()
        found = at.told()
    assert len(at.on.server.asked) == 10
    assert broken(found) == []
    assert any("not asked after 10 failures in a row" in e.detail for e in found.errors)


def test_a_token_that_is_not_there_is_said(at: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CANARY")
    at.on.server.asked.clear()
    found = at.told(pipelines=MATRIX)
    assert at.on.server.asked == []
    assert found.incomplete
    assert "the environment variable CANARY is empty or not set" in found.errors[0].detail


def test_a_project_that_is_not_there_is_unknown(at: Shop) -> None:
    name = "acme/shop/none" if at.on.kind in ("gitlab", "azure") else "acme/none"
    found = at.told(pipelines=MATRIX, forge={"project": name})
    # One of them keeps what ran by the commit alone.
    assert broken(found) == (["pipeline-failed"] * 2 if at.on.kind == "bitbucket-server" else [])
    assert {"review-unknown", "pull-requests-unknown"} <= set(codes(found))


def test_pages_that_are_cut_off_are_unknown(tmp_path: Path) -> None:
    """A list that is shorter than the forge says it is."""
    short = Fault(said=Said(200, {"total_count": 2, "statuses": []}), when=lambda a: a.path.endswith("/status"))
    with shop("github", tmp_path) as at:
        merged(at).on.server.fail(short)
        found = at.told(pipelines=MATRIX)
    assert codes(found) == ["pipeline-unknown"]
    assert "gave 0 of 2" in found.errors[0].detail


def test_more_commits_than_are_shown_are_unknown(tmp_path: Path) -> None:
    commit = {"sha": "a" * 40, "commit": {"author": {}, "message": "x"}}

    def page(number: int, size: int) -> Fault:
        said = Said(200, [{**commit, "sha": f"{number * 100 + n:040x}"} for n in range(size)])
        return Fault(said=said, when=lambda a: a.path.endswith("/1/commits") and a.query["page"] == str(number))

    with shop("github", tmp_path) as at:
        merged(at).on.server.fail(page(1, 100), page(2, 100), page(3, 50))
        found = at.told()
    assert codes(found) == ["review-unknown"]
    assert "not all are shown" in found.errors[0].detail


# What it may cost


def test_no_more_requests_than_allowed(at: Shop) -> None:
    at.on.server.asked.clear()
    found = at.told(pipelines=MATRIX, forge={"requests": 2})
    assert len(at.on.server.asked) == 2
    assert "too-many: needs more than 2 requests" in " ".join(e.detail for e in found.errors)
    assert broken(found) == []


def test_no_longer_than_allowed(at: Shop) -> None:
    """A forge that drips answers every request in time, and all of them never."""
    at.on.server.fail(*[Fault("drip", pause=0.002)] * 400)
    began = time.monotonic()
    found = at.told(pipelines=MATRIX, forge={"deadline": 1})
    assert time.monotonic() - began < 12
    assert found.incomplete
    said = " ".join(e.detail for e in found.errors)
    assert "too-slow: did not tell all within 1 s" in said or "timeout: " in said


def test_a_budget_of_seconds_begins_with_the_first_request() -> None:
    time_ = FakeTime()
    budget = Budget(3, 10, time_.clock)
    time_.ahead += 100
    budget.spend()
    time_.ahead += 9
    budget.spend()
    time_.ahead += 1
    with pytest.raises(ForgeError, match="too-slow"):
        budget.spend()
    assert budget.spent == 2


def test_a_forge_that_hangs_costs_its_own_alone(tmp_path: Path) -> None:
    """Three repositories at a host that says nothing: one time-out, not one for each question of each."""
    with shop("gitea", tmp_path / "slow") as slow, shop("github", tmp_path / "quick") as quick:
        merged(slow).on.server.fail(*[Fault("hang")] * 50)
        merged(quick)
        configs = [slow.config(forge={"timeout": 1}).model_copy(update={"name": f"r{n}"}) for n in range(3)]
        configs.insert(1, quick.config())
        now = int(time.time())
        audits = [audit_repository(c, now, Path("no-state")) for c in configs]
        began = time.monotonic()
        found = reading.read(configs, audits, now, None)
        assert time.monotonic() - began < 10
    assert [f.name for f in found] == ["r0", "shop", "r1", "r2"]
    assert [f.incomplete for f in found] == [True, False, True, True]
    assert {e.code for f in found for e in f.errors} == {"review-unknown", "pull-requests-unknown"}
    assert all("timeout" in e.detail for f in found for e in f.errors)


def test_what_was_said_before_is_not_said_again(tmp_path: Path) -> None:
    """By ETag: the second night gets 304, and comes to the same."""
    for kind in KINDS:
        with shop(kind, tmp_path / kind) as at:
            merged(at)
            first = at.told(kept=tmp_path / kind / "kept", pipelines=MATRIX)
            at.on.server.asked.clear()
            second = at.told(kept=tmp_path / kind / "kept", pipelines=MATRIX)
            gets = [a for a in at.on.server.asked if a.method == "GET" and "if-none-match" not in a.headers]
            assert replace(first, duration_seconds=0) == replace(second, duration_seconds=0)
            # Errors (a commit without a pull request) have no tag.
            assert len(gets) <= (1 if kind == "gitea" else 0), [a.url for a in gets]
            for file in (tmp_path / kind / "kept").iterdir():
                assert not shows(TOKEN, file.read_bytes())


# Open back-merges


def test_the_open_back_merge_of_a_pair_is_found(at: Shop) -> None:
    at.branches = ["dev", "qa"]
    for name in at.branches:
        at.branch(name, at.on.repo.oid("v2.3.0^{commit}"))
    for branch in at.branches:
        at.branch(names.source("v2.3.1", branch), at.on.repo.oid("main"))
    mine = at.open(names.source("v2.3.1", "dev"), "dev")
    over = at.open(names.source("v2.3.1", "qa"), "qa")
    at.on.world.end(over, "closed", None)
    at.open("main", "qa")
    found = at.told()
    dev, qa = found.hotfixes[0].verdicts
    assert dev.pull_request is not None
    assert str(mine.number) in dev.pull_request
    assert dev.pull_request_opened_at == mine.created
    assert (qa.pull_request, qa.pull_request_opened_at) == (None, None)
    numbers = samples(found)
    assert numbers["branch_drift_open_pull_requests", "dev"] == 1
    assert numbers["branch_drift_open_pull_requests", "qa"] == 0
    assert numbers["branch_drift_oldest_pull_request_timestamp_seconds", "dev"] == mine.created
    assert ("branch_drift_oldest_pull_request_timestamp_seconds", "qa") not in numbers


def samples(found: RepositoryAudit) -> dict[tuple[str, str | None], float]:
    families = text_string_to_metric_families(metrics.exposition(whole(found), {}))
    return {(s.name, s.labels.get("branch")): s.value for family in families for s in family.samples}


def test_what_the_forge_did_not_tell_is_no_zero(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        merged(at).on.server.fail(*[FAULTS["500"]] * 99)
        found = at.told(pipelines=MATRIX)
    text = metrics.exposition(whole(found), {})
    assert "branch_drift_open_pull_requests{" not in text
    assert not any(f'rule="{rule}"' in text for rule in RULES)
    assert 'branch_drift_scan_success{repository="shop"} 0.0' in text


# Every output


class Text(HTMLParser):
    """The words of a page, and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self.hrefs: list[str] = []

    def handle_data(self, data: str) -> None:
        self.words += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hrefs += [value for name, value in attrs if name == "href" and value]


def test_every_output_has_the_facts(at: Shop) -> None:
    found = at.told(pipelines=MATRIX)
    document = json.loads(render("json", whole(found)))
    jsonschema.validate(document, wire.json_schema())
    (repository,) = document["repositories"]
    assert repository["forge"]["project"] == at.on.project.path
    (hotfix,) = repository["hotfixes"]
    (fix,) = hotfix["fixes"]
    pull = at.on.project.pulls[0]
    assert fix["landed"] == pull.landed
    review = fix["review"]
    assert review["standing"] == "approved"
    assert review["pull_request"]["url"].startswith("http://127.0.0.1")
    assert review["pull_request"]["source"] == NAME
    (approval,) = review["approvals"]
    assert (approval["counts"], approval["why_not"]) == (True, None)
    assert approval["at"] is not None
    dev = hotfix["branches"]["dev"]
    assert (dev["arrival"], [r["ran"] for r in dev["pipelines"]]) == (pull.landed, ["failed"])
    (main,) = hotfix["pipelines"]
    assert (main["requirement"], main["commit"], main["url"]) == (
        "check build",
        pull.landed,
        "https://ci.example/build",
    )
    assert broken(found) == ["pipeline-failed", "pipeline-failed"]
    page = Text()
    page.feed(render("html", whole(found)))
    for word in ("Review approved:", "check build failed", "it counts", "merged 2026-"):
        assert word in page.words, word
    assert "https://ci.example/build" in page.hrefs
    for form in FORMATS:
        text = render(form, whole(found))
        assert form == "csv" or "pipeline-failed" in text, form


def test_a_hostile_forge_gets_no_markup_and_no_link_of_its_own(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        merged(at, "<script>alert(1)</script>\x1b[31m")
        at.on.project.pulls[0].title = "<img src=x onerror=alert(1)> \u202e"
        at.on.project.facts[0].name = "build"
        found = at.told(pipelines=MATRIX)
        told = found.hotfixes[0].verdicts[0]
        bad = replace(told.pipelines[0], url="javascript:alert(1)", name="<b>x</b>")
        found = replace(found, hotfixes=(replace(found.hotfixes[0], verdicts=(replace(told, pipelines=(bad,)),)),))
    text = render("html", whole(found))
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
    assert "<b>x</b>" not in text
    assert 'href="javascript' not in text
    assert "\x1b" not in text
    assert "\u202e" not in text


def test_the_record_has_what_was_told(at: Shop) -> None:
    found = at.told(pipelines=MATRIX)
    assert record.load(record.dump(found), found.duration_seconds) == found


# From the command line to the pack


def cli(folder: Path, *args: str | Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CANARY": TOKEN}
    return subprocess.run([*CLI, *args], cwd=folder, env=environment, capture_output=True, text=True, check=False)


def configured(at: Shop, folder: Path, **keys: Any) -> Path:
    file = folder / "branch-drift.yaml"
    said = at.config(pipelines=MATRIX, **keys)
    kept = ("path", "branches", "pipelines", "name", "rules", "forge")
    entry = json.loads(said.model_dump_json(include=set(kept), exclude_defaults=True))
    entry["forge"] |= {"patience": "0s", "timeout": "5s"}
    file.write_text(yaml.safe_dump({"repositories": [entry]}))
    return file


def everything(folder: Path) -> Iterator[tuple[str, str]]:
    for file in folder.rglob("*"):
        if file.is_file() and "bare.git" not in file.parts and "work" not in file.parts:
            yield str(file), file.read_bytes().decode("latin-1")
    kept = list(folder.rglob("forges/*.json"))
    assert kept
    for file in kept:
        yield f"the body in {file}", base64.b85decode(json.loads(file.read_text())["body"]).decode("latin-1")


def test_scan_report_explain_and_pack(tmp_path: Path) -> None:
    with shop("gitlab", tmp_path) as at:
        merged(at, AUTHOR)
        file = configured(at, tmp_path)
        done = cli(
            tmp_path, "scan", "-c", file, "--format", "json", "--metrics-textfile", "m.prom", "--report-dir", "report"
        )
        assert done.stdout, done
        scanned = json.loads(done.stdout)
        rules = [v["rule"] for v in scanned["repositories"][0]["violations"]]
        assert (done.returncode, sorted(rules)) == (1, ["pipeline-failed", "pipeline-failed", "self-approved"]), done
        at.on.server.asked.clear()
        again = json.loads(cli(tmp_path, "report", "-c", file, "--format", "json").stdout)
        assert again["repositories"] == scanned["repositories"]
        pack = cli(tmp_path, "report", "-c", file, "--pack", "pack.tar", "-o", "out")
        assert pack.returncode == 1, pack
        checked = cli(tmp_path, "verify", "pack.tar", "--repo", f"shop={at.bare}")
        assert checked.returncode == 0, checked
        assert "1 reviews and 2 demands of the automation matrix) is as recorded, and not asked again" in checked.stdout
        assert "1 verdicts re-derived" in checked.stdout
        assert at.on.server.asked == []
        told = cli(tmp_path, "explain", "v2.3.1", "dev", "-c", file)
        for word in ("review self-approved: only its own authors", "opened it", "failed: check build on dev"):
            assert word in told.stdout, told
        assert told.returncode == 0
    for name, text in (*everything(tmp_path), ("stdout", done.stdout + done.stderr + told.stdout + told.stderr)):
        assert not [d for d in disguises(TOKEN) if d in text], name


def test_a_forge_that_is_down_makes_the_run_incomplete(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        merged(at)
        file = configured(at, tmp_path)
        cli(tmp_path, "scan", "-c", file, "-q")
    done = cli(tmp_path, "scan", "-c", file, "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 3
    assert found["summary"]["pairs"]["present"] == 1
    assert {e["code"] for e in found["repositories"][0]["errors"]} >= {"review-unknown", "pipeline-unknown"}
    assert not found["repositories"][0]["violations"]
