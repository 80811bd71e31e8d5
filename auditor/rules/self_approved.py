"""A fix came to main with the approval of its own authors alone."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach
from auditor.rules.reviews import breaches
from auditor.told import Reviewed

NAME = "self-approved"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Each such way to main of a hotfix, once."""
    return breaches(found, Reviewed.SELF_APPROVED)
