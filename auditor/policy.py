"""What the configuration, the clock and earlier runs add to the facts: due times, waivers, changed refs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from auditor import due, rules, waiving
from auditor.config.configuration import RepositoryConfig
from auditor.config.parts import WaiverConfig
from auditor.model import (
    DRIFT,
    Hotfix,
    RepositoryAudit,
    RuleNotJudged,
    Status,
    Verdict,
)
from auditor.past import Approval, RefChange


def apply_policy(audit: RepositoryAudit, config: RepositoryConfig, now: int) -> RepositoryAudit:
    """The audit with due times, waivers, and the rules about waivers and changed refs, as of `now`."""
    active = [w for w in waiving.unexpired(config, now) if w.rule is None]
    judged = _judged(audit, config, active, now)
    audit = replace(audit, changes=tuple(_acknowledged(c, audit.changes, config) for c in audit.changes))
    violations = (*audit.violations, *rules.remembered(audit, config))
    not_judged = _not_judged(audit, config)
    graded = tuple(sorted(config.rules.items()))
    found = replace(audit, hotfixes=judged, violations=violations, not_judged=not_judged, graded=graded)
    return waiving.waived(found, config, now)


def _judged(audit: RepositoryAudit, config: RepositoryConfig, active: list[WaiverConfig], now: int) -> Sequence[Hotfix]:
    if not active and not any(b.sla for b in config.branches):
        return audit.hotfixes
    return tuple(_decided(audit, h, config, active, now) for h in audit.hotfixes)


def _decided(
    audit: RepositoryAudit, hotfix: Hotfix, config: RepositoryConfig, active: list[WaiverConfig], now: int
) -> Hotfix:
    names = waiving.names(audit, hotfix)
    own = [w for w in active if w.tag in names]
    return replace(hotfix, verdicts=tuple(_decide(hotfix, v, config, own, now) for v in hotfix.verdicts))


def _not_judged(audit: RepositoryAudit, config: RepositoryConfig) -> tuple[RuleNotJudged, ...]:
    """Which rules the forge is asked for hangs on the configuration of today, not on that of a remembered audit."""
    of_forge = {rule.NAME for rule in (*rules.REVIEWS, *rules.RUNS)}
    read = audit.main.commit is not None
    today = tuple(n for n in rules.not_judged(config, read=read) if n.rule in of_forge)
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
    waiver = next((w for w in active if w.branch == verdict.branch), None)
    if waiver is None:
        overdue = due_at is not None and now > due_at
        return replace(verdict, due_at=due_at, overdue=overdue, reason=_dated(hotfix, verdict.reason, due_at, now))
    return replace(verdict, due_at=due_at, status=Status.WAIVED, covers=verdict.status, waiver=waiving.value(waiver))


def _dated(hotfix: Hotfix, reason: str, due_at: int | None, now: int) -> str:
    """The reason, and that a tag from the future gives its pair more time than the service level does."""
    if due_at is None or hotfix.tagged_at <= now:
        return reason
    return f"{reason}; the tag is dated later than this audit, and so it is not overdue yet"
