"""From the audit of a repository to what a page shows of it: its refs, its population, its findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from auditor.config.rule_names import RULES
from auditor.model import DRIFT, Branch, Discovery, Hotfix, Problem, RepositoryAudit, Status, Violation
from auditor.output.html import charts, story
from auditor.output.html.pairs import Place, shown
from auditor.output.html.values import BranchShown, Finding, ForgeShown, Link, RepositoryShown, TagShown
from auditor.output.words import approval, day, notes, plain
from auditor.past import History


def repository(
    place: Place, hotfixes: Sequence[tuple[int, Hotfix]], history: History | None, own: str | None
) -> RepositoryShown:
    """A repository with some of its hotfixes: those of one page, each with its number among all."""
    found = place.found
    verdicts = [v for _, v in found.pairs()]
    counts = Counter(v.status for v in verdicts)
    drifting = sum(counts[s] for s in DRIFT)
    unknown = sum(v.incomplete for v in verdicts)
    overdue = sum(v.overdue for v in verdicts)
    since = [v.since for v in verdicts if v.status in DRIFT and v.since is not None]
    return RepositoryShown(
        anchor=place.anchors.of(found.name),
        href="",
        own=own,
        name=plain(found.name),
        source=Link(plain(found.source), place.site.base),
        verdict=found.verdict,
        failing=story.failing([found]),
        sentence=story.sentence([found], len(verdicts), drifting, overdue, counts[Status.WAIVED], unknown),
        shares=charts.shares(counts),
        pairs_total=len(verdicts),
        drifting=drifting,
        overdue=overdue,
        unknown=unknown,
        oldest=day(min(since))[:10] if since else "",
        broken=len(found.broken),
        spark=charts.spark(history.days, found.name) if history else "",
        took=f"{found.duration_seconds:.1f} s",
        branches=(_branch(place, found.main, "main"), *(_branch(place, b, "environment") for b in found.branches)),
        violations=tuple(_violation(place, v) for v in sorted(found.violations, key=lambda v: v.waiver is not None)),
        errors=tuple(_problem(e) for e in found.errors),
        notes=tuple(map(plain, notes(found))),
        read=found.main.commit is not None,
        judged=_judged(found),
        not_judged=tuple(Finding("off", n.rule, "", None, plain(n.reason)) for n in found.not_judged),
        tags_total=found.tags_total,
        tags_audited=found.tags_audited,
        aliases=sum(len(h.aliases) for h in found.hotfixes),
        excluded=len(found.excluded),
        tags=_population(found),
        hotfixes=tuple(shown(place, number, h) for number, h in hotfixes),
    )


def _judged(found: RepositoryAudit) -> tuple[str, ...]:
    silent = {n.rule for n in found.not_judged}
    return tuple(rule for rule, _ in RULES if rule not in silent)


def _branch(place: Place, branch: Branch, role: str) -> BranchShown:
    critical = ", critical" if branch.critical else ""
    return BranchShown(
        name=Link(plain(branch.name), place.site.branch(branch.name) if branch.commit else None),
        role=role + critical,
        ref=plain(branch.ref or "none: the branch does not exist"),
        commit=place.commit(branch.commit, whole=True),
        sla=branch.sla_text or "",
        note=plain(branch.note or ""),
    )


def _violation(place: Place, broken: Violation) -> Finding:
    about = " on ".join(plain(x) for x in (broken.tag, broken.branch) if x)
    commit = place.commit(broken.commit) if broken.commit else None
    waiver = f"waived {approval(broken.waiver)}; without it: {broken.severity}" if broken.waiver else ""
    level = Status.WAIVED.value if broken.waiver else broken.severity.value
    return Finding(level, broken.rule, about, commit, plain(broken.detail), plain(waiver))


def forge(found: Discovery) -> ForgeShown:
    """What a forge was asked for, and what it has that is not audited."""
    return ForgeShown(
        name=plain(f"{found.type} {found.owner}"),
        url=plain(found.url),
        audited=len(found.repositories),
        excluded=tuple((plain(e.repository), plain(e.reason)) for e in found.excluded),
        errors=tuple(map(_problem, found.errors)),
    )


def _problem(error: Problem) -> Finding:
    return Finding("unknown", error.code, "", None, plain(error.detail))


def _population(found: RepositoryAudit) -> tuple[TagShown, ...]:
    """Every tag, by name: audited, another name of an audited one, or excluded."""
    tags = [TagShown(plain(h.tag), "audited", f"selected by {plain(h.selected_by)}") for h in found.hotfixes]
    tags += [
        TagShown(plain(a), "audited", f"the same commit as {plain(h.tag)}") for h in found.hotfixes for a in h.aliases
    ]
    tags += [TagShown(plain(e.tag), "excluded", plain(e.reason)) for e in found.excluded]
    return tuple(sorted(tags, key=lambda t: t.tag))
