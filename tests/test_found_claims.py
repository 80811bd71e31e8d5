"""Stories of the histories of other projects: commits that say that they are the fix, on branches that have less."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import assert_checks_hold, audit, pair, told


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


def picked(repo: Repo, oid: str, files: Files) -> None:
    repo.switch("qa")
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", files)


# A file that the branch never had

SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
MENDED = SERVER.replace("read(7)", "read(7, safe=True)").replace("read(8)", "read(8, safe=True)")
# What the branch has of its own lies so near that no patch fits.
OWN = SERVER.replace("read(6)", "read(6, own)")
OWN_MENDED = MENDED.replace("read(6)", "read(6, own)")
GUIDE = "".join(f"Chapter {n} of the upgrade guide tells of step {n}.\n" for n in range(12))
TOLD = GUIDE.replace("step 5.\n", "step 5.\n" + "".join(f"Set option {n} to be safe from now on.\n" for n in range(9)))


def upgraded(repo: Repo) -> str:
    """Main has a guide that was written after qa parted, and a fix changes it, too."""
    started(repo, {"src/server.py": SERVER})
    repo.commit("Write a guide", {"docs/upgrade.md": GUIDE})
    repo.tag("v2.5.0")
    oid = fixed(repo, {"src/server.py": MENDED, "docs/upgrade.md": TOLD})
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    return oid


def test_a_pick_need_not_hold_what_changes_a_file_that_the_branch_never_had(repo: Repo) -> None:
    picked(repo, upgraded(repo), {"src/server.py": OWN_MENDED})
    assert judged(repo) == ("present", "declared")


def test_it_must_hold_half_of_the_rest(repo: Repo) -> None:
    picked(repo, upgraded(repo), {"src/server.py": f"{OWN}more = 1\n"})
    assert judged(repo)[0] == "missing"


def test_a_file_that_the_branch_took_out_is_owed(repo: Repo) -> None:
    oid = upgraded(repo)
    repo.switch("qa")
    repo.commit("A guide", {"docs/upgrade.md": GUIDE})
    repo.commit("No guide", {"docs/upgrade.md": None})
    picked(repo, oid, {"src/server.py": OWN_MENDED})
    assert judged(repo)[0] == "missing"


def test_a_file_of_which_the_branch_has_the_text_under_another_name_is_owed(repo: Repo) -> None:
    oid = upgraded(repo)
    repo.switch("qa")
    chapters = "".join(f"Another book, chapter {n}, with other words.\n" for n in range(40))
    repo.commit("All books in one", {"docs/books.md": f"{chapters}{GUIDE}"})
    picked(repo, oid, {"src/server.py": OWN_MENDED})
    assert judged(repo)[0] == "missing"


def test_a_file_that_the_branch_has_under_the_name_it_had_before_on_main_is_owed(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER, "docs/old.md": GUIDE})
    repo.rename("docs/old.md", "docs/upgrade.md")
    repo.commit("Rename the guide")
    repo.tag("v2.5.0")
    oid = fixed(repo, {"src/server.py": MENDED, "docs/upgrade.md": TOLD})
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    picked(repo, oid, {"src/server.py": OWN_MENDED})
    assert judged(repo)[0] == "missing"


def test_a_file_that_the_fix_adds_is_owed(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    oid = fixed(repo, {"src/server.py": MENDED, "docs/upgrade.md": TOLD})
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    picked(repo, oid, {"src/server.py": OWN_MENDED})
    assert judged(repo)[0] == "missing"


def test_a_pick_of_which_the_branch_could_have_nothing_tells_nothing(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    repo.commit("Write a guide", {"docs/upgrade.md": GUIDE})
    repo.tag("v2.5.0")
    oid = fixed(repo, {"docs/upgrade.md": TOLD})
    picked(repo, oid, {"src/server.py": f"{SERVER}more = 1\n"})
    assert judged(repo) == ("not-applicable", None)


# A file that main has split since


def handlers(count: int) -> str:
    return "".join(f"def handle_{n}(event):\n    check(event, {n})\n    return done(event)\n\n\n" for n in range(count))


STEPS = "".join(f"def step_{n}(state):\n    follow(state, {n})\n    return state.next\n\n\n" for n in range(5))
SAFE = STEPS.replace(
    "    follow(state, 3)\n", "    if state.children:\n        return wait(state)\n    follow(state, 3)\n"
)


def split(repo: Repo, count: int) -> str:
    """Main has taken the steps out of the controller since qa parted, and mends them there."""
    started(repo, {"src/controller.py": handlers(count) + STEPS, "src/client.py": "find(1)\n"})
    repo.commit("Split", {"src/controller.py": handlers(count), "src/steps.py": STEPS})
    repo.tag("v2.5.0")
    return fixed(repo, {"src/steps.py": SAFE, "src/client.py": "find(1)\nwait(1)\n"})


@pytest.mark.parametrize("count", [4, 120])
def test_a_pick_to_the_file_from_which_main_had_taken_the_code(repo: Repo, count: int) -> None:
    oid = split(repo, count)
    picked(repo, oid, {"src/controller.py": handlers(count) + SAFE, "src/client.py": "find(1)\n\nwait(1)\n"})
    assert judged(repo) == ("present", "declared")


def test_a_pick_that_left_out_the_code_that_is_in_another_file_there_is_missing(repo: Repo) -> None:
    picked(repo, split(repo, 12), {"src/client.py": "find(1)\n\nwait(1)\n"})
    assert judged(repo)[0] == "missing"


# A file that the fix adds, in a folder that is named otherwise there

BENCH = "".join(f"    measure({n}, of={n})\n" for n in range(16))


def added(repo: Repo, theirs: str, *more: str) -> tuple[str, str | None]:
    """Main's fix adds a benchmark to `app/`; the pick makes it in another folder."""
    started(repo, {"app/snappy.py": SERVER, "README": "1\n"})
    repo.switch("qa")
    repo.rename("app/snappy.py", "app5/snappy.py")
    repo.commit("Rename the package", dict.fromkeys(more, "x = 1\n"))
    repo.switch("main")
    oid = fixed(repo, {"app/snappy.py": MENDED, "app/bench.py": f"import app\n{BENCH}"})
    picked(repo, oid, {"app5/snappy.py": MENDED, theirs: f"import app5\n{BENCH}"})
    return judged(repo)


def test_a_pick_to_a_renamed_package_adds_the_file_there(repo: Repo) -> None:
    assert added(repo, "app5/bench.py") == ("present", "declared")


@pytest.mark.parametrize(("theirs", "more"), [("app5/other.py", ()), ("app5/bench.py", ("app/own.py",))])
def test_another_name_or_another_package_is_another_file(repo: Repo, theirs: str, more: tuple[str, ...]) -> None:
    """What is called otherwise, or is added beside a folder that is there."""
    assert added(repo, theirs, *more)[0] == "missing"


# A file that is there, but has not the place

PROJECT = "[project]\nname = 'shop'\nversion = '2'\n\n[tool.lint]\nselect = ['ALL']\n"
COVERAGE = "\n[tool.coverage]\nbranch = true\nsource = ['shop', 'tests']\npatch = ['subprocess']\n"
SLOW = "# The new core is much slower, see the issue.\n# It may be better some day.\ncore = 'ctrace'\n"
RC = "[run]\nbranch = 1\nsource = shop,tests\npatch = subprocess\n"


def covered(repo: Repo, theirs: str, files: Files) -> tuple[str, str | None]:
    started(repo, {"project.toml": PROJECT, ".coveragerc": RC})
    repo.commit("One file for all settings", {"project.toml": PROJECT + COVERAGE, ".coveragerc": None})
    repo.tag("v2.5.0")
    oid = fixed(repo, {"project.toml": PROJECT + COVERAGE + SLOW})
    repo.switch("qa")
    repo.commit("Our own", {"project.toml": theirs})
    picked(repo, oid, files)
    return judged(repo)


def test_a_pick_to_the_file_that_has_the_settings_there(repo: Repo) -> None:
    assert covered(repo, f"{PROJECT}# own\n", {".coveragerc": RC + SLOW.replace("'", "")}) == ("present", "declared")


def test_where_the_file_has_the_place_another_file_is_not_it(repo: Repo) -> None:
    theirs = f"{PROJECT}# own\n{COVERAGE}"
    assert covered(repo, theirs, {".coveragerc": RC + SLOW.replace("'", "")})[0] == "missing"


def test_a_like_word_in_another_file_is_not_it(repo: Repo) -> None:
    assert covered(repo, f"{PROJECT}# own\n", {".coveragerc": f"{RC}core = ctrace\n"})[0] == "missing"


# The same change under the same title, landed on each branch for itself

# One of two lines is another one there; or but the place is.
ADAPTED = OWN.replace("read(7)", "read(7, safe=True)").replace("read(8)", "read_safely(8)")
TITLE = "Read options safely, and tell which one failed"
MONA, QUINN = "Mona Main <mona@example.com>", "Quinn Qa <quinn@example.com>"


def landed(repo: Repo, ours: str, theirs: str, text: str, who: str = QUINN) -> tuple[str, str | None]:
    """On main and on qa, on other days, as forges do it for back-ports."""
    started(repo, {"src/server.py": SERVER, "go.sum": SUMS})
    repo.commit(ours, {"src/server.py": MENDED, "go.sum": SUMS.replace("b 1\n", "b 2\n")}, MONA)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN, "go.sum": SUMS.replace("a 1\n", "a 7\n")})
    repo.commit(
        theirs, {"src/server.py": text, "go.sum": SUMS.replace("a 1\n", "a 7\n").replace("b 1\n", "b 2\n")}, who
    )
    return judged(repo)


SUMS = "".join(f"{name} 1\n" for name in "abcdefgh")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"{TITLE} (#123) (#130)", f"{TITLE} (#123)"),
        (f"{TITLE} (#123)", f"{TITLE} (#123) (#130)"),
        (f"{TITLE} (#123)", f"{TITLE} (cherry-pick #123) (#130)"),
        (f"{TITLE} (#123)", f"[2.x] {TITLE} (bp #123)"),
        (f"{TITLE} (#123)", f"[Backport 2.x] {TITLE.lower()} (#123)"),
        (f"{TITLE} (!123)", f"{TITLE} (!123)"),
        (f"{TITLE} #123", f"{TITLE} (#123) (cherry-pick 2.8)"),
    ],
)
def test_the_same_pull_request_by_number_and_title(repo: Repo, ours: str, theirs: str) -> None:
    assert landed(repo, ours, theirs, ADAPTED) == ("present", "declared")


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (f"{TITLE} (#123)", f"{TITLE} (#130)"),
        (f"{TITLE} (#123)", f"{TITLE}"),
        (f"{TITLE} (#123)", "Something else (#123)"),
        (f"{TITLE} (#123)", f'Revert "{TITLE} (#123)"'),
        (f"{TITLE} (#12)", f"{TITLE} (#123)"),
        (f"{TITLE}", f"{TITLE}"),
        ("(#123)", "(#123) (#130)"),
    ],
)
@pytest.mark.parametrize("who", [MONA, QUINN])
def test_a_number_or_a_title_alone_is_no_claim(repo: Repo, ours: str, theirs: str, who: str) -> None:
    assert landed(repo, ours, theirs, ADAPTED, who)[0] == "missing"


SUM = "".join(f"example.com/{name} v1.0.0 h1:{name}\n" for name in ("alpha", "gamma", "omega"))
FORK = "example.com/fork v1.2.3 h1:fork\n"


@pytest.mark.parametrize(("who", "line"), [(MONA, FORK), (QUINN, FORK), (MONA, FORK.replace("1.2.3", "1.2.4"))])
def test_one_author_and_title_are_a_claim_to_all_of_it(repo: Repo, who: str, line: str) -> None:
    """The same lines between other neighbours. Everyone updates a README: a line that differs is another change."""
    started(repo, {"go.sum": SUM, "go.mod": "use alpha\n"})
    repo.commit(f"{TITLE} (#123)", {"go.sum": SUM.replace("example.com/gamma", f"{FORK}example.com/gamma")}, MONA)
    repo.tag("v2.4.1")
    repo.switch("qa")
    theirs = "".join(f"example.com/{name} v2.0.0 h1:{name}\n" for name in ("beta", "delta", "zeta"))
    repo.commit("Our own", {"go.sum": theirs})
    repo.commit(f"{TITLE} (#130)", {"go.sum": theirs.replace("example.com/zeta", f"{line}example.com/zeta")}, who)
    assert judged(repo) == (("present", "declared") if (who, line) == (MONA, FORK) else ("missing", None))


def test_one_author_and_moment_with_a_number_in_one_title(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    oid = repo.commit(f"{TITLE} (#123)", {"src/server.py": MENDED}, MONA)
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    repo.commit("Later", {"src/server.py": ADAPTED})
    repo.git("commit", "--quiet", "--amend", "--reuse-message", oid)
    when = repo.git("log", "-1", "--format=%ad", oid)
    repo.git("commit", "--quiet", "--amend", "--message", TITLE, f"--date={when}", f"--author={MONA}")
    assert judged(repo) == ("present", "declared")


def test_what_a_claim_brought_is_shown_with_plain_git(repo: Repo) -> None:
    assert landed(repo, f"{TITLE} (#123)", f"{TITLE} (#123) (#130)", ADAPTED) == ("present", "declared")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert [c.exit for c in verdict.checks if "grep" in c.run and "read(7, safe=True)" in c.run] == [0, 1]
    assert_checks_hold(repo.path, verdict)


def test_the_same_pull_request_with_another_change_is_not_the_fix(repo: Repo) -> None:
    text = OWN.replace("read(8)", "read(8, loud=True)").replace("read(9)", "read(9, loud=True)") + "more = 1\n" * 9
    assert landed(repo, f"{TITLE} (#123)", f"{TITLE} (#123) (#130)", text)[0] == "missing"


def test_the_same_pull_request_reverted_since(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    repo.commit(f"{TITLE} (#123)", {"src/server.py": MENDED})
    repo.tag("v2.4.1")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    repo.commit(f"{TITLE} (#123) (#130)", {"src/server.py": ADAPTED}, "Quinn Qa <quinn@example.com>")
    repo.git("revert", "--no-edit", "HEAD")
    assert judged(repo)[0] == "reverted"


def test_one_moment_in_two_time_zones_is_one_author_date(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    fixed(repo, {"src/server.py": MENDED})
    when = repo.git("log", "-1", "--format=%at", "main")
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN})
    repo.commit("Mend it", {"src/server.py": ADAPTED})
    repo.git("commit", "--quiet", "--amend", "--no-edit", f"--date={when} -0700")
    assert judged(repo) == ("present", "declared")


@pytest.mark.parametrize(
    "words",
    ["CHERRY-PICKED FROM COMMIT", "Original-Merge:", "BACKPORT OF", "Back-Port of", "UPSTREAM:", "Cherry-Picked from"],
)
def test_a_trailer_in_any_case(repo: Repo, words: str) -> None:
    started(repo, {"src/server.py": SERVER})
    oid = fixed(repo, {"src/server.py": MENDED})
    repo.switch("qa")
    repo.commit("Of our own", {"src/server.py": OWN})
    repo.commit(f"In another way\n\n{words} {oid}", {"src/server.py": OWN_MENDED.replace("safe=True", "safe=1", 1)})
    assert judged(repo) == ("present", "declared")
