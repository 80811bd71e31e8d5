"""A summary for a comment or a wiki. What others wrote stays text: no links, mentions or references."""

from __future__ import annotations

import re

from auditor.model import DRIFT, Audit, Discovery, RepositoryAudit
from auditor.output.order import counts, worst_first
from auditor.output.words import day, plain

_SPECIAL = re.compile(r"([\\`*_\[\]#!|<>~@&])")


def render(audit: Audit) -> str:
    """The verdict, the matrix of each repository, and why."""
    said = ", ".join(f"{n} {status}" for status, n in counts(audit).items() if n) or "no pairs"
    parts = [f"# Hotfix audit: {audit.verdict}", f"{day(audit.finished_at)} UTC. {said}."]
    parts += [_discovery(d) for d in audit.discovered]
    for repository in audit.repositories:
        parts += _repository(repository)
    return "\n\n".join(parts) + "\n"


def text(words: str) -> str:
    """Text that Markdown leaves alone; a mention or reference is broken by an entity."""
    escaped = _SPECIAL.sub(lambda m: f"&#{ord(m[1])};", plain(words))
    return escaped.replace("://", "&#58;//").replace("www.", "www&#46;")


def _discovery(found: Discovery) -> str:
    heading = f"## {found.type} {text(found.owner)}"
    lines = [f"{len(found.repositories)} repositories audited, {len(found.excluded)} excluded.", ""]
    lines += [f"- excluded {text(e.repository)}: {text(e.reason)}" for e in found.excluded]
    lines += [f"- **not judged** {e.code}: {text(e.detail)}" for e in found.errors]
    return "\n".join([heading, "", *lines]).rstrip()


def _repository(found: RepositoryAudit) -> list[str]:
    parts = [f"## {text(found.name)}"]
    parts.append(
        f"{found.tags_total} tags: {found.tags_audited} audited, {len(found.excluded)} excluded with a reason."
    )
    if found.hotfixes:
        parts.append(_matrix(found))
    reasons = [
        f"- **{v.status}** {text(h.tag)} on {text(v.branch)}: {text(v.reason)}"
        for h, v in worst_first(found)
        if v.status in DRIFT or v.incomplete or v.waiver
    ]
    reasons += [
        f"- **{v.severity}** {v.rule}: {text(v.tag or v.branch or '')} {text(v.detail)}" for v in found.violations
    ]
    reasons += [f"- **not judged** {e.code}: {text(e.detail)}" for e in found.errors]
    return [*parts, "\n".join(reasons)] if reasons else parts


def _matrix(found: RepositoryAudit) -> str:
    names = [text(b.name) for b in found.branches]
    rows = [["hotfix", "tagged", *names], ["---"] * (2 + len(names))]
    for hotfix in found.hotfixes:
        cells = [f"{v.status} ({v.via})" if v.via else v.status.value for v in hotfix.verdicts]
        rows.append([text(hotfix.tag), day(hotfix.tagged_at), *cells])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
