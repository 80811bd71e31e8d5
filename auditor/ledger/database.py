"""The database that holds the ledger: an SQLite file, or PostgreSQL by address; one way to use either.

SQLite keeps its default journal, not a write-ahead log: between runs the file alone is the whole ledger, so a
copy of it is one, too.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DatabaseError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from auditor.errors import BranchDriftError
from auditor.ledger import tables

__all__ = ["Connection", "Database", "LedgerError", "open_ledger"]

# How long one waits for another that writes.
_PATIENCE = 60
_LOCK = 0x6272616E6368  # any number, the same for all that write this ledger


class LedgerError(BranchDriftError):
    """The ledger cannot be read or written; what it held before, it holds still."""


class Database:
    """An opened ledger. `where` names it for people, without secrets."""

    def __init__(self, where: str, engine: Engine) -> None:
        self.where = where
        self.engine = engine
        self.is_file = engine.dialect.name == "sqlite"

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One state of the ledger, whatever is written meanwhile. Raises `LedgerError`."""
        with _in_words(self.where), self.engine.connect() as connection:
            if not self.is_file:
                connection = connection.execution_options(isolation_level="REPEATABLE READ")  # noqa: PLW2901
            with connection.begin():
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The only writer: all of what it does is written at the end, or nothing. Raises `LedgerError`."""
        with _in_words(self.where), self.engine.connect() as connection:
            connection = connection.execution_options(writes=True)  # noqa: PLW2901
            with connection.begin():
                if not self.is_file:
                    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
                yield connection


def open_ledger(url: str, *, create: bool) -> Database:
    """The ledger at `url` (a file, or `postgresql://…`), its tables those of today.

    Raises `LedgerError` where it cannot be had; a file that is not there is made only where `create` says so.
    """
    from auditor.ledger import migrations

    database = _postgresql(url) if "://" in url else _sqlite(Path(url), create=create)
    with database.reading() as connection:
        version = migrations.version(connection, database.where)
    if version == tables.VERSION:
        return database
    if version == 0 and not create:
        raise LedgerError(f"{database.where}: there is no ledger yet; a scan makes it")
    with database.writing() as connection:
        migrations.migrate(connection, database.where)
    return database


def _sqlite(path: Path, *, create: bool) -> Database:
    if create:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise LedgerError(f"{path.parent}: cannot be made: {error.strerror}") from None
    elif not path.is_file():
        raise LedgerError(f"{path}: there is no ledger yet; a scan makes it")
    url = URL.create("sqlite", database=str(path))
    # Without isolation_level the driver begins transactions where it likes; the events below do it instead.
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": _PATIENCE, "isolation_level": None})
    event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", _begin)
    return Database(str(path), engine)


def _durable(connection: Any, _: object) -> None:
    """What was said to be written survives a power cut, too: the journal's removal is waited for."""
    connection.execute("PRAGMA synchronous=EXTRA")


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(url: str) -> Database:
    # What it warns of, the error that is raised says, too.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    parts = make_url(url).set(drivername="postgresql+psycopg")
    options = {"connect_timeout": 10, "keepalives_idle": 60, "options": f"-c lock_timeout={_PATIENCE}s"}
    try:
        engine = create_engine(parts, poolclass=NullPool, connect_args=options)
    except ModuleNotFoundError:
        raise LedgerError(
            "a ledger in PostgreSQL needs psycopg; install it with: pip install 'branch-drift-auditor[postgresql]'"
        ) from None
    return Database(parts.set(drivername="postgresql").render_as_string(), engine)


@contextmanager
def _in_words(where: str) -> Iterator[None]:
    try:
        yield
    except DatabaseError as error:
        raise LedgerError(f"{where}: {_first_line(error.orig)}") from None
    except SQLAlchemyError as error:
        raise LedgerError(f"{where}: {_first_line(error)}") from None


def _first_line(error: BaseException | None) -> str:
    return next(iter(str(error).strip().splitlines()), "") or type(error).__name__


def table_names(connection: Connection) -> list[str]:
    """The tables that are there."""
    return inspect(connection).get_table_names()
