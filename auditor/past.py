"""What only memory can tell, as frozen values: refs as earlier runs saw them, and how drift came and went.

Times are whole seconds since 1970 (UTC), as in `model`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ref:
    """A ref as it was seen: its full name, the object it names, and the commit that one peels to, if any.

    `exact` is the name of a tag that is no UTF-8 (`tag_names`).
    """

    name: str
    object: str
    commit: str | None
    exact: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Who approved something, why, and when (a day, ISO 8601)."""

    reason: str
    approved_by: str
    approved_at: str | None


@dataclass(frozen=True, slots=True)
class RefChange:
    """A tag or branch that is not what run `run` saw at `seen_at`: it was at `was`, and is at `now`, or gone.

    `established` is False while the history at hand is cut short and cannot tell; `acknowledged` is who approved it.
    """

    rule: str
    ref: str
    was: str
    now: str | None
    run: int
    seen_at: int
    established: bool = True
    acknowledged: Approval | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the last run that read a repository remembers: watched refs, and the changes that were open then."""

    run: int
    seen_at: int
    refs: tuple[Ref, ...]
    changes: tuple[RefChange, ...]


@dataclass(frozen=True, slots=True)
class DriftDay:
    """How many pairs of a repository drifted on a branch as a day ended (UTC; `day` is ISO 8601)."""

    day: str
    repository: str
    branch: str
    drifting: int
    overdue: int = 0


@dataclass(frozen=True, slots=True)
class EarlierRun:
    """A run that is remembered. `pairs` counts all of them, `drifting` and `unknown` some.

    A run that failed has `failed` as its verdict, and nothing was counted: None.
    """

    number: int
    started_at: int
    finished_at: int
    verdict: str
    repositories: int | None
    hotfixes: int | None
    pairs: int | None
    drifting: int | None
    unknown: int | None
    violations: int | None
    config_sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Episode:
    """A pair's drift, waived or not, as runs saw it.

    `started_at` is the first run's time that saw it drift, `ended_at` the first one's that saw it back in sync
    (None: not yet); `status` is what was seen last; `first_run` and `last_run` are the first and last that saw it.
    """

    repository: str
    tag: str
    branch: str
    status: str
    started_at: int
    ended_at: int | None
    first_run: int
    last_run: int


@dataclass(frozen=True, slots=True)
class History:
    """What only memory can tell beside an audit: days in order, runs newest first, episodes in order."""

    days: tuple[DriftDay, ...] = ()
    runs: tuple[EarlierRun, ...] = ()
    episodes: tuple[Episode, ...] = ()
