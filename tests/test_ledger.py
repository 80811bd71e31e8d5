"""The ledger, in SQLite and in PostgreSQL: what was recorded is what is read."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.ledger import chain, read, write
from auditor.ledger.database import Database, LedgerError, open_ledger
from auditor.model import Discovery, Evidence, ExcludedRepository, Problem, RepositoryAudit
from auditor.output import FORMATS, render
from tests.ledgers import DAY, NAME, T0, beginning, record, whole

pytest_plugins = ("tests.ledger_fixtures",)


def test_a_run_is_read_as_it_was_recorded(ledger: Database, shop: RepositoryAudit) -> None:
    other = replace(shop, name="other", duration_seconds=1.234567890123)
    head = record(ledger, shop, other)
    found = read.audit(ledger, head.run)
    assert found == whole(shop, other)
    for form in FORMATS:
        assert render(form, found) == render(form, whole(shop, other))


def test_what_forges_listed_is_recorded(ledger: Database, shop: RepositoryAudit) -> None:
    left_out = ExcludedRepository("shop-archive", "archived")
    listed = Discovery("gitlab", "https://git.example.com", "shop", ("shop",), (left_out,), (Problem("forge", "x"),))
    found = replace(whole(shop), discovered=(listed,))
    write.finish(ledger, write.begin(ledger, beginning()), found, {})
    assert read.audit(ledger, 1) == found
    assert chain.verify(ledger).faults == ()


def test_text_that_is_no_unicode_is_recorded(ledger: Database, shop: RepositoryAudit) -> None:
    hostile = Evidence(None, "\ud800 \0 \x1b[31m \u202e")
    first = shop.hotfixes[0]
    verdict = replace(first.verdicts[0], reason=hostile.detail)
    odd = replace(shop, name="\0\ud800", hotfixes=(replace(first, verdicts=(verdict,)),))
    found = read.audit(ledger, record(ledger, odd).run)
    assert render("json", found) == render("json", whole(odd)).replace("\\ud800", "?")
    assert chain.verify(ledger).faults == ()


def test_absurd_times_and_sizes_are_recorded(ledger: Database, shop: RepositoryAudit) -> None:
    odd = replace(shop.hotfixes[0], tagged_at=2**70)
    found = read.audit(ledger, record(ledger, replace(shop, hotfixes=(odd,))).run)
    assert found.repositories[0].hotfixes[0].tagged_at == 2**70


def test_an_unchanged_repository_is_kept_once(ledger: Database, shop: RepositoryAudit) -> None:
    for night in range(5):
        record(ledger, replace(shop, duration_seconds=night / 7), at=T0 + night * DAY)
    with ledger.reading() as connection:
        (kept,) = connection.exec_driver_sql("SELECT count(*) FROM contents").one()
    assert kept == 3  # the audit, the configuration, and what was made of it
    assert [read.audit(ledger, n + 1).repositories[0].duration_seconds for n in range(5)] == [n / 7 for n in range(5)]


def test_numbers_have_no_gap_also_where_runs_fail(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, shop)
    write.fail(ledger, write.begin(ledger, beginning()), T0 + 5, "interrupted")
    record(ledger, shop)
    runs = [read.run(ledger, NAME, n) for n in (1, 2, 3)]
    assert [(r.number, r.state, r.reason) for r in runs] == [
        (1, "finished", None),
        (2, "failed", "interrupted"),
        (3, "finished", None),
    ]
    with pytest.raises(LedgerError, match="run 2 failed: interrupted"):
        read.audit(ledger, 2)
    assert chain.verify(ledger).faults == ()


def test_a_running_run_is_no_whole_one(ledger: Database, shop: RepositoryAudit) -> None:
    number = write.begin(ledger, beginning())
    assert read.run(ledger, NAME, number).state == "running"
    with pytest.raises(LedgerError, match="endings"):
        read.audit(ledger, number)
    assert write.begin(ledger, beginning()) == number + 1  # this process is alive: it is left alone
    assert read.run(ledger, NAME, number).state == "running"
    write.finish(ledger, number, whole(shop), {})
    assert read.audit(ledger, number) == whole(shop)


def test_a_run_whose_process_died_has_failed(ledger: Database) -> None:
    child = os.fork()
    if child == 0:
        write.begin(ledger, beginning())
        os._exit(0)
    os.waitpid(child, 0)
    write.begin(ledger, beginning(T0 + 9))
    found = read.run(ledger, NAME, 1)
    assert (found.state, found.finished_at) == ("failed", T0 + 9)
    assert f"its process ({child} on " in (found.reason or "")
    assert chain.verify(ledger).faults == ()


@pytest.mark.parametrize(("later", "state"), [(-50 * DAY, "running"), (DAY, "running"), (DAY + 1, "failed")])
def test_a_run_elsewhere_has_a_day(
    ledger: Database, shop: RepositoryAudit, monkeypatch: pytest.MonkeyPatch, later: int, state: str
) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr("auditor.ledger.alive._place", lambda: "another machine")
        number = write.begin(ledger, beginning())
    write.begin(ledger, beginning(T0 + later))
    assert read.run(ledger, NAME, number).state == state
    if state == "failed":
        with pytest.raises(LedgerError, match=r"run 1 has ended already \(it did not end within a day"):
            write.finish(ledger, number, whole(shop), {})


def test_each_configuration_has_its_own_last_run(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, shop, at=T0)
    record(ledger, shop, at=T0 + DAY, name="other")
    assert read.last(ledger, NAME).number == 1
    assert read.last(ledger, "other").number == 2
    with pytest.raises(LedgerError, match="there is no run 2 of this configuration"):
        read.run(ledger, NAME, 2)
    with pytest.raises(LedgerError, match="no run of this configuration had finished: nothing is known"):
        read.last(ledger, "third")


def test_the_last_by_a_time(ledger: Database, shop: RepositoryAudit) -> None:
    for at in (T0, T0 + DAY, T0 + 2 * DAY):
        record(ledger, shop, at=at)
    write.fail(ledger, write.begin(ledger, beginning()), T0 + 2 * DAY + 70, "failed")
    assert read.last(ledger, NAME, T0 + 3 * DAY).number == 3
    assert read.last(ledger, NAME, T0 + 2 * DAY + 59).number == 2
    assert read.last(ledger, NAME, T0 + 60).number == 1
    with pytest.raises(LedgerError, match="by then"):
        read.last(ledger, NAME, T0 + 59)


def test_a_clock_set_back_costs_nothing(ledger: Database, shop: RepositoryAudit) -> None:
    record(ledger, shop, at=T0 + 100 * DAY)  # this clock was wrong
    record(ledger, shop, at=T0)
    record(ledger, shop, at=T0 + DAY)
    assert read.last(ledger, NAME).number == 3
    assert read.last(ledger, NAME, T0 + DAY).number == 2
    assert read.last(ledger, NAME, T0 + 200 * DAY).number == 3
    assert chain.verify(ledger).faults == ()


def test_a_copy_of_the_file_is_a_ledger(tmp_path: Path, shop: RepositoryAudit) -> None:
    one = open_ledger(str(tmp_path / "one.sqlite"), create=True)
    record(one, shop)
    assert [p.name for p in tmp_path.iterdir()] == ["one.sqlite"]
    (tmp_path / "two.sqlite").write_bytes((tmp_path / "one.sqlite").read_bytes())
    assert read.audit(open_ledger(str(tmp_path / "two.sqlite"), create=False), 1) == whole(shop)


def test_no_ledger_is_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="there is no ledger yet"):
        open_ledger(str(tmp_path / "none.sqlite"), create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_none_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database\n" * 200)
    with pytest.raises(LedgerError, match="not a database"):
        open_ledger(str(tmp_path / "text"), create=True)
    assert (tmp_path / "text").read_text() == "no database\n" * 200


def test_no_server_is_said_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSWORD", "hush")
    with pytest.raises(LedgerError) as raised:
        open_ledger("postgresql://me@127.0.0.1:1/ledger", create=True)
    assert "me@127.0.0.1:1/ledger: " in str(raised.value)
    assert "hush" not in str(raised.value)


def test_a_ledger_of_a_newer_program_is_refused(ledger: Database, url: str) -> None:
    with ledger.writing() as connection:
        connection.exec_driver_sql("UPDATE meta SET value = '99'")
    with pytest.raises(LedgerError, match=r"of version 99.*upgrade"):
        open_ledger(url, create=True)
