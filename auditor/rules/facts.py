"""What the rules are judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from auditor.past import RefChange

if TYPE_CHECKING:
    from auditor.bounds import Range
    from auditor.config.configuration import RepositoryConfig
    from auditor.fixes import FixCommit
    from auditor.git.refs import TagRef
    from auditor.hotfixes import Population
    from auditor.presence.scene import Scene


@dataclass(frozen=True, slots=True)
class Facts:
    """One repository as the audit saw it. `ranges` and `fixes` are in the order of the population's candidates."""

    scene: Scene
    config: RepositoryConfig
    population: Population
    ranges: Sequence[Range]
    fixes: Sequence[tuple[FixCommit, ...]]
    tags: Sequence[TagRef]


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule, before it is graded."""

    tag: str | None
    branch: str | None
    commit: str | None
    detail: str


def last_seen(change: RefChange) -> str:
    """The run that saw a ref as it was, in words."""
    return f"in run {change.run} ({datetime.fromtimestamp(change.seen_at, UTC):%Y-%m-%d %H:%M} UTC)"


def branch_name(ref: str) -> str:
    """The branch that a full ref name means."""
    return ref.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/")
