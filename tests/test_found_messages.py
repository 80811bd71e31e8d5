"""Copies that are known by their messages: a title that a forge cut, what is below, what it says to be a port of."""

from __future__ import annotations

import time

import pytest

from auditor.presence.claims import titles
from tests.build import Files, Repo, started
from tests.judged import audit, pair, told

BOT, QUINN, MONA = "Bot <bot@example.com>", "Quinn Qa <quinn@example.com>", "Mona Main <mona@example.com>"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
PUMP = "".join(f"pump_{n} = open_pump({n})\n" for n in range(9))
MESSAGE = "Without this a pump that fails is never closed, and the next one cannot be opened."


def mended(text: str, last: str = "main, pump", pump: str = PUMP) -> str:
    return text.replace("option_7 = read(7)\n", f"{pump}return {last}\n")


OWN = SERVER.replace("read(6)", "read(6, own)")
# Of ten added lines the branch's copy has nine, seven, or three.
COPY = mended(OWN, "ours, pump")
ADAPTED = mended(OWN, "ours, pump", PUMP.replace("open_pump(1)", "open(1)").replace("open_pump(2)", "open(2)"))
THIRD = mended(OWN, "ours, pump", "".join(PUMP.splitlines(keepends=True)[:3]) + "".join(f"b_{n}\n" for n in range(6)))


def read(title: str, body: str = "") -> titles.Title:
    return titles.read(f"tree 0\nauthor {BOT} 1700000000 +0000\n\n{title}\n\n{body}".encode())


def landed(repo: Repo, ours: str, theirs: str, text: str = ADAPTED, who: str = BOT) -> str:
    """What is said of a fix that main and qa have under such messages, where qa's file has lines of its own."""
    begun(repo, ours)
    repo.commit(theirs, {"src/server.py": text}, who)
    return told(repo, "qa", "v2.4.1")[0]


def begun(repo: Repo, ours: str, files: Files | None = None) -> None:
    started(repo, {"src/server.py": SERVER, "CHANGELOG.md": "# 1\n", "tests/test_server.py": "def test():\n    pass\n"})
    repo.commit(ours, {"src/server.py": mended(SERVER), **(files or {})}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, QUINN)


# Titles that a forge cut

CUT = "Mend the pump where it leaks after a cold and wet ni… (#15)"
WHOLE = "Mend the pump where it leaks after a cold and wet night"


@pytest.mark.parametrize(
    ("title", "body", "words", "cut"),
    [
        (CUT, "…ght\n\nIt leaks.", WHOLE.lower(), False),
        (CUT, "…ght (#12)\n\nIt leaks.", WHOLE.lower(), False),
        (CUT, "It leaks.", WHOLE.lower().removesuffix("ght"), True),
        ("Mend the pump where it leaks af… (#15)", "…… (#14)\n\n… cold", "mend the pump where it leaks af", True),
        ("Say … of what is left out", "", "say … of what is left out", False),
    ],
)
def test_a_title_is_read_on_where_a_forge_cut_it(title: str, body: str, words: str, cut: bool) -> None:
    found = read(title, body)
    assert (b" ".join(found.words).decode(), found.cut) == (words, cut)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (CUT, WHOLE, True),
        (WHOLE, CUT, True),
        (CUT, "Mend the pump where it leaks", False),
        (CUT, "Mend the pump where it leaks after a cold and wet day", False),
        ("Mend the pu… (#15)", "Mend the pump", False),
        (CUT.replace("ni…", "ni"), WHOLE, False),
        (WHOLE, f"{WHOLE} in winter", False),
        (f"{WHOLE} in winter", WHOLE, False),
    ],
)
def test_a_cut_title_is_the_beginning_of_another(one: str, other: str, same: bool) -> None:
    assert titles.same(read(one), read(other)) is same


def test_what_was_cut_and_put_below_is_no_other_title(repo: Repo) -> None:
    assert landed(repo, f"{WHOLE} (#12)", f"{CUT}\n\n…ght (#12)") == "present"


@pytest.mark.parametrize(("text", "status"), [(COPY, "missing"), (mended(OWN), "present")])
def test_the_beginning_alone_must_hold_all(repo: Repo, text: str, status: str) -> None:
    assert landed(repo, WHOLE, CUT, text) == status


# One author, one title and one message


TITLE = "Close a pump that fails"


def test_one_message_may_be_adapted(repo: Repo) -> None:
    begun(repo, f"{TITLE}\n\n{MESSAGE}")
    repo.commit(f"{TITLE} (#12)\n\n{MESSAGE}\n\nSigned-off-by: Quinn", {"src/server.py": ADAPTED}, BOT)
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    (fix,) = verdict.fixes
    assert (verdict.status.value, str(verdict.via)) == ("present", "declared")
    assert "the same author and title and the same message, as no other commit has; it holds 70%" in fix.evidence.detail


@pytest.mark.parametrize(
    ("theirs", "who"),
    [
        (f"{TITLE}\n\nAnd open it again where somebody asks for it, which nobody had thought of.", BOT),
        (TITLE, BOT),
        (f"Open a pump that fails\n\n{MESSAGE}", BOT),
        (f"{TITLE}\n\n{MESSAGE}", QUINN),
    ],
    ids=["another message", "no message", "another title", "another author"],
)
def test_else_it_must_hold_all(repo: Repo, theirs: str, who: str) -> None:
    assert landed(repo, f"{TITLE}\n\n{MESSAGE}", theirs, who=who) == "missing"


def test_the_end_of_a_cut_title_is_none_of_the_message(repo: Repo) -> None:
    assert landed(repo, f"{WHOLE}\n\n{MESSAGE}", f"{CUT}\n\n…ght\n\n{MESSAGE}") == "present"


def test_a_short_message_is_anybodys(repo: Repo) -> None:
    assert landed(repo, f"{TITLE}\n\nAs told.", f"{TITLE}\n\nAs told.") == "missing"


def test_one_message_and_a_third_of_the_lines_is_not_it(repo: Repo) -> None:
    assert landed(repo, f"{TITLE}\n\n{MESSAGE}", f"{TITLE}\n\n{MESSAGE}", THIRD) == "missing"


def test_a_second_try_with_the_message_of_the_first_is_not_told_from_it(repo: Repo) -> None:
    """The branch has but the first try, which had an error: nothing says of which of the two it is the copy."""
    begun(repo, "Make ready")
    repo.switch("main")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": mended(SERVER, "first")}, BOT)
    repo.tag("v2.5.0")
    second = mended(SERVER, "second").replace("open_pump(1)", "open_two_pumps(1)")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": second, "src/more.py": "more()\n"}, BOT)
    repo.tag("v2.5.1")
    repo.switch("qa")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": COPY, "src/more.py": "more(1)\n"}, BOT)
    assert told(repo, "qa", "v2.5.1")[0] == "missing"


def test_what_was_landed_again_with_more_is_not_there_with_the_first(repo: Repo) -> None:
    begun(repo, "Make ready")
    repo.switch("main")
    repo.revert("main")
    first = repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": mended(SERVER)}, BOT)
    repo.revert(first)
    repo.tag("v2.5.0")
    more = "".join(f"check_pump({n})\n" for n in range(4))
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": mended(SERVER) + more}, BOT)
    repo.tag("v2.5.1")
    repo.switch("qa")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": COPY}, BOT)
    assert told(repo, "qa", "v2.5.1")[0] == "missing"


def test_two_copies_of_one_message_are_none(repo: Repo) -> None:
    begun(repo, f"{TITLE}\n\n{MESSAGE}")
    for text in (THIRD, ADAPTED):
        repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": text}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_what_has_the_message_and_was_reverted_is_undone(repo: Repo) -> None:
    begun(repo, f"{TITLE}\n\n{MESSAGE}")
    repo.revert(repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/server.py": ADAPTED}, BOT))
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


def test_a_copy_in_another_file_is_found_by_its_message(repo: Repo) -> None:
    """Main took the steps out of the controller since qa parted: the copy is in none of the fix's files."""
    controller = "".join(f"def handle_{n}(event):\n    check(event, {n})\n" for n in range(40))
    steps = "".join(f"def step_{n}(state):\n    follow(state, {n})\n" for n in range(9))
    safe = steps.replace("    follow(state, 3)\n", "    if state.children:\n        return\n    follow(state, 3)\n")
    started(repo, {"src/controller.py": controller + steps})
    repo.commit("Split", {"src/controller.py": controller, "src/steps.py": steps})
    repo.tag("v2.5.0")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/steps.py": safe}, BOT)
    repo.tag("v2.5.1")
    repo.switch("qa")
    repo.commit(f"{TITLE}\n\n{MESSAGE}", {"src/controller.py": controller + safe}, BOT)
    assert told(repo, "qa", "v2.5.1") == ("present", "declared")


# Ports of a pull request, as a message says

PULL = f"{WHOLE} (#10)"


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (PULL, "Close it\n\nBackport of #10"),
        (PULL, "Close it\n\nManual backport of #10."),
        (PULL, "Close it\n\nThis is a back-port of https://forge.example.com/shop/pump/pull/10"),
        (PULL, "Close it\n\nBackport of forge.example.com/shop/pump/pull/10"),
        ("Close it\n\nForward port of #10", PULL),
        ("Close it\n\nForward port from !10", f"{WHOLE} (!10)"),
    ],
)
@pytest.mark.parametrize(("text", "status"), [(ADAPTED, "present"), (THIRD, "missing")])
def test_a_port_of_a_pull_request_holds_half_of_it(repo: Repo, ours: str, theirs: str, text: str, status: str) -> None:
    assert landed(repo, ours, theirs, text, QUINN) == status


@pytest.mark.parametrize(
    "theirs",
    [
        "Close it\n\nBackport of #11",
        "Close it\n\nBackport of #10 and #11",
        "Close it\n\nBackport of parts of #10",
        "Close it\n\nFollows #10",
        "Close it\n\nThe backport script: see #10",
    ],
)
def test_what_a_message_says_otherwise_is_no_claim(repo: Repo, theirs: str) -> None:
    assert landed(repo, PULL, theirs, who=QUINN) == "missing"


@pytest.mark.parametrize(
    "text", ["backport of " * 3000, f"backport of {'a' * 9000}", f"backport of {'a/' * 4000}", "a-" * 5000]
)
def test_a_hostile_message_costs_no_time(text: str) -> None:
    start = time.process_time()
    for _ in range(10):
        read("Mend it", text)
    assert time.process_time() - start < 0.2


# What each branch has of its own: change logs and the like, and tests


LOG = "# 2\n" + "".join(f"- Pump {n} is closed where it fails.\n" for n in range(20))


@pytest.mark.parametrize("name", ["CHANGELOG.md", "changelog/unreleased/pump.md", "api/pump.pb.go", "go.sum"])
@pytest.mark.parametrize("title", [TITLE, f"{TITLE} (#12)"])
def test_a_change_log_need_not_be_held(repo: Repo, name: str, title: str) -> None:
    begun(repo, title, {name: LOG})
    repo.commit(title, {"src/server.py": mended(OWN)}, BOT)
    assert told(repo, "qa", "v2.4.1") == ("present", "declared")


@pytest.mark.parametrize("name", ["docs/pump.md", "CMakeLists.txt", "src/more.py"])
def test_other_files_need(repo: Repo, name: str) -> None:
    begun(repo, TITLE, {name: LOG})
    repo.commit(TITLE, {"src/server.py": mended(OWN)}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_the_change_log_alone_is_not_the_fix(repo: Repo) -> None:
    begun(repo, TITLE, {"CHANGELOG.md": LOG})
    repo.commit(TITLE, {"CHANGELOG.md": LOG}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_a_fix_of_the_change_log_is_asked_for_it(repo: Repo) -> None:
    started(repo, {"CHANGELOG.md": LOG, "NEWS": "1\n"})
    repo.commit(TITLE, {"CHANGELOG.md": LOG.replace("Pump 3", "Pump III")}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit(TITLE, {"CHANGELOG.md": LOG.replace("Pump 4", "Pump IV")}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


TESTS = "".join(f"def test_{n}():\n    check({n})\n" for n in range(20))


@pytest.mark.parametrize(("text", "status"), [(mended(OWN), "present"), (COPY, "missing")])
def test_tests_may_be_others_where_all_of_the_rest_is_there(repo: Repo, text: str, status: str) -> None:
    begun(repo, TITLE, {"tests/test_server.py": TESTS})
    repo.commit(TITLE, {"src/server.py": text, "tests/test_server.py": TESTS.replace("check", "see")}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == status


def test_a_guide_beside_tests_is_not_the_fix(repo: Repo) -> None:
    started(repo, {"docs/pump.md": LOG, "tests/test_server.py": TESTS})
    tests = TESTS.replace("check", "look at") + "def test_all():\n    see_all_of_it()\n"
    files = {"docs/pump.md": LOG.replace("Pump 3", "Pump III"), "tests/test_server.py": tests}
    repo.commit(TITLE, files, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    own = TESTS.replace("check", "see")
    repo.commit("Our own", {"tests/test_server.py": own, "docs/pump.md": LOG.replace("Pump 4", "Pump IV")}, QUINN)
    text = LOG.replace("Pump 3", "Pump III").replace("Pump 4", "Pump IV")
    repo.commit(TITLE, {"docs/pump.md": text, "tests/test_server.py": own.replace("(9)", "(10)")}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_the_tests_alone_are_not_the_fix(repo: Repo) -> None:
    begun(repo, TITLE, {"tests/test_server.py": TESTS})
    repo.commit(TITLE, {"tests/test_server.py": TESTS}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_a_test_that_the_fix_adds_is_owed_by_one_who_has_but_its_title(repo: Repo) -> None:
    begun(repo, TITLE, {"tests/test_pump.py": TESTS})
    repo.commit(TITLE, {"src/server.py": mended(OWN)}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


@pytest.mark.parametrize(("text", "status"), [(mended(OWN), "present"), (COPY, "missing")])
def test_a_test_that_the_fix_adds_is_not_owed_by_one_who_names_it(repo: Repo, text: str, status: str) -> None:
    begun(repo, TITLE, {"tests/test_pump.py": TESTS})
    picked = f"{TITLE}\n\n(cherry picked from commit {repo.git('rev-parse', 'v2.4.1^{commit}')})"
    repo.commit(picked, {"src/server.py": text}, QUINN)
    assert told(repo, "qa", "v2.4.1")[0] == status


@pytest.mark.parametrize(
    "name", [".zuul.yaml", ".gitlab-ci.yml", ".github/workflows/tests.yml", "Jenkinsfile", "azure-pipelines.yml"]
)
def test_what_runs_the_tests_is_not_owed_where_all_of_the_rest_is_there(repo: Repo, name: str) -> None:
    """The branch's own pipeline has other jobs, so the pick did something else there."""
    begun(repo, TITLE, {name: LOG})
    picked = f"{TITLE}\n\n(cherry picked from commit {repo.git('rev-parse', 'v2.4.1^{commit}')})"
    repo.commit(picked, {"src/server.py": mended(OWN), name: "jobs: [own]\n"}, QUINN)
    assert told(repo, "qa", "v2.4.1") == ("present", "declared")


def test_a_pick_that_left_the_pipeline_alone_owes_it(repo: Repo) -> None:
    begun(repo, TITLE, {".gitlab-ci.yml": LOG})
    picked = f"{TITLE}\n\n(cherry picked from commit {repo.git('rev-parse', 'v2.4.1^{commit}')})"
    repo.commit(picked, {"src/server.py": mended(OWN)}, QUINN)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_a_fix_of_what_runs_the_tests_is_asked_for_it(repo: Repo) -> None:
    started(repo, {".gitlab-ci.yml": LOG, "NEWS": "1\n"})
    repo.commit(TITLE, {".gitlab-ci.yml": LOG.replace("Pump 3", "Pump III"), "NEWS": "2\n"}, BOT)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit(TITLE, {".gitlab-ci.yml": LOG.replace("Pump 4", "Pump IV"), "NEWS": "2\n"}, BOT)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"
