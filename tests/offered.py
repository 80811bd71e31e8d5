"""A forge over a repository in which a hotfix drifts, and the program set up for both."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.backmerge.draft import Wanted
from auditor.backmerge.plan import Caps
from auditor.commands import backmerge
from auditor.commands.backmerge import Options
from tests import forge_specs
from tests.build import Repo, hotfix, protocol
from tests.forge_server import Asked, ForgeServer
from tests.forge_shapes.world import Project, Pull, World
from tests.forge_stage import SHAPES

SOURCE = "backmerge/v2.3.1-into-dev"


@dataclass
class Scene:
    """A forge over a bare repository in which a hotfix drifts on dev, and the configuration for it."""

    kind: str
    server: ForgeServer
    world: World
    project: Project
    repo: Repo
    file: Path
    extra: dict[str, Any] = field(default_factory=dict)
    address: str = ""

    @property
    def bare(self) -> Path:
        assert self.project.bare
        return self.project.bare

    def push(self, *branches: str) -> None:
        self.repo.git("push", "-q", "--force", str(self.bare), *branches)

    def configure(self, **more: Any) -> None:
        url = self.address or f"file://{self.bare}"
        forge = {"type": self.kind, "url": self.server.url, "project": self.project.path, "token_env": "CANARY"}
        # Back-merges alone: what the forge tells of reviews has tests of its own.
        rules = {"review-missing": "off", "self-approved": "off"}
        entry = {"name": "shop", "url": url, "branches": ["dev"], "forge": forge, "rules": rules, **more}
        self.file.write_text(json.dumps({"state": "state", "repositories": [entry]}))

    def run(self, apply: bool = True, caps: Caps | None = None, output: str = "plan.json") -> tuple[int, list[Any]]:
        path = self.file.parent / output
        caps = caps or Caps()
        code = backmerge.run(Options(self.file, Wanted(), caps, "json", str(path), apply, 1, quiet=True))
        found: list[Any] = json.loads(path.read_text())["entries"]
        return code, found

    def actions(self, **keys: Any) -> tuple[int, dict[tuple[str, str], str]]:
        code, entries = self.run(**keys)
        return code, {(e["tag"], e["branch"]): e["action"] for e in entries}

    def pulls(self) -> list[Pull]:
        self.world.see(self.project)
        return self.project.pulls


@contextmanager
def scene(kind: str, folder: Path) -> Iterator[Scene]:
    repo = protocol(folder / "work", branches=("dev",))
    hotfix(repo)
    repo.git("clone", "-q", "--bare", "--template=", ".", str(folder / "bare.git"))
    path = "acme/shop/payments" if kind in ("gitlab", "azure") else "acme/payments"
    project = Project(path, bare=folder / "bare.git", labels=["bug", "backmerge"])
    world = World([project])
    with ForgeServer(SHAPES[kind](world)) as server:
        world.host = server.host
        made = Scene(kind, server, world, project, repo, folder / "config.yaml")
        made.configure()
        yield made
        as_described(kind, server.asked)


def as_described(kind: str, asked: Sequence[Asked]) -> None:
    """Every request is one that the forge describes, where it does and the description is at hand."""
    if kind in forge_specs.PREFIXES and forge_specs.FOLDER.is_dir():
        known, unknown = forge_specs.split(kind, asked)
        assert forge_specs.faults(kind, known) == []
        # These two GitHub describes elsewhere, and Forgejo's description at hand leaves the first one out.
        assert {a.path.rpartition("/")[2] for a in unknown} <= {"comments", "assignees"}
