"""Hotfixes that came to main at a forge, as people bring them: opened, voted on, merged by a button, tagged."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor import reading
from auditor.audit import audit_repository
from auditor.config.configuration import RepositoryConfig
from auditor.model import Fix, RepositoryAudit
from tests.build import LOGIN_FIXED
from tests.forge_shapes.world import TOKEN, Fact, Pull
from tests.forge_stage import Stage, stage

NAME = "hotfix/login"
AUTHOR, OTHER = "robot", "alice"


@dataclass
class Shop:
    """A stage with a project whose main gets hotfixes. What is pushed to the forge is what is audited."""

    on: Stage
    branches: list[str] = field(default_factory=lambda: ["dev"])
    url: str | None = None

    @property
    def bare(self) -> Path:
        assert self.on.project.bare is not None
        return self.on.project.bare

    def fix(self, *texts: str, name: str = NAME, start: str = "main") -> list[str]:
        """A branch with a commit for each text, pushed."""
        repo = self.on.repo
        repo.switch(name, start)
        files = [{"src/login.py": LOGIN_FIXED}, *({f"src/{n}.py": "x = 1\n"} for n in range(1, len(texts)))]
        made = [repo.commit(text, some) for text, some in zip(texts, files, strict=True)]
        self.on.push(name)
        return made

    def fix_files(self, number: int) -> None:
        """Three fixes of files of their own, on a branch named for the number."""
        repo = self.on.repo
        repo.switch(f"hotfix/{number}", "main")
        for part in "abc":
            repo.commit(f"Fix {number}{part}", {f"src/{number}{part}.py": f"x = '{number}{part}'\n"})
        self.on.push(f"hotfix/{number}")

    def open(self, source: str = NAME, target: str = "main", author: str = AUTHOR, **said: Any) -> Pull:
        """A pull request for it."""
        return self.on.world.open(self.on.project, source, target, f"Fix by {source}", "Why", author=author, **said)

    def vote(self, pull: Pull, who: str = OTHER, opinion: str = "approved") -> None:
        """Somebody's vote on the tip as it is."""
        self.on.world.see(self.on.project)
        self.on.world.vote(pull, self.id(who), opinion)

    def id(self, who: str) -> str:
        """Somebody as the forge knows them."""
        return who

    def merge(self, pull: Pull, how: str = "merge") -> str:
        """The button; what was voted before was voted before it."""
        landed = self.on.world.merge(self.on.project, pull, how)
        self.on.repo.git("fetch", "-q", str(self.bare), "+main:main", "--update-head-ok")
        return landed

    def tag(self, name: str = "v2.3.1", at: str = "main") -> str:
        """An annotated tag of the release, at the forge."""
        self.on.project.git("tag", "-a", "-m", f"Release {name}", name, at)
        return self.on.project.git("rev-parse", f"{name}^{{commit}}")

    def branch(self, name: str, at: str) -> None:
        """A branch of the forge's repository."""
        self.on.project.git("update-ref", f"refs/heads/{name}", at)

    def config(self, **keys: Any) -> RepositoryConfig:
        """The repository as it is configured."""
        access = {"type": self.on.kind, "url": self.url or self.on.server.url, "token_env": "CANARY"}
        forge = {**access, "project": self.on.project.path, "patience": 0, "timeout": 5, **keys.pop("forge", {})}
        said = {"name": "shop", "path": str(self.bare), "branches": self.branches, "forge": forge, **keys}
        return RepositoryConfig.model_validate(said)

    def told(self, kept: Path | None = None, now: int | None = None, **keys: Any) -> RepositoryAudit:
        """The audit with what the forge tells."""
        config, now = self.config(**keys), int(time.time()) if now is None else now
        found = audit_repository(config, now, Path("no-state"))
        return reading.read([config], [found], now, kept)[0]

    def ran(self, kind: str, name: str, state: str, commit: str, at: int | None = None) -> Fact:
        """A status, check, pipeline or deployment of a commit."""
        made = Fact(kind, name, state, commit, self.on.world.tick() if at is None else at)
        self.on.project.facts.append(made)
        return made


@contextmanager
def shop(kind: str, folder: Path, **keys: Any) -> Iterator[Shop]:
    """A forge of a kind with the shop, from which dev was cut as it was released."""
    with stage(kind, folder, **keys) as on:
        made = Shop(on)
        made.branch("dev", on.repo.oid("v2.3.0^{commit}"))
        yield made


def the_fix(found: RepositoryAudit, at: int = 0) -> Fix:
    """A fix of the one hotfix."""
    (hotfix,) = found.hotfixes
    return hotfix.fixes[at]


def broken(found: RepositoryAudit, *rules: str) -> list[str]:
    """What is broken of the rules that the forge tells."""
    of_forge = ("review-missing", "self-approved", "pipeline-missing", "pipeline-failed")
    return [v.rule for v in found.violations if v.rule in (rules or of_forge)]


def codes(found: RepositoryAudit) -> Sequence[str]:
    """What could not be told."""
    return [e.code for e in found.errors]


__all__ = ["AUTHOR", "NAME", "OTHER", "TOKEN", "Shop", "broken", "codes", "shop", "the_fix"]
