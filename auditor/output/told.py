"""What the forge told, for the JSON document and for text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.output.words import plain, rfc3339, short
from auditor.told import Approval, Asked, Required, Review

if TYPE_CHECKING:
    from auditor.output.documents import AskedDocument, RequiredDocument, ReviewDocument


def asked(forge: Asked | None) -> AskedDocument | None:
    """The project that was asked."""
    return (
        {"type": forge.type, "url": forge.url, "project": forge.project, "since": rfc3339(forge.since)}
        if forge
        else None
    )


def review(found: Review | None) -> ReviewDocument | None:
    """How a fix came to main."""
    if found is None:
        return None
    pull = found.pull_request
    return {
        "standing": found.standing.value,
        "detail": found.detail,
        "pull_request": {
            "number": pull.number,
            "url": pull.url,
            "title": pull.title,
            "author": pull.author,
            "source": pull.source,
            "head": pull.head,
            "landed": pull.landed,
            "merged_at": rfc3339(pull.merged_at),
            "labels": list(pull.labels),
        }
        if pull
        else None,
        "approvals": [
            {"by": a.by, "commit": a.commit, "at": rfc3339(a.at), "counts": a.counts, "why_not": a.why}
            for a in found.approvals
        ],
    }


def required(found: tuple[Required, ...]) -> list[RequiredDocument]:
    """The demands of the automation matrix, and what became of them."""
    return [
        {
            "requirement": r.requirement,
            "branch": r.branch,
            "commit": r.commit,
            "ran": r.ran.value,
            "detail": r.detail,
            "name": r.name,
            "url": r.url,
            "at": rfc3339(r.at),
        }
        for r in found
    ]


def review_lines(found: Review) -> Iterator[str]:
    """A review in text: how it stands, when that was merged, and everybody's approval."""
    yield f"{found.standing}: {plain(found.detail)}"
    pull = found.pull_request
    if pull is not None:
        opened = f", opened by {pull.author}" if pull.author else ""
        yield plain(f"{pull.url} from {pull.source}{opened}, merged {rfc3339(pull.merged_at)} at {short(pull.head)}")
    yield from map(approval_line, found.approvals)


def approval_line(found: Approval) -> str:
    """One approval in text."""
    when = rfc3339(found.at) or "at an unknown time"
    counts = "it counts" if found.counts else f"it does not count: {found.why}"
    return plain(f"{found.by}, {when}, of {short(found.commit) or 'an unknown commit'}: {counts}")


def required_line(found: Required) -> str:
    """One demand in text."""
    where = f" {found.url}" if found.url else ""
    when = f" ({rfc3339(found.at)})" if found.at is not None else ""
    return plain(
        f"{found.ran}: {found.requirement} on {found.branch} at {short(found.commit)}: {found.detail}{when}{where}"
    )
