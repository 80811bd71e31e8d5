"""What the automation matrix asks for did not run on the commit that carried a fix, or came to no end."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach
from auditor.rules.runs import breaches
from auditor.told import Ran

NAME = "pipeline-missing"


def judge(found: RepositoryAudit) -> Iterator[Breach]:
    """Each demand that nothing met: nothing ran, or what did was skipped or cancelled. Neither passed, nor failed."""
    return breaches(found, frozenset({Ran.MISSING, Ran.SKIPPED, Ran.CANCELLED}))
