"""GitHub's way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.pages import linked
from tests.forge_shapes.world import Project, World


class GitHubShape:
    prefix: ClassVar[str] = "/api/v3"

    def __init__(self, world: World) -> None:
        self.world = world

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        if said is None:
            return ""
        return self.world.users.get(said.removeprefix("Bearer ").removeprefix("token "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": words, "documentation_url": "https://docs.example.com", "status": str(status)})

    def routes(self) -> Sequence[Route]:
        return (("GET", r"/orgs/(?P<org>[^/]+)/repos", self.repositories),)

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "org"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "Not Found")
        assert asked.query["sort"] == "full_name"
        ordered = sorted(found, key=lambda p: p.path)
        return linked(asked, [self.repository(p) for p in ordered], "per_page", self.world.page)

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
            "disabled": project.disabled,
            "private": project.private,
            "size": 0,
            **links,
            **project.links,
        }
