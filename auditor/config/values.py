"""How values are written in a configuration: durations, sizes, days, time zones, regular expressions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from auditor.tag_names import written

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_LEAST_ROOM = 64 * 1024**2
_BYTES = {"KiB": 1024, "MiB": 1024**2, "GiB": 1024**3}


def _duration(value: object) -> object:
    """`90s`, `30m`, `4h`, `2d` or `1w` as seconds."""
    match = re.fullmatch(r"(\d{1,6})([smhdw])", value) if isinstance(value, str) else None
    if match is None and not isinstance(value, int):
        raise ValueError("is no duration; write it like 30m, 4h, 2d or 1w")
    return int(match[1]) * _SECONDS[match[2]] if match else value


@dataclass(frozen=True, slots=True)
class Sla:
    """How long a hotfix may take: in `seconds`, or in `business_days` of a calendar; `text` is it as written."""

    text: str
    seconds: int | None
    business_days: int | None


def _sla(value: object) -> object:
    """`4h` or `2d` are plain durations, `3bd` is three business days."""
    if isinstance(value, Sla):
        return value
    days = re.fullmatch(r"(\d{1,4})bd", value) if isinstance(value, str) else None
    if days is not None:
        return Sla(days[0], None, int(days[1]))
    try:
        seconds = _duration(value)
    except ValueError as error:
        raise ValueError(f"{error}, or 3bd for business days") from None
    return Sla(value if isinstance(value, str) else f"{value}s", int(str(seconds)), None)


def _past(value: date) -> date:
    """Not after today, wherever on Earth it was written."""
    if value > (datetime.now(UTC) + timedelta(hours=14)).date():
        raise ValueError("is in the future")
    return value


def _object_id(value: str) -> str:
    if not re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", value):
        raise ValueError("is no full object id; copy it from the report")
    return value


def _ledger_url(value: str) -> str:
    """A file, or a PostgreSQL database; the message never repeats an address that may hold a secret."""
    if "://" not in value:
        return value
    try:
        parts = urlsplit(value)
        secret = parts.password is not None or "password" in parse_qs(parts.query)
        whole = parts.scheme == "postgresql" and len(parts.path) > 1 and parts.port != 0
    except ValueError:
        secret, whole = False, False
    if secret:
        raise ValueError("holds a password; leave it to PGPASSWORD or PGPASSFILE, and out of this file")
    if not whole:
        raise ValueError("is no ledger; name a file, or postgresql://user@host/database")
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone that is known here; write it like Europe/Berlin") from None
    return value


def _size(value: object) -> object:
    """`512MiB` or `2GiB` as bytes."""
    match = re.fullmatch(r"(\d{1,6})([KMG]iB)", value) if isinstance(value, str) else None
    if match is None and not isinstance(value, int):
        raise ValueError("is no size; write it like 512MiB or 2GiB")
    return int(match[1]) * _BYTES[match[2]] if match else value


def _some_time(value: int) -> int:
    if value < 1:
        raise ValueError("is no time at all; give at least 1s")
    return value


def _some_room(value: int) -> int:
    if value < _LEAST_ROOM:
        raise ValueError("is less than any audit needs; give at least 64MiB")
    return value


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
# Limits that something can be done within.
Allowance = Annotated[Duration, AfterValidator(_some_time)]
Room = Annotated[Size, AfterValidator(_some_room)]
Pattern = Annotated[str, BeforeValidator(_pattern)]
Text = Annotated[str, Field(min_length=1)]
TagName = Annotated[Text, BeforeValidator(lambda value: written(value) if isinstance(value, str) else value)]
Day = Annotated[date, BeforeValidator(_day)]
PastDay = Annotated[Day, AfterValidator(_past)]
ObjectId = Annotated[str, AfterValidator(_object_id)]
Service = Annotated[Sla, BeforeValidator(_sla), WithJsonSchema({"type": "string", "pattern": "^[0-9]+(s|m|h|d|w|bd)$"})]
LedgerUrl = Annotated[str, Field(min_length=1), AfterValidator(_ledger_url)]
Zone = Annotated[str, AfterValidator(_zone)]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def unique(names: Sequence[str]) -> list[str]:
    """The names, those that come again with a number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found
