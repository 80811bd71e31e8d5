"""Azure DevOps 7.1: a project here is `organisation/project/repository`."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

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
    unsupported,
)
from auditor.forges.shape import Item
from auditor.forges.tokens import Token

PUBLIC = "https://dev.azure.com"
LONGEST_BODY = 4000
_KIND = "Azure DevOps"
_VERSION = {"api-version": "7.1"}
_HEADS = "refs/heads/"
_STATES = {"active": State.OPEN, "completed": State.MERGED, "abandoned": State.CLOSED}
_OUTCOMES = {
    "succeeded": Outcome.PASSED,
    "failed": Outcome.FAILED,
    "error": Outcome.FAILED,
    "pending": Outcome.PENDING,
    "notApplicable": Outcome.SKIPPED,
}


def root(url: str) -> str:
    """Where the interface is for an address that people know: what comes after it are organisation and project."""
    return url.rstrip("/")


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request: a personal token as a password without a name, a signed one as it is."""
    own = {"Accept": "application/json"}
    if token is None:
        return own
    said = token.reveal()
    if said.startswith("eyJ") and said.count(".") == 2:
        return {**own, "Authorization": f"Bearer {said}"}
    return {**own, "Authorization": f"Basic {base64.b64encode(f':{said}'.encode()).decode()}"}


def repositories(client: Reader, owner: str) -> Iterator[Listed]:
    """Every repository of an organisation, or of one project in it (`organisation/project`)."""
    path = "".join(f"/{segment(part)}" for part in owner.split("/")) + "/_apis/git/repositories"
    for item in _values(client.get(path, _VERSION).body, path):
        remote = urlsplit(item.text("remoteUrl") or "")
        yield Listed(
            f"{owner.partition('/')[0]}/{item.part('project').need('name')}/{item.need('name')}",
            remote._replace(netloc=remote.netloc.rpartition("@")[2]).geturl() if remote.scheme else None,
            item.text("sshUrl"),
            archived=False,
            fork=item.flag("isFork"),
            empty="defaultBranch" not in item.value,
            disabled=item.flag("isDisabled"),
        )


def _values(body: object, path: str) -> Iterator[Item]:
    for value in shape.of(shape.item(body, path).value.get("value"), list, path):
        yield shape.item(value, path)


class AzureReading:
    """A project's questions."""

    def __init__(self, client: Reader, project: str) -> None:
        self._reader = client
        parts = project.split("/")
        if len(parts) != 3:
            raise ForgeError("bad-name", f"{project}: write it organisation/project/repository")
        organisation, inside, name = (segment(part) for part in parts)
        self._path = f"/{organisation}/{inside}/_apis/git/repositories/{name}"
        self._web = f"{client.root}/{organisation}/{inside}/_git/{name}/pullrequest"

    def pull_requests(self, source: str, target: str) -> tuple[PullRequest, ...]:
        """Those from one branch of the project to another, in every state."""
        query = {
            "searchCriteria.sourceRefName": _HEADS + source,
            "searchCriteria.targetRefName": _HEADS + target,
            "searchCriteria.status": "all",
        }
        found = [self._pull(i) for i in self._pages("/pullrequests", query) if "forkSource" not in i.value]
        return tuple(sorted(found, key=lambda p: p.number))

    def open_pull_requests(self) -> tuple[PullRequest, ...]:
        """All that are open between two branches of the project."""
        items = self._pages("/pullrequests", {"searchCriteria.status": "active"})
        return tuple(self._pull(i) for i in items if "forkSource" not in i.value)

    def pull_request(self, number: int) -> PullRequest:
        """One by its number."""
        return self._pull(self._one(f"/pullrequests/{number}"))

    def pull_requests_of(self, commit: str) -> tuple[PullRequest, ...]:
        """Those that brought a commit, or would: it is among theirs, or it is what their merge made."""
        path = f"{self._path}/pullrequestquery"
        wanted = [{"items": [commit], "type": kind} for kind in ("commit", "lastMergeCommit")]
        answer = shape.item(self._reader.ask(path, {"queries": wanted}, _VERSION).body, path)
        found: dict[int, PullRequest] = {}
        for result in shape.of(answer.value.get("results"), list, path):
            for item in shape.item(result, path).parts(commit):
                found[item.number("pullRequestId")] = self._pull(item)
        if not found:
            self._must_know(commit)
        return tuple(found[n] for n in sorted(found))

    def _must_know(self, commit: str) -> None:
        """Of a commit that it does not know, the forge says that there is nothing."""
        self._one(f"/commits/{segment(commit)}")

    def reviews(self, pull: PullRequest) -> tuple[Review, ...]:
        """Votes that stand. When they were cast is in the discussion, what the tip was then in the iterations."""
        when = self._voted_at(pull)
        iterations = [
            (i.time("createdDate") or 0, i.part("sourceRefCommit").text("commitId"))
            for i in self._values(f"/pullrequests/{pull.number}/iterations")
        ]
        found = []
        for item in self._one(f"/pullrequests/{pull.number}").all("reviewers"):
            opinion, who = _opinion(item.value.get("vote")), _person(item)
            if opinion is None or who is None or item.flag("isContainer"):
                continue
            at = when.get(who.id)
            tip = None if at is None else next((tip for since, tip in sorted(iterations)[::-1] if since <= at), None)
            found.append(Review(who, opinion, tip, at))
        return tuple(sorted(found, key=lambda r: r.at or 0))

    def _voted_at(self, pull: PullRequest) -> dict[str, int]:
        """When each last voted."""
        found: dict[str, int] = {}
        for thread in self._values(f"/pullrequests/{pull.number}/threads"):
            said = thread.part("properties")
            at = thread.time("publishedDate")
            who = _voter(thread)
            if said.part("CodeReviewThreadType").text("$value") == "VoteUpdate" and who and at is not None:
                found[who] = max(at, found.get(who, at))
        return found

    def commits(self, pull: PullRequest) -> tuple[Authored, ...]:
        """What it brought. The forge knows the authors as the commits have them, and does not tell merges apart."""
        path, more = f"{self._path}/pullrequests/{pull.number}/commits", ""
        found: list[Authored] = []
        for _ in range(shape.MOST_PAGES):
            answer = self._reader.get(path, {**_VERSION, "$top": 100, **({"continuationToken": more} if more else {})})
            found += [_authored(i) for i in _values(answer.body, path)]
            more = answer.headers.get("x-ms-continuationtoken", "")
            if not more:
                return tuple(found)
        raise shape.endless(path)

    def comments(self, pull: PullRequest) -> tuple[Comment, ...]:
        """What people wrote under it."""
        threads = [t for t in self._values(f"/pullrequests/{pull.number}/threads") if not t.flag("isDeleted")]
        written = [c for t in threads for c in t.parts("comments")]
        return tuple(
            Comment(_person(c.part("author")), c.text("content") or "")
            for c in written
            if c.text("commentType") != "system" and not c.flag("isDeleted")
        )

    def runs(self, commit: str) -> tuple[Run, ...]:
        """Statuses of a commit, named `genre/name`; of each the last."""
        found: dict[str, Run] = {}
        for item in self._pages(f"/commits/{segment(commit)}/statuses", {}, top="top", skip="skip"):
            run = _status(item, commit)
            if run.name not in found or (run.at or 0) >= (found[run.name].at or 0):
                found[run.name] = run
        if not found:
            self._must_know(commit)
        return tuple(found.values())

    def deployments(self, commit: str, environment: str | None = None) -> tuple[Run, ...]:
        """The forge's deployments belong to pipelines and are not found by a commit."""
        raise unsupported(f"where {commit} was deployed to{f' ({environment})' if environment else ''}", _KIND)

    def _one(self, place: str) -> Item:
        return shape.one(self._reader, f"{self._path}{place}", _VERSION)

    def _values(self, place: str) -> Iterator[Item]:
        path = f"{self._path}{place}"
        return _values(self._reader.get(path, _VERSION).body, path)

    def _pages(self, place: str, query: Query, top: str = "$top", skip: str = "$skip") -> Iterator[Item]:
        path = f"{self._path}{place}"
        for page in range(shape.MOST_PAGES):
            asked = {**query, **_VERSION, top: 100, skip: page * 100}
            found = list(_values(self._reader.get(path, asked).body, path))
            yield from found
            if len(found) < 100:
                return
        raise shape.endless(path)

    def _pull(self, item: Item) -> PullRequest:
        number = item.number("pullRequestId")
        state = _STATES.get(item.need("status"), State.OPEN)
        return PullRequest(
            number=number,
            url=f"{self._web}/{number}",
            state=state,
            draft=item.flag("isDraft"),
            title=item.text("title") or "",
            body=item.text("description") or "",
            source=item.need("sourceRefName").removeprefix(_HEADS),
            target=item.need("targetRefName").removeprefix(_HEADS),
            head=item.part("lastMergeSourceCommit").text("commitId"),
            landed=item.part("lastMergeCommit").text("commitId") if state is State.MERGED else None,
            author=_person(item.part("createdBy")),
            created_at=item.time("creationDate"),
            ended_at=item.time("closedDate"),
            labels=item.names("labels"),
        )


class Azure(AzureReading):
    """A project's questions and deeds."""

    def __init__(self, client: Client, project: str) -> None:
        super().__init__(client, project)
        self._client = client

    def create(self, new: NewPullRequest) -> PullRequest:
        """Opens a pull request."""
        said = {
            "sourceRefName": _HEADS + new.source,
            "targetRefName": _HEADS + new.target,
            "title": new.title,
            "description": new.body,
            "isDraft": new.draft,
        }
        path = f"{self._path}/pullrequests"
        return self._pull(shape.item(self._client.send("POST", path, said, _VERSION).body, path))

    def update(self, pull: PullRequest, body: str) -> None:
        """Replaces what a pull request says."""
        self._send("PATCH", f"/pullrequests/{pull.number}", {"description": body})

    def label(self, pull: PullRequest, labels: Sequence[str]) -> None:
        """Adds labels; new ones are made by the forge."""
        for name in labels:
            self._send("POST", f"/pullrequests/{pull.number}/labels", {"name": name})

    def ask(self, pull: PullRequest, reviewers: Sequence[str]) -> None:
        """Asks people for their review, by the id that the forge has for them."""
        for name in reviewers:
            self._send("PUT", f"/pullrequests/{pull.number}/reviewers/{segment(name)}", {"vote": 0})

    def assign(self, pull: PullRequest, people: Sequence[str]) -> None:
        """Nobody can be assigned at this forge."""
        raise unsupported(f"assignees ({', '.join(people)}) of {pull.url}", _KIND)

    def comment(self, pull: PullRequest, body: str) -> None:
        """Writes a comment, as a discussion of its own that needs no answer."""
        said = {"comments": [{"parentCommentId": 0, "content": body, "commentType": "text"}], "status": "closed"}
        self._send("POST", f"/pullrequests/{pull.number}/threads", said)

    def close(self, pull: PullRequest) -> None:
        """Abandons it."""
        self._send("PATCH", f"/pullrequests/{pull.number}", {"status": "abandoned"})

    def _send(self, method: str, place: str, said: Mapping[str, object]) -> None:
        self._client.send(method, f"{self._path}{place}", said, _VERSION)


def _person(item: Item) -> Person | None:
    found = item.text("id")
    return Person(found, item.text("uniqueName") or item.text("displayName") or found) if found else None


def _opinion(vote: object) -> Opinion | None:
    """10 and 5 approve (5 with suggestions), 0 is none, below it wants changes."""
    if not isinstance(vote, int) or vote == 0:
        return None
    return Opinion.APPROVED if vote > 0 else Opinion.REJECTED


def _voter(thread: Item) -> str | None:
    """Whose vote a discussion tells of: older servers name the id, newer ones a key of the identities beside it."""
    said = thread.part("properties")
    key = said.part("CodeReviewVotedByIdentity").text("$value")
    known = thread.part("identities").part(key).text("id") if key else None
    return known or said.part("CodeReviewVotedByTfId").text("$value")


def _authored(item: Item) -> Authored:
    said = item.part("author")
    title = shape.title(item.text("comment"))
    return Authored(
        item.need("commitId"), None, said.text("name") or "", said.text("email") or "", said.time("date"), title
    )


def _status(item: Item, commit: str) -> Run:
    outcome = _OUTCOMES.get(item.text("state") or "", Outcome.UNKNOWN)
    about = item.part("context")
    name = "/".join(part for part in (about.text("genre"), about.text("name")) if part)
    at = item.time("updatedDate") or item.time("creationDate")
    return Run(Source.STATUS, name, outcome, commit, item.text("targetUrl"), at)
