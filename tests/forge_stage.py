"""A stage for tests: one of the forges, with a project over a real bare repository, and a robot to talk with it."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from auditor.forges import FORGES
from auditor.forges.client import Client, Reader
from auditor.forges.http import Http
from auditor.forges.interface import Reading, Writing
from auditor.forges.tokens import Token
from tests.build import LOGIN_FIXED, Repo, protocol
from tests.forge_client import FakeTime
from tests.forge_server import ForgeServer, Shape
from tests.forge_shapes.azure import AzureShape
from tests.forge_shapes.bitbucket_cloud import BitbucketCloudShape
from tests.forge_shapes.bitbucket_server import BitbucketServerShape
from tests.forge_shapes.gitea import GiteaShape
from tests.forge_shapes.github import GitHubShape
from tests.forge_shapes.gitlab import GitLabShape
from tests.forge_shapes.world import TOKEN, Project, Pull, World

SHAPES: dict[str, Callable[[World], Shape]] = {
    "github": GitHubShape,
    "gitlab": GitLabShape,
    "gitea": GiteaShape,
    "bitbucket-cloud": BitbucketCloudShape,
    "bitbucket-server": BitbucketServerShape,
    "azure": AzureShape,
}
KINDS = tuple(SHAPES)
SOURCE, TARGET = "backmerge/v2.3.1/dev", "env/dev"


@dataclass
class Stage:
    """Everything that a test needs: the server, its world, the work tree that pushes, the robot's two views."""

    kind: str
    server: ForgeServer
    world: World
    project: Project
    repo: Repo
    http: Http
    time: FakeTime

    def push(self, *branches: str) -> None:
        """Pushes branches of the work tree to the forge."""
        self.repo.git("push", "-q", "--force", str(self.project.bare), *branches)

    def work(self, text: str, branch: str = SOURCE) -> str:
        """A commit on a branch, pushed."""
        self.repo.switch(branch)
        tip = self.repo.commit(text, {f"{text}.txt": text})
        self.push(branch)
        return tip

    def reading(self, token: str | None = TOKEN) -> Reading:
        """The project's questions, asked by a client that cannot write."""
        how, secret = FORGES[self.kind], Token(token) if token else None
        arguments = (self.http, how.root(self.server.url), how.headers(secret), secret, 600.0, None, self.time.clock)
        return how.reading(Reader(*arguments), self.project.path)

    def writing(self, token: str = TOKEN) -> Writing:
        """The project's questions and deeds."""
        how, secret = FORGES[self.kind], Token(token)
        arguments = (self.http, how.root(self.server.url), how.headers(secret), secret, 600.0, None, self.time.clock)
        return how.writing(Client(*arguments), self.project.path)

    def there(self, number: int) -> Pull:
        """A pull request as the forge has it."""
        found = self.project.pull(number)
        assert found
        return found


@cache
def _template() -> tuple[Path, int]:
    """The repositories as the story begins, built once a process, and what time it is then."""
    folder = Path(tempfile.mkdtemp(prefix="forge-stage-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    repo = protocol(folder / "work", branches=())
    repo.branch(TARGET)
    repo.switch(SOURCE, "main")
    repo.commit("Fix login-crash", {"src/login.py": LOGIN_FIXED})
    repo.git("clone", "-q", "--bare", "--template=", ".", str(folder / "bare.git"))
    repo.git("gc", "-q")
    return folder, repo.clock


@contextmanager
def stage(kind: str, folder: Path, page: int = 100, timeout: float = 10) -> Iterator[Stage]:
    """A forge with the project that the story is about: a hotfix on its way back to an environment branch."""
    template, clock = _template()
    shutil.copytree(template, folder, dirs_exist_ok=True)
    repo, bare = Repo(folder / "work"), folder / "bare.git"
    repo.clock = clock
    path = "acme/shop/payments" if kind in ("gitlab", "azure") else "acme/payments"
    project = Project(path, bare=bare, labels=["bug", "backmerge", "urgent"])
    world = World([Project("acme/other"), project], page=page)
    with ForgeServer(SHAPES[kind](world)) as server, Http(timeout) as http:
        world.host = server.host
        yield Stage(kind, server, world, project, repo, http, FakeTime())
