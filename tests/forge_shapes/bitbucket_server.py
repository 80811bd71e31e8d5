"""Bitbucket Data Center's way: everything has a version, pages have a start, times are milliseconds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.base import Base
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError

REPO = r"/api/latest/projects/(?P<owner>[^/]+)/repos/(?P<repo>[^/]+)"
_STATES = {"passed": "SUCCESSFUL", "failed": "FAILED", "cancelled": "CANCELLED", "pending": "INPROGRESS"}
_ENDS = {"open": "OPEN", "merged": "MERGED", "closed": "DECLINED"}
_VOTES = {"approved": "APPROVED", "rejected": "NEEDS_WORK", "commented": "UNAPPROVED", "asked": "UNAPPROVED"}
_EVENTS = {"approved": "APPROVED", "rejected": "REVIEWED"}


class BitbucketServerShape(Base):
    prefix: ClassVar[str] = "/rest"

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        return "" if said is None else self.world.users.get(said.removeprefix("Bearer "))

    def refusal(self, status: int, words: str, exception: str = "x") -> Said:
        return Said(status, {"errors": [{"context": None, "message": words, "exceptionName": exception}]})

    def routes(self) -> Sequence[Route]:
        pull = REPO + r"/pull-requests/(?P<number>\d+)"
        return (
            ("GET", r"/api/latest/projects/(?P<owner>[^/]+)/repos", self.repositories),
            ("GET", f"{REPO}/pull-requests", self.pulls),
            ("POST", f"{REPO}/pull-requests", self.create),
            ("GET", pull, self.pull),
            ("PUT", pull, self.edit),
            ("POST", f"{pull}/decline", self.decline),
            ("GET", f"{pull}/participants", self.participants),
            ("POST", f"{pull}/participants", self.ask),
            ("GET", f"{pull}/activities", self.activities),
            ("GET", f"{pull}/commits", self.commits),
            ("GET", REPO + r"/commits/(?P<sha>[^/]+)", self.commit),
            ("POST", f"{pull}/comments", self.comment),
            ("GET", REPO + r"/commits/(?P<sha>[^/]+)/pull-requests", self.pulls_of),
            ("GET", r"/build-status/latest/commits/(?P<sha>[^/]+)", self.statuses),
        )

    # What is asked

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "owner"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "Project x does not exist.")
        return self._page(asked, [self.repository(p) for p in found])

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        source = asked.query["at"].removeprefix("refs/heads/") if "at" in asked.query else None
        assert source is None or asked.query["direction"] == "OUTGOING"
        found = project.between(source, None)
        state = asked.query.get("state", "OPEN")
        return self._page(asked, [self.pull_value(project, p) for p in found if state in ("ALL", _ENDS[p.state])])

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        return Said(200, self.pull_value(self.there(match), self.the_pull(match)))

    def participants(self, asked: Asked, match: re.Match[str]) -> Said:
        votes = {v.who: v for v in self.the_pull(match).votes}.values()
        made = [{"user": _person(v.who), "status": _VOTES[v.opinion], "lastReviewedCommit": v.commit} for v in votes]
        return self._page(asked, made)

    def activities(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        events: list[tuple[int, dict[str, Any]]] = [
            (
                n.at,
                {"action": "COMMENTED", "user": _person(n.who), "comment": {"author": _person(n.who), "text": n.body}},
            )
            for n in pull.notes
            if not n.system
        ]
        events += [
            (v.at, {"action": _EVENTS[v.opinion], "user": _person(v.who)}) for v in pull.votes if v.opinion in _EVENTS
        ]
        events += [(at, {"action": "RESCOPED", "fromHash": tip}) for at, tip in pull.tips]
        shown = [{"createdDate": at * 1000, **event} for at, event in sorted(events, key=lambda e: -e[0])]
        return self._page(asked, shown)

    def pulls_of(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        if not project.has(match["sha"]):
            return self.refusal(404, f"Commit '{match['sha']}' does not exist in repository", "NoSuchCommitException")
        return self._page(asked, [self.pull_value(project, p) for p in project.bringing(match["sha"])])

    def commit(self, _: Asked, match: re.Match[str]) -> Said:
        if not self.there(match).has(match["sha"]):
            return self.refusal(404, f"Commit '{match['sha']}' does not exist in repository", "NoSuchCommitException")
        return Said(200, {"id": match["sha"]})

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        made = []
        for w in self.there(match).written(self.the_pull(match))[::-1]:
            known = self.world.accounts.get(w.email)
            author = {"name": w.name, "emailAddress": w.email}
            author = {**author, **_person(known), "slug": known} if known else author
            parents = [{"id": oid} for oid in w.parents]
            made.append(
                {
                    "id": w.commit,
                    "author": author,
                    "authorTimestamp": w.at * 1000,
                    "message": w.message,
                    "parents": parents,
                }
            )
        return self._page(asked, made)

    def statuses(self, asked: Asked, match: re.Match[str]) -> Said:
        facts = [f for p in self.world.projects for f in p.facts if f.kind != "deployment" and f.commit == match["sha"]]
        return self._page(asked, [_status(f) for f in {f.name: f for f in facts}.values()])

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        source, target = (said[key]["id"].removeprefix("refs/heads/") for key in ("fromRef", "toRef"))
        try:
            pull = self.world.open(
                project, source, target, said["title"], said["description"],
                draft=said.get("draft"), author=self.user(asked),
            )  # fmt: skip
        except RefusedError as error:
            name = {"duplicate": "DuplicatePullRequestException", "nothing": "EmptyPullRequestException"}
            status = 404 if error.why == "no-branch" else 409
            return self.refusal(
                status, "Only one pull request may be open", name.get(error.why, "NoSuchBranchException")
            )
        return Said(201, self.pull_value(project, pull))

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        pull, said = self.the_pull(match), asked.body
        if said["version"] != pull.version:
            return self.refusal(409, "You are attempting to modify a pull request based on out-of-date information.")
        pull.title, pull.body = said["title"], said.get("description", "")
        pull.reviewers = [r["user"]["name"] for r in said.get("reviewers", [])]
        pull.version += 1
        return Said(200, self.pull_value(self.there(match), pull))

    def decline(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        if int(asked.query["version"]) != pull.version:
            return self.refusal(409, "out of date")
        self.world.end(pull, "closed", None)
        return Said(200, self.pull_value(self.there(match), pull))

    def ask(self, asked: Asked, match: re.Match[str]) -> Said:
        name = asked.body["user"]["name"]
        if name == "nobody":
            return self.refusal(404, "The user nobody does not exist.")
        pull = self.the_pull(match)
        pull.reviewers.append(name)
        pull.version += 1
        return Said(200, {"user": _person(name), "role": "REVIEWER"})

    def comment(self, asked: Asked, match: re.Match[str]) -> Said:
        self.the_pull(match).notes.append(Note(self.user(asked) or "", asked.body["text"], self.world.tick()))
        return Said(201, {"id": 1})

    # How it is shown

    def repository(self, project: Project) -> dict[str, Any]:
        web = project.links.get("clone_url", f"http://robot@{self.world.host}/scm/{project.path}.git")
        ssh = project.links.get("ssh_url", f"ssh://git@{self.world.host}/{project.path}.git")
        origin = {"origin": {"slug": "upstream"}} if project.fork else {}
        return {
            "slug": project.name,
            "project": {"key": project.owner},
            "archived": project.archived,
            "state": "OFFLINE" if project.disabled else "AVAILABLE",
            "links": {"clone": [{"name": "http", "href": web}, {"name": "ssh", "href": ssh}]},
            **origin,
        }

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        place = {"slug": project.name, "project": {"key": project.owner}}
        elsewhere = {"slug": "upstream", "project": {"key": "UP"}}
        link = f"http://{self.world.host}/projects/{project.owner}/repos/{project.name}/pull-requests/{pull.number}"
        properties = {"properties": {"mergeCommit": {"id": pull.landed}}} if pull.landed else {}
        return {
            "id": pull.number,
            "version": pull.version,
            "links": {"self": [{"href": link}]},
            "state": _ENDS[pull.state],
            "draft": pull.draft,
            "title": pull.title,
            "description": pull.body,
            "fromRef": {"id": f"refs/heads/{pull.source}", "latestCommit": pull.head, "repository": place},
            "toRef": {"id": f"refs/heads/{pull.target}", "repository": elsewhere if pull.fork else place},
            "author": {"user": _person(pull.author)},
            "reviewers": [{"user": _person(name)} for name in pull.reviewers],
            "createdDate": pull.created * 1000,
            **({"closedDate": pull.ended * 1000} if pull.ended else {}),
            **properties,
        }

    def _page(self, asked: Asked, items: Sequence[Any]) -> Said:
        start, limit = int(asked.query.get("start", "0")), min(int(asked.query.get("limit", "25")), self.world.page)
        values = list(items[start : start + limit])
        last = start + limit >= len(items)
        following = None if last else start + limit
        return Said(200, {"values": values, "start": start, "isLastPage": last, "nextPageStart": following})


def _person(name: str) -> dict[str, Any]:
    return {"name": name, "slug": name, "displayName": name.title()}


def _status(fact: Fact) -> dict[str, Any]:
    link = f"https://ci.example/{fact.name}"
    return {"key": "k", "name": fact.name, "state": _STATES[fact.state], "url": link, "dateAdded": fact.at * 1000}
