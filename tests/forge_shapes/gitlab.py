"""GitLab's way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.pages import linked
from tests.forge_shapes.world import Project, World


class GitLabShape:
    prefix: ClassVar[str] = "/api/v4"

    def __init__(self, world: World) -> None:
        self.world = world

    def user(self, asked: Asked) -> str | None:
        token = asked.headers.get("private-token", asked.headers.get("authorization", "")).removeprefix("Bearer ")
        return self.world.users.get(token) if token else ""

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": f"{status} {words}"})

    def routes(self) -> Sequence[Route]:
        return (("GET", r"/groups/(?P<group>[^/]+)/projects", self.projects),)

    def projects(self, asked: Asked, match: re.Match[str]) -> Said:
        deep = asked.query.get("include_subgroups") == "true"
        found = self.world.owned(part(match, "group"), self.user(asked) or "", deep=deep)
        if found is None:
            return self.refusal(404, "Group Not Found")
        said = linked(asked, [self.project(p) for p in found], "per_page", self.world.page)
        return Said(said.status, said.body, {**said.headers, "X-Total": str(len(found))})

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
