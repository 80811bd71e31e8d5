"""The way of Gitea and Forgejo."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.base import Base
from tests.forge_shapes.github import authored
from tests.forge_shapes.pages import inside, iso, linked
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError, Vote

REPO = r"/repos/(?P<owner>[^/]+)/(?P<repo>[^/]+)"
_STATES = {"passed": "success", "failed": "failure", "cancelled": "error", "skipped": "skipped", "pending": "pending"}
_OPINIONS = {"approved": "APPROVED", "rejected": "REQUEST_CHANGES", "commented": "COMMENT", "asked": "REQUEST_REVIEW"}


class GiteaShape(Base):
    prefix: ClassVar[str] = "/api/v1"

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        return "" if said is None else self.world.users.get(said.removeprefix("token "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": words, "url": "https://forge.example.com/api/swagger", "errors": []})

    def routes(self) -> Sequence[Route]:
        pull, issue = REPO + r"/pulls/(?P<number>\d+)", REPO + r"/issues/(?P<number>\d+)"
        return (
            ("GET", r"/orgs/(?P<org>[^/]+)/repos", self.repositories),
            ("GET", f"{REPO}/pulls", self.pulls),
            ("POST", f"{REPO}/pulls", self.create),
            ("GET", f"{REPO}/labels", self.labels),
            ("GET", pull, self.pull),
            ("PATCH", pull, self.edit),
            ("GET", f"{pull}/reviews", self.reviews),
            ("GET", f"{pull}/commits", self.commits),
            ("GET", REPO + r"/git/commits/(?P<sha>[^/]+)", self.commit),
            ("POST", f"{pull}/requested_reviewers", self.ask),
            ("GET", REPO + r"/pulls/(?P<base>[^/]+)/(?P<head>.+)", self.between),
            ("POST", f"{issue}/labels", self.label),
            ("GET", f"{issue}/comments", self.comments),
            ("POST", f"{issue}/comments", self.comment),
            ("GET", REPO + r"/commits/(?P<sha>[^/]+)/pull", self.pull_of),
            ("GET", REPO + r"/commits/(?P<sha>[^/]+)/status", self.status),
        )

    # What is asked

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "org"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "user redirect does not exist [name: x]")
        return self._page(asked, [self.repository(p) for p in found])

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        state = asked.query.get("state", "open")
        found = [p for p in project.pulls if state in ("all", _state(p))]
        return self._page(asked, [self.pull_value(project, p) for p in found])

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        return self._changed(match, lambda _pull: None)

    def between(self, _: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        found = [p for p in project.between(part(match, "head"), part(match, "base")) if not p.fork]
        return Said(200, self.pull_value(project, found[0])) if found else self.refusal(404, "not found")

    def pull_of(self, _: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        found = [p for p in project.pulls if p.state == "merged" and p.landed == match["sha"]]
        return Said(200, self.pull_value(project, found[0])) if found else self.refusal(404, "not found")

    def commit(self, _: Asked, match: re.Match[str]) -> Said:
        there = self.there(match).has(match["sha"])
        return Said(200, {"sha": match["sha"]}) if there else self.refusal(404, "object does not exist")

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        made = self.there(match).written(self.the_pull(match))
        return self._page(asked, [authored(w, self.world.accounts.get(w.email)) for w in made])

    def labels(self, asked: Asked, match: re.Match[str]) -> Said:
        return self._page(asked, [{"id": n + 1, "name": name} for n, name in enumerate(self.there(match).labels)])

    def reviews(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        return self._page(asked, [_review(n, v, pull.head) for n, v in enumerate(pull.votes)])

    def comments(self, _: Asked, match: re.Match[str]) -> Said:
        notes = [n for n in self.the_pull(match).notes if not n.system]
        return Said(200, [{"user": {"login": n.who}, "body": n.body, "created_at": iso(n.at)} for n in notes])

    def status(self, asked: Asked, match: re.Match[str]) -> Said:
        kinds = ("status", "check")
        found = [f for f in self.there(match).facts if f.kind in kinds and f.commit == match["sha"]]
        last = [_status(f) for f in {f.name: f for f in found}.values()]
        said = linked(asked, last, "limit", min(self.world.page, 50))
        assert isinstance(said.body, list)
        # The total is that of the page, and there is no link.
        return Said(200, inside(said, "statuses", len(said.body)).body)

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        draft = said["title"].startswith("WIP: ")
        try:
            pull = self.world.open(
                project, said["head"], said["base"], said["title"], said.get("body") or "",
                draft=draft, author=self.user(asked),
            )  # fmt: skip
        except RefusedError as error:
            status = {"duplicate": 409, "no-branch": 404}.get(error.why, 422)
            return self.refusal(status, f"pull request already exists for these targets: {error.why}")
        return Said(201, self.pull_value(project, pull))

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        def change(pull: Pull) -> None:
            pull.body = asked.body.get("body", pull.body)
            pull.assignees = asked.body.get("assignees", pull.assignees)
            if asked.body.get("state") == "closed":
                self.world.end(pull, "closed", None)

        return self._changed(match, change, 201)

    def ask(self, asked: Asked, match: re.Match[str]) -> Said:
        if "nobody" in asked.body["reviewers"]:
            return self.refusal(404, "user does not exist [uid: 0, name: nobody]")
        self.the_pull(match).reviewers.extend(asked.body["reviewers"])
        return Said(201, [])

    def label(self, asked: Asked, match: re.Match[str]) -> Said:
        names = [self.there(match).labels[n - 1] for n in asked.body["labels"]]
        self.the_pull(match).labels.extend(names)
        return Said(200, [{"name": name} for name in names])

    def comment(self, asked: Asked, match: re.Match[str]) -> Said:
        self.the_pull(match).notes.append(Note(self.user(asked) or "", asked.body["body"], self.world.tick()))
        return Said(201, {"id": 1})

    # How it is shown

    def repository(self, project: Project) -> dict[str, Any]:
        links = {
            "clone_url": f"http://{self.world.host}/{project.path}.git",
            "ssh_url": f"git@{self.world.host}:{project.path}.git",
        }
        return {
            "full_name": project.path,
            "name": project.name,
            "archived": project.archived,
            "fork": project.fork,
            "empty": project.empty,
            "private": project.private,
            **links,
            **project.links,
        }

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        merged = pull.state == "merged"
        gone = project.tip(pull.source) is None
        ref = f"refs/pull/{pull.number}/head" if gone else pull.source
        return {
            "number": pull.number,
            "html_url": f"http://{self.world.host}/{project.path}/pulls/{pull.number}",
            "state": _state(pull),
            "merged": merged,
            "draft": pull.draft,
            "title": pull.title,
            "body": pull.body,
            "head": {
                "label": pull.source,
                "ref": ref,
                "sha": pull.head,
                "repo": {"full_name": pull.fork or project.path},
            },
            "base": {"label": pull.target, "ref": pull.target, "repo": {"full_name": project.path}},
            "merge_commit_sha": pull.landed if merged else None,
            "user": {"login": pull.author},
            "created_at": iso(pull.created),
            "merged_at": iso(pull.ended) if merged else None,
            "closed_at": iso(pull.ended),
            "labels": [{"name": name} for name in pull.labels],
            "assignees": [{"login": name} for name in pull.assignees],
        }

    def _page(self, asked: Asked, items: Sequence[Any]) -> Said:
        said = linked(asked, items, "limit", min(self.world.page, 50))
        return Said(said.status, said.body, {**said.headers, "X-Total-Count": str(len(items))})

    def _changed(self, match: re.Match[str], change: Callable[[Pull], None], status: int = 200) -> Said:
        pull = self.the_pull(match)
        change(pull)
        return Said(status, self.pull_value(self.there(match), pull))


def _state(pull: Pull) -> str:
    return "open" if pull.state == "open" else "closed"


def _review(number: int, vote: Vote, head: str) -> dict[str, Any]:
    return {
        "id": number,
        "user": {"login": vote.who},
        "state": _OPINIONS[vote.opinion],
        "commit_id": vote.commit,
        "dismissed": vote.dismissed,
        "stale": vote.commit != head,
        "official": vote.official,
        "submitted_at": iso(vote.at),
    }


def _status(fact: Fact) -> dict[str, Any]:
    link = f"https://ci.example/{fact.name}"
    return {"context": fact.name, "status": _STATES[fact.state], "target_url": link, "updated_at": iso(fact.at)}
