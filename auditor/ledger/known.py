"""What the last run that could read a repository remembers of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from auditor.ledger import tables
from auditor.ledger.database import Connection, Database
from auditor.ledger.rows import text
from auditor.past import Known, Ref, RefChange

_AT_ONCE = 500


def known(database: Database, name: str, sources: Mapping[str, str]) -> dict[str, Known]:
    """For each repository of a configuration (`sources`: its name, and where it really lies) that a run ever read."""
    wanted = {(text(repository), text(source)): repository for repository, source in sources.items()}
    with database.reading() as connection:
        newest = {key: entry for key, entry in _newest(connection, name).items() if key in wanted}
        refs = _refs(connection, {e.content for e in newest.values()})
        changes = _changes(connection, {e.content for e in newest.values()})
    return {
        wanted[key]: Known(e.run, e.started_at, tuple(refs[e.content]), tuple(changes[e.content]))
        for key, e in newest.items()
    }


def _newest(connection: Connection, name: str) -> dict[tuple[str, str], Any]:
    """The newest entry of each repository among those that hold refs: a failed audit remembers nothing."""
    runs, entries, refs = tables.runs, tables.entries, tables.refs
    # Text, since a content without refs is one that could not be read.
    readable = tables.select(refs.c.content).where(refs.c.number == 0)
    last = (
        tables.select(entries.c.repository, entries.c.source, tables.func.max(entries.c.run).label("run"))
        .join(runs, runs.c.number == entries.c.run)
        .where(runs.c.name == text(name), entries.c.content.in_(readable))
        .group_by(entries.c.repository, entries.c.source)
        .subquery()
    )
    question = (
        tables.select(entries.c.repository, entries.c.source, entries.c.run, entries.c.content, runs.c.started_at)
        .join(
            last,
            (last.c.run == entries.c.run)
            & (last.c.repository == entries.c.repository)
            & (last.c.source == entries.c.source),
        )
        .join(runs, runs.c.number == entries.c.run)
    )
    return {(row.repository, row.source): row for row in connection.execute(question)}


def _refs(connection: Connection, contents: Iterable[str]) -> dict[str, list[Ref]]:
    refs = tables.refs
    found = defaultdict(list)
    for some in _chunks(sorted(contents)):
        # There may be a thousand times as many refs as repositories: fetched at once, and taken apart as tuples.
        question = (
            tables.select(refs.c.content, refs.c.name, refs.c.object, refs.c.commit)
            .where(refs.c.content.in_(some), refs.c.watched)
            .order_by(refs.c.content, refs.c.number)
        )
        for content, name, object_, commit in connection.execute(question).all():
            found[content].append(Ref(name, object_, commit))
    return found


def _changes(connection: Connection, contents: Iterable[str]) -> dict[str, list[RefChange]]:
    changes = tables.changes
    found = defaultdict(list)
    for some in _chunks(sorted(contents)):
        question = changes.select().where(changes.c.content.in_(some)).order_by(changes.c.content, changes.c.number)
        for row in connection.execute(question):
            found[row.content].append(
                RefChange(row.rule, row.ref, row.was, row.now, row.run, row.seen_at, row.established)
            )
    return found


def _chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[at : at + _AT_ONCE] for at in range(0, len(values), _AT_ONCE))
