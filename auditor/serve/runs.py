"""The finished runs on disk: each a folder of its own, there whole or not at all, the newest few kept.

Runs are numbered as they come, so that a clock set back cannot make an old one look new; that is not the number by
which the ledger knows them, which is kept beside it where it is known. One serving process at a
time holds the folder.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from auditor.errors import BranchDriftError
from auditor.output import files, wire

METRICS = "metrics.prom"
_ABOUT = "run.json"
_NUMBER = re.compile(r"[0-9]{6,12}")
_SCHEDULE = "schedule.json"


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run: how many there had been with it, its folder, and what its audit says in short.

    `recorded` is its number in the ledger, or None where that is not known.
    """

    number: int
    folder: Path
    started_at: str
    finished_at: str
    summary: dict[str, Any]
    reports: tuple[str, ...]
    recorded: int | None = None

    @property
    def name(self) -> str:
        """Its folder's."""
        return f"{self.number:06d}"

    @property
    def address(self) -> str:
        """As in addresses: by its number in the ledger, if there is one."""
        return self.name if self.recorded is None else f"run-{self.recorded}"


class Runs:
    """The folder of finished runs."""

    def __init__(self, folder: Path, keep: int) -> None:
        self.folder = folder
        self.keep = keep

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds the folder against other serving processes.

        Raises `BranchDriftError` where another holds it, or it cannot be made.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise BranchDriftError(f"{self.folder}: cannot be used: {error.strerror}") from None
        try:
            self._lock(descriptor)
            self._tidy()
            yield
        finally:
            os.close(descriptor)

    def _lock(self, descriptor: int) -> None:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise BranchDriftError(f"{self.folder}: another process serves from here already") from None

    def finished(self) -> tuple[Run, ...]:
        """Every run that can be served, newest first; a damaged one is passed over."""
        numbers = [int(p.name) for p in self.folder.iterdir() if _NUMBER.fullmatch(p.name)]
        return tuple(r for n in sorted(numbers, reverse=True) if (r := self._read(n)) is not None)

    @contextmanager
    def new(self) -> Iterator[Path]:
        """A folder for a run to write to; what was not published is gone afterwards."""
        try:
            folder = Path(tempfile.mkdtemp(prefix=".new-", dir=self.folder))
        except OSError as error:
            raise BranchDriftError(f"{self.folder}: cannot be written: {error.strerror}") from None
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, folder: Path, recorded: Callable[[dict[str, Any]], int | None] = lambda _: None) -> Run:
        """Makes what a run wrote the newest finished one, in one step; `recorded` tells its number in the ledger.

        Raises `BranchDriftError` where the run wrote less than everything, or the disk refuses.
        """
        absent = [n for n in (METRICS, "index.html", "audit.json") if not (folder / n).is_file()]
        if absent:
            raise BranchDriftError(f"the run left no {', '.join(absent)}")
        about = wire.head(folder / "audit.json")
        files.write_text(folder / _ABOUT, json.dumps({**about, "recorded": recorded(about)}) + "\n")
        number = max((int(p.name) for p in self.folder.iterdir() if _NUMBER.fullmatch(p.name)), default=0) + 1
        try:
            folder.chmod(0o755)
            folder.rename(self.folder / f"{number:06d}")
        except OSError as error:
            raise BranchDriftError(f"{self.folder}: cannot be written: {error.strerror}") from None
        files.sync_folder(self.folder)
        run = self._read(number)
        assert run is not None
        return run

    def forget(self) -> None:
        """Removes all but the newest; a run that is being read is read to its end."""
        kept = {r.name for r in self.finished()[: self.keep]}
        for old in [p for p in self.folder.iterdir() if _NUMBER.fullmatch(p.name) and p.name not in kept]:
            with suppress(OSError):
                old.rename(self.folder / f".old-{old.name}")
        self._tidy()

    def served(self, schedule: str) -> float | None:
        """The slot that was last served by this very schedule, if any is known."""
        known: Any = None
        with suppress(OSError, ValueError):
            known = json.loads((self.folder / _SCHEDULE).read_bytes())
        if isinstance(known, dict) and known.get("schedule") == schedule and isinstance(known.get("served"), float):
            return float(known["served"])
        return None

    def note_served(self, schedule: str, slot: float) -> None:
        """Remembers, over a restart, what was served. Raises `BranchDriftError` where it cannot be."""
        files.write_text(self.folder / _SCHEDULE, json.dumps({"schedule": schedule, "served": float(slot)}) + "\n")

    def _read(self, number: int) -> Run | None:
        folder = self.folder / f"{number:06d}"
        try:
            about = json.loads((folder / _ABOUT).read_bytes())
            named = (p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
            reports = tuple(sorted(n for n in named if n not in (_ABOUT, METRICS)))
            known = (about["started_at"], about["finished_at"], about["summary"])
            whole = (folder / METRICS).is_file()
            return Run(number, folder, *known, reports, about.get("recorded")) if whole else None
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _tidy(self) -> None:
        for left in [p for p in self.folder.iterdir() if p.name.startswith((".new-", ".old-"))]:
            shutil.rmtree(left, ignore_errors=True)
