"""The dashboard as it is committed: made by the builder, complete, and readable."""

from __future__ import annotations

import itertools
import json
import re
from typing import Any

from auditor.output import metrics
from tests.dashboard import FILE, document
from tests.dashboard.kinds import BAD, DOUBT, PLAIN, WELL

BOARD: dict[str, Any] = json.loads(FILE.read_text())
ROWS = [p for p in BOARD["panels"] if p["type"] == "row"]
PANELS = [p for p in BOARD["panels"] if p["type"] != "row"]


def test_the_committed_file_is_what_the_builder_makes() -> None:
    assert FILE.read_text() == document(), "run: python -m tests.dashboard"


def test_the_questions_come_in_order() -> None:
    assert [r["title"] for r in ROWS] == [
        "Is DR in sync right now?",
        "Which repositories and branches drift, and for how long?",
        "What is overdue, waived, or against the rules?",
        "How fast do fixes arrive?",
        "Is the audit itself healthy?",
    ]
    assert PANELS[0]["title"] == "Is DR in sync?"


def test_every_panel_says_what_it_shows_and_in_which_unit() -> None:
    for panel in PANELS:
        assert len(panel["description"]) > 25, panel["title"]
        assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
        defaults = panel["fieldConfig"]["defaults"]
        assert defaults["unit"] in ("short", "s", "percentunit"), panel["title"]
        assert defaults["noValue"] == "no data"
        for target in panel["targets"]:
            assert target["datasource"] == panel["datasource"]
    assert len({p["title"] for p in PANELS}) == len(PANELS)
    assert len({p["id"] for p in BOARD["panels"]}) == len(BOARD["panels"])


def test_tables_name_their_columns() -> None:
    """A column that the table does not have would keep its unit to itself."""
    for panel in (p for p in PANELS if p["type"] == "table"):
        renamed = next(t for t in panel["transformations"] if t["id"] == "organize")["options"]["renameByName"]
        overridden = {o["matcher"]["options"] for o in panel["fieldConfig"]["overrides"]} - {"Repository"}
        assert overridden == {h for n, h in renamed.items() if n.startswith("Value")}
        assert panel["options"]["sortBy"][0]["displayName"] in renamed.values()


def test_no_panel_covers_another() -> None:
    for one, two in itertools.combinations((p["gridPos"] for p in BOARD["panels"]), 2):
        apart = one["x"] + one["w"] <= two["x"] or two["x"] + two["w"] <= one["x"]
        below = one["y"] + one["h"] <= two["y"] or two["y"] + two["h"] <= one["y"]
        assert apart or below, (one, two)
    assert max(p["gridPos"]["x"] + p["gridPos"]["w"] for p in BOARD["panels"]) == 24


def test_queries_ask_for_metrics_that_there_are_and_for_what_was_chosen() -> None:
    families = {s.name for m in metrics._Families().registry.collect() for s in m.samples} | {
        m.name for m in metrics._Families().registry.collect()
    }
    suffixes = ("_bucket", "_sum", "_count")
    for panel in PANELS:
        for target in panel["targets"]:
            for name in re.findall(r"branch_drift_\w+", target["expr"]):
                assert (
                    name in families
                    or name.removesuffix(next(s for s in (*suffixes, "") if name.endswith(s))) in families
                )
                assert "build_info" in name or '{repository=~"$repository"' in target["expr"]


def test_variables_are_those_that_are_used() -> None:
    named = {v["name"] for v in BOARD["templating"]["list"]}
    assert named == {"datasource", "repository", "branch", "critical", "reports"}
    used = re.findall(r"\$\{?(\w+)", json.dumps({k: v for k, v in BOARD.items() if k != "templating"}))
    assert set(used) == named
    assert [(v["multi"], v["includeAll"]) for v in BOARD["templating"]["list"][1:3]] == [(True, True)] * 2


def test_only_what_is_fresh_and_in_sync_has_the_colour_of_what_is_well() -> None:
    """A count of zero, an old audit, and no data at all must not look like an answer of yes."""
    wells = [path for path, value in leaves(BOARD) if value == WELL]
    assert {path[-3:] for path in wells} == {("options", "2", "color")}
    assert set(re.findall(r"#[0-9A-F]{6}", FILE.read_text())) == {WELL, BAD, DOUBT, PLAIN}
    assert not re.search(r'"(green|red|semi-dark-green|dark-green)"', FILE.read_text())


def leaves(value: Any, path: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for k, v in value.items() for leaf in leaves(v, (*path, k))]
    if isinstance(value, list):
        return [leaf for n, v in enumerate(value) for leaf in leaves(v, (*path, str(n)))]
    return [(path, value)]
