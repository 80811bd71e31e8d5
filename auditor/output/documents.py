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


class PullRequestDocument(TypedDict):
    """The pull request that brought a fix to main: `head` was merged, and `landed` is what that made."""

    number: int
    url: str
    title: str
    author: str | None
    source: str
    head: str | None
    landed: str | None
    merged_at: str | None
    labels: list[str]


class ApprovedDocument(TypedDict):
    """An approval of a pull request, and why it does not count where it does not."""

    by: str
    commit: str | None
    at: str | None
    counts: bool
    why_not: str | None


class ReviewDocument(TypedDict):
    """How a fix came to main: `standing` is approved, self-approved, missing or unknown."""

    standing: str
    detail: str
    pull_request: PullRequestDocument | None
    approvals: list[ApprovedDocument]


class RequiredDocument(TypedDict):
    """A demand of the automation matrix, held against a commit.

    `ran` is passed, failed, cancelled, skipped, pending, missing or unknown.
    """

    requirement: str
    branch: str
    commit: str
    ran: str
    detail: str
    name: str | None
    url: str | None
    at: str | None


class AskedDocument(TypedDict):
    """The project at a forge that was asked; of hotfixes tagged before `since` nothing was."""

    type: str
    url: str
    project: str
    since: str | None


class FixDocument(TypedDict):
    """A fix. `landed` is the commit of main's own line that brought it."""

    commit: str
    subject: str
    author: str
    authored_at: str | None
    paths: list[str]
    landed: str | None
    review: ReviewDocument | None


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


class WaiverTerms(TypedDict):
    """What an approved exception says of itself."""

    reason: str
    approved_by: str
    approved_at: str | None
    control: str | None
    expires: str


class WaiverDocument(WaiverTerms):
    """An approved exception for a pair, and the status that it covers."""

    tag: str
    branch: str
    covers: str | None


class ListedWaiverDocument(WaiverTerms):
    """A waiver, for a pair or for a broken `rule`: `standing` is in-force, unused, ended or unknown."""

    rule: str | None
    tag: str | None
    branch: str | None
    commit: str | None
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
    """A plain git command, with what it answers, what that shows, and of which fixes."""

    run: str
    exit: int
    stdout: str | None
    shows: str
    fixes: list[str]


class VerdictDocument(TypedDict):
    """A pair. `arrival` is the commit whose time `since` is, where the hotfix arrived."""

    status: str
    via: str | None
    reason: str
    since: str | None
    lead_time_seconds: int | None
    due_at: str | None
    overdue: bool
    waiver: WaiverDocument | None
    pull_request: str | None
    pull_request_opened_at: str | None
    arrival: str | None
    pipelines: list[RequiredDocument]
    forecast: ForecastDocument | None
    fixes: list[FixVerdictDocument]
    check: list[CheckDocument]


class HotfixDocument(TypedDict):
    """A hotfix with its verdict on every branch; `pipelines` are of main, and of the branch it was made on."""

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
    pipelines: list[RequiredDocument]
    branches: dict[str, VerdictDocument]


class ViolationDocument(TypedDict):
    """A broken rule; one under a waiver counts no more."""

    rule: str
    severity: str
    tag: str | None
    branch: str | None
    commit: str | None
    detail: str
    waiver: WaiverTerms | None


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
    forge: AskedDocument | None
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
