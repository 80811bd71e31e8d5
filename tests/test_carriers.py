"""Which commit carried a fix to a branch, where several look as if they did: what came after it may have undone it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import LOGIN_FIXED, Files, Repo, protocol, started
from tests.judged import audit, pair, told

PAY = """\
def pay({args}):
{guard}    account = {account}
    total = compute(account, request)
    audit_log('pay', account)
    return receipt(total)


def refund(request, session):
    return credit(session.account_of(request.refund_id))
"""
GUARD = "    if not session.verified:\n        raise Forbidden('unverified')\n"


def pay(guard: str = "", *, reworked: bool = False) -> Files:
    """Reworked, the lines around the guard are others, so that it stands in neither form where it is out."""
    args = "request, session, *, dry=False" if reworked else "request, session"
    account = "session.accounts[request.pay_id]" if reworked else "session.account_of(request.pay_id)"
    return {"src/pay.py": PAY.format(args=args, guard=guard, account=account)}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay())
    repo.switch("qa")
    return repo


def released(repo: Repo, of: str | None = None) -> None:
    repo.switch("main")
    message = "Refuse unverified payments (#9)"
    if of is None:
        repo.commit(message, pay(GUARD))
    else:
        repo.pick(of)
    repo.tag("v2.4.1")


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


def topic_that_merged_the_branch(repo: Repo, *, reverted: bool) -> None:
    """The fix was made on qa in two commits, which main has as one; a topic merged qa, and landed late."""
    repo.branch("topic")
    repo.switch("topic")
    repo.commit("Topic", {"topic": "1\n"})
    repo.switch("qa")
    first = repo.commit("Refuse unverified", pay(GUARD.replace("'unverified'", "session.user")))
    second = repo.commit("Say why", pay(GUARD))
    repo.switch("topic")
    repo.merge("qa")
    repo.switch("qa")
    if reverted:
        repo.revert(second)
        repo.revert(first)
    repo.commit("Meanwhile", {"notes": "none\n"})
    repo.switch("topic")
    repo.merge("qa")
    repo.commit("Topic again", {"topic": "2\n"})
    repo.switch("qa")
    repo.commit("More", {"more": "\n"})
    repo.merge("topic")
    repo.commit("Rework", pay("" if reverted else GUARD, reworked=True))


@pytest.mark.parametrize(("reverted", "status"), [(True, "reverted"), (False, "present")])
def test_a_topic_that_merged_the_branch_itself_brought_nothing(repo: Repo, reverted: bool, status: str) -> None:
    """It had the fix from the branch, which took that back before the topic landed."""
    topic_that_merged_the_branch(repo, reverted=reverted)
    released(repo)
    assert judged(repo)[0] == status


def test_a_twin_that_is_older_and_came_later(repo: Repo) -> None:
    """Made on a topic, picked to qa and taken back there: then the topic lands, without it."""
    repo.branch("topic")
    repo.switch("topic")
    made = repo.commit("Refuse unverified payments", pay(GUARD))
    repo.switch("qa")
    repo.commit("Meanwhile", {"notes": "none\n"})
    picked = repo.pick(made)
    repo.revert(picked)
    repo.switch("topic")
    repo.merge("qa", resolve={**pay(), "notes": "none\n"})
    repo.commit("Topic", {"topic": "1\n"})
    repo.switch("qa")
    repo.commit("More", {"more": "\n"})
    repo.merge("topic")
    repo.commit("Rework", pay(reworked=True))
    released(repo, made)
    assert judged(repo)[0] == "reverted"


@pytest.mark.parametrize(("again", "status"), [(False, "present"), (True, "reverted")])
def test_what_came_with_the_carrier_and_before_it_undid_nothing(repo: Repo, again: bool, status: str) -> None:
    """One topic takes a line back, and had brought it before; a commit after it may bring it again."""
    plain = pay()["src/pay.py"]
    assert isinstance(plain, str)
    repo.branch("topic")
    repo.switch("topic")
    made = repo.commit("Pay fast", {"src/pay.py": plain.replace("compute(account, request)", "compute_fast(account)")})
    taken = repo.revert(made)
    if again:
        repo.pick(made)
    else:
        repo.commit(
            "Now", {"src/pay.py": plain.replace("compute(account, request)", "compute(account, request, now())")}
        )
    repo.switch("qa")
    repo.commit("Meanwhile", {"notes": "none\n"})
    repo.merge("topic", "--no-ff")
    repo.switch("main")
    repo.pick(made)
    repo.tag("v2.4.0.1")
    repo.pick(taken)
    repo.tag("v2.4.1")
    assert judged(repo)[0] == status


# What a pick left out


def test_a_pick_that_left_out_the_mode(repo: Repo) -> None:
    """Lines do not tell how much of the fix it holds: the script does not run."""
    script = "#!/bin/sh\necho start\nrun --{}\necho done\n"
    started_with(repo, {"job.sh": script.format("fast")})
    repo.write({"job.sh": script.format("safe")})
    (repo.path / "job.sh").chmod(0o755)
    fix = repo.commit("Make the job run")
    repo.tag("v2.5.1")
    picked_as(repo, fix, {"job.sh": script.format("safe")})
    assert told_of(repo) == "missing"
    repo.switch("ppd")
    (repo.path / "job.sh").chmod(0o755)
    repo.commit("Let it run")
    assert told_of(repo) == "present"


def test_a_pick_that_left_out_a_binary_file(repo: Repo) -> None:
    conf = "version: {}\nkey: trust.der\n"
    started_with(repo, {"conf.yml": conf.format(1), "trust.der": b"\0old"})
    fix = repo.commit("Rotate the leaked key", {"conf.yml": conf.format(2), "trust.der": b"\0new"})
    repo.tag("v2.5.1")
    picked_as(repo, fix, {"conf.yml": conf.format(2)})
    assert told_of(repo) == "missing"
    repo.switch("ppd")
    repo.commit("And the key", {"trust.der": b"\0new"})
    assert told_of(repo) == "present"


def test_a_pick_that_left_out_a_file_of_text_says_so(repo: Repo) -> None:
    checks = "".join(f"assert pay(unverified_{n}) is forbidden\n" for n in range(12))
    started_with(repo, {})
    fix = repo.commit("Refuse unverified payments", {**pay(GUARD), "tests/pay.py": checks})
    repo.tag("v2.5.1")
    picked_as(repo, fix, {"tests/pay.py": checks})
    verdict = pair(audit(repo, branches=["ppd"]), "v2.5.1", "ppd")
    assert verdict.fixes[0].evidence.detail.endswith("lines, and leaves src/pay.py as before it")


def started_with(repo: Repo, files: Files) -> None:
    repo.switch("main")
    repo.commit("Go further", {"more": "\n", **files})
    repo.tag("v2.5.0")
    repo.branch("ppd")


def picked_as(repo: Repo, fix: str, files: Files) -> None:
    repo.switch("ppd")
    repo.commit(f"Take it\n\n(cherry picked from commit {fix})", files)


def told_of(repo: Repo) -> str:
    return told(repo, "ppd", "v2.5.1")[0]


# A back-merge taken back, that main merged


@pytest.mark.parametrize("file", ["src/login.py", "src/limits.py"])
def test_main_merged_a_branch_that_had_taken_its_back_merge_back(tmp_path: Path, file: str) -> None:
    """The revert names the branch's own merge: main has lost the fix all the same."""
    repo = protocol(tmp_path / "shop")
    repo.commit("Fix it", {file: LOGIN_FIXED})
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("On dev", {"NOTES": "none\n"})
    back = repo.merge("main")
    repo.revert(back, "-m", "1")
    repo.switch("main")
    repo.merge("dev", "--no-ff")
    for branch in ("dev", "qa"):
        assert told(repo, branch)[0] == "withdrawn"
