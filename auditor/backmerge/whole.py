"""Many repositories: what is to be done at each forge, and, where that is asked, done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from auditor.backmerge import apply, project, signing
from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Drafted, Entry, Plan
from auditor.backmerge.given import Given
from auditor.backmerge.plan import Caps, Step, capped, steps
from auditor.config.configuration import RepositoryConfig
from auditor.errors import ForgeError, RepositoryError
from auditor.fleet import processes
from auditor.model import DRIFT, Problem, RepositoryAudit


@dataclass(frozen=True, slots=True)
class Ask:
    """What a plan is to cover, how far it may go, and whether it is carried out."""

    wanted: Wanted
    caps: Caps
    apply: bool
    state: Path
    now: int


def drafted(
    chosen: Sequence[RepositoryConfig], ask: Ask, jobs: int, tell: processes.Progress, audits: Given | None = None
) -> tuple[RepositoryAudit, ...]:
    """The audits with what could end their drift. One of this run that does not drift needs no second look."""
    there = {name: found for name, found in audits.audits.items() if _is_plain(found)} if audits else {}
    if audits and audits.run is not None:
        there = {}
    work = partial(draft, now=ask.now, state=ask.state, wanted=ask.wanted, audits=audits)
    rest = [r for r in chosen if r.name not in there]
    found = iter(processes.run(rest, work, jobs, tell) if rest else ())
    return tuple(Drafted.of(there[r.name]) if r.name in there else next(found) for r in chosen)


def _is_plain(found: RepositoryAudit) -> bool:
    return bool(found.refs) and not any(v.status in DRIFT for _, v in found.pairs())


def plan(
    chosen: Sequence[RepositoryConfig], audits: Sequence[RepositoryAudit], ask: Ask, problems: Sequence[Problem]
) -> Plan:
    """The plan for all of them, carried out where that is asked; `problems` are those that there are before."""
    found = [*problems, *(Problem(e.code, f"{a.name}: {e.detail}") for a in audits for e in a.errors)]
    every, asked = asked_about(chosen, audits, ask.wanted, found)
    every = capped(every, ask.caps)
    entries = carried_out(chosen, every, asked, found) if ask.apply else [s.entry for s in every]
    return Plan(tuple(entries), tuple(found))


def asked_about(
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


def carried_out(
    chosen: Sequence[RepositoryConfig], every: Sequence[Step], asked: frozenset[str], problems: list[Problem]
) -> list[Entry]:
    """What became of each step; what goes wrong at one repository costs the others nothing."""
    entries = []
    for config in chosen:
        own = [s for s in every if s.entry.repository == config.name]
        if config.name not in asked:
            entries += [s.entry for s in own]
            continue
        if config.forge is None and any(s.opens for s in own):
            problems.append(Problem("no-forge", f"{config.name}: nothing can be opened without forge:"))
        try:
            if config.forge and any(s.opens and s.proposal and s.proposal.made for s in own):
                signing.check(config.backmerge)
            with project.written(config, None) as target:
                entries += [_one(target, step, config, problems) for step in own]
        except (ForgeError, RepositoryError) as error:
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
