"""What the automation matrix asks of the commits that carried a hotfix, held against what each forge says ran."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor import reading
from auditor.audit import audit_repository
from auditor.model import RepositoryAudit
from auditor.output.words import notes
from auditor.told import Ran
from tests.forge_server import Asked
from tests.forge_stage import KINDS
from tests.judged import pair
from tests.reviewed import NAME, OTHER, TOKEN, Shop, broken, codes, shop

WITH_DEPLOYMENTS = ("github", "gitlab", "bitbucket-cloud")
RULES = {"review-missing": "off", "self-approved": "off"}


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)


@pytest.fixture(params=KINDS)
def at(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Shop]:
    with shop(request.param, tmp_path) as made:
        yield released(made)


def released(at: Shop, message: str = "Release", **said: Any) -> Shop:
    """A reviewed hotfix, tagged v2.3.1, and merged to dev by a merge commit."""
    at.fix("Fix login-crash")
    pull = at.open(**said)
    at.vote(pull)
    at.merge(pull)
    at.on.project.git("tag", "-a", "-m", message, "v2.3.1", "main")
    repo = at.on.repo
    repo.switch("dev", "v2.3.0")
    repo.commit("Meanwhile on dev", {"dev.txt": "x"})
    repo.merge("main")
    at.on.push("dev")
    return at


def arrival(at: Shop) -> str:
    return at.on.repo.oid("dev")


def asking(at: Shop, *require: Any, branch: str = "dev", **keys: Any) -> RepositoryAudit:
    """The audit by a matrix of one line; reviews are another matter."""
    pipelines = {"matrix": [{"branch": branch, "require": list(require)}], **keys.pop("pipelines", {})}
    return at.told(pipelines=pipelines, rules={**RULES, **keys.pop("rules", {})}, **keys)


def on_dev(found: RepositoryAudit) -> dict[str, Ran]:
    return {r.requirement: r.ran for r in pair(found, "v2.3.1", "dev").pipelines}


def on_main(found: RepositoryAudit) -> dict[str, Ran]:
    return {r.requirement: r.ran for r in found.hotfixes[0].pipelines}


def now(at: Shop, kind: str, name: str, state: str, commit: str, ago: int = 0) -> None:
    at.ran(kind, name, state, commit, int(time.time()) - ago)


# On the commit that carried it


def test_what_passed_on_the_arrival_is_in_order(at: Shop) -> None:
    at.ran("status", "build", "passed", arrival(at))
    found = asking(at, "build")
    (required,) = pair(found, "v2.3.1", "dev").pipelines
    assert required.ran is Ran.PASSED
    assert (required.branch, required.commit, required.name) == ("dev", arrival(at), "build")
    assert required.url == "https://ci.example/build"
    assert required.at is not None
    assert (broken(found), codes(found)) == ([], [])


@pytest.mark.parametrize("state", ["failed", "cancelled", "skipped"])
def test_what_did_not_pass_did_not(at: Shop, state: str) -> None:
    if state == "skipped" and at.on.kind.startswith("bitbucket"):
        return
    at.ran("status" if at.on.kind != "github" else "check", "build", state, arrival(at))
    found = asking(at, "build")
    (ran,) = on_dev(found).values()
    # Some forges call an end by hand an error.
    wanted = {"failed": "pipeline-failed"}.get(state, "pipeline-missing")
    wanted = "pipeline-failed" if state == "cancelled" and at.on.kind in ("gitea", "azure") else wanted
    assert broken(found) == [wanted]
    assert ran is not Ran.PASSED
    (violation,) = found.violations
    assert (violation.tag, violation.branch, violation.commit) == ("v2.3.1", "dev", arrival(at))
    assert violation.severity == "error"
    assert violation.detail.startswith("check build: build ")


def test_what_did_not_run_is_missing(at: Shop) -> None:
    """Neither another name's success counts, nor another commit's."""
    at.ran("status", "build-docs", "passed", arrival(at))
    at.ran("status", "build", "passed", at.on.repo.oid("main"))
    now(at, "status", "other", "passed", arrival(at))
    found = asking(at, "build")
    assert (broken(found), on_dev(found)) == (["pipeline-missing"], {"check build": Ran.MISSING})


def test_what_has_not_ended_is_neither_passed_nor_failed(at: Shop) -> None:
    now(at, "status", "build", "pending", arrival(at))
    found = asking(at, "build")
    assert (broken(found), codes(found)) == ([], ["pipeline-pending"])
    assert found.incomplete
    assert "v2.3.1 on dev: check build: build has not ended yet" in found.errors[0].detail


def test_what_never_ended_did_not_run_to_its_end(at: Shop) -> None:
    now(at, "status", "build", "pending", arrival(at), ago=2 * 86_400)
    found = asking(at, "build")
    assert (broken(found), codes(found)) == (["pipeline-missing"], [])
    assert "has not ended within a day" in found.violations[0].detail


def test_the_newest_run_of_a_name_counts(at: Shop) -> None:
    for state in ("failed", "passed"):
        at.ran("status", "build", state, arrival(at))
    assert broken(asking(at, "build")) == []
    at.ran("status", "build", "failed", arrival(at))
    assert broken(asking(at, "build")) == ["pipeline-failed"]


def test_all_that_a_pattern_matches_must_have_passed(at: Shop) -> None:
    at.ran("status", "build linux [x64]", "passed", arrival(at))
    assert broken(asking(at, "build*")) == []
    assert broken(asking(at, "build linux [x64]")) == []
    at.ran("status", "build mac", "failed", arrival(at))
    found = asking(at, "build*")
    assert broken(found) == ["pipeline-failed"]
    assert "build mac failed" in found.violations[0].detail


def test_main_is_held_to_at_the_tag(at: Shop) -> None:
    at.ran("status", "secure build", "passed", at.on.repo.oid("main"))
    assert on_main(asking(at, "secure build", branch="main")) == {"check secure build": Ran.PASSED}
    at.ran("status", "deploy", "passed", arrival(at))
    found = asking(at, "deploy", branch="main")
    assert broken(found) == ["pipeline-missing"]
    assert found.violations[0].branch == "main"
    assert found.violations[0].commit == at.on.repo.oid("main")


def test_what_drifts_was_carried_by_nothing(at: Shop) -> None:
    at.branch("dev", at.on.repo.oid("v2.3.0^{commit}"))
    found = asking(at, "build")
    assert pair(found, "v2.3.1", "dev").status == "missing"
    assert on_dev(found) == {}
    assert broken(found) == []


def test_a_matrix_may_name_many_branches_at_once(at: Shop) -> None:
    at.branch("qa", arrival(at))
    at.branches = ["dev", "qa"]
    at.ran("status", "build", "passed", arrival(at))
    found = asking(at, "build", branch="*")
    assert [len(v.pipelines) for v in found.hotfixes[0].verdicts] == [1, 1]
    assert [r.branch for r in found.hotfixes[0].pipelines] == ["main"]


def test_the_hotfix_branch_is_held_to_as_it_was_merged(at: Shop) -> None:
    head = at.on.project.pulls[0].head
    at.ran("status", "ci", "passed", head)
    found = asking(at, "ci", branch="hotfix/*")
    (required,) = found.hotfixes[0].pipelines
    assert (required.branch, required.ran) == (NAME, Ran.PASSED)
    assert head.startswith(required.commit)
    at.ran("status", "ci", "failed", head)
    found = asking(at, "ci", branch="hotfix/*")
    assert broken(found) == ["pipeline-failed"]


# Urgent


def test_only_the_urgent_need_what_the_urgent_need(tmp_path: Path) -> None:
    urgent = {"check": "ci deploy", "urgent": True}
    for number, (message, title, wanted) in enumerate(
        (
            ("Release", "Fix it", []),
            ("URGENT: release", "Fix it", ["pipeline-missing"]),
            ("Release", "urgent fix", None),
        )
    ):
        with shop("github", tmp_path / str(number)) as at:
            released(at, message)
            at.on.project.pulls[0].title = title
            found = asking(at, urgent, branch="hotfix/*")
            assert broken(found) == (["pipeline-missing"] if wanted is None else wanted)
            assert codes(found) == []


def test_a_label_marks_what_is_urgent(tmp_path: Path) -> None:
    with shop("github", tmp_path) as at:
        released(at)
        at.on.project.pulls[0].labels.append("urgent")
        assert broken(asking(at, {"check": "ci", "urgent": True})) == ["pipeline-missing"]
        assert broken(asking(at, {"check": "ci", "urgent": True}, pipelines={"urgent": "hurry"})) == []


def test_whether_it_is_urgent_may_be_unknown(tmp_path: Path) -> None:
    with shop("bitbucket-cloud", tmp_path) as at:
        released(at)
        at.on.server.shape.indexing = 99  # type: ignore[attr-defined]
        found = asking(at, {"check": "ci", "urgent": True})
        assert (broken(found), on_dev(found)) == ([], {"check ci": Ran.UNKNOWN})
        assert set(codes(found)) == {"pipeline-unknown"}


# Kinds


def test_deployments(at: Shop) -> None:
    if at.on.kind not in WITH_DEPLOYMENTS:
        found = asking(at, {"deployment": "dev"})
        assert (broken(found), on_dev(found)) == ([], {"deployment dev": Ran.UNKNOWN})
        assert codes(found) == ["pipeline-unknown"]
        assert "unsupported" in found.errors[0].detail
        assert {"pipeline-missing", "pipeline-failed"} <= {n.rule for n in found.not_judged}
        return
    at.ran("deployment", "dev", "passed", arrival(at))
    at.ran("deployment", "prod-eu", "passed", at.on.repo.oid("main"))
    found = asking(at, {"deployment": "dev"}, {"deployment": "d?v"}, {"deployment": "prod-*"}, {"check": "dev"})
    assert on_dev(found) == {
        "deployment dev": Ran.PASSED,
        "deployment d?v": Ran.PASSED,
        "deployment prod-*": Ran.MISSING,
        "check dev": Ran.MISSING,
    }


def test_kinds_are_told_apart(tmp_path: Path) -> None:
    with shop("github", tmp_path / "github") as at:
        released(at)
        at.ran("check", "build", "passed", arrival(at))
        found = asking(at, {"check": "build"}, {"status": "build"}, {"pipeline": "build"})
        assert list(on_dev(found).values()) == [Ran.PASSED, Ran.MISSING, Ran.MISSING]
    with shop("gitlab", tmp_path / "gitlab") as at:
        released(at)
        at.ran("pipeline", "push", "passed", arrival(at))
        found = asking(at, {"check": "pipeline/*"}, {"pipeline": "pipeline/push"}, {"status": "*"})
        assert list(on_dev(found).values()) == [Ran.PASSED, Ran.PASSED, Ran.MISSING]


# What the forge cannot tell any more


def test_nothing_found_on_an_old_commit_proves_nothing(at: Shop) -> None:
    found = asking(at, "build", pipelines={"kept": "1d"})
    assert (broken(found), on_dev(found)) == ([], {"check build": Ran.UNKNOWN})
    assert codes(found) == ["pipeline-unknown"]
    at.ran("status", "build", "passed", arrival(at))
    assert on_dev(asking(at, "build", pipelines={"kept": "1d"})) == {"check build": Ran.PASSED}


# Not asked


def test_without_a_matrix_pipelines_are_not_judged(at: Shop) -> None:
    found = at.told()
    reasons = {n.rule: n.reason for n in found.not_judged}
    assert reasons["pipeline-missing"] == reasons["pipeline-failed"] == "needs an automation matrix (pipelines:)"
    assert "review-missing" not in reasons
    assert not any("status" in a.path for a in at.on.server.asked)
    assert not found.incomplete


def test_without_a_forge_nothing_is_asked(at: Shop) -> None:
    at.on.server.asked.clear()
    config = at.config().model_copy(update={"forge": None})
    found = audit_repository(config, int(time.time()), Path("no-state"))
    assert reading.read([config], [found], 0, None) == (found,)
    assert at.on.server.asked == []
    silent = {n.rule for n in found.not_judged}
    assert {"review-missing", "self-approved", "pipeline-missing", "pipeline-failed"} <= silent
    assert not found.incomplete


def test_rules_that_are_off_ask_nothing(at: Shop) -> None:
    at.on.server.asked.clear()
    off = dict.fromkeys(("review-missing", "self-approved", "pipeline-missing", "pipeline-failed"), "off")
    found = asking(at, "build", rules=off)
    assert at.on.server.asked == []
    assert found.forge is None


def test_hotfixes_before_the_day_are_not_asked_about(at: Shop) -> None:
    at.on.server.asked.clear()
    found = asking(at, "build", forge={"since": "2999-01-01"})
    assert [a for a in at.on.server.asked if is_about_a_commit(a)] == []
    assert (broken(found), codes(found)) == ([], [])
    assert list(notes(found)) == ["of 1 hotfixes tagged before 2999-01-01T00:00:00Z the forge was not asked (since:)"]
    assert list(notes(asking(at, "build", forge={"since": "2020-01-01"}))) == []


def is_about_a_commit(asked: Asked) -> bool:
    return "commit" in asked.path or "query" in asked.path


def test_each_thing_is_asked_once(tmp_path: Path) -> None:
    """Twenty hotfixes on four branches, three fixes each: a few requests a hotfix, whatever the pairs."""
    for kind in KINDS:
        with shop(kind, tmp_path / kind) as at:
            at.branches = ["dev", "qa", "ppd", "dr"]
            for number in range(1, 6):
                at.fix_files(number)
                pull = at.open(f"hotfix/{number}")
                at.vote(pull, OTHER)
                at.merge(pull)
                at.tag(f"v2.3.{number}")
            for name in at.branches:
                at.branch(name, at.on.repo.oid("main"))
            at.on.server.asked.clear()
            found = at.told(pipelines={"matrix": [{"branch": "*", "require": ["build", "tests"]}]})
            assert "review-missing" not in broken(found), (kind, found.violations)
            assert sum(len(h.fixes) for h in found.hotfixes) == 15
            seen = [a.url for a in at.on.server.asked]
            assert len(seen) <= 5 * 13, (kind, len(seen))
            repeated = {u for u in seen if seen.count(u) > 1}
            assert all("pullrequestquery" in u or "pullrequests/" in u for u in repeated), repeated
