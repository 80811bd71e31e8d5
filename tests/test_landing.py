"""By which commits a fix came to main and to the branches: the forge is asked about these, and about no others."""

from __future__ import annotations

import pytest

from auditor.config.configuration import load
from auditor.model import RepositoryAudit, Status
from tests import demo
from tests.build import Repo
from tests.judged import audit


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Repo, RepositoryAudit]]:
    file = demo.build(tmp_path_factory.mktemp("landing"))
    paths = [r.path for r in load(file).repositories if r.path]
    return [(Repo(path), audit(path)) for path in paths]


def line(repo: Repo, tip: str) -> list[str]:
    """A branch's own line."""
    return repo.git("rev-list", "--first-parent", tip).split()


def has(repo: Repo, commit: str, fix: str) -> bool:
    return repo.run("merge-base", "--is-ancestor", fix, commit).returncode == 0


def test_a_fix_came_to_main_by_the_first_commit_of_its_line_that_has_it(
    fleet: list[tuple[Repo, RepositoryAudit]],
) -> None:
    seen = 0
    for repo, found in fleet:
        main = line(repo, "main")
        for hotfix in found.hotfixes:
            for fix in hotfix.fixes:
                landed, *after = fix.landing
                assert has(repo, landed, fix.commit)
                assert not has(repo, f"{landed}^1", fix.commit)
                place = main.index(landed)
                assert after == main[place - len(after) : place][::-1]
                assert all(has(repo, hotfix.commit, commit) for commit in after)
                merge = len(repo.git("rev-list", "--parents", "-1", landed).split()) > 2
                assert not (merge and after)
                seen += 1
    assert seen > 8


def test_what_is_there_arrived_with_the_commit_whose_time_is_told(fleet: list[tuple[Repo, RepositoryAudit]]) -> None:
    """On the branch's own line, and for a merge the first that has the fix; what is not there arrived with none."""
    seen = set()
    for repo, found in fleet:
        for hotfix, verdict in found.pairs():
            if verdict.status is not Status.PRESENT:
                assert verdict.arrival is None
                assert all(f.arrival is None for f in verdict.fixes if f.status is not Status.PRESENT)
                continue
            assert verdict.arrival in line(repo, verdict.branch)
            assert int(repo.git("log", "-1", "--format=%ct", verdict.arrival or "")) == verdict.since
            last = max(verdict.fixes, key=lambda f: f.since or 0)
            assert (last.arrival, last.since) == (verdict.arrival, verdict.since)
            if verdict.via == "merge" and len(hotfix.fixes) == 1:
                assert has(repo, verdict.arrival or "", hotfix.fixes[0].commit)
            seen.add(verdict.via)
    assert len(seen) >= 3
