"""GitLab's way."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, NotThereError, Route, Said, part
from tests.forge_shapes.base import Base
from tests.forge_shapes.pages import iso, linked
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError

PROJECT = r"/projects/(?P<project>[^/]+)"
_STATES = {"passed": "success", "failed": "failed", "cancelled": "canceled", "skipped": "manual", "pending": "running"}
PEOPLE = {"alice": 11, "bob": 12, "carol": 13, "robot": 14}


class GitLabShape(Base):
    prefix: ClassVar[str] = "/api/v4"

    def user(self, asked: Asked) -> str | None:
        token = asked.headers.get("private-token", asked.headers.get("authorization", "")).removeprefix("Bearer ")
        return self.world.users.get(token) if token else ""

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": f"{status} {words}"})

    def routes(self) -> Sequence[Route]:
        request = PROJECT + r"/merge_requests/(?P<number>\d+)"
        commit = PROJECT + r"/repository/commits/(?P<sha>[^/]+)"
        return (
            ("GET", r"/groups/(?P<group>[^/]+)/projects", self.projects),
            ("GET", r"/users", self.users),
            ("GET", PROJECT, self.one),
            ("GET", f"{PROJECT}/merge_requests", self.pulls),
            ("POST", f"{PROJECT}/merge_requests", self.create),
            ("GET", request, self.pull),
            ("PUT", request, self.edit),
            ("PUT", f"{request}/merge", self.merge),
            ("GET", f"{request}/approvals", self.approvals),
            ("GET", f"{request}/commits", self.commits),
            ("GET", f"{request}/versions", self.versions),
            ("GET", f"{request}/notes", self.notes),
            ("POST", f"{request}/notes", self.note),
            ("GET", f"{commit}/merge_requests", self.pulls_of),
            ("GET", f"{commit}/statuses", self.statuses),
            ("GET", f"{PROJECT}/pipelines", self.pipelines),
            ("GET", f"{PROJECT}/deployments", self.deployments),
        )

    # What is asked

    def projects(self, asked: Asked, match: re.Match[str]) -> Said:
        deep = asked.query.get("include_subgroups") == "true"
        found = self.world.owned(part(match, "group"), self.user(asked) or "", deep=deep)
        if found is None:
            return self.refusal(404, "Group Not Found")
        return self._page(asked, [self.project(p) for p in found])

    def users(self, asked: Asked, _: re.Match[str]) -> Said:
        name = asked.query["username"]
        return Said(200, [{"id": PEOPLE[name], "username": name}] if name in PEOPLE else [])

    def one(self, _: Asked, match: re.Match[str]) -> Said:
        return Said(200, self.project(self.there(match)))

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        found = project.between(asked.query.get("source_branch"), asked.query.get("target_branch"))
        state = asked.query.get("state", "all")
        return self._page(asked, [self.pull_value(project, p) for p in found if state in ("all", _state(p))])

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        return self._changed(match, lambda _pull: None)

    def pulls_of(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        if not project.has(match["sha"]):
            return self.refusal(404, "Commit Not Found")
        return self._page(asked, [self.pull_value(project, p) for p in project.bringing(match["sha"])])

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        made = [
            {
                "id": w.commit,
                "title": w.title,
                "message": w.message,
                "author_name": w.name,
                "author_email": w.email,
                "authored_date": iso(w.at),
                "parent_ids": list(w.parents),
            }
            for w in self.there(match).written(self.the_pull(match))
        ]
        return self._page(asked, made[::-1])

    def approvals(self, _: Asked, match: re.Match[str]) -> Said:
        approved = [v for v in self.the_pull(match).votes if v.opinion == "approved" and not v.dismissed]
        return Said(200, {"approved": bool(approved), "approved_by": [{"user": _person(v.who)} for v in approved]})

    def versions(self, asked: Asked, match: re.Match[str]) -> Said:
        tips = self.the_pull(match).tips
        made = [{"id": n, "head_commit_sha": tip, "created_at": iso(at)} for n, (at, tip) in enumerate(tips)]
        return self._page(asked, made[::-1])

    def notes(self, asked: Asked, match: re.Match[str]) -> Said:
        assert (asked.query["sort"], asked.query["order_by"]) == ("asc", "created_at")
        notes = sorted(self.the_pull(match).notes, key=lambda n: n.at)
        made = [{"author": _person(n.who), "body": n.body, "system": n.system, "created_at": iso(n.at)} for n in notes]
        return self._page(asked, made)

    def statuses(self, asked: Asked, match: re.Match[str]) -> Said:
        if not self.there(match).has(match["sha"]):
            return self.refusal(404, "Commit Not Found")
        return self._page(asked, [_status(f) for f in self._facts(match, ("status", "check"))])

    def pipelines(self, asked: Asked, match: re.Match[str]) -> Said:
        found = [f for f in self.there(match).facts if f.kind == "pipeline"]
        wanted = [f for f in found if asked.query.get("sha") in (None, f.commit)]
        return self._page(asked, [{**_status(f), "source": f.name, "web_url": "https://ci.example/p"} for f in wanted])

    def deployments(self, asked: Asked, match: re.Match[str]) -> Said:
        assert "sha" not in asked.query
        found = [f for f in self.there(match).facts if f.kind == "deployment"]
        wanted = [f for f in found if asked.query.get("environment") in (None, f.name)]
        return self._page(asked, [{**_status(f), "sha": f.commit, "environment": {"name": f.name}} for f in wanted])

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        draft = said["title"].startswith("Draft: ")
        try:
            pull = self.world.open(
                project,
                said["source_branch"],
                said["target_branch"],
                said["title"],
                said.get("description") or "",
                draft=draft,
                author=self.user(asked),
            )
        except RefusedError as error:
            if error.why == "duplicate":
                return Said(409, {"message": ["Another open merge request already exists for this source branch: !1"]})
            return Said(400, {"message": {"base": [error.why]}})
        return Said(201, self.pull_value(project, pull))

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        return self._changed(match, lambda pull: self._edit(pull, asked.body))

    def _edit(self, pull: Pull, said: Any) -> None:
        people = {number: name for name, number in PEOPLE.items()}
        pull.title = said.get("title", pull.title)
        pull.body = said.get("description", pull.body)
        pull.labels += [x for x in said.get("add_labels", "").split(",") if x and x not in pull.labels]
        if "reviewer_ids" in said:
            pull.reviewers = [people[n] for n in said["reviewer_ids"]]
        if "assignee_ids" in said:
            pull.assignees = [people[n] for n in said["assignee_ids"]]
        if said.get("state_event") == "close":
            self.world.end(pull, "closed", None)

    def merge(self, asked: Asked, match: re.Match[str]) -> Said:
        project, pull = self.there(match), self.the_pull(match)
        how = "squash" if (asked.body or {}).get("squash") else "merge"
        try:
            self.world.merge(project, pull, how)
        except RefusedError:
            return self.refusal(405, "Method Not Allowed")
        return Said(200, self.pull_value(project, pull))

    def note(self, asked: Asked, match: re.Match[str]) -> Said:
        self.the_pull(match).notes.append(Note(self.user(asked) or "", asked.body["body"], self.world.tick()))
        return Said(201, {"id": 1, "body": asked.body["body"]})

    # How it is shown

    def project(self, project: Project) -> dict[str, Any]:
        links = {
            "http_url_to_repo": f"http://{self.world.host}/{project.path}.git",
            "ssh_url_to_repo": f"git@{self.world.host}:{project.path}.git",
        }
        fork = {"forked_from_project": {"id": 1}} if project.fork else {}
        return {
            "id": self.world.projects.index(project) + 1,
            "path_with_namespace": project.path,
            "path": project.name,
            "archived": project.archived,
            "empty_repo": project.empty,
            "repository_access_level": "disabled" if project.disabled else "enabled",
            "visibility": "private" if project.private else "public",
            **fork,
            **links,
            **project.links,
        }

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        merged, number = pull.state == "merged", self.world.projects.index(project) + 1
        return {
            "id": 1000 + pull.number,
            "iid": pull.number,
            "project_id": number,
            "source_project_id": 999 if pull.fork else number,
            "target_project_id": number,
            "web_url": f"http://{self.world.host}/{project.path}/-/merge_requests/{pull.number}",
            "state": _state(pull),
            "draft": pull.draft,
            "title": pull.title,
            "description": pull.body or None,
            "source_branch": pull.source,
            "target_branch": pull.target,
            "sha": pull.head,
            "merge_commit_sha": pull.landed if merged and not pull.squashed else None,
            "squash_commit_sha": pull.landed if merged and pull.squashed else None,
            "author": _person(pull.author),
            "created_at": iso(pull.created),
            "merged_at": iso(pull.ended) if merged else None,
            "closed_at": iso(pull.ended) if pull.state == "closed" else None,
            "labels": pull.labels,
            "reviewers": [_person(name) for name in pull.reviewers],
            "assignees": [_person(name) for name in pull.assignees],
        }

    def _page(self, asked: Asked, items: Sequence[Any]) -> Said:
        said = linked(asked, items, "per_page", self.world.page)
        return Said(said.status, said.body, {**said.headers, "X-Total": str(len(items))})

    def there(self, match: re.Match[str]) -> Project:
        name = part(match, "project")
        found = self.world.projects[int(name) - 1] if name.isdecimal() else self.world.project(name)
        if found is None:
            raise NotThereError
        return self.world.project(found.path) or found

    def _facts(self, match: re.Match[str], kinds: Sequence[str]) -> list[Fact]:
        found = [f for f in self.there(match).facts if f.kind in kinds and f.commit == match["sha"]]
        return list({f.name: f for f in found}.values())

    def _changed(self, match: re.Match[str], change: Callable[[Pull], None]) -> Said:
        pull = self.the_pull(match)
        change(pull)
        return Said(200, self.pull_value(self.there(match), pull))


def _state(pull: Pull) -> str:
    return "opened" if pull.state == "open" else pull.state


def _person(name: str) -> dict[str, Any]:
    return {"id": PEOPLE.get(name, 99), "username": name, "name": name.title()}


def _status(fact: Fact) -> dict[str, Any]:
    return {
        "id": 1,
        "name": fact.name,
        "status": _STATES[fact.state],
        "target_url": f"https://ci.example/{fact.name}",
        "created_at": iso(fact.at - 10),
        "updated_at": iso(fact.at),
        "finished_at": None if fact.state == "pending" else iso(fact.at),
    }
