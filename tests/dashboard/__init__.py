"""Builds the Grafana dashboard: `python -m tests.dashboard` writes it to reports/grafana."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard as model

from tests.dashboard.kinds import SOURCE, AnyPanel, report
from tests.dashboard.panels import ROWS

FILE = Path(__file__).parent.parent.parent / "reports" / "grafana" / "branch-drift.json"
SORTED = model.VariableSort.ALPHABETICAL_CASE_INSENSITIVE_ASC


def variables() -> list[Any]:
    """What the reader chooses. All of many repositories is one short expression, not a list of a thousand names."""

    def choice(name: str, label: str, values: str) -> build.QueryVariable:
        made = build.QueryVariable(name).label(label).datasource(SOURCE).multi(True).include_all(True).all_value(".+")
        made = made.query({"qryType": 1, "query": values, "refId": f"{name}-values"}).sort(SORTED)
        made = made.refresh(model.VariableRefresh.ON_DASHBOARD_LOAD)
        return made.current(model.VariableOption(True, ["All"], ["$__all"]))

    def text(name: str, label: str, value: str, about: str) -> build.TextBoxVariable:
        made = build.TextBoxVariable(name).label(label).description(about).default_value(value)
        return made.current(model.VariableOption(True, value, value))

    return [
        build.DatasourceVariable("datasource").label("Data source").type("prometheus"),
        choice("repository", "Repository", "label_values(branch_drift_last_scan_timestamp_seconds, repository)"),
        choice("branch", "Branch", 'label_values(branch_drift_in_sync{repository=~"$repository"}, branch)'),
        text("critical", "Critical branch", "dr", "The branch of the first question; a regular expression"),
        text("reports", "Reports", "http://localhost:9847", "Where `branch-drift serve`, or a web server, shows them"),
    ]  # fmt: skip


def document() -> str:
    """The dashboard as JSON."""
    board = build.Dashboard("Branch Drift").uid("branch-drift").tags(["branch-drift", "audit"]).editable()
    board = board.description("Which hotfixes are missing from which environment branch, by the nightly audit.")
    board = board.time("now-30d", "now").refresh("5m").timezone("browser").link(report())
    for variable in variables():
        board = board.with_variable(variable)
    _fill(board, ROWS)
    made = json.loads(JSONEncoder().encode(board.build()))
    for number_, panel in enumerate(made["panels"], 1):
        panel["id"] = number_
    return json.dumps(made, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _fill(board: build.Dashboard, rows_: Sequence[tuple[str, Callable[[], Sequence[AnyPanel]]]]) -> None:
    """One row below the other; a panel says where in its row it stands."""
    top = 0
    for title, panels in rows_:
        board.with_row(build.Row(title).grid_pos(model.GridPos(1, 24, 0, top)))
        bottom = top
        for panel in panels():
            place = panel.build().grid_pos
            assert place is not None
            place.y += top + 1
            bottom = max(bottom, place.y + place.h)
            board.with_panel(panel)
        top = bottom
