"""A fix that sets something, which a branch has set the other way since: and the like, where that tells nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.text import switches
from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import merged_and, told


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


SETTINGS = "server:\n  port: 80\n{set}  name: shop\nlog:\n  level: {level}\n"


def settings(set_: str, level: str = "info") -> Files:
    return {"settings.yml": SETTINGS.format(set=set_, level=level)}


@pytest.mark.parametrize(
    ("on", "off"),
    [
        ("  check_cards: true\n", "  check_cards: false\n"),
        ("  check_cards: true\n  check_dates: true\n", "  check_cards: true\n  check_dates: false\n"),
        ("  open_admin: Off\n", "  open_admin: On\n"),
        ("  card_checks: enabled\n", "  card_checks: disabled\n"),
        ("  max_retries: 5\n", "  max_retries: 0\n"),
        ("  time_to_pay: 30s\n", "  time_to_pay: -1s\n"),
    ],
)
@pytest.mark.parametrize("level", ["info", "debug"], ids=["alone", "with other work"])
def test_the_other_way(repo: Repo, on: str, off: str, level: str) -> None:
    assert merged_and(repo, settings(""), settings(on), settings(off, level)) == "reverted"


@pytest.mark.parametrize(
    "later",
    [
        ("  check_cards: true\n  check_dates: false\n",),
        ("  check_cards: false\n", "  check_cards: true\n  keep_logs: true\n"),
        ("  check_cards: true\n  check_cards: false\n",),
    ],
    ids=["something else", "and back", "both"],
)
def test_what_tells_nothing(repo: Repo, later: tuple[str, ...]) -> None:
    steps = [settings(text, "debug") for text in later]
    assert merged_and(repo, settings(""), settings("  check_cards: true\n"), *steps) == "present"


def test_main_has_it_the_other_way_too(repo: Repo) -> None:
    started(repo, settings(""))
    fixed(repo, settings("  check_cards: true\n"))
    repo.commit("Not now", settings("  check_cards: false\n"))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Log more", settings("  check_cards: false\n", "debug"))
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")


def test_the_merge_let_it_in_the_other_way(repo: Repo) -> None:
    started(repo, settings(""))
    fixed(repo, settings("  check_cards: true\n"))
    repo.switch("qa")
    repo.commit("Log more", settings("", "debug"))
    repo.merge("main", resolve=settings("  check_cards: false\n", "debug"))
    assert told(repo, "qa", "v2.4.1")[0] == "dropped"


def test_what_a_function_returns_is_no_switch(repo: Repo) -> None:
    """Who works on the function may turn it round."""
    valid = "\nfunction isValid(card: Card) {{\n  if ({asked}) {{\n    return {one};\n  }}\n  return {other};\n}}\n"
    mended = valid.format(asked="card.expired", one="false", other="true")
    turned = valid.format(asked="!card.expired", one="true", other="false")
    pay = "export function pay(card: Card) {\n  charge(card);\n}\n"
    old, new, later = ({"cards.ts": pay + more} for more in ("", mended, turned))
    assert merged_and(repo, old, new, later) == "present"


SCRIPT = "#!/bin/sh\nset -e\n{}charge\n"
MAKE = "all:\n\tcc pay.c\n{}\tinstall pay\n"


@pytest.mark.parametrize(
    ("path", "text", "line", "other"),
    [
        ("pay.sh", SCRIPT, "check_the_card || exit 1\n", "check_the_card || true\n"),
        ("pay.sh", SCRIPT, "check_the_card --all\n", "check_the_card --all || :\n"),
        ("Makefile", MAKE, "\t./check-cards --all\n", "\t-./check-cards --all\n"),
        ("Limits.java", "class Limits {{\n{}}}\n", "    int MAX_CARDS = 5;\n", "    int MAX_CARDS = 0;\n"),
    ],
)
def test_it_may_fail(repo: Repo, path: str, text: str, line: str, other: str) -> None:
    old, new, later = ({path: text.format(some)} for some in ("", line, other))
    assert merged_and(repo, old, new, later) == "reverted"


@pytest.mark.parametrize(
    ("path", "text", "line", "other"),
    [
        ("pay.sh", SCRIPT, "check_the_card || exit 1\n", "check_the_card || exit 2\n"),
        ("pay.c", "int pay(void)\n{{\n{}}}\n", "\tint retries = 5;\n", "\tint retries = 0;\n"),
        (
            "settings.yml",
            SETTINGS.replace("{set}", "{}").replace("{level}", "info"),
            "  retries: 5\n",
            "  retries: 3\n",
        ),
    ],
    ids=["another end", "a variable", "another number"],
)
def test_other_settings(repo: Repo, path: str, text: str, line: str, other: str) -> None:
    old, new, later = ({path: text.format(some)} for some in ("", line, other))
    assert merged_and(repo, old, new, later) == "present"


@pytest.mark.parametrize(
    ("line", "other"),
    [
        (b"const checkCards = false;", b"const checkCards = true;"),
        (b'  "check": True,', b'  "check": False,'),
        (b"<check>true</check>", b"<check>false</check>"),
        (b"export CHECK=YES", b"export CHECK=NO"),
        (b"$config['check'] = true;", b"$config['check'] = false;"),
        (b"static final boolean CHECK = true;", b"static final boolean CHECK = false;"),
        (b"return true;", None),
        (b"if (check == true) {", None),
        (b"check(true);", None),
        (b"name: trueman", None),
        (b"<check>true</chock>", None),
    ],
)
def test_switches(line: bytes, other: bytes | None) -> None:
    assert switches.opposite(line) == other
