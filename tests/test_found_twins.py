"""Stories of the histories of other projects: commits of one author or ticket, and of lines that were there before."""

from __future__ import annotations

import pytest

from tests.build import Repo, started
from tests.judged import told


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


ANN, ELSEWHERE, BOB = "Ann Archer <ann@old.example>", "Ann Archer <ann@new.example>", "Bob Bow <bob@example.com>"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
OWN = SERVER.replace("read(6)", "read(6, own)")
PUMP = "pump = open_pump(1)\nif pump.fails():\n    pump.close()\n    raise PumpError(pump)\npump.start_slowly()\n"
MENDED = SERVER.replace("option_7 = read(7)\n", f"{PUMP}return main, pump\n")
THEIRS = OWN.replace("option_7 = read(7)\n", f"{PUMP}return pump, ours\n")
THIRD = OWN.replace("option_7 = read(7)\n", "pump = open_pump(1)\nforget(pump)\nstart_another()\n")


def landed(repo: Repo, title: str, text: str, who: str, *, other: str = "", same_time: bool = False) -> None:
    """The fix on main by Ann, and a commit of qa with another text, by somebody, perhaps of the same second."""
    started(repo, {"src/server.py": SERVER})
    oid = repo.commit(title, {"src/server.py": MENDED}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    repo.commit(other or title, {"src/server.py": text}, who)
    if same_time:
        when = repo.git("log", "-1", "--format=%ad", oid)
        repo.git("commit", "--quiet", "--amend", "--no-edit", f"--date={when}", f"--author={who}")


# One author, of one second, under another address


@pytest.mark.parametrize("who", [ANN, ELSEWHERE])
def test_an_author_who_has_another_address_by_now_is_the_same(repo: Repo, who: str) -> None:
    landed(repo, "Mend the pump", THEIRS, who, same_time=True)
    assert judged(repo) == ("present", "declared")


@pytest.mark.parametrize(
    ("text", "who", "other"),
    [(THEIRS, BOB, ""), (THIRD, ELSEWHERE, ""), (THEIRS, ELSEWHERE, "Mend the well")],
    ids=["another name", "a third of the lines", "another title"],
)
def test_less_is_no_twin(repo: Repo, text: str, who: str, other: str) -> None:
    landed(repo, "Mend the pump", text, who, other=other, same_time=True)
    assert judged(repo)[0] == "missing"


# One ticket


@pytest.mark.parametrize("who", [ANN, BOB])
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("SHOP-1234: Mend the pump", "SHOP-1234: Mend the pump"),
        ("SHOP-1234 Mend the pump (#12)", "[2.x] SHOP-1234: Mend the pump"),
        ("[SHOP-1234] Mend the pump", "[SHOP-1234] Mend the pump (#15)"),
        ("SHOP-1234: Mend the pump", "cherry-pick SHOP-1234: Mend the pump"),
    ],
)
def test_a_title_that_begins_with_the_same_ticket(repo: Repo, ours: str, theirs: str, who: str) -> None:
    landed(repo, ours, THEIRS, who, other=theirs)
    assert judged(repo) == ("present", "declared")


@pytest.mark.parametrize(
    ("ours", "theirs", "text"),
    [
        ("SHOP-1234: Mend the pump", "SHOP-1235: Mend the pump", THEIRS),
        ("SHOP-1234: Mend the pump", "SHOP-1234: Test the pump", THEIRS),
        ("SHOP-1234: Mend the pump", "SHOP-1234: Mend the pump", THIRD),
        ("[SHOP-1234] Mend the pump", "[SHOP-1235] Mend the pump", THEIRS),
        ("Mend the pump of UTF-8 readers", "Mend the pump of UTF-8 readers", THEIRS),
    ],
    ids=["another ticket", "another title", "a third of the lines", "another label", "no ticket"],
)
def test_less_is_not_of_one_ticket(repo: Repo, ours: str, theirs: str, text: str) -> None:
    landed(repo, ours, text, BOB, other=theirs)
    assert judged(repo)[0] == "missing"


# But a ticket


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("[SHOP-1234]", "[SHOP-1234]"),
        ("[SHOP-1234] (#12)", "[SHOP-1234] (#15)"),
        ("[SHOP-1234]", "[Backport 2.x] [SHOP-1234]"),
        ("SHP-12", "SHP-12"),
        ("[SHOP-1234] Mend", "[SHOP-1234] Mend"),
    ],
)
def test_a_title_that_is_but_the_ticket_of_one_author(repo: Repo, ours: str, theirs: str) -> None:
    landed(repo, ours, THEIRS, ANN, other=theirs)
    assert judged(repo) == ("present", "declared")


@pytest.mark.parametrize(
    ("ours", "theirs", "text", "who"),
    [
        ("[SHOP-1234]", "[SHOP-1234]", THEIRS, BOB),
        ("[SHOP-1234]", "[SHOP-1235]", THEIRS, ANN),
        ("[SHOP-1234]", "[SHOP-1234] [SHOP-1235]", THEIRS, ANN),
        ("[CVE-2024-1234]", "[CVE-2024-1235]", THEIRS, ANN),
        ("[SHOP-1234]", "[SHOP-1234] Mend", THEIRS, ANN),
        ("[SHOP-1234]", "[SHOP-1234]", THIRD, ANN),
        ("[wip]", "[wip]", THEIRS, ANN),
        ("(#12)", "(#12)", THEIRS, ANN),
        ("[SHOP-1234]", 'Revert "[SHOP-1234]"', THEIRS, ANN),
    ],
    ids=[
        "another author", "another ticket", "a second ticket", "another of one year", "a title", "a third of the lines",
        "no ticket", "a number", "a revert",
    ],
)  # fmt: skip
def test_less_than_the_ticket_of_one_author(repo: Repo, ours: str, theirs: str, text: str, who: str) -> None:
    landed(repo, ours, text, who, other=theirs)
    assert judged(repo)[0] == "missing"


def test_the_second_part_that_one_author_did_for_one_ticket_is_not_the_first(repo: Repo) -> None:
    landed(repo, "[SHOP-1234]", OWN.replace("read(8)", "read(8, safe=True)"), ANN)
    assert judged(repo)[0] == "missing"


@pytest.mark.parametrize("other", ["CVE-2024-1234", "CVE-2024-1235"])
def test_a_label_of_several_numbers_is_one_ticket(repo: Repo, other: str) -> None:
    landed(repo, "[CVE-2024-1234] Mend the pump", THEIRS, BOB, other=f"[{other}] Mend the pump")
    assert judged(repo)[0] == ("present" if other.endswith("4") else "missing")


# A bot's back-port that names who wrote it

BOT, NAMED = "Bot <bot@example.com>", "Co-authored-by: {}"
LANDED_TWICE = ("Mend the pump (#10) (#11)", "[2.x] Mend the pump (#12)")
# Its lines stand between other neighbours: nothing but what the commit says of itself tells whose they are.
BELOW = OWN.replace("option_8 = read(8)\n", f"other(8)\n{PUMP}return main, pump\n").replace("option_7 = read(7)\n", "")


def co_authored(repo: Repo, ours: str, theirs: str, who: str = BOT, text: str = BELOW) -> tuple[str, str | None]:
    """One of them is by Ann, and the other names whom it says below its title."""
    title, other = LANDED_TWICE
    landed(repo, f"{title}\n\n{ours}".strip(), text, who, other=f"{other}\n\n{theirs}".strip())
    return judged(repo)


@pytest.mark.parametrize("name", [ANN, ELSEWHERE, "annie <ANN@old.example>"])
def test_a_co_author_is_an_author(repo: Repo, name: str) -> None:
    assert co_authored(repo, "", f"Said by people.\n\n{NAMED.format(name)}\n{NAMED.format(BOB)}") == (
        "present", "declared",
    )  # fmt: skip


def test_it_may_be_the_fix_that_names_the_author(repo: Repo) -> None:
    assert co_authored(repo, NAMED.format(BOB).lower(), "", BOB) == ("present", "declared")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("", ""),
        ("", NAMED.format(BOB)),
        ("", f"Thanks to {ANN}"),
        ("", f"Not {NAMED.format(ANN)}"),
        ("", NAMED.format("")),
        ("", NAMED.format("<>")),
        (NAMED.format("Cleo <cleo@example.com>"), NAMED.format("Cleo <cleo@example.com>")),
    ],
)
def test_another_one_who_is_named_is_not_the_author(repo: Repo, ours: str, theirs: str) -> None:
    assert co_authored(repo, ours, theirs)[0] == "missing"


@pytest.mark.parametrize("text", [BELOW.replace("return main, pump", "return pump"), OWN, THIRD])
def test_a_co_author_claims_no_less_than_an_author(repo: Repo, text: str) -> None:
    title, other = "Mend the pump (#11)", "Mend the pump (#12)"
    landed(repo, title, text + "more = 1\n", BOT, other=f"{other}\n\n{NAMED.format(ANN)}")
    assert judged(repo)[0] == "missing"


# Lines that the branch had before the pick

FINDER = """\
class Keys:
    def of(self, entity):
        return self.strictly(entity)

    def other(self):
        work()
"""
LOOSE = """\
    def loosely(self, entity):
        if entity is None:
            return nothing()
        found = self.session.identifier_of(entity)
        return found or self.persister(entity).identifier(entity)

"""
ON_MAIN = FINDER.replace("self.strictly(entity)", "self.loosely(entity)").replace(
    "    def other", f"{LOOSE}    def other"
)
PREPARED = FINDER.replace("    def other", f"{LOOSE}    def other").replace("work()", "work(twice)")
ON_QA = PREPARED.replace("self.strictly(entity)", "self.loosely(entity)")


def picked(repo: Repo, prepared: str, text: str, old: str = FINDER, new: str = ON_MAIN) -> str:
    """The branch had some of it before it took the rest under the fix's name."""
    started(repo, {"src/keys.py": old})
    oid = repo.commit("Find loosely", {"src/keys.py": new}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Prepare", {"src/keys.py": prepared}, BOB)
    repo.commit("Prepare more", {"src/keys.py": prepared.replace("    def of(self", "    def of(self, *")}, BOB)
    text = text.replace("    def of(self", "    def of(self, *")
    repo.commit(f"Find loosely\n\n(cherry picked from commit {oid})", {"src/keys.py": text}, BOB)
    return judged(repo)[0]


def test_lines_that_the_branch_had_before_need_not_be_added(repo: Repo) -> None:
    assert picked(repo, PREPARED, ON_QA) == "present"


def test_a_pick_that_did_not_add_the_rest_is_none(repo: Repo) -> None:
    assert picked(repo, PREPARED, PREPARED.replace("work(twice)", "work(thrice)")) == "missing"


def test_lines_that_main_has_of_old_elsewhere_were_not_there_before(repo: Repo) -> None:
    """A guard as that of another function is owed, though the branch has the other one's."""
    guard = "        if locked(entity):\n            raise Locked(entity)\n"
    old = FINDER.replace("        work()\n", f"{guard}        work()\n")
    new = old.replace("        return self.strictly", f"{guard}        return self.strictly")
    theirs = old.replace("work()", "work(twice)")
    assert picked(repo, theirs, theirs.replace("work(twice)", "work(thrice)"), old, new) == "missing"


def test_lines_that_the_pick_took_away_again_were_not_there_after_it(repo: Repo) -> None:
    assert picked(repo, PREPARED, ON_QA.replace(LOOSE, "")) == "missing"
