"""A plan of back-merges as a table for people, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from typing_extensions import TypedDict

from auditor.backmerge.entry import LEFT_TO_DO, Action, Entry, Plan
from auditor.output.words import plain, writable

SCHEMA = "branch-drift/plan/v1"
_DONE = {
    Action.OPEN: "opened",
    Action.CONFLICTING: "opened as a draft",
    Action.UPDATE: "updated",
    Action.CLOSE: "closed",
    Action.ALREADY_MERGED: "merged meanwhile",
    Action.CLOSED: "closed by somebody meanwhile",
}


class EntryDocument(TypedDict):
    """A pair in the plan. `head` is the commit that is offered, `pull_request` its address."""

    repository: str
    tag: str
    branch: str
    action: Action
    reason: str
    method: Literal["merge", "cherry-pick"] | None
    head: str | None
    conflicts: list[str]
    pull_request: str | None


class PlanDocument(TypedDict):
    """The plan: every pair that was asked about."""

    schema: str
    entries: list[EntryDocument]


_KEYS = tuple(EntryDocument.__annotations__)


def as_json(plan: Plan) -> str:
    """The document of DESIGN, Command line."""
    entries = [{key: getattr(entry, key) for key in _KEYS} for entry in plan.entries]
    return writable(json.dumps({"schema": SCHEMA, "entries": entries}, indent=1, ensure_ascii=False)) + "\n"


def json_schema() -> dict[str, Any]:
    """The JSON Schema of the document, closed: every key is required, others are refused."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(PlanDocument).json_schema()
    for part in (schema, *schema["$defs"].values()):
        if part["type"] == "object":
            part["additionalProperties"] = False
    schema["properties"]["schema"] = {"const": SCHEMA, "type": "string"}
    return schema


def as_table(plan: Plan) -> str:
    """One pair a paragraph, those that owe nothing only counted."""
    counts = Counter(e.action for e in plan.entries)
    said = ", ".join(f"{counts[a]} {a}" for a in Action if counts[a]) or "no pair was asked about"
    lines = [line for e in plan.entries if e.action is not Action.NOT_OWED for line in _lines(e)]
    return writable("\n".join([*lines, said])) + "\n"


def counts(plan: Plan) -> dict[str, int]:
    """How many were opened, updated and closed, how many are left, and what could not be done."""
    done = Counter(e.action for e in plan.entries if e.done)
    left = sum(e.action in LEFT_TO_DO and not e.done for e in plan.entries)
    return {
        "opened": done[Action.OPEN] + done[Action.CONFLICTING],
        "updated": done[Action.UPDATE],
        "closed": done[Action.CLOSE],
        "left": left,
        "refused": len(plan.problems),
    }


def totals(plan: Plan) -> str:
    """The same as words."""
    return ", ".join(f"{number} {word}" for word, number in counts(plan).items())


def line(entry: Entry) -> str:
    """One entry on one line: what was done, or what is left and why."""
    word = _DONE.get(entry.action, entry.action.value) if entry.done else entry.action.value
    said = f"{word}: {entry.tag} to {entry.branch} of {entry.repository}: {entry.reason}"
    return plain(f"{said}: {entry.pull_request}" if entry.pull_request else said)


def summary(plan: Plan, without: Sequence[str]) -> str:
    """What a run did about drift: what was done, what is left and why, and where nothing could be offered."""
    told = [
        e for e in plan.entries if e.done or e.action not in (Action.NOT_OWED, Action.WAIVED, Action.ALREADY_MERGED)
    ]
    lines = [f"Back-merges: {totals(plan)}", *(f"  {line(e)}" for e in told)]
    lines += [f"  refused: {plain(p.code)}: {plain(p.detail)}" for p in plan.problems]
    if without:
        lines.append(f"  without forge:, so that nothing was offered: {plain(', '.join(without))}")
    return writable("\n".join(lines)) + "\n"


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
