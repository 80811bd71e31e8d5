"""A branch's tip of an earlier run is no longer in its history: it was pushed over by force, or removed."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach, branch_name, last_seen

NAME = "branch-rewritten"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Every such branch that nobody acknowledged, until the old tip is in its history again."""
    for change in found.changes:
        if change.rule == NAME and change.established and change.acknowledged is None:
            gone = "is no longer in its history" if change.now else "is gone with the branch"
            said = f"{last_seen(change)} its tip was {change.was}, which {gone}"
            yield Breach(None, branch_name(change.ref), change.now, said)
