"""What a run says, in every format: one file each, one mapping."""

from __future__ import annotations

import importlib
from typing import Any

from auditor.model import Audit
from auditor.past import History

# Each module has `render(audit)`; it is imported only when asked for, since some are slow to load.
FORMATS = {
    "table": "auditor.output.table",
    "json": "auditor.output.wire",
    "html": "auditor.output.html",
    "csv": "auditor.output.csv_table",
    "markdown": "auditor.output.markdown",
    "junit": "auditor.output.junit",
    "sarif": "auditor.output.sarif",
}
# These are no text.
BINARY = {"xlsx": "auditor.output.xlsx"}
# These also tell of earlier runs, where there is a memory of them: `render(audit, history)`.
REMEMBERING = ("html", "xlsx")
# This is another on a terminal: `render(audit, terminal=…)`.
_COLOURED = "table"


def render(form: str, audit: Audit, history: History | None = None) -> str:
    """The audit as text in one of `FORMATS`."""
    text: str = _rendered(FORMATS[form], form, audit, history)
    return text


def encoded(form: str, audit: Audit, history: History | None = None, *, terminal: bool = False) -> bytes:
    """The audit in any format, as it is written to a file, or to a `terminal`."""
    if terminal and form == _COLOURED:
        from auditor.output import table

        return table.render(audit, terminal=True).encode("utf-8", "replace")
    if form in BINARY:
        data: bytes = _rendered(BINARY[form], form, audit, history)
        return data
    if form == "json":
        from auditor.output import wire

        # A fleet's is large, and made as bytes.
        return wire.encoded(audit)
    return render(form, audit, history).encode("utf-8", "replace")


def _rendered(module: str, form: str, audit: Audit, history: History | None) -> Any:
    render_ = importlib.import_module(module).render
    return render_(audit, history) if form in REMEMBERING else render_(audit)
