"""A ledger of an earlier version is brought forward: no row of it is lost or changed."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect
from sqlalchemy.pool import NullPool

from auditor.ledger import chain, history, known, read, tables
from auditor.ledger.database import LedgerError, open_ledger
from auditor.model import RepositoryAudit
from tests.ledgers import DAY, NAME, T0, record

VERSION_1 = (Path(__file__).parent / "data" / "ledger_version_1.sql").read_text()
RECORDED = ("runs", "endings", "entries", "contents", "links")

pytest_plugins = ("tests.ledger_fixtures",)


def build(url: str) -> None:
    """A ledger of version 1, by its SQL."""
    if "://" not in url:
        with closing(sqlite3.connect(url)) as connection:
            connection.executescript(VERSION_1)
        return
    text = (
        re.sub(r"X'([0-9A-F]*)'", r"'\\x\1'", VERSION_1).replace("BLOB", "BYTEA").replace("FLOAT", "DOUBLE PRECISION")
    )
    with raw(url).begin() as server:
        server.exec_driver_sql(text)


def raw(url: str) -> Any:
    address = url.replace("postgresql:", "postgresql+psycopg:") if "://" in url else f"sqlite:///{url}"
    return create_engine(address, poolclass=NullPool)


def rows(url: str, table: str) -> list[tuple[Any, ...]]:
    with raw(url).connect() as connection:
        return sorted(tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}"))


def test_every_row_is_there_and_the_chain_holds(url: str) -> None:
    build(url)
    before = {table: rows(url, table) for table in RECORDED}
    assert {table: len(found) for table, found in before.items()} == {
        "runs": 3, "endings": 3, "entries": 2, "contents": 4, "links": 6,
    }  # fmt: skip
    ledger = open_ledger(url, create=False)
    before["endings"] = [(*row, None) for row in before["endings"]]  # a column came that says nothing of them
    assert {table: rows(url, table) for table in RECORDED} == before
    assert rows(url, "meta") == [("version", str(tables.VERSION))]
    assert chain.verify(ledger).faults == ()
    assert [read.run(ledger, NAME, n).state for n in (1, 2, 3)] == ["finished", "failed", "finished"]
    assert [h.tag for h in read.audit(ledger, 3).repositories[0].hotfixes] == ["v2.3.2", "v2.3.1"]


def test_what_it_recorded_is_remembered(url: str, shop: RepositoryAudit) -> None:
    build(url)
    ledger = open_ledger(url, create=True)
    (remembered,) = known.known(ledger, NAME, {"shop": "/srv/shop"}).values()
    assert remembered.run == 3
    assert {r.name for r in remembered.refs} >= {"refs/tags/v2.3.1", "refs/tags/v2.3.2", "refs/heads/dr"}
    assert [(e.tag, e.branch, e.started_at) for e in history.history(ledger, NAME, 3).episodes] == [
        ("v2.3.1", "dr", T0),
        ("v2.3.2", "dev", T0 + 2 * DAY),
        ("v2.3.2", "dr", T0 + 2 * DAY),
    ]
    assert record(ledger, shop).run == 4
    assert chain.verify(ledger).faults == ()


def test_a_migrated_ledger_is_built_like_a_new_one(url: str, tmp_path: Path) -> None:
    build(url)
    open_ledger(url, create=True)
    made = inspect(raw(url))
    for table in tables.metadata.tables.values():
        assert [c["name"] for c in made.get_columns(table.name)] == [c.name for c in table.columns]
        assert made.get_pk_constraint(table.name)["constrained_columns"] == [c.name for c in table.primary_key]
        assert {i["name"] for i in made.get_indexes(table.name)} == {i.name for i in table.indexes}
    assert set(made.get_table_names()) == set(tables.metadata.tables)


def test_a_broken_one_stays_as_it_is(tmp_path: Path) -> None:
    url = str(tmp_path / "ledger.sqlite")
    build(url)
    with closing(sqlite3.connect(url)) as connection, connection:
        connection.execute("UPDATE contents SET body = x'00' WHERE sha256 IN (SELECT content FROM entries)")
    before = (tmp_path / "ledger.sqlite").read_bytes()
    with pytest.raises(LedgerError, match="cannot be unpacked"):
        open_ledger(url, create=True)
    assert rows(url, "meta") == [("version", "1")]
    assert (tmp_path / "ledger.sqlite").read_bytes() == before
