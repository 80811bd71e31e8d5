"""When the next scan is due: pure functions of the schedule, the last slot that was served, and the clock.

A slot is a time that the cron expression names. A scan serves the newest slot that has come, and with
it all before it, so what was missed (the process was down, the machine slept) is made up for once.
All moments are seconds since 1970.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from auditor.errors import UsageError


@dataclass(frozen=True, slots=True)
class Schedule:
    """A cron expression of five fields in a time zone; each start is put off by up to `jitter` seconds.

    How far is fixed by `seed` and the slot: the same after a restart, another for another exporter.
    """

    expression: str
    zone: ZoneInfo
    jitter: int = 0
    seed: str = ""

    def after(self, moment: float) -> float:
        """The first slot later than a moment."""
        return next(float(s) for s in self._slots(moment, reverse=False) if s > moment)

    def latest(self, moment: float) -> float:
        """The last slot not later than a moment."""
        return next(float(s) for s in self._slots(moment + 1, reverse=True) if s <= moment)

    def start(self, slot: float) -> float:
        """When the scan of a slot begins."""
        if not self.jitter:
            return slot
        digest = hashlib.sha256(f"{self.seed} {slot:.0f}".encode()).digest()
        return slot + int.from_bytes(digest[:8], "big") / 2**64 * self.jitter

    def _slots(self, moment: float, *, reverse: bool) -> map[float]:
        """Slots from a moment on; where clocks are set back, the first ones may lie on its wrong side."""
        began = datetime.fromtimestamp(int(moment), UTC).astimezone(self.zone)
        return map(datetime.timestamp, CronSim(self.expression, began, reverse=reverse))


def parse(expression: str, zone: str, jitter: int, seed: str) -> Schedule:
    """The schedule that the command line names. Raises `UsageError` where there is none such."""
    try:
        found = Schedule(expression, ZoneInfo(zone), jitter, seed)
    except (KeyError, OSError, ValueError):
        raise UsageError(f"--time-zone: there is no time zone {zone}; name one like Europe/Berlin") from None
    fault = _fault(found)
    if fault:
        raise UsageError(f'--schedule: "{expression}" {fault}')
    return found


def _fault(schedule: Schedule) -> str | None:
    if len(schedule.expression.split()) != 5:
        return "is no cron expression: it needs five fields (minute, hour, day of month, month, day of week)"
    now = datetime.now(UTC).timestamp()
    try:
        schedule.after(now)
        schedule.latest(now)
    except CronSimError as error:
        return f"is no cron expression: {str(error)[:1].lower()}{str(error)[1:]}"
    except StopIteration:
        return "names no time within 50 years"
    return None


def believed(schedule: Schedule, served: float, now: float) -> float:
    """What may be taken as served, given the clock: to be asked, and kept, at each look at the clock.

    A clock set back a little must not serve the same slot again: it stays served. Where it was set back
    past whole slots, it had been wrong before, and waiting for those times to come again would lose
    scans: the schedule begins anew from now.
    """
    return now if served > schedule.after(now) else served


def due(schedule: Schedule, served: float) -> float:
    """When the next scan begins; where that has passed, it was missed, and begins at once."""
    return schedule.start(schedule.after(served))


def serve(schedule: Schedule, served: float, now: float) -> float:
    """What has been served once a scan that began now is done: every slot that had come."""
    return max(served, schedule.latest(now))
