"""Deeds done once, whatever the forge answers: look first, and look again before anything is repeated."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from auditor.errors import ForgeError
from auditor.forges.interface import NewPullRequest, PullRequest, State, Writing

_ATTEMPTS = 3
_SECOND = "branch-drift: closed, as a second one"


def opened(project: Writing, new: NewPullRequest) -> PullRequest:
    """The open pull request between two branches, opened now if there is none.

    An answer that was lost, a limit, and another that was quicker end in a second look, never in a second pull request.
    """
    return _there_or_made(project, new, lambda pulls: [p for p in pulls if p.state is State.OPEN])[0]


def only(project: Writing, new: NewPullRequest) -> PullRequest:
    """The last pull request that there ever was between two branches, in whatever state; opened now if there was none.

    Otherwise as `opened`. One that another opened, and somebody ended, between the look and the deed counts as before
    it: this one is closed again.
    """
    pull, made = _there_or_made(project, new, lambda pulls: pulls[::-1])
    earlier = [p for p in project.pull_requests(new.source, new.target) if p.number < pull.number] if made else []
    if not earlier:
        return pull
    said = f"{_SECOND}: {earlier[-1].url} was opened and {earlier[-1].state} in the same moment, which counts."
    commented(project, pull, said, _SECOND)
    project.close(pull)
    return earlier[-1]


def _there_or_made(
    project: Writing, new: NewPullRequest, of: Callable[[Sequence[PullRequest]], Sequence[PullRequest]]
) -> tuple[PullRequest, bool]:
    """The pull request, and whether it was made here and now."""
    for attempt in range(_ATTEMPTS):
        there = of(project.pull_requests(new.source, new.target))
        if there:
            return there[0], False
        try:
            return project.create(new), True
        except ForgeError as error:
            if not (error.uncertain or error.code in ("conflict", "rate-limited")) or attempt == _ATTEMPTS - 1:
                raise
    raise AssertionError("every attempt returns or raises")


def commented(project: Writing, pull: PullRequest, body: str, mark: str) -> None:
    """Writes a comment, unless there is one with the mark, which `body` must hold."""
    if mark not in body:
        raise ValueError("the comment does not hold its mark")
    for attempt in range(_ATTEMPTS):
        if any(mark in c.body for c in project.comments(pull)):
            return
        try:
            project.comment(pull, body)
        except ForgeError as error:
            if not (error.uncertain or error.code == "rate-limited") or attempt == _ATTEMPTS - 1:
                raise
        else:
            return
    raise AssertionError("every attempt returns or raises")


def decorated(
    project: Writing, pull: PullRequest, labels: Sequence[str], reviewers: Sequence[str], assignees: Sequence[str]
) -> tuple[str, ...]:
    """Labels, reviewers and assignees, each as far as it goes; what did not go, in words. None is worth an error."""
    deeds: tuple[tuple[Sequence[str], Callable[[PullRequest, Sequence[str]], None]], ...] = (
        (labels, project.label),
        (reviewers, project.ask),
        (assignees, project.assign),
    )
    failed = []
    for names, do in deeds:
        try:
            if names:
                do(pull, names)
        except ForgeError as error:
            failed.append(str(error))
    return tuple(failed)
