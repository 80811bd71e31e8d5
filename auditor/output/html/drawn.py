"""What a page draws, as frozen values: bars, strips and lines, in the units of their pictures."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Share:
    """One part of a bar: how many, and where it starts and ends in hundredths."""

    word: str
    number: int
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Mark:
    """A thing drawn in a chart, in its coordinates, with what it says."""

    x: float
    y: float
    width: float
    says: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One branch in the chart of lead times: every arrival, the middle half, the median."""

    name: str
    y: float
    dots: tuple[float, ...]
    low: float
    high: float
    median: float
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """One branch in the chart of drift over time. `kind` is a number for its look."""

    name: str
    kind: int
    points: str
    label_y: float
    says: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Charts:
    """The charts of a page; `trend` is None where nothing is remembered yet."""

    lead: tuple[Strip, ...]
    lead_ticks: tuple[Tick, ...]
    lead_height: float
    ages: tuple[Mark, ...]
    ages_height: float
    trend: tuple[Line, ...] | None
    trend_x: tuple[Tick, ...]
    trend_y: tuple[Tick, ...]
