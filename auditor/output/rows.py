"""The audit as tables: what each is called, its columns, its rows. Cells are text, numbers or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.model import Audit, Hotfix, Problem, RepositoryAudit, Severity, Status, Verdict
from auditor.output.order import counts
from auditor.output.words import approval, rfc3339

Cell = str | int | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table, ready to be written in any form."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


PAIRS = (
    "repository", "tag", "commit", "tagged_at", "branch", "status", "via", "since", "lead_time_seconds",
    "due_at", "overdue", "reason", "waived_by", "waived_until", "conflicts",
    "waived_at", "waiver_reason", "control", "aliases",
)  # fmt: skip
_FIXES = (
    "repository", "tag", "branch", "commit", "subject", "author", "authored_at", "paths",
    "status", "via", "since", "evidence_commit", "evidence",
)  # fmt: skip
_VIOLATIONS = ("repository", "rule", "severity", "tag", "branch", "commit", "detail", "waived")
_WAIVERS = (
    "repository", "rule", "tag", "branch", "commit", "standing", "covers", "reason", "approved_by", "approved_at",
    "control", "expires", "ends_soon",
)  # fmt: skip
_SUMMARY = ("what", "value")


def pairs(audit: Audit) -> Table:
    """A row a pair."""
    return Table("pairs", PAIRS, tuple(_pair(r, h, v) for r in audit.repositories for h, v in r.pairs()))


def unjudged(audit: Audit) -> Table:
    """Rows of the same columns for what has no pair, because it could not be read: each with the reason."""
    failed = [(r.name, e) for r in audit.repositories for e in _unpaired(r)]
    failed += [(f"{d.type} {d.owner}", e) for d in audit.discovered for e in d.errors]
    at = {"status": Status.UNKNOWN.value, "overdue": "no"}
    known = [at | {"repository": name, "reason": f"{e.code}: {e.detail}"} for name, e in failed]
    return Table("unjudged", PAIRS, tuple(tuple(map(row.get, PAIRS)) for row in known))


def _unpaired(found: RepositoryAudit) -> Iterator[Problem]:
    """What could not be judged and no pair tells of: an absent branch has one with every hotfix."""
    said = {v.reason for _, v in found.pairs() if v.status is Status.UNKNOWN}
    for error in found.errors:
        if error.detail not in said and not (error.code == "branch-absent" and found.hotfixes):
            yield error


def tables(audit: Audit) -> tuple[Table, ...]:
    """Everything, summary first."""
    return (
        Table("summary", _SUMMARY, tuple(_summary(audit))),
        pairs(audit),
        Table("fixes", _FIXES, _every(audit, _fixes)),
        Table("violations", _VIOLATIONS, tuple(_violations(audit))),
        Table("waivers", _WAIVERS, tuple(_waivers(audit))),
    )


def _every(audit: Audit, rows: Callable[[RepositoryAudit, Hotfix, Verdict], Iterator[Row]]) -> tuple[Row, ...]:
    return tuple(row for r in audit.repositories for h, v in r.pairs() for row in rows(r, h, v))


def _summary(audit: Audit) -> Iterator[Row]:
    yield "verdict", audit.verdict
    yield "started_at", rfc3339(audit.started_at)
    yield "finished_at", rfc3339(audit.finished_at)
    yield "config_sha256", audit.config_sha256
    yield "branch-drift", audit.tool.version
    yield "git", audit.tool.git
    yield "libgit2", audit.tool.libgit2
    yield "repositories", len(audit.repositories)
    yield "tags", sum(r.tags_total for r in audit.repositories)
    yield "tags audited", sum(r.tags_audited for r in audit.repositories)
    yield "tags excluded", sum(len(r.excluded) for r in audit.repositories)
    yield "hotfixes", sum(len(r.hotfixes) for r in audit.repositories)
    for status, number in counts(audit).items():
        yield f"pairs {status}", number
    broken = [v.severity for r in audit.repositories for v in r.broken]
    for severity in (s for s in Severity if s is not Severity.OFF):
        yield f"violations {severity}", broken.count(severity)
    for repository in audit.repositories:
        for error in repository.errors:
            yield f"not judged: {repository.name}", f"{error.code}: {error.detail}"
    for forge in audit.discovered:
        for error in forge.errors:
            yield f"not judged: {forge.type} {forge.owner}", f"{error.code}: {error.detail}"
        for excluded in forge.excluded:
            yield f"excluded: {excluded.repository}", excluded.reason


def _pair(repository: RepositoryAudit, hotfix: Hotfix, verdict: Verdict) -> Row:
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
        verdict.lead_time_seconds,
        rfc3339(verdict.due_at),
        "yes" if verdict.overdue else "no",
        verdict.reason,
        waiver.approved_by if waiver else None,
        waiver.expires if waiver else None,
        " ".join(verdict.forecast.conflicts) if verdict.forecast else None,
        waiver.approved_at if waiver else None,
        waiver.reason if waiver else None,
        waiver.control if waiver else None,
        " ".join(hotfix.aliases) or None,
    )


def _fixes(repository: RepositoryAudit, hotfix: Hotfix, verdict: Verdict) -> Iterator[Row]:
    known = {f.commit: f for f in hotfix.fixes}
    for found in verdict.fixes:
        fix = known.get(found.commit)
        yield (
            repository.name,
            hotfix.tag,
            verdict.branch,
            found.commit,
            fix.subject if fix else None,
            fix.author if fix else None,
            rfc3339(fix.authored_at) if fix else None,
            " ".join(fix.paths) if fix else None,
            found.status.value,
            found.via.value if found.via else None,
            rfc3339(found.since),
            found.evidence.commit,
            found.evidence.detail,
        )


def _violations(audit: Audit) -> Iterator[Row]:
    for repository in audit.repositories:
        for v in repository.violations:
            waived = approval(v.waiver) if v.waiver else None
            yield (repository.name, v.rule, v.severity.value, v.tag, v.branch, v.commit, v.detail, waived)


def _waivers(audit: Audit) -> Iterator[Row]:
    """All of them, also those that decide nothing."""
    for repository in audit.repositories:
        covers = {v.waiver: v.covers.value for _, v in repository.pairs() if v.waiver and v.covers}
        for entry in repository.waivers:
            w = entry.waiver
            named = (repository.name, w.rule, w.tag, w.branch, w.commit, entry.standing.value, covers.get(w))
            soon = "yes" if entry.ends_soon else "no"
            yield (*named, w.reason, w.approved_by, w.approved_at, w.control, w.expires, soon)
