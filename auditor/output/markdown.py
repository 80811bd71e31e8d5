"""A summary for a comment or a wiki, short enough for one. What others wrote stays text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from auditor.model import DRIFT, Audit, Discovery, RepositoryAudit
from auditor.output.order import WORST_FIRST, errors, in_short, worst_first
from auditor.output.words import about, aliases, approval, cell, day, notes, plain
from auditor.waivers import Waiver

# GitHub takes 65,536 characters in a comment.
MOST_CHARACTERS = 60_000
_MOST_OF_A_TEXT = 500
_SPECIAL = re.compile(r"([\\`*_\[\]#!|<>~@&$%^])")
# Forges look for mentions and references in the finished page too, where an entity has become its character again:
# only something between the sign and the name keeps them from finding one.
_REFERENCE = re.compile(r"(&#(?:33|35|36|37|38|64|94|126);)(?=\w|&#)")
_GAP = "&#8203;"
_PREFIXED = re.compile(r"\b([A-Za-z][A-Za-z0-9]*)-(?=[0-9])")
_ADDRESS = re.compile(r"://|\bwww\.|\bmailto:|\bxmpp:", re.IGNORECASE)


def render(audit: Audit) -> str:
    """The verdict, the matrix of each repository, and why; the worst first, and cut where it would be too long."""
    failing = sum(errors(r) for r in audit.repositories)
    beside = f", {failing} error{'s' if failing > 1 else ''}" if failing else ""
    head = f"# Hotfix audit: {audit.verdict}{beside}\n\n{day(audit.finished_at)} UTC. {in_short(audit)}.\n"
    return head + "".join(_fitting(_blocks(audit), MOST_CHARACTERS - len(head)))


def text(words: str) -> str:
    """Text that Markdown and forges leave alone: no markup, link, mention or reference."""
    escaped = _SPECIAL.sub(lambda m: f"&#{ord(m[1])};", plain(words))
    escaped = _REFERENCE.sub(rf"\1{_GAP}", escaped)
    escaped = _PREFIXED.sub(rf"\1{_GAP}-{_GAP}", escaped)
    return _ADDRESS.sub(lambda m: f"{m[0][:-1]}{_GAP}{m[0][-1]}", escaped)


def _fitting(blocks: Iterator[list[str]], left: int) -> Iterator[str]:
    """As many whole lines as there is room for, and a word about the rest."""
    note = "\n… and more that does not fit here.\n"
    left -= len(note)
    for block in blocks:
        for line in ("", *block):
            left -= len(line) + 1
            if left < 0:
                yield note
                return
            yield line + "\n"


def _blocks(audit: Audit) -> Iterator[list[str]]:
    for discovery in audit.discovered:
        yield from _discovery(discovery)
    for repository in sorted(audit.repositories, key=_how_good):
        yield from _repository(repository)


def _discovery(found: Discovery) -> Iterator[list[str]]:
    yield [f"## {found.type} {_some(found.owner)}"]
    yield [f"{len(found.repositories)} repositories audited, {len(found.excluded)} excluded."]
    lines = [f"- **not judged** {e.code}: {_some(e.detail)}" for e in found.errors]
    lines += [f"- excluded {_some(e.repository)}: {_some(e.reason)}" for e in found.excluded]
    if lines:
        yield lines


def _repository(found: RepositoryAudit) -> Iterator[list[str]]:
    yield [f"## {_some(found.name)}"]
    if found.main.commit:
        yield [f"{found.tags_total} tags: {found.tags_audited} audited, {len(found.excluded)} excluded with a reason."]
    if found.hotfixes:
        yield list(_matrix(found))
    reasons = list(_reasons(found))
    if reasons:
        yield reasons


def _reasons(found: RepositoryAudit) -> Iterator[str]:
    for error in found.errors:
        yield f"- **not judged** {error.code}: {_some(error.detail)}"
    for h, v in worst_first(found):
        if v.status in DRIFT or v.incomplete or v.waiver:
            said = f"{v.status}, overdue" if v.overdue else v.status.value
            yield f"- **{said}** {_some(h.tag)} on {_some(v.branch)}: {_some(v.reason)}{_waiver(v.waiver)}"
    for broken in sorted(found.violations, key=lambda v: v.waiver is not None):
        said = "waived" if broken.waiver else broken.severity
        yield f"- **{said}** {broken.rule}: {_some(about(broken))}: {_some(broken.detail)}{_waiver(broken.waiver)}"
    for said in notes(found):
        yield f"- **note** {_some(said)}"


def _waiver(waiver: Waiver | None) -> str:
    return f" (waived {_some(approval(waiver))})" if waiver else ""


def _matrix(found: RepositoryAudit) -> Iterator[str]:
    names = [_some(b.name) for b in found.branches]
    yield f"| {' | '.join(['hotfix', 'tagged', *names])} |"
    yield f"| {' | '.join(['---'] * (2 + len(names)))} |"
    worst = sorted(found.hotfixes, key=lambda h: min((WORST_FIRST.index(v.status) for v in h.verdicts), default=9))
    for hotfix in worst:
        cells = [cell(v) for v in hotfix.verdicts]
        tag = f"{hotfix.tag} (also {aliases(hotfix)})" if hotfix.aliases else hotfix.tag
        yield f"| {' | '.join([_some(tag), day(hotfix.tagged_at), *cells])} |"


def _some(words: str) -> str:
    """The beginning of a text that somebody made very long."""
    return text(words if len(words) <= _MOST_OF_A_TEXT else words[:_MOST_OF_A_TEXT] + "…")


def _how_good(found: RepositoryAudit) -> tuple[bool, bool, bool]:
    """Of those that fail the run, first the ones whose reason no matrix shows."""
    return (not found.incomplete, not errors(found), not found.drifts)
