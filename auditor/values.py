"""How values are written in a configuration: durations, sizes, days, regular expressions."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator, Field

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_BYTES = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def _duration(value: object) -> object:
    """`90s`, `30m`, `4h`, `2d` or `1w` as seconds."""
    match = re.fullmatch(r"(\d{1,6})([smhdw])", value) if isinstance(value, str) else None
    if match is None and not isinstance(value, int):
        raise ValueError("is no duration; write it like 30m, 4h, 2d or 1w")
    return int(match[1]) * _SECONDS[match[2]] if match else value


def _size(value: object) -> object:
    """`512MiB` or `2GiB` as bytes."""
    match = re.fullmatch(r"(\d{1,6})([KMG]iB)", value) if isinstance(value, str) else None
    if match is None and not isinstance(value, int):
        raise ValueError("is no size; write it like 512MiB or 2GiB")
    return int(match[1]) * _BYTES[match[2]] if match else value


def _pattern(value: object) -> object:
    if isinstance(value, str):
        try:
            re.compile(value)
        except re.error as error:
            raise ValueError(f"is no regular expression: {error}") from None
    return value


def _day(value: object) -> object:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise ValueError("is no day; write it like 2027-01-31") from None
    return value


Duration = Annotated[int, BeforeValidator(_duration)]
Size = Annotated[int, BeforeValidator(_size)]
Pattern = Annotated[str, BeforeValidator(_pattern)]
Text = Annotated[str, Field(min_length=1)]
Day = Annotated[date, BeforeValidator(_day)]
