"""How drift came and went, from what finished runs of a configuration recorded; nothing between them is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from auditor.ledger import tables
from auditor.ledger.database import Connection, Database
from auditor.ledger.rows import text
from auditor.model import DRIFT, Hotfix, Status
from auditor.past import DriftDay, EarlierRun, Episode, History

# A waiver changes what drift counts as, not that the fix is not there.
_AT_ONCE = 500
_ADRIFT = frozenset({*DRIFT, Status.WAIVED})


@dataclass(frozen=True, slots=True)
class _Seen:
    """A repository as a run saw it."""

    run: int
    at: int
    repository: str
    source: str
    content: str


def history(database: Database, name: str, until: int) -> History:
    """What the runs of a configuration had recorded when run `until` ended, that run included.

    The order of runs is the chain's, in which they ended: clocks may be set back. Raises `LedgerError`.
    """
    with database.reading() as connection:
        ended = _ended(connection, name, until)
        seen = _seen(connection, name, ended)
        return History(
            days=tuple(_days(connection, ended, seen)),
            runs=tuple(_run(row) for row in reversed(ended)),
            episodes=tuple(_episodes(connection, seen)),
        )


def episodes(database: Database, name: str, repository: str, hotfix: Hotfix | None = None) -> tuple[Episode, ...]:
    """How the pairs of one repository drifted, by all that is recorded of it. Raises `LedgerError`.

    The name of a hotfix may have been another of the tags on its commit: with a `hotfix` its pairs have today's.
    """
    with database.reading() as connection:
        last = connection.execute(tables.select(tables.func.max(tables.links.c.sequence))).scalar()
        ended = _ended_by(connection, name, last or 0)
        seen = [s for s in _seen(connection, name, ended) if s.repository == text(repository)]
        return tuple(_episodes(connection, seen, hotfix))


def _ended(connection: Connection, name: str, until: int) -> list[Any]:
    links = tables.links
    last = connection.execute(tables.select(links.c.sequence).where(links.c.run == until, links.c.event == "end"))
    return _ended_by(connection, name, last.scalar() or 0)


def _ended_by(connection: Connection, name: str, last: int) -> list[Any]:
    """The runs that had ended with a link of the chain, in this order."""
    runs, endings, links = tables.runs, tables.endings, tables.links
    question = (
        tables.select(runs, *(c for c in endings.c if c.name not in ("run", "digest")))
        .join(endings, endings.c.run == runs.c.number)
        .join(links, (links.c.run == runs.c.number) & (links.c.event == "end"))
        .where(runs.c.name == text(name), links.c.sequence <= last)
        .order_by(links.c.sequence)
    )
    return list(connection.execute(question))


def _seen(connection: Connection, name: str, ended: list[Any]) -> list[_Seen]:
    """Entries of finished runs, in the order in which these ended."""
    order = {row.number: at for at, row in enumerate(ended)}
    times = {row.number: row.started_at for row in ended}
    entries, runs = tables.entries, tables.runs
    question = tables.select(entries).join(runs, runs.c.number == entries.c.run).where(runs.c.name == text(name))
    found = [
        _Seen(row.run, times[row.run], row.repository, row.source, row.content)
        for row in connection.execute(question.order_by(entries.c.run, entries.c.position))
        if row.run in order
    ]
    return sorted(found, key=lambda s: order[s.run])


def _run(row: Any) -> EarlierRun:
    nothing = 0 if row.state == "finished" else None
    return EarlierRun(
        number=row.number,
        started_at=row.started_at,
        finished_at=row.finished_at,
        verdict=row.verdict or row.state,
        repositories=row.repositories or nothing,
        hotfixes=row.hotfixes or nothing,
        pairs=row.pairs or nothing,
        drifting=row.drifting or nothing,
        unknown=row.unknown or nothing,
        violations=row.violations or nothing,
        config_sha256=row.config_sha256,
    )


def _days(connection: Connection, ended: list[Any], seen: list[_Seen]) -> Iterator[DriftDay]:
    """The last run of each day that had one, and what it saw of each branch that it could judge."""
    last = {_day(row.finished_at): row.number for row in ended if row.state == "finished"}
    counts = _counts(connection, sorted({s.content for s in seen}))
    by_run: dict[int, list[_Seen]] = {}
    for one in seen:
        by_run.setdefault(one.run, []).append(one)
    for day, number in sorted(last.items()):
        for one in by_run.get(number, []):
            for branch, drifting, overdue in counts.get(one.content, ()):
                yield DriftDay(day, one.repository, branch, drifting, overdue)


def _counts(connection: Connection, contents: list[str]) -> dict[str, list[tuple[str, int, int]]]:
    """How many pairs drift, and how many are overdue, on each branch of each content."""
    pairs = tables.pairs
    drifting = tables.func.sum(tables.case((pairs.c.status.in_([s.value for s in DRIFT]), 1), else_=0))
    overdue = tables.func.sum(tables.case((pairs.c.overdue, 1), else_=0))
    found: dict[str, list[tuple[str, int, int]]] = {}
    for at in range(0, len(contents), _AT_ONCE):
        question = (
            tables.select(pairs.c.content, pairs.c.branch, drifting, overdue)
            .where(pairs.c.content.in_(contents[at : at + _AT_ONCE]))
            .group_by(pairs.c.content, pairs.c.branch)
            .order_by(pairs.c.content, tables.func.min(pairs.c.number))
        )
        for content, branch, adrift, late in connection.execute(question):
            found.setdefault(content, []).append((branch, int(adrift), int(late)))
    return found


def _day(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def _episodes(connection: Connection, seen: list[_Seen], hotfix: Hotfix | None = None) -> Iterator[Episode]:
    """Repository by repository, so that only one's pairs are in memory."""
    ordered = sorted(seen, key=lambda s: (s.repository, s.source))
    for _, some in groupby(ordered, key=lambda s: (s.repository, s.source)):
        yield from _of_repository(connection, list(some), hotfix)


def _of_repository(connection: Connection, seen: list[_Seen], hotfix: Hotfix | None) -> Iterator[Episode]:
    episodes: list[Episode] = []
    open_: dict[tuple[str, str], int] = {}
    content, statuses = "", []
    for one in seen:
        if one.content != content:
            content, statuses = one.content, _statuses(connection, one.content)
            before = _earlier_name(connection, content, {tag for tag, *_ in statuses}, hotfix)
            statuses = [(before.get(tag, tag), branch, status) for tag, branch, status in statuses]
        for tag, branch, status in statuses:
            _note(episodes, open_, one, (tag, branch), status)
    return iter(sorted(episodes, key=lambda e: (e.started_at, e.tag, e.branch)))


def _note(
    episodes: list[Episode], open_: dict[tuple[str, str], int], seen: _Seen, pair: tuple[str, str], status: Status
) -> None:
    """What is unknown neither begins nor ends anything."""
    at = open_.get(pair)
    if status in _ADRIFT and at is None:
        open_[pair] = len(episodes)
        episodes.append(Episode(seen.repository, *pair, status.value, seen.at, None, seen.run, seen.run))
    elif status in _ADRIFT and at is not None:
        episodes[at] = replace(episodes[at], status=status.value, last_run=seen.run)
    elif status is not Status.UNKNOWN and at is not None:
        episodes[at] = replace(episodes[at], ended_at=seen.at)
        del open_[pair]


def _statuses(connection: Connection, content: str) -> list[tuple[str, str, Status]]:
    pairs = tables.pairs
    question = tables.select(pairs.c.tag, pairs.c.branch, pairs.c.status).where(pairs.c.content == content)
    found: Iterable[Any] = connection.execute(question.order_by(pairs.c.number))
    return [(tag, branch, Status(status)) for tag, branch, status in found]


def _earlier_name(connection: Connection, content: str, tags: set[str], hotfix: Hotfix | None) -> dict[str, str]:
    """The name that a hotfix had in a content, if it was another one: that of a tag which was on its commit then."""
    if hotfix is None or text(hotfix.tag) in tags:
        return {}
    refs = tables.refs
    names = [f"refs/tags/{text(alias)}" for alias in hotfix.aliases if text(alias) in tags]
    question = tables.select(refs.c.name).where(
        refs.c.content == content, refs.c.name.in_(names), refs.c.commit == hotfix.commit
    )
    there = connection.execute(question).scalars() if names else ()
    return {name.removeprefix("refs/tags/"): text(hotfix.tag) for name in there}
