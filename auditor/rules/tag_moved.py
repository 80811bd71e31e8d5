"""A hotfix tag, or a release tag that bounds one, points elsewhere than an earlier run saw it."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach, last_seen

NAME = "tag-moved"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Every such tag that nobody acknowledged, until it is put back."""
    for change in found.changes:
        if change.rule == NAME and change.acknowledged is None:
            tag = change.ref.removeprefix("refs/tags/")
            yield Breach(tag, None, change.now, f"{last_seen(change)} the tag was at {change.was}")
