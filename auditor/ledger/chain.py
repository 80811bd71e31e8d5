"""Whether the ledger is what was written: every row that was changed, removed, swapped or added, by name.

What is cut off at the end leaves no trace inside; an anchor outside (`anchor`) shows it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from auditor.ledger import derived, record, tables
from auditor.ledger.database import Connection, Database, LedgerError
from auditor.ledger.rows import GENESIS, canonical, digest, event_hash, link_hash
from auditor.ledger.write import Head
from auditor.model import RepositoryAudit


@dataclass(frozen=True, slots=True)
class Verified:
    """What a look at the whole ledger found: how much there is, its newest link, and every fault."""

    runs: int
    links: int
    head: Head | None
    faults: tuple[str, ...]


def verify(database: Database, anchors: Iterable[Head] = ()) -> Verified:
    """Holds every row against the chain, and the chain against hashes that were anchored outside.

    Raises `LedgerError` where the ledger cannot be read at all.
    """
    with database.reading() as connection:
        found = look(connection, anchors)
        return replace(found, faults=(*_structure(connection, database), *found.faults))


def look(connection: Connection, anchors: Iterable[Head] = ()) -> Verified:
    """The same of what one transaction sees."""
    links = [row._asdict() for row in connection.execute(tables.links.select().order_by(tables.links.c.sequence))]
    runs = connection.execute(tables.select(tables.func.count()).select_from(tables.runs)).scalar_one()
    head = Head(links[-1]["sequence"], links[-1]["run"], links[-1]["hash"]) if links else None
    faults = [
        *_Check(connection, links).faults(),
        *_anchored({link["sequence"]: link for link in links}, head, anchors),
    ]
    return Verified(runs, len(links), head, tuple(dict.fromkeys(faults)))


def _structure(connection: Connection, database: Database) -> Iterator[str]:
    """What SQLite itself finds wrong with its file."""
    if database.is_file:
        for (said,) in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
            if said != "ok":
                yield f"{database.where}: {said}"


def _anchored(links: dict[int, dict[str, Any]], head: Head | None, anchors: Iterable[Head]) -> Iterator[str]:
    for anchor in anchors:
        found = links.get(anchor.sequence)
        if found is None:
            ends = f"ends at link {head.sequence}" if head else "is empty"
            yield (
                f"run {anchor.run}: links, {anchor.sequence}: is anchored as {anchor.hash}, and not there: "
                f"the ledger {ends}, its end was cut off"
            )
        elif (found["hash"], found["run"]) != (anchor.hash, anchor.run):
            yield f"run {anchor.run}: links, {anchor.sequence}: was anchored as {anchor.hash}, and is {found['hash']}"


class _Check:
    """One pass over all rows."""

    def __init__(self, connection: Connection, links: list[dict[str, Any]]) -> None:
        self.connection = connection
        self.links = links
        self.runs = {row["number"]: row for row in self._rows(tables.runs, tables.runs.c.number)}
        self.endings = {row["run"]: row for row in self._rows(tables.endings, tables.endings.c.run)}
        # Which texts the rows speak of, and who speaks of them first.
        self.wanted: dict[str, str] = {}
        self.audits: set[str] = set()

    def _entries(self, run: int) -> list[dict[str, Any]]:
        entries = tables.entries
        question = entries.select().where(entries.c.run == run).order_by(entries.c.position)
        return [row._asdict() for row in self.connection.execute(question)]

    def _rows(self, table: tables.Table, *order: tables.Column[Any]) -> list[dict[str, Any]]:
        return [row._asdict() for row in self.connection.execute(table.select().order_by(*order))]

    def faults(self) -> Iterator[str]:
        """Everything that is not as it was written."""
        yield from self._chain()
        for link in self.links:
            yield from self._begun(link) if link["event"] == "begin" else self._ended(link)
        yield from self._unlinked()
        yield from self._gaps()
        yield from self._contents()
        yield from self._strangers()

    def _chain(self) -> Iterator[str]:
        """Each link is whole, and carries the hash of the one before."""
        expected, before = 1, GENESIS
        for link in self.links:
            called = f"run {link['run']}: links, {link['sequence']}"
            if link["sequence"] != expected:
                gap = f"links, {expected}: is missing" if link["sequence"] > expected else "is out of order"
                yield f"run {link['run']}: {gap}"
            if link_hash(link) != link["hash"]:
                yield f"{called}: was changed"
            if link["previous"] != before:
                yield f"{called}: does not follow the link before it"
            expected, before = link["sequence"] + 1, link["hash"]

    def _begun(self, link: dict[str, Any]) -> Iterator[str]:
        row = self.runs.get(link["run"])
        if row is None:
            yield f"run {link['run']}: runs, {link['run']}: is missing"
            return
        for key in ("effective_sha256", "config_sha256"):
            if row[key] is not None:
                self.wanted.setdefault(row[key], f"run {link['run']}: {key}")
        yield from _row("runs", row, link["run"], str(link["run"]))
        if event_hash([row["digest"]]) != link["content"]:
            yield f"run {link['run']}: runs, {link['run']}: is not the row that link {link['sequence']} was made for"

    def _ended(self, link: dict[str, Any]) -> Iterator[str]:
        number = link["run"]
        ending, entries = self.endings.get(number), self._entries(number)
        if ending is None:
            yield f"run {number}: endings, {number}: is missing"
            return
        yield from _row("endings", ending, number, str(number))
        if ending["discovered"] is not None:
            self.wanted.setdefault(ending["discovered"], f"run {number}: discovered")
        for entry in entries:
            self.wanted.setdefault(entry["content"], f"run {number}: {entry['repository']}")
            self.audits.add(entry["content"])
            yield from _row("entries", entry, number, f"{entry['position']} ({entry['repository']})")
        there = [entry["position"] for entry in entries]
        yield from (f"run {number}: entries, {at}: is missing" for at in _absent(there, ending["repositories"]))
        if event_hash([ending["digest"], *(e["digest"] for e in entries)]) != link["content"]:
            yield f"run {number}: endings and entries: are not the rows that link {link['sequence']} was made for"

    def _unlinked(self) -> Iterator[str]:
        """Rows that no link of the chain vouches for."""
        begun = Counter(link["run"] for link in self.links if link["event"] == "begin")
        ended = Counter(link["run"] for link in self.links if link["event"] == "end")
        entered = self.connection.execute(tables.select(tables.entries.c.run).distinct()).scalars()
        for table, rows, vouched in (
            ("runs", self.runs, begun),
            ("endings", self.endings, ended),
            ("entries", entered, ended),
        ):
            for number in rows:
                if vouched[number] != 1:
                    yield f"run {number}: {table}, {number}: {vouched[number]} links vouch for it, not one"

    def _gaps(self) -> Iterator[str]:
        numbers = sorted({link["run"] for link in self.links})
        yield from (f"run {n}: runs, {n}: is missing" for n in _absent(numbers, max(numbers, default=0) + 1) if n)

    def _contents(self) -> Iterator[str]:
        """Every text is what its hash says, and is somebody's."""
        contents = tables.contents
        there = set(self.connection.execute(tables.select(contents.c.sha256)).scalars())
        for sha in sorted(there):
            called = self.wanted.get(sha, f"contents, {sha}")
            if sha not in self.wanted:
                yield f"{called}: belongs to no run"
            body = self.connection.execute(contents.select().where(contents.c.sha256 == sha)).one().body
            try:
                whole = record.unpack(sha, body)
            except LedgerError as error:
                yield f"{called}: contents, {sha}: {error}"
                continue
            if sha in self.audits:
                yield from self._derived(called, sha, record.load(whole, 0.0))
        yield from (f"{called}: contents, {sha}: is missing" for sha, called in self.wanted.items() if sha not in there)

    def _derived(self, called: str, sha: str, found: RepositoryAudit) -> Iterator[str]:
        """The rows made of a content are those that would be made of it again."""
        made = derived.rows(sha, found)
        for table in tables.DERIVED:
            question = table.select().where(table.c.content == sha).order_by(table.c.number)
            there = {row.number: row._asdict() for row in self.connection.execute(question)}
            expected = {row["number"]: row for row in made[table.name]}
            for at in sorted(expected.keys() | there.keys()):
                if at not in there:
                    yield f"{called}: {table.name}, {at} ({_about(expected[at])}): is missing"
                elif at not in expected:
                    yield f"{called}: {table.name}, {at} ({_about(there[at])}): was added"
                elif canonical(there[at]) != canonical(expected[at]):
                    yield f"{called}: {table.name}, {at} ({_about(expected[at])}): was changed"

    def _strangers(self) -> Iterator[str]:
        """Derived rows of no content."""
        for table in tables.DERIVED:
            for sha in self.connection.execute(tables.select(table.c.content).distinct()).scalars():
                if sha not in self.audits:
                    yield f"{table.name}, {sha}: is made of no run's content"


def _about(row: dict[str, Any]) -> str:
    return str(row.get("name") or row.get("ref") or f"{row.get('tag')} on {row.get('branch')}")


def _row(table: str, row: dict[str, Any], run: int, key: str) -> Iterator[str]:
    if digest(table, row) != row["digest"]:
        yield f"run {run}: {table}, {key}: was changed"


def _absent(numbers: list[int], end: Any) -> list[int]:
    """What is missing of 0 to `end`; nothing where even that was changed to no number."""
    return sorted(set(range(end)) - set(numbers)) if isinstance(end, int) and end < 1_000_000 else []
