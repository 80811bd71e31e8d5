"""An audit with as many pairs as one likes, made of a few real ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from auditor.model import Audit, Hotfix, RepositoryAudit, Tool
from tests.build import back_merge, hotfix, protocol
from tests.judged import NOW, audit

TOOL = Tool("0.1.0", "2.39.5", "1.9.7")
DAY = 86_400


def found(folder: Path) -> RepositoryAudit:
    """A real repository with four hotfixes, present, missing and overdue."""
    repo = protocol(folder / "shop")
    for number, branches in enumerate((("dev", "qa", "ppd", "dr"), ("dev", "qa"), ("dev",), ()), 1):
        hotfix(repo, f"number-{number}", f"v2.3.{number}", {f"src/fix-{number}.py": f"print({number})\n"})
        back_merge(repo, "main", *branches)
    return audit(
        repo, branches=["dev", "qa", {"name": "ppd", "sla": "2d"}, {"name": "dr", "sla": "4h", "critical": True}]
    )


def many(few: RepositoryAudit, hotfixes: int) -> RepositoryAudit:
    """The same with so many hotfixes, each with a tag and a time of its own."""
    made = tuple(_again(few.hotfixes[n % len(few.hotfixes)], n) for n in range(hotfixes))
    return replace(few, name="many", hotfixes=made, tags_total=hotfixes + 1, tags_audited=hotfixes)


def run(*repositories: RepositoryAudit) -> Audit:
    """A finished run over these."""
    return Audit(TOOL, NOW, NOW + 5, "ab" * 32, repositories)


def _again(one: Hotfix, number: int) -> Hotfix:
    return replace(one, tag=f"v2.{number // 100}.{number % 100 + 1}", tagged_at=one.tagged_at + number * DAY // 24)
