"""What the configuration, the clock and earlier runs add to the facts: due times, waivers, changed refs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from auditor import due, rules
from auditor.config import RepositoryConfig
from auditor.config_parts import WaiverConfig
from auditor.model import (
    DRIFT,
    Hotfix,
    RepositoryAudit,
    RuleNotJudged,
    Severity,
    Status,
    Verdict,
    Violation,
)
from auditor.past import Approval, RefChange
from auditor.waivers import ListedWaiver, Standing, Waiver


def apply_policy(audit: RepositoryAudit, config: RepositoryConfig, now: int) -> RepositoryAudit:
    """The audit with due times, waivers, and the rules about waivers and changed refs, as of `now`."""
    today = datetime.fromtimestamp(now, UTC).date()
    active = [w for w in config.waivers if w.expires >= today]
    judged = _judged(audit.hotfixes, config, active, now)
    audit = replace(audit, changes=tuple(_acknowledged(c, audit.changes, config) for c in audit.changes))
    listed = tuple(_listed(w, config, today, now, judged) for w in config.waivers)
    violations = (*audit.violations, *rules.remembered(audit, config), *_about_waivers(config, listed))
    kept = tuple(v for v in violations if v.severity is not Severity.OFF)
    return replace(audit, hotfixes=judged, waivers=listed, violations=kept, not_judged=_not_judged(audit, config))


def _judged(
    hotfixes: Sequence[Hotfix], config: RepositoryConfig, active: list[WaiverConfig], now: int
) -> Sequence[Hotfix]:
    if not active and not any(b.sla for b in config.branches):
        return hotfixes
    return tuple(replace(h, verdicts=tuple(_decide(h, v, config, active, now) for v in h.verdicts)) for h in hotfixes)


def _not_judged(audit: RepositoryAudit, config: RepositoryConfig) -> tuple[RuleNotJudged, ...]:
    """Which rules the forge is asked for hangs on the configuration of today, not on that of a remembered audit."""
    of_forge = {rule.NAME for rule in (*rules.REVIEWS, *rules.RUNS)}
    today = tuple(n for n in rules.not_judged(config) if n.rule in of_forge)
    return (*(n for n in audit.not_judged if n.rule not in of_forge), *today)


def _acknowledged(change: RefChange, changes: tuple[RefChange, ...], config: RepositoryConfig) -> RefChange:
    """An approval of what a ref was covers what it was before, too."""
    for entry in config.acknowledged:
        covered = [c.run for c in changes if (entry.rule, entry.was) == (c.rule, c.was) and _is(entry.ref, c.ref)]
        if covered and change.rule == entry.rule and _is(entry.ref, change.ref) and change.run <= max(covered):
            day = entry.approved_at.isoformat() if entry.approved_at else None
            return replace(change, acknowledged=Approval(entry.reason, entry.approved_by, day))
    return change


def _is(name: str, ref: str) -> bool:
    """Whether a short or full name means a ref."""
    return ref in (name, f"refs/tags/{name}", f"refs/heads/{name}", f"refs/remotes/origin/{name}")


def _decide(
    hotfix: Hotfix, verdict: Verdict, config: RepositoryConfig, active: list[WaiverConfig], now: int
) -> Verdict:
    sla = next((b.sla for b in config.branches if b.name == verdict.branch), None)
    if sla is None and not active:
        return verdict
    due_at = due.due_at(hotfix.tagged_at, sla, config.calendar) if sla else None
    if verdict.status not in DRIFT:
        return replace(verdict, due_at=due_at)
    waiver = next((w for w in active if _covers(w, hotfix, verdict)), None)
    if waiver is None:
        return replace(verdict, due_at=due_at, overdue=due_at is not None and now > due_at)
    return replace(verdict, due_at=due_at, status=Status.WAIVED, covers=verdict.status, waiver=_value(waiver))


def _covers(waiver: WaiverConfig, hotfix: Hotfix, verdict: Verdict) -> bool:
    return waiver.tag in (hotfix.tag, *hotfix.aliases) and waiver.branch == verdict.branch


def _value(waiver: WaiverConfig) -> Waiver:
    return Waiver(
        tag=waiver.tag,
        branch=waiver.branch,
        reason=waiver.reason,
        approved_by=waiver.approved_by,
        expires=waiver.expires.isoformat(),
        approved_at=waiver.approved_at.isoformat() if waiver.approved_at else None,
        control=waiver.control,
    )


def _listed(
    waiver: WaiverConfig, config: RepositoryConfig, today: date, now: int, judged: Sequence[Hotfix]
) -> ListedWaiver:
    if waiver.expires < today:
        return ListedWaiver(_value(waiver), Standing.ENDED, ends_soon=False)
    used = any(v.waiver and _covers(waiver, h, v) for h in judged for v in h.verdicts)
    left = _end_of(waiver.expires) - now
    return ListedWaiver(
        _value(waiver), Standing.IN_FORCE if used else Standing.UNUSED, ends_soon=left <= config.waiver_warning
    )


def _end_of(day: date) -> float:
    """The first second after a day (UTC); the calendar's last day has none, and ends never."""
    if day == date.max:
        return float("inf")
    return datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()


def _about_waivers(config: RepositoryConfig, listed: tuple[ListedWaiver, ...]) -> Iterator[Violation]:
    for entry in listed:
        waiver = entry.waiver
        if entry.standing is Standing.ENDED:
            said = f"ran out on {waiver.expires}: {waiver.reason}"
            yield _violation(config, "waiver-expired", waiver, said)
    for entry in listed:
        if entry.standing is Standing.UNUSED:
            yield _violation(config, "waiver-unused", entry.waiver, "covers nothing: there is no such drifting pair")


def _violation(config: RepositoryConfig, rule: str, waiver: Waiver, detail: str) -> Violation:
    return Violation(rule, config.severity(rule), waiver.tag, waiver.branch, None, detail)
