"""Runs one scan to its end, or to ours, in a process of its own.

That process is a fresh interpreter with the plain `scan` command: it shares no threads, locks or
memory with the server (a fork of a process with threads would), reads the configuration anew, and what
it leaks or breaks ends with it. It ends with its parent, and its workers with it.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auditor.errors import BranchDriftError
from auditor.serve.runs import METRICS, Run, Runs

_LOOK_EVERY = 0.25
_TO_END = 15.0
_FINISHED = (0, 1, 3)
# From the head of an audit's document to the number that the ledger has for the run.
Recorded = Callable[[dict[str, Any]], int | None]
_ENDING = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Stop:
    """Whether the process has been asked to end (SIGTERM, SIGINT), or its terminal was closed (SIGHUP).

    A pipe, not an event: a handler that set an event could wait for the very lock that it interrupted.
    """

    def __init__(self) -> None:
        self._read, self._write = os.pipe()
        os.set_blocking(self._write, False)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Takes the signals over for a while."""
        heard = [n for n in _ENDING if signal.getsignal(n) is not signal.SIG_IGN]
        before = {number: signal.signal(number, self._note) for number in heard}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _note(self, _number: int, _frame: object) -> None:
        # A full pipe has been asked often enough.
        try:
            os.write(self._write, b"x")
        except BlockingIOError:
            return

    def wait(self, seconds: float) -> bool:
        """Waits so long, or until asked to end; whether it was asked."""
        return bool(select.select([self._read], [], [], max(0.0, seconds))[0])


def scan(runs: Runs, config: Path, options: Sequence[str], stop: Stop, recorded: Recorded) -> Run | None:
    """Scans and publishes. None where the process was asked to end meanwhile.

    Raises `BranchDriftError` where the scan came to no result; what was published before stays.
    """
    with runs.new() as folder:
        results = ("--report-dir", str(folder), "--metrics-textfile", str(folder / METRICS), "--output", os.devnull)
        command = (sys.executable, "-m", "auditor.serve.child", str(os.getpid()), "scan", "--config", str(config))
        process = subprocess.Popen((*command, *results, *options), stdin=subprocess.DEVNULL, start_new_session=True)
        try:
            while process.poll() is None:
                if stop.wait(_LOOK_EVERY):
                    return None
        finally:
            _end(process)
        if process.returncode not in _FINISHED:
            raise BranchDriftError(
                f"the scan came to no result ({_words(process.returncode)}); its words are in the log"
            )
        return runs.publish(folder, recorded)


def _end(process: subprocess.Popen[bytes]) -> None:
    """Asks nicely first, so that the scan ends its workers and removes what it put aside."""
    ends = time.monotonic() + _TO_END
    if process.poll() is None:
        process.terminate()
    while process.poll() is None and time.monotonic() < ends:
        time.sleep(0.05)
    if process.poll() is None:
        process.kill()
    process.wait()


def _words(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit status {code}"
