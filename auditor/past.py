"""What only memory can tell, as frozen values.

Times are whole seconds since 1970 (UTC), as in `model`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DriftDay:
    """How many pairs of a repository drifted on a branch as a day ended (UTC; `day` is ISO 8601)."""

    day: str
    repository: str
    branch: str
    drifting: int


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that is remembered. `pairs` counts all of them, `drifting` and `unknown` some."""

    number: int
    started_at: int
    finished_at: int
    verdict: str
    repositories: int
    hotfixes: int
    pairs: int
    drifting: int
    unknown: int
    violations: int
    config_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What only memory can tell beside an audit: days in order, runs newest first."""

    days: tuple[DriftDay, ...] = ()
    runs: tuple[EarlierRun, ...] = ()
