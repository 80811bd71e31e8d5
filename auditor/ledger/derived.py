"""Rows made of what a repository came to, so that one can ask for a pair or a ref without reading everything.

They are no evidence of their own: `chain` makes them again and compares. A change of what is made here needs a
step in `migrations` that makes the rows of all ledgers again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from auditor import memory
from auditor.ledger import tables
from auditor.ledger.database import Connection
from auditor.ledger.rows import text
from auditor.model import RepositoryAudit

_MOST = 2**63 - 1

Rows = dict[str, list[dict[str, Any]]]


def rows(content: str, found: RepositoryAudit) -> Rows:
    """The rows of each derived table, by its name."""
    made = {"pairs": map(_pair, found.pairs()), "refs": _refs(found), "changes": map(_change, found.changes)}
    return {
        table: [{"content": content, "number": at, **row} for at, row in enumerate(some)]
        for table, some in made.items()
    }


def insert(connection: Connection, audits: Mapping[str, RepositoryAudit]) -> None:
    """Adds the rows of audits, by the hash of their content."""
    made = [rows(content, found) for content, found in audits.items()]
    for table in tables.DERIVED:
        whole = [row for some in made for row in some[table.name]]
        if whole:
            connection.execute(table.insert(), whole)


def _pair(pair: tuple[Any, Any]) -> dict[str, Any]:
    hotfix, verdict = pair
    return {
        "tag": text(hotfix.tag),
        "branch": text(verdict.branch),
        "status": verdict.status.value,
        "covers": verdict.covers.value if verdict.covers else None,
        "via": verdict.via.value if verdict.via else None,
        "since": _number(verdict.since),
        "lead_time_seconds": _number(verdict.lead_time_seconds),
        "due_at": _number(verdict.due_at),
        "overdue": verdict.overdue,
    }


def _refs(found: RepositoryAudit) -> Iterable[dict[str, Any]]:
    watched = memory.watched(found)
    for ref in found.refs:
        yield {"name": text(ref.name), "object": ref.object, "commit": ref.commit, "watched": ref.name in watched}


def _change(change: Any) -> dict[str, Any]:
    return {
        "rule": change.rule,
        "ref": text(change.ref),
        "was": change.was,
        "now": change.now,
        "run": change.run,
        "seen_at": _number(change.seen_at),
        "established": change.established,
    }


def _number(value: int | None) -> int | None:
    """Absurd times are kept whole in the content; here, as the nearest that a database can hold."""
    return None if value is None else max(-_MOST, min(_MOST, value))
