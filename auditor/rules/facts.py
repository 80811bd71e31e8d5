"""What the rules are judged on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.config import RepositoryConfig
from auditor.fixes import FixCommit
from auditor.git.refs import TagRef
from auditor.hotfixes import Population, Range
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
