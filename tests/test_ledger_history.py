"""How drift came and went, as runs recorded it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from auditor.ledger import history, write
from auditor.ledger.database import Database
from auditor.model import RepositoryAudit, Status
from auditor.past import DriftDay
from tests.ledgers import DAY, NAME, T0, beginning, record

pytest_plugins = ("tests.ledger_fixtures",)


def with_status(found: RepositoryAudit, status: str, *, overdue: bool = False) -> RepositoryAudit:
    """One hotfix on one branch, in a status."""
    hotfix = found.hotfixes[0]
    verdict = replace(hotfix.verdicts[0], status=Status(status), overdue=overdue)
    return replace(found, hotfixes=(replace(hotfix, verdicts=(verdict,)),), errors=())


def test_drift_comes_goes_and_comes_back(ledger: Database, shop: RepositoryAudit) -> None:
    said = ["present", "missing", "partial", "unknown", "waived", "present", "missing", "present", "reverted"]
    for night, status in enumerate(said):
        record(ledger, with_status(shop, status), at=T0 + night * DAY)
    found = history.history(ledger, NAME, len(said))
    assert [
        (e.status, (e.started_at - T0) // DAY, e.ended_at and (e.ended_at - T0) // DAY) for e in found.episodes
    ] == [
        ("waived", 1, 5),
        ("missing", 6, 7),
        ("reverted", 8, None),
    ]
    assert [(e.first_run, e.last_run) for e in found.episodes] == [(2, 5), (7, 7), (9, 9)]
    assert [(r.number, r.drifting, r.unknown) for r in found.runs][:3] == [(9, 1, 0), (8, 0, 0), (7, 1, 0)]
    assert [r.unknown for r in found.runs if r.number == 4] == [1]


def test_of_a_run_that_failed_nothing_was_counted(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, with_status(shop, "present"))
    write.fail(ledger, write.begin(ledger, beginning(T0 + DAY)), T0 + DAY, "it was asked to end")
    record(ledger, replace(shop, hotfixes=()), at=T0 + 2 * DAY)
    empty, failed, _ = history.history(ledger, NAME, 3).runs
    assert (failed.verdict, failed.repositories, failed.pairs, failed.drifting) == ("failed", None, None, None)
    assert (empty.pairs, empty.drifting, empty.unknown) == (0, 0, 0)


def test_an_earlier_run_knows_nothing_of_later_ones(ledger: Database, shop: RepositoryAudit) -> None:
    for night, status in enumerate(["missing", "present", "missing"]):
        record(ledger, with_status(shop, status), at=T0 + night * DAY)
    early = history.history(ledger, NAME, 1)
    assert [r.number for r in early.runs] == [1]
    assert [(e.first_run, e.ended_at) for e in early.episodes] == [(1, None)]
    assert history.history(ledger, NAME, 1) == early


def test_the_last_run_of_a_day_counts_and_days_without_one_are_not_guessed(
    ledger: Database, shop: RepositoryAudit
) -> None:
    noon = T0 // DAY * DAY + DAY // 2
    record(ledger, with_status(shop, "missing", overdue=True), at=noon)
    record(ledger, with_status(shop, "missing"), at=noon + 600)
    record(ledger, with_status(shop, "present"), at=noon + 3 * DAY)
    record(ledger, replace(shop, hotfixes=()), at=noon + 4 * DAY)
    assert history.history(ledger, NAME, 4).days == (
        DriftDay("2026-09-21", "shop", "dev", 1, 0),
        DriftDay("2026-09-24", "shop", "dev", 0, 0),
    )


def test_overdue_pairs_are_counted_each_day(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, with_status(shop, "missing", overdue=True))
    (day,) = history.history(ledger, NAME, 1).days
    assert (day.drifting, day.overdue) == (1, 1)


@pytest.mark.parametrize("order", [(1, 2), (2, 1)])
def test_failed_runs_and_other_configurations(ledger: Database, shop: RepositoryAudit, order: tuple[int, int]) -> None:
    write.begin(ledger, beginning())
    write.begin(ledger, beginning())
    for number in order:
        write.fail(ledger, number, T0 + 1, "why not")
    record(ledger, with_status(shop, "missing"), name="other")
    record(ledger, with_status(shop, "present"))
    found = history.history(ledger, NAME, 4)
    assert [(r.number, r.verdict) for r in found.runs] == [(4, "in-sync"), *((n, "failed") for n in reversed(order))]
    assert found.episodes == ()


def test_a_clock_set_back_does_not_turn_history_round(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, with_status(shop, "missing"), at=T0 + 10 * DAY)
    record(ledger, with_status(shop, "present"), at=T0)
    (episode,) = history.history(ledger, NAME, 2).episodes
    assert (episode.first_run, episode.ended_at) == (1, T0)
    assert [r.number for r in history.history(ledger, NAME, 2).runs] == [2, 1]
