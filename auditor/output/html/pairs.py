"""From a hotfix and its verdicts to what a page shows of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from auditor.model import Check, Fix, FixVerdict, Hotfix, RepositoryAudit, Verdict
from auditor.output.html import links, story
from auditor.output.html.anchors import Anchors
from auditor.output.html.values import CheckShown, FixFound, FixShown, HotfixShown, Link, Pair, WaiverShown
from auditor.output.words import day, plain, short, span


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
        fixes=tuple(_found(place, f) for f in verdict.fixes),
        checks=tuple(map(_check, verdict.checks)),
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


def _check(check: Check) -> CheckShown:
    lines = tuple(map(plain, (check.stdout or "").removesuffix("\n").split("\n"))) if check.stdout else ()
    return CheckShown(plain(check.run), story.answer(check), lines)


def _lines(text: str) -> str:
    """A message keeps its lines; all else that cannot be seen is shown."""
    return "\n".join(plain(line.rstrip("\r")) for line in text.rstrip().split("\n"))
