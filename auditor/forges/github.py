"""GitHub, and GitHub Enterprise under `/api/v3`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from auditor.errors import ForgeError
from auditor.forges import shape
from auditor.forges.as_github import authored, person
from auditor.forges.client import Client, Reader, segment
from auditor.forges.interface import (
    Authored,
    Comment,
    Listed,
    NewPullRequest,
    Opinion,
    Outcome,
    Person,
    PullRequest,
    Review,
    Run,
    Source,
    State,
)
from auditor.forges.shape import Item
from auditor.forges.tokens import Token

PUBLIC = "https://api.github.com"
LONGEST_BODY = 65_536
_PAGE = ("per_page", 100)
_MOST_COMMITS = 250
_OPINIONS = {
    "APPROVED": Opinion.APPROVED,
    "CHANGES_REQUESTED": Opinion.REJECTED,
    "COMMENTED": Opinion.COMMENTED,
    "DISMISSED": Opinion.DISMISSED,
}
_OUTCOMES = {
    "success": Outcome.PASSED,
    "failure": Outcome.FAILED,
    "error": Outcome.FAILED,
    "timed_out": Outcome.FAILED,
    "startup_failure": Outcome.FAILED,
    "cancelled": Outcome.CANCELLED,
    "stale": Outcome.CANCELLED,
    "neutral": Outcome.SKIPPED,
    "skipped": Outcome.SKIPPED,
    "action_required": Outcome.PENDING,
    "pending": Outcome.PENDING,
    "queued": Outcome.PENDING,
    "waiting": Outcome.PENDING,
    "requested": Outcome.PENDING,
    "in_progress": Outcome.PENDING,
}


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    host = urlsplit(url).hostname or ""
    if host in ("github.com", "www.github.com", "api.github.com"):
        return PUBLIC
    if host.endswith(".ghe.com"):
        return f"https://{host}" if host.startswith("api.") else f"https://api.{host}"
    base = url.rstrip("/")
    return base if base.endswith("/api/v3") else f"{base}/api/v3"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return {**own, "Authorization": f"Bearer {token.reveal()}"} if token else own


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every repository of an organisation that the token may see."""
    path = f"/orgs/{segment(owner)}/repos"
    for item in shape.numbered(client, path, {"type": "all", "sort": "full_name", "direction": "asc"}, _PAGE):
        yield Listed(
            item.need("full_name"),
            item.text("clone_url"),
            item.text("ssh_url"),
            archived=item.flag("archived"),
            fork=item.flag("fork"),
            empty=False,  # `size` is 0 for small repositories, too
            disabled=item.flag("disabled"),
        )


class GitHubReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        self._project = project
        owner, _, name = project.partition("/")
        self._owner = owner
        self._path = f"/repos/{segment(owner)}/{segment(name)}"

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another; the forge ignores a filter that it does not understand."""
        between = {"head": f"{self._owner}:{source}", "base": target}
        items = self._list("/pulls", {"state": "all", **between, "sort": "created", "direction": "asc"})
        found = [(_pull(i), i) for i in items]
        return tuple(p for p, i in found if self._is_own(i) and (p.source, p.target) == (source, target))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        return tuple(_pull(i) for i in self._list("/pulls", {"state": "open"}) if self._is_own(i))

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return _pull(shape.one(self._reader, f"{self._path}/pulls/{number}"))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would."""
        found = [_pull(i) for i in self._list(f"/commits/{segment(commit)}/pulls", {})]
        return tuple(sorted(found, key=lambda p: p.number))

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """What was thought of it; not what somebody has yet to submit."""
        items = self._list(f"/pulls/{pull.number}/reviews", {})
        return tuple(_review(i) for i in items if i.need("state") in _OPINIONS)

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought; the forge shows 250 of them, and does not say that there are more."""
        found = tuple(authored(i) for i in self._list(f"/pulls/{pull.number}/commits", {}))
        if len(found) >= _MOST_COMMITS:
            raise ForgeError("incomplete-list", f"{pull.url}: has {_MOST_COMMITS} commits or more: not all are shown")
        return found

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it."""
        items = self._list(f"/issues/{pull.number}/comments", {})
        return tuple(Comment(person(i.part("user")), i.text("body") or "") for i in items)

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses and check runs of a commit."""
        place = f"/commits/{segment(commit)}"
        statuses = [_status(i, commit) for i in self._list(f"{place}/status", {}, "statuses")]
        checks = [_check_run(i, commit) for i in self._list(f"{place}/check-runs", {"filter": "latest"}, "check_runs")]
        return tuple(statuses + checks)

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """Where a commit was deployed to."""
        named = {"environment": environment} if environment else {}
        found = self._list("/deployments", {"sha": commit, **named})
        return tuple(self._deployment(i, commit) for i in found)

    def _deployment(self, item: Item, commit: str) -> Run:
        """How a deployment went. One that a later one has replaced is `inactive`: what it was before counts."""
        place = f"/deployments/{item.number('id')}/statuses"
        said = [i for i in self._list(place, {}) if i.text("state") != "inactive"]
        last = max(said, key=lambda i: (i.time("created_at") or 0, i.number("id")), default=None)
        where = item.text("environment") or ""
        if last is None:
            return Run(Source.DEPLOYMENT, where, Outcome.PENDING, commit, None, item.time("created_at"), where)
        outcome = _OUTCOMES.get(last.text("state") or "", Outcome.UNKNOWN)
        url = last.text("log_url") or last.text("target_url")
        return Run(Source.DEPLOYMENT, where, outcome, commit, url, last.time("created_at"), where)

    def _list(self, place: str, query: Mapping[str, str], inside: str | None = None) -> Iterator[Item]:
        return shape.numbered(self._reader, f"{self._path}{place}", query, _PAGE, inside)

    def _is_own(self, item: Item) -> bool:
        """Whether its branch is the project's own, not one of a fork by the same name."""
        name = item.part("head").part("repo").text("full_name") or ""
        return name.casefold() == self._project.casefold()


class GitHub(GitHubReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request; where drafts are not to be had, one whose title says that it is a draft."""
        said = {"title": new.title, "head": new.source, "base": new.target, "body": new.body, "draft": new.draft}
        try:
            return self._created(said)
        except ForgeError as error:
            if not (new.draft and error.status == 422 and "draft" in error.detail.casefold()):
                raise
            return self._created({**said, "draft": False, "title": f"[Draft] {new.title}"})

    def _created(self, said: Mapping[str, object]) -> PullRequest:
        path = f"{self._path}/pulls"
        try:
            return _pull(shape.item(self._client.send("POST", path, said).body, path))
        except ForgeError as error:
            if error.status == 422 and "already exists" in error.detail:
                raise ForgeError("conflict", error.detail, status=422) from None
            raise

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says."""
        self._client.send("PATCH", f"{self._path}/pulls/{pull.number}", {"body": body})

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """Adds labels; new ones are made by the forge."""
        self._client.send("POST", f"{self._path}/issues/{pull.number}/labels", {"labels": list(labels)})

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review; `organisation/team` names a team."""
        teams = [r.rpartition("/")[2] for r in reviewers if "/" in r]
        people = [r for r in reviewers if "/" not in r]
        said = {"reviewers": people, "team_reviewers": teams}
        self._client.send("POST", f"{self._path}/pulls/{pull.number}/requested_reviewers", said)

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Assigns people."""
        self._client.send("POST", f"{self._path}/issues/{pull.number}/assignees", {"assignees": list(people)})

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""
        self._client.send("POST", f"{self._path}/issues/{pull.number}/comments", {"body": body})

    def close(self, pull: PullRequest) -> None:
        """Closes it without a merge."""
        self._client.send("PATCH", f"{self._path}/pulls/{pull.number}", {"state": "closed"})


def _pull(item: Item) -> PullRequest:
    merged = item.time("merged_at")
    closed = State.CLOSED if item.text("state") == "closed" else State.OPEN
    return PullRequest(
        number=item.number("number"),
        url=item.need("html_url"),
        state=State.MERGED if merged is not None else closed,
        draft=item.flag("draft"),
        title=item.text("title") or "",
        body=item.text("body") or "",
        source=item.part("head").need("ref"),
        target=item.part("base").need("ref"),
        head=item.part("head").text("sha"),
        landed=item.text("merge_commit_sha") if merged is not None else None,
        author=person(item.part("user")),
        created_at=item.time("created_at"),
        ended_at=merged if merged is not None else item.time("closed_at"),
        labels=item.names("labels"),
    )


def _review(item: Item) -> Review:
    reviewer = person(item.part("user")) or Person("", "a deleted account")
    return Review(reviewer, _OPINIONS[item.need("state")], item.text("commit_id"), item.time("submitted_at"))


def _status(item: Item, commit: str) -> Run:
    outcome = _OUTCOMES.get(item.text("state") or "", Outcome.UNKNOWN)
    return Run(Source.STATUS, item.need("context"), outcome, commit, item.text("target_url"), item.time("updated_at"))


def _check_run(item: Item, commit: str) -> Run:
    said = item.text("conclusion") if item.text("status") == "completed" else "pending"
    outcome = _OUTCOMES.get(said or "", Outcome.UNKNOWN)
    at = item.time("completed_at") or item.time("started_at")
    return Run(Source.CHECK_RUN, item.need("name"), outcome, commit, item.text("html_url"), at)
