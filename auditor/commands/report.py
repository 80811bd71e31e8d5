"""`report`: an earlier run as it was recorded, without scanning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.commands import results
from auditor.config.configuration import load
from auditor.errors import UsageError
from auditor.fleet.progress import say
from auditor.output import BINARY, encoded, files
from auditor.output.words import rfc3339
from auditor.past import History
from auditor.system import scratch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from auditor.ledger.database import Database
    from auditor.ledger.read import Run


_MOST_FAILED = 3


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    config: Path
    run: int | None = None
    as_of: str | None = None
    form: str = "table"
    output: str = "-"
    quiet: bool = False
    pack: Path | None = None
    sign: bool = False


def run(options: Options) -> int:
    """Writes what a run wrote; the exit status is that run's."""
    from auditor.ledger import database, history, read

    if options.sign and options.pack is None:
        raise UsageError("--sign needs --pack: it is the pack that is signed")
    config = load(options.config)
    results.require(config, options.config, {"-o": options.output, "--pack": options.pack})
    if options.form in BINARY:
        files.require_no_terminal(options.output)
    name = config.ledger_name
    until = _until(options)
    ledger = database.open_ledger(config.ledger_url, create=False)
    chosen = read.run(ledger, name, options.run) if options.run else read.last(ledger, name, until)
    found = read.audit(ledger, chosen.number)
    if not options.quiet:
        say("info", f"run {chosen.number}, from {rfc3339(found.started_at)} to {rfc3339(found.finished_at)}")
        if options.run is None:
            _tell_failed(read.failed_after(ledger, name, chosen.number, until))
    past = history.history(ledger, name, chosen.number)
    if options.pack is not None:
        _pack(ledger, chosen.number, past, options)
    terminal = files.is_terminal(options.output)
    files.write(options.output, encoded(options.form, found, past, terminal=terminal))
    return found.exit_code


def _tell_failed(runs: Sequence[Run]) -> None:
    """Runs that came to nothing since: who asks for the last one should know that it is not the newest."""
    for run in runs[:_MOST_FAILED]:
        say("warning", f"run {run.number} after it failed, {rfc3339(run.finished_at)}: {run.reason}")
    if len(runs) > _MOST_FAILED:
        say("warning", f"so did {len(runs) - _MOST_FAILED} more before that")


def _pack(ledger: Database, number: int, past: History, options: Options) -> None:
    from auditor.evidence import make
    from auditor.ledger.rows import sha256

    found = make.evidence(ledger, number, past)
    with scratch.held():
        data, manifest = make.pack(found, sign=options.sign)
    files.write(str(options.pack), data)
    say("info", f"{options.pack}: run {number}; the SHA-256 of its manifest is {sha256(manifest)}")


def _until(options: Options) -> int | None:
    """The last second of the day asked for."""
    if options.as_of is None:
        return None
    if options.run is not None:
        raise UsageError("name a run, or a day with --as-of, not both")
    try:
        day = date.fromisoformat(options.as_of)
    except ValueError:
        raise UsageError(f"--as-of: {options.as_of} is no day; write it like 2026-09-30") from None
    if day > datetime.now(UTC).date():
        raise UsageError(f"--as-of: {options.as_of} is still to come (days are in UTC)")
    return int(datetime.combine(day + timedelta(days=1), time(), UTC).timestamp()) - 1
