"""`serve`: the exporter and the reports over HTTP, with a schedule of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor.commands import scan
from auditor.config.configuration import load
from auditor.config.values import Duration
from auditor.errors import BranchDriftError, UsageError
from auditor.fleet.progress import say
from auditor.output.words import rfc3339
from auditor.serve import pages, scanner, schedule, web
from auditor.serve.access import Access
from auditor.serve.runs import Runs

# How long a sleep may be: a clock that is set, or a machine that wakes up, is noticed this soon.
_LONGEST_SLEEP = 15.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said; `scan` is for each scan."""

    config: Path
    listen: str
    schedule: str | None
    time_zone: str | None
    jitter: str
    once_at_start: bool
    web_config: Path | None
    keep: int
    log_format: str
    scan: scan.Options


def run(options: Options) -> int:
    """Serves until asked to end."""
    config = load(options.config)
    scan.check_engine(options.scan)
    scan.check_backmerge(options.scan, config)
    plan = _plan(options)
    complain = partial(say, "error", form=options.log_format)
    server = web.Server(web.listen(options.listen), Access(options.web_config, complain), complain)
    runs = Runs(config.state.resolve() / "serve", options.keep)
    stop = scanner.Stop()
    with stop.listening(), closing(server), runs.held():
        server.board = pages.board(runs.finished()[: options.keep])
        with _answering(server):
            say("info", f"serving on {server.url}", options.log_format, url=server.url)
            if server.exposed:
                say("warning", "anyone who reaches this address can read it; see --web-config", options.log_format)
            _Loop(options, plan, runs, server, stop).run()
    say("info", "ended as asked", options.log_format)
    return 0


def _plan(options: Options) -> schedule.Schedule | None:
    try:
        jitter = TypeAdapter(Duration).validate_python(options.jitter)
    except ValidationError:
        raise UsageError(f"--jitter: {options.jitter} is no duration; write it like 30s or 10m") from None
    if options.schedule is None:
        if options.time_zone is not None:
            raise UsageError("--time-zone needs --schedule")
        return None
    return schedule.parse(options.schedule, options.time_zone or "UTC", jitter, str(options.config.resolve()))


def _recorded(config: Path, head: dict[str, Any]) -> int | None:
    """The number that the ledger has for the run that wrote a document; None where it has none, or cannot be asked."""
    from auditor.ledger import database, read

    try:
        said = load(config)
        runs = read.runs(database.open_ledger(said.ledger_url, create=False), said.ledger_name)
    except BranchDriftError:
        return None
    times = (head["started_at"], head["finished_at"])
    found = (r.number for r in runs if (rfc3339(r.started_at), rfc3339(r.finished_at)) == times)
    return next(found, None)


@contextmanager
def _answering(server: web.Server) -> Iterator[None]:
    """Answers in threads while this one scans."""
    thread = threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()


class _Loop:
    """Sleeps until a scan is due, scans, shows what it found; one thing after the other, so never two scans at once."""

    def __init__(
        self,
        options: Options,
        plan: schedule.Schedule | None,
        runs: Runs,
        server: web.Server,
        stop: scanner.Stop,
    ) -> None:
        self.options = options
        self.plan = plan
        self.runs = runs
        self.server = server
        self.stop = stop
        self.key = f"{options.schedule} {options.time_zone or 'UTC'}"

    def run(self) -> None:
        """Until asked to end."""
        served = self._remembered()
        if self.options.once_at_start:
            served = self._scan(served)
        elif self.plan is None:
            say("warning", "there is no --schedule: what was found earlier is served", self.options.log_format)
        while not self.stop.wait(self._sleep(served)):
            served = self._look(served)

    def _sleep(self, served: float) -> float:
        """Seconds to the next scan, or to the next look at the clock, whichever comes first."""
        wait = schedule.due(self.plan, served) - time.time() if self.plan else _LONGEST_SLEEP
        return min(wait, _LONGEST_SLEEP)

    def _look(self, served: float) -> float:
        """Scans if it is time to; gives what has been served then."""
        if self.plan is None:
            return served
        now = time.time()
        known = schedule.believed(self.plan, served, now)
        if known != served:
            self._note(known)
        return self._scan(known) if schedule.due(self.plan, known) <= now else known

    def _remembered(self) -> float:
        """The slot served last. A schedule that is new begins now: nothing of it was missed yet."""
        served = self.runs.served(self.key) if self.plan else None
        if served is None:
            served = time.time()
            self._note(served)
        return served

    def _scan(self, served: float) -> float:
        """Scans; gives the slot that this serves. One that was broken off serves nothing, and is made up for later."""
        after = schedule.serve(self.plan, served, time.time()) if self.plan else served
        said = None
        try:
            config = self.options.config.resolve()
            known = partial(_recorded, config)
            if scanner.scan(self.runs, config, scan.words(self.options.scan), self.stop, known) is None:
                return served
        except BranchDriftError as error:
            said = f"The scan of {rfc3339(int(time.time()))} failed: {error}"
            say("error", said, self.options.log_format)
        self._note(after)
        self._show(said)
        return after

    def _note(self, slot: float) -> None:
        if self.plan is None:
            return
        try:
            self.runs.note_served(self.key, slot)
        except BranchDriftError as error:
            say("error", str(error), self.options.log_format)

    def _show(self, said: str | None) -> None:
        """Puts up the newest runs, then removes the oldest."""
        try:
            self.server.board = pages.board(self.runs.finished()[: self.options.keep], said)
            self.runs.forget()
        except (BranchDriftError, OSError) as error:
            say("error", str(error), self.options.log_format)
