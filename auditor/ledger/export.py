"""One finished run as lines of text that keep its hashes, and back: what vouches for it without the database.

A line is a row with its table's name, as canonical JSON; then what the rows name by hash, as it was hashed: audits
of repositories, and what forges listed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from auditor.ledger import record, tables
from auditor.ledger.database import Connection, Database, LedgerError
from auditor.ledger.rows import canonical, digest, event_hash, link_hash, sha256
from auditor.model import Audit, RepositoryAudit, Tool

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Exported:
    """The rows of a run: how it began and ended, their links in the chain, its entries; and what they name by hash."""

    run: Row
    begun: Row
    ending: Row
    ended: Row
    entries: tuple[Row, ...]
    contents: dict[str, bytes]


def export(database: Database, number: int) -> Exported:
    """A finished run. Raises `LedgerError` where it did not finish, or is not as it was recorded."""
    with database.reading() as connection:
        found = _export(connection, number)
    wrong = list(faults(found))
    if wrong:
        raise LedgerError(f"run {number}: {wrong[0]}; branch-drift verify --ledger tells more")
    return found


def configuration(database: Database, found: Exported) -> tuple[bytes, bytes | None]:
    """What the program made of the configuration (JSON), and the file itself, if there was one."""
    with database.reading() as connection:
        effective, text = found.run["effective_sha256"], found.run["config_sha256"]
        return _body(connection, effective), _body(connection, text) if text else None


def _export(connection: Connection, number: int) -> Exported:
    links, entries = tables.links, tables.entries
    begun, ended = (
        _one(connection, links, (links.c.run == number) & (links.c.event == event), f"its link ({event})")
        for event in ("begin", "end")
    )
    rows = connection.execute(entries.select().where(entries.c.run == number).order_by(entries.c.position))
    entered = tuple(row._asdict() for row in rows)
    run = _one(connection, tables.runs, tables.runs.c.number == number, "its beginning")
    ending = _one(connection, tables.endings, tables.endings.c.run == number, "its ending")
    contents = {sha: _body(connection, sha) for sha in _named(ending, entered)}
    return Exported(run, begun, ending, ended, entered, contents)


def _named(ending: Row, entries: Iterable[Row]) -> list[str]:
    """The hashes that rows name, each once."""
    listed = ending["discovered"]
    return list(dict.fromkeys([*(e["content"] for e in entries), *([listed] if listed else [])]))


def _one(connection: Connection, table: tables.Table, where: tables.Condition, called: str) -> Row:
    found = connection.execute(table.select().where(where)).first()
    if found is None:
        raise LedgerError(f"{called} is not in the ledger")
    return found._asdict()


def _body(connection: Connection, sha: str) -> bytes:
    contents = tables.contents
    found = connection.execute(contents.select().where(contents.c.sha256 == sha)).first()
    if found is None:
        raise LedgerError(f"contents, {sha}: is not there")
    return record.unpack(sha, found.body)


def lines(found: Exported) -> bytes:
    """The run as text."""
    rows = [("runs", found.run), ("links", found.begun), ("endings", found.ending)]
    rows += [("entries", entry) for entry in found.entries]
    rows += [("links", found.ended)]
    return b"".join(line + b"\n" for line in (*(canonical(list(row)) for row in rows), *found.contents.values()))


def parse(text: bytes) -> Exported:
    """The run that some text holds. Raises `LedgerError` where it is not what `lines` writes."""
    try:
        found = _parsed([json.loads(line) for line in text.splitlines()], text.splitlines())
        whole = lines(found) == text
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError):
        whole = False
    if not whole:
        raise LedgerError("is no run as this program writes it")
    return found


def _parsed(values: list[Any], texts: list[bytes]) -> Exported:
    rows = [value for value in values if isinstance(value, list)]
    named: list[Row] = [row for _, row in rows]
    bodies = {sha256(text): text for value, text in zip(values, texts, strict=True) if isinstance(value, dict)}
    return Exported(named[0], named[1], named[2], named[-1], tuple(named[3:-1]), bodies)


def faults(found: Exported) -> Iterator[str]:
    """Everything about the rows that the hashes do not bear out; nothing where the chain's links vouch for all."""
    try:
        yield from _rows(found)
        yield from _links(found)
    except (KeyError, TypeError, AttributeError) as error:
        yield f"a row is no row of a ledger: {error}"


def _rows(found: Exported) -> Iterator[str]:
    number = found.run["number"]
    if found.ending["state"] != "finished":
        yield f"the run did not finish: {found.ending['reason']}"
    for table, row in (("runs", found.run), ("endings", found.ending), *(("entries", e) for e in found.entries)):
        if digest(table, row) != row["digest"]:
            yield f"{table}: a row is not as it was recorded"
    if {row["run"] for row in (found.begun, found.ending, found.ended, *found.entries)} != {number}:
        yield "the rows are of several runs"
    if [e["position"] for e in found.entries] != list(range(found.ending["repositories"])):
        yield f"entries: {len(found.entries)} of {found.ending['repositories']} are there, or not in their order"
    for entry in found.entries:
        if entry["content"] not in found.contents:
            yield f"{entry['repository']}: its audit is not the one that was recorded ({entry['content']})"
    if list(found.contents) != _named(found.ending, found.entries):
        yield "what the rows name by hash is not what is there, in their order"


def _links(found: Exported) -> Iterator[str]:
    begun, ended = found.begun, found.ended
    for link, event, rows in (
        (begun, "begin", (found.run,)),
        (ended, "end", (found.ending, *found.entries)),
    ):
        if link_hash(link) != link["hash"] or link["event"] != event:
            yield f"link {link['sequence']}: was changed"
        if event_hash(row["digest"] for row in rows) != link["content"]:
            yield f"link {link['sequence']}: was not made for these rows"
    if begun["sequence"] >= ended["sequence"]:
        yield "the run ends before it begins"
    elif begun["sequence"] + 1 == ended["sequence"] and ended["previous"] != begun["hash"]:
        yield f"link {ended['sequence']}: does not follow the link before it"


def tool(found: Exported) -> Tool:
    """What made the run."""
    return Tool(found.run["tool"], found.run["git"], found.run["libgit2"])


def audit(found: Exported) -> Audit:
    """The run as values. Raises `LedgerError` where an audit is none that this version knows."""
    times = found.run["started_at"], found.ending["finished_at"]
    listed = found.ending["discovered"]
    discovered = record.load_discovered(found.contents[listed]) if listed else ()
    audits = tuple(_audits(found.entries, found.contents))
    return Audit(tool(found), *times, found.run["config_sha256"], audits, discovered)


def _audits(entries: Iterable[Row], bodies: dict[str, bytes]) -> Iterator[RepositoryAudit]:
    for entry in entries:
        try:
            yield record.load(bodies[entry["content"]], entry["seconds"])
        except LedgerError as error:
            raise LedgerError(f"{entry['repository']}: {error}") from None
