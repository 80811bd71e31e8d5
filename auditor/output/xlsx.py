"""One Excel workbook with everything: summary, pairs, fixes, violations, waivers, and runs if remembered."""

from __future__ import annotations

from auditor.model import Audit
from auditor.output import rows, sheets
from auditor.output.words import rfc3339
from auditor.past import EarlierRun, History

_RUNS = (
    "run", "started_at", "finished_at", "verdict", "repositories", "hotfixes", "pairs", "drifting", "unknown",
    "violations", "config_sha256",
)  # fmt: skip


def render(audit: Audit, history: History | None = None) -> bytes:
    """The workbook."""
    tables = rows.tables(audit)
    if history is not None:
        tables = (*tables, rows.Table("runs", _RUNS, tuple(map(_run, history.runs))))
    return sheets.workbook(tables, audit.finished_at)


def _run(run: EarlierRun) -> rows.Row:
    return (
        run.number,
        rfc3339(run.started_at),
        rfc3339(run.finished_at),
        run.verdict,
        run.repositories,
        run.hotfixes,
        run.pairs,
        run.drifting,
        run.unknown,
        run.violations,
        run.config_sha256,
    )
