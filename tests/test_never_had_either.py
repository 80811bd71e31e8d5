"""A merge that kept the branch's file, which never had the code that one fix added and a later one changed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Repo, protocol
from tests.judged import assert_checks_hold, audit, pair

FUNCTIONS = [f"def other_{n}(x):\n    value = x + {n}\n    return value\n\n\n" for n in range(8)]
GUARD = "def guard(token):\n    if token.expired():\n        raise Expired(token)\n    return token.subject\n\n\n"
MORE = GUARD.replace("():", "() or token.revoked():").replace("    return", "    note(token)\n    return")
BASE = "".join(FUNCTIONS)
OWN = BASE.replace("value = x + 2", "value = x + 200")


def guarded(guard: str) -> str:
    return BASE.replace("def other_4", guard + "def other_4")


@pytest.mark.parametrize("one_hotfix", [True, False])
@pytest.mark.parametrize(
    ("options", "kept"),
    [
        (("-s", "ours"), ()),
        (("-X", "ours"), (OWN,)),
        ((), (OWN.replace("x + 3", "x + 300"),)),
        ((), (OWN, OWN.replace("other_4", "further_4").replace("    value = x + 3\n", "    value = 3 - x\n"))),
    ],
    ids=["ours", "as it was", "by hand", "and went on"],
)
def test_both_are_dropped(tmp_path: Path, one_hotfix: bool, options: tuple[str, ...], kept: tuple[str, ...]) -> None:
    """The later one finds its lines nowhere on the branch: neither as it left them, nor as it found them."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo)
    repo.commit("Guard", {"src/calls.py": guarded(GUARD)})
    if not one_hotfix:
        repo.tag("v2.4.1")
    repo.commit("Guard more", {"src/calls.py": guarded(MORE)})
    repo.tag("v2.4.2")
    repo.switch("dev")
    repo.merge("main", *options, resolve={"src/calls.py": kept[0]} if kept else None)
    for text in kept[1:]:
        repo.commit("More of it", {"src/calls.py": text})
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.2", "dev")
    assert {fix.status.value for fix in verdict.fixes} == {"dropped"}
    assert_checks_hold(repo.path, verdict)


def started(repo: Repo) -> None:
    """A file that all branches have, with work of the branch's own in it."""
    repo.switch("main")
    repo.commit("Calls", {"src/calls.py": BASE})
    repo.tag("v2.4.0")
    repo.switch("dev")
    repo.merge("main")
    repo.commit("Of our own", {"src/calls.py": OWN})
    repo.switch("main")
