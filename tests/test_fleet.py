"""One broken, slow or hungry repository costs the others nothing."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import pytest

from auditor import audit, fleet
from auditor.config import RepositoryConfig
from auditor.model import Problem, RepositoryAudit


def work(config: RepositoryConfig) -> RepositoryAudit:
    """What a repository's name says happens to it."""
    if config.name == "spin":
        re.match(r"(a+)+$", "a" * 60 + "b")  # holds the interpreter's lock for ages
    elif config.name == "grow":
        held = [bytearray(os.urandom(1 << 20)) for _ in range(400)]
        time.sleep(60)
        assert held
    elif config.name == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    elif config.name == "raises":
        raise RuntimeError("unforeseen")
    return audit.failed(config, Problem("fine", config.name))


def fleet_of(*names: str) -> list[RepositoryConfig]:
    limits = {"timeout": "2s", "memory": "200MiB"}
    return [RepositoryConfig.model_validate({"name": n, "path": ".", "limits": limits}) for n in names]


@pytest.mark.parametrize("jobs", [1, 3])
def test_each_gets_its_own_end(jobs: int) -> None:
    repositories = fleet_of("a", "spin", "b", "grow", "killed", "raises", "c")
    told: list[str] = []
    found = fleet.run(repositories, work, jobs, lambda audited: told.append(audited.name))
    assert [r.name for r in found] == [r.name for r in repositories]
    assert [r.errors[0].code for r in found] == ["fine", "timeout", "fine", "memory", "crashed", "internal", "fine"]
    assert sorted(told) == sorted(r.name for r in repositories)
    assert "RuntimeError: unforeseen" in found[5].errors[0].detail


def test_nothing_is_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fleet.run(fleet_of("a", "killed"), work, 2)
    assert list(tmp_path.iterdir()) == []
