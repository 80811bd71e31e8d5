"""What the automation matrix asks of a commit, held against what the forge says ran on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.config.matrix import PipelinesConfig, RequirementConfig, matches
from auditor.errors import ForgeError
from auditor.forges.interface import Outcome, Run, Source
from auditor.reading.asker import Asker
from auditor.told import Ran, Required

# What has not ended by then will not: it was lost, or waits for a hand that never came.
_LONGEST = 86_400
_SOURCES = {
    "check": frozenset({Source.STATUS, Source.CHECK_RUN, Source.PIPELINE}),
    "status": frozenset({Source.STATUS}),
    "pipeline": frozenset({Source.PIPELINE}),
    "deployment": frozenset({Source.DEPLOYMENT}),
}
_WORST_FIRST = (Ran.FAILED, Ran.UNKNOWN, Ran.PENDING, Ran.CANCELLED, Ran.SKIPPED, Ran.PASSED)
_WORDS = {
    Ran.PASSED: "passed",
    Ran.FAILED: "failed",
    Ran.CANCELLED: "was cancelled",
    Ran.SKIPPED: "was skipped, or is neutral",
    Ran.PENDING: "has not ended yet",
    Ran.UNKNOWN: "went in a way that the forge has no known word for",
}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A commit that carried a hotfix to a branch, when, and whether the hotfix is marked urgent; None: not known."""

    branch: str
    commit: str
    at: int | None
    urgent: bool | None


def required(asker: Asker, config: PipelinesConfig, carrier: Carrier, now: int) -> tuple[Required, ...]:
    """Each demand on the carrier's branch, and what became of it."""
    every = config.required(carrier.branch)
    return tuple(_held(asker, config, r, carrier, now) for r in every if not r.urgent or carrier.urgent is not False)


def _held(
    asker: Asker, config: PipelinesConfig, requirement: RequirementConfig, carrier: Carrier, now: int
) -> Required:
    def answer(ran: Ran, detail: str, run: Run | None = None) -> Required:
        where = (run.name, run.url, run.at) if run else (None, None, None)
        return Required(requirement.words, carrier.branch, carrier.commit, ran, detail, *where)

    if requirement.urgent and carrier.urgent is None:
        return answer(Ran.UNKNOWN, "cannot be told: nor whether the hotfix is marked urgent, and so needs it")
    try:
        found = _newest(_matching(asker, requirement, carrier.commit))
    except ForgeError as error:
        return answer(Ran.UNKNOWN, f"cannot be told: {error}")
    if found:
        run = min(found, key=lambda r: _WORST_FIRST.index(_ran(r, now)))
        return answer(_ran(run, now), _told(run, now), run)
    if carrier.at is None or now - carrier.at > config.kept:
        days = config.kept // 86_400
        return answer(Ran.UNKNOWN, f"nothing is found, and the forge keeps results for {days} days only (kept:)")
    return answer(Ran.MISSING, f"did not run on {carrier.commit[:12]}")


def _matching(asker: Asker, requirement: RequirementConfig, commit: str) -> list[Run]:
    pattern = requirement.pattern
    if requirement.kind == "deployment":
        exact = not set(pattern) & set("*?[")
        every = asker.deployments(commit, pattern if exact else None)
    else:
        every = asker.runs(commit)
    wanted = _SOURCES[requirement.kind]
    return [r for r in every if r.source in wanted and matches(pattern, r.name)]


def _newest(runs: Sequence[Run]) -> list[Run]:
    """Of each name the newest; of two of the same second the worse."""
    newest: dict[tuple[Source, str], Run] = {}
    for run in runs:
        before = newest.setdefault((run.source, run.name), run)
        if _order(run) > _order(before):
            newest[run.source, run.name] = run
    return list(newest.values())


def _order(run: Run) -> tuple[int, int]:
    return (run.at or 0, -_WORST_FIRST.index(Ran(run.outcome.value)))


def _ran(run: Run, now: int) -> Ran:
    """How it went. What has not ended within a day did not run to its end."""
    if run.outcome is Outcome.PENDING and run.at is not None and now - run.at > _LONGEST:
        return Ran.CANCELLED
    return Ran(run.outcome.value)


def _told(run: Run, now: int) -> str:
    ran = _ran(run, now)
    stuck = run.outcome is Outcome.PENDING and ran is not Ran.PENDING
    return f"{run.name} {'has not ended within a day' if stuck else _WORDS[ran]}"
