"""What a run says while it goes on: a bar on a terminal, else a line a repository. Always on standard error."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from auditor.model import DRIFT, RepositoryAudit, Severity, Status
from auditor.output.order import unselected
from auditor.output.words import plain, rfc3339


def say(level: str, message: str, form: str = "text", **more: Any) -> None:
    """One line for people, or one JSON object a line for log collectors: `time`, `level`, `message` and `more`."""
    if form == "json":
        line = json.dumps({"time": rfc3339(int(time.time())), "level": level, "message": message, **more})
    else:
        line = plain(message)
    # One write, so that lines of several processes do not mix.
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


@contextmanager
def progress(total: int, form: str = "text", *, quiet: bool = False) -> Iterator[Callable[[RepositoryAudit], None]]:
    """What to call with each repository that is done."""
    if quiet:
        yield lambda _: None
    elif form == "text" and sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("auditing", total=total)
            yield lambda _: bar.advance(task)
    else:
        yield lambda found: _repository(found, form)


def _repository(found: RepositoryAudit, form: str) -> None:
    pairs = Counter(found.tally.pairs)
    severe = Counter(v.rule for v in found.broken if v.severity is Severity.ERROR)
    trouble = "; ".join(f"{e.code}: {e.detail}" for e in found.errors)
    said = [trouble or _pairs(pairs), *([_broken(severe)] if severe else [])]
    if unselected(found) and not severe:
        said.append(f"no hotfix among {found.tags_total} tags")
    worth_a_look = found.drifts or found.incomplete or severe
    say(
        "error" if found.errors else "warning" if worth_a_look else "info",
        f"{found.name}: {'; '.join(said)} ({found.duration_seconds:.2f} s)",
        form,
        repository=found.name,
        verdict=found.verdict,
        pairs={s.value: pairs[s] for s in Status},
        violations=len(found.broken),
        violations_of_severity_error=severe.total(),
        duration_seconds=round(found.duration_seconds, 3),
        errors=[{"code": e.code, "detail": e.detail} for e in found.errors],
    )


def _pairs(pairs: Counter[str]) -> str:
    unknown = f", {pairs[Status.UNKNOWN]} unknown" if pairs[Status.UNKNOWN] else ""
    return f"{sum(pairs[s] for s in DRIFT)} of {pairs.total()} pairs drift{unknown}"


def _broken(severe: Counter[str]) -> str:
    """Why a run fails in which nothing drifts."""
    rules = ", ".join(f"{count} {rule}" for rule, count in severe.most_common())
    return f"{severe.total()} broken rule{'s' if severe.total() > 1 else ''} of severity error ({rules})"
