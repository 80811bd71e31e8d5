"""Ledgers on a disk that is full, a real one: `python -m tests.full_disk`, as root, for it mounts one in memory.

A run is recorded with more and more room left. Each time the ledger has it whole or not at all, says so in
words, and takes the next run once there is room.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from auditor.ledger import chain, read
from auditor.ledger.database import Database, LedgerError, open_ledger
from auditor.model import RepositoryAudit
from tests.build import back_merge, hotfix, protocol
from tests.judged import audit
from tests.ledgers import NAME, record
from tests.postgresql import server_in

_MIB = 2**20
_STEP = 16 * 1024


@contextmanager
def disk(folder: Path, size: int) -> Iterator[Path]:
    """A small disk."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@contextmanager
def filled(place: Path, left: int) -> Iterator[None]:
    """The disk with so many bytes left."""
    filler = place / "filler"
    room = os.statvfs(place)
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, room.f_bavail * room.f_frsize - left))
    try:
        yield
    finally:
        filler.unlink()


def large(folder: Path) -> RepositoryAudit:
    """An audit that brings much that is new."""
    repo = protocol(folder / "shop", branches=("dev", "dr"))
    hotfix(repo)
    back_merge(repo, "main", "dev")
    found = audit(repo, branches=["dev", "dr"])
    return replace(found, hotfixes=tuple(replace(found.hotfixes[0], tag=f"v1.0.{n}") for n in range(100)))


def fill(place: Path, ledger: Callable[[], Database], found: RepositoryAudit) -> Counter[str]:
    """Records a run with ever more room until it fits three times; counts what came of each."""
    figures = Counter[str]()
    record(ledger(), found)
    left = 0
    while figures["recorded"] < 3:
        finished = _finished(ledger())
        said = ""
        with filled(place, left):
            try:
                record(ledger(), _other(found, left))
            except LedgerError as error:
                said = str(error)
        _once_there_is_room(ledger)
        after = _finished(ledger())
        assert after == finished + (not said), f"{left} bytes left: {said or 'nothing said'}"
        assert not said or "\n" not in said
        figures["refused" if said else "recorded"] += 1
        record(ledger(), found)
        assert chain.verify(ledger()).faults == ()
        assert _finished(ledger()) == after + 1
        left += _STEP
    return figures


def _other(found: RepositoryAudit, number: int) -> RepositoryAudit:
    """The same with a content of its own, so that there is something to write."""
    return replace(found, hotfixes=tuple(replace(h, message=f"{number} {h.tag}") for h in found.hotfixes))


def _finished(ledger: Database) -> int:
    return sum(run.state == "finished" for run in read.runs(ledger, NAME))


def _once_there_is_room(ledger: Callable[[], Database]) -> None:
    """PostgreSQL ends itself where it cannot write its journal, and recovers."""
    ends = time.monotonic() + 60
    while True:
        try:
            faults = chain.verify(ledger()).faults
        except LedgerError:
            assert time.monotonic() < ends
            time.sleep(0.1)
        else:
            assert faults == ()
            return


def main() -> None:
    """Both kinds of ledger; prints the figures."""
    with tempfile.TemporaryDirectory(prefix="drift-full-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        found = large(folder)
        with disk(folder / "sqlite", 4 * _MIB) as place:
            url = str(place / "ledger.sqlite")
            _say("SQLite", fill(place, lambda: open_ledger(url, create=True), found))
        with disk(folder / "postgresql", 256 * _MIB) as place:
            (place / "server").mkdir()
            small = ("max_wal_size=4MB", "min_wal_size=2MB", "wal_recycle=off")
            with server_in(place / "server", *small) as address:
                _say("PostgreSQL", fill(place, lambda: open_ledger(address, create=True), found))


def _say(what: str, figures: Counter[str]) -> None:
    print(f"{what}: " + ", ".join(f"{n} {word}" for word, n in sorted(figures.items())) + ", nothing lost", flush=True)


if __name__ == "__main__":
    main()
