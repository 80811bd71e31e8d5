"""What happens to the ledger: changed bits, lost and swapped rows, kills, a full disk, many writers."""

from __future__ import annotations

import itertools
import math
import os
import random
import resource
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.ledger import chain, read, tables, write
from auditor.ledger.database import Connection, Database, LedgerError, open_ledger
from auditor.ledger.rows import digest, event_hash, link_hash
from auditor.model import RepositoryAudit
from auditor.past import RefChange
from tests import kills
from tests.build import hotfix, protocol
from tests.judged import audit
from tests.ledgers import DAY, NAME, T0, beginning, record

pytest_plugins = ("tests.ledger_fixtures",)
ALL = [t for name, t in tables.metadata.tables.items() if name != "meta"]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    """As few rows as hold one of each kind: a pair, refs, a change."""
    repo = protocol(tmp_path_factory.mktemp("small") / "r", branches=("dr",))
    hotfix(repo)
    found = audit(repo, branches=[{"name": "dr", "sla": "4h"}])
    change = RefChange("tag-moved", "refs/tags/v1", "12" * 20, None, 1, T0)
    return replace(found, name="shop", changes=(change,))


@pytest.fixture
def recorded(ledger: Database, small: RepositoryAudit) -> Database:
    """Two finished runs, and one that failed between them."""
    record(ledger, small)
    write.fail(ledger, write.begin(ledger, beginning(T0 + DAY)), T0 + DAY, "interrupted")
    record(ledger, small, replace(small, name="other", changes=()), at=T0 + 2 * DAY)
    assert chain.verify(ledger).faults == ()
    return ledger


@contextmanager
def tampering(ledger: Database) -> Iterator[Connection]:
    """A transaction whose changes are all taken back at the end."""
    with ledger.reading() as connection:
        yield connection
        connection.rollback()


def rows(connection: Connection, table: tables.Table) -> list[dict[str, Any]]:
    return [r._asdict() for r in connection.execute(table.select().order_by(*table.primary_key.columns))]


def replace_row(connection: Connection, table: tables.Table, old: dict[str, Any], new: dict[str, Any] | None) -> None:
    connection.execute(table.delete().where(*(c == old[c.name] for c in table.primary_key.columns)))
    if new is not None:
        connection.execute(table.insert().values(new))


def flipped(value: Any, column: tables.Column[Any]) -> Any:
    """The value with one bit changed, as far as its type has bits."""
    if value is None:
        kind = column.type.python_type
        return {bytes: b"\1", int: 1, float: 1.0, bool: True}.get(kind, "x")
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return value ^ (1 << 10)
    if isinstance(value, float):
        return math.nextafter(value, 9e9)
    if isinstance(value, bytes):
        return value[:-1] + bytes([value[-1] ^ 1])
    return chr(ord(value[0]) ^ 1) + value[1:] if value else "x"


def about(table: tables.Table, row: dict[str, Any]) -> Callable[[str], bool]:
    """Whether a fault names a row: its run, its table, its key."""
    if table.name in ("runs", "endings"):
        number = row.get("number") or row["run"]
        return lambda said: said.startswith(f"run {number}: {table.name}, {number}: ")
    if table.name == "entries":
        return lambda said: said.startswith(f"run {row['run']}: entries, {row['position']}")
    if table.name == "links":
        return lambda said: f"links, {row['sequence']}: " in said
    if table.name == "contents":
        return lambda said: said.startswith("run ") and f"contents, {row['sha256']}: " in said
    return lambda said: said.startswith("run ") and f"{table.name}, {row['number']} (" in said


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_every_changed_value_is_found_and_named(recorded: Database, table: tables.Table) -> None:
    with tampering(recorded) as connection:
        found = rows(connection, table)
        assert found
        for row in found:
            for column in table.columns:
                changed = {**row, column.name: flipped(row[column.name], column)}
                replace_row(connection, table, row, changed)
                faults = chain.look(connection).faults
                assert any(map(about(table, row), faults)), (row, column.name, faults)
                replace_row(connection, table, changed, row)
        assert chain.look(connection).faults == ()


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_every_lost_row_is_found_and_named(recorded: Database, table: tables.Table) -> None:
    with tampering(recorded) as connection:
        found = rows(connection, table)
        for row in found if table is not tables.links else found[:-1]:
            replace_row(connection, table, row, None)
            faults = chain.look(connection).faults
            assert any(map(about(table, row), faults)), (row, faults)
            connection.execute(table.insert().values(row))
        assert chain.look(connection).faults == ()


def test_the_last_link_alone_leaves_rows_that_nothing_vouches_for(recorded: Database) -> None:
    with tampering(recorded) as connection:
        replace_row(connection, tables.links, rows(connection, tables.links)[-1], None)
        assert "run 3: endings, 3: 0 links vouch for it, not one" in chain.look(connection).faults


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_every_pair_of_swapped_rows_is_found(recorded: Database, table: tables.Table) -> None:
    """All but the key changes places, digests included."""
    keys = [c.name for c in table.primary_key.columns]
    with tampering(recorded) as connection:
        for one, other in itertools.pairwise(rows(connection, table)):
            crossed = [{**b, **{k: a[k] for k in keys}} for a, b in ((one, other), (other, one))]
            if crossed == [one, other]:
                continue  # they differ in their keys alone
            for old, new in zip((one, other), crossed, strict=True):
                replace_row(connection, table, old, new)
            faults = chain.look(connection).faults
            assert any(map(about(table, one), faults)) or any(map(about(table, other), faults)), (one, other, faults)
            for old, new in zip(crossed, (one, other), strict=True):
                replace_row(connection, table, old, new)
        assert chain.look(connection).faults == ()


@pytest.mark.parametrize("table", ALL, ids=lambda t: t.name)
def test_every_added_row_is_found(recorded: Database, table: tables.Table) -> None:
    key = list(table.primary_key.columns)[-1].name
    with tampering(recorded) as connection:
        for row in rows(connection, table):
            added = {**row, key: row[key] + 100 if isinstance(row[key], int) else "0" * 64}
            connection.execute(table.insert().values(added))
            assert any(table.name in said for said in chain.look(connection).faults), added
            replace_row(connection, table, added, None)
        assert chain.look(connection).faults == ()


def test_a_row_written_anew_with_its_digest_is_found_by_its_link(recorded: Database) -> None:
    with tampering(recorded) as connection:
        row = rows(connection, tables.endings)[1]
        forged = {**row, "reason": "nothing was wrong"}
        replace_row(connection, tables.endings, row, {**forged, "digest": digest("endings", forged)})
        found = chain.look(connection).faults
    assert found == ("run 2: endings and entries: are not the rows that link 4 was made for",)


def test_a_chain_written_anew_to_its_end_is_found_by_an_anchor(recorded: Database) -> None:
    with tampering(recorded) as connection:
        links = rows(connection, tables.links)
        anchors = [write.Head(link["sequence"], link["run"], link["hash"]) for link in links if link["event"] == "end"]
        row = rows(connection, tables.endings)[1]
        forged = {**row, "reason": "nothing was wrong"}
        forged["digest"] = digest("endings", forged)
        replace_row(connection, tables.endings, row, forged)
        before = links[2]["hash"]
        for link in links[3:]:
            content = event_hash([forged["digest"]]) if link["sequence"] == 4 else link["content"]
            new = {**link, "content": content, "previous": before}
            before = new["hash"] = link_hash(new)
            replace_row(connection, tables.links, link, new)
        assert chain.look(connection).faults == ()
        faults = chain.look(connection, anchors).faults
    assert [said.split(": was")[0] for said in faults] == ["run 2: links, 4", "run 3: links, 6"]


@pytest.mark.parametrize(
    ("table", "row", "column"),
    [("runs", 2, "tool"), ("endings", 2, "verdict"), ("entries", 2, "seconds"), ("entries", 1, "content")],
)
def test_a_changed_run_is_not_read(recorded: Database, table: str, row: int, column: str) -> None:
    place = tables.metadata.tables[table]
    with recorded.writing() as connection:
        old = rows(connection, place)[row]
        replace_row(connection, place, old, {**old, column: flipped(old[column], place.c[column])})
    with pytest.raises(LedgerError, match=f"run 3: {table}: .* as it was recorded|run 3: {table}: is not as it was"):
        read.audit(recorded, 3)


def test_a_changed_content_is_not_read(recorded: Database) -> None:
    with recorded.writing() as connection:
        for row in rows(connection, tables.contents):
            replace_row(connection, tables.contents, row, {**row, "body": flipped(row["body"], tables.contents.c.body)})
    with pytest.raises(LedgerError, match=r"run 3: entries: shop: its content [0-9a-f]{64} cannot be unpacked"):
        read.audit(recorded, 3)


# Kills, a full disk, many writers


def test_killed_writers_lose_nothing_that_was_acknowledged(url: str, small: RepositoryAudit) -> None:
    figures = kills.kill_writers(lambda _: url, small, 11, random.Random(5))
    assert figures["kills"] == 11
    assert figures["acknowledged"] > 0


def test_killed_scans_lose_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    assert kills.kill_scans(tmp_path, 3, random.Random(6))["kills"] == 3


def limited(limit: int, work: Callable[[], None]) -> str:
    """What comes of some work where no file may grow beyond `limit` bytes: nothing, or the words of its error."""
    said, says = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(said)
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
        words = ""
        try:
            work()
        except LedgerError as error:
            words = str(error)
        except BaseException as error:
            words = f"unforeseen: {error!r}"
        os.write(says, words.encode())
        os._exit(0)
    os.close(says)
    words = os.read(said, 65536).decode()
    os.close(said)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    return words


def limits(folder: Path, small: RepositoryAudit) -> Iterator[int]:
    """Every place at which a file of a ledger with one run in it can stop growing."""
    url = str(folder / "measured.sqlite")
    record(open_ledger(url, create=True), small)
    return iter(range(0, Path(url).stat().st_size + 4096, 2048))


def test_a_full_disk_while_a_ledger_is_made(tmp_path: Path, small: RepositoryAudit) -> None:
    outcomes = set()
    for limit in limits(tmp_path, small):
        url = str(tmp_path / f"{limit}.sqlite")

        def work(url: str = url) -> None:
            record(open_ledger(url, create=True), small)

        words = limited(limit, work)
        outcomes.add(bool(words))
        assert not words or words.startswith(f"{url}: "), words
        ledger = open_ledger(url, create=True)
        assert chain.verify(ledger).faults == ()
        assert record(ledger, small).run in ((1, 2) if words else (2,))
    assert outcomes == {True, False}


def test_a_full_disk_while_a_run_is_recorded(tmp_path: Path, small: RepositoryAudit) -> None:
    url = str(tmp_path / "ledger.sqlite")
    ledger = open_ledger(url, create=True)
    record(ledger, small)
    before = Path(url).read_bytes()
    # A run that brings much that is new: every table grows.
    hotfixes = tuple(replace(small.hotfixes[0], tag=f"v1.0.{n}") for n in range(200))
    large = replace(small, hotfixes=hotfixes)
    states = set()
    for limit in range(512, 200_000, 8192):
        Path(url).write_bytes(before)
        words = limited(limit, lambda: void(record(open_ledger(url, create=True), large, at=T0 + DAY)))
        assert not words or "unforeseen" not in words
        assert chain.verify(open_ledger(url, create=True)).faults == ()
        found = runs(ledger)
        states.add((bool(words), tuple(found)))
        assert found[0] == "finished"
        assert words or found == ["finished", "finished"]
    assert {True, False} == {failed for failed, _ in states}
    assert {len(found) for failed, found in states if failed} >= {1, 2}  # neither begun, nor ended


def void(_: object) -> None:
    """Nothing of it is needed."""


def runs(ledger: Database) -> list[str]:
    with ledger.reading() as connection:
        numbers = list(connection.execute(tables.select(tables.runs.c.number)).scalars())
    return [read.run(ledger, NAME, n).state for n in sorted(numbers)]


def test_eight_writers_at_once(url: str, small: RepositoryAudit) -> None:
    """They also make the ledger at once, since none is there yet."""
    children = []
    for who in range(8):
        child = os.fork()
        if child == 0:
            try:
                ledger = open_ledger(url, create=True)
                for night in range(4):
                    mine = replace(small, name=f"r{who}", source=f"/r{who}/{night}")
                    record(ledger, mine, small, at=T0 + night, name=f"w{who}")
                os._exit(0)
            finally:
                os._exit(1)
        children.append(child)
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * 8
    ledger = open_ledger(url, create=False)
    assert chain.verify(ledger).faults == ()
    with ledger.reading() as connection:
        found = rows(connection, tables.endings)
        links = rows(connection, tables.links)
    assert [(row["run"], row["state"]) for row in found] == [(n, "finished") for n in range(1, 33)]
    seen = [(r.name, r.source) for n in range(1, 33) for r in read.audit(ledger, n).repositories[:1]]
    assert sorted(seen) == sorted((f"r{who}", f"/r{who}/{night}") for who in range(8) for night in range(4))
    assert len(links) == 64
