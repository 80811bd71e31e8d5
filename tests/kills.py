"""Kills runs at random moments while they write the ledger, and looks at what is left: `python -m tests.kills 500`."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from auditor.ledger import chain, read, write
from auditor.ledger.database import open_ledger
from auditor.model import RepositoryAudit
from tests.build import back_merge, hotfix, protocol
from tests.judged import audit
from tests.ledgers import NAME, T0, beginning, record, whole

Child = tuple[int, int]
_LEDGER_LIVES = 25


def writer(url: str, found: RepositoryAudit) -> Child:
    """A process that records one run after the other, and says of each that it is on record once it is."""
    said, says = os.pipe()
    child = os.fork()
    if child:
        os.close(says)
        return child, said
    try:
        ledger = open_ledger(url, create=True)
        for _ in range(50):
            number = write.begin(ledger, beginning())
            write.finish(ledger, number, whole(found), {})
            os.write(says, f"{number}\n".encode())
    finally:
        os._exit(1)


def scanner(config: Path) -> Child:
    """The command as cron runs it; it says on standard error that its run is on record."""
    command = [sys.executable, "-m", "auditor", "scan", "-c", str(config), "-o", os.devnull, "--log-format", "json"]
    # The pipe outlives the process object, which is not waited for: the child is.
    said, says = os.pipe()
    child = os.posix_spawn(
        sys.executable, command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, says, 2)], setpgroup=0
    )
    os.close(says)
    return child, said


def kill(child: Child, after: float) -> set[int]:
    """Ends a process like a power cut would, and gives the runs that it had said to be on record."""
    process, said = child
    time.sleep(after)
    os.kill(process, signal.SIGKILL)
    os.waitpid(process, 0)
    text = b""
    while part := os.read(said, 65536):
        text += part
    os.close(said)
    return {int(n) for n in _numbers(text.decode())}


def _numbers(text: str) -> list[str]:
    if '"run"' in text:
        return [line.split('"run": ')[1].split(",")[0] for line in text.splitlines() if '"run": ' in line]
    return [line for line in text.splitlines() if line.isdigit()]


def look(url: str, acknowledged: set[int], read_before: set[int], name: str = NAME) -> Counter[str]:
    """What is on record after a kill. Fails where a run that was acknowledged is lost, or half of one looks whole."""
    ledger = open_ledger(url, create=True)
    assert chain.verify(ledger).faults == ()
    found = {run.number: run.state for run in read.runs(ledger, name)}
    assert sorted(found) == list(range(1, len(found) + 1))
    finished = {number for number, state in found.items() if state == "finished"}
    assert acknowledged <= finished, f"lost: {acknowledged - finished}"
    for number in finished - read_before:
        assert read.audit(ledger, number).repositories
    read_before |= finished
    return Counter(found.values())


def kill_writers(url: Callable[[int], str], found: RepositoryAudit, times: int, rng: random.Random) -> Counter[str]:
    """Kills `times` writers; after each, the ledger is whole and the next run is clean."""
    total = Counter[str]()
    acknowledged, read_before = set[int](), set[int]()
    longest = 0.0
    for at in range(times):
        place = url(at // _LEDGER_LIVES)
        if at % _LEDGER_LIVES == 0:
            acknowledged, read_before = set(), set()
        before = len(acknowledged)
        acknowledged |= kill(writer(place, found), rng.uniform(0, 3 * longest + 0.05))
        states = look(place, acknowledged, read_before)
        total["kills"] += 1
        total["acknowledged"] += len(acknowledged) - before
        total["killed while running"] += states["running"]
        began = time.monotonic()
        acknowledged.add(record(open_ledger(place, create=True), found, at=T0 + at).run)
        longest = time.monotonic() - began
        assert look(place, acknowledged, read_before)["running"] == 0
    return total


def kill_scans(folder: Path, times: int, rng: random.Random) -> Counter[str]:
    """Kills `times` whole scans, workers and all."""
    repo = protocol(folder / "shop")
    hotfix(repo)
    config = folder / "drift.yaml"
    config.write_text("repositories: [{name: shop, path: shop}]\n")
    url, name = str(folder / ".branch-drift" / "ledger.sqlite"), str(config.resolve())
    total, acknowledged, read_before = Counter[str](), set[int](), set[int]()
    longest = _duration(config)
    for _ in range(times):
        before = len(acknowledged)
        acknowledged |= kill(scanner(config), rng.uniform(0.3, 1.2) * longest)
        total["kills"] += 1
        total["acknowledged"] += len(acknowledged) - before
        total["killed while running"] += look(url, acknowledged, read_before, name)["running"]
    assert _scan(config) == 1
    assert look(url, acknowledged, read_before, name)["running"] == 0
    return total


def _duration(config: Path) -> float:
    began = time.monotonic()
    assert _scan(config) == 1
    return time.monotonic() - began


def _scan(config: Path) -> int:
    command = [sys.executable, "-m", "auditor", "scan", "-c", str(config), "-o", os.devnull, "--quiet"]
    return subprocess.run(command, check=False).returncode


def main(times: int) -> None:
    """Four fifths writers, one fifth scans; prints the figures."""
    folder = Path(tempfile.mkdtemp(prefix="drift-kills-"))
    seed = random.SystemRandom().randrange(10**6)
    rng = random.Random(seed)
    try:
        repo = protocol(folder / "shop", branches=("dev", "dr"))
        hotfix(repo)
        back_merge(repo, "main", "dev")
        found = audit(repo, branches=["dev", "dr"])
        scans = times // 5
        for what, figures in (
            ("writers", kill_writers(lambda n: str(folder / f"{n}.sqlite"), found, times - scans, rng)),
            ("scans", kill_scans(folder / "scans", scans, rng)),
        ):
            assert figures["acknowledged"], f"{what}: no kill came after a run was on record"
            print(f"{what} (seed {seed}): " + ", ".join(f"{n} {word}" for word, n in figures.items()), flush=True)
        print("no acknowledged run lost, no half run read as whole, every next run clean")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(int(sys.argv[1]))
