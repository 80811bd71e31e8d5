"""Copies that are known by a label for a release, a flaw's number in the message, or what a title says to come from."""

from __future__ import annotations

import re

import pytest

from auditor.presence.claims import titles
from auditor.text import kinds
from tests.build import Files, Repo, started
from tests.judged import audit, pair, told

ANN, BOB = "Ann <ann@example.com>", "Bob <bob@example.com>"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
OWN = SERVER.replace("read(6)", "read(6, own)")
PUMP = "".join(f"pump_{n} = open_pump({n})\n" for n in range(29))
SEVENTH = "option_7 = read(7)\n"
MENDED = SERVER.replace(SEVENTH, f"{PUMP}return main, pump\n")
# Of thirty added lines, 29, 24, and nine.
MOST = OWN.replace(SEVENTH, f"{PUMP}return ours, pump\n")
MANY = re.sub(r"open_pump\(([0-4])\)", r"open(\1)", MOST)
FEW = OWN.replace(SEVENTH, "".join(PUMP.splitlines(keepends=True)[:9]) + "".join(f"b_{n}\n" for n in range(21)))


def begun(repo: Repo, message: str, old: Files | None = None, new: Files | None = None) -> None:
    started(repo, {"src/server.py": SERVER, **(old or {})})
    repo.commit(message, {"src/server.py": MENDED, **(new or {})}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)


def landed(repo: Repo, ours: str, theirs: str, text: str, who: str = ANN) -> str:
    begun(repo, ours)
    repo.commit(theirs, {"src/server.py": text}, who)
    return told(repo, "qa", "v2.4.1")[0]


def read(title: str, body: str = "") -> titles.Title:
    return titles.read(f"tree 0\nauthor {ANN} 1700000000 +0000\n\n{title}\n\n{body}".encode())


# A label for a release


@pytest.mark.parametrize(
    ("theirs", "text", "status"),
    [
        ("[v2] Mend the pump (#12)", MOST, "present"),
        ("[v2.x] Mend the pump (#12)", MOST, "present"),
        ("[v2] Mend the pump (#12)", MANY, "missing"),
        ("[v2] Mend the other pump (#12)", MOST, "missing"),
        ("[PATCH v2] Mend the pump (#12)", MOST, "missing"),
        ("[v2/3] Mend the pump (#12)", MOST, "missing"),
        ("[pump] Mend the pump (#12)", MOST, "missing"),
    ],
)
def test_a_label_for_a_release(repo: Repo, theirs: str, text: str, status: str) -> None:
    """A copy for it may have a line of its own, where one author's second commit under a title has to have all."""
    assert landed(repo, "Mend the pump (#10)", theirs, text) == status


# A flaw's number in the message

FLAW = "This is CVE-2026-33608, of advisory 2026-05."
TWO = "This is CVE-2026-33608, and CVE-2026-33609."


@pytest.mark.parametrize(
    ("ours", "theirs", "text", "status"),
    [
        ("Fixes for CVE-2026-33608", f"Open no pump twice\n\n{FLAW}", MANY, "present"),
        (f"Mend the pump\n\n{FLAW}", f"Open no pump twice\n\n{FLAW}", MANY, "present"),
        (f"Mend the pump\n\n{FLAW}", f"Open no pump twice\n\n{FLAW.replace('8', '9')}", MANY, "missing"),
        (f"Mend the pump\n\n{FLAW}", f"Open no pump twice\n\n{TWO}", MANY, "missing"),
        (f"Mend the pump\n\n{TWO}", f"Open no pump twice\n\n{FLAW}", MANY, "missing"),
        (f"Mend the pump\n\n{TWO}", f"Open no pump twice\n\n{TWO}", MANY, "missing"),
        (f"Mend the pump\n\n{FLAW}", f"Open no pump twice\n\n{FLAW}", FEW, "missing"),
        ("Fixes for CVE-2026-33608", "Fixes again for CVE-2026-33608", MANY, "missing"),
        (f"Mend the pump\n\n{FLAW}", f'Revert "Mend the pump"\n\n{FLAW}', MANY, "missing"),
    ],
    ids=[
        "in a title",
        "in messages",
        "another",
        "two there",
        "two on main",
        "the same two",
        "few lines",
        "in both titles",
        "a revert",
    ],
)
def test_the_number_of_a_flaw_in_the_message(repo: Repo, ours: str, theirs: str, text: str, status: str) -> None:
    assert landed(repo, ours, theirs, text, BOB) == status


WEIGHED = "".join(f"weigh({n}, exactly)\n" for n in range(12))


@pytest.mark.parametrize("second", [True, False])
def test_of_several_commits_for_one_flaw_each_is_what_it_holds(repo: Repo, second: bool) -> None:
    """The branch has the first of two, or both: never the second by the first."""
    begun(repo, f"Mend the pump\n\n{FLAW}", {"src/scale.py": SERVER})
    repo.switch("main")
    repo.commit(f"Weigh it\n\n{FLAW}", {"src/scale.py": SERVER.replace(SEVENTH, f"{WEIGHED}return main\n")}, ANN)
    repo.tag("v2.4.2")
    repo.switch("qa")
    repo.commit("Our own scale", {"src/scale.py": OWN}, BOB)
    repo.commit(f"Open no pump twice\n\n{FLAW}", {"src/server.py": MANY, "src/scale.py": f"{OWN}more = 1\n"}, BOB)
    if second:
        repo.commit(f"Heavy\n\n{FLAW}", {"src/scale.py": OWN.replace(SEVENTH, f"{WEIGHED}return ours\n")}, BOB)
    found = audit(repo, branches=["qa"])
    assert pair(found, "v2.4.1", "qa").status == "present"
    assert pair(found, "v2.4.2", "qa").status == ("present" if second else "missing")


def test_a_second_try_at_a_flaw_is_not_there_with_the_first(repo: Repo) -> None:
    """What the second put right stands on the branch as the first had it."""
    first = MENDED.replace("return main, pump", "return pump")
    started(repo, {"src/server.py": SERVER})
    repo.commit("Start the pump", {"src/server.py": first}, ANN)
    repo.tag("v2.4.1")
    repo.commit(f"Again\n\n{FLAW}", {"src/server.py": first.replace("return pump", "return main, pump")}, ANN)
    repo.tag("v2.4.2")
    repo.switch("qa")
    repo.commit(f"Open no pump twice\n\n{FLAW}", {"src/server.py": first.replace("read(6)", "read(6, own)")}, BOB)
    assert told(repo, "qa", "v2.4.2")[0] == "missing"


# Where a title says that it comes from


@pytest.mark.parametrize(
    ("title", "copied"),
    [
        ("backported fix for the pump from #2056", [b"2056"]),
        ("Backport the pump's fix from PR #2056 (#2060)", [b"2056"]),
        ("backported part of the fix from #2056", []),
        ("backport some of the fixes from #2056", []),
        ("backported fix for what came from #2056 to the pump", []),
        ("mend what was backported from #2056", []),
        ("the fix for the pump from #2056", []),
    ],
)
def test_read(title: str, copied: list[bytes]) -> None:
    assert read(title).copied == frozenset(copied)


@pytest.mark.parametrize(
    ("number", "text", "status"), [(2056, MANY, "present"), (2057, MANY, "missing"), (2056, FEW, "missing")]
)
def test_what_the_merge_of_the_pull_request_landed(repo: Repo, number: int, text: str, status: str) -> None:
    begun(repo, "backported fix for the pump from #2056")
    repo.switch("pump", "qa")
    repo.commit("Open no pump twice", {"src/server.py": text}, BOB)
    repo.switch("qa")
    repo.merge("pump", "-m", f"Merge pull request #{number} from shop/pump")
    assert told(repo, "qa", "v2.4.1")[0] == status


# What keeps a claimant from being the fix


def test_what_it_leaves_as_before_is_told(repo: Repo) -> None:
    """One author's commit under the fix's title, that holds all but a place that stands as it did."""
    both = SERVER.replace("read(14)", "read(14, safe)")
    started(repo, {"src/server.py": SERVER, "src/scale.py": SERVER})
    repo.commit("Mend the pump", {"src/server.py": MENDED, "src/scale.py": both}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    oid = repo.commit("Mend the pump", {"src/server.py": MOST}, ANN)
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.status == "missing"
    assert verdict.fixes[0].evidence.detail == (
        f"{oid[:12]} on the branch has the same author and title, but it holds 93% of its added and 50% of its removed "
        "lines, and leaves a part of src/scale.py as before it"
    )


@pytest.mark.parametrize(
    ("path", "is_test"),
    [
        ("shop/testutils.py", True),
        ("shop/testutil.go", True),
        ("shop/testhelper.rb", True),
        ("shop/attestutils.py", False),
        ("spec/models/order_spec.rb", True),
        ("lib/order_spec.rb", True),
        ("src/test/scala/shop/OrderSpec.scala", True),
        ("src/test/java/shop/OrderSpec.java", True),
        ("modules/shop/OrderSpec.groovy", True),
        ("web/order.spec.ts", True),
        # A query, what is shipped, and what is in force where people test.
        ("src/main/java/shop/OrderSpec.java", False),
        ("shop/OrderSpec.java", False),
        ("app/src/main/kotlin/shop/LabTest.kt", False),
        ("src/main/java/shop/test/Probe.java", False),
        ("acceptance-tests/dsl/src/main/java/shop/Node.java", True),
        ("shop/integration_test/cart.go", True),
        ("shop/contest/cart.go", False),
        ("shop/smoke-tester/src/main/java/shop/Probe.java", False),
        ("deploy/values-test.yaml", False),
        ("tests/values-test.yaml", True),
    ],
)
def test_what_helps_tests_is_one_of_them(path: str, is_test: bool) -> None:
    assert kinds.is_test(path) is is_test


def test_what_helps_tests_may_be_left_as_it_was(repo: Repo) -> None:
    helps = "".join(f"assert_{n}(server)\n" for n in range(9))
    begun(
        repo,
        "Mend the pump (#10)",
        {"shop/testutils.py": helps},
        {"shop/testutils.py": f"{helps}assert_pump(server)\n"},
    )
    repo.commit("[v2] Mend the pump (#12)", {"src/server.py": MOST.replace("ours, pump", "main, pump")}, ANN)
    assert told(repo, "qa", "v2.4.1")[0] == "present"
