"""Ledgers of earlier versions, brought forward. No step changes a row that is in the chain."""

from __future__ import annotations

from collections.abc import Callable

from auditor.ledger import derived, record, tables
from auditor.ledger.database import Connection, LedgerError, table_names

_KEY = "version"


def _to_2(connection: Connection) -> None:
    """Runs tell what forges listed; pairs, refs and changes got rows of their own, made of what was recorded."""
    connection.exec_driver_sql("ALTER TABLE endings ADD COLUMN discovered TEXT")
    tables.BY_REPOSITORY.create(connection)
    tables.metadata.create_all(connection, tables=[*tables.DERIVED])
    entries, contents = tables.entries, tables.contents
    for (sha,) in connection.execute(tables.select(entries.c.content).distinct()).all():
        kept = connection.execute(contents.select().where(contents.c.sha256 == sha)).first()
        if kept is None:
            raise LedgerError(f"contents, {sha}: is missing; an older program's verify --ledger tells more")
        derived.insert(connection, {sha: record.load(record.unpack(sha, kept.body), 0.0)})


# The step from each version to the next: the first is from 1 to 2.
STEPS: tuple[Callable[[Connection], None], ...] = (_to_2,)


def version(connection: Connection, where: str) -> int:
    """The version of the ledger's tables, 0 where there are none.

    Raises `LedgerError` where the tables are not a ledger's, or of a version that is not known here.
    """
    if "meta" not in table_names(connection):
        return 0
    said = connection.execute(tables.meta.select().where(tables.meta.c.key == _KEY)).first()
    if said is None or not str(said.value).isdecimal() or int(said.value) < 1:
        raise LedgerError(f"{where}: is no ledger: meta, {_KEY}: says no version")
    if int(said.value) > tables.VERSION:
        raise LedgerError(
            f"{where}: meta, {_KEY}: is of version {said.value}, and this program knows {tables.VERSION}: upgrade it"
        )
    return int(said.value)


def migrate(connection: Connection, where: str) -> None:
    """Makes the tables, or brings them forward, in the caller's one transaction."""
    found = version(connection, where)
    if found == 0:
        tables.metadata.create_all(connection)
        connection.execute(tables.meta.insert().values(key=_KEY, value=str(tables.VERSION)))
        return
    for step in STEPS[found - 1 :]:
        step(connection)
    meta = tables.meta
    connection.execute(meta.update().where(meta.c.key == _KEY).values(value=str(tables.VERSION)))
