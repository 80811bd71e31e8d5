"""An undone fix of which a part stands: the evidence says which part is back, and a command shows a line of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model import FixVerdict, Status
from tests.build import Repo, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair

PAY = "".join(f"def step_{n}(cart):\n    cart.take({n})\n\n\n" for n in range(6))
BETTER = PAY.replace("take(1)", "take(1, lock=cart.lock)").replace("take(4)", "take(4, lock=cart.lock)")
LOG = "".join(f"level_{n} = {n}\n" for n in range(9))
QUIET = LOG.replace("level_3 = 3", "level_3 = 30")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"src/pay.py": PAY, "src/log.cfg": LOG})
    return repo


def undone(repo: Repo, later: dict[str, str]) -> tuple[FixVerdict, list[str]]:
    """The verdict on a fix of three changes, after the branch that had merged it got other files; its commands."""
    fixed(repo, {"src/pay.py": BETTER, "src/log.cfg": QUIET})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Work on it", later)
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    [fix] = verdict.fixes
    assert fix.status is Status.REVERTED
    return fix, [check.run for check in verdict.checks]


def test_one_change_of_three_is_named_with_its_file(repo: Repo) -> None:
    there = BETTER.replace("take(4, lock=cart.lock)", "take(4)")
    fix, commands = undone(repo, {"src/pay.py": there})
    assert fix.evidence.detail.endswith("restored the old lines; of its 3 changes 1 stands as before it, in src/pay.py")
    shown = [command for command in commands if "grep" in command and "'cart.take(4, lock=cart.lock)'" in command]
    assert len(shown) == 2, commands


def test_a_whole_file_of_two_is_named(repo: Repo) -> None:
    fix, commands = undone(repo, {"src/log.cfg": LOG})
    assert fix.evidence.detail.endswith("; of its 3 changes 1 stands as before it, in src/log.cfg")
    assert not [command for command in commands if "grep" in command], "equal files need no line to show it"


def test_of_what_is_back_as_a_whole_no_part_is_told(repo: Repo) -> None:
    fix, _ = undone(repo, {"src/pay.py": PAY, "src/log.cfg": LOG})
    assert fix.evidence.detail.endswith("on the branch took it out again")


def test_of_many_files_three_are_named(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "mill", branches=("dev",))
    names = [f"src/part{n}.cfg" for n in range(6)]
    started(repo, dict.fromkeys(names, LOG))
    fixed(repo, dict.fromkeys(names, QUIET))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Work on it", dict.fromkeys(names[:5], LOG))
    [fix] = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes
    told = "; of its 6 changes 5 stand as before it, in src/part0.cfg, src/part1.cfg, src/part2.cfg and 2 more"
    assert fix.evidence.detail.endswith(told)


def test_a_file_that_the_merge_left_out_is_named(repo: Repo) -> None:
    fixed(repo, {"src/pay.py": BETTER, "src/till.py": "def till():\n    return 1\n"})
    repo.switch("qa")
    repo.merge("main", "--no-commit", resolve={"src/till.py": None})
    [fix] = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes
    assert fix.status is Status.DROPPED
    assert fix.evidence.detail.endswith("; of its 3 changes 1 stands as before it, in src/till.py")
