"""The audit's verdicts held to histories whose truth is known by construction.

`HISTORIES=2000 pytest tests/test_histories.py` looks at so many, other ones each time.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, note, settings

from auditor import audit as audits
from auditor.config.configuration import RepositoryConfig
from auditor.fleet import cache
from auditor.git import store
from auditor.git.source import Local
from auditor.model import DRIFT, RepositoryAudit, Verdict, Via
from tests.histories import BRANCHES, Op, build, stories
from tests.judged import assert_checks_hold, audit, pair
from tests.modelled import World
from tests.truth import Truth, combine

LONG = os.environ.get("HISTORIES")
# Thousands of small files: where they need no disk, they need a fifth of the time.
MEMORY = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
Story = tuple[list[Op], Op, list[Op]]


def examples(number: int) -> settings:
    """The same `number` of examples each time; all of a long run are new."""
    return settings(
        max_examples=int(LONG) if LONG else number,
        derandomize=not LONG,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


def configured(world: World) -> RepositoryConfig:
    return RepositoryConfig.model_validate({"name": "r", "path": world.path, "branches": list(BRANCHES)})


def snapshot(folder: Path) -> dict[str, tuple[int, str]]:
    files = [p for p in sorted(folder.rglob("*")) if p.is_file()]
    return {str(p): (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest()) for p in files}


@examples(400)
@given(stories)
def test_verdicts_are_the_truth(story: Story) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder:
        world = build(Path(folder) / "r.git", story)
        _hold(world, audit(world.path, branches=list(BRANCHES)))


def _hold(world: World, found: RepositoryAudit) -> None:
    note("\n".join(world.story))
    assert not found.errors
    assert len(found.hotfixes) == sum(not name.endswith(".0") for name, _ in world.tags)
    truth, numbers = Truth(world), {node.oid: node.number for node in world.nodes}
    for hotfix, verdict in found.pairs():
        tagged = numbers[hotfix.commit]
        note(f"{hotfix.tag} on {verdict.branch}: {verdict}")
        assert truth.nets_out(tagged) or sorted(numbers[f.commit] for f in hotfix.fixes) == truth.fixes(tagged)
        assert verdict.status in truth.pair(tagged, verdict.branch)
        assert truth.nets_out(tagged) or verdict.status == combine([f.status for f in verdict.fixes])
        for fix in verdict.fixes:
            assert fix.status in truth.statuses(numbers[fix.commit], verdict.branch), fix
        _hold_evidence(world, verdict, numbers)


def _hold_evidence(world: World, verdict: Verdict, numbers: dict[str, int]) -> None:
    """Evidence lies on the branch, nothing arrives at a time that no commit of the branch has."""
    below = world.ancestors(world.heads[verdict.branch])
    for fix in verdict.fixes:
        evidence = fix.evidence.commit
        assert evidence is None or numbers[evidence] in below
        assert fix.via is not Via.MERGE or numbers[fix.commit] in below
        if fix.since is not None:
            assert fix.since in {world.nodes[n].time for n in world.trunk(verdict.branch)}
    assert (verdict.forecast is not None) == (verdict.status in DRIFT)
    assert verdict.lead_time_seconds is None or verdict.lead_time_seconds >= 0


@examples(60)
@given(stories)
def test_plain_git_says_the_same(story: Story) -> None:
    with TemporaryDirectory(dir=MEMORY) as folder:
        world = build(Path(folder) / "r.git", story)
        note("\n".join(world.story))
        for _, verdict in audit(world.path, branches=list(BRANCHES)).pairs():
            assert_checks_hold(world.path, verdict)


@examples(50)
@given(stories)
def test_no_verdict_hangs_on_a_cache_a_process_or_another_branch(story: Story) -> None:
    """Cold and warm, with many git processes or none, alone or beside others: the same; and nothing is written."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        world = build(Path(folder) / "r.git", story)
        note("\n".join(world.story))
        before = snapshot(world.path)
        config, source, state = configured(world), Local(world.path), Path(folder) / "state"
        cold = cache.find(config, source, state)
        assert cache.find(config, source, state) == cold
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(store, "_SMALL", -1)
            assert audits.find(config, source) == cold
        for branch in BRANCHES:
            alone = audit(world.path, branches=[branch])
            for hotfix, verdict in alone.pairs():
                assert verdict == pair(cold, hotfix.tag, branch)
        assert snapshot(world.path) == before
