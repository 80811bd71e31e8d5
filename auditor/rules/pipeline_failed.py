"""What the automation matrix asks for failed on the commit that carried a fix."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach
from auditor.rules.runs import breaches
from auditor.told import Ran

NAME = "pipeline-failed"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Each demand of which the newest run failed."""
    return breaches(found, frozenset({Ran.FAILED}))
