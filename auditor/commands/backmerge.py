"""`backmerge`: plans, and with `--apply` opens, the pull requests that would end the drift."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from auditor import alone, fleet
from auditor.backmerge import apply, project, requests
from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Drafted, Entry, Plan
from auditor.backmerge.plan import Caps, Step, capped, steps
from auditor.commands import scan
from auditor.config import Config, RepositoryConfig
from auditor.errors import ForgeError, RepositoryError, UsageError
from auditor.model import Problem, RepositoryAudit
from auditor.output import files
from auditor.output.plan import FORMATS
from auditor.progress import progress, say


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


def run(options: Options) -> int:
    """Plans, carries out where that is asked, and prints; the exit status is that of DESIGN, Command line."""
    config = scan.configuration((), options.config, None, ())
    files.require_folder(options.output)
    for repository in (*config.repositories, *config.discover):
        requests.check(repository.backmerge.templates)
    with alone.held(config, remember=False):
        plan = _plan(config, options)
    files.write(options.output, FORMATS[options.form](plan).encode())
    for problem in plan.problems:
        say("error", f"branch-drift: {problem.code}: {problem.detail}", "text")
    return plan.exit_code


def _plan(config: Config, options: Options) -> Plan:
    config, discovered = scan.discovered_too(config, scan.Options(quiet=options.quiet, no_ledger=True))
    chosen = _chosen(config, options.wanted.repositories)
    work = partial(draft, now=int(time.time()), state=config.state, wanted=options.wanted)
    with progress(len(chosen), "text", quiet=options.quiet) as tell:
        audits = fleet.run(chosen, work, options.jobs or os.cpu_count() or 1, tell)
    problems = [problem for discovery in discovered for problem in discovery.errors]
    problems += [Problem(e.code, f"{a.name}: {e.detail}") for a in audits for e in a.errors]
    every, asked = _steps(chosen, audits, options.wanted, problems)
    every = capped(every, options.caps)
    entries = _carried_out(chosen, every, asked, problems) if options.apply else [s.entry for s in every]
    return Plan(tuple(entries), tuple(problems))


def _chosen(config: Config, names: Sequence[str]) -> tuple[RepositoryConfig, ...]:
    known = {r.name: r for r in config.repositories}
    unknown = [n for n in names if n not in known]
    if unknown:
        raise UsageError(f"there is no repository {', '.join(unknown)}; there are: {', '.join(known)}")
    return tuple(r for r in config.repositories if not names or r.name in names)


def _steps(
    chosen: Sequence[RepositoryConfig], audits: Sequence[RepositoryAudit], wanted: Wanted, problems: list[Problem]
) -> tuple[tuple[Step, ...], frozenset[str]]:
    """The steps of all repositories, and which of these could be asked about at their forge.

    Where a forge does not answer, the plan says what the repository alone tells, and nothing of it is carried out.
    """
    found: list[Step] = []
    asked = set()
    for config, audited in zip(chosen, audits, strict=True):
        if not isinstance(audited, Drafted):
            continue
        own = config.backmerge.templates
        try:
            with project.asked(config, None) as there:
                found += steps(audited, wanted, there, own)
                asked.add(config.name)
        except (ForgeError, RepositoryError) as error:
            problems.append(Problem(error.code, f"{config.name}: {error.detail}"))
            found += steps(audited, wanted, None, own)
    return tuple(found), frozenset(asked)


def _carried_out(
    chosen: Sequence[RepositoryConfig], every: Sequence[Step], asked: frozenset[str], problems: list[Problem]
) -> list[Entry]:
    entries = []
    for config in chosen:
        own = [s for s in every if s.entry.repository == config.name]
        if config.name not in asked:
            entries += [s.entry for s in own]
            continue
        if config.forge is None and any(s.opens for s in own):
            problems.append(Problem("no-forge", f"{config.name}: nothing can be opened without forge:"))
        try:
            with project.written(config, None) as target:
                entries += [_one(target, step, config, problems) for step in own]
        except ForgeError as error:
            problems.append(Problem(error.code, f"{config.name}: {error.detail}"))
            entries += [s.entry for s in own]
    return entries


def _one(target: project.Target | None, step: Step, config: RepositoryConfig, problems: list[Problem]) -> Entry:
    """One step; what goes wrong with it costs the others nothing."""
    if target is None:
        return step.entry
    try:
        return apply.carry_out(target, step, config.backmerge)
    except (ForgeError, RepositoryError) as error:
        place = f"{config.name}: {step.entry.tag} to {step.entry.branch}"
        problems.append(Problem(error.code, f"{place}: {error.detail}"))
        return step.entry
