"""From what drifts, and what is at the forge, to what is to be done about each pair, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from auditor.backmerge import names
from auditor.backmerge.draft import Wanted
from auditor.backmerge.entry import Action, Drafted, Entry, Proposal
from auditor.backmerge.project import Project
from auditor.backmerge.requests import Case, Offer, facts_in, offer
from auditor.forges.interface import PullRequest, State
from auditor.model import DRIFT, Hotfix, Status, Verdict

_OVER = frozenset({Action.CLOSED, Action.ALREADY_MERGED, Action.TAKEN})
_UNBOUNDED = 1 << 30


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of the plan with all that carrying it out needs."""

    entry: Entry
    drafted: Drafted
    hotfix: Hotfix
    verdict: Verdict
    proposal: Proposal | None = None
    pull: PullRequest | None = None
    offer: Offer | None = None

    @property
    def opens(self) -> bool:
        """Whether it ends in a new pull request."""
        return self.entry.action in (Action.OPEN, Action.CONFLICTING) and self.entry.head is not None


@dataclass(frozen=True, slots=True)
class Caps:
    """How many pull requests may be opened: in a run, and for one branch of a repository in a run."""

    run: int | None = None
    branch: int | None = None


def steps(drafted: Drafted, wanted: Wanted, project: Project | None, own: Path | None) -> tuple[Step, ...]:
    """The plan for one repository, caps aside, the oldest hotfix first; None for a forge asks none.

    Raises `ForgeError` and `RepositoryError` where the forge, or the place to push to, cannot be asked.
    """
    branches = project.branches() if project else {}
    pairs = [(h, v) for h in reversed(drafted.hotfixes) for v in h.verdicts if wanted.pair(h, v.branch)]
    found: dict[tuple[str, str], Step] = {}
    for hotfix, verdict in sorted(pairs, key=lambda p: _depth(drafted, *p)):
        key = (hotfix.tag, verdict.branch)
        found[key] = _step(_Known(drafted, hotfix, verdict, project, branches, own), found)
    return tuple(found[h.tag, v.branch] for h, v in pairs)


def _depth(drafted: Drafted, hotfix: Hotfix, verdict: Verdict) -> int:
    proposal = drafted.proposal(hotfix.tag, verdict.branch)
    return len(proposal.below) if proposal else 0


@dataclass(frozen=True, slots=True)
class _Known:
    """A pair, and how to ask about it."""

    drafted: Drafted
    hotfix: Hotfix
    verdict: Verdict
    project: Project | None
    branches: Mapping[str, str]
    own: Path | None

    @property
    def source(self) -> str:
        return names.source(self.hotfix.tag, self.verdict.branch)

    def last(self) -> PullRequest | None:
        """The pull request of the pair: an open one, else the last that there was."""
        if self.project is None:
            return None
        pulls = self.project.reading.pull_requests(self.source, self.verdict.branch)
        return next((p for p in pulls if p.state is State.OPEN), pulls[-1] if pulls else None)

    def step(self, action: Action, reason: str, pull: PullRequest | None = None) -> Step:
        """A step that needs nothing but the pull request that is there."""
        url = pull.url if pull else None
        entry = Entry(self.drafted.name, self.hotfix.tag, self.verdict.branch, action, reason, pull_request=url)
        return Step(entry, self.drafted, self.hotfix, self.verdict, pull=pull)


def _step(known: _Known, before: Mapping[tuple[str, str], Step]) -> Step:
    verdict = known.verdict
    stale = known.drafted.stale(known.hotfix.tag, verdict.branch)
    if stale is not None:
        return known.step(Action.MOVED, f"{verdict.status} in that run; {stale} now: plan it from a new scan")
    proposal = known.drafted.proposal(known.hotfix.tag, verdict.branch)
    if verdict.status in DRIFT and proposal is not None:
        return _owed(known, proposal, before)
    if verdict.status is Status.WAIVED and verdict.waiver:
        waiver = verdict.waiver
        said = f"{verdict.covers}, until {waiver.expires} by {waiver.approved_by}: {waiver.reason}"
        return known.step(Action.WAIVED, said)
    if verdict.status is Status.UNKNOWN:
        return known.step(Action.NOT_OWED, f"cannot be judged: {verdict.reason}")
    return _in_sync(known)


def _in_sync(known: _Known) -> Step:
    """Who has no branch for it any more cannot have an open pull request: there is no need to ask."""
    said = f"{known.verdict.status}: {known.verdict.reason}"
    pull = known.last() if known.source in known.branches else None
    if pull is not None and pull.state is State.OPEN:
        return known.step(Action.CLOSE, f"the drift ended another way; {said}", pull)
    if pull is not None and pull.state is State.MERGED:
        return known.step(Action.ALREADY_MERGED, said, pull)
    return known.step(Action.NOT_OWED, said)


def _owed(known: _Known, proposal: Proposal, before: Mapping[tuple[str, str], Step]) -> Step:
    pull = known.last()
    case = Case(known.hotfix, known.verdict, proposal)
    text = offer(case, known.project.longest if known.project else _UNBOUNDED, known.own)
    bare = known.step(*_action(known, proposal, pull, text, before), pull)
    keep = bare.entry.action not in (Action.WAITS, Action.TAKEN, *_OVER)
    entry = replace(
        bare.entry,
        method=proposal.method if keep else None,
        head=proposal.head if keep and pull is None else pull.head if pull else None,
        conflicts=tuple(c.path for c in proposal.conflicts),
    )
    return replace(bare, entry=entry, proposal=proposal, offer=text)


def _action(
    known: _Known,
    proposal: Proposal,
    pull: PullRequest | None,
    text: Offer,
    before: Mapping[tuple[str, str], Step],
) -> tuple[Action, str]:
    if pull is not None:
        return _there(known, pull, text)
    waits = next(iter(_earlier(proposal, before)), None)
    if waits is not None:
        return Action.WAITS, f"needs {waits} on {proposal.branch} first"
    there = known.branches.get(proposal.source)
    if there is not None and not proposal.is_ours(there):
        said = f"the branch {proposal.source} is there with commits that are not this back-merge's; it is left alone"
        return Action.TAKEN, f"{said}: open a pull request from it, or delete it"
    return Action.OPEN if proposal.ready else Action.CONFLICTING, proposal.reason


def _there(known: _Known, pull: PullRequest, text: Offer) -> tuple[Action, str]:
    status = known.verdict.status
    if pull.state is State.MERGED:
        return Action.ALREADY_MERGED, f"was merged, and the pair is {status} all the same: {known.verdict.reason}"
    if pull.state is State.CLOSED:
        return Action.CLOSED, f"was closed without a merge, which is respected; the pair is {status}"
    told = facts_in(pull.body)
    if told is None or told == text.facts:
        return Action.ALREADY_OPEN, f"{status}; its pull request is open"
    return Action.UPDATE, f"{status}; its pull request tells what no longer holds"


def _earlier(proposal: Proposal, before: Mapping[tuple[str, str], Step]) -> Iterator[str]:
    """Hotfixes that come first: those on the same paths, and, for what does not go in by itself, all below it."""
    for tag in proposal.after if proposal.ready else proposal.below:
        step = before.get((tag, proposal.branch))
        if step is None or step.entry.action not in _OVER:
            yield tag


def capped(every: Sequence[Step], caps: Caps) -> tuple[Step, ...]:
    """The same, but that what would be opened beyond the caps is put off."""
    found, opened = [], Counter[tuple[str, str]]()
    for step in every:
        place = (step.entry.repository, step.entry.branch)
        if step.opens and _is_full(opened, place, caps):
            said = f"{step.entry.reason}; put off, as more would be opened than --max or --max-per-branch allow"
            step = replace(step, entry=replace(step.entry, action=Action.CAPPED, reason=said))  # noqa: PLW2901
        elif step.opens:
            opened[place] += 1
        found.append(step)
    return tuple(found)


def _is_full(opened: Counter[tuple[str, str]], place: tuple[str, str], caps: Caps) -> bool:
    in_run = caps.run is not None and opened.total() >= caps.run
    return in_run or (caps.branch is not None and opened[place] >= caps.branch)
