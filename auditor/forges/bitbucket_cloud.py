"""Bitbucket Cloud 2.0. It abbreviates commits to 12 digits in what it says of pull requests."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from email.utils import parseaddr
from urllib.parse import parse_qsl, urlsplit

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
    same_commit,
    unsupported,
)
from auditor.forges.shape import Item
from auditor.forges.tokens import Token

PUBLIC = "https://api.bitbucket.org/2.0"
LONGEST_BODY = 32_000
_KIND = "Bitbucket Cloud"
_STATES = {"OPEN": State.OPEN, "MERGED": State.MERGED, "DECLINED": State.CLOSED, "SUPERSEDED": State.CLOSED}
_OPINIONS = {"approved": Opinion.APPROVED, "changes_requested": Opinion.REJECTED}
_OUTCOMES = {
    "SUCCESSFUL": Outcome.PASSED,
    "FAILED": Outcome.FAILED,
    "STOPPED": Outcome.CANCELLED,
    "INPROGRESS": Outcome.PENDING,
}


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    host = urlsplit(url).hostname or ""
    if host in ("bitbucket.org", "www.bitbucket.org", "api.bitbucket.org"):
        return PUBLIC
    base = url.rstrip("/")
    return base if base.endswith("/2.0") else f"{base}/2.0"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request. A token with a colon is a name and a password of an application."""
    own = {"Accept": "application/json"}
    if token is None:
        return own
    said = token.reveal()
    basic = f"Basic {base64.b64encode(said.encode()).decode()}"
    return {**own, "Authorization": basic if ":" in said else f"Bearer {said}"}


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every repository of a workspace that the token may see."""
    for item in _pages(client, f"/repositories/{segment(owner)}", {"sort": "full_name", "pagelen": 100}):
        links = {i.text("name"): i.text("href") for i in item.part("links").parts("clone")}
        yield Listed(
            item.need("full_name"),
            _nameless(links.get("https")),
            links.get("ssh"),
            archived=False,
            fork=isinstance(item.value.get("parent"), dict),
            empty=False,
            disabled=False,
        )


def _nameless(address: str | None) -> str | None:
    """An address without the name of the one who asked, which the forge puts in."""
    parsed = urlsplit(address or "")
    return parsed._replace(netloc=parsed.netloc.rpartition("@")[2]).geturl() if address else None


def _pages(client: Reader, path: str, query: Query) -> Iterator[Item]:
    """The values of a list over all pages: of the address of the next one, only the query is believed."""
    seen = set()
    for _ in range(shape.MOST_PAGES):
        answer = client.get(path, query)
        if answer.status == 202:
            raise ForgeError("not-ready", f"{path}: the forge is still looking it up; ask again in a while")
        page = shape.item(answer.body, path)
        for value in shape.of(page.value.get("values"), list, path):
            yield shape.item(value, path)
        following = page.text("next")
        if following is None:
            return
        if following in seen:
            raise ForgeError("unexpected", f"{path}: gives the same page again and again")
        seen.add(following)
        query = _query(following)
    raise shape.endless(path)


def _query(url: str) -> Query:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(urlsplit(url).query):
        found.setdefault(name, []).append(value)
    return found


class BitbucketCloudReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        self._project = project
        owner, _, name = project.partition("/")
        self._path = f"/repositories/{segment(owner)}/{segment(name)}"
        self._deployed: tuple[Item, ...] | None = None
        self._environments: dict[str | None, str | None] = {}

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another, in every state."""
        wanted = f"source.branch.name={_text(source)} AND destination.branch.name={_text(target)}"
        query: Query = {"q": wanted, "state": list(_STATES), "sort": "created_on", "pagelen": 50}
        items = self._list("/pullrequests", query)
        return tuple(p for p, i in [(_pull(i), i) for i in items] if self._is_own(i))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        items = self._list("/pullrequests", {"state": "OPEN", "pagelen": 50})
        return tuple(p for p, i in [(_pull(i), i) for i in items] if self._is_own(i))

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return _pull(shape.one(self._reader, f"{self._path}/pullrequests/{number}"))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would; the code is `not-ready` while the forge looks it up."""
        numbers = [i.number("id") for i in self._list(f"/commit/{segment(commit)}/pullrequests", {"pagelen": 50})]
        return tuple(self.pull_request(n) for n in sorted(numbers))

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """Approvals and requests for changes that stand; what the tip was then is in the activity."""
        events = list(self._list(f"/pullrequests/{pull.number}/activity", {"pagelen": 50}))
        tips = sorted((u.time("date") or 0, _tip(u)) for e in events if _tip(u := e.part("update")))
        found = []
        for item in shape.one(self._reader, f"{self._path}/pullrequests/{pull.number}").all("participants"):
            opinion, reviewer = _OPINIONS.get(item.text("state") or ""), _person(item.part("user"))
            if opinion is None or reviewer is None:
                continue
            at = _when(events, reviewer, "approval" if opinion is Opinion.APPROVED else "changes_requested")
            at = item.time("participated_on") if at is None else at
            tip = None if at is None else next((tip for since, tip in reversed(tips) if since <= at), None)
            found.append(Review(reviewer, opinion, tip, at))
        return tuple(sorted(found, key=lambda r: r.at or 0))

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought."""
        return tuple(_authored(i) for i in self._list(f"/pullrequests/{pull.number}/commits", {"pagelen": 100}))

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it."""
        items = self._list(f"/pullrequests/{pull.number}/comments", {"pagelen": 100, "sort": "created_on"})
        written = (i for i in items if not i.flag("deleted"))
        return tuple(Comment(_person(i.part("user")), i.part("content").text("raw") or "") for i in written)

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses of a commit, those of its pipelines among them."""
        return tuple(_status(i, commit) for i in self._list(f"/commit/{segment(commit)}/statuses", {"pagelen": 100}))

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """Where a commit was deployed to; the forge has no filter by commit, so all are looked through, once."""
        if self._deployed is None:
            listed = self._list("/environments", {"pagelen": 100})
            self._environments = {i.text("uuid"): i.text("name") for i in listed}
            self._deployed = tuple(self._list("/deployments", {"pagelen": 100}))
        found = [_deployment(i, commit, self._environments) for i in self._deployed if _is_of(i, commit)]
        return tuple(r for r in found if environment is None or r.environment == environment)

    def _list(self, place: str, query: Query) -> Iterator[Item]:
        return _pages(self._reader, f"{self._path}{place}", query)

    def _is_own(self, item: Item) -> bool:
        """Whether its branch is the project's own, not one of a fork by the same name."""
        name = item.part("source").part("repository").text("full_name") or ""
        return name.casefold() == self._project.casefold()


class BitbucketCloud(BitbucketCloudReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request. Where there is an open one, the forge would change that: it is looked for first."""
        if any(p.state is State.OPEN for p in self.pull_requests(new.source, new.target)):
            raise ForgeError("conflict", f"{self._path}: there is an open pull request between these branches")
        path = f"{self._path}/pullrequests"
        said = {
            "title": new.title,
            "description": new.body,
            "source": {"branch": {"name": new.source}},
            "destination": {"branch": {"name": new.target}},
            "draft": new.draft,
            "close_source_branch": True,
        }
        return _pull(shape.item(self._client.send("POST", path, said).body, path))

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says."""
        self._put(pull, {"title": pull.title, "description": body})

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """There are none at this forge."""
        raise unsupported(f"labels ({', '.join(labels)}) of {pull.url}", _KIND)

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review, by `{uuid}` or account id; those who were asked already stay asked."""
        now = shape.one(self._reader, f"{self._path}/pullrequests/{pull.number}").names("reviewers", "uuid")
        wanted = [{"uuid": u} for u in now]
        wanted += [{"uuid" if r.startswith("{") else "account_id": r} for r in reviewers if r not in now]
        self._put(pull, {"title": pull.title, "reviewers": wanted})

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Nobody can be assigned at this forge."""
        raise unsupported(f"assignees ({', '.join(people)}) of {pull.url}", _KIND)

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment."""
        self._client.send("POST", f"{self._path}/pullrequests/{pull.number}/comments", {"content": {"raw": body}})

    def close(self, pull: PullRequest) -> None:
        """Declines it."""
        self._client.send("POST", f"{self._path}/pullrequests/{pull.number}/decline", {})

    def _put(self, pull: PullRequest, said: Mapping[str, object]) -> None:
        self._client.send("PUT", f"{self._path}/pullrequests/{pull.number}", said)


def _text(name: str) -> str:
    """A name as text in the forge's own language of questions."""
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _pull(item: Item) -> PullRequest:
    state = _STATES.get(item.need("state"), State.OPEN)
    source, target = item.part("source"), item.part("destination")
    return PullRequest(
        number=item.number("id"),
        url=item.part("links").part("html").need("href"),
        state=state,
        draft=item.flag("draft"),
        title=item.text("title") or "",
        body=item.text("description") or item.part("summary").text("raw") or "",
        source=source.part("branch").need("name"),
        target=target.part("branch").need("name"),
        head=source.part("commit").text("hash"),
        landed=item.part("merge_commit").text("hash") if state is State.MERGED else None,
        author=_person(item.part("author")),
        created_at=item.time("created_on"),
        ended_at=None if state is State.OPEN else item.time("closed_on") or item.time("updated_on"),
    )


def _person(item: Item) -> Person | None:
    uuid = item.text("uuid")
    return Person(uuid, item.text("nickname") or item.text("display_name") or uuid) if uuid else None


def _tip(update: Item) -> str:
    return update.part("source").part("commit").text("hash") or ""


def _when(events: Sequence[Item], reviewer: Person, what: str) -> int | None:
    """When somebody last did something to a pull request."""
    own = [e.part(what) for e in events if _person(e.part(what).part("user")) == reviewer]
    return max((at for e in own if (at := e.time("date")) is not None), default=None)


def _authored(item: Item) -> Authored:
    said = item.part("author")
    name, email = parseaddr(said.text("raw") or "")
    return Authored(
        commit=item.need("hash"),
        author=_person(said.part("user")),
        name=name,
        email=email,
        at=item.time("date"),
        title=shape.title(item.text("message")),
        merge=len(list(item.parts("parents"))) > 1,
    )


def _status(item: Item, commit: str) -> Run:
    outcome = _OUTCOMES.get(item.text("state") or "", Outcome.UNKNOWN)
    name = item.text("name") or item.need("key")
    return Run(Source.STATUS, name, outcome, commit, item.text("url"), item.time("updated_on"))


def _is_of(item: Item, commit: str) -> bool:
    return same_commit(item.part("release").part("commit").text("hash"), commit)


def _deployment(item: Item, commit: str, names: Mapping[str | None, str | None]) -> Run:
    where = names.get(item.part("environment").text("uuid")) or item.part("environment").text("name") or ""
    state = item.part("state")
    outcome = Outcome.PENDING
    if state.text("name") == "COMPLETED":
        outcome = _OUTCOMES.get(state.part("status").text("name") or "", Outcome.UNKNOWN)
    return Run(Source.DEPLOYMENT, where, outcome, commit, state.text("url"), item.time("last_update_time"), where)
