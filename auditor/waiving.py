"""What the waivers of a configuration come to: which broken rules they cover, which are listed how, which are amiss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from auditor import rules
from auditor.config.configuration import RepositoryConfig
from auditor.config.parts import WaiverConfig
from auditor.config.rule_names import OF_WAIVERS
from auditor.model import Hotfix, RepositoryAudit, RuleNotJudged, Severity, Status, Violation
from auditor.tag_names import REPLACED, quoted
from auditor.waivers import ListedWaiver, Standing, Waiver

_NO_PAIR = "covers nothing: there is no such drifting pair"
_NO_VIOLATION = "covers nothing: that rule is not broken there"
_MOST_ALIKE = 3
_NOT_KNOWN = RuleNotJudged("waiver-unused", "what a waiver covers could not be judged")


def waived(audit: RepositoryAudit, config: RepositoryConfig, now: int) -> RepositoryAudit:
    """The audit with its broken rules under their waivers, all waivers listed, and the rules about these.

    Done again once the forge has told what else is broken, it comes to what all of that makes of the waivers.
    """
    active = [w for w in unexpired(config, now) if w.rule is not None]
    found = [_excepted(audit, v, active) for v in audit.violations if v.rule not in OF_WAIVERS]
    audit = replace(audit, violations=tuple(found))
    listed = tuple(_listed(w, config, now, audit) for w in config.waivers)
    kept = (v for v in (*found, *_about_waivers(config, listed, audit)) if v.severity is not Severity.OFF)
    silent = tuple(n for n in audit.not_judged if n != _NOT_KNOWN)
    if any(entry.standing is Standing.UNKNOWN for entry in listed):
        silent = (*silent, _NOT_KNOWN)
    return replace(audit, waivers=listed, violations=tuple(kept), not_judged=silent)


def _excepted(audit: RepositoryAudit, violation: Violation, active: Sequence[WaiverConfig]) -> Violation:
    waiver = next((w for w in active if _covers_violation(audit, w, violation)), None)
    return replace(violation, waiver=None if waiver is None else value(waiver))


def _covers_violation(audit: RepositoryAudit, waiver: WaiverConfig, violation: Violation) -> bool:
    """Whether a waiver is for the rule, and all that it names is the violation's; a tag that looks alike is another."""
    if waiver.rule != violation.rule:
        return False
    if waiver.tag is not None and _exact(audit, violation.tag or "", violation.commit) != {waiver.tag}:
        return False
    named = ((waiver.branch, violation.branch), (waiver.commit, violation.commit))
    return all(said in (None, has) for said, has in named)


def unexpired(config: RepositoryConfig, now: int) -> list[WaiverConfig]:
    """The waivers that have not run out."""
    return [w for w in config.waivers if w.expires >= _day(now)]


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, UTC).date()


def names(audit: RepositoryAudit, hotfix: Hotfix) -> frozenset[str]:
    """The exact names of a hotfix's tags, any of which a waiver may have. What is shown of two may be the same."""
    said = (hotfix.tag, *hotfix.aliases)
    if not any(REPLACED in name for name in said):
        return frozenset(said)
    return frozenset(exact for name in said for exact in _exact(audit, name, hotfix.commit))


def _exact(audit: RepositoryAudit, shown: str, commit: str | None) -> frozenset[str]:
    """The exact names of the tags that are shown so: those on a commit where there are any, else all."""
    if REPLACED not in shown:
        return frozenset({shown})
    alike = [r for r in audit.refs if r.name == f"refs/tags/{shown}"]
    there = [r for r in alike if r.commit == commit] or alike
    return frozenset(r.exact or shown for r in there) or frozenset({shown})


def value(waiver: WaiverConfig) -> Waiver:
    """A waiver of the configuration as a frozen value."""
    return Waiver(
        tag=waiver.tag,
        branch=waiver.branch,
        reason=waiver.reason,
        approved_by=waiver.approved_by,
        expires=waiver.expires.isoformat(),
        approved_at=waiver.approved_at.isoformat() if waiver.approved_at else None,
        control=waiver.control,
        rule=waiver.rule,
        commit=waiver.commit,
    )


def _listed(waiver: WaiverConfig, config: RepositoryConfig, now: int, audit: RepositoryAudit) -> ListedWaiver:
    if waiver.expires < _day(now):
        return ListedWaiver(value(waiver), Standing.ENDED, ends_soon=False)
    standing = _of_pair(waiver, audit) if waiver.rule is None else _of_rule(waiver, config, audit)
    left = _end_of(waiver.expires) - now
    return ListedWaiver(value(waiver), standing, ends_soon=left <= config.waiver_warning)


def _of_pair(waiver: WaiverConfig, audit: RepositoryAudit) -> Standing:
    """Whether it covers drift. Of a pair that was not judged, or a repository that was not read, nobody can tell."""
    own = (h for h in audit.hotfixes if waiver.tag in names(audit, h))
    about = [v for h in own for v in h.verdicts if v.branch == waiver.branch]
    if any(v.waiver for v in about):
        return Standing.IN_FORCE
    known = audit.main.commit is not None and all(v.status is not Status.UNKNOWN for v in about)
    return Standing.UNUSED if known else Standing.UNKNOWN


def _of_rule(waiver: WaiverConfig, config: RepositoryConfig, audit: RepositoryAudit) -> Standing:
    """Whether it covers a broken rule. Where the rule was not, or not yet, judged, nobody can say that it does not."""
    judged = waiver.rule not in {n.rule for n in audit.not_judged}
    asked = audit.forge is not None or waiver.rule not in rules.on(config)
    used = any(_covers_violation(audit, waiver, v) for v in audit.violations)
    if used:
        return Standing.IN_FORCE
    off = config.severity(waiver.rule or "") is Severity.OFF
    return Standing.UNUSED if off or (judged and asked) else Standing.UNKNOWN


def _end_of(day: date) -> float:
    """The first second after a day (UTC); the calendar's last day has none, and ends never."""
    if day == date.max:
        return float("inf")
    return datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()


def _about_waivers(
    config: RepositoryConfig, listed: tuple[ListedWaiver, ...], audit: RepositoryAudit
) -> Iterator[Violation]:
    for entry in listed:
        waiver = entry.waiver
        if entry.standing is Standing.ENDED:
            said = f"ran out on {waiver.expires}: {waiver.reason}"
            yield _violation(config, "waiver-expired", waiver, said)
    for entry in listed:
        if entry.standing is Standing.UNUSED:
            said = _NO_VIOLATION if entry.waiver.rule else _NO_PAIR
            yield _violation(config, "waiver-unused", entry.waiver, said + _meant(entry.waiver, audit))


def _meant(waiver: Waiver, audit: RepositoryAudit) -> str:
    """How the tags are written that are shown as the waiver has it, where those are others."""
    if waiver.tag is None or REPLACED not in waiver.tag:
        return ""
    alike = sorted({r.exact for r in audit.refs if r.exact and r.name == f"refs/tags/{waiver.tag}"})
    return f"; a tag that is shown so is written {' or '.join(map(quoted, alike[:_MOST_ALIKE]))}" if alike else ""


def _violation(config: RepositoryConfig, rule: str, waiver: Waiver, detail: str) -> Violation:
    said = f"for {waiver.rule}: {detail}" if waiver.rule else detail
    return Violation(rule, config.severity(rule), waiver.tag, waiver.branch, waiver.commit, said)
