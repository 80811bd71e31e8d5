"""Audits a built repository, and holds each verdict's check commands to plain git in a fresh clone."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

from auditor.audit import audit_repository
from auditor.config.configuration import RepositoryConfig
from auditor.evidence import plain_git
from auditor.model import Hotfix, RepositoryAudit, Verdict
from tests.build import PINNED, Files, Repo, fixed, started

NOW = 1_790_000_000


def audit(repo: Repo | Path, **keys: Any) -> RepositoryAudit:
    """The audit by the protocol's defaults, but for `keys` of the configuration."""
    path = repo.path if isinstance(repo, Repo) else repo
    return audit_repository(RepositoryConfig.model_validate({"name": "r", "path": path, **keys}), NOW, Path("no-state"))


def pair(found: RepositoryAudit, tag: str, branch: str) -> Verdict:
    """One verdict."""
    return next(v for v in hotfix_of(found, tag).verdicts if v.branch == branch)


def hotfix_of(found: RepositoryAudit, tag: str) -> Hotfix:
    """One hotfix."""
    return next(h for h in found.hotfixes if h.tag == tag)


def proven(repo: Repo | Path, branch: str, tag: str, **keys: Any) -> Verdict:
    """One verdict, after its check commands have been seen to hold."""
    found = audit(repo, branches=[branch], **keys)
    assert not found.errors, found.errors
    verdict = pair(found, tag, branch)
    assert_checks_hold(repo.path if isinstance(repo, Repo) else repo, verdict)
    return verdict


def told(repo: Repo | Path, branch: str = "dev", tag: str = "v2.3.1", **keys: Any) -> tuple[str, str | None]:
    """Status and rung of one pair, after its check commands have been seen to hold."""
    verdict = proven(repo, branch, tag, **keys)
    return verdict.status.value, verdict.via.value if verdict.via else None


def judged(repo: Repo) -> str:
    """The status of the fix on qa."""
    return told(repo, "qa", "v2.4.1")[0]


def judged_why(repo: Repo) -> tuple[str, str]:
    """The same, and what its evidence says."""
    verdict = proven(repo, "qa", "v2.4.1")
    return verdict.status.value, verdict.fixes[0].evidence.detail


def merged_and(repo: Repo, old: Files, new: Files, *later: Files) -> str:
    """The status of a fix on qa, which merged it and then had some commits of its own."""
    started(repo, old)
    fixed(repo, new)
    repo.switch("qa")
    repo.merge("main")
    for files in later:
        repo.commit("Work on it", files)
    return judged(repo)


def assert_checks_hold(path: Path, verdict: Verdict) -> None:
    """Every check command, run by a shell in a fresh clone, ends and answers as the verdict says."""
    clone = path.parent / f"{path.name}.clone"
    env = {**PINNED, "PATH": os.environ["PATH"], "HOME": str(path.parent)}
    if not clone.exists():
        subprocess.run(["git", "clone", "-q", "--bare", path, clone], env=env, check=True, capture_output=True)
    else:
        refspecs = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
        subprocess.run(["git", "fetch", "-q", path, *refspecs], cwd=clone, env=env, check=True, capture_output=True)
    for check in verdict.checks:
        assert check.run.startswith("git ")
        assert plain_git.allowed(check.run), check
        assert check.shows
        done = subprocess.run(check.run, shell=True, cwd=clone, env=env, capture_output=True, check=False)
        said = done.stdout.decode(errors="surrogateescape")
        assert done.returncode == check.exit, (check, done)
        assert check.stdout is None or said == check.stdout, (check, said)
