"""Service levels, waivers and acknowledgements: what the configuration and the clock add to the facts."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from auditor import due
from auditor.audit import audit_repository
from auditor.config.configuration import RepositoryConfig
from auditor.config.parts import CalendarConfig
from auditor.config.values import Sla
from auditor.model import RepositoryAudit, Status
from auditor.output import metrics, render
from auditor.output.words import rfc3339
from auditor.waivers import Standing
from tests.build import Repo, hotfix, protocol
from tests.judged import NOW, hotfix_of, pair
from tests.test_output import whole_of

GERMAN = {"time_zone": "Europe/Berlin", "holidays": ["2026-12-25", "2026-12-26", "2027-01-01"]}


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


@pytest.mark.parametrize(
    ("tagged", "sla", "due_at"),
    [
        ("2026-11-25T15:00+01:00", 1, "2026-11-26T15:00+01:00"),  # Wednesday to Thursday
        ("2026-11-27T15:00+01:00", 1, "2026-11-30T15:00+01:00"),  # Friday to Monday
        ("2026-11-28T15:00+01:00", 1, "2026-12-01T00:00+01:00"),  # Saturday: all of Monday
        ("2026-11-29T23:59+01:00", 0, "2026-11-30T00:00+01:00"),  # Sunday: at once on Monday
        ("2026-12-24T10:00+01:00", 1, "2026-12-28T10:00+01:00"),  # over holidays and a weekend
        ("2026-12-24T10:00+01:00", 6, "2027-01-05T10:00+01:00"),  # and over New Year's Day
        ("2026-12-25T10:00+01:00", 1, "2026-12-29T00:00+01:00"),  # on a holiday
        ("2026-03-27T10:00+01:00", 1, "2026-03-30T10:00+02:00"),  # summer time begins: the same time of day
        ("2026-10-23T10:00+02:00", 1, "2026-10-26T10:00+01:00"),  # and ends
        ("2026-11-27T23:30+00:00", 1, "2026-12-01T00:00+01:00"),  # Saturday in Berlin already
        ("2026-11-25T15:00+01:00", 500, "2028-10-27T15:00+02:00"),  # a hundred weeks and two holidays
    ],
)
def test_business_days(tagged: str, sla: int, due_at: str) -> None:
    found = due.due_at(seconds(tagged), Sla(f"{sla}bd", None, sla), CalendarConfig.model_validate(GERMAN))
    assert rfc3339(found) == rfc3339(seconds(due_at))


@pytest.mark.parametrize("tagged", [2**62, -(2**62), 253_402_300_000])
def test_absurd_times_are_due_too(tagged: int) -> None:
    assert due.due_at(tagged, Sla("3bd", None, 3), CalendarConfig()) == tagged + 3 * 86_400


@pytest.fixture
def behind(tmp_path: Path) -> Repo:
    """A hotfix that never reached dr."""
    repo = protocol(tmp_path / "r", branches=("dr",))
    hotfix(repo)
    return repo


def at(repo: Repo, when: int, **keys: Any) -> RepositoryAudit:
    said = {"name": "r", "path": repo.path, "branches": [{"name": "dr", "sla": "1bd"}], **keys}
    return audit_repository(RepositoryConfig.model_validate(said), when, repo.path)


def test_a_pair_is_overdue_after_the_last_second(behind: Repo) -> None:
    tagged = hotfix_of(at(behind, NOW), "v2.3.1").tagged_at
    calendar = {"weekend": [], "time_zone": "UTC"}
    due_at = tagged + 86_400
    before, after = at(behind, due_at, calendar=calendar), at(behind, due_at + 1, calendar=calendar)
    assert [pair(found, "v2.3.1", "dr").overdue for found in (before, after)] == [False, True]
    assert pair(after, "v2.3.1", "dr").due_at == due_at
    assert (after.branches[0].sla, after.branches[0].sla_text) == (None, "1bd")


def test_a_tag_from_the_future_says_why_nothing_is_overdue(behind: Repo) -> None:
    tagged = hotfix_of(at(behind, NOW), "v2.3.1").tagged_at
    early, on_time = (pair(at(behind, now), "v2.3.1", "dr") for now in (tagged - 1, tagged))
    assert (early.status, early.overdue) == (Status.MISSING, False)
    assert early.reason == f"{on_time.reason}; the tag is dated later than this audit, and so it is not overdue yet"
    without = pair(at(behind, tagged - 1, branches=["dr"]), "v2.3.1", "dr")
    assert without.reason == on_time.reason


def waiver(**keys: str) -> dict[str, str]:
    return {
        "tag": "v2.3.1",
        "branch": "dr",
        "reason": "rebuilt",
        "approved_by": "risk",
        "expires": "2026-10-10",
        **keys,
    }


@pytest.mark.parametrize(
    ("today", "standing", "status", "rules"),
    [
        ("2026-10-02T23:59:59+00:00", (Standing.IN_FORCE, False), Status.WAIVED, []),
        ("2026-10-04T00:00:00+00:00", (Standing.IN_FORCE, True), Status.WAIVED, []),
        ("2026-10-10T23:59:59+00:00", (Standing.IN_FORCE, True), Status.WAIVED, []),
        ("2026-10-11T00:00:00+00:00", (Standing.ENDED, False), Status.MISSING, ["waiver-expired"]),
    ],
)
def test_the_life_of_a_waiver(
    behind: Repo, today: str, standing: tuple[Standing, bool], status: Status, rules: list[str]
) -> None:
    found = at(behind, seconds(today), waivers=[waiver(approved_at="2026-10-01", control="rehearsed weekly")])
    (listed,) = found.waivers
    assert (listed.standing, listed.ends_soon) == standing
    assert pair(found, "v2.3.1", "dr").status is status
    assert [v.rule for v in found.violations] == rules


def test_a_warning_as_long_as_one_likes(behind: Repo) -> None:
    (listed,) = at(behind, seconds("2026-09-15T00:00+00:00"), waivers=[waiver()], waiver_warning="4w").waivers
    assert listed.ends_soon
    assert listed.standing is Standing.IN_FORCE
    (listed,) = at(behind, NOW, waivers=[waiver(tag="v9.9.9", expires="9999-12-31")]).waivers
    assert (listed.standing, listed.ends_soon) == (Standing.UNUSED, False)


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown", "junit"])
def test_who_approved_and_what_makes_up_for_it_is_shown(behind: Repo, form: str) -> None:
    said = waiver(approved_at="2026-09-01", control="rehearsed weekly", approved_by="risk-board")
    text = render(form, whole_of(at(behind, seconds("2026-10-09T00:00+00:00"), waivers=[said])))
    for words in ("rebuilt", "risk-board", "2026-09-01", "rehearsed weekly", "2026-10-10"):
        assert words in text.replace("&#45;", "-").replace("\n      ", " "), words


# Waivers of broken rules


@pytest.fixture
def loose(tmp_path: Path) -> Repo:
    """A hotfix that is everywhere, by a lightweight tag."""
    repo = protocol(tmp_path / "r", branches=("dr",))
    hotfix(repo, annotated=False)
    repo.switch("dr")
    repo.merge("main")
    return repo


def breach(**keys: str) -> dict[str, str]:
    said = {
        "rule": "tag-not-annotated",
        "reason": "an old script",
        "approved_by": "cto",
        "expires": "2026-10-10",
    }
    return {**said, **(keys or {"tag": "v2.3.1"})}


STRICT = {"tag-not-annotated": "error"}
TODAY = seconds("2026-10-01T00:00+00:00")


def test_a_waived_breach_fails_no_run_and_is_shown(loose: Repo) -> None:
    bare = at(loose, TODAY, rules=STRICT)
    found = at(loose, TODAY, rules=STRICT, waivers=[breach()])
    assert (whole_of(bare).exit_code, whole_of(found).exit_code) == (1, 0)
    assert [(v.rule, v.waiver and v.waiver.approved_by) for v in found.violations] == [("tag-not-annotated", "cto")]
    assert (len(bare.broken), found.broken) == (1, ())
    assert [w.standing for w in found.waivers] == [Standing.IN_FORCE]
    document = json.loads(render("json", whole_of(found)))
    assert document["summary"]["violations"]["error"] == 0
    (violation,) = document["repositories"][0]["violations"]
    assert violation["waiver"]["reason"] == "an old script"
    text = metrics.exposition(whole_of(found), {})
    assert 'violations{repository="r",rule="tag-not-annotated",severity="error"} 0' in text


@pytest.mark.parametrize("form", ["table", "json", "html", "markdown", "junit", "sarif"])
def test_every_output_tells_who_allowed_a_breach(loose: Repo, form: str) -> None:
    text = render(form, whole_of(at(loose, TODAY, rules=STRICT, waivers=[breach()])))
    for words in ("tag-not-annotated", "an old script", "cto", "2026-10-10"):
        assert words in text.replace("&#45;", "-").replace("\u200b", "").replace("&#8203;", ""), words


def test_junit_skips_a_waived_breach_and_sarif_suppresses_it(loose: Repo) -> None:
    whole = whole_of(at(loose, TODAY, rules=STRICT, waivers=[breach()]))
    assert 'failures="0" errors="0" skipped="1"' in render("junit", whole)
    (result,) = json.loads(render("sarif", whole))["runs"][0]["results"]
    assert result["suppressions"][0]["kind"] == "external"


@pytest.mark.parametrize(
    ("keys", "rules"),
    [
        ({"tag": "v2.3.1"}, ["tag-not-annotated"]),
        ({"tag": "v2.3.2"}, ["tag-not-annotated", "waiver-unused"]),
        ({"tag": "v2.3.1", "branch": "dr"}, ["tag-not-annotated", "waiver-unused"]),
        ({"branch": "dr"}, ["tag-not-annotated", "waiver-unused"]),
        ({"tag": "v2.3.1", "expires": "2026-09-30"}, ["tag-not-annotated", "waiver-expired"]),
        ({"tag": "v2.3.1", "rule": "tag-not-on-main"}, ["tag-not-annotated", "waiver-unused"]),
        ({"tag": "v2.3.1", "rule": "tag-unsigned"}, ["tag-not-annotated", "waiver-unused"]),
        # Nobody asked a forge, so nobody can say that it covers nothing.
        ({"tag": "v2.3.1", "rule": "self-approved"}, ["tag-not-annotated"]),
    ],
)
def test_all_that_a_waiver_names_is_the_breach_s(loose: Repo, keys: dict[str, str], rules: list[str]) -> None:
    found = at(loose, TODAY, waivers=[breach(**keys)])
    assert [v.rule for v in found.violations] == rules
    assert bool(found.broken) is (keys != {"tag": "v2.3.1"})


def test_a_breach_is_waived_by_its_commit(loose: Repo) -> None:
    loose.switch("hotfix/late", "main")
    loose.commit("Late", {"late.txt": "late\n"})
    loose.switch("main")
    merge = loose.merge("hotfix/late")
    waiver = breach(rule="hotfix-not-tagged", commit=merge)
    assert [v.rule for v in at(loose, TODAY, waivers=[waiver]).broken] == ["tag-not-annotated"]
    other = breach(rule="hotfix-not-tagged", commit="0" * 39 + "1")
    broken = [v.rule for v in at(loose, TODAY, waivers=[other]).broken]
    assert broken == ["tag-not-annotated", "hotfix-not-tagged", "waiver-unused"]


def test_a_waiver_of_a_rule_covers_no_pair_and_the_other_way_round(behind: Repo) -> None:
    found = at(behind, TODAY, waivers=[breach(tag="v2.3.1", branch="dr"), waiver(tag="v2.3.2")])
    assert pair(found, "v2.3.1", "dr").status is Status.MISSING
    assert [v.rule for v in found.violations] == ["waiver-unused", "waiver-unused"]
    assert [v.detail for v in found.violations] == [
        "for tag-not-annotated: covers nothing: that rule is not broken there",
        "covers nothing: there is no such drifting pair",
    ]


@pytest.mark.parametrize("form", ["table", "markdown"])
def test_ended_and_ending_waivers_are_said(behind: Repo, form: str) -> None:
    ended = render(form, whole_of(at(behind, seconds("2026-11-01T00:00+00:00"), waivers=[waiver()])))
    assert "ended on 2026-10-10" in ended
    ending = render(form, whole_of(at(behind, seconds("2026-10-09T00:00+00:00"), waivers=[waiver()])))
    assert "ends soon, on 2026-10-10" in ending
