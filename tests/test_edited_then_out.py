"""A part of a fix that was taken out after the branch had edited it, and the rest: by a formatter, or by hand."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import merged_and, told

SHOP = """\
def login(user, password):
{guard}    session = make(user)
    session.start(password)
    return session


def logout(session):
    session.close({close})
    return None


def refund(cart, card):
    amount = total(cart.items)
    card.credit(amount{credit})
    audit(card, amount{audit})
    return amount
"""
GUARD = "    if not user:\n        raise ValueError('no user')\n"
NEW_ARGS = {"close": "reason='logout'", "credit": ", reason='refund'", "audit": ", user='owner'"}
# All of it otherwise.
EDITED_GUARD = "    if not user:\n        raise ValueError('who are you?')\n"
EDITED_ARGS = {"close": "reason=LOGOUT", "credit": ", reason=REFUND", "audit": ", user='holder'"}


def shop(guard: str = "", close: str = "", credit: str = "", audit: str = "", quote: str = "'") -> Files:
    text = SHOP.format(guard=guard, close=close, credit=credit, audit=audit)
    return {"src/shop.py": text.replace("'", quote)}


OLD, NEW = shop(), shop(GUARD, **NEW_ARGS)
FORMATTED, EDITED = shop(GUARD, **NEW_ARGS, quote='"'), shop(EDITED_GUARD, **EDITED_ARGS)
NO_GUARD, NO_EDITED_GUARD = shop(**NEW_ARGS, quote='"'), shop(**EDITED_ARGS)


@pytest.mark.parametrize(
    ("later", "status"),
    [
        ([FORMATTED], "present"),
        ([FORMATTED, NO_GUARD], "reverted"),
        ([NO_GUARD, FORMATTED], "present"),
        ([EDITED], "present"),
        ([EDITED, NO_EDITED_GUARD], "reverted"),
        ([EDITED, shop(EDITED_GUARD, close="reason=LOGOUT")], "reverted"),
        ([EDITED, NO_EDITED_GUARD, EDITED], "present"),
    ],
)
def test_a_part_was_taken_out_after_all_had_been_edited(repo: Repo, later: list[Files], status: str) -> None:
    assert merged_and(repo, OLD, NEW, *later) == status


def test_a_part_was_taken_out_after_it_had_been_switched_off(repo: Repo) -> None:
    switched = GUARD.replace("if not user", "if CHECK and not user")
    later = (shop(switched, **NEW_ARGS), shop(switched, **EDITED_ARGS), NO_EDITED_GUARD)
    assert merged_and(repo, OLD, NEW, *later) == "reverted"


def test_the_message_says_so(repo: Repo) -> None:
    started(repo, OLD)
    fix = fixed(repo, NEW)
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Format", FORMATTED)
    repo.commit(f"No check of users\n\nThis reverts part of commit {fix}.", NO_GUARD)
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


def test_a_part_was_moved_elsewhere_after_all_had_been_edited(repo: Repo) -> None:
    checks = {"src/checks.py": f"def checked(user):\n{EDITED_GUARD}    return user\n"}
    assert merged_and(repo, OLD, NEW, EDITED, {**NO_EDITED_GUARD, **checks}) == "present"


COMPOSE = """\
services:
  web:
    image: {web}
    ports:
      - "80:80"
{restart}  db:
    image: {db}
    volumes:
      - data:/var/lib
"""


def compose(web: str, restart: str, db: str) -> Files:
    return {"compose.yml": COMPOSE.format(web=web, restart=restart, db=db)}


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (compose('"shop/web:1.4.1"', "", '"postgres:13.4"'), "reverted"),
        (compose('"shop/web:1.4.1"', '    restart: "always"\n', "postgres:13"), "reverted"),
        (compose('"shop/web:1.5"', '    restart: "always"\n', '"postgres:14"'), "present"),
    ],
)
def test_a_value_was_put_back_after_all_had_been_quoted_otherwise(repo: Repo, later: Files, status: str) -> None:
    old = compose("shop/web:1.4", "", "postgres:13")
    new = compose("'shop/web:1.4.1'", "    restart: 'always'\n", "'postgres:13.4'")
    quoted = compose('"shop/web:1.4.1"', '    restart: "always"\n', '"postgres:13.4"')
    assert merged_and(repo, old, new, quoted, later) == status
