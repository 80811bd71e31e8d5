"""One row a pair, as comma-separated values; one more for whatever could not be read and so has no pair."""

from __future__ import annotations

from dataclasses import replace

from auditor.model import Audit
from auditor.output import rows, sheets


def render(audit: Audit) -> str:
    """The pairs of all repositories, and after them what has none because it could not be read."""
    pairs = rows.pairs(audit)
    return sheets.csv(replace(pairs, rows=pairs.rows + rows.unjudged(audit).rows))
