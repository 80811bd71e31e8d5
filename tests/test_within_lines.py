"""A commit that says to be the fix, and did within the branch's own lines what the fix did within main's."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import assert_checks_hold, audit, pair

POOL = """\
def prune(pool):
    for item in pool.sorted():
        key = {}
        pool.remove(key)
        log.info('pruned', key)
"""
MAIN, FIXED = "ref(item.second)", "copy(item.second)"
TITLE = "Copy the keys of the pool before they are removed from it"
OURS, OURS_FIXED = "ref(item.right())", "copy(item.right())"


def picked(repo: Repo, ours: str, resolved: str, main: str = MAIN, fixed_: str = FIXED) -> tuple[str, str]:
    """What is said of a pick that kept author, date and subject, where the branch had its own line."""
    started(repo, {"src/pool.py": POOL.format(main)})
    oid = fixed(repo, {"src/pool.py": POOL.format(fixed_)})
    repo.switch("qa")
    repo.commit("Our own pool", {"src/pool.py": POOL.format(ours)})
    repo.pick(oid, resolve={"src/pool.py": POOL.format(resolved)})
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    return verdict.status.value, verdict.fixes[0].evidence.detail


def test_the_same_was_done_within_the_branchs_own_line(repo: Repo) -> None:
    status, detail = picked(repo, OURS, OURS_FIXED)
    assert status == "present"
    assert detail.endswith("holds 100% of its added and 100% of its removed lines, or does the same within other lines")


def test_something_else_was_done_there(repo: Repo) -> None:
    assert picked(repo, OURS, "view(item.right())")[0] == "missing"


def test_less_was_done_there(repo: Repo) -> None:
    assert picked(repo, OURS, OURS_FIXED, fixed_="copy(item.second, deep=True)")[0] == "missing"


def test_the_same_was_done_to_a_line_of_other_words(repo: Repo) -> None:
    """`ref` gave way to `copy` there, too, but of something else."""
    ours = "lookup(pool.index, ref(self.parent.first), order=BY_AGE)"
    assert picked(repo, ours, ours.replace("ref", "copy"))[0] == "missing"


def test_the_same_was_done_beside_other_signs(repo: Repo) -> None:
    assert picked(repo, "item.second, ref", "item.second, copy")[0] == "missing"


def test_where_nobody_says_to_be_the_fix_it_is_no_proof(repo: Repo) -> None:
    started(repo, {"src/pool.py": POOL.format(MAIN)})
    fixed(repo, {"src/pool.py": POOL.format(FIXED)})
    repo.switch("qa")
    repo.commit("Our own pool", {"src/pool.py": POOL.format(OURS)})
    repo.commit("Take copies", {"src/pool.py": POOL.format(OURS_FIXED)}, author="Quin <quin@example.com>")
    assert pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").status == "missing"


def test_a_step_that_was_taken_back_again(repo: Repo) -> None:
    assert picked(repo, OURS, OURS_FIXED)[0] == "present"
    repo.revert("qa")
    assert pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").status in ("missing", "reverted")


@pytest.mark.parametrize(("more", "status"), [("", "present"), ("    pool.tidy()\n", "missing")])
def test_a_second_commit_under_one_title_must_do_all_of_it(repo: Repo, more: str, status: str) -> None:
    """So far as nobody but its author and title tells that it is the same."""
    started(repo, {"src/pool.py": POOL.format(MAIN)})
    repo.commit(TITLE, {"src/pool.py": POOL.format(FIXED) + more})
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own pool", {"src/pool.py": POOL.format(OURS)})
    repo.commit(TITLE, {"src/pool.py": POOL.format(OURS_FIXED)})
    assert pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").status == status
