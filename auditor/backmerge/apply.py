"""Carries a step out: looks before it writes, writes once, and says what came of it."""

from __future__ import annotations

from dataclasses import replace

from auditor.backmerge import words
from auditor.backmerge.entry import Action, Entry
from auditor.backmerge.plan import Step
from auditor.backmerge.project import Target
from auditor.config.backmerging import BackmergeConfig
from auditor.forges import once
from auditor.forges.interface import NewPullRequest, State

_MARK = "branch-drift: closed, as the drift ended another way"


def carry_out(target: Target, step: Step, how: BackmergeConfig) -> Entry:
    """Does what the step says; one that says nothing to do is as it was.

    Raises `RepositoryError` for a push that does not go through, `ForgeError` for a forge that refuses.
    """
    if step.opens:
        return _open(target, step, how)
    if step.entry.action is Action.UPDATE and step.pull and step.offer:
        target.writing.update(step.pull, step.offer.body)
        return replace(step.entry, done=True)
    if step.entry.action is Action.CLOSE and step.pull:
        why = words.prose(f"{step.entry.reason}")
        once.commented(target.writing, step.pull, f"{_MARK}.\n\n{why}", _MARK)
        target.writing.close(step.pull)
        return replace(step.entry, done=True)
    return step.entry


def _open(target: Target, step: Step, how: BackmergeConfig) -> Entry:
    """Branch, then pull request. One that another runner opened meanwhile, or somebody closed, is the pair's own."""
    assert step.proposal is not None
    assert step.offer is not None
    proposal, text = step.proposal, step.offer
    head = target.push(step.drafted, proposal)
    new = NewPullRequest(proposal.source, proposal.branch, text.title.strip(), text.body, draft=not proposal.ready)
    pull = once.only(target.writing, new)
    entry = replace(step.entry, head=head, pull_request=pull.url, done=True)
    if pull.state is not State.OPEN:
        action = Action.ALREADY_MERGED if pull.state is State.MERGED else Action.CLOSED
        return replace(entry, action=action, reason=f"was {pull.state} meanwhile")
    failed = once.decorated(target.writing, pull, how.labels, how.reviewers, how.assignees)
    return replace(entry, reason="; ".join((entry.reason, *failed)))
