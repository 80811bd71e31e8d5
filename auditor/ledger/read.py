"""Runs as they were recorded."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from auditor.ledger import record, tables
from auditor.ledger.database import Connection, Database, LedgerError
from auditor.ledger.rows import digest, text
from auditor.ledger.write import Head
from auditor.model import Audit, Discovery, RepositoryAudit, Tool

T = TypeVar("T")
_MOST_NAMES = 10
# No database counts higher.
_MOST = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run. `state` is running, finished or failed; `reason` says why it failed."""

    number: int
    started_at: int
    state: str
    finished_at: int | None
    reason: str | None


def run(database: Database, name: str, number: int) -> Run:
    """A run of a configuration, by its number. Raises `LedgerError` where there is none."""
    with database.reading() as connection:
        found = _runs(connection, name, number) if number <= _MOST else []
        others = _others(connection, name)
    if not found:
        raise LedgerError(f"{database.where}: there is no run {number} of this configuration{others}")
    return found[0]


def runs(database: Database, name: str) -> list[Run]:
    """All runs of a configuration, the one that ended last first."""
    with database.reading() as connection:
        return _runs(connection, name, None)


def last(database: Database, name: str, until: int | None = None) -> Run:
    """The last finished run of a configuration, or the last that had finished by `until` (seconds since 1970).

    Raises `LedgerError` where there is none: what was not recorded is not guessed.
    """
    with database.reading() as connection:
        for found in _runs(connection, name, None):
            if found.state == "finished" and (until is None or (found.finished_at or 0) <= until):
                return found
        others = _others(connection, name)
    when = " by then" if until is not None else ""
    raise LedgerError(f"{database.where}: no run of this configuration had finished{when}: nothing is known{others}")


def failed_after(database: Database, name: str, number: int, until: int | None = None) -> list[Run]:
    """The runs of a configuration that failed after a run had ended, by `until` if that is given; the last first."""
    with database.reading() as connection:
        ended = [r for r in _runs(connection, name, None) if r.state != "running"]
    later = itertools.takewhile(lambda r: r.number != number, ended)
    return [r for r in later if r.state == "failed" and (until is None or (r.finished_at or 0) <= until)]


def _others(connection: Connection, name: str) -> str:
    """What a ledger that has no run of a configuration has instead, in words: the file may have been moved."""
    runs = tables.runs
    names = list(connection.execute(tables.select(runs.c.name).distinct().order_by(runs.c.name)).scalars())
    if not names or text(name) in names:
        return ""
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"; on record are {', '.join(names[:_MOST_NAMES])}{more}: if it is one of them, say so by ledger: name:"


def ends(database: Database) -> list[Head]:
    """The links with which runs ended."""
    links = tables.links
    with database.reading() as connection:
        rows = connection.execute(links.select().where(links.c.event == "end").order_by(links.c.sequence)).all()
    return [Head(row.sequence, row.run, row.hash) for row in rows]


def _runs(connection: Connection, name: str, number: int | None) -> list[Run]:
    """Those that ended last come first, as the chain has it: clocks may be set back."""
    runs, endings, links = tables.runs, tables.endings, tables.links
    joined = runs.outerjoin(endings, endings.c.run == runs.c.number).outerjoin(
        links, (links.c.run == runs.c.number) & (links.c.event == "end")
    )
    question = tables.select(
        runs.c.number, runs.c.started_at, endings.c.state, endings.c.finished_at, endings.c.reason
    ).select_from(joined)
    question = question.where(runs.c.name == text(name)).order_by(links.c.sequence.desc())
    if number is not None:
        question = question.where(runs.c.number == number)
    return [
        Run(r.number, r.started_at, r.state or "running", r.finished_at, r.reason) for r in connection.execute(question)
    ]


def audit(database: Database, number: int) -> Audit:
    """A finished run, whole.

    Raises `LedgerError` where it did not finish, or is not as it was recorded.
    """
    runs, endings = tables.runs, tables.endings
    with database.reading() as connection:
        began = _one(connection, runs, runs.c.number == number, f"run {number}: runs")
        ended = _one(connection, endings, endings.c.run == number, f"run {number}: endings")
        if ended["state"] != "finished":
            raise LedgerError(f"run {number} failed: {ended['reason']}")
        repositories = tuple(_repositories(connection, number))
        discovered = _discovered(connection, ended)
    if len(repositories) != ended["repositories"]:
        raise LedgerError(f"run {number}: entries: {len(repositories)} of {ended['repositories']} are there")
    return Audit(
        tool=Tool(began["tool"], began["git"], began["libgit2"]),
        started_at=began["started_at"],
        finished_at=ended["finished_at"],
        config_sha256=began["config_sha256"],
        repositories=repositories,
        discovered=discovered,
    )


def _one(connection: Connection, table: tables.Table, where: tables.Condition, called: str) -> dict[str, Any]:
    found = connection.execute(table.select().where(where)).first()
    if found is None:
        raise LedgerError(f"{called}: is not there")
    return _as_recorded(table.name, found._asdict(), called)


def _repositories(connection: Connection, number: int) -> Iterator[RepositoryAudit]:
    entries = tables.entries
    question = entries.select().where(entries.c.run == number).order_by(entries.c.position)
    for found in connection.execute(question).all():
        called = f"run {number}: entries: {found.repository}"
        entry = _as_recorded("entries", found._asdict(), called)
        yield _content(connection, entry["content"], called, partial(record.load, seconds=entry["seconds"]))


def _discovered(connection: Connection, ended: dict[str, Any]) -> tuple[Discovery, ...]:
    if ended["discovered"] is None:
        return ()
    return _content(connection, ended["discovered"], f"run {ended['run']}: endings", record.load_discovered)


def _content(connection: Connection, sha: str, called: str, load: Callable[[bytes], T]) -> T:
    """What a hash stands for."""
    kept = connection.execute(tables.contents.select().where(tables.contents.c.sha256 == sha)).first()
    if kept is None:
        raise LedgerError(f"{called}: its content {sha} is not there")
    try:
        return load(record.unpack(sha, kept.body))
    except LedgerError as error:
        raise LedgerError(f"{called}: its content {sha} {error}") from None


def _as_recorded(table: str, row: dict[str, Any], called: str) -> dict[str, Any]:
    if digest(table, row) != row["digest"]:
        raise LedgerError(f"{called}: is not as it was recorded; branch-drift verify --ledger tells more")
    return row
