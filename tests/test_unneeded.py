"""A hotfix with a commit and its revert: of a branch that never had the one, the other is not asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model import Status
from tests.build import Repo, protocol, started
from tests.judged import assert_checks_hold, audit, pair

STEPS = [f"step_{n}(cart)  # of the {n}th part" for n in range(30)]
BASE = "\n".join(STEPS) + "\n"
OWN = BASE.replace(STEPS[19], "own_step(cart, before=True)").replace(STEPS[21], "own_step(cart, after=True)")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A branch that differs from main beside the line that is worked on."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"src/pay.py": BASE})
    repo.switch("qa")
    repo.commit("Own steps", {"src/pay.py": OWN})
    repo.switch("main")
    return repo


def tried(repo: Repo, text: str, *, taken_back: bool = True) -> str:
    """A hotfix that tried something, and took it back; the commit that tried."""
    oid = repo.commit("Try it", {"src/pay.py": text})
    if taken_back:
        repo.revert(oid)
    repo.commit("Mend the cart", {"src/till.py": "till = 1\n"})
    repo.tag("v2.4.1")
    return oid


def statuses(repo: Repo) -> list[Status]:
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    return [fix.status for fix in verdict.fixes]


CHANGED = BASE.replace(STEPS[20], "tried_step(cart, fast=True)")
ADDED = BASE.replace(STEPS[20], f"{STEPS[20]}\ntried_step(cart, fast=True)")
REMOVED = BASE.replace(f"{STEPS[20]}\n", "")


@pytest.mark.parametrize("text", [CHANGED, ADDED, REMOVED], ids=["changed", "added", "removed"])
def test_what_takes_back_a_change_that_the_branch_never_had_is_not_asked(repo: Repo, text: str) -> None:
    oid = tried(repo, text)
    assert statuses(repo) == [Status.WITHDRAWN, Status.NOT_APPLICABLE, Status.MISSING]
    said = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes[1].evidence.detail
    assert said == f"it takes back {oid[:12]}, which the branch never had"


@pytest.mark.parametrize("text", [CHANGED, ADDED, REMOVED], ids=["changed", "added", "removed"])
def test_it_is_asked_of_a_branch_that_has_the_change(repo: Repo, text: str) -> None:
    oid = tried(repo, text)
    own = text.replace(STEPS[19], OWN.splitlines()[19]).replace(STEPS[21], OWN.splitlines()[21])
    repo.switch("qa")
    repo.pick(oid, resolve={"src/pay.py": own})
    assert statuses(repo)[1] is Status.MISSING


def test_it_is_asked_of_a_branch_that_contains_the_change(repo: Repo) -> None:
    oid = tried(repo, CHANGED)
    repo.switch("qa")
    repo.merge(oid, resolve={"src/pay.py": OWN.replace(STEPS[20], "tried_step(cart, fast=True)")})
    assert statuses(repo)[1] is Status.MISSING


def test_it_is_asked_of_a_branch_that_lost_the_line_in_its_own_way(repo: Repo) -> None:
    tried(repo, REMOVED)
    repo.switch("qa")
    repo.commit("Without the step", {"src/pay.py": OWN.replace(f"{STEPS[20]}\n", "")})
    assert statuses(repo)[1] is Status.MISSING


def test_a_change_that_names_no_commit_is_asked(repo: Repo) -> None:
    tried(repo, CHANGED, taken_back=False)
    repo.commit("Otherwise", {"src/pay.py": BASE.replace(STEPS[20], "other_step(cart, slow=True)")})
    repo.tag("v2.4.2")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.2", "qa")
    assert verdict.status is Status.MISSING
