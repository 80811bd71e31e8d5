"""GitLab, under `/api/v4`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.errors import ForgeError
from auditor.forges import shape
from auditor.forges.client import Client, Query, Reader, segment
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

PUBLIC = "https://gitlab.com"
LONGEST_BODY = 1_000_000
_PAGE = ("per_page", 100)
_STATES = {"opened": State.OPEN, "locked": State.OPEN, "merged": State.MERGED, "closed": State.CLOSED}
_OUTCOMES = {
    "success": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "canceled": Outcome.CANCELLED,
    "canceling": Outcome.CANCELLED,
    "skipped": Outcome.SKIPPED,
    "manual": Outcome.SKIPPED,
    "blocked": Outcome.PENDING,
    "created": Outcome.PENDING,
    "waiting_for_resource": Outcome.PENDING,
    "preparing": Outcome.PENDING,
    "pending": Outcome.PENDING,
    "running": Outcome.PENDING,
    "scheduled": Outcome.PENDING,
}
_APPROVED, _UNAPPROVED = "approved this merge request", "unapproved this merge request"


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    base = url.rstrip("/")
    return base if base.endswith("/api/v4") else f"{base}/api/v4"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/json"}
    return {**own, "PRIVATE-TOKEN": token.reveal()} if token else own


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every project of a group and its subgroups; not those that other groups share with it."""
    path = f"/groups/{segment(owner)}/projects"
    query = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
    for item in shape.numbered(client, path, query, _PAGE):
        yield Listed(
            item.need("path_with_namespace"),
            item.text("http_url_to_repo"),
            item.text("ssh_url_to_repo"),
            archived=item.flag("archived"),
            fork=isinstance(item.value.get("forked_from_project"), dict),
            empty=item.flag("empty_repo"),
            disabled=item.text("repository_access_level") == "disabled",
        )


class GitLabReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        self._path = f"/projects/{segment(project)}"
        self._deployed: dict[str | None, list[Item]] = {}

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another, in every state."""
        between = {"source_branch": source, "target_branch": target}
        found = self._list("/merge_requests", {"state": "all", **between, "order_by": "created_at", "sort": "asc"})
        return tuple(
            p
            for p, i in [(_pull(i), i) for i in found]
            if i.number("source_project_id") == i.number("target_project_id")
        )

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        found = [(_pull(i), i) for i in self._list("/merge_requests", {"state": "opened"})]
        return tuple(p for p, i in found if i.number("source_project_id") == i.number("target_project_id"))

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return _pull(shape.one(self._reader, f"{self._path}/merge_requests/{number}"))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would."""
        found = [_pull(i) for i in self._list(f"/repository/commits/{segment(commit)}/merge_requests", {})]
        return tuple(sorted(found, key=lambda p: p.number))

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """Approvals that stand. The forge says who; when is in its notes, and what the tip was then in the versions."""
        place = f"{self._path}/merge_requests/{pull.number}"
        users = [i.part("user") for i in shape.one(self._reader, f"{place}/approvals").all("approved_by")]
        if not users:
            return ()
        when = self._approved_at(pull)
        versions = sorted(
            ((i.time("created_at") or 0, i.need("head_commit_sha")) for i in self._of(pull, "versions")), reverse=True
        )
        found = []
        for user in users:
            name = user.need("username")
            at = when.get(name)
            head = None if at is None else next((head for since, head in versions if since <= at), None)
            found.append(Review(Person(name, user.text("name") or name), Opinion.APPROVED, head, at))
        return tuple(sorted(found, key=lambda r: r.at or 0))

    def _approved_at(self, pull: PullRequest) -> dict[str, int]:
        """When each approved last, unless they took it back since."""
        found: dict[str, int] = {}
        for note in self._notes(pull):
            who, at = note.part("author").text("username"), note.time("created_at")
            said = (note.text("body") or "").strip().casefold()
            if note.flag("system") and who and said == _UNAPPROVED:
                found.pop(who, None)
            elif note.flag("system") and who and at is not None and said == _APPROVED:
                found[who] = at
        return found

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought. The forge knows the authors as the commits have them."""
        return tuple(_authored(i) for i in self._of(pull, "commits"))

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it."""
        notes = (n for n in self._notes(pull) if not n.flag("system"))
        return tuple(Comment(_person(n.part("author")), n.text("body") or "") for n in notes)

    def _notes(self, pull: PullRequest) -> Iterator[Item]:
        return self._of(pull, "notes", {"sort": "asc", "order_by": "created_at"})

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses (jobs among them) and pipelines of a commit; a pipeline is named for what set it off."""
        place = f"/repository/commits/{segment(commit)}/statuses"
        statuses = [_run(Source.STATUS, i.need("name"), i, commit, "target_url") for i in self._list(place, {})]
        pipelines: dict[str, Run] = {}
        for item in self._list("/pipelines", {"sha": commit, "order_by": "id", "sort": "asc"}):
            name = f"pipeline/{item.text('source') or 'unknown'}"
            pipelines[name] = _run(Source.PIPELINE, name, item, commit, "web_url")
        return (*statuses, *pipelines.values())

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """Where a commit was deployed to; the forge has no filter by commit, so all are looked through, once."""
        if environment not in self._deployed:
            named = {"environment": environment} if environment else {}
            items = self._list("/deployments", {"order_by": "id", "sort": "asc", **named})
            self._deployed[environment] = list(items)
        return tuple(_deployment(i, commit) for i in self._deployed[environment] if i.text("sha") == commit)

    def _of(self, pull: PullRequest, what: str, query: Query | None = None) -> Iterator[Item]:
        return self._list(f"/merge_requests/{pull.number}/{what}", query or {})

    def _list(self, place: str, query: Query) -> Iterator[Item]:
        return shape.numbered(self._reader, f"{self._path}{place}", query, _PAGE)


class GitLab(GitLabReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a merge request; a draft is one by its title."""
        path = f"{self._path}/merge_requests"
        said = {
            "title": f"Draft: {new.title}" if new.draft else new.title,
            "source_branch": new.source,
            "target_branch": new.target,
            "description": new.body,
            "remove_source_branch": True,
            "squash": False,
        }
        return _pull(shape.item(self._client.send("POST", path, said).body, path))

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a merge request says."""
        self._put(pull, {"description": body})

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """Adds labels; new ones are made by the forge."""
        self._put(pull, {"add_labels": ",".join(labels)})

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review; those who were asked already stay asked."""
        self._put(pull, {"reviewer_ids": self._also(pull, "reviewers", reviewers)})

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Assigns people; those who were assigned already stay so."""
        self._put(pull, {"assignee_ids": self._also(pull, "assignees", people)})

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""
        self._client.send("POST", f"{self._path}/merge_requests/{pull.number}/notes", {"body": body})

    def close(self, pull: PullRequest) -> None:
        """Closes it without a merge."""
        self._put(pull, {"state_event": "close"})

    def _put(self, pull: PullRequest, said: Mapping[str, object]) -> None:
        self._client.send("PUT", f"{self._path}/merge_requests/{pull.number}", said)

    def _also(self, pull: PullRequest, what: str, names: Sequence[str]) -> list[int]:
        now = shape.one(self._reader, f"{self._path}/merge_requests/{pull.number}")
        return list(dict.fromkeys([*(i.number("id") for i in now.parts(what)), *(self._user(n) for n in names)]))

    def _user(self, name: str) -> int:
        found = shape.listed(self._reader, "/users", {"username": name})
        if len(found) != 1:
            raise ForgeError("not-found", f"/users: there is no user {name}")
        return found[0].number("id")


def _pull(item: Item) -> PullRequest:
    state = _STATES.get(item.need("state"), State.OPEN)
    head = item.text("sha")
    landed = item.text("merge_commit_sha") or item.text("squash_commit_sha") or head
    return PullRequest(
        number=item.number("iid"),
        url=item.need("web_url"),
        state=state,
        draft=item.flag("draft") or item.flag("work_in_progress"),
        title=item.text("title") or "",
        body=item.text("description") or "",
        source=item.need("source_branch"),
        target=item.need("target_branch"),
        head=head,
        landed=landed if state is State.MERGED else None,
        author=_person(item.part("author")),
        created_at=item.time("created_at"),
        ended_at={State.MERGED: item.time("merged_at"), State.CLOSED: item.time("closed_at")}.get(state),
        labels=_labels(item),
    )


def _labels(item: Item) -> tuple[str, ...]:
    found = item.value.get("labels")
    return tuple(label for label in (found if isinstance(found, list) else ()) if isinstance(label, str))


def _person(item: Item) -> Person | None:
    name = item.text("username")
    return Person(name, item.text("name") or name) if name else None


def _authored(item: Item) -> Authored:
    parents = item.value.get("parent_ids")
    return Authored(
        commit=item.need("id"),
        author=None,
        name=item.text("author_name") or "",
        email=item.text("author_email") or "",
        at=item.time("authored_date"),
        title=shape.title(item.text("title")),
        merge=isinstance(parents, list) and len(parents) > 1,
    )


def _run(source: Source, name: str, item: Item, commit: str, link: str) -> Run:
    outcome = _OUTCOMES.get(item.text("status") or "", Outcome.UNKNOWN)
    at = item.time("finished_at") or item.time("updated_at") or item.time("created_at")
    return Run(source, name, outcome, commit, item.text(link), at)


def _deployment(item: Item, commit: str) -> Run:
    where = item.part("environment").text("name") or ""
    outcome = _OUTCOMES.get(item.text("status") or "", Outcome.UNKNOWN)
    url = item.part("deployable").text("web_url")
    return Run(Source.DEPLOYMENT, where, outcome, commit, url, item.time("updated_at"), where)
