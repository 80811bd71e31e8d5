"""Comma-separated values and Excel workbooks. What a commit says is text to a spreadsheet, never a formula."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from auditor.output.rows import Cell, Table
from auditor.output.words import plain

# Where a spreadsheet would begin to calculate; the wide forms are what some editions take for the same.
_LIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_LONGEST_CELL = 32_767
_MOST_ROWS = 1_048_575
_WIDEST = 60
# No cell is a formula or a link, whatever it looks like.
_INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def csv(table: Table) -> str:
    """One table. A cell that a spreadsheet would calculate begins with a quote."""
    frame = _frame(table.columns, [tuple(map(_quoted, row)) for row in table.rows])
    text: str = frame.to_csv(index=False, lineterminator="\n")
    return text


def workbook(tables: Sequence[Table], made_at: int) -> bytes:
    """A workbook with a sheet a table; the same tables give the same bytes."""
    target = io.BytesIO()
    options = {"options": {**_INERT, "in_memory": True}}
    with pd.ExcelWriter(target, engine="xlsxwriter", engine_kwargs=options) as writer:
        writer.book.set_properties({"title": "Hotfix audit", "created": _moment(made_at)})
        for table in tables:
            for name, rows in _parts(table):
                frame = _frame(table.columns, [tuple(map(_fitting, row)) for row in rows])
                frame.to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
                _laid_out(writer, name, table.columns, rows)
    return target.getvalue()


def _frame(columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns), dtype=object)


def _quoted(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    return f"'{plain(cell)}" if cell.startswith(_LIVE) else plain(cell)


def _fitting(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    text = plain(cell)
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"


def _parts(table: Table) -> Iterator[tuple[str, Sequence[tuple[Cell, ...]]]]:
    """The sheets of a table: one, or as many as its rows need."""
    for n, start in enumerate(range(0, max(1, len(table.rows)), _MOST_ROWS)):
        yield table.name if n == 0 else f"{table.name} {n + 1}", table.rows[start : start + _MOST_ROWS]


def _laid_out(writer: Any, name: str, columns: Sequence[str], rows: Sequence[tuple[Cell, ...]]) -> None:
    """Columns as wide as what they hold, within reason, and a filter on each."""
    sheet = writer.sheets[name]
    for n, column in enumerate(columns):
        widest = max((len(str(row[n])) for row in rows[:1000] if row[n] is not None), default=0)
        sheet.set_column(n, n, min(_WIDEST, max(widest, len(column)) + 2))
    sheet.autofilter(0, 0, len(rows), len(columns) - 1)


def _moment(seconds: int) -> datetime:
    """A time that a workbook can hold; an absurd one becomes the first such."""
    try:
        return datetime.fromtimestamp(max(0, seconds), UTC).replace(tzinfo=None)
    except (OverflowError, ValueError, OSError):
        return datetime(1970, 1, 1)  # noqa: DTZ001 - as workbooks have it
