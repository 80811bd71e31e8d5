"""What a run says, in every format: one file each, one mapping."""

from __future__ import annotations

import importlib

from auditor.model import Audit

# Each module has `render(audit) -> str`; it is imported only when asked for, since some are slow to load.
FORMATS = {
    "table": "auditor.output.table",
    "json": "auditor.output.wire",
    "html": "auditor.output.html",
    "csv": "auditor.output.csv_table",
    "markdown": "auditor.output.markdown",
    "junit": "auditor.output.junit",
}


def render(form: str, audit: Audit) -> str:
    """The audit as text in one of `FORMATS`."""
    text: str = importlib.import_module(FORMATS[form]).render(audit)
    return text
