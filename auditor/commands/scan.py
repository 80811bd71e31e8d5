"""`scan`: audits, and writes what was found."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pygit2

from auditor import __version__, audit, cache, fleet
from auditor.config import Config, RepositoryConfig, load, overridden, zero
from auditor.errors import BranchDriftError, UsageError
from auditor.git import process
from auditor.model import Audit, RepositoryAudit, Tool
from auditor.output import files, render


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
    jobs: int | None = None
    no_ledger: bool = False
    quiet: bool = False


def run(options: Options) -> int:
    """Audits and writes; the exit status is that of DESIGN, Command line."""
    config = configuration(options.repositories, options.config, options.main_, options.branches)
    for path in (options.output, options.metrics_textfile, options.report_dir):
        files.require_folder(path)
    found = scan(config, options.jobs or os.cpu_count() or 1, remember=not options.no_ledger, quiet=options.quiet)
    _write(found, options)
    return found.exit_code


def configuration(
    repositories: tuple[Path, ...], file: Path | None, main: str | None, branches: tuple[str, ...]
) -> Config:
    """The configuration that the command line asks for."""
    if file is None:
        return zero(repositories or (Path(),), main, branches)
    if repositories:
        raise UsageError("name repositories, or a configuration with -c, not both")
    return overridden(load(file), main, branches)


def scan(config: Config, jobs: int, *, remember: bool, quiet: bool) -> Audit:
    """One run over all repositories of a configuration."""
    started = int(time.time())
    work = partial(audit_one, now=started, state=config.state if remember else None)
    with _progress(len(config.repositories), quiet=quiet) as tell:
        repositories = fleet.run(config.repositories, work, jobs, tell)
    tool = Tool(__version__, process.version(), pygit2.LIBGIT2_VERSION)
    return Audit(tool, started, max(started, int(time.time())), config.sha256, repositories)


def audit_one(repository: RepositoryConfig, now: int, state: Path | None) -> RepositoryAudit:
    """One repository: the facts, remembered where that is allowed, and what policy makes of them today."""
    began = time.monotonic()
    found = audit.find(repository) if state is None else cache.find(repository, state)
    return audit.timed(audit.apply_policy(found, repository, now), time.monotonic() - began)


def _write(found: Audit, options: Options) -> None:
    """Every result is tried, so that one full disk does not cost the others theirs."""
    tasks: list[Callable[[], None]] = [lambda: files.write_text(options.output, render(options.form, found))]
    if options.metrics_textfile is not None:
        tasks.append(partial(_write_metrics, found, options.metrics_textfile))
    if options.report_dir is not None:
        tasks.append(partial(_write_reports, found, options.report_dir))
    failures = []
    for task in tasks:
        try:
            task()
        except BranchDriftError as error:
            failures.append(str(error))
    if failures:
        raise BranchDriftError("; ".join(failures))


def _write_metrics(found: Audit, path: Path) -> None:
    from auditor.output import metrics

    files.write_text(path, metrics.exposition(found))


def _write_reports(found: Audit, folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise BranchDriftError(f"{folder}: cannot be made: {error.strerror}") from None
    files.write_text(folder / "index.html", render("html", found))
    files.write_text(folder / "audit.json", render("json", found))


@contextmanager
def _progress(total: int, *, quiet: bool) -> Iterator[Callable[[RepositoryAudit], None]]:
    """A bar on a terminal, else a line a repository; on standard error either way."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("auditing", total=total)
            yield lambda _: bar.advance(task)
    else:
        yield _log


def _log(found: RepositoryAudit) -> None:
    drifting = sum(v.status.value in ("missing", "partial", "reverted", "dropped") for _, v in found.pairs())
    said = (
        "; ".join(f"{e.code}: {e.detail}" for e in found.errors)
        or f"{drifting} of {len(list(found.pairs()))} pairs drift"
    )
    print(f"{found.name}: {said} ({found.duration_seconds:.2f} s)", file=sys.stderr)  # noqa: T201
