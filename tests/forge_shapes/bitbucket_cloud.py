"""Bitbucket Cloud's way: commits by 12 digits, pages by a link, states by a repeated word."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any, ClassVar
from urllib.parse import urlencode

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.base import Base
from tests.forge_shapes.pages import iso
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError

REPO = r"/repositories/(?P<owner>[^/]+)/(?P<repo>[^/]+)"
_STATES = {"passed": "SUCCESSFUL", "failed": "FAILED", "cancelled": "STOPPED", "pending": "INPROGRESS"}
_ENDS = {"open": "OPEN", "merged": "MERGED", "closed": "DECLINED"}


class BitbucketCloudShape(Base):
    prefix: ClassVar[str] = "/2.0"

    indexing = 0

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        if said is None:
            return ""
        if said.startswith("Basic "):
            said = base64.b64decode(said[6:]).decode()
        return self.world.users.get(said.removeprefix("Bearer "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"type": "error", "error": {"message": words}})

    def routes(self) -> Sequence[Route]:
        pull = REPO + r"/pullrequests/(?P<number>\d+)"
        commit = REPO + r"/commit/(?P<sha>[^/]+)"
        return (
            ("GET", r"/repositories/(?P<owner>[^/]+)", self.repositories),
            ("GET", f"{REPO}/pullrequests", self.pulls),
            ("POST", f"{REPO}/pullrequests", self.create),
            ("GET", pull, self.pull),
            ("PUT", pull, self.edit),
            ("POST", f"{pull}/decline", self.decline),
            ("GET", f"{pull}/activity", self.activity),
            ("GET", f"{pull}/commits", self.commits),
            ("GET", f"{pull}/comments", self.comments),
            ("POST", f"{pull}/comments", self.comment),
            ("GET", f"{commit}/pullrequests", self.pulls_of),
            ("GET", f"{commit}/statuses", self.statuses),
            ("GET", f"{REPO}/environments", self.environments),
            ("GET", f"{REPO}/deployments", self.deployments),
        )

    # What is asked

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "owner"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "No workspace with identifier 'x'.")
        return self._page(asked, [self.repository(p) for p in found])

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        if "q" not in asked.query:
            found = [p for p in project.pulls if _ENDS[p.state] in asked.all["state"]]
            return self._page(asked, [self.pull_value(project, p) for p in found])
        wanted = re.fullmatch(r'source\.branch\.name="(.*)" AND destination\.branch\.name="(.*)"', asked.query["q"])
        assert wanted, asked.query["q"]
        found = project.between(wanted[1].replace('\\"', '"'), wanted[2].replace('\\"', '"'))
        states = asked.all.get("state", ["OPEN"])
        return self._page(asked, [self.pull_value(project, p) for p in found if _ENDS[p.state] in states])

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        project, pull = self.there(match), self.the_pull(match)
        people = [
            {"user": _person(v.who), "role": "REVIEWER", "state": _stand(v.opinion), "participated_on": iso(v.at + 5)}
            for v in {v.who: v for v in pull.votes}.values()
        ]
        reviewers = [{"uuid": r} for r in pull.reviewers]
        return Said(200, {**self.pull_value(project, pull), "participants": people, "reviewers": reviewers})

    def activity(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        events = [
            (at, {"update": {"date": iso(at), "state": "OPEN", "source": {"commit": {"hash": tip[:12]}}}})
            for at, tip in pull.tips
        ]
        for vote in pull.votes:
            key = {"approved": "approval", "rejected": "changes_requested"}.get(vote.opinion, "comment")
            events.append((vote.at, {key: {"date": iso(vote.at), "user": _person(vote.who)}}))
        return self._page(asked, [event for _, event in sorted(events, key=lambda e: -e[0])])

    def comments(self, asked: Asked, match: re.Match[str]) -> Said:
        notes = [n for n in self.the_pull(match).notes if not n.system]
        shown = [{"user": _person(n.who), "content": {"raw": n.body}, "deleted": False} for n in notes]
        return self._page(asked, [*shown, {"content": {"raw": "gone"}, "deleted": True}])

    def pulls_of(self, asked: Asked, match: re.Match[str]) -> Said:
        if self.indexing:
            self.indexing -= 1
            return Said(202, {"type": "indexing"})
        if not self.there(match).has(match["sha"]):
            return self.refusal(404, "Commit not found")
        found = self.there(match).bringing(match["sha"])
        return self._page(asked, [{"type": "pullrequest", "id": p.number, "title": p.title} for p in found])

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        made = []
        for w in self.there(match).written(self.the_pull(match))[::-1]:
            known = self.world.accounts.get(w.email)
            author = {"raw": w.raw, **({"user": _person(known)} if known else {})}
            parents = [{"hash": oid} for oid in w.parents]
            made.append(
                {"hash": w.commit, "date": iso(w.at), "message": w.message, "author": author, "parents": parents}
            )
        return self._page(asked, made)

    def statuses(self, asked: Asked, match: re.Match[str]) -> Said:
        if not self.there(match).has(match["sha"]):
            return self.refusal(404, "Commit not found")
        found = [f for f in self.there(match).facts if f.kind != "deployment" and f.commit.startswith(match["sha"])]
        last = list({f.name: f for f in found}.values())
        return self._page(asked, [_status(f) for f in last])

    def environments(self, asked: Asked, match: re.Match[str]) -> Said:
        names = dict.fromkeys(f.name for f in self.there(match).facts if f.kind == "deployment")
        return self._page(asked, [{"uuid": f"{{env-{name}}}", "name": name} for name in names])

    def deployments(self, asked: Asked, match: re.Match[str]) -> Said:
        found = [f for f in self.there(match).facts if f.kind == "deployment"]
        return self._page(asked, [_deployment(f) for f in found])

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        source, target = said["source"]["branch"]["name"], said["destination"]["branch"]["name"]
        try:
            pull = self.world.open(
                project, source, target, said["title"], said["description"],
                draft=said.get("draft"), author=self.user(asked),
            )  # fmt: skip
        except RefusedError as error:
            if error.why != "duplicate":
                return self.refusal(400, f"source: {error.why}")
            # An open one between the branches is changed, and shown as if it were new.
            pull = next(p for p in project.between(source, target) if p.state == "open")
            pull.title, pull.body = said["title"], said["description"]
        return Said(201, self.pull_value(project, pull))

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        pull, said = self.the_pull(match), asked.body
        if "title" not in said or pull.state != "open":
            return self.refusal(400, "title: this field is required")
        pull.title, pull.body = said["title"], said.get("description", pull.body)
        if "reviewers" in said:
            pull.reviewers = [r.get("uuid") or f"{{{r['account_id']}}}" for r in said["reviewers"]]
        return Said(200, self.pull_value(self.there(match), pull))

    def decline(self, _: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        self.world.end(pull, "closed", None)
        return Said(200, self.pull_value(self.there(match), pull))

    def comment(self, asked: Asked, match: re.Match[str]) -> Said:
        self.the_pull(match).notes.append(Note(self.user(asked) or "", asked.body["content"]["raw"], self.world.tick()))
        return Said(201, {"id": 1})

    # How it is shown

    def repository(self, project: Project) -> dict[str, Any]:
        web = project.links.get("clone_url", f"http://robot@{self.world.host}/{project.path}.git")
        ssh = project.links.get("ssh_url", f"git@{self.world.host}:{project.path}.git")
        links = [{"name": "https", "href": web}, {"name": "ssh", "href": ssh}]
        parent = {"parent": {"full_name": "up/stream"}} if project.fork else {}
        return {"full_name": project.path, "slug": project.name, "links": {"clone": links}, **parent}

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        place = {"full_name": pull.fork or project.path}
        return {
            "id": pull.number,
            "links": {"html": {"href": f"http://{self.world.host}/{project.path}/pull-requests/{pull.number}"}},
            "state": _ENDS[pull.state],
            "draft": pull.draft,
            "title": pull.title,
            "description": pull.body,
            "source": {"branch": {"name": pull.source}, "commit": {"hash": pull.head[:12]}, "repository": place},
            "destination": {"branch": {"name": pull.target}, "repository": {"full_name": project.path}},
            "merge_commit": {"hash": pull.landed[:12]} if pull.landed else None,
            "author": _person(pull.author),
            "created_on": iso(pull.created),
            "updated_on": iso(pull.ended or pull.created),
        }

    def _page(self, asked: Asked, items: Sequence[Any]) -> Said:
        length = min(int(asked.query.get("pagelen", "10")), self.world.page)
        page = int(asked.query.get("page", "1"))
        said: dict[str, Any] = {
            "pagelen": length,
            "page": page,
            "values": list(items[(page - 1) * length : page * length]),
        }
        if page * length < len(items):
            query = urlencode({**asked.all, "page": page + 1}, doseq=True)
            said["next"] = f"http://{asked.headers['host']}{asked.path}?{query}"
        return Said(200, said)


def _person(name: str) -> dict[str, Any]:
    return {"uuid": f"{{{name}}}", "nickname": name, "display_name": name.title()}


def _stand(opinion: str) -> str | None:
    return {"approved": "approved", "rejected": "changes_requested"}.get(opinion)


def _status(fact: Fact) -> dict[str, Any]:
    link = f"https://ci.example/{fact.name}"
    return {"key": "k", "name": fact.name, "state": _STATES[fact.state], "url": link, "updated_on": iso(fact.at)}


def _deployment(fact: Fact) -> dict[str, Any]:
    done = {"name": "COMPLETED", "status": {"name": _STATES[fact.state]}, "url": "https://ci.example/d"}
    state = {"name": "IN_PROGRESS", "url": "https://ci.example/d"} if fact.state == "pending" else done
    return {
        "environment": {"uuid": f"{{env-{fact.name}}}"},
        "release": {"commit": {"hash": fact.commit}},
        "state": state,
        "last_update_time": iso(fact.at),
    }
