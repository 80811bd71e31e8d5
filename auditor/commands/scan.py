"""`scan`: audits, and writes what was found."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pygit2

from auditor import __version__, memory, packing, policy
from auditor.commands import discoveries, results
from auditor.config.configuration import Config, RepositoryConfig, load, overridden, zero
from auditor.errors import BranchDriftError, UsageError
from auditor.fleet import alone, cache, processes, successes
from auditor.fleet.progress import progress, say
from auditor.git import ancestry, process
from auditor.git.source import source
from auditor.ledger.recording import Recording, recorded
from auditor.model import Audit, Discovery, RepositoryAudit, Tool
from auditor.output import BINARY, REMEMBERING, encoded, files, folder
from auditor.output.words import standing
from auditor.past import History, Known
from auditor.system import scratch

if TYPE_CHECKING:
    from auditor.backmerge.entry import Plan
    from auditor.push import Gateway

_NOTHING: Mapping[str, Known] = {}


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said."""

    repositories: tuple[Path, ...] = ()
    config: Path | None = None
    form: str = "table"
    output: str = "-"
    main_: str | None = None
    branches: tuple[str, ...] = ()
    metrics_textfile: Path | None = None
    report_dir: Path | None = None
    assets: str = "inline"
    jobs: int | None = None
    no_ledger: bool = False
    quiet: bool = False
    log_format: str = "text"
    pushgateway: str | None = None
    pushgateway_group: str | None = None
    engine: str = "local"
    scheduler: str | None = None
    backmerge: bool = False
    most: int | None = None
    max_per_branch: int | None = None


def run(options: Options) -> int:
    """Audits and writes; the exit status is that of DESIGN, Command line."""
    config = configuration(options.repositories, options.config, options.main_, options.branches)
    named = {"-o": options.output, "--metrics-textfile": options.metrics_textfile}
    results.require(config, options.config, named, options.report_dir)
    if options.form in BINARY:
        files.require_no_terminal(options.output)
    if options.assets == "linked" and options.report_dir is None:
        raise UsageError("--assets linked needs --report-dir: the style and the script are files beside the pages")
    gateway = _gateway(options, config)
    check_engine(options)
    check_backmerge(options, config)
    judge = tool()
    started = int(time.time())
    remember = not options.no_ledger
    with alone.held(config, remember=remember), scratch.held(), _no_search_for_cycles():
        with recorded(config, started, judge, remember=remember) as recording:
            whole, discovered = discovered_too(config, options)
            found = scan(whole, options, started, recording, discovered)
            recording.finish(found)
        for warning in recording.warnings:
            say("warning", warning, options.log_format)
        if not options.quiet:
            _tell(found, recording, options.log_format)
        past = recording.history() if options.form in REMEMBERING or options.report_dir else None
        failures = _write(found, past, options, config.state if remember else None, gateway, recording.faults)
        plan = _backmerge(whole, found, past, options, failures) if options.backmerge else None
        if whole.notices and remember:
            _notify(whole, found, plan, options)
    if failures:
        raise BranchDriftError("; ".join(failures))
    return 3 if plan and plan.problems else found.exit_code


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """A run makes trees of values and ends: looking for cycles among them took half of the supervisor's time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def tool() -> Tool:
    """The versions that judge. Raises `BranchDriftError` where there is no git that will do."""
    return Tool(__version__, process.version(), pygit2.LIBGIT2_VERSION)


def _tell(found: Audit, recording: Recording, form: str) -> None:
    """What needs somebody soon, and the hash to keep in a log."""
    for repository in found.repositories:
        for entry in repository.waivers:
            if entry.ends_soon:
                say("warning", f"{repository.name}: {standing(entry)}", form, repository=repository.name)
    head = recording.head
    if head is not None:
        said = f"run {head.run} is recorded; link {head.sequence} of the ledger is {head.hash}"
        say("info", said, form, run=head.run, link=head.sequence, hash=head.hash)


def configuration(
    repositories: tuple[Path, ...], file: Path | None, main: str | None, branches: tuple[str, ...]
) -> Config:
    """The configuration that the command line asks for."""
    if file is None:
        return zero(repositories or (Path(),), main, branches)
    if repositories:
        raise UsageError("name repositories, or a configuration with -c, not both")
    return overridden(load(file), main, branches)


def _gateway(options: Options, config: Config) -> Gateway | None:
    if options.pushgateway is None:
        if options.pushgateway_group is not None:
            raise UsageError("--pushgateway-group needs --pushgateway")
        return None
    from auditor import push

    sources = (options.config.resolve(),) if options.config else (r.source for r in config.repositories)
    return push.gateway(options.pushgateway, options.pushgateway_group, tuple(map(str, sources)))


def check_engine(options: Options) -> None:
    """Raises `UsageError` where the options about the engine do not go together."""
    if (options.engine == "dask") != (options.scheduler is not None):
        raise UsageError("--engine dask and --scheduler ADDRESS are needed together")
    if options.engine == "dask" and options.jobs is not None:
        raise UsageError("--jobs is for the local engine; on a Dask cluster its workers decide")


def check_backmerge(options: Options, config: Config) -> None:
    """Raises `UsageError` where back-merges are asked for that cannot be, or caps for none."""
    if options.backmerge:
        from auditor.commands import nightly

        nightly.check(config)
    elif options.most is not None or options.max_per_branch is not None:
        raise UsageError("--max and --max-per-branch go with --backmerge")


def words(options: Options) -> tuple[str, ...]:
    """How a run goes, as options of the command line for a run in another process."""
    said = [("--engine", options.engine), ("--scheduler", options.scheduler), ("--log-format", options.log_format)]
    numbers = (("--jobs", options.jobs), ("--max", options.most), ("--max-per-branch", options.max_per_branch))
    said += [(name, None if value is None else str(value)) for name, value in numbers]
    flags = (("--backmerge", options.backmerge), ("--quiet", options.quiet))
    return (*(w for name, value in said if value for w in (name, value)), *(name for name, on in flags if on))


def scan(
    config: Config, options: Options, started: int, recording: Recording, discovered: tuple[Discovery, ...]
) -> Audit:
    """One run over all repositories of a configuration."""
    known = recording.known(config.repositories)
    remember, document = not options.no_ledger, options.form == "json" or options.report_dir is not None
    work = partial(audit_one, now=started, state=config.state, remember=remember, document=document)
    with progress(len(config.repositories), options.log_format, quiet=options.quiet) as tell:
        if options.scheduler is not None:
            from auditor.fleet import cluster

            # Over the network each repository gets only what is known of it.
            works = [partial(work, known=_only(known, r)) for r in config.repositories]
            repositories = cluster.run(config.repositories, works, options.scheduler, tell)
        else:
            whole = partial(work, known=known)
            repositories = processes.run(config.repositories, whole, options.jobs or os.cpu_count() or 1, tell)
    if remember:
        cache.forget(config.state)
    repositories = _told(config, repositories, started, _kept(config, options))
    return Audit(tool(), started, max(started, int(time.time())), config.sha256, repositories, discovered)


def _told(
    config: Config, found: tuple[RepositoryAudit, ...], now: int, kept: Path | None
) -> tuple[RepositoryAudit, ...]:
    """The audits with what the forges tell beside them."""
    if not any(r.forge for r in config.repositories):
        return found
    from auditor import reading

    with processes.terminable():
        return reading.read(config.repositories, found, now, kept)


def _kept(config: Config, options: Options) -> Path | None:
    """Where the forges' answers are kept."""
    return None if options.no_ledger else config.state / "forges"


def _only(known: Mapping[str, Known], repository: RepositoryConfig) -> Mapping[str, Known]:
    return {name: value for name, value in known.items() if name == repository.name}


def discovered_too(config: Config, options: Options) -> tuple[Config, tuple[Discovery, ...]]:
    """The configuration with the repositories that its forges list, and what became of each list."""
    if not config.discover:
        return config, ()
    from auditor import discovery

    config, found = discovery.expand(config, _kept(config, options))
    if not options.quiet:
        discoveries.log(found, options.log_format)
    return config, found


def audit_one(
    repository: RepositoryConfig,
    now: int,
    state: Path,
    known: Mapping[str, Known] = _NOTHING,
    *,
    remember: bool,
    document: bool = False,
) -> RepositoryAudit:
    """One repository: the facts, remembered where that is allowed, and what memory and policy make of them today.

    It comes packed, for the JSON `document` or for others.
    """
    began = time.monotonic()
    place = source(repository, state)
    found = cache.find(repository, place, state if remember else None)
    found = memory.compare(found, known.get(repository.name), partial(ancestry.in_history, place))
    found = packing.pack(policy.apply_policy(found, repository, now), document=document)
    return replace(found, duration_seconds=time.monotonic() - began)


def _write(
    found: Audit,
    past: History | None,
    options: Options,
    state: Path | None,
    gateway: Gateway | None,
    faults: Sequence[str],
) -> list[str]:
    """Every result is tried, so that one full disk does not cost the others theirs; what failed, in words."""
    last_success = successes.of_this_run(found)
    tasks: list[Callable[[], None]] = [lambda: files.write(options.output, _result(found, past, options))]
    if options.report_dir is not None:
        tasks.append(partial(folder.write, found, options.report_dir, past, linked=options.assets == "linked"))
    if state is not None:
        tasks.append(lambda: last_success.update(successes.remembered(found, state)))
    if options.metrics_textfile is not None:
        tasks.append(partial(_write_metrics, found, last_success, options.metrics_textfile))
    if gateway is not None:
        from auditor import push

        tasks.append(partial(push.push, gateway, found, last_success, state))
    failures = [*faults]
    for task in tasks:
        try:
            task()
        except BranchDriftError as error:
            failures.append(str(error))
    return failures


def _result(found: Audit, past: History | None, options: Options) -> bytes:
    return encoded(options.form, found, past, terminal=files.is_terminal(options.output))


def _backmerge(config: Config, found: Audit, past: History | None, options: Options, failures: list[str]) -> Plan:
    """Back-merges once everything about the audit is written."""
    from auditor.backmerge.plan import Caps
    from auditor.commands import nightly

    caps = Caps(nightly.MOST if options.most is None else options.most, options.max_per_branch)
    done = nightly.backmerged(config, found, caps, options.jobs)
    nightly.tell(done, options.log_format, quiet=options.quiet)
    if options.form == "table":
        # A file is there whole or not at all: it is written again with what came after.
        before = b"" if options.output == "-" else _result(found, past, options)
        try:
            files.write(options.output, before + b"\n" + done.summary().encode())
        except BranchDriftError as error:
            failures.append(str(error))
    return done.plan


def _notify(config: Config, found: Audit, plan: Plan | None, options: Options) -> None:
    """Tells webhooks what changed; one that cannot be told changes nothing about the audit."""
    from auditor.notices import telling

    for said in telling.tell(config.notices, found, plan.entries if plan else (), config.state):
        say("warning", f"branch-drift: {said}", options.log_format)


def _write_metrics(found: Audit, last_success: Mapping[str, int], path: Path) -> None:
    from auditor.output import metrics

    # The exporter that reads it is another user's.
    files.write_text(path, metrics.exposition(found, last_success), 0o644)
