"""Files that a fix adds, and a branch never got, or removed again: whatever main did with them since."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair

POLICY = "kind: NetworkPolicy\nmetadata:\n  name: deny-all\nspec:\n  podSelector: {}\n  policyTypes: [Ingress]\n"
GUARD = "def guard(user):\n    if user is None:\n        raise ValueError(user)\n    return user\n"
SHOP = """\
import time
{needs}
LIMIT = {limit}


def login(user):
{call}    return session(user)


def logout(user):
    close({closed})
"""


def shop(needs: str = "", call: str = "", limit: int = 30, closed: str = "user") -> Files:
    return {"shop.py": SHOP.format(needs=needs, call=call, limit=limit, closed=closed)}


CALLED = shop("from guard import guard\n", "    guard(user)\n")
ALONE: Files = {"k8s/deny.yaml": POLICY}
WITH_MORE: Files = {"k8s/deny.yaml": POLICY, **shop(limit=60)}
WIRED: Files = {"guard.py": GUARD, **CALLED}

Step = Callable[[Repo], object]


def started_with(path: Path, fix: Files) -> Repo:
    repo = protocol(path / "shop", branches=("dev",))
    started(repo, shop())
    fixed(repo, fix)
    return repo


def judged(repo: Repo) -> str:
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    return verdict.status.value


def merged(repo: Repo) -> None:
    repo.merge("v2.4.1")


def picked(repo: Repo) -> None:
    repo.pick("v2.4.1^{commit}", "-x")


# Main has moved the file since


def let_nothing_in(repo: Repo) -> None:
    repo.merge("v2.4.1", "-s", "ours")


def left_out(repo: Repo) -> None:
    repo.merge("v2.4.1", resolve={"k8s/deny.yaml": None})


def main_let_nothing_in(repo: Repo) -> None:
    repo.merge("main", "-s", "ours")


def merge_reverted(repo: Repo) -> None:
    repo.merge("v2.4.1")
    repo.git("revert", "--no-edit", "-m", "1", "HEAD")


def pick_reverted(repo: Repo) -> None:
    picked(repo)
    repo.git("revert", "--no-edit", "HEAD")


def main_merged(repo: Repo) -> None:
    repo.merge("main")


@pytest.mark.parametrize("fix", [ALONE, WITH_MORE], ids=["alone", "with more"])
@pytest.mark.parametrize(
    ("way", "status"),
    [
        (let_nothing_in, "dropped"),
        (main_let_nothing_in, "dropped"),
        (left_out, "dropped"),
        (merge_reverted, "reverted"),
        (pick_reverted, "reverted"),
        (merged, "present"),
        (picked, "present"),
        (main_merged, "present"),
    ],
)
def test_main_moved_it(tmp_path: Path, fix: Files, way: Step, status: str) -> None:
    repo = started_with(tmp_path, fix)
    repo.commit("Move policies", {"k8s/deny.yaml": None, "deploy/policies/deny.yaml": POLICY})
    repo.switch("qa")
    repo.commit("Our own", {"ours.txt": "ours\n"})
    way(repo)
    assert judged(repo) == status


def test_main_removed_it(tmp_path: Path) -> None:
    """Nobody has it any more."""
    repo = started_with(tmp_path, ALONE)
    repo.commit("No policies", {"k8s/deny.yaml": None})
    repo.switch("qa")
    merged(repo)
    repo.commit("No policies here", {"k8s/deny.yaml": None, "more.txt": "more\n"})
    assert judged(repo) in ("present", "withdrawn")


# The branch removed it

GONE: Files = {"k8s/deny.yaml": None}
MOVED: Files = {"k8s/deny.yaml": None, "deploy/deny.yaml": POLICY.replace("[Ingress]", "[Ingress, Egress]")}
JOINED: Files = {"k8s/deny.yaml": None, "k8s/all.yaml": f"kind: Namespace\nmetadata:\n  name: shop\n---\n{POLICY}"}
OTHERWISE: Files = {"k8s/deny.yaml": None, **shop(limit=90)}


@pytest.mark.parametrize("way", [merged, picked])
@pytest.mark.parametrize("fix", [ALONE, WITH_MORE], ids=["alone", "with more"])
@pytest.mark.parametrize(
    ("later", "status"),
    [
        (GONE, "reverted"),
        ({**GONE, "more.txt": "more\n"}, "reverted"),
        ({**GONE, **WITH_MORE, "k8s/deny.yaml": None, "more.txt": "more\n"}, "reverted"),
        (MOVED, "present"),
        (JOINED, "present"),
    ],
    ids=["alone", "with another file", "with another edit", "moved", "joined with another file"],
)
def test_a_commit_removed_it(tmp_path: Path, way: Step, fix: Files, later: Files, status: str) -> None:
    repo = started_with(tmp_path, fix)
    repo.switch("qa")
    way(repo)
    repo.commit("Tidy up", later)
    repo.commit("Go on", {"ours.txt": "ours\n"})
    assert judged(repo) == status


def test_a_commit_that_wrote_the_rest_of_the_fix_anew_removed_it(tmp_path: Path) -> None:
    """That went on from it."""
    repo = started_with(tmp_path, WITH_MORE)
    repo.switch("qa")
    merged(repo)
    repo.commit("Another way", OTHERWISE)
    assert judged(repo) == "present"


def test_what_used_it_uses_another(tmp_path: Path) -> None:
    """The library has the same by now, and every caller takes that."""
    caller = "from {} import guard\n\n\ndef pay(user):\n    guard(user)\n    return charge(user)\n"
    repo = started_with(tmp_path, {"guard.py": GUARD, **shop(limit=60)})
    repo.switch("qa")
    merged(repo)
    repo.commit("Pay", {"pay.py": caller.format("guard")})
    repo.commit("Library", {"guard.py": None, "pay.py": caller.format("library")})
    assert judged(repo) == "present"


def test_a_commit_removed_it_and_it_came_again(tmp_path: Path) -> None:
    repo = started_with(tmp_path, ALONE)
    repo.switch("qa")
    merged(repo)
    repo.commit("Tidy up", {**GONE, "more.txt": "more\n"})
    repo.commit("Policies again", {"k8s/deny.yaml": POLICY.replace("deny-all", "deny-everything")})
    assert judged(repo) == "present"


@pytest.mark.parametrize("path", ["tests/test_deny.py", "docs/deny.md"])
def test_a_test_or_prose_beside_the_fix_was_removed(tmp_path: Path, path: str) -> None:
    repo = started_with(tmp_path, {path: GUARD, **shop(limit=60)})
    repo.switch("qa")
    merged(repo)
    repo.commit("Tidy up", {path: None, "more.txt": "more\n"})
    assert judged(repo) == "present"


def test_what_is_called_was_removed_and_the_call_stands(tmp_path: Path) -> None:
    repo = started_with(tmp_path, WIRED)
    repo.switch("qa")
    merged(repo)
    repo.commit("Tidy up", {"guard.py": None})
    assert judged(repo) == "reverted"


def test_what_is_called_was_removed_with_the_call(tmp_path: Path) -> None:
    repo = started_with(tmp_path, WIRED)
    repo.switch("qa")
    merged(repo)
    repo.commit("Tidy up", {"guard.py": None, **shop(closed="user, now()")})
    assert judged(repo) == "reverted"


def test_a_stale_branch_was_merged_without_it(tmp_path: Path) -> None:
    repo = started_with(tmp_path, ALONE)
    repo.branch("side", "v2.4.0")
    repo.switch("qa")
    merged(repo)
    repo.switch("side")
    repo.commit("Feature", {"feature.txt": "feature\n"})
    repo.switch("qa")
    repo.merge("side", resolve=GONE)
    assert judged(repo) in ("reverted", "dropped")
