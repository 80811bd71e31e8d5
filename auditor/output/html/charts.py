"""The geometry of the charts: numbers in, coordinates out. How they look is the templates' business."""

from __future__ import annotations

import math
import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from auditor.model import DRIFT, RepositoryAudit, Status
from auditor.output.html.drawn import Charts, Line, Mark, Share, Strip, Tick
from auditor.output.html.story import counted
from auditor.output.order import WORST_FIRST
from auditor.output.words import plain, span
from auditor.past import DriftDay, History

WIDTH = 100.0
ROW = 26.0
_HEIGHT = 150.0
_MOST_DOTS = 400
_HOUR, _DAY = 3600, 86_400
_TICKS = ((60, "1 min"), (_HOUR, "1 h"), (_DAY, "1 d"), (7 * _DAY, "1 w"), (365 * _DAY, "1 y"))
_AGES = ((_DAY, "under 1 day"), (7 * _DAY, "1 to 7 days"), (30 * _DAY, "7 to 30 days"),
         (90 * _DAY, "30 to 90 days"), (math.inf, "over 90 days"))  # fmt: skip
_LEAST = 60
_LOOKS = 6
_LABEL = 10.0


def charts(found: Sequence[RepositoryAudit], now: int, history: History | None) -> Charts:
    """The charts over these repositories."""
    strips = _lead(found)
    ages = _ages(found, now)
    names = {r.name for r in found}
    days = [d for d in history.days if d.repository in names] if history else []
    lines, across, up = _trend(days)
    return Charts(
        lead=strips,
        lead_ticks=tuple(Tick(_log(seconds), text) for seconds, text in _TICKS),
        lead_height=ROW * len(strips),
        ages=ages,
        ages_height=ROW * len(ages),
        trend=lines or None,
        trend_x=across,
        trend_y=up,
    )


def shares(counts: dict[Status, int]) -> tuple[Share, ...]:
    """A bar of all pairs by status, worst first; statuses that nobody has are left out."""
    total = sum(counts.values())
    parts, start = [], 0.0
    for status in WORST_FIRST:
        if counts.get(status):
            width = WIDTH * counts[status] / total
            parts.append(Share(status.value, counts[status], round(start, 2), round(width, 2)))
            start += width
    return tuple(parts)


def spark(days: Sequence[DriftDay], repository: str) -> str:
    """One repository's drift over time as the points of a line, 100 by 20; empty where it is not remembered."""
    by_day: dict[str, int] = defaultdict(int)
    for day in days:
        if day.repository == repository:
            by_day[day.day] += day.drifting
    if len(by_day) < 2:
        return ""
    return _points(sorted(by_day.items()), _span(by_day), max(by_day.values()), 18)


def _lead(found: Sequence[RepositoryAudit]) -> tuple[Strip, ...]:
    times: dict[str, list[int]] = defaultdict(list)
    for repository in found:
        for _, verdict in repository.pairs():
            if verdict.lead_time_seconds is not None:
                times[verdict.branch].append(verdict.lead_time_seconds)
    return tuple(_strip(name, n, sorted(values)) for n, (name, values) in enumerate(times.items()))


def _strip(name: str, number: int, values: list[int]) -> Strip:
    low, median, high = _quartiles(values)
    dots = sorted({round(_log(v), 1) for v in values})
    said = f"median {span(round(median))}, longest {span(values[-1])}, {counted(len(values), 'arrival')}"
    return Strip(
        name=plain(name),
        y=number * ROW + ROW / 2,
        dots=tuple(dots[:: len(dots) // _MOST_DOTS + 1]),
        low=_log(low),
        high=_log(high),
        median=_log(median),
        says=said,
    )


def _quartiles(values: list[int]) -> tuple[float, float, float]:
    if len(values) == 1:
        return (values[0], values[0], values[0])
    low, median, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, median, high


def _log(seconds: float) -> float:
    """A span's place on the axis, from a minute to a year; what is shorter or longer stands at the ends."""
    last = _TICKS[-1][0]
    share = math.log(min(max(seconds, _LEAST), last) / _LEAST) / math.log(last / _LEAST)
    return round(WIDTH * share, 2)


def _ages(found: Sequence[RepositoryAudit], now: int) -> tuple[Mark, ...]:
    ages = [
        now - v.since for r in found for _, v in r.pairs() if v.status in DRIFT and v.since is not None
    ]  # fmt: skip
    if not ages:
        return ()
    numbers, low = [], -math.inf
    for limit, _ in _AGES:
        numbers.append(sum(low <= age < limit for age in ages))
        low = limit
    most = max(numbers)
    return tuple(
        Mark(0, n * ROW + ROW / 2, round(WIDTH * number / most, 2), f"{_AGES[n][1]}: {counted(number, 'pair')}")
        for n, number in enumerate(numbers)
    )


def _trend(days: Sequence[DriftDay]) -> tuple[tuple[Line, ...], tuple[Tick, ...], tuple[Tick, ...]]:
    by_branch: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for day in days:
        by_branch[day.branch][day.day] += day.drifting
    every = {d.day: 0 for d in days}
    if len(every) < 2:
        return (), (), ()
    limits = _span(every)
    most = max(n for values in by_branch.values() for n in values.values())
    lines = tuple(
        _line(name, n, sorted(values.items()), limits, most) for n, (name, values) in enumerate(by_branch.items())
    )
    lines = _spread(lines)
    across = tuple(Tick(at, date.fromordinal(d).isoformat()) for at, d in ((0, limits[0]), (WIDTH, limits[1])))
    up = (Tick(_HEIGHT, "0"), *((Tick(0, f"{most:,}"),) if most else ()))
    return lines, across, up


def _line(name: str, number: int, values: list[tuple[str, int]], limits: tuple[int, int], most: int) -> Line:
    points = _points(values, limits, most, _HEIGHT)
    said = f"{values[0][1]} on {values[0][0]}, {values[-1][1]} on {values[-1][0]}"
    return Line(plain(name), number % _LOOKS, points, float(points.rpartition(",")[2]), said)


def _spread(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """Labels that would lie over each other, moved apart."""
    places, above = {}, -_LABEL
    for n in sorted(range(len(lines)), key=lambda n: lines[n].label_y):
        above = places[n] = max(lines[n].label_y, above + _LABEL)
    return tuple(replace(line, label_y=places[n]) for n, line in enumerate(lines))


def _points(values: Sequence[tuple[str, int]], limits: tuple[int, int], most: int, height: float) -> str:
    """A step line: a number holds until the next day that has one."""
    first, last = limits
    places, before = [], None
    for day, number in values:
        x = round(WIDTH * (date.fromisoformat(day).toordinal() - first) / max(1, last - first), 2)
        y = round(height - height * number / max(1, most), 2)
        if before is not None and before != y:
            places.append(f"{x},{before}")
        places.append(f"{x},{y}")
        before = y
    return " ".join(places)


def _span(days: dict[str, int]) -> tuple[int, int]:
    return date.fromisoformat(min(days)).toordinal(), date.fromisoformat(max(days)).toordinal()
