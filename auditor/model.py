"""The frozen values that everything else speaks in.

Object ids are hexadecimal text. Times are whole seconds since 1970 (UTC), as git records them: absurd ones included;
only the outputs turn them into dates. Text that git holds as bytes has been decoded as UTF-8 with replacements.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from auditor.packed import Tally, tally
from auditor.past import Ref, RefChange
from auditor.proof import Check
from auditor.told import Asked, Required, Review
from auditor.waivers import ListedWaiver, Waiver


class Status(StrEnum):
    """Whether a fix, or a whole hotfix, is on a branch."""

    PRESENT = "present"
    NOT_APPLICABLE = "not-applicable"
    WITHDRAWN = "withdrawn"
    WAIVED = "waived"
    MISSING = "missing"
    PARTIAL = "partial"
    REVERTED = "reverted"
    DROPPED = "dropped"
    UNKNOWN = "unknown"


IN_SYNC = frozenset({Status.PRESENT, Status.NOT_APPLICABLE, Status.WITHDRAWN, Status.WAIVED})
DRIFT = frozenset({Status.MISSING, Status.PARTIAL, Status.REVERTED, Status.DROPPED})


class Via(StrEnum):
    """How presence was established: the rungs, strongest first."""

    MERGE = "merge"
    CHERRY_PICK = "cherry-pick"
    SQUASH = "squash"
    CONTENT = "content"
    DECLARED = "declared"


class Severity(StrEnum):
    """How much a broken rule matters; `off` rules are not judged at all."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on: a commit, where there is one, and a sentence."""

    commit: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class FixVerdict:
    """One fix on one branch. `since` is when it arrived, or when it was taken out.

    `arrival` is the commit of the branch's own line with which a present one arrived.
    """

    commit: str
    status: Status
    via: Via | None
    evidence: Evidence
    since: int | None = None
    arrival: str | None = None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a back-merge of the hotfix's net change would meet."""

    clean: bool
    conflicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One hotfix on one branch. `reason` says why in a sentence; a waived pair keeps what it `covers`.

    `arrival` is the commit whose time `since` is, of a present pair. What the forge tells is beside the verdict:
    `pull_request` is the open back-merge, `pipelines` what the automation matrix asks of `arrival`.
    """

    branch: str
    status: Status
    via: Via | None
    reason: str
    since: int | None
    lead_time_seconds: int | None
    fixes: tuple[FixVerdict, ...]
    forecast: Forecast | None
    checks: tuple[Check, ...]
    due_at: int | None = None
    overdue: bool = False
    waiver: Waiver | None = None
    covers: Status | None = None
    pull_request: str | None = None
    pull_request_opened_at: int | None = None
    arrival: str | None = None
    pipelines: tuple[Required, ...] = ()

    @property
    def incomplete(self) -> bool:
        """Whether anything about this pair could not be established."""
        return self.status is Status.UNKNOWN or Status.UNKNOWN in [f.status for f in self.fixes]


@dataclass(frozen=True, slots=True)
class Fix:
    """One commit of a hotfix that changes something that counts.

    A `merge` has a change of its own. `landing` is the commit of main's own line that brought it, and, where that is
    no merge, those that follow it there and may have been landed with it. `review` is what the forge tells.
    """

    commit: str
    subject: str
    author: str
    authored_at: int
    paths: tuple[str, ...]
    merge: bool = False
    landing: tuple[str, ...] = ()
    review: Review | None = None


@dataclass(frozen=True, slots=True)
class Hotfix:
    """A selected tag on main, what it brought, and the verdict on every branch, in the branches' order.

    `pipelines` are what the automation matrix asks of main, and of the branch that it was made on.
    """

    tag: str
    commit: str
    tag_object: str | None
    tagged_at: int
    tagger: str | None
    message: str
    selected_by: str
    bounds: tuple[str, ...]
    aliases: tuple[str, ...]
    fixes: tuple[Fix, ...]
    verdicts: tuple[Verdict, ...]
    pipelines: tuple[Required, ...] = ()


@dataclass(frozen=True, slots=True)
class Excluded:
    """A tag that is not audited, and why."""

    tag: str
    reason: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch as it was judged; `commit` is None where it does not exist.

    `sla` is in seconds, and None where it is given in business days; `sla_text` is it as configured.
    `note` says what a reader should know, such as a local branch that differs from the shared one.
    """

    name: str
    ref: str | None
    commit: str | None
    sla: int | None = None
    critical: bool = False
    note: str | None = None
    sla_text: str | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule of the hotfix protocol that was broken; under a `waiver` it counts no more, and is still shown."""

    rule: str
    severity: Severity
    tag: str | None
    branch: str | None
    commit: str | None
    detail: str
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be judged: it makes the run incomplete."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class RuleNotJudged:
    """A rule that this run could not, or was told not to, judge."""

    rule: str
    reason: str


@dataclass(frozen=True)
class RepositoryAudit:
    """Everything found in one repository. `tags_audited` counts hotfixes and their aliases; `forge` was asked.

    `hotfixes` may be packed; `refs` are all tags and the judged branches; `graded` the rules to which the configuration
    gives a severity. A field that is added needs a default: audits of earlier versions are read back from the ledger.
    """

    name: str
    source: str
    main: Branch
    branches: tuple[Branch, ...]
    tags_total: int
    tags_audited: int
    excluded: tuple[Excluded, ...]
    hotfixes: Sequence[Hotfix]
    violations: tuple[Violation, ...]
    not_judged: tuple[RuleNotJudged, ...]
    errors: tuple[Problem, ...]
    duration_seconds: float = 0.0
    refs: tuple[Ref, ...] = ()
    changes: tuple[RefChange, ...] = ()
    waivers: tuple[ListedWaiver, ...] = ()
    forge: Asked | None = None
    graded: tuple[tuple[str, Severity], ...] = ()

    def pairs(self) -> Iterator[tuple[Hotfix, Verdict]]:
        """Every hotfix on every branch."""
        return ((hotfix, verdict) for hotfix in self.hotfixes for verdict in hotfix.verdicts)

    @property
    def broken(self) -> tuple[Violation, ...]:
        """The violations that no waiver covers."""
        return tuple(v for v in self.violations if v.waiver is None)

    @cached_property
    def tally(self) -> Tally:
        """The pairs, counted."""
        return tally(self.hotfixes)

    @property
    def incomplete(self) -> bool:
        """Whether something in this repository could not be judged."""
        return bool(self.errors) or self.tally.incomplete

    @property
    def drifts(self) -> bool:
        """Whether any pair drifts without a waiver."""
        return any(self.tally.pairs.get(status) for status in DRIFT)

    @property
    def verdict(self) -> str:
        """`incomplete` where anything could not be judged, else `drift` or `in-sync`."""
        return "incomplete" if self.incomplete else "drift" if self.drifts else "in-sync"


@dataclass(frozen=True, slots=True)
class ExcludedRepository:
    """A repository of a forge that is not audited, and why. `repository` is its full name there."""

    repository: str
    reason: str


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found at a forge: names of audited repositories, those left out, and what went wrong."""

    type: str
    url: str
    owner: str
    repositories: tuple[str, ...]
    excluded: tuple[ExcludedRepository, ...]
    errors: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Tool:
    """The versions that judged."""

    version: str
    git: str
    libgit2: str


@dataclass(frozen=True, slots=True)
class Audit:
    """One run over any number of repositories."""

    tool: Tool
    started_at: int
    finished_at: int
    config_sha256: str | None
    repositories: tuple[RepositoryAudit, ...]
    discovered: tuple[Discovery, ...] = ()

    @property
    def verdict(self) -> str:
        """`incomplete` where anything could not be judged, else `drift` or `in-sync`."""
        if any(r.incomplete for r in self.repositories) or any(d.errors for d in self.discovered):
            return "incomplete"
        return "drift" if any(r.drifts for r in self.repositories) else "in-sync"

    @property
    def exit_code(self) -> int:
        """0 in sync, 1 drift or a broken rule of severity error, 3 incomplete (which wins)."""
        if self.verdict == "incomplete":
            return 3
        broken = any(v.severity is Severity.ERROR for r in self.repositories for v in r.broken)
        return 1 if broken or self.verdict == "drift" else 0
