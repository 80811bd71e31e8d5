"""A fix came to main with nobody's approval: by no pull request, or by one that nobody approved as it was merged."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach
from auditor.rules.reviews import breaches
from auditor.told import Reviewed

NAME = "review-missing"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Each such way to main of a hotfix, once; what the forge did not tell is nobody's breach."""
    return breaches(found, Reviewed.MISSING)
