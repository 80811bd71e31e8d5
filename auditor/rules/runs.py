"""What the automation matrix asks of every hotfix, on main, on its own branch and on the environment branches."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from auditor.model import RepositoryAudit
from auditor.rules.facts import Breach
from auditor.told import Ran


def breaches(found: RepositoryAudit, outcomes: AbstractSet[Ran]) -> Iterator[Breach]:
    """The demands that went so."""
    for hotfix in found.hotfixes:
        for required in (*hotfix.pipelines, *(r for v in hotfix.verdicts for r in v.pipelines)):
            if required.ran in outcomes:
                said = f"{required.requirement}: {required.detail}"
                yield Breach(hotfix.tag, required.branch, required.commit, said)
