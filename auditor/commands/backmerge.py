"""`backmerge`: plans, and with `--apply` opens, the pull requests that would end the drift."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.backmerge import requests, whole
from auditor.backmerge.draft import Wanted
from auditor.backmerge.entry import Plan
from auditor.backmerge.given import Given
from auditor.backmerge.plan import Caps
from auditor.commands import results, scan
from auditor.config.configuration import Config, RepositoryConfig
from auditor.config.faults import nearest
from auditor.errors import UsageError
from auditor.fleet import alone
from auditor.fleet.progress import progress, say
from auditor.git import process
from auditor.output import files
from auditor.output.plan import FORMATS
from auditor.system import scratch

_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    config: Path
    wanted: Wanted
    caps: Caps
    form: str = "table"
    output: str = "-"
    apply: bool = False
    jobs: int | None = None
    quiet: bool = False
    run: int | None = None


def run(options: Options) -> int:
    """Plans, carries out where that is asked, and prints; the exit status is that of DESIGN, Command line."""
    config = scan.configuration((), options.config, None, ())
    results.require(config, options.config, {"-o": options.output})
    for repository in (*config.repositories, *config.discover):
        requests.check(repository.backmerge.templates)
    process.version()
    with alone.held(config, remember=False), scratch.held():
        plan = _plan(config, options)
    files.write(options.output, FORMATS[options.form](plan).encode())
    for problem in plan.problems:
        say("error", f"branch-drift: {problem.code}: {problem.detail}", "text")
    return plan.exit_code


def _plan(config: Config, options: Options) -> Plan:
    audits = _recorded(config, options.run) if options.run is not None else None
    config, discovered = scan.discovered_too(config, scan.Options(quiet=options.quiet, no_ledger=True))
    chosen = _chosen(config, options.wanted)
    ask = whole.Ask(options.wanted, options.caps, options.apply, config.state, int(time.time()))
    with progress(len(chosen), "text", quiet=options.quiet) as tell:
        found = whole.drafted(chosen, ask, options.jobs or os.cpu_count() or 1, tell, audits)
    plan = whole.plan(chosen, found, ask, [p for d in discovered for p in d.errors])
    if options.wanted.tags and not plan.entries and not plan.problems:
        # Not "nothing is left to do": a misspelt tag would always be in order.
        raise UsageError(f"there is no hotfix {', '.join(options.wanted.tags)} in what is asked about")
    return plan


def _recorded(config: Config, number: int) -> Given:
    """A run as the ledger has it. Raises `BranchDriftError` where there is none of that number."""
    from auditor.ledger import database, read

    ledger = database.open_ledger(config.ledger_url, create=False)
    found = read.audit(ledger, read.run(ledger, config.ledger_name, number).number)
    return Given({r.name: r for r in found.repositories}, number)


def _chosen(config: Config, wanted: Wanted) -> tuple[RepositoryConfig, ...]:
    _require("repository", wanted.repositories, [r.name for r in config.repositories])
    chosen = tuple(r for r in config.repositories if not wanted.repositories or r.name in wanted.repositories)
    _require("branch", wanted.branches, list(dict.fromkeys(b.name for r in chosen for b in r.branches)))
    return chosen


def _require(kind: str, names: Sequence[str], known: Sequence[str]) -> None:
    unknown = [f"there is no {kind} {n}{nearest(n, known, _MOST_NAMES)}" for n in names if n not in known]
    if unknown:
        raise UsageError(*unknown)
