"""From a hotfix and its verdicts to what a page shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model import Fix, FixVerdict, Hotfix, RepositoryAudit, Verdict
from auditor.output import told
from auditor.output.html import links, story
from auditor.output.html.anchors import Anchors
from auditor.output.html.values import (
    CheckShown,
    FixFound,
    FixShown,
    HotfixShown,
    Link,
    Pair,
    RequiredShown,
    ReviewShown,
    WaiverShown,
)
from auditor.output.words import day, plain, short, shows, span
from auditor.proof import Check
from auditor.told import Ran, Required, Review, Reviewed


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository's hotfixes are shown: `page` tells the page of a hotfix by its number, from here."""

    found: RepositoryAudit
    site: links.Site
    anchors: Anchors
    page: Callable[[int], str]

    def commit(self, oid: str | None, *, whole: bool = False) -> Link:
        """A commit, linked where the forge is known."""
        return Link((oid or "") if whole else short(oid), self.site.commit(oid))


def shown(place: Place, number: int, hotfix: Hotfix) -> HotfixShown:
    """A hotfix with its pairs."""
    critical = {b.name for b in place.found.branches if b.critical}
    return HotfixShown(
        anchor=place.anchors.of(place.found.name, hotfix.tag),
        tag=Link(plain(hotfix.tag), place.site.tag(hotfix.tag)),
        commit=place.commit(hotfix.commit, whole=True),
        tag_object=hotfix.tag_object,
        tagged=day(hotfix.tagged_at),
        tagged_at=f"{day(hotfix.tagged_at)} UTC",
        tagger=plain(hotfix.tagger) if hotfix.tagger else None,
        message=_lines(hotfix.message),
        about=plain(hotfix.fixes[0].subject) if hotfix.fixes else "",
        selected_by=plain(hotfix.selected_by),
        bounds=", ".join(map(plain, hotfix.bounds)) or "nothing: everything below the tag is its own",
        aliases=", ".join(map(plain, hotfix.aliases)),
        fixes=tuple(_fix(place, f) for f in hotfix.fixes),
        pipelines=tuple(_required(place, r) for r in hotfix.pipelines),
        pairs=tuple(_pair(place, number, hotfix, v, critical=v.branch in critical) for v in hotfix.verdicts),
    )


def _pair(place: Place, number: int, hotfix: Hotfix, verdict: Verdict, *, critical: bool) -> Pair:
    anchor = place.anchors.of(place.found.name, hotfix.tag, verdict.branch)
    request = verdict.pull_request
    return Pair(
        anchor=anchor,
        href=f"{place.page(number)}#{anchor}",
        repository=plain(place.found.name),
        tag=plain(hotfix.tag),
        branch=plain(verdict.branch),
        critical=critical,
        status=verdict.status.value,
        via=verdict.via.value if verdict.via else None,
        how=story.how(verdict),
        reason=plain(verdict.reason),
        since=None if verdict.since is None else f"{day(verdict.since)} UTC",
        since_word=story.since_word(verdict),
        lead=None if verdict.lead_time_seconds is None else span(verdict.lead_time_seconds),
        due=None if verdict.due_at is None else f"{day(verdict.due_at)} UTC",
        overdue=verdict.overdue,
        waiver=_waiver(verdict),
        forecast=story.forecast(verdict.forecast),
        conflicts=tuple(map(plain, verdict.forecast.conflicts)) if verdict.forecast else (),
        pull_request=Link(plain(request), links.outside(request)) if request else None,
        offered=None if verdict.pull_request_opened_at is None else f"{day(verdict.pull_request_opened_at)} UTC",
        pipelines=tuple(_required(place, r) for r in verdict.pipelines),
        fixes=tuple(_found(place, f) for f in verdict.fixes),
        checks=tuple(_check(check, verdict) for check in verdict.checks),
    )


def _waiver(verdict: Verdict) -> WaiverShown | None:
    waiver = verdict.waiver
    if waiver is None:
        return None
    covers = verdict.covers.value if verdict.covers else "drift"
    by = waiver.approved_by + (f" on {waiver.approved_at}" if waiver.approved_at else "")
    return WaiverShown(plain(waiver.reason), plain(by), plain(waiver.control or ""), plain(waiver.expires), covers)


def _fix(place: Place, fix: Fix) -> FixShown:
    return FixShown(
        commit=place.commit(fix.commit),
        subject=plain(fix.subject),
        author=plain(fix.author),
        authored_at=f"{day(fix.authored_at)} UTC",
        paths=tuple(map(plain, fix.paths)),
        review=_review(fix.review) if fix.review else None,
    )


def _review(review: Review) -> ReviewShown:
    pull = review.pull_request
    return ReviewShown(
        standing=review.standing.value,
        passed=review.standing is Reviewed.APPROVED,
        detail=plain(review.detail),
        request=Link(plain(pull.title or pull.url), links.outside(pull.url)) if pull else None,
        merged=f"{day(pull.merged_at)} UTC" if pull and pull.merged_at is not None else None,
        approvals=tuple(map(told.approval_line, review.approvals)),
    )


def _required(place: Place, required: Required) -> RequiredShown:
    seen = Link(plain(required.name), links.outside(required.url)) if required.name else None
    return RequiredShown(
        requirement=plain(required.requirement),
        branch=plain(required.branch),
        ran=required.ran.value,
        passed=required.ran is Ran.PASSED,
        commit=place.commit(required.commit),
        detail=plain(required.detail),
        seen=seen,
        at=None if required.at is None else f"{day(required.at)} UTC",
    )


def _found(place: Place, found: FixVerdict) -> FixFound:
    carrier = found.evidence.commit
    return FixFound(
        commit=place.commit(found.commit),
        status=found.status.value,
        how=story.of_fix(found),
        detail=plain(found.evidence.detail),
        evidence=place.commit(carrier) if carrier and carrier != found.commit else None,
        since=None if found.since is None else f"{day(found.since)} UTC",
    )


def _check(check: Check, verdict: Verdict) -> CheckShown:
    lines = tuple(map(plain, (check.stdout or "").removesuffix("\n").split("\n"))) if check.stdout else ()
    return CheckShown(plain(check.run), shows(check, verdict) + story.answer(check), lines)


def _lines(text: str) -> str:
    """A message keeps its lines; all else that cannot be seen is shown."""
    return "\n".join(plain(line.rstrip("\r")) for line in text.rstrip().split("\n"))
