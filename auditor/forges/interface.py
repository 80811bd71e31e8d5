"""What a forge is to the rest of the program: a few questions, answered with frozen values, and a few deeds.

A project is one repository at a forge. `Reading` has the questions, `Writing` the deeds beside them: who has only the
former cannot write, whatever it does. Every method raises `ForgeError`; with the code `unsupported` where this kind of
forge cannot tell. Times are seconds since 1970. Commits are hexadecimal ids, abbreviated by one of the forges: compare
with `same_commit`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from auditor.errors import ForgeError

_SHORTEST_COMMIT = 12


@dataclass(frozen=True, slots=True)
class Listed:
    """A repository as its forge lists it. `path` is its full name there, such as `acme/payments`.

    `https` and `ssh` are where it can be cloned from, as the forge says; nobody has checked them.
    """

    path: str
    https: str | None
    ssh: str | None
    archived: bool
    fork: bool
    empty: bool
    disabled: bool


class State(StrEnum):
    """What has become of a pull request; `closed` is without a merge."""

    OPEN = "open"
    MERGED = "merged"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody at a forge: `id` tells them apart, `name` is for people."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A request to merge a branch of the project into another.

    `head` is the tip of `source`, for a merged one the tip that was merged. `landed` is the commit that brought it to
    `target`, where the forge says. `ended_at` is when it was merged or closed.
    """

    number: int
    url: str
    state: State
    draft: bool
    title: str
    body: str
    source: str
    target: str
    head: str | None
    landed: str | None
    author: Person | None
    created_at: int | None
    ended_at: int | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NewPullRequest:
    """A pull request to be opened between two branches of the project."""

    source: str
    target: str
    title: str
    body: str
    draft: bool = False


class Opinion(StrEnum):
    """What a review says; a dismissed one no longer counts."""

    APPROVED = "approved"
    REJECTED = "rejected"
    COMMENTED = "commented"
    DISMISSED = "dismissed"


@dataclass(frozen=True, slots=True)
class Review:
    """Who thought what of which commit, and when; None where the forge does not tell.

    It is not `official` where the forge says that the reviewer has no say in the branch.
    """

    reviewer: Person
    opinion: Opinion
    commit: str | None
    at: int | None
    official: bool = True


@dataclass(frozen=True, slots=True)
class Authored:
    """A commit of a pull request, and who wrote it: the account, where the forge knows it, and as the commit has it.

    `at` is when it was written, `title` its first line.
    """

    commit: str
    author: Person | None
    name: str
    email: str
    at: int | None
    title: str
    merge: bool = False


@dataclass(frozen=True, slots=True)
class Comment:
    """What somebody wrote under a pull request."""

    author: Person | None
    body: str


class Source(StrEnum):
    """What kind of thing said how it went."""

    STATUS = "status"
    CHECK_RUN = "check-run"
    PIPELINE = "pipeline"
    DEPLOYMENT = "deployment"


class Outcome(StrEnum):
    """How it went. Only `passed` is a success; `skipped` also stands for what is neutral, or waits for a hand."""

    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    PENDING = "pending"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Run:
    """A status, a check, a pipeline or a deployment of a commit, as it last was. `environment` is a deployment's."""

    source: Source
    name: str
    outcome: Outcome
    commit: str
    url: str | None
    at: int | None
    environment: str | None = None


class Reading(Protocol):
    """A project's questions."""

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another, in every state, the oldest first."""

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would, the oldest first; a commit that is not known is an error.

        Of the commits that a button made, some forges know only the last.
        """

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """What was thought of it, the oldest first."""

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought, or would, every commit."""

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it, the oldest first; not what the forge wrote itself."""

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses, checks and pipelines of a commit: of each name the last."""

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """Where a commit was deployed to; to one environment where it is named."""


class Writing(Reading, Protocol):
    """A project's questions and deeds. What was done may be seen with a delay."""

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request. The code is `conflict` where there is an open one between the branches."""

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says."""

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """Adds labels."""

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review."""

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Assigns people."""

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""

    def close(self, pull: PullRequest) -> None:
        """Closes it without a merge."""


def same_commit(one: str | None, other: str | None) -> bool:
    """Whether two ids, each whole or abbreviated to 12 digits or more, are of one commit. None is like nothing."""
    if one is None or other is None or min(len(one), len(other)) < _SHORTEST_COMMIT:
        return False
    short, whole = sorted((one.lower(), other.lower()), key=len)
    return whole.startswith(short)


def unsupported(what: str, kind: str) -> ForgeError:
    """The error for a question that this kind of forge has no answer to."""
    return ForgeError("unsupported", f"{kind} cannot tell {what}")
