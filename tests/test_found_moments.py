"""Stories of the histories of other projects: one author's commits of one second, under two titles."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, started
from tests.judged import told

ANN, AWAY, BOB = "Ann Archer <ann@example.com>", "Ann Archer <ann@new.example>", "Bob Bow <bob@example.com>"
SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
OWN = SERVER.replace("read(6)", "read(6, own)")
PUMP = "pump = open_pump(1)\nif pump.fails():\n    pump.close()\n    raise PumpError(pump)\npump.start_slowly()\n"
SEVENTH = "option_7 = read(7)\n"
MENDED = SERVER.replace(SEVENTH, f"{PUMP}return main, pump\n")
THEIRS = OWN.replace(SEVENTH, f"{PUMP}return pump, ours\n").replace("read(17)", "read(17, anew)")
HALF = OWN.replace(SEVENTH, PUMP[: PUMP.index("    raise")])


def begun(repo: Repo, old: Files, new: Files, own: Files) -> str:
    """The fix on main by Ann, and qa with something of its own."""
    started(repo, old)
    oid = repo.commit("Mend the pump", new, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", own, BOB)
    return oid


def at_once(repo: Repo, oid: str, title: str, files: Files, who: str = ANN) -> str:
    """A commit of the same second as the fix."""
    repo.commit(title, files)
    when = repo.git("log", "-1", "--format=%ad", oid)
    repo.git("commit", "--quiet", "--amend", "--no-edit", f"--date={when}", f"--author={who}")
    return repo.oid()


def pump(repo: Repo, text: str, who: str = ANN) -> str:
    """What qa has of the same second, under another title."""
    oid = begun(repo, {"src/server.py": SERVER}, {"src/server.py": MENDED}, {"src/server.py": OWN})
    at_once(repo, oid, "Pumps are closed, and more", {"src/server.py": text}, who)
    return oid


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


def test_a_part_of_a_change_that_was_picked_under_another_title(repo: Repo) -> None:
    pump(repo, THEIRS)
    assert judged(repo) == ("present", "declared")


def test_it_was_reverted_since(repo: Repo) -> None:
    pump(repo, THEIRS)
    repo.revert("HEAD")
    assert judged(repo)[0] == "reverted"


@pytest.mark.parametrize(("text", "who"), [(THEIRS, BOB), (THEIRS, AWAY), (HALF, ANN)])
def test_another_author_or_half_of_it_is_not_it(repo: Repo, text: str, who: str) -> None:
    pump(repo, text, who)
    assert judged(repo)[0] == "missing"


def test_a_commit_that_was_split_is_none_of_its_parts(repo: Repo) -> None:
    """Two parts that are alike keep the author date of what they were."""
    oid = pump(repo, THEIRS)
    at_once(repo, oid, "And of the well", {"src/well.py": "well = 1\n"})
    assert judged(repo)[0] == "missing"


def test_nor_is_the_fix_where_it_is_one_of_several_on_main(repo: Repo) -> None:
    oid = pump(repo, THEIRS)
    repo.switch("main")
    at_once(repo, oid, "And of the well", {"src/well.py": "well = 1\n"})
    assert judged(repo)[0] == "missing"


def test_one_that_left_a_place_as_it_was_is_not_it(repo: Repo) -> None:
    """It was amended since: what came to main mends a second place."""
    lines = {"src/server.py": MENDED.replace("read(14)", "read(14, safe)")}
    oid = begun(repo, {"src/server.py": SERVER}, lines, {"src/server.py": OWN})
    at_once(repo, oid, "Pumps are closed", {"src/server.py": THEIRS})
    assert judged(repo)[0] == "missing"


def test_what_a_script_writes_in_one_second_for_two_releases(repo: Repo) -> None:
    def release(version: str, day: str) -> Files:
        return {"src/about.py": f'VERSION = "{version}"\nRELEASED = "2026-{day}"\n'}

    oid = begun(repo, release("2.4.0", "01-01"), release("2.4.1", "02-02"), release("2.5.0", "01-03"))
    at_once(repo, oid, "Release 2.5.1", release("2.5.1", "02-02"))
    assert judged(repo)[0] == "missing"


# Of more origins than one the last counts, where it is to be had

GONE = "0123456789abcdef0123456789abcdef01234567"


def handed_up(repo: Repo, body: str, text: str = THEIRS, *, first: str = "qa") -> None:
    """Main has by Bob what Ann made on `first`; `body` names her commit as `{}`."""
    started(repo, {"src/server.py": SERVER})
    repo.branch("side", "qa")
    repo.switch(first)
    repo.commit("Our own", {"src/server.py": OWN}, ANN)
    oid = repo.commit("Pumps are closed", {"src/server.py": text}, ANN)
    repo.switch("main")
    repo.commit(f"Mend the pump\n\n{body.format(oid)}", {"src/server.py": MENDED}, BOB)
    repo.tag("v2.4.1")


@pytest.mark.parametrize(
    "body",
    [
        f"(cherry picked from commit {{}})\n(cherry picked from commit {GONE})",
        "[This is a manual cherry-pick of main commit {}.]",
        "This is an adaptation of main branch commit {} for 2.4.",
        "[This is a manual port of commit {} to release-2.4]",
    ],
)
@pytest.mark.parametrize(("text", "status"), [(THEIRS, "present"), (OWN + "more = 1\n", "missing")])
def test_an_origin_as_messages_name_it(repo: Repo, body: str, text: str, status: str) -> None:
    handed_up(repo, body, text)
    assert judged(repo)[0] == status


@pytest.mark.parametrize(
    "body",
    [
        "This is a partial port of commit {} to 2.4.",
        "It reports on commit {0}, and exports of commit {0} work.",
        "Does what commit {} does.",
    ],
)
def test_other_words_on_a_commit_name_no_origin(repo: Repo, body: str) -> None:
    handed_up(repo, body)
    assert judged(repo)[0] == "missing"


def test_the_first_origin_does_not_count_where_the_last_is_to_be_had(repo: Repo) -> None:
    handed_up(repo, f"(cherry picked from commit {{}})\n(cherry picked from commit {repo.oid('main')})")
    assert judged(repo)[0] == "missing"


# A flaw that has a number in all the world

FLAW = "Fix the pump's overflow"


@pytest.mark.parametrize(
    ("theirs", "text", "status"),
    [
        (f"{FLAW} (CVE-2026-12345) (#12)", THEIRS, "present"),
        (f"{FLAW} (CVE-2026-12346) (#12)", THEIRS, "missing"),
        (f"{FLAW} again (CVE-2026-12345)", THEIRS, "missing"),
        (f"{FLAW} (CVE-2026-12345) (#12)", OWN.replace(SEVENTH, "pump = open_pump(1)\n"), "missing"),
    ],
)
def test_one_title_with_the_number_of_a_flaw(repo: Repo, theirs: str, text: str, status: str) -> None:
    started(repo, {"src/server.py": SERVER})
    repo.commit(f"{FLAW} {{CVE-2026-12345}}", {"src/server.py": MENDED}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    repo.commit(theirs, {"src/server.py": text}, BOB)
    assert judged(repo)[0] == status


@pytest.mark.parametrize(
    ("theirs", "status"),
    [("GHSA-9fcx-cv56-w58p", "present"), ("ghsa-9fcx-cv56-w58p", "present"), ("GHSA-jj6w-2cqg-7p94", "missing")],
)
def test_one_title_with_the_number_of_an_advisory(repo: Repo, theirs: str, status: str) -> None:
    """Mautic's e75b1eea1630: the title that a forge gives to what mends it."""
    started(repo, {"src/server.py": SERVER})
    repo.commit("Merge pull request from GHSA-9fcx-cv56-w58p", {"src/server.py": MENDED}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    repo.commit(f"Merge pull request from {theirs}", {"src/server.py": THEIRS}, BOB)
    assert judged(repo)[0] == status


@pytest.mark.parametrize(
    ("title", "listed", "text", "status"),
    [
        (
            "Merge pull request from GHSA-9fcx-cv56-w58p",
            "Merge pull request from GHSA-9fcx-cv56-w58p",
            THEIRS,
            "present",
        ),
        ("Mend the pump (#12)", "Mend the pump (#12)", THEIRS, "present"),
        ("Mend the pump (#12)", "Mend the pump (#13)", THEIRS, "missing"),
        ("Mend the pump (#12)", "Mend the pump (#12)", OWN + "more = 1\n", "missing"),
        (f"{FLAW}, and tell why", f"{FLAW}, and tell why", THEIRS, "missing"),
        (f"{FLAW}, and tell why", f"{FLAW}, and tell why", MENDED + "more = 1\n", "present"),
    ],
    ids=["an advisory", "a number", "another number", "nothing of it", "a title alone and half", "and all of it"],
)
def test_a_squashed_branch_that_lists_the_title(repo: Repo, title: str, listed: str, text: str, status: str) -> None:
    """A title alone asks for all, as one that says to be a copy does."""
    started(repo, {"src/server.py": SERVER})
    repo.commit(title, {"src/server.py": MENDED}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    message = f"2.4.1 to qa (#40)\n\n* Say more\n\n* {listed}\n\n* Order the options\n"
    repo.commit(message, {"src/server.py": text, "src/other.py": "more = 1\n"}, BOB)
    assert judged(repo)[0] == status


def test_of_two_places_with_one_flaw_both_are_asked_for(repo: Repo) -> None:
    """The first try left the second place as it was."""
    started(repo, {"src/server.py": SERVER})
    mended = MENDED.replace("read(14)", "read(14, safe)")
    repo.commit(f"{FLAW} (CVE-2026-12345)", {"src/server.py": mended}, ANN)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN}, BOB)
    repo.commit(f"{FLAW} {{CVE-2026-12345}}", {"src/server.py": THEIRS}, BOB)
    assert judged(repo)[0] == "missing"


# The same change, with what each branch tells of its releases

NOTES = "# 2.4.0\n- Started.\n"


@pytest.mark.parametrize("name", ["00-RELEASENOTES", "CHANGELOG.md", "docs/releases/2.4.1.md"])
@pytest.mark.parametrize(
    ("text", "how"),
    [
        (OWN.replace(SEVENTH, PUMP), ("missing", None)),
        (MENDED, ("present", "declared")),
        (f"{MENDED}more = 1\n", ("missing", None)),
    ],
)
def test_the_same_change_but_for_a_change_log(repo: Repo, name: str, text: str, how: tuple[str, str | None]) -> None:
    """Whoever makes it, under whatever title: more or less of the rest is another change."""
    new = {"src/server.py": MENDED, name: f"# 2.4.1\n- The pump is closed.\n{NOTES}"}
    begun(repo, {"src/server.py": SERVER, name: NOTES}, new, {name: f"# 3.0\n- More.\n{NOTES}"})
    repo.commit("Pumps are closed", {"src/server.py": text}, BOB)
    assert judged(repo) == how


def test_a_change_log_alone_is_not_the_same_change(repo: Repo) -> None:
    old = {"src/server.py": SERVER, "NEWS": NOTES}
    begun(repo, old, {"src/server.py": MENDED, "NEWS": f"- A pump.\n{NOTES}"}, {"NEWS": f"- More.\n{NOTES}"})
    repo.commit("Pumps are closed", {"NEWS": f"- A pump.\n- More.\n{NOTES}"}, BOB)
    assert judged(repo)[0] == "missing"


def test_the_same_change_but_for_a_lock_file_is_no_claim(repo: Repo) -> None:
    """What was fetched may be all of it."""
    old = {"src/server.py": SERVER, "go.sum": "pump v1 h1:a\n"}
    begun(repo, old, {"src/server.py": MENDED, "go.sum": "pump v2 h1:b\n"}, {"go.sum": "pump v1 h1:a\nwell v1 h1:c\n"})
    repo.commit("Pumps are closed", {"src/server.py": MENDED}, BOB)
    assert judged(repo)[0] == "missing"


def test_the_same_change_but_for_a_change_log_that_was_reverted(repo: Repo) -> None:
    new = {"src/server.py": MENDED, "NEWS": f"- A pump.\n{NOTES}"}
    begun(repo, {"src/server.py": SERVER, "NEWS": NOTES}, new, {"NEWS": f"- More.\n{NOTES}"})
    repo.revert(repo.commit("Pumps are closed", {"src/server.py": MENDED}, BOB))
    assert judged(repo)[0] == "reverted"
