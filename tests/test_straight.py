"""Parts of a fix that one commit took out again, while the rest of it, or what is around, moved on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair, told

PAY = """\
def pay(cart, card):
    total = sum(item.price for item in cart)
{guard}    receipt = charge(card, total)
    mail(receipt, card.owner)
    return receipt
"""
GUARD = "    if total <= 0:\n        raise ValueError('nothing to pay')\n"
REFUND = """\


def refund(receipt, reason):
    amount = {amount}
    check_reason(reason)
    return credit(receipt.card, amount)
"""
OPENING = """\


def opened(shop, day):
    hours = shop.hours[day]
{log}
    return hours
"""
LOGS = [f"    log('step {n} of opening the shop on', day)" for n in range(20)]
LOGS_ANEW = [f"    journal.write(day, stage={n}, what='opening')" for n in range(20)]
PLAIN_LOG = "    print(day)"


def source(*, guard: bool, amount: str = "receipt.paid", logs: list[str] = LOGS) -> str:
    return PAY.format(guard=GUARD if guard else "") + REFUND.format(amount=amount) + OPENING.format(log="\n".join(logs))


def shop(*, guard: bool, amount: str = "receipt.paid", logs: list[str] = LOGS) -> Files:
    return {"src/shop.py": source(guard=guard, amount=amount, logs=logs)}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, shop(guard=False, amount="receipt.total", logs=[PLAIN_LOG]))
    fixed(repo, shop(guard=True))
    repo.switch("qa")
    repo.merge("main")
    return repo


def judged(repo: Repo) -> str:
    assert_checks_hold(repo.path, pair(audit(repo, branches=["qa"]), "v2.4.1", "qa"))
    return told(repo, "qa", "v2.4.1")[0]


# Most of the fix has moved on


@pytest.mark.parametrize(("guard", "amount"), [(False, "receipt.paid"), (True, "receipt.total")])
def test_a_part_that_went_back_beside_lines_that_moved_on(repo: Repo, guard: bool, amount: str) -> None:
    """One or two of its thirty lines: but what stands there stood there before the fix, and nothing else between."""
    repo.commit("Journal", shop(guard=True, logs=LOGS_ANEW))
    repo.commit("Clean up", shop(guard=guard, amount=amount, logs=LOGS_ANEW))
    assert judged(repo) == "reverted"


def test_a_line_that_came_back_by_way_of_another(repo: Repo) -> None:
    """Years of work bring many a line back."""
    repo.commit("Journal", shop(guard=True, logs=LOGS_ANEW))
    repo.commit("Fees", shop(guard=True, amount="fees.without(receipt)", logs=LOGS_ANEW))
    repo.commit("No fees", shop(guard=True, amount="receipt.total", logs=LOGS_ANEW))
    assert judged(repo) == "present"


def test_all_of_it_moved_on(repo: Repo) -> None:
    repo.commit("Journal", shop(guard=True, amount="receipt.net()", logs=LOGS_ANEW))
    assert judged(repo) == "present"


def test_a_part_that_came_back_after_it_had_been_taken_out(repo: Repo) -> None:
    repo.commit("Journal", shop(guard=True, logs=LOGS_ANEW))
    repo.commit("Clean up", shop(guard=False, logs=LOGS_ANEW))
    repo.commit("Guard", shop(guard=True, logs=LOGS_ANEW))
    assert judged(repo) == "present"


# What is around has moved on since


def around(repo: Repo, *, guard: bool) -> None:
    """A neighbour of the guard is other code now."""
    text = source(guard=guard)
    repo.commit("Fees", {"src/shop.py": text.replace("charge(card, total)", "charge(card, total + fees(card))")})


def test_a_guard_that_was_taken_out_before_its_neighbour_changed(repo: Repo) -> None:
    repo.commit("Clean up", shop(guard=False))
    around(repo, guard=False)
    assert judged(repo) == "reverted"


def test_a_guard_that_stands_beside_a_neighbour_that_changed(repo: Repo) -> None:
    around(repo, guard=True)
    assert judged(repo) == "present"


def test_a_guard_that_came_again_before_its_neighbour_changed(repo: Repo) -> None:
    repo.commit("Clean up", shop(guard=False))
    repo.commit("Guard", shop(guard=True))
    around(repo, guard=True)
    assert judged(repo) == "present"


def test_a_guard_that_a_merge_left_out_before_its_neighbour_changed(repo: Repo) -> None:
    """No commit but the merge itself says so."""
    repo.branch("topic")
    repo.switch("topic")
    repo.commit("Read me", {"README": "Shop\n"})
    repo.switch("qa")
    repo.commit("Notes", {"NOTES": "None\n"})
    files = shop(guard=False)
    repo.merge("topic", resolve={**files, "README": "Shop\n"})
    around(repo, guard=False)
    assert judged(repo) == "reverted"


def test_a_guard_that_was_moved_to_another_file_before_its_neighbour_changed(repo: Repo) -> None:
    checks = "def checked(total):\n" + GUARD + "    return total\n"
    repo.commit("Move", {**shop(guard=False), "src/checks.py": checks})
    around(repo, guard=False)
    assert judged(repo) == "present"


def test_what_main_took_out_itself_says_nothing_of_the_branch(repo: Repo) -> None:
    repo.switch("main")
    repo.commit("Clean up", shop(guard=False))
    repo.switch("qa")
    repo.merge("main")
    around(repo, guard=False)
    assert judged(repo) == "present"


def test_a_line_added_alone_that_went_where_its_neighbour_was_indented_anew(repo: Repo) -> None:
    text = source(guard=False)
    repo.commit("Clean up", {"src/shop.py": text.replace("    receipt = charge(", "    receipt  =  charge(")})
    assert judged(repo) == "reverted"


# What comes and goes with what needs it


@pytest.mark.parametrize("needed", ["const util = require('util')\n", "const { inspect } = require('util')\n"])
def test_a_module_that_is_required_no_more(tmp_path: Path, needed: str) -> None:
    repo = protocol(tmp_path / "lib", branches=("dev",))
    body = "\n\nfunction show (value) {{\n  return {0}\n}}\n\n\nfunction hide () {{\n  return {1}\n}}\n"
    one = "const assert = require('assert')\n"
    started(repo, {"lib/show.js": one + body.format("value", "''")})
    fixed(repo, {"lib/show.js": one + needed + body.format("inspect(value) || util.inspect(value)", "assert(true)")})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Show", {"lib/show.js": one + body.format("JSON.stringify(value, null, 2)", "assert(true)")})
    assert judged(repo) == "present"


# What was just deleted


def test_one_of_two_guards_that_came_together(repo: Repo) -> None:
    both = f"{GUARD}    if total > card.limit:\n        raise ValueError('too much')\n"
    files = source(guard=False)
    head = "    receipt = charge("
    repo.switch("main")
    repo.commit("Limits", {"src/shop.py": files.replace(head, both + head)})
    repo.tag("v2.4.2")
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Allow all amounts", {"src/shop.py": files.replace(head, GUARD + head)})
    assert told(repo, "qa", "v2.4.2")[0] == "reverted"


def test_a_guard_with_its_neighbours_reworked_before_it_was_deleted(repo: Repo) -> None:
    """No version of the file has the guard out between the lines that it was put between."""
    around(repo, guard=True)
    assert judged(repo) == "present"
    around(repo, guard=False)
    assert judged(repo) == "reverted"
    assert "took a part of it out of src/shop.py" in detail(repo)
    commands = [check.run for check in pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").checks]
    assert sum("raise ValueError" in command for command in commands) == 2


def test_a_guard_with_the_function_that_it_was_in(repo: Repo) -> None:
    """Who deletes more than the fix added goes on with other things."""
    text = source(guard=True)
    repo.commit("No payments", {"src/shop.py": text[text.index("def refund") :]})
    assert judged(repo) == "present"


def test_a_guard_in_whose_place_something_was_put(repo: Repo) -> None:
    text = source(guard=True)
    repo.commit("Check at once", {"src/shop.py": text.replace(GUARD, "    check_amount(total)\n")})
    assert judged(repo) == "present"


def test_a_blank_line_left_where_the_guard_was(repo: Repo) -> None:
    text = source(guard=True)
    repo.commit("Clean up", {"src/shop.py": text.replace(GUARD, "\n")})
    assert judged(repo) == "reverted"


@pytest.mark.parametrize("sign", ["# ", "# was: "])
def test_a_guard_that_was_made_a_comment(repo: Repo, sign: str) -> None:
    text = source(guard=True)
    comment = "".join(f"    {sign}{line.strip()}\n" for line in GUARD.splitlines())
    repo.commit("Not now", {"src/shop.py": text.replace(GUARD, comment)})
    assert judged(repo) == "reverted"


def detail(repo: Repo) -> str:
    [fix] = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes
    return fix.evidence.detail
