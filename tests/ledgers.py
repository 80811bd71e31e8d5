"""Runs to record in a ledger."""

from __future__ import annotations

import hashlib
import time

from auditor.ledger import write
from auditor.ledger.database import Database
from auditor.ledger.write import Beginning, Head
from auditor.model import Audit, RepositoryAudit, Tool

TOOL = Tool("0.1.0", "2.39.5", "1.9.7")
NAME = "/etc/drift.yaml"
CONFIG = "repositories: [{name: shop, path: shop}]\n"
CONFIG_SHA = hashlib.sha256(CONFIG.encode()).hexdigest()
T0 = 1_790_000_000
DAY = 86_400


def beginning(at: int = T0, name: str = NAME) -> Beginning:
    return Beginning(name, at, CONFIG_SHA, CONFIG, '{"repositories": []}', TOOL)


def whole(*found: RepositoryAudit, at: int = T0) -> Audit:
    return Audit(TOOL, at, at + 60, CONFIG_SHA, found)


def record(ledger: Database, *found: RepositoryAudit, at: int = T0, name: str = NAME) -> Head:
    """One run, begun and finished."""
    number = write.begin(ledger, beginning(at, name))
    return write.finish(ledger, number, whole(*found, at=at), {})


def until(holds: object) -> None:
    """Waits for something that another process does."""
    ends = time.monotonic() + 20
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < ends
        time.sleep(0.01)
