"""Gitea and Forgejo, under `/api/v1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from auditor.errors import ForgeError
from auditor.forges import shape
from auditor.forges.as_github import authored, person
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
    unsupported,
)
from auditor.forges.shape import Item
from auditor.forges.tokens import Token

PUBLIC = "https://gitea.com"
LONGEST_BODY = 1_000_000
_PAGE = ("limit", 50)
_OPINIONS = {
    "APPROVED": Opinion.APPROVED,
    "REQUEST_CHANGES": Opinion.REJECTED,
    "COMMENT": Opinion.COMMENTED,
}
_OUTCOMES = {
    "success": Outcome.PASSED,
    "failure": Outcome.FAILED,
    "error": Outcome.FAILED,
    "skipped": Outcome.SKIPPED,
    "pending": Outcome.PENDING,
}


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    base = url.rstrip("/")
    return base if base.endswith("/api/v1") else f"{base}/api/v1"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/json"}
    return {**own, "Authorization": f"token {token.reveal()}"} if token else own


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every repository of an organisation that the token may see."""
    path = f"/orgs/{segment(owner)}/repos"
    for item in shape.numbered(client, path, {}, _PAGE):
        yield Listed(
            item.need("full_name"),
            item.text("clone_url"),
            item.text("ssh_url"),
            archived=item.flag("archived"),
            fork=item.flag("fork"),
            empty=item.flag("empty"),
            disabled=False,
        )


class GiteaReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        self._project = project
        owner, _, name = project.partition("/")
        self._path = f"/repos/{segment(owner)}/{segment(name)}"

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another.

        The forge finds one of them by its branches. An open one is the only one that matters; for the others the whole
        list must be looked through.
        """
        path = f"{self._path}/pulls/{segment(target)}/{segment(source)}"
        try:
            found = _pull(shape.one(self._reader, path))
        except ForgeError as error:
            if error.status == 404:
                return ()
            raise
        if found.state is State.OPEN:
            return (found,)
        every = [(_pull(i), i) for i in self._list("/pulls", {"state": "all", "sort": "oldest"})]
        return tuple(p for p, i in every if self._is_own(i) and (p.source, p.target) == (source, target))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        return tuple(_pull(i) for i in self._list("/pulls", {"state": "open"}) if self._is_own(i))

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return _pull(shape.one(self._reader, f"{self._path}/pulls/{number}"))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """The merged one whose merge made a commit; the forge knows of no other.

        That there is none it says as it says that there is no such commit: that is asked for.
        """
        try:
            return (_pull(shape.one(self._reader, f"{self._path}/commits/{segment(commit)}/pull")),)
        except ForgeError as error:
            if error.status != 404:
                raise
        self._must_know(commit)
        return ()

    def _must_know(self, commit: str) -> None:
        shape.one(self._reader, f"{self._path}/git/commits/{segment(commit)}")

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """What was thought of it; not what was only asked for, or has yet to be submitted."""
        items = self._list(f"/pulls/{pull.number}/reviews", {})
        return tuple(_review(i) for i in items if i.need("state") in _OPINIONS)

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought."""
        return tuple(authored(i) for i in self._list(f"/pulls/{pull.number}/commits", {}))

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it. The forge gives all comments of an issue at once."""
        path = f"{self._path}/issues/{pull.number}/comments"
        items = shape.listed(self._reader, path)
        return tuple(Comment(person(i.part("user")), i.text("body") or "") for i in items)

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses of a commit."""
        place = f"/commits/{segment(commit)}/status"
        found = tuple(_status(i, commit) for i in self._list(place, {}, "statuses"))
        if not found:
            self._must_know(commit)
        return found

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """There are none at this forge."""
        raise unsupported(f"where {commit} was deployed to{f' ({environment})' if environment else ''}", "Gitea")

    def _list(self, place: str, query: Query, inside: str | None = None) -> Iterator[Item]:
        return shape.numbered(self._reader, f"{self._path}{place}", query, _PAGE, inside)

    def _is_own(self, item: Item) -> bool:
        """Whether its branch is the project's own, not one of a fork by the same name."""
        name = item.part("head").part("repo").text("full_name") or ""
        return name.casefold() == self._project.casefold()


class Gitea(GiteaReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request; a draft is one by its title."""
        path = f"{self._path}/pulls"
        title = f"WIP: {new.title}" if new.draft else new.title
        said = {"title": title, "head": new.source, "base": new.target, "body": new.body}
        return _pull(shape.item(self._client.send("POST", path, said).body, path))

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says."""
        self._patch(pull, {"body": body})

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """Adds labels, which must be there: the forge wants their numbers."""
        known = {i.text("name"): i.number("id") for i in self._list("/labels", {})}
        absent = [name for name in labels if name not in known]
        found = [known[name] for name in labels if name in known]
        if found:
            self._client.send("POST", f"{self._path}/issues/{pull.number}/labels", {"labels": found})
        if absent:
            raise ForgeError("not-found", f"{self._path}/labels: there is no label {', '.join(absent)}")

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review; `organisation/team` names a team."""
        teams = [r.rpartition("/")[2] for r in reviewers if "/" in r]
        people = [r for r in reviewers if "/" not in r]
        said = {"reviewers": people, "team_reviewers": teams}
        self._client.send("POST", f"{self._path}/pulls/{pull.number}/requested_reviewers", said)

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Assigns people; those who were assigned already stay so."""
        now = shape.one(self._reader, f"{self._path}/pulls/{pull.number}").names("assignees", "login")
        self._patch(pull, {"assignees": list(dict.fromkeys([*now, *people]))})

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""
        self._client.send("POST", f"{self._path}/issues/{pull.number}/comments", {"body": body})

    def close(self, pull: PullRequest) -> None:
        """Closes it without a merge."""
        self._patch(pull, {"state": "closed"})

    def _patch(self, pull: PullRequest, said: Mapping[str, object]) -> None:
        self._client.send("PATCH", f"{self._path}/pulls/{pull.number}", said)


def _pull(item: Item) -> PullRequest:
    head = item.part("head")
    ref = head.need("ref")
    merged = item.flag("merged")
    closed = State.CLOSED if item.text("state") == "closed" else State.OPEN
    return PullRequest(
        number=item.number("number"),
        url=item.need("html_url"),
        state=State.MERGED if merged else closed,
        draft=item.flag("draft"),
        title=item.text("title") or "",
        body=item.text("body") or "",
        # A branch that is gone is shown by a ref of the forge's own; its name is in the label.
        source=head.need("label") if ref.startswith("refs/pull/") else ref,
        target=item.part("base").need("ref"),
        head=head.text("sha"),
        landed=item.text("merge_commit_sha") if merged else None,
        author=person(item.part("user")),
        created_at=item.time("created_at"),
        ended_at=item.time("merged_at") if merged else item.time("closed_at"),
        labels=item.names("labels"),
    )


def _review(item: Item) -> Review:
    reviewer = person(item.part("user")) or Person("", "a deleted account")
    opinion = Opinion.DISMISSED if item.flag("dismissed") else _OPINIONS[item.need("state")]
    official = item.value.get("official") is not False
    return Review(reviewer, opinion, item.text("commit_id"), item.time("submitted_at"), official)


def _status(item: Item, commit: str) -> Run:
    outcome = _OUTCOMES.get(item.text("status") or "", Outcome.UNKNOWN)
    return Run(Source.STATUS, item.need("context"), outcome, commit, item.text("target_url"), item.time("updated_at"))
