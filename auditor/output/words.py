"""How values are shown: times, spans, and text that somebody else wrote."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache

from auditor.model import Hotfix, RepositoryAudit, Verdict, Violation
from auditor.output.order import unselected
from auditor.past import Approval, RefChange
from auditor.proof import Check
from auditor.waivers import ListedWaiver, Standing, Waiver

_FIRST = int(datetime(1, 1, 1, tzinfo=UTC).timestamp())
_LAST = int(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp())
_MOST_ALIASES = 3
_MOST_FIXES = 3
_MOST_REASONS = 3
_SPANS = ((86_400, "d"), (3600, "h"), (60, "min"))


@lru_cache(10_000)
def rfc3339(seconds: int | None) -> str | None:
    """A time in UTC; one outside the years 1 to 9999 is shown as the nearest that can be written."""
    if seconds is None:
        return None
    clamped = min(max(seconds, _FIRST), _LAST)
    return datetime.fromtimestamp(clamped, UTC).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")


def day(seconds: int | None) -> str:
    """A time as people read it in a table, to the minute."""
    said = rfc3339(seconds)
    return said[:16].replace("T", " ") if said else ""


def span(seconds: int | None) -> str:
    """A span in its largest unit."""
    if seconds is None:
        return ""
    return next((f"{seconds / size:.1f} {unit}" for size, unit in _SPANS if seconds >= size), f"{seconds} s")


def plain(text: str) -> str:
    """Text with everything visible: control, formatting (such as bidirectional) and surrogate characters shown."""
    if text.isprintable():
        return text
    return "".join(c if c == " " or not _hidden(c) else f"\\u{ord(c):04x}" for c in text)


def _hidden(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")


def writable(text: str) -> str:
    """Text that any encoder takes: lone surrogates replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shows(check: Check, verdict: Verdict) -> str:
    """What a check command shows, and of which fixes where the pair has several, before what it answers."""
    few = ", ".join(map(short, check.fixes[:_MOST_FIXES]))
    more = f" and {len(check.fixes) - _MOST_FIXES} more" if len(check.fixes) > _MOST_FIXES else ""
    of = f" ({'fix' if len(check.fixes) == 1 else 'fixes'} {few}{more})" if len(verdict.fixes) > 1 and few else ""
    return f"{check.shows}{of}: " if check.shows else ""


def short(oid: str | None) -> str:
    """An id as people read it."""
    return (oid or "")[:12]


def about(broken: Violation) -> str:
    """All that a broken rule names: its tag, its branch, its commit."""
    return " ".join(x for x in (broken.tag, broken.branch, short(broken.commit)) if x)


def aliases(hotfix: Hotfix) -> str:
    """The first of the other tags on the hotfix's commit, where there is room for few; else nothing."""
    more = len(hotfix.aliases) - _MOST_ALIASES
    return ", ".join(hotfix.aliases[:_MOST_ALIASES]) + (f" and {more} more" if more > 0 else "")


def cell(verdict: Verdict) -> str:
    """A pair in a matrix: its status, how presence is known, and whether it is overdue."""
    said = f"{verdict.status} ({verdict.via})" if verdict.via else verdict.status.value
    return f"{said} overdue" if verdict.overdue else said


def approval(waiver: Waiver) -> str:
    """What stands behind a waiver: until when, by whom, why, and what makes up for it meanwhile."""
    when = f" on {waiver.approved_at}" if waiver.approved_at else ""
    control = f"; meanwhile: {waiver.control}" if waiver.control else ""
    return f"until {waiver.expires}, approved by {waiver.approved_by}{when}: {waiver.reason}{control}"


def waived(waiver: Waiver) -> str:
    """What a waiver is for: a pair, or a broken rule as far as it names where."""
    commit = short(waiver.commit) or None
    about = " on ".join(x for x in (waiver.tag or commit, waiver.branch) if x)
    at = f" at {commit}" if commit and waiver.tag else ""
    return f"{waiver.rule} for {about}{at}" if waiver.rule else about


def standing(entry: ListedWaiver) -> str:
    """A waiver that a reader should know of although, or soon because, it decides nothing; else nothing."""
    about = f"the waiver of {waived(entry.waiver)}"
    if entry.standing is Standing.ENDED:
        return f"{about} ended on {entry.waiver.expires} (approved by {entry.waiver.approved_by})"
    return f"{about} ends soon, on {entry.waiver.expires}" if entry.ends_soon else ""


def notes(found: RepositoryAudit) -> Iterator[str]:
    """What a reader should know of exceptions: waivers that ended or soon will, changed refs that were approved.

    And that no tag is a hotfix, or that the forge was not asked about all of them.
    """
    yield from _nothing_selected(found)
    yield from (said for entry in found.waivers if (said := standing(entry)))
    yield from (_acknowledged(c, c.acknowledged) for c in found.changes if c.acknowledged)
    since = found.forge.since if found.forge else None
    before = sum(h.tagged_at < since for h in found.hotfixes) if since is not None else 0
    if before:
        yield f"of {before} hotfixes tagged before {rfc3339(since)} the forge was not asked (since:)"


def _nothing_selected(found: RepositoryAudit) -> Iterator[str]:
    """A pattern that fits no tag, or no longer, would else be in sync every night without a word."""
    if not unselected(found):
        return
    reasons = Counter(e.reason for e in found.excluded).most_common()
    said = "; ".join(f"{reason} ({n})" for reason, n in reasons[:_MOST_REASONS])
    more = f"; and {len(reasons) - _MOST_REASONS} more reasons" if len(reasons) > _MOST_REASONS else ""
    yield f"no hotfix among {found.tags_total} tag{'s' if found.tags_total > 1 else ''}, so no pair: {said}{more}"


def _acknowledged(change: RefChange, approved: Approval) -> str:
    by = f"{approved.approved_by}{f' on {approved.approved_at}' if approved.approved_at else ''}"
    what = f"{change.rule}: {change.ref} was {change.was} in run {change.run}, and is {change.now or 'gone'}"
    return f"{what}; acknowledged by {by}: {approved.reason}"
