"""The way of Gitea and Forgejo."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from tests.forge_server import Asked, Route, Said, part
from tests.forge_shapes.pages import linked
from tests.forge_shapes.world import Project, World


class GiteaShape:
    prefix: ClassVar[str] = "/api/v1"

    def __init__(self, world: World) -> None:
        self.world = world

    def user(self, asked: Asked) -> str | None:
        said = asked.headers.get("authorization")
        return "" if said is None else self.world.users.get(said.removeprefix("token "))

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, {"message": words, "url": "https://forge.example.com/api/swagger", "errors": []})

    def routes(self) -> Sequence[Route]:
        return (("GET", r"/orgs/(?P<org>[^/]+)/repos", self.repositories),)

    def repositories(self, asked: Asked, match: re.Match[str]) -> Said:
        found = self.world.owned(part(match, "org"), self.user(asked) or "")
        if found is None:
            return self.refusal(404, "user redirect does not exist [name: x]")
        said = linked(asked, [self.repository(p) for p in found], "limit", min(self.world.page, 50))
        return Said(said.status, said.body, {**said.headers, "X-Total-Count": str(len(found))})

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
