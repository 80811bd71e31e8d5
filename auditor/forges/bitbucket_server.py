"""Bitbucket Data Center (and Server): everything under `/rest`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

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
    unsupported,
)
from auditor.forges.shape import Item
from auditor.forges.tokens import Token

PUBLIC = None
LONGEST_BODY = 32_000
_KIND = "Bitbucket Data Center"
_API = "/api/latest"
_HEADS = "refs/heads/"
_STATES = {"OPEN": State.OPEN, "MERGED": State.MERGED, "DECLINED": State.CLOSED}
_OPINIONS = {"APPROVED": Opinion.APPROVED, "NEEDS_WORK": Opinion.REJECTED}
_EVENTS = {"APPROVED": Opinion.APPROVED, "REVIEWED": Opinion.REJECTED}
_OUTCOMES = {
    "SUCCESSFUL": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "CANCELLED": Outcome.CANCELLED,
    "INPROGRESS": Outcome.PENDING,
}


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    base = url.rstrip("/").removesuffix(_API)
    return base if base.endswith("/rest") else f"{base}/rest"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/json"}
    return {**own, "Authorization": f"Bearer {token.reveal()}"} if token else own


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every repository of a project that the token may see."""
    for item in _pages(client, f"{_API}/projects/{segment(owner)}/repos", {}):
        links = {i.text("name"): i.text("href") for i in item.part("links").parts("clone")}
        https = urlsplit(links.get("http") or "")
        yield Listed(
            f"{item.part('project').need('key')}/{item.need('slug')}",
            https._replace(netloc=https.netloc.rpartition("@")[2]).geturl() if links.get("http") else None,
            links.get("ssh"),
            archived=item.flag("archived"),
            fork=isinstance(item.value.get("origin"), dict),
            empty=False,
            disabled=item.text("state") not in (None, "AVAILABLE"),
        )


def _pages(client: Reader, path: str, query: Query) -> Iterator[Item]:
    """The values of a list over all pages."""
    start = 0
    for _ in range(shape.MOST_PAGES):
        page = shape.one(client, path, {**query, "limit": 100, "start": start})
        for value in shape.of(page.value.get("values"), list, path):
            yield shape.item(value, path)
        if page.value.get("isLastPage") is not False:
            return
        following = page.number("nextPageStart")
        if following <= start:
            break
        start = following
    raise shape.endless(path)


class BitbucketServerReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        key, _, slug = project.partition("/")
        self._key, self._slug = key, slug
        self._path = f"{_API}/projects/{segment(key)}/repos/{segment(slug)}"

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another, in every state."""
        query = {"at": _HEADS + source, "direction": "OUTGOING", "state": "ALL", "order": "OLDEST"}
        found = [(_pull(i), i) for i in self._list("/pull-requests", query)]
        return tuple(p for p, i in found if self._is_to_own(i) and (p.source, p.target) == (source, target))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        items = self._list("/pull-requests", {"state": "OPEN"})
        return tuple(_pull(i) for i in items if self._stays(i))

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return _pull(self._fresh(number))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would."""
        found = [_pull(i) for i in self._list(f"/commits/{segment(commit)}/pull-requests", {})]
        return tuple(sorted(found, key=lambda p: p.number))

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """Approvals and requests for changes that stand, with the commit that each last looked at."""
        when: dict[tuple[str, Opinion], int] = {}
        for event in self._list(f"/pull-requests/{pull.number}/activities", {}):
            opinion, who = _EVENTS.get(event.need("action")), _person(event.part("user"))
            at = event.time("createdDate")
            if opinion and who and at is not None:
                when[who.id, opinion] = max(at, when.get((who.id, opinion), at))
        found = []
        for item in self._list(f"/pull-requests/{pull.number}/participants", {}):
            opinion, who = _OPINIONS.get(item.need("status")), _person(item.part("user"))
            if opinion and who:
                found.append(Review(who, opinion, item.text("lastReviewedCommit"), when.get((who.id, opinion))))
        return tuple(sorted(found, key=lambda r: r.at or 0))

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought."""
        return tuple(_authored(i) for i in self._list(f"/pull-requests/{pull.number}/commits", {}))

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it."""
        events = self._list(f"/pull-requests/{pull.number}/activities", {})
        written = [e.part("comment") for e in events if e.need("action") == "COMMENTED"]
        return tuple(Comment(_person(c.part("author")), c.text("text") or "") for c in reversed(written))

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses of builds of a commit."""
        items = _pages(self._reader, f"/build-status/latest/commits/{segment(commit)}", {})
        found = tuple(_status(i, commit) for i in items)
        if not found:
            # Builds are kept by commit alone, whatever repository it is of: that this one has it must be asked for.
            shape.one(self._reader, f"{self._path}/commits/{segment(commit)}")
        return found

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """The forge shows a deployment only to those who know its key and number."""
        raise unsupported(f"where {commit} was deployed to{f' ({environment})' if environment else ''}", _KIND)

    def _fresh(self, number: int) -> Item:
        return shape.one(self._reader, f"{self._path}/pull-requests/{number}")

    def _list(self, place: str, query: Query) -> Iterator[Item]:
        return _pages(self._reader, f"{self._path}{place}", query)

    def _stays(self, item: Item) -> bool:
        """Whether it comes from the project and stays there."""
        return self._is_own(item, "fromRef") and self._is_to_own(item)

    def _is_to_own(self, item: Item) -> bool:
        """Whether it stays in the project; what goes out may go to the one that this is a fork of."""
        return self._is_own(item, "toRef")

    def _is_own(self, item: Item, side: str) -> bool:
        there = item.part(side).part("repository")
        place = f"{there.part('project').text('key')}/{there.text('slug')}"
        return place.casefold() == f"{self._key}/{self._slug}".casefold()


class BitbucketServer(BitbucketServerReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request."""
        path = f"{self._path}/pull-requests"
        place = {"slug": self._slug, "project": {"key": self._key}}
        said = {
            "title": new.title,
            "description": new.body,
            "fromRef": {"id": _HEADS + new.source, "repository": place},
            "toRef": {"id": _HEADS + new.target, "repository": place},
            "draft": new.draft,
        }
        return _pull(shape.item(self._client.send("POST", path, said).body, path))

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says. What is not said again, such as reviewers, the forge would forget."""
        now = self._fresh(pull.number)
        people = [{"user": {"name": r.part("user").need("name")}} for r in now.parts("reviewers")]
        said = {
            "version": now.number("version"),
            "title": now.text("title"),
            "description": body,
            "toRef": {"id": now.part("toRef").need("id")},
            "reviewers": people,
        }
        self._client.send("PUT", f"{self._path}/pull-requests/{pull.number}", said)

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """There are none at this forge."""
        raise unsupported(f"labels ({', '.join(labels)}) of {pull.url}", _KIND)

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review."""
        for name in reviewers:
            said = {"user": {"name": name}, "role": "REVIEWER"}
            self._client.send("POST", f"{self._path}/pull-requests/{pull.number}/participants", said)

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Nobody can be assigned at this forge."""
        raise unsupported(f"assignees ({', '.join(people)}) of {pull.url}", _KIND)

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""
        self._client.send("POST", f"{self._path}/pull-requests/{pull.number}/comments", {"text": body})

    def close(self, pull: PullRequest) -> None:
        """Declines it."""
        version = self._fresh(pull.number).number("version")
        place = f"{self._path}/pull-requests/{pull.number}/decline"
        self._client.send("POST", place, {"version": version}, {"version": version})


def _pull(item: Item) -> PullRequest:
    state = _STATES.get(item.need("state"), State.OPEN)
    source, target = item.part("fromRef"), item.part("toRef")
    landed = item.part("properties").part("mergeCommit").text("id")
    return PullRequest(
        number=item.number("id"),
        url=next((link for link in item.part("links").names("self", "href")), ""),
        state=state,
        draft=item.flag("draft"),
        title=item.text("title") or "",
        body=item.text("description") or "",
        source=source.need("id").removeprefix(_HEADS),
        target=target.need("id").removeprefix(_HEADS),
        head=source.text("latestCommit"),
        landed=landed if state is State.MERGED else None,
        author=_person(item.part("author").part("user")),
        created_at=item.time("createdDate"),
        ended_at=item.time("closedDate"),
    )


def _person(item: Item) -> Person | None:
    name = item.text("name")
    return Person(name, item.text("displayName") or name) if name else None


def _authored(item: Item) -> Authored:
    """A known author has an account's name for a name; one who is not known has what the commit says."""
    said = item.part("author")
    return Authored(
        commit=item.need("id"),
        author=_person(said) if said.text("slug") else None,
        name=said.text("displayName") or said.text("name") or "",
        email=said.text("emailAddress") or "",
        at=item.time("authorTimestamp"),
        title=shape.title(item.text("message")),
        merge=len(list(item.parts("parents"))) > 1,
    )


def _status(item: Item, commit: str) -> Run:
    outcome = _OUTCOMES.get(item.text("state") or "", Outcome.UNKNOWN)
    name = item.text("name") or item.need("key")
    return Run(Source.STATUS, name, outcome, commit, item.text("url"), item.time("dateAdded"))
