"""One host, one call at a time; a second between writes; and nothing at all while the host wants quiet."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

BETWEEN_WRITES = 1.0


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks and the pause; tests bring their own."""

    now: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


@dataclass(slots=True)
class Pace:
    """What is known of one host in this process. Times are of the monotonic clock."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    last_write: float = float("-inf")
    quiet_until: float = float("-inf")

    def pause(self, now: float, *, writing: bool) -> float:
        """Seconds to pause before the next call."""
        free = max(self.quiet_until, self.last_write + BETWEEN_WRITES if writing else float("-inf"))
        return max(0.0, free - now)


_PACES: dict[str, Pace] = {}
_PACES_LOCK = threading.Lock()


def of(host: str) -> Pace:
    """The pace of a host (name and port), shared by all who call it."""
    with _PACES_LOCK:
        return _PACES.setdefault(host, Pace())
