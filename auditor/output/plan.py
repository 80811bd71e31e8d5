"""A plan of back-merges as a table for people, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

from auditor.backmerge.entry import Action, Entry, Plan
from auditor.output.words import plain, writable

SCHEMA = "branch-drift/plan/v1"
_KEYS = ("repository", "tag", "branch", "action", "reason", "method", "head", "conflicts", "pull_request")


def as_json(plan: Plan) -> str:
    """The document of DESIGN, Command line."""
    entries = [{key: getattr(entry, key) for key in _KEYS} for entry in plan.entries]
    return writable(json.dumps({"schema": SCHEMA, "entries": entries}, indent=1, ensure_ascii=False)) + "\n"


def as_table(plan: Plan) -> str:
    """One pair a paragraph, those that owe nothing only counted."""
    counts = Counter(e.action for e in plan.entries)
    said = ", ".join(f"{counts[a]} {a}" for a in Action if counts[a]) or "no pair was asked about"
    lines = [line for e in plan.entries if e.action is not Action.NOT_OWED for line in _lines(e)]
    return writable("\n".join([*lines, said])) + "\n"


def _lines(entry: Entry) -> Iterator[str]:
    done = " (done)" if entry.done else ""
    how = f" by {entry.method}" if entry.method else ""
    yield f"{entry.action}{done}: {plain(entry.tag)} to {plain(entry.branch)} of {plain(entry.repository)}{how}"
    yield f"  {plain(entry.reason)}"
    if entry.conflicts:
        yield f"  conflicts: {plain(', '.join(entry.conflicts))}"
    if entry.pull_request:
        yield f"  {plain(entry.pull_request)}"


FORMATS = {"table": as_table, "json": as_json}
