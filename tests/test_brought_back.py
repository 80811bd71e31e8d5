"""The branch had moved the file that a fix mends, and the merge of the fix brought that back beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import audit, pair, told

ABOVE = "".join(f"def above_{n}(cart):\n    return cart.items[{n}] * {n}\n\n\n" for n in range(8))
PAY = "def pay(cart):\n    amount = total_of(cart)\n{}    charge_now(cart, amount)\n    return amount\n"
GUARD = "    if cart.card.expired:\n        log_error(cart)\n        raise CardError(cart.card)\n"
OLD, NEW = ABOVE + PAY.format(""), ABOVE + PAY.format(GUARD)
MOVED = PAY.format("")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """With the fix on main; qa has the function in a file of its own."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"pay.py": OLD})
    fixed(repo, {"pay.py": NEW})
    repo.switch("qa")
    repo.commit("Parts of its own", {"pay.py": None, "lib/pay.py": MOVED, "lib/above.py": ABOVE})
    return repo


def test_the_merge_brought_it_back(repo: Repo) -> None:
    repo.merge("main", resolve={"pay.py": NEW, "lib/pay.py": MOVED, "lib/above.py": ABOVE})
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.status == "dropped"
    assert "brought pay.py back, while lib/pay.py has the code that it mends" in verdict.fixes[0].evidence.detail
    assert told(repo, "qa", "v2.4.1")[0] == "dropped"


@pytest.mark.parametrize(
    "merged",
    [
        {"pay.py": NEW, "lib/pay.py": PAY.format(GUARD), "lib/above.py": ABOVE},
        {"pay.py": NEW, "lib/pay.py": "from pay import pay\n", "lib/above.py": ABOVE},
    ],
    ids=["mended in both", "and uses it"],
)
def test_the_code_is_mended(repo: Repo, merged: Files) -> None:
    repo.merge("main", resolve=merged)
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_it_was_mended_later(repo: Repo) -> None:
    repo.merge("main", resolve={"pay.py": NEW, "lib/pay.py": MOVED, "lib/above.py": ABOVE})
    repo.commit("Mend it here, too", {"lib/pay.py": PAY.format(GUARD)})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_main_has_the_other_file_too(repo: Repo) -> None:
    repo.merge("main", resolve={"pay.py": NEW, "lib/pay.py": MOVED, "lib/above.py": ABOVE})
    repo.switch("main")
    repo.commit("As qa has it", {"lib/pay.py": MOVED})
    assert told(repo, "qa", "v2.4.1")[0] == "present"
