"""`scan --backmerge`: after the audit, and whatever became of it, the pull requests that would end its drift."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass

from auditor.backmerge import requests, whole
from auditor.backmerge.draft import Wanted
from auditor.backmerge.entry import LEFT_TO_DO, Plan
from auditor.backmerge.given import Given
from auditor.backmerge.plan import Caps
from auditor.config.configuration import Config
from auditor.errors import UsageError
from auditor.fleet.progress import say
from auditor.model import Audit
from auditor.output import plan as written

MOST = 10


@dataclass(frozen=True, slots=True)
class Backmerges:
    """What was planned and done, and the repositories that no forge is named for."""

    plan: Plan
    without: tuple[str, ...]

    def summary(self) -> str:
        """For people: what was done, what is left and why."""
        return written.summary(self.plan, self.without)


def check(config: Config) -> None:
    """Raises `UsageError` where there is nothing that back-merges could be offered at, or a template is faulty."""
    if not config.discover and not any(r.forge for r in config.repositories):
        raise UsageError("--backmerge needs a configuration (-c FILE) in which a repository has forge:")
    for repository in (*config.repositories, *config.discover):
        requests.check(repository.backmerge.templates)


def backmerged(config: Config, found: Audit, caps: Caps, jobs: int | None) -> Backmerges:
    """Plans from the audits, and carries out within the caps. What a forge refuses is among the plan's problems."""
    audits = {r.name: r for r in found.repositories}
    # A repository that could not be read has been told of already: there is nothing to plan.
    chosen = [r for r in config.repositories if r.forge and audits[r.name].refs]
    ask = whole.Ask(Wanted(), caps, True, config.state, int(time.time()))
    drafted = whole.drafted(chosen, ask, jobs or os.cpu_count() or 1, lambda _: None, Given(audits))
    plan = whole.plan(chosen, drafted, ask, ())
    return Backmerges(plan, tuple(r.name for r in config.repositories if not r.forge))


def tell(done: Backmerges, form: str, *, quiet: bool) -> None:
    """One line for each thing done, left or refused, and the totals; in `quiet`, only what was refused."""
    if not quiet:
        for entry in done.plan.entries:
            if entry.done or entry.action in LEFT_TO_DO:
                level = "info" if entry.done else "warning"
                about = {k: getattr(entry, k) for k in ("repository", "tag", "branch", "action", "pull_request")}
                say(level, written.line(entry), form, **about, done=entry.done)
        say("info", f"back-merges: {written.totals(done.plan)}", form, **written.counts(done.plan))
        if done.without:
            said = f"no forge: is configured for {', '.join(done.without)}: nothing was offered there"
            say("info", said, form, repositories=list(done.without))
    for problem in done.plan.problems:
        say("error", f"branch-drift: {problem.code}: {problem.detail}", form, code=problem.code)
