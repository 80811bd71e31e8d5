"""The values of a plan: what could be merged back, what is to be done about each pair, and why."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from auditor.git.merge_tree import Made
from auditor.model import Problem, RepositoryAudit


class Action(StrEnum):
    """What is to be done about a pair."""

    OPEN = "open"
    UPDATE = "update"
    CLOSE = "close"
    CONFLICTING = "conflicting"
    WAITS = "waits-for-earlier"
    CAPPED = "capped"
    TAKEN = "branch-taken"
    MOVED = "refs-moved"
    ALREADY_OPEN = "already-open"
    ALREADY_MERGED = "already-merged"
    CLOSED = "closed-by-human"
    WAIVED = "waived"
    NOT_OWED = "not-owed"


LEFT_TO_DO = frozenset(
    {
        Action.OPEN, Action.UPDATE, Action.CLOSE, Action.CONFLICTING, Action.WAITS, Action.CAPPED, Action.TAKEN,
        Action.MOVED,
    }
)  # fmt: skip


class Method(StrEnum):
    """How a hotfix is brought to a branch."""

    MERGE = "merge"
    CHERRY_PICK = "cherry-pick"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A path that needs a person, and who last touched it on the branch: commit and author, where it is there."""

    path: str
    commit: str | None
    author: str | None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could bring one hotfix to one branch, at `tip`.

    `head` is the commit to offer on the branch `source`: a checked back-merge, or, where `reason` says what stands in
    the way, the hotfix's own commit; None where there is nothing to offer. `made` are the objects that only this
    program has. `earlier` is a commit on `source` that this program made on an earlier tip. `after` are drifting
    hotfixes below this one that touch the same paths, `below` all of them.
    """

    tag: str
    branch: str
    source: str
    tip: str
    method: Method | None
    head: str | None
    ready: bool
    reason: str
    conflicts: tuple[Conflict, ...]
    made: tuple[Made, ...]
    earlier: str | None
    after: tuple[str, ...]
    below: tuple[str, ...]

    def is_ours(self, commit: str | None) -> bool:
        """Whether a commit is what this program made for the pair, now or before."""
        return commit is not None and commit in (self.head, self.earlier)


@dataclass(frozen=True, slots=True)
class Drafted(RepositoryAudit):
    """An audit with what could end its drift. `folders` hold the objects of the repository.

    `moved` are pairs (tag and branch) whose refs are not where the audit saw them, each with what moved.
    """

    proposals: tuple[Proposal, ...] = ()
    folders: tuple[str, ...] = ()
    moved: tuple[tuple[str, str, str], ...] = ()

    @staticmethod
    def of(found: RepositoryAudit, **more: Any) -> Drafted:
        """An audit with these proposals, folders and moved pairs."""
        return Drafted(**{f.name: getattr(found, f.name) for f in fields(RepositoryAudit)}, **more)

    def proposal(self, tag: str, branch: str) -> Proposal | None:
        """The one for a pair."""
        return next((p for p in self.proposals if (p.tag, p.branch) == (tag, branch)), None)

    def stale(self, tag: str, branch: str) -> str | None:
        """What of a pair's refs moved since."""
        return next((said for t, b, said in self.moved if (t, b) == (tag, branch)), None)


@dataclass(frozen=True, slots=True)
class Entry:
    """A pair in the plan. `done` once it was carried out."""

    repository: str
    tag: str
    branch: str
    action: Action
    reason: str
    method: Method | None = None
    head: str | None = None
    conflicts: tuple[str, ...] = ()
    pull_request: str | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """All pairs that were asked about, and what could not be asked."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where nothing is left to do, 1 where something is, 3 where a forge or repository could not be asked."""
        if self.problems:
            return 3
        return int(any(e.action in LEFT_TO_DO and not e.done for e in self.entries))
