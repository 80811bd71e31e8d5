"""The audit of one repository, from its refs to its verdicts."""

from __future__ import annotations

from auditor.config import RepositoryConfig
from auditor.model import RepositoryAudit


def audit_repository(config: RepositoryConfig, now: int) -> RepositoryAudit:
    """Audits one repository as it is `now` (seconds since 1970)."""
    raise NotImplementedError
