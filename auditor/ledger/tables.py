"""The ledger's tables. A column that is added must be nullable: what is null is in no hash (`rows`)."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    case,
    func,
    select,
)

__all__ = ["Column", "Condition", "Table", "case", "func", "select"]

Condition = ColumnElement[bool]
VERSION = 2

metadata = MetaData()

meta = Table(
    "meta",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
# How each run began. `name` is the configuration's; `host` to `process_started` say who runs it.
runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("config_sha256", Text),
    Column("effective_sha256", Text, nullable=False),
    Column("tool", Text, nullable=False),
    Column("git", Text, nullable=False),
    Column("libgit2", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("process", BigInteger, nullable=False),
    Column("process_started", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
# How each run ended: `state` is finished or failed, `repositories` counts its entries, `discovered` is the hash of
# what forges listed (since version 2).
endings = Table(
    "endings",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False),
    Column("finished_at", BigInteger, nullable=False),
    Column("verdict", Text),
    Column("exit_code", Integer),
    Column("repositories", Integer, nullable=False),
    Column("hotfixes", Integer),
    Column("pairs", Integer),
    Column("drifting", Integer),
    Column("unknown", Integer),
    Column("violations", Integer),
    Column("reason", Text),
    Column("digest", Text, nullable=False),
    Column("discovered", Text),
)
# What each repository of a finished run came to, in the configuration's order.
entries = Table(
    "entries",
    metadata,
    Column("run", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("repository", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("content", Text, nullable=False),
    Column("digest", Text, nullable=False),
)
# Texts by the SHA-256 of what `body` unpacks to (zlib): configurations, and audits of repositories.
contents = Table(
    "contents",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)
# The chain: `event` is begin or end, `content` hashes the event's rows, `previous` is the hash of the link before.
links = Table(
    "links",
    metadata,
    Column("sequence", Integer, primary_key=True, autoincrement=False),
    Column("event", Text, nullable=False),
    Column("run", Integer, nullable=False),
    Column("content", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

# What `contents` says of repositories, in rows to ask by (`derived`): since version 2.
BY_REPOSITORY = Index("entries_by_repository", entries.c.repository, entries.c.source, entries.c.run)
pairs = Table(
    "pairs",
    metadata,
    Column("content", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("tag", Text, nullable=False),
    Column("branch", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("covers", Text),
    Column("via", Text),
    Column("since", BigInteger),
    Column("lead_time_seconds", BigInteger),
    Column("due_at", BigInteger),
    Column("overdue", Boolean, nullable=False),
)
refs = Table(
    "refs",
    metadata,
    Column("content", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("object", Text, nullable=False),
    Column("commit", Text),
    Column("watched", Boolean, nullable=False),
)
changes = Table(
    "changes",
    metadata,
    Column("content", Text, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("rule", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("was", Text, nullable=False),
    Column("now", Text),
    Column("run", Integer, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    Column("established", Boolean, nullable=False),
)
DERIVED = (pairs, refs, changes)
