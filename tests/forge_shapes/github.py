"""GitHub's way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.base import Base
from tests.forge_shapes.pages import inside, iso, linked
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError, Vote, Written

REPO = r"/repos/(?P<owner>[^/]+)/(?P<repo>[^/]+)"
_STATES = {
    "passed": "success",
    "failed": "failure",
    "cancelled": "cancelled",
    "skipped": "neutral",
    "pending": "pending",
}
_OPINIONS = {"approved": "APPROVED", "rejected": "CHANGES_REQUESTED", "commented": "COMMENTED", "asked": "PENDING"}


class GitHubShape(Base):
    prefix: ClassVar[str] = "/api/v3"

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        if said is None:
            return ""
        return self.world.users.get(said.removeprefix("Bearer ").removeprefix("token "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": words, "documentation_url": "https://docs.example.com", "status": str(status)})

    def routes(self) -> Sequence[Route]:
        number = r"/pulls/(?P<number>\d+)"
        issue = r"/issues/(?P<number>\d+)"
        commit = r"/commits/(?P<sha>[^/]+)"
        return (
            ("GET", r"/orgs/(?P<org>[^/]+)/repos", self.repositories),
            ("GET", REPO, self.one),
            ("GET", f"{REPO}/pulls", self.pulls),
            ("POST", f"{REPO}/pulls", self.create),
            ("GET", REPO + number, self.pull),
            ("PATCH", REPO + number, self.edit),
            ("PUT", f"{REPO}{number}/merge", self.merge),
            ("GET", f"{REPO}{number}/reviews", self.reviews),
            ("GET", f"{REPO}{number}/commits", self.commits),
            ("POST", f"{REPO}{number}/requested_reviewers", self.ask),
            ("POST", f"{REPO}{issue}/labels", self.label),
            ("POST", f"{REPO}{issue}/assignees", self.assign),
            ("GET", f"{REPO}{issue}/comments", self.comments),
            ("POST", f"{REPO}{issue}/comments", self.comment),
            ("GET", REPO + commit, self.commit),
            ("GET", f"{REPO}{commit}/pulls", self.pulls_of),
            ("GET", f"{REPO}{commit}/status", self.status),
            ("GET", f"{REPO}{commit}/check-runs", self.check_runs),
            ("GET", f"{REPO}/deployments", self.deployments),
            ("GET", rf"{REPO}/deployments/(?P<id>\d+)/statuses", self.deployment_statuses),
        )

    # What is asked

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "org"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "Not Found")
        assert asked.query["sort"] == "full_name"
        return self._page(asked, [self.repository(p) for p in sorted(found, key=lambda p: p.path)])

    def one(self, _: Asked, match: re.Match[str]) -> Said:
        return Said(200, self.repository(self.there(match)))

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        owner, _, source = asked.query.get("head", "").partition(":")
        found = project.between(source or None, asked.query.get("base"))
        if source:
            found = [p for p in found if (p.fork or project.path).split("/")[0] == owner]
        state = asked.query.get("state", "open")
        return self._page(asked, [self.pull_value(project, p) for p in found if state in ("all", self._state(p))])

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        return self._changed(match, lambda _project, _pull: None)

    def pulls_of(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        if not project.has(match["sha"]):
            return self.refusal(422, f"No commit found for SHA: {match['sha']}")
        return self._page(asked, [self.pull_value(project, p) for p in project.bringing(match["sha"], every=True)])

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        made = self.there(match).written(self.the_pull(match))
        return self._page(asked, [authored(w, self.world.accounts.get(w.email)) for w in made[:250]])

    def reviews(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        return self._page(asked, [_review(n, v) for n, v in enumerate(pull.votes)])

    def comments(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        return self._page(asked, [_comment(n, c) for n, c in enumerate(pull.notes) if not c.system])

    def commit(self, _: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        return Said(200, {"sha": match["sha"], "url": f"{self._url(project)}/commits/{match['sha']}", "parents": []})

    def status(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self._facts(match, "status")
        if not self.there(match).has(match["sha"]):
            return self.refusal(422, f"No commit found for SHA: {match['sha']}")
        return inside(self._page(asked, [_status(f) for f in found]), "statuses", len(found))

    def check_runs(self, asked: Asked, match: re.Match[str]) -> Said:
        found = [_check_run(n, f) for n, f in enumerate(self._facts(match, "check"))]
        return inside(self._page(asked, found), "check_runs", len(found))

    def deployments(self, asked: Asked, match: re.Match[str]) -> Said:
        facts = [(n, f) for n, f in enumerate(self.there(match).facts) if f.kind == "deployment"]
        wanted = [(n, f) for n, f in facts if asked.query.get("sha") in (None, f.commit)]
        named = [(n, f) for n, f in wanted if asked.query.get("environment") in (None, f.name)]
        return self._page(
            asked, [{"id": n, "sha": f.commit, "environment": f.name, "created_at": iso(f.at)} for n, f in named]
        )

    def deployment_statuses(self, asked: Asked, match: re.Match[str]) -> Said:
        fact = self.there(match).facts[int(match["id"])]
        states = (["inactive"] if fact.replaced else []) + [_STATES[fact.state], "in_progress"]
        made = [
            {
                "id": 10 - n,
                "state": s,
                "log_url": "",
                "target_url": "https://ci.example/d",
                "created_at": iso(fact.at - n),
            }
            for n, s in enumerate(states)
        ]
        return self._page(asked, made)

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        try:
            pull = self.world.open(
                project,
                said["head"].rpartition(":")[2],
                said["base"],
                said["title"],
                said.get("body") or "",
                draft=said.get("draft"),
                author=self.user(asked),
            )
        except RefusedError as error:
            return self._refused(error, f"{project.owner}:{said['head']}")
        return Said(201, self.pull_value(project, pull))

    def _refused(self, error: RefusedError, head: str) -> Said:
        why = {
            "duplicate": {
                "resource": "PullRequest",
                "code": "custom",
                "message": f"A pull request already exists for {head}.",
            },
            "nothing": {"resource": "PullRequest", "code": "custom", "message": "No commits between base and head"},
            "no-branch": {"resource": "PullRequest", "field": "head", "code": "invalid"},
        }
        if error.why == "draft":
            return self.refusal(422, "Draft pull requests are not supported in this repository.")
        return Said(422, {"message": "Validation Failed", "errors": [why[error.why]]})

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        def change(_: Project, pull: Pull) -> None:
            pull.title = asked.body.get("title", pull.title)
            pull.body = asked.body.get("body", pull.body)
            if asked.body.get("state") == "closed":
                self.world.end(pull, "closed", None)

        return self._changed(match, change)

    def merge(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        pull = self.the_pull(match)
        try:
            landed = self.world.merge(project, pull, (asked.body or {}).get("merge_method", "merge"))
        except RefusedError as error:
            return self.refusal(405, f"Pull Request is not mergeable: {error.why}")
        return Said(200, {"sha": landed, "merged": True, "message": "Pull Request successfully merged"})

    def ask(self, asked: Asked, match: re.Match[str]) -> Said:
        if "nobody" in asked.body["reviewers"]:
            return self.refusal(422, "Reviews may only be requested from collaborators.")
        return self._changed(match, lambda _, p: p.reviewers.extend(asked.body["reviewers"]), 201)

    def label(self, asked: Asked, match: re.Match[str]) -> Said:
        self._changed(match, lambda _, p: p.labels.extend(x for x in asked.body["labels"] if x not in p.labels))
        return Said(200, [{"name": name} for name in asked.body["labels"]])

    def assign(self, asked: Asked, match: re.Match[str]) -> Said:
        return self._changed(match, lambda _, p: p.assignees.extend(asked.body["assignees"]), 201)

    def comment(self, asked: Asked, match: re.Match[str]) -> Said:
        who = self.user(asked) or ""
        self._changed(match, lambda _, p: p.notes.append(Note(who, asked.body["body"], self.world.tick())))
        return Said(201, {"id": 1, "body": asked.body["body"]})

    # How it is shown

    def repository(self, project: Project) -> dict[str, Any]:
        links = {
            "clone_url": f"http://{self.world.host}/{project.path}.git",
            "ssh_url": f"git@{self.world.host}:{project.path}.git",
        }
        return {
            "full_name": project.path,
            "name": project.name,
            "owner": {"login": project.owner, "url": f"http://{self.world.host}/api/v3/users/{project.owner}"},
            "url": self._url(project),
            "archived": project.archived,
            "fork": project.fork,
            "disabled": project.disabled,
            "private": project.private,
            "size": 0,
            **links,
            **project.links,
        }

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        merged = pull.state == "merged"
        return {
            "number": pull.number,
            "url": f"{self._url(project)}/pulls/{pull.number}",
            "issue_url": f"{self._url(project)}/issues/{pull.number}",
            "html_url": f"http://{self.world.host}/{project.path}/pull/{pull.number}",
            "state": self._state(pull),
            "merged": merged,
            "draft": pull.draft,
            "title": pull.title,
            "body": pull.body or None,
            "head": {"ref": pull.source, "sha": pull.head, "repo": {"full_name": pull.fork or project.path}},
            "base": {"ref": pull.target, "sha": project.tip(pull.target), "repo": {"full_name": project.path}},
            # Of an open one the forge shows the merge that it tried.
            "merge_commit_sha": pull.landed or ("f" * 40 if pull.state == "open" else None),
            "user": {"login": pull.author},
            "created_at": iso(pull.created),
            "merged_at": iso(pull.ended) if merged else None,
            "closed_at": iso(pull.ended),
            "labels": [{"name": name} for name in pull.labels],
            "requested_reviewers": [{"login": name} for name in pull.reviewers],
            "assignees": [{"login": name} for name in pull.assignees],
        }

    def _state(self, pull: Pull) -> str:
        return "open" if pull.state == "open" else "closed"

    def _url(self, project: Project) -> str:
        return f"http://{self.world.host}/api/v3/repos/{project.path}"

    def _page(self, asked: Asked, items: Sequence[Any]) -> Said:
        return linked(asked, items, "per_page", self.world.page)

    def _facts(self, match: re.Match[str], kind: str) -> list[Fact]:
        found = [f for f in self.there(match).facts if f.kind == kind and f.commit == match["sha"]]
        return list({f.name: f for f in found}.values())

    def _changed(self, match: re.Match[str], change: Any, status: int = 200) -> Said:
        project, pull = self.there(match), self.the_pull(match)
        change(project, pull)
        return Said(status, self.pull_value(project, pull))


def _review(number: int, vote: Vote) -> dict[str, Any]:
    state = "DISMISSED" if vote.dismissed else _OPINIONS[vote.opinion]
    who = {"login": vote.who} if vote.who else None
    return {"id": number, "user": who, "state": state, "commit_id": vote.commit, "submitted_at": iso(vote.at)}


def authored(written: Written, login: str | None) -> dict[str, Any]:
    return {
        "sha": written.commit,
        "commit": {
            "author": {"name": written.name, "email": written.email, "date": iso(written.at)},
            "message": written.message,
        },
        "author": {"login": login} if login else None,
        "parents": [{"sha": oid} for oid in written.parents],
    }


def _comment(number: int, note: Note) -> dict[str, Any]:
    return {"id": number, "user": {"login": note.who}, "body": note.body, "created_at": iso(note.at)}


def _status(fact: Fact) -> dict[str, Any]:
    link = f"https://ci.example/{fact.name}"
    return {"context": fact.name, "state": _STATES[fact.state], "target_url": link, "updated_at": iso(fact.at)}


def _check_run(number: int, fact: Fact) -> dict[str, Any]:
    done = fact.state != "pending"
    return {
        "id": number,
        "name": fact.name,
        "status": "completed" if done else "in_progress",
        "conclusion": _STATES[fact.state] if done else None,
        "html_url": f"https://ci.example/{fact.name}",
        "started_at": iso(fact.at - 10),
        "completed_at": iso(fact.at) if done else None,
    }
