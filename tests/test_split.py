"""A file that a side branch split: the merge of it has all of the fix in the new files, or leaves a part of it out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import told

HEAD = """\
import os
import time

LIMIT = 30
RETRIES = 3


def load(path):
    with open(path) as file:
        data = file.read()
    return data


"""
LOGIN = """\
def login(user, password):
{guard}    session = make(user)
    session.start(password)
    return session


def logout(session):
    session.close()
    return None
"""
MONEY = """\
def total(items):
    result = 0
    for item in items:
        result += item.price{count}
    return result


def refund(cart, card):
    amount = total(cart.items)
    card.credit(amount{reason})
    audit(card, amount{owner})
    return amount
"""
GUARD = "    if not user:\n        raise ValueError('no user')\n"
OTHER = "    if user is None or not user.name:\n        raise ValueError('no such user')\n"
HELPER = f"def checked(user):\n{OTHER}"
OLD_LOGIN, NEW_LOGIN = LOGIN.format(guard=""), LOGIN.format(guard=GUARD)
OLD_MONEY = MONEY.format(count="", reason="", owner="")
NEW_MONEY = MONEY.format(count=" * item.count", reason=", reason='refund'", owner=", user=card.owner")


def whole(login: str, money: str) -> Files:
    return {"app.py": f"{HEAD}{login}\n\n{money}"}


def split(login: str, money: str, checks: str = "") -> Files:
    files: Files = {"core/auth.py": HEAD + login, "core/money.py": money}
    return {**files, "core/checks.py": checks} if checks else files


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, whole(OLD_LOGIN, OLD_MONEY))
    repo.branch("side")
    repo.switch("side")
    repo.commit("Split", {**split(OLD_LOGIN, OLD_MONEY), "app.py": None})
    repo.switch("main")
    fixed(repo, whole(NEW_LOGIN, NEW_MONEY))
    repo.switch("qa")
    repo.merge("main")
    return repo


@pytest.mark.parametrize(
    ("files", "status"),
    [
        (split(NEW_LOGIN, NEW_MONEY), "present"),
        (split(OLD_LOGIN, NEW_MONEY), "reverted"),
        (split(OLD_LOGIN, OLD_MONEY), "reverted"),
        (split(LOGIN.format(guard=OTHER), NEW_MONEY), "present"),
        (split(OLD_LOGIN, NEW_MONEY, HELPER), "present"),
    ],
    ids=["all of it", "without the guard", "nothing", "in other words", "in other words, in a file of its own"],
)
def test_a_merge_of_a_branch_that_split_the_file(repo: Repo, files: Files, status: str) -> None:
    repo.merge("side", resolve=files)
    assert told(repo, "qa", "v2.4.1")[0] == status
