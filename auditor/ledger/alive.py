"""Whether the process that began a run is still there."""

from __future__ import annotations

import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Owner:
    """A process, and the place in which its number means it: this boot of this machine, this space of processes."""

    host: str
    place: str
    process: int
    process_started: str


def myself() -> Owner:
    """The process that asks."""
    return Owner(socket.gethostname(), _place(), os.getpid(), _started(os.getpid()) or "")


def is_alive(owner: Owner) -> bool | None:
    """Whether a process still runs; None where it ran elsewhere, so that nobody here can tell."""
    if owner.place != _place():
        return None
    started = _started(owner.process)
    return started is not None and started == owner.process_started


def _place() -> str:
    with suppress(OSError):
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    return socket.gethostname()


def _started(process: int) -> str | None:
    """When a process started, in the system's own count: a number that is used again has another. None: it is gone."""
    with suppress(OSError, IndexError):
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
        return None if fields[0] in "ZX" else fields[19]
    if Path("/proc/self/stat").exists():
        return None
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""
