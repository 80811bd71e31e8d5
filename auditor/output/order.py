"""What comes first: the worst."""

from __future__ import annotations

from collections import Counter

from auditor.model import Audit, Hotfix, RepositoryAudit, Severity, Status, Verdict

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


def errors(found: RepositoryAudit) -> int:
    """How many broken rules fail the run, whatever its pairs say: those of severity error that no waiver covers."""
    return sum(v.severity is Severity.ERROR for v in found.broken)


def unselected(found: RepositoryAudit) -> bool:
    """Whether there are tags, and none of them is audited."""
    return found.main.commit is not None and found.tags_total > 0 and not found.tags_audited


def in_short(audit: Audit) -> str:
    """What was found, counted: pairs by status, broken rules, repositories that could not be judged in full."""
    broken = Counter(v.severity for r in audit.repositories for v in r.broken)
    parts = [", ".join(f"{n} {status}" for status, n in counts(audit).items() if n) or "no pairs"]
    if broken:
        parts.append("broken rules: " + ", ".join(f"{broken[s]} {s}" for s in Severity if broken[s]))
    unread = sum(bool(r.errors) for r in audit.repositories)
    if unread:
        parts.append(f"{unread} of {len(audit.repositories)} repositories not judged in full")
    silent = sum(map(unselected, audit.repositories))
    if silent:
        parts.append(f"{silent} of {len(audit.repositories)} repositories without a hotfix among their tags")
    return "; ".join(parts)
