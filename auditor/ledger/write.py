"""A run on the record: one transaction when it begins, one when it ends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from auditor.ledger import alive, derived, record, tables
from auditor.ledger.database import Connection, Database, LedgerError
from auditor.ledger.rows import GENESIS, event_hash, link_hash, sealed, sha256, text
from auditor.model import DRIFT, Audit, RepositoryAudit, Status, Tool

# A run on another machine cannot be asked whether it lives; none takes as long.
_LONGEST = 86_400
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Head:
    """The newest link of the chain: its place, the run that it is of, its hash."""

    sequence: int
    run: int
    hash: str


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is known of a run before it starts.

    `name` is what it is filed under; `config_text` the configuration file with its hash, where there is one;
    `effective` what the program made of it.
    """

    name: str
    started_at: int
    config_sha256: str | None
    config_text: str | None
    effective: str
    tool: Tool


def begin(database: Database, said: Beginning) -> int:
    """Records that a run begins, and gives its number; runs whose process died are recorded as failed."""
    owner = alive.myself()
    with database.writing() as connection:
        _bury(connection, said.started_at)
        newest = connection.execute(tables.select(tables.func.max(tables.runs.c.number))).scalar()
        number = int(newest or 0) + 1
        texts = [said.effective, *([said.config_text] if said.config_text is not None else [])]
        named = [(sha256(words.encode()), words.encode()) for words in texts]
        _keep(connection, named)
        row = {
            "number": number,
            "name": text(said.name),
            "started_at": said.started_at,
            "config_sha256": said.config_sha256,
            "effective_sha256": named[0][0],
            "tool": said.tool.version,
            "git": said.tool.git,
            "libgit2": said.tool.libgit2,
            **asdict(owner),
        }
        _append(connection, "begin", number, [(tables.runs, row)])
    return number


def finish(database: Database, number: int, found: Audit, sources: Mapping[str, str]) -> Head:
    """Records a run whole. `sources` tells of each repository, by name, where it really lies.

    Raises `LedgerError` where it cannot be, or where the run was taken for dead meanwhile.
    """
    bodies = [record.dump(r) for r in found.repositories]
    shas = [sha256(body) for body in bodies]
    with database.writing() as connection:
        _refuse_ended(connection, number)
        new = _keep(connection, zip(shas, bodies, strict=True))
        derived.insert(connection, {sha: r for sha, r in zip(shas, found.repositories, strict=True) if sha in new})
        ending = _ending(number, found)
        if found.discovered:
            listed = record.dump_discovered(found.discovered)
            ending["discovered"] = sha256(listed)
            _keep(connection, [(sha256(listed), listed)])
        entries = [
            (tables.entries, _entry(number, at, r, sources.get(r.name, r.source), sha))
            for at, (r, sha) in enumerate(zip(found.repositories, shas, strict=True))
        ]
        return _append(connection, "end", number, [(tables.endings, ending), *entries])


def fail(database: Database, number: int, finished_at: int, reason: str) -> Head:
    """Records that a run came to nothing, and why."""
    with database.writing() as connection:
        _refuse_ended(connection, number)
        return _append(connection, "end", number, [(tables.endings, _failure(number, finished_at, reason))])


def _bury(connection: Connection, now: int) -> None:
    runs, endings = tables.runs, tables.endings
    ended = endings.select().where(endings.c.run == runs.c.number).exists()
    for run in connection.execute(runs.select().where(~ended).order_by(runs.c.number)).all():
        owner = alive.Owner(run.host, run.place, run.process, run.process_started)
        lives = alive.is_alive(owner)
        if lives is False:
            reason = f"its process ({run.process} on {run.host}) died"
        elif lives is None and now - run.started_at > _LONGEST:
            reason = f"it did not end within a day (process {run.process} on {run.host})"
        else:
            continue
        _append(connection, "end", run.number, [(tables.endings, _failure(run.number, now, reason))])


def _refuse_ended(connection: Connection, number: int) -> None:
    endings = tables.endings
    ended = connection.execute(endings.select().where(endings.c.run == number)).first()
    if ended is not None:
        raise LedgerError(
            f"run {number} has ended already ({ended.reason or ended.state}); this result is not recorded"
        )


def _append(connection: Connection, event: str, run: int, rows: Iterable[tuple[tables.Table, dict[str, Any]]]) -> Head:
    """The rows of one event, and its link in the chain."""
    whole = [(table, sealed(table.name, row)) for table, row in rows]
    for table in dict.fromkeys(table for table, _ in whole):
        connection.execute(table.insert(), [row for of, row in whole if of is table])
    links = tables.links
    last = connection.execute(links.select().order_by(links.c.sequence.desc()).limit(1)).first()
    sequence = last.sequence + 1 if last else 1
    link = {
        "sequence": sequence,
        "event": event,
        "run": run,
        "content": event_hash(row["digest"] for _, row in whole),
        "previous": last.hash if last else GENESIS,
    }
    made = link_hash(link)
    connection.execute(links.insert().values({**link, "hash": made}))
    return Head(sequence, run, made)


def _keep(connection: Connection, bodies: Iterable[tuple[str, bytes]]) -> set[str]:
    """Stores what is not there yet, by its hash, and gives the hashes of that."""
    named, contents = dict(bodies), tables.contents
    new = set(named)
    for at in range(0, len(named), _AT_ONCE):
        question = tables.select(contents.c.sha256).where(contents.c.sha256.in_(list(named)[at : at + _AT_ONCE]))
        new -= set(connection.execute(question).scalars())
    if new:
        connection.execute(
            contents.insert(), [{"sha256": sha, "body": record.pack(named[sha])} for sha in named if sha in new]
        )
    return new


def _entry(number: int, at: int, found: RepositoryAudit, source: str, sha: str) -> dict[str, Any]:
    return {
        "run": number,
        "position": at,
        "repository": text(found.name),
        "source": text(source),
        "seconds": found.duration_seconds,
        "content": sha,
    }


def _ending(number: int, found: Audit) -> dict[str, Any]:
    statuses = sum((Counter(r.tally.pairs) for r in found.repositories), Counter())
    return {
        "run": number,
        "state": "finished",
        "finished_at": found.finished_at,
        "verdict": found.verdict,
        "exit_code": found.exit_code,
        "repositories": len(found.repositories),
        "hotfixes": sum(len(r.hotfixes) for r in found.repositories),
        "pairs": statuses.total(),
        "drifting": sum(statuses[s] for s in DRIFT),
        "unknown": statuses[Status.UNKNOWN],
        "violations": sum(len(r.broken) for r in found.repositories),
    }


def _failure(number: int, finished_at: int, reason: str) -> dict[str, Any]:
    return {
        "run": number,
        "state": "failed",
        "finished_at": finished_at,
        "repositories": 0,
        "reason": text(reason),
    }
