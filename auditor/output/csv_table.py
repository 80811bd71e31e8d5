"""One row a pair, as comma-separated values."""

from __future__ import annotations

from auditor.model import Audit
from auditor.output import rows, sheets


def render(audit: Audit) -> str:
    """The pairs of all repositories."""
    return sheets.csv(rows.pairs(audit))
