"""What the configuration and the clock add to the facts: due times, overdue pairs, waivers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from auditor.config import RepositoryConfig, WaiverConfig
from auditor.model import DRIFT, Hotfix, RepositoryAudit, Severity, Status, Verdict, Violation, Waiver


def apply_policy(audit: RepositoryAudit, config: RepositoryConfig, now: int) -> RepositoryAudit:
    """The audit with due times, waivers and the rules about waivers, as of `now`."""
    today = datetime.fromtimestamp(now, UTC).date()
    active = [w for w in config.waivers if w.expires >= today]
    slas = {b.name: b.sla for b in config.branches}
    judged = tuple(
        replace(h, verdicts=tuple(_decide(h, v, slas.get(v.branch), active, now) for v in h.verdicts))
        for h in audit.hotfixes
    )
    violations = (*audit.violations, *_expired(config, active), *_unused(config, active, judged))
    return replace(audit, hotfixes=judged, violations=tuple(v for v in violations if v.severity is not Severity.OFF))


def _decide(hotfix: Hotfix, verdict: Verdict, sla: int | None, active: list[WaiverConfig], now: int) -> Verdict:
    if sla is None and not active:
        return verdict
    due = hotfix.tagged_at + sla if sla is not None else None
    if verdict.status not in DRIFT:
        return replace(verdict, due_at=due)
    waiver = next((w for w in active if _covers(w, hotfix, verdict)), None)
    if waiver is None:
        return replace(verdict, due_at=due, overdue=due is not None and now > due)
    value = Waiver(waiver.tag, waiver.branch, waiver.reason, waiver.approved_by, waiver.expires.isoformat())
    return replace(verdict, due_at=due, status=Status.WAIVED, covers=verdict.status, waiver=value)


def _covers(waiver: WaiverConfig, hotfix: Hotfix, verdict: Verdict) -> bool:
    return waiver.tag in (hotfix.tag, *hotfix.aliases) and waiver.branch == verdict.branch


def _expired(config: RepositoryConfig, active: list[WaiverConfig]) -> list[Violation]:
    return [
        _violation(config, "waiver-expired", w, f"ran out on {w.expires.isoformat()}: {w.reason}")
        for w in config.waivers
        if w not in active
    ]


def _unused(config: RepositoryConfig, active: list[WaiverConfig], judged: tuple[Hotfix, ...]) -> list[Violation]:
    used = {(tag, v.branch) for h in judged for v in h.verdicts if v.waiver for tag in (h.tag, *h.aliases)}
    return [
        _violation(config, "waiver-unused", w, "covers nothing: there is no such drifting pair")
        for w in active
        if (w.tag, w.branch) not in used
    ]


def _violation(config: RepositoryConfig, rule: str, waiver: WaiverConfig, detail: str) -> Violation:
    return Violation(rule, config.severity(rule), waiver.tag, waiver.branch, None, detail)
