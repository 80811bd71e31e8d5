"""Merges that let nothing of a fix in, where the branch had renamed what it mends, or moved that to other files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair

TOTAL = """\
import os


def total(items):
    result = 0
    for item in items:
        result += item.price
    return result

"""
PAY = """
def pay(cart, card):
    amount = total(cart.items)
{guard}    card.charge(amount)
    return amount


def refund(cart, card):
    amount = total(cart.items)
    card.credit(amount)
    return amount
"""
GUARD = "    if card.expired:\n        raise CardError(card)\n"
LONG_GUARD = "    if card.expired or card.lost:\n        raise CardError(\n            card,\n        )\n"
OLD, NEW = PAY.format(guard=""), PAY.format(guard=GUARD)


def shop(pay: str, total: str = TOTAL) -> Files:
    return {"shop.py": total + pay}


def split(pay: str) -> Files:
    return {"shop.py": TOTAL, "pay.py": f"from shop import total\n{pay}"}


def renamed(pay: str) -> Files:
    return shop(pay.replace("amount", "due"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, shop(OLD))
    fixed(repo, shop(NEW))
    repo.switch("qa")
    return repo


def judged(repo: Repo) -> tuple[str, str]:
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    return verdict.status.value, verdict.fixes[0].evidence.detail


Way = Callable[[str], Files]
WAYS: list[Way] = [renamed, split, lambda pay: {"shop.py": None, **split(pay), "total.py": TOTAL}]


@pytest.mark.parametrize("way", WAYS, ids=["renamed", "split", "split, and the old file gone"])
def test_the_merge_took_nothing(repo: Repo, way: Way) -> None:
    repo.commit("Our own way", way(OLD))
    repo.merge("main", "-s", "ours")
    status, detail = judged(repo)
    assert status == "dropped"
    assert "has the fix in its history, but" in detail


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_merge_took_other_things_alone(repo: Repo, way: Way) -> None:
    repo.switch("main")
    repo.commit("More", {"more.py": "more()\n"})
    repo.switch("qa")
    repo.commit("Our own way", way(OLD))
    repo.merge("main", resolve=way(OLD))
    assert judged(repo)[0] == "dropped"


def test_the_merge_took_other_things_with_brackets(tmp_path: Path) -> None:
    """A bracket of the fix's came to another file, as it does to any."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, shop(OLD))
    fixed(repo, shop(PAY.format(guard=LONG_GUARD)))
    repo.commit("More", {"more.py": "more(\n    1,\n        )\n"})
    repo.switch("qa")
    repo.commit("Our own way", renamed(OLD))
    repo.merge("main", resolve=renamed(OLD))
    assert judged(repo)[0] == "dropped"


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_merge_put_it_where_the_code_is(repo: Repo, way: Way) -> None:
    repo.commit("Our own way", way(OLD))
    repo.merge("main", resolve=way(NEW))
    assert judged(repo)[0] == "present"


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_branch_had_it_in_its_own_words(repo: Repo, way: Way) -> None:
    own = PAY.format(guard="    if card.expired or card.lost:\n        raise CardError()\n")
    repo.commit("Our own way", way(own))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] == "present"


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_branch_had_a_pick_of_it(repo: Repo, way: Way) -> None:
    repo.pick("v2.4.1^{commit}", "-x")
    repo.commit("Our own way", way(NEW))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] == "present"


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_it_came_with_a_later_commit(repo: Repo, way: Way) -> None:
    repo.commit("Our own way", way(OLD))
    repo.merge("main", "-s", "ours")
    repo.commit("Expired cards", way(NEW))
    assert judged(repo)[0] == "present"


def test_an_ignored_file_has_nothing_to_do_with_it(repo: Repo) -> None:
    repo.commit("Our own way", split(OLD))
    repo.merge("main", "-s", "ours")
    verdict = pair(audit(repo, branches=["qa"], ignore_paths=["pay.py"]), "v2.4.1", "qa")
    assert "pay.py" not in verdict.fixes[0].evidence.detail


def test_the_code_that_it_mends_was_gone_from_the_branch(repo: Repo) -> None:
    """Nothing to mend, nothing lost."""
    repo.commit("No payments", shop("\n\ndef close():\n    pass\n"))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] == "present"


def test_a_later_version_was_kept(repo: Repo) -> None:
    """What a branch sets to a higher number needs no lower one."""
    for branch, number in (("main", "2.4.2"), ("qa", "2.5.0")):
        repo.switch(branch)
        repo.commit("Number", {"version.py": f"NAME = 'shop'\nVERSION = '{number}'\nSTABLE = True\n"})
    repo.tag("v2.4.2", at="main")
    repo.merge("main", "-s", "ours")
    assert pair(audit(repo, branches=["qa"]), "v2.4.2", "qa").status.value == "present"


def test_a_later_version_was_kept_and_then_set_in_other_words(tmp_path: Path) -> None:
    """The merge let nothing in that the branch had needed then."""

    def version(text: str) -> Files:
        return {"Version.php": f"class Version\n{{\n    {text};\n\n    function compare()\n}}\n"}

    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, version("const VERSION = '2.4.1-DEV'"))
    fixed(repo, version("const VERSION = '2.4.1'"))
    repo.switch("qa")
    repo.commit("Our own", version("const VERSION = '2.5.0-DEV'"))
    repo.merge("main", "-s", "ours")
    repo.commit("Words", version("public const VERSION = '2.5.1-DEV'"))
    assert judged(repo)[0] == "present"


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_branch_had_taken_its_own_pick_back(repo: Repo, way: Way) -> None:
    repo.revert(repo.pick("v2.4.1^{commit}", "-x"))
    repo.commit("Our own way", way(OLD))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] in ("dropped", "reverted")


@pytest.mark.parametrize("way", WAYS[:2], ids=["renamed", "split"])
def test_the_branch_had_put_the_old_lines_back_in_silence(repo: Repo, way: Way) -> None:
    repo.pick("v2.4.1^{commit}", "-x")
    repo.commit("Our own way", way(OLD))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] in ("dropped", "reverted")


def test_main_has_that_merge_too(repo: Repo) -> None:
    """It dropped nothing from the branch alone."""
    repo.commit("Our own way", renamed(OLD))
    repo.merge("main", "-s", "ours")
    repo.switch("main")
    repo.merge("qa")
    repo.commit("Words", shop(OLD.replace("amount", "sum_due")))
    assert judged(repo)[0] in ("present", "withdrawn")


def test_the_merge_put_it_in_a_new_file(repo: Repo) -> None:
    repo.commit("Our own way", renamed(OLD))
    checks = f"def valid(card):\n{GUARD}    return card\n"
    repo.merge("main", resolve={**renamed(OLD), "cards.py": checks})
    assert judged(repo)[0] == "present"


def test_the_code_went_after_the_merge(repo: Repo) -> None:
    repo.commit("Our own way", renamed(OLD))
    repo.merge("main", "-s", "ours")
    repo.commit("No payments", shop("\n\ndef close():\n    pass\n"))
    assert judged(repo)[0] == "present"


# A fix of two parts

REFUND = "    if card.closed:\n        raise ClosedError(card, 'refund')\n"
OUR_GUARD = "    if card.expired or card.lost:\n        raise CardError()\n"


def two(pay: str, refund: str, name: str = "amount", limit: int = 1) -> Files:
    text = PAY.format(guard=pay).replace("    card.credit", f"{refund}    card.credit")
    return {"limit.py": f"limit = {limit}\n", **shop(text.replace("amount", name))}


def without_refunds(files: Files) -> Files:
    return {path: str(text).partition("\ndef refund")[0] for path, text in files.items()}


@pytest.mark.parametrize(
    ("own", "later", "status"),
    [
        (two("", "", "due"), {}, "dropped"),
        # Who has some of it in words of their own has looked at the rest.
        (two(OUR_GUARD, "", "due", limit=2), {}, "present"),
        (without_refunds(two("", "", "due")), {}, "dropped"),
        (two("", "", "due", limit=2), {}, "dropped"),
        (two("", "", "due"), {"limit.py": "limit = 2\n"}, "dropped"),
    ],
    ids=["neither", "one in other words", "one has nothing to mend", "a value is there", "a value came since"],
)
def test_a_fix_of_several_parts(tmp_path: Path, own: Files, later: Files, status: str) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, two("", ""))
    fixed(repo, two(GUARD, REFUND, limit=2))
    repo.switch("qa")
    repo.commit("Our own way", own)
    repo.merge("main", "-s", "ours")
    if later:
        repo.commit("Limit", later)
    assert judged(repo)[0] == status


CLOUD = """\
def trust(request):
    trusted = settings.proxies()
    if {cloud}:
        trusted = '*'
    return listed(trusted)
"""


def test_the_branch_asks_a_helper_of_its_own(tmp_path: Path) -> None:
    """Some of the fix stands there, if few of its words."""
    mended, own = ({"trust.py": CLOUD.format(cloud=f)} for f in ("given(environment, 'CLOUD') == '1'", "on_cloud()"))
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"trust.py": "".join(CLOUD.splitlines(keepends=True)[n] for n in (0, 1, 4))})
    fixed(repo, mended)
    repo.switch("qa")
    repo.commit("Our own", own)
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] == "present"


def asked(first: str, above: str = "", quote: str = "'", folder: str = "folder") -> Files:
    """What a test answers, with the reason for the first two answers beside them, or above."""
    answers = f"    QQ,{first}\n    QQ,\n    QDQ,\n".replace("Q", quote)
    return {"extract.py": f"run(\n    'extract',\n    merge=False,\n{above}{answers}    {folder},\n)\n"}


def test_main_has_come_to_the_branch_s_own_form_since(tmp_path: Path) -> None:
    """What main has in the place of the fix by now is no code without it."""
    beside, above = "  # Twice, so all folders are asked for", "    # Twice,\n    # so all folders are asked for\n"
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, asked(beside, quote='"'))
    fixed(repo, asked(beside))
    repo.commit("Shorter lines", asked("", above))
    repo.switch("qa")
    repo.commit("Our own", asked("", above, folder="our_folder"))
    repo.merge("main", "-s", "ours")
    assert judged(repo)[0] == "present"
