"""The kinds of panel that the dashboard has, and how their numbers are shown.

Colours are told apart by colour-blind people too, and every colour comes with a word or a number. Nothing but a
fresh audit is ever shown in the colour of what is well: a count of zero is plain, not green.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from grafana_foundation_sdk.builders import bargauge, common, stat, table, timeseries
from grafana_foundation_sdk.builders import dashboard as build
from grafana_foundation_sdk.builders.prometheus import Dataquery
from grafana_foundation_sdk.models import common as shape
from grafana_foundation_sdk.models import dashboard as model
from grafana_foundation_sdk.models.prometheus import PromQueryFormat

SOURCE = model.DataSourceRef(type_val="prometheus", uid="${datasource}")
WELL, BAD, DOUBT, PLAIN = "#0072B2", "#D55E00", "#E69F00", "#7F7F7F"
NO_DATA = "no data"

Panel = TypeVar("Panel", stat.Panel, table.Panel, timeseries.Panel, bargauge.Panel)
AnyPanel = stat.Panel | table.Panel | timeseries.Panel | bargauge.Panel
Place = tuple[int, int, int, int]  # x, y (below the row's title), width, height


def mapping(words: dict[str, tuple[str, str]]) -> list[model.ValueMapping]:
    """Words and colours in place of numbers; no number at all is said, too."""
    values = {v: model.ValueMappingResult(text, colour, index=n) for n, (v, (text, colour)) in enumerate(words.items())}
    nothing = model.ValueMappingResult(NO_DATA, DOUBT, index=len(words))
    special = model.DashboardSpecialValueMapOptions(model.SpecialValueMatch.NULL_AND_NAN, nothing)
    return [model.ValueMap(values), model.SpecialValueMap(special)]


STATE = {"0": ("NO", BAD), "1": ("NOT KNOWN: old audit", DOUBT), "2": ("YES", WELL), "-1": ("NO DATA", DOUBT)}
BROKE = {"0": ("not in full", BAD), "1": ("in full", PLAIN)}


def steps(*above: tuple[float, str]) -> build.ThresholdsConfig:
    """Plain, and from each number on another colour."""
    rungs = [model.Threshold(None, PLAIN), *(model.Threshold(v, c) for v, c in above)]
    return build.ThresholdsConfig().mode(model.ThresholdsMode.ABSOLUTE).steps(rungs)


def query(
    expr: str, ref: str = "A", legend: str = "__auto", *, over_time: bool = False, rows: bool = False
) -> Dataquery:
    """One question; `rows` for a table."""
    made = Dataquery().expr(expr).ref_id(ref).legend_format(legend).datasource(SOURCE)
    made = made.format(PromQueryFormat.TABLE if rows else PromQueryFormat.TIME_SERIES)
    return made.range() if over_time else made.instant()


def dressed(panel: Panel, title: str, about: str, place: Place, unit: str = "short") -> Panel:
    """What every panel has."""
    x, y, w, h = place
    placed = panel.title(title).description(about).datasource(SOURCE).grid_pos(model.GridPos(h, w, x, y))
    return placed.unit(unit).no_value(NO_DATA)


def number(
    title: str, about: str, place: Place, expr: str, unit: str = "short", limit: tuple[float, str] = (1, BAD)
) -> stat.Panel:
    """One number, coloured from a limit on."""
    panel = dressed(stat.Panel(), title, about, place, unit).thresholds(steps(limit))
    panel = panel.color_mode(shape.BigValueColorMode.VALUE).graph_mode(shape.BigValueGraphMode.NONE)
    return panel.reduce_options(last()).with_target(query(expr))


def last() -> common.ReduceDataOptions:
    """The newest value stands for a series."""
    return common.ReduceDataOptions().calcs(["lastNotNull"])


def answer(title: str, about: str, place: Place, expr: str) -> stat.Panel:
    """The dashboard's first word: yes or no."""
    panel = dressed(stat.Panel(), title, about, place).mappings(mapping(STATE)).thresholds(steps())
    panel = panel.color_mode(shape.BigValueColorMode.BACKGROUND_SOLID).graph_mode(shape.BigValueGraphMode.NONE)
    return (
        panel.reduce_options(last())
        .text_mode(shape.BigValueTextMode.VALUE)
        .data_links([report()])
        .with_target(query(expr))
    )


def report() -> build.DashboardLink:
    """Where the reports are read."""
    return build.DashboardLink("Newest report").type(model.DashboardLinkType.LINK).url("${reports}").target_blank(True)


Column = tuple[str, str, str]  # heading, query, unit


def rows(
    title: str, about: str, place: Place, columns: Sequence[Column], sort: str, *, descending: bool = True,
    labels: Sequence[str] = ("repository", "branch"), words: dict[str, dict[str, tuple[str, str]]] | None = None,
) -> table.Panel:  # fmt: skip
    """A table: a line for each combination of labels, a column for each query."""
    refs = [chr(ord("A") + n) for n in range(len(columns))]
    names = [f"Value #{r}" for r in refs] if len(refs) > 1 else ["Value"]
    renamed = {n: c[0] for n, c in zip(names, columns, strict=True)} | {n: n.capitalize() for n in labels}
    order = {n: i for i, n in enumerate((*labels, *names))}
    organised = {"excludeByName": {"Time": True}, "renameByName": renamed, "indexByName": order}
    panel = dressed(table.Panel(), title, about, place).filterable(True)
    panel = panel.with_transformation(model.DataTransformerConfig("merge", options={}))
    panel = panel.with_transformation(model.DataTransformerConfig("organize", options=organised))
    panel = panel.sort_by([common.TableSortByFieldState().display_name(sort).desc(descending)])
    for ref, (heading, expr, unit) in zip(refs, columns, strict=True):
        panel = panel.with_target(query(expr, ref, rows=True))
        panel = panel.override_by_name(heading, cell(unit, (words or {}).get(heading)))
    link = {"title": "Newest report", "url": "${reports}", "targetBlank": True}
    return panel.override_by_name("Repository", [model.DynamicConfigValue("links", [link])])


def cell(unit: str, words: dict[str, tuple[str, str]] | None) -> list[model.DynamicConfigValue]:
    """How the numbers of a column are shown."""
    shown = [model.DynamicConfigValue("unit", unit)]
    if words:
        shown.append(model.DynamicConfigValue("mappings", mapping(words)))
        shown.append(model.DynamicConfigValue("custom.cellOptions", {"type": "color-text"}))
    return shown


def lines(
    title: str, about: str, place: Place, queries: Sequence[tuple[str, str]], unit: str = "short", *,
    stacked: bool = False,
) -> timeseries.Panel:  # fmt: skip
    """How numbers went; a gap where there were none."""
    panel = dressed(timeseries.Panel(), title, about, place, unit).min(0).line_width(2).span_nulls(False)
    panel = panel.color_scheme(build.FieldColor().mode(model.FieldColorModeId.PALETTE_CLASSIC_BY_NAME))
    if stacked:
        stack = common.StackingConfig().mode(shape.StackingMode.NORMAL)
        panel = panel.stacking(stack).fill_opacity(20)
    legend = common.VizLegendOptions().show_legend(True).display_mode(shape.LegendDisplayMode.LIST)
    panel = panel.legend(legend.placement(shape.LegendPlacement.BOTTOM))
    for n, (expr, name) in enumerate(queries):
        panel = panel.with_target(query(expr, chr(ord("A") + n), name, over_time=True))
    return panel


def shares(title: str, about: str, place: Place, bars: Sequence[tuple[str, str]]) -> bargauge.Panel:
    """Parts of a whole as bars."""
    panel = dressed(bargauge.Panel(), title, about, place, "percentunit").min(0).max(1).decimals(0)
    colour = build.FieldColor().mode(model.FieldColorModeId.FIXED).fixed_color(PLAIN)
    panel = panel.reduce_options(last()).color_scheme(colour).orientation(shape.VizOrientation.HORIZONTAL)
    panel = panel.display_mode(shape.BarGaugeDisplayMode.BASIC)
    for n, (expr, name) in enumerate(bars):
        panel = panel.with_target(query(expr, chr(ord("A") + n), name))
    return panel
