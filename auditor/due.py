"""When a hotfix must have arrived: plain time after the tag, or business days of a calendar."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from auditor.config.parts import CalendarConfig
from auditor.config.values import Sla

_DAY = 86_400
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def due_at(tagged_at: int, sla: Sla, calendar: CalendarConfig) -> int:
    """The last second that keeps an `sla`, in seconds since 1970.

    Business days run from a moment to the same time of day: tagged on Friday at 15:00, `1bd` ends on Monday
    at 15:00. What is tagged on a day off counts from the first midnight of a business day. A time that no
    calendar reaches counts plain days.
    """
    if sla.business_days is None:
        return tagged_at + (sla.seconds or 0)
    try:
        return _business(tagged_at, sla.business_days, calendar)
    except (OverflowError, ValueError, OSError):
        return tagged_at + sla.business_days * _DAY


def _business(tagged_at: int, days: int, calendar: CalendarConfig) -> int:
    zone = ZoneInfo(calendar.time_zone)
    start = datetime.fromtimestamp(tagged_at, UTC).astimezone(zone)
    day, clock = start.date(), start.time()
    while not _works(day.weekday(), day.isoformat(), calendar):
        day, clock = day + timedelta(days=1), time()
    for _ in range(days):
        day += timedelta(days=1)
        while not _works(day.weekday(), day.isoformat(), calendar):
            day += timedelta(days=1)
    return int(datetime.combine(day, clock, zone).timestamp())


def _works(weekday: int, day: str, calendar: CalendarConfig) -> bool:
    return _WEEKDAYS[weekday] not in calendar.weekend and day not in {h.isoformat() for h in calendar.holidays}
