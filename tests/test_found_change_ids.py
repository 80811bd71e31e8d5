"""Copies that are known by the Change-Id that Gerrit gives to a change, on whatever branch it is."""

from __future__ import annotations

import pytest

from auditor.git import trailers
from tests.build import Repo, started
from tests.judged import told

ANN, BOB = "Ann <ann@example.com>", "Bob <bob@example.com>"
FIRST, SECOND = f"I{'1a' * 20}", f"I{'2b' * 20}"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
OWN = SERVER.replace("read(6)", "read(6, own)")
PUMP = "".join(f"pump_{n} = open_pump({n})\n" for n in range(9))
SEVENTH = "option_7 = read(7)\n"
MENDED = SERVER.replace(SEVENTH, f"{PUMP}return main, pump\n")
NINE = OWN.replace(SEVENTH, f"{PUMP}return ours, pump\n")
# Of ten added lines, seven and three.
SEVEN = NINE.replace("open_pump(1)", "open(1)").replace("open_pump(2)", "open(2)")
THREE = OWN.replace(SEVENTH, "".join(PUMP.splitlines(keepends=True)[:3]) + "".join(f"b_{n}\n" for n in range(6)))
MESSAGE = f"Mend the pump\n\nIt leaks.\n\nChange-Id: {FIRST}\nSigned-off-by: Ann <ann@example.com>"


def begun(repo: Repo, message: str = MESSAGE) -> None:
    started(repo, {"src/server.py": SERVER})
    repo.commit(message, {"src/server.py": MENDED}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)


def landed(repo: Repo, theirs: str, text: str = SEVEN) -> str:
    begun(repo)
    repo.commit(theirs, {"src/server.py": text}, BOB)
    return told(repo, "qa", "v2.4.1")[0]


def test_one_change_of_gerrits(repo: Repo) -> None:
    theirs = f"Stop the leak\n\nIn the night.\n\nChange-Id: {FIRST}\n(cherry picked from commit 1234567)"
    assert landed(repo, theirs) == "present"


@pytest.mark.parametrize(
    "theirs",
    [
        f"Stop the leak\n\nChange-Id: {SECOND}",
        f"Stop the leak\n\nChange-Id: {FIRST}\n\nThat was another one.",
        f"Stop the leak\n\nAfter this one:\n> Change-Id: {FIRST}\n\nChange-Id: {SECOND}",
        f"Stop the leak\n\nDepends-On: {FIRST}",
        f"Change-Id: {FIRST}",
        f"Stop the leak (partial backport)\n\nChange-Id: {FIRST}",
        f"Stop the leak\n\nChange-Id: {FIRST}\n(partially cherry picked from commit 1234567)",
        f'Revert "Mend the pump"\n\nThis reverts commit 1234567.\n\nChange-Id: {FIRST}',
        f'Revert "Mend the pump"\n\nThis reverts commit 1234567.\n\nOriginal:\n> Change-Id: {FIRST}\n',
    ],
    ids=["another", "not last", "quoted", "depends", "no message", "a part", "picked in part", "a revert", "reverted"],
)
def test_what_is_no_change_id_of_its_own(repo: Repo, theirs: str) -> None:
    assert landed(repo, theirs) == "missing"


def test_one_that_holds_less_than_half(repo: Repo) -> None:
    assert landed(repo, f"Stop the leak\n\nChange-Id: {FIRST}", THREE) == "missing"


def test_two_of_the_branch_have_it(repo: Repo) -> None:
    """A commit was cut in two, or one message was copied to begin another with: neither is told to be the fix."""
    begun(repo)
    repo.commit(f"Stop the leak\n\nChange-Id: {FIRST}", {"src/server.py": SEVEN}, BOB)
    repo.commit(f"And the other\n\nChange-Id: {FIRST}", {"src/server.py": f"{SEVEN}more = 1\n"}, BOB)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_two_of_main_have_it(repo: Repo) -> None:
    begun(repo)
    repo.commit(f"Stop the leak\n\nChange-Id: {FIRST}", {"src/server.py": SEVEN}, BOB)
    repo.switch("main")
    repo.commit(f"And the other\n\nChange-Id: {FIRST}", {"src/server.py": f"{MENDED}more = 1\n"}, BOB)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_one_that_was_reverted_on_the_branch(repo: Repo) -> None:
    begun(repo)
    oid = repo.commit(f"Stop the leak\n\nChange-Id: {FIRST}", {"src/server.py": SEVEN}, BOB)
    repo.revert(oid)
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (SEVEN, "missing"),
        (NINE, "missing"),
        (NINE.replace("ours,", "main,"), "present"),
        (NINE.replace("ours,", "main,").replace(PUMP, "".join(PUMP.splitlines(keepends=True)[::-1])), "present"),
    ],
    ids=["seven", "nine", "ten", "in another order"],
)
def test_a_squash_of_several_has_to_hold_it(repo: Repo, text: str, status: str) -> None:
    begun(repo)
    message = f"Two at once\n\nChange-Id: {FIRST}\nChange-Id: {SECOND}"
    repo.commit(message, {"src/server.py": text, "src/other.py": "more = 1\n"}, BOB)
    assert told(repo, "qa", "v2.4.1")[0] == status


@pytest.mark.parametrize(
    ("message", "found"),
    [
        (f"Mend\n\nChange-Id: {FIRST}\n", [FIRST]),
        (f"Mend\n\nIt leaks.\n\nchange-id: {FIRST}  \r\nCc: me\n\n", [FIRST]),
        (f"Mend\r\n\r\nIt leaks.\r\n\r\nChange-Id: {FIRST}\r\n", [FIRST]),
        (f"Mend\n\nChange-Id: {FIRST}\nChange-Id: {SECOND}\nChange-Id: {FIRST}\n", [FIRST, SECOND]),
        (f"Mend\n\n  Change-Id: {FIRST}\n", []),
        (f"Mend\n\nChange-Id: {FIRST}0\n", []),
        (f"Mend\n\nChange-Id: {FIRST[:-1]}\n", []),
        (f"Mend\nChange-Id: {FIRST}\n", []),
        (f"Mend\n\nChange-Id: {FIRST}\n\nMore.\n", []),
        ("Mend\n", []),
        ("", []),
    ],
)
def test_read(message: str, found: list[str]) -> None:
    raw = f"tree 0\nauthor A <a@example.com> 1 +0000\n\n{message}".encode()
    assert trailers.change_ids(raw) == tuple(int(oid[1:16], 16) for oid in found)


# Code that the branch has in a file beside

CHECKS = "".join(f"    assert_safe(order, rule_{n})\n" for n in range(8))
SHIP = "def ship(order):\n    look_at(order)\n    weigh(order)\n    send(order)\n"
BESIDE = f"\n\ndef check(order):\n{CHECKS}    weigh(order, twice=True)\n"
CALLED = SHIP.replace("    weigh(order)\n", "    check(order)\n")
OURS, OURS_CALLED = (text.replace("look_at", "glance_at") for text in (SHIP, CALLED))


@pytest.mark.parametrize(
    ("ship", "rules", "status"),
    [
        (OURS_CALLED, f"RULES = 8\n{BESIDE}", "present"),
        (OURS_CALLED, "RULES = 9\n", "missing"),
        (f"{OURS}\n\ncheck(order)\n", f"RULES = 8\n{BESIDE}", "missing"),
    ],
    ids=["there", "not there", "not called"],
)
def test_most_of_it_lies_in_another_file_of_the_branch(repo: Repo, ship: str, rules: str, status: str) -> None:
    """OpenVPN's dddb87f126a: the function that the fix put above its caller is one of another file there."""
    started(repo, {"src/ship.py": SHIP, "src/rules.py": "RULES = 7\n"})
    repo.commit(MESSAGE, {"src/ship.py": f"{CALLED}{BESIDE}"}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/ship.py": OURS}, BOB)
    repo.commit(f"Check it\n\nChange-Id: {FIRST}", {"src/ship.py": ship, "src/rules.py": rules}, BOB)
    assert told(repo, "qa", "v2.4.1")[0] == status
