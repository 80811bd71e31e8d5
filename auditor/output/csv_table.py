"""One row a pair, as comma-separated values."""

from __future__ import annotations

import pandas as pd

from auditor.model import Audit, Hotfix, RepositoryAudit, Verdict
from auditor.output.words import rfc3339, writable

_COLUMNS = (
    "repository", "tag", "commit", "tagged_at", "branch", "status", "via", "since", "lead_time_seconds",
    "due_at", "overdue", "reason", "waived_by", "waived_until", "conflicts",
)  # fmt: skip
_LIVE = ("=", "+", "-", "@", "\t", "\r")


def render(audit: Audit) -> str:
    """The pairs of all repositories. A spreadsheet must not take a commit's text for a formula."""
    rows = [_row(r, h, v) for r in audit.repositories for h, v in r.pairs()]
    frame = pd.DataFrame(rows, columns=list(_COLUMNS), dtype=object)
    text: str = frame.map(_inert).to_csv(index=False, lineterminator="\n")
    return text


def _row(repository: RepositoryAudit, hotfix: Hotfix, verdict: Verdict) -> tuple[object, ...]:
    waiver = verdict.waiver
    return (
        repository.name,
        hotfix.tag,
        hotfix.commit,
        rfc3339(hotfix.tagged_at),
        verdict.branch,
        verdict.status.value,
        verdict.via.value if verdict.via else None,
        rfc3339(verdict.since),
        "" if verdict.lead_time_seconds is None else str(verdict.lead_time_seconds),
        rfc3339(verdict.due_at),
        "yes" if verdict.overdue else "no",
        verdict.reason,
        waiver.approved_by if waiver else None,
        waiver.expires if waiver else None,
        " ".join(verdict.forecast.conflicts) if verdict.forecast else None,
    )


def _inert(cell: object) -> object:
    if isinstance(cell, str):
        return writable(f"'{cell}" if cell.startswith(_LIVE) else cell)
    return cell
