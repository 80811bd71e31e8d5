"""What a forge told of a hotfix, as frozen values: who reviewed it, and what ran on the commits that carried it.

A verdict rests on none of it. Times are seconds since 1970.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# The codes of problems: a review is not told, nor what ran, nor how it ended, nor which back-merges are open.
REVIEW_UNKNOWN, RUN_UNKNOWN, RUN_PENDING = "review-unknown", "pipeline-unknown", "pipeline-pending"
OPEN_UNKNOWN = "pull-requests-unknown"
UNTOLD = frozenset({REVIEW_UNKNOWN, RUN_UNKNOWN, RUN_PENDING, OPEN_UNKNOWN})


@dataclass(frozen=True, slots=True)
class Asked:
    """The project that was asked. `url` is where the forge's interface is.

    Of hotfixes that were tagged before `since` nothing was asked.
    """

    type: str
    url: str
    project: str
    since: int | None = None


@dataclass(frozen=True, slots=True)
class PullRequestTold:
    """The pull request that brought a fix to main: `head` is what was merged, `landed` the commit that it made."""

    number: int
    url: str
    title: str
    author: str | None
    source: str
    head: str | None
    landed: str | None
    merged_at: int | None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody's approval: of which commit, when, and whether it counts; if not, `why` not."""

    by: str
    commit: str | None
    at: int | None
    counts: bool
    why: str | None = None


class Reviewed(StrEnum):
    """Whether a fix was reviewed before it came to main."""

    APPROVED = "approved"
    SELF_APPROVED = "self-approved"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Review:
    """How a fix came to main. `detail` says why it is as `standing` has it."""

    standing: Reviewed
    detail: str
    pull_request: PullRequestTold | None = None
    approvals: tuple[Approval, ...] = ()


class Ran(StrEnum):
    """How it went with what the automation matrix asks for. Only `passed` is a success."""

    PASSED = "passed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    SKIPPED = "skipped"
    PENDING = "pending"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Required:
    """One demand of the automation matrix, such as `check build*`, on a branch, held against one commit.

    `name` is what was found, `url` leads to it, `at` is its time.
    """

    requirement: str
    branch: str
    commit: str
    ran: Ran
    detail: str
    name: str | None = None
    url: str | None = None
    at: int | None = None
