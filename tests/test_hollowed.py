"""A file that a fix added, left with nothing in force; and a guard lost while what is beside it changed, too."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import merged_and, told

CHECKS = "".join(f"def check_{n}(card):\n    require(card.has({n}))\n    note(card, {n})\n\n\n" for n in range(6))
OLD: Files = {"shop.py": "run()\n"}
NEW: Files = {"checks.py": CHECKS}
REMARKS = "".join(f"# {line}" for line in CHECKS.splitlines(keepends=True))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", "reverted"),
        ("# No checks here\n", "reverted"),
        (REMARKS, "reverted"),
        (f'"""\n{CHECKS}"""\n', "reverted"),
        (f"import sys\nsys.exit(0)\n{CHECKS}", "reverted"),
        ("from all_checks import *\n", "present"),
        ("all: [on]\n", "present"),
        ("def check(card):\n    return valid(card)\n", "present"),
        (f"import sys\n\n{CHECKS}", "present"),
    ],
    ids=[
        "empty",
        "a remark",
        "remarks",
        "a text",
        "left at once",
        "from elsewhere",
        "a short line",
        "written anew",
        "more",
    ],
)
def test_a_file_of_the_fix(repo: Repo, text: str, status: str) -> None:
    assert merged_and(repo, OLD, NEW, {"checks.py": text}) == status


def test_it_was_moved_and_the_file_left(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, {"checks.py": "", "lib/all_checks.py": CHECKS}) == "present"


def test_it_was_filled_again(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, {"checks.py": ""}, {"checks.py": f"{CHECKS}\n"}) == "present"


def test_main_left_nothing_in_it_either(repo: Repo) -> None:
    started(repo, OLD)
    fixed(repo, NEW)
    repo.commit("No checks", {"checks.py": ""})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Say so", {"checks.py": "# No checks here\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_a_file_that_says_nothing_from_the_first(repo: Repo) -> None:
    new: Files = {"checks/__init__.py": "x = 1\n", "shop.py": "run()\ncheck_all_cards()\n"}
    assert merged_and(repo, OLD, new, {"checks/__init__.py": ""}) == "present"


PAY = "def pay(cart):\n    amount = total(cart)\n{}{}    return amount\n"
GUARD = "    if cart.card.expired:\n        log_error(cart)\n        raise CardError(cart.card)\n"
CHARGE = "    charge(cart, amount)\n"
LAID_OUT = "    charge(\n        cart,\n        amount,\n    )\n"


@pytest.mark.parametrize(
    ("guard", "charge", "status"),
    [
        ("", LAID_OUT, "reverted"),
        ("", "    charge(cart, amount, retry=True)\n", "reverted"),
        (GUARD.replace("raise", "#raise"), CHARGE, "reverted"),
        ("", "    charge(cart, amount, expired=False)\n", "present"),
        ("", "    charge_valid(cart, amount)\n", "present"),
        (GUARD, LAID_OUT, "present"),
    ],
    ids=["laid out anew", "given more", "a remark", "given what the guard asked for", "another call", "kept"],
)
def test_what_is_beside_the_fix_changed_too(repo: Repo, guard: str, charge: str, status: str) -> None:
    old, new, later = ({"pay.py": PAY.format(*both)} for both in (("", CHARGE), (GUARD, CHARGE), (guard, charge)))
    assert merged_and(repo, old, new, later) == status
