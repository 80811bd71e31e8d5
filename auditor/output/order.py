"""What comes first: the worst."""

from __future__ import annotations

from auditor.model import Audit, Hotfix, RepositoryAudit, Status, Verdict

WORST_FIRST = (
    Status.REVERTED,
    Status.DROPPED,
    Status.MISSING,
    Status.PARTIAL,
    Status.UNKNOWN,
    Status.WAIVED,
    Status.WITHDRAWN,
    Status.NOT_APPLICABLE,
    Status.PRESENT,
)


def worst_first(found: RepositoryAudit) -> list[tuple[Hotfix, Verdict]]:
    """All pairs: overdue ones, then by how bad they are, the newest hotfix first."""
    return sorted(found.pairs(), key=lambda p: (not p[1].overdue, WORST_FIRST.index(p[1].status)))


def counts(audit: Audit) -> dict[Status, int]:
    """How many pairs have each status, zeros included, worst first."""
    every = [v.status for r in audit.repositories for _, v in r.pairs()]
    return {status: every.count(status) for status in WORST_FIRST}
