"""The shape of the JSON document: its parts, from which its schema is made."""

from __future__ import annotations

from typing_extensions import TypedDict


class ToolDocument(TypedDict):
    """The versions that judged."""

    name: str
    version: str
    git: str
    libgit2: str


class SummaryDocument(TypedDict):
    """Totals."""

    verdict: str
    repositories: int
    hotfixes: int
    pairs: dict[str, int]
    violations: dict[str, int]


class BranchDocument(TypedDict):
    """A branch as judged."""

    name: str
    ref: str | None
    commit: str | None
    sla_seconds: int | None
    sla: str | None
    critical: bool
    note: str | None


class ExcludedDocument(TypedDict):
    """A tag that was not audited."""

    tag: str
    reason: str


class TagsDocument(TypedDict):
    """The population: total is audited (aliases among them) plus excluded."""

    total: int
    audited: int
    excluded: list[ExcludedDocument]


class FixDocument(TypedDict):
    """A fix."""

    commit: str
    subject: str
    author: str
    authored_at: str | None
    paths: list[str]


class EvidenceDocument(TypedDict):
    """What a verdict rests on."""

    commit: str | None
    detail: str


class FixVerdictDocument(TypedDict):
    """A fix on a branch."""

    commit: str
    status: str
    via: str | None
    since: str | None
    evidence: EvidenceDocument


class ForecastDocument(TypedDict):
    """What a back-merge would meet."""

    clean: bool
    conflicts: list[str]


class WaiverDocument(TypedDict):
    """An approved exception, and the status that it covers."""

    tag: str
    branch: str
    reason: str
    approved_by: str
    approved_at: str | None
    control: str | None
    expires: str
    covers: str | None


class ListedWaiverDocument(TypedDict):
    """A waiver of the configuration: `standing` is in-force, unused or ended."""

    tag: str
    branch: str
    reason: str
    approved_by: str
    approved_at: str | None
    control: str | None
    expires: str
    standing: str
    ends_soon: bool


class RefDocument(TypedDict):
    """A ref as it was seen."""

    name: str
    object: str
    commit: str | None


class ApprovalDocument(TypedDict):
    """Who approved it, and why."""

    reason: str
    approved_by: str
    approved_at: str | None


class ChangeDocument(TypedDict):
    """A ref that is not what an earlier run saw."""

    rule: str
    ref: str
    was: str
    now: str | None
    run: int
    seen_at: str | None
    established: bool
    acknowledged: ApprovalDocument | None


class CheckDocument(TypedDict):
    """A plain git command, with what it answers."""

    run: str
    exit: int
    stdout: str | None


class VerdictDocument(TypedDict):
    """A pair."""

    status: str
    via: str | None
    reason: str
    since: str | None
    lead_time_seconds: int | None
    due_at: str | None
    overdue: bool
    waiver: WaiverDocument | None
    pull_request: str | None
    forecast: ForecastDocument | None
    fixes: list[FixVerdictDocument]
    check: list[CheckDocument]


class HotfixDocument(TypedDict):
    """A hotfix with its verdict on every branch."""

    tag: str
    commit: str
    tag_object: str | None
    tagged_at: str | None
    tagger: str | None
    message: str
    selected_by: str
    bounds: list[str]
    aliases: list[str]
    fixes: list[FixDocument]
    branches: dict[str, VerdictDocument]


class ViolationDocument(TypedDict):
    """A broken rule."""

    rule: str
    severity: str
    tag: str | None
    branch: str | None
    commit: str | None
    detail: str


class NotJudgedDocument(TypedDict):
    """A rule that was not judged."""

    rule: str
    reason: str


class ErrorDocument(TypedDict):
    """What could not be judged."""

    code: str
    detail: str


class RepositoryDocument(TypedDict):
    """One repository."""

    name: str
    source: str
    duration_seconds: float
    main: BranchDocument
    branches: list[BranchDocument]
    tags: TagsDocument
    hotfixes: list[HotfixDocument]
    refs: list[RefDocument]
    changes: list[ChangeDocument]
    waivers: list[ListedWaiverDocument]
    violations: list[ViolationDocument]
    not_judged: list[NotJudgedDocument]
    errors: list[ErrorDocument]


class ExcludedRepositoryDocument(TypedDict):
    """A repository of a forge that was not audited."""

    repository: str
    reason: str


class DiscoveryDocument(TypedDict):
    """What was found at a forge; `repositories` are names in this document."""

    type: str
    url: str
    owner: str
    repositories: list[str]
    excluded_repositories: list[ExcludedRepositoryDocument]
    errors: list[ErrorDocument]


class AuditDocument(TypedDict):
    """One run."""

    schema: str
    tool: ToolDocument
    started_at: str | None
    finished_at: str | None
    config_sha256: str | None
    summary: SummaryDocument
    discovered: list[DiscoveryDocument]
    repositories: list[RepositoryDocument]
