"""What a page shows, as frozen values: every text in them is fit to be read, every address safe to follow."""

from __future__ import annotations

from dataclasses import dataclass

from auditor.output.html.drawn import Charts, Share


@dataclass(frozen=True, slots=True)
class Link:
    """A text that may lead somewhere."""

    text: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class CheckShown:
    """A command, and what it shows and answers."""

    run: str
    answer: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FixFound:
    """One fix on one branch."""

    commit: Link
    status: str
    how: str
    detail: str
    evidence: Link | None
    since: str | None


@dataclass(frozen=True, slots=True)
class WaiverShown:
    """The exception that covers a pair, and what it would be without."""

    reason: str
    approved_by: str
    control: str
    expires: str
    covers: str


@dataclass(frozen=True, slots=True)
class RequiredShown:
    """A demand of the automation matrix: how it went, on which commit, with a link to what ran."""

    requirement: str
    branch: str
    ran: str
    passed: bool
    commit: Link
    detail: str
    seen: Link | None
    at: str | None


@dataclass(frozen=True, slots=True)
class ReviewShown:
    """How a fix came to main: by which request, and everybody's approval of it."""

    standing: str
    passed: bool
    detail: str
    request: Link | None
    merged: str | None
    approvals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pair:
    """The story of one hotfix on one branch. `anchor` is its address on its page, `href` that from this page."""

    anchor: str
    href: str
    repository: str
    tag: str
    branch: str
    critical: bool
    status: str
    via: str | None
    how: str
    reason: str
    since: str | None
    since_word: str
    lead: str | None
    due: str | None
    overdue: bool
    waiver: WaiverShown | None
    forecast: str | None
    conflicts: tuple[str, ...]
    pull_request: Link | None
    offered: str | None
    pipelines: tuple[RequiredShown, ...]
    fixes: tuple[FixFound, ...]
    checks: tuple[CheckShown, ...]


@dataclass(frozen=True, slots=True)
class FixShown:
    """A fix as it is on main."""

    commit: Link
    subject: str
    author: str
    authored_at: str
    paths: tuple[str, ...]
    review: ReviewShown | None


@dataclass(frozen=True, slots=True)
class HotfixShown:
    """A hotfix with its pairs, in the order of the branches."""

    anchor: str
    tag: Link
    commit: Link
    tag_object: str | None
    tagged: str
    tagged_at: str
    tagger: str | None
    message: str
    about: str
    selected_by: str
    bounds: str
    aliases: str
    fixes: tuple[FixShown, ...]
    pipelines: tuple[RequiredShown, ...]
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class BranchShown:
    """A branch as judged."""

    name: Link
    role: str
    ref: str
    commit: Link
    sla: str
    note: str


@dataclass(frozen=True, slots=True)
class TagShown:
    """A tag of the population, and what became of it."""

    tag: str
    fate: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A broken rule, with what waives it; something not judged; or a rule that was left out."""

    level: str
    rule: str
    about: str
    commit: Link | None
    detail: str
    waiver: str = ""


@dataclass(frozen=True, slots=True)
class Concern:
    """A finding of one of many repositories, with where that is shown."""

    repository: Link
    finding: Finding


@dataclass(frozen=True, slots=True)
class RepositoryShown:
    """One repository. `href` leads to it from the fleet, `own` to its own page where there is one.

    `read` is False where nothing of it could be; `judged` are rules.
    """

    anchor: str
    href: str
    own: str | None
    name: str
    source: Link
    verdict: str
    failing: int
    sentence: str
    shares: tuple[Share, ...]
    pairs_total: int
    drifting: int
    overdue: int
    unknown: int
    oldest: str
    broken: int
    spark: str
    took: str
    branches: tuple[BranchShown, ...]
    violations: tuple[Finding, ...]
    errors: tuple[Finding, ...]
    notes: tuple[str, ...]
    read: bool
    judged: tuple[str, ...]
    not_judged: tuple[Finding, ...]
    tags_total: int
    tags_audited: int
    aliases: int
    excluded: int
    tags: tuple[TagShown, ...]
    hotfixes: tuple[HotfixShown, ...]


@dataclass(frozen=True, slots=True)
class ForgeShown:
    """A forge that was asked what there is to audit. `excluded` are repositories, each with the reason."""

    name: str
    url: str
    audited: int
    excluded: tuple[tuple[str, str], ...]
    errors: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class RunShown:
    """An earlier run; one that failed has no numbers."""

    number: int
    finished: str
    verdict: str
    pairs: int | None
    drifting: int | None
    unknown: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """One page: `fleet` has a line, `repositories` the whole of some. `parts` are the pages that one repository fills.

    `runs` is None where nothing is remembered.
    """

    heading: str
    up: Link | None
    parts: tuple[Link, ...]
    verdict: str
    failing: int
    sentence: str
    shares: tuple[Share, ...]
    facts: tuple[tuple[str, str], ...]
    fleet: tuple[RepositoryShown, ...]
    attention: tuple[Pair, ...]
    more_attention: int
    concerns: tuple[Concern, ...]
    more_concerns: int
    charts: Charts
    forges: tuple[ForgeShown, ...]
    repositories: tuple[RepositoryShown, ...]
    runs: tuple[RunShown, ...] | None
    branch_names: tuple[str, ...]
    statuses: tuple[str, ...]
