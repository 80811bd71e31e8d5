"""The way of Azure DevOps: nothing without its version, full names of refs, votes in the discussion."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said
from tests.forge_shapes.base import Base
from tests.forge_shapes.pages import iso
from tests.forge_shapes.world import Fact, Note, Project, Pull, RefusedError

REPO = r"/(?P<org>[^/]+)/(?P<owner>[^/]+)/_apis/git/repositories/(?P<repo>[^/]+)"
_STATES = {
    "passed": "succeeded",
    "failed": "failed",
    "cancelled": "error",
    "skipped": "notApplicable",
    "pending": "pending",
}
_ENDS = {"open": "active", "merged": "completed", "closed": "abandoned"}
_VOTES = {"approved": 10, "rejected": -10, "commented": 0, "asked": 0}


class AzureShape(Base):
    prefix: ClassVar[str] = ""

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        if said is None:
            return ""
        if said.startswith("Basic "):
            said = base64.b64decode(said[6:]).decode().removeprefix(":")
        return self.world.users.get(said.removeprefix("Bearer "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"$id": "1", "message": words, "typeName": "x", "errorCode": 0})

    def routes(self) -> Sequence[Route]:
        pull = REPO + r"/pullrequests/(?P<number>\d+)"
        return tuple(
            (method, pattern, self._versioned(handler))
            for method, pattern, handler in (
                ("GET", r"/(?P<org>[^/]+)(/(?P<owner>[^/]+))?/_apis/git/repositories", self.repositories),
                ("GET", f"{REPO}/pullrequests", self.pulls),
                ("POST", f"{REPO}/pullrequests", self.create),
                ("POST", f"{REPO}/pullrequestquery", self.query),
                ("GET", pull, self.pull),
                ("PATCH", pull, self.edit),
                ("POST", f"{pull}/labels", self.label),
                ("PUT", pull + r"/reviewers/(?P<who>[^/]+)", self.ask),
                ("GET", f"{pull}/threads", self.threads),
                ("POST", f"{pull}/threads", self.comment),
                ("GET", f"{pull}/iterations", self.iterations),
                ("GET", f"{pull}/commits", self.commits),
                ("GET", REPO + r"/commits/(?P<sha>[^/]+)", self.commit),
                ("GET", REPO + r"/commits/(?P<sha>[^/]+)/statuses", self.statuses),
            )
        )

    def _versioned(self, handler: Any) -> Any:
        def answer(asked: Asked, match: re.Match[str]) -> Said:
            if asked.query.get("api-version") != "7.1":
                return self.refusal(400, "No api-version was supplied for the request.")
            said: Said = handler(asked, match)
            return said

        return answer

    # What is asked

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        inside = f"{match['org']}/{match['owner']}" if match["owner"] else match["org"]
        found = self.world.owned(inside, self.user(asked) or "", deep=True)
        if found is None:
            return self.refusal(404, "TF200016: The following project does not exist")
        return Said(200, {"value": [self.repository(p) for p in found], "count": len(found)})

    def pulls(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        wanted = {k.removeprefix("searchCriteria."): v for k, v in asked.query.items()}
        names = (wanted.get(k) for k in ("sourceRefName", "targetRefName"))
        source, target = (name and name.removeprefix("refs/heads/") for name in names)
        found = [p for p in project.between(source, target) if wanted["status"] in ("all", _ENDS[p.state])]
        return self._page(asked, [self.pull_value(project, p) for p in reversed(found)], "$")

    def query(self, asked: Asked, match: re.Match[str]) -> Said:
        project = self.there(match)
        results = []
        for query in asked.body["queries"]:
            (sha,) = query["items"]
            found = [p for p in project.bringing(sha) if (p.landed == sha) == (query["type"] == "lastMergeCommit")]
            results.append({sha: [self.pull_value(project, p) for p in found]} if found else {})
        return Said(200, {"queries": asked.body["queries"], "results": results})

    def commit(self, _: Asked, match: re.Match[str]) -> Said:
        if not self.there(match).has(match["sha"]):
            return self.refusal(404, f"TF401175: The version descriptor <Commit: {match['sha']}> could not be resolved")
        return Said(200, {"commitId": match["sha"]})

    def commits(self, asked: Asked, match: re.Match[str]) -> Said:
        """Pages by a token in a header."""
        made = [
            {
                "commitId": w.commit,
                "author": {"name": w.name, "email": w.email, "date": iso(w.at)},
                "comment": w.title,
            }
            for w in self.there(match).written(self.the_pull(match))[::-1]
        ]
        start, top = int(asked.query.get("continuationToken", "0")), int(asked.query["$top"])
        end = start + min(top, self.world.page)
        more = {"x-ms-continuationtoken": str(end)} if end < len(made) else {}
        return Said(200, {"value": made[start:end]}, more)

    def pull(self, _: Asked, match: re.Match[str]) -> Said:
        return Said(200, self.pull_value(self.there(match), self.the_pull(match)))

    def threads(self, _: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        made = [
            {
                "publishedDate": iso(n.at),
                "isDeleted": False,
                "comments": [{"author": _person(n.who), "content": n.body, "commentType": "text"}],
            }
            for n in pull.notes
            if not n.system
        ]
        made += [_vote_thread(n, v.who, _VOTES[v.opinion], v.at) for n, v in enumerate(pull.votes)]
        return Said(200, {"value": made, "count": len(made)})

    def iterations(self, _: Asked, match: re.Match[str]) -> Said:
        tips = self.the_pull(match).tips
        made = [
            {"id": n, "createdDate": iso(at), "sourceRefCommit": {"commitId": tip}} for n, (at, tip) in enumerate(tips)
        ]
        return Said(200, {"value": made})

    def statuses(self, asked: Asked, match: re.Match[str]) -> Said:
        facts = [f for f in self.there(match).facts if f.kind != "deployment" and f.commit == match["sha"]]
        return self._page(asked, [_status(f) for f in facts], "")

    # What is done

    def create(self, asked: Asked, match: re.Match[str]) -> Said:
        project, said = self.there(match), asked.body
        if len(said["description"]) > 4000:
            return self.refusal(400, "Invalid argument value. Parameter name: Description")
        source, target = (said[k].removeprefix("refs/heads/") for k in ("sourceRefName", "targetRefName"))
        try:
            pull = self.world.open(
                project, source, target, said["title"], said["description"],
                draft=said.get("isDraft"), author=self.user(asked),
            )  # fmt: skip
        except RefusedError as error:
            status = 409 if error.why == "duplicate" else 400
            return self.refusal(
                status, "TF401179: An active pull request for the source and target branch already exists."
            )
        return Said(201, self.pull_value(project, pull))

    def edit(self, asked: Asked, match: re.Match[str]) -> Said:
        pull = self.the_pull(match)
        pull.body = asked.body.get("description", pull.body)
        if asked.body.get("status") == "abandoned":
            self.world.end(pull, "closed", None)
        return Said(200, self.pull_value(self.there(match), pull))

    def label(self, asked: Asked, match: re.Match[str]) -> Said:
        self.the_pull(match).labels.append(asked.body["name"])
        return Said(200, {"name": asked.body["name"]})

    def ask(self, asked: Asked, match: re.Match[str]) -> Said:
        assert asked.body == {"vote": 0}
        if match["who"] == "nobody":
            return self.refusal(404, "TF400898: nobody")
        self.the_pull(match).reviewers.append(match["who"])
        return Said(200, {"id": match["who"], "vote": 0})

    def comment(self, asked: Asked, match: re.Match[str]) -> Said:
        (comment,) = asked.body["comments"]
        self.the_pull(match).notes.append(Note(self.user(asked) or "", comment["content"], self.world.tick()))
        return Said(200, {"id": 1})

    # How it is shown

    def repository(self, project: Project) -> dict[str, Any]:
        org, _, inside = project.owner.partition("/")
        web = project.links.get("clone_url", f"http://robot@{self.world.host}/{project.owner}/_git/{project.name}")
        ssh = project.links.get("ssh_url", f"git@ssh.{self.world.host}:v3/{org}/{inside}/{project.name}")
        return {
            "name": project.name,
            "project": {"name": inside or "acme"},
            "remoteUrl": web,
            "sshUrl": ssh,
            "isDisabled": project.disabled,
            "isFork": project.fork,
            **({} if project.empty else {"defaultBranch": "refs/heads/main"}),
        }

    def pull_value(self, project: Project, pull: Pull) -> dict[str, Any]:
        voted = {v.who: _VOTES[v.opinion] for v in pull.votes if not v.dismissed}
        people = [{**_person(w), "vote": vote} for w, vote in voted.items()]
        fork = {"forkSource": {"repository": {"name": "fork"}}} if pull.fork else {}
        return {
            "pullRequestId": pull.number,
            "status": _ENDS[pull.state],
            "isDraft": pull.draft,
            "title": pull.title,
            "description": pull.body,
            "sourceRefName": f"refs/heads/{pull.source}",
            "targetRefName": f"refs/heads/{pull.target}",
            "lastMergeSourceCommit": {"commitId": pull.head},
            "lastMergeCommit": {"commitId": pull.landed or "e" * 40},
            "createdBy": _person(pull.author),
            "creationDate": iso(pull.created),
            **({"closedDate": iso(pull.ended)} if pull.ended else {}),
            "reviewers": [*people, {"id": "team", "vote": 10, "isContainer": True}],
            "labels": [{"name": name, "active": True} for name in pull.labels],
            **fork,
        }

    def _page(self, asked: Asked, items: Sequence[Any], sign: str) -> Said:
        top, skip = int(asked.query[f"{sign}top"]), int(asked.query[f"{sign}skip"])
        return Said(200, {"value": list(items[skip : skip + top])})


def _person(name: str) -> dict[str, Any]:
    return {"id": name, "uniqueName": f"{name}@example.com", "displayName": name.title()}


def _vote_thread(number: int, who: str, vote: int, at: int) -> dict[str, Any]:
    """Servers name the voter in one of two ways."""
    by = {"CodeReviewVotedByTfId": {"$value": who}} if number % 2 else {"CodeReviewVotedByIdentity": {"$value": "1"}}
    return {
        "publishedDate": iso(at),
        "properties": {
            "CodeReviewThreadType": {"$value": "VoteUpdate"},
            "CodeReviewVoteResult": {"$value": str(vote)},
            **by,
        },
        "identities": {} if number % 2 else {"1": _person(who)},
        "comments": [{"author": _person("service"), "content": f"{who} voted {vote}", "commentType": "system"}],
    }


def _status(fact: Fact) -> dict[str, Any]:
    genre, _, name = fact.name.rpartition("/")
    return {
        "state": _STATES[fact.state],
        "context": {"genre": genre or None, "name": name},
        "targetUrl": f"https://ci.example/{fact.name}",
        "creationDate": iso(fact.at),
    }
