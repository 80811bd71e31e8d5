"""Stories of the histories of other projects: of a fix something stands as before it that tells nothing of it.

Beside each is the history in which the same signs are all there is to see of a fix that was taken out.
"""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import told


def status(repo: Repo, old: str, new: str, later: str, name: str = "src/part.py", more: str = "") -> str:
    """After the branch that had merged the fix got another text; the fix may have added another file."""
    started(repo, {name: old})
    fixed(repo, {name: new} | ({"tests/more.py": more} if more else {}))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Work on it", {name: later})
    return told(repo, "qa", "v2.4.1")[0]


STEPS = "".join(f"\n\ndef step_{n}(part):\n    return part.run({n})\n" for n in range(6))

# What the fix removed it put below a guard, and there the branch has it still

ROWS = """\
def rows(self, kinds):
    if self.open:
        found = Either()

        found.add(Missing(self.column))
        found.add(In(kinds))
        return found
    return In(kinds)
"""
ROWS_GUARDED = ROWS.replace(
    "        found.add(Missing(self.column))\n",
    """\
        if has_other:
            return Missing(self.column, negated=True)
        elif has_none:
            found.add(Missing(self.column))

""",
)
ROWS_REWORKED = """\
def rows(self, kinds):
    if has_none and has_other:
        return Either()
    elif has_other:
        # Every row that has one.
        return Missing(self.column, negated=True)
    elif has_none:
        found = Either()
        found.add(Missing(self.column))
        found.add(In(kinds))
        return found
    return In(kinds)
"""


def test_a_line_that_stands_below_its_guard_as_deep_as_it_did_before_it_is_not_back(repo: Repo) -> None:
    assert status(repo, ROWS + STEPS, ROWS_GUARDED + STEPS, ROWS_REWORKED + STEPS) == "present"


@pytest.mark.parametrize(
    "line",
    [
        "    elif has_none:\n",
        "    elif has_other:\n",
        "        return Missing(self.column, negated=True)\n",
    ],
)
@pytest.mark.parametrize("instead", ["    elif True:\n", "    # {}\n    elif True:\n", "    elif not {}:\n"])
def test_a_guard_of_which_a_line_is_gone_is_out(repo: Repo, line: str, instead: str) -> None:
    said = line.strip().removeprefix("elif ").removesuffix(":")
    later = ROWS_REWORKED.replace(line, instead.format(said))
    assert status(repo, ROWS + STEPS, ROWS_GUARDED + STEPS, later + STEPS) == "reverted"


REMOVE = "def remove(self, name):\n    target = self.find(name)\n{}    return target\n"
DELETE = "    target.delete()\n"
ALLOWED = "    if self.allowed(name):\n        target.delete()\n"
REFUSED = (
    "    if self.forbidden(name):\n        self.note(name)\n        raise Forbidden(name)\n"
    "    else:\n        target.delete()\n"
)
RAISES = "        self.note(name)\n        raise Forbidden(name)\n"


@pytest.mark.parametrize(
    ("new", "later"),
    [
        (ALLOWED, DELETE),
        (ALLOWED, f"    if self.allowed(name):\n        self.log(name)\n{DELETE}"),
        (ALLOWED, f"{DELETE}    if self.allowed(name):\n        self.log(name)\n"),
        (ALLOWED, f"    # if self.allowed(name):\n{DELETE}"),
        (ALLOWED, f"    if self.allowed(name):\n        self.log(name)\n    if not name:\n    {DELETE}{DELETE}"),
        (REFUSED, f"    if self.forbidden(name):\n        self.note(name)\n{DELETE}"),
        (REFUSED, f"{DELETE}    if self.forbidden(name):\n{RAISES}"),
        (REFUSED, f"    if not self.forbidden(name):\n{RAISES}{DELETE}"),
        (REFUSED, f"    if self.strict:\n        if self.forbidden(name):\n{RAISES.replace('  ', '   ')}{DELETE}"),
    ],
    ids=["out", "of another", "below", "said only", "twice", "no raise", "too late", "turned", "within another"],
)
def test_a_line_without_its_guard_is_back(repo: Repo, new: str, later: str) -> None:
    texts = [REMOVE.format(text) + STEPS for text in (DELETE, new, later)]
    assert status(repo, *texts) == "reverted"


# What was put between lines that tell nothing, in a file that was written anew since

TEST = """\
class ManagerTest {
    @Test
    void first() {
        manager.add(topic(1), directory(1));
        manager.add(topic(2), directory(2));
        check(manager.sent(), topic(1), topic(2));
    }

    @Test
    void second() {
        manager.add(topic(3), directory(3));
        check(manager.sent(), topic(3));
        check(manager.queued(), nothing());
    }
}
"""
ADDED = """\

    @Test
    void dropsOldAssignments() {
        propagate(NOT_LEADER);
        verify(dropped);
        verify(notRetried);
    }
}
"""
TEST_ADDED = TEST.removesuffix("}\n") + ADDED
ANEW = """\
class ManagerTest {
    final Harness harness = new Harness();

    @Test
    void startsUp() {
        harness.start();
    }

    @Test
    void handlesAnyError() {
        harness.fail(NOT_LEADER);
        harness.assertDropped();
    }
}
"""


def test_what_was_put_at_the_end_of_a_class_that_was_written_anew_was_not_taken_out(repo: Repo) -> None:
    assert status(repo, TEST, TEST_ADDED, ANEW, "ManagerTest.java", more=STEPS) == "present"


@pytest.mark.parametrize(
    "changed",
    [
        [],
        ["        check(manager.queued(), nothing());\n"],
        ["        check(manager.queued(), nothing());\n", "        check(manager.sent(), topic(3));\n"],
        [
            "        check(manager.queued(), nothing());\n",
            "        check(manager.sent(), topic(3));\n",
            "        manager.add(topic(3), directory(3));\n",
        ],
    ],
    ids=str,
)
def test_what_was_taken_out_at_the_end_of_a_class_that_goes_on(repo: Repo, changed: list[str]) -> None:
    later = TEST.replace("class ManagerTest {\n", "class ManagerTest {\n    final Harness harness = new Harness();\n")
    for line in changed:
        later = later.replace(line, line.replace("manager", "harness.manager"))
    assert status(repo, TEST, TEST_ADDED, later, "ManagerTest.java", more=STEPS) == "reverted"


def test_what_was_written_anew_after_it_had_been_taken_out(repo: Repo) -> None:
    """Then history says so."""
    started(repo, {"ManagerTest.java": TEST})
    oid = fixed(repo, {"ManagerTest.java": TEST_ADDED})
    repo.switch("qa")
    repo.merge("main")
    repo.revert(oid)
    repo.commit("Anew", {"ManagerTest.java": ANEW})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


def test_what_never_came_to_a_file_that_had_been_written_anew(repo: Repo) -> None:
    started(repo, {"ManagerTest.java": TEST, "src/part.py": STEPS})
    repo.switch("qa")
    repo.commit("Anew", {"ManagerTest.java": ANEW})
    repo.switch("main")
    fixed(repo, {"ManagerTest.java": TEST_ADDED, "src/part.py": STEPS.replace("run(3)", "run(30)")})
    repo.switch("qa")
    repo.merge("main", resolve={"ManagerTest.java": ANEW})
    assert told(repo, "qa", "v2.4.1")[0] == "dropped"


# A comment

CREATE = """\
create() {
  if ( logged ) log( info );
  switch ( version ) {
    case "QSQ": {
      // i
      return new Other( info );
    }
  }

  return new Usual( info );
}
"""
CREATE_MORE = CREATE.replace("// i\n", "// i, which works only if the driver is told so\n").replace(
    "  }\n\n", '  }\n  if ( "Other for AS/400".equals( info.name() ) ) {\n    return new Other( info );\n  }\n\n'
)
CREATE_REWORKED = CREATE.replace("// i\n", "// i\n      // This works only if the driver is told so.\n").replace(
    "\n  return new Usual( info );\n",
    '  // i\n  return "Other for AS/400".equals( info.name() )\n    ? new Other( info )\n    : new Usual( info );\n',
)
CALLS = "".join(f'call( "{n}", Usual );\n' for n in range(8))


def commented(repo: Repo, old: str, new: str, later: str, name: str = "Create.java") -> str:
    return status(repo, old, new, later, name, more=CALLS)


def test_a_comment_that_is_back_is_no_code_that_is_back(repo: Repo) -> None:
    started(repo, {"Create.java": CREATE, "calls.java": CALLS})
    fixed(repo, {"Create.java": CREATE_MORE, "calls.java": CALLS.replace('"3", Usual', '"3", Other')})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Tidy up", {"Create.java": CREATE_REWORKED})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_a_comment_that_is_back_where_the_code_is_out(repo: Repo) -> None:
    later = CREATE.replace("  return new Usual( info );\n", "  log( info );\n\n  return new Usual( info );\n")
    assert commented(repo, CREATE, CREATE_MORE, later) == "reverted"


SHAPE = "// Takes the round ones.\nint shape() {\n  int one = 1;\n  int two = 2;\n  return one + two;\n}\n"
SHAPED = SHAPE.replace("round", "square").replace("  int two = 2;\n", "  refuse( outsiders );\n  int two = 2;\n")


@pytest.mark.parametrize(("two", "found"), [("2", "present"), ("22", "present")])
def test_a_comment_alone_is_back_and_the_code_stands(repo: Repo, two: str, found: str) -> None:
    later = SHAPED.replace("square", "round").replace("two = 2", f"two = {two}")
    assert commented(repo, SHAPE, SHAPED, later, "Shape.java") == found


@pytest.mark.parametrize("guard", ["  if ( two ) {\n    return null;\n  }\n", "  refuse( outsiders );\n"])
@pytest.mark.parametrize("left", ["", "  // No need to refuse outsiders, if two return.\n"])
def test_a_comment_is_back_and_the_guard_is_gone_of_which_lines_stand_elsewhere(
    repo: Repo, guard: str, left: str
) -> None:
    old = SHAPE + "int more() {\n  if ( one ) {\n    return null;\n  }\n}\n"
    new = old.replace("round", "square").replace("  int two = 2;\n", f"{guard}  int two = 2;\n")
    later = old.replace("int one = 1;\n  int two = 2;", f"int one = 11;\n{left}  int two = 22;")
    assert commented(repo, old, new, later, "Shape.java") == "reverted"


def test_a_comment_is_back_and_the_guard_is_gone_with_its_neighbours(repo: Repo) -> None:
    later = SHAPE.replace("int one = 1;\n  int two = 2;", "int one = 11;\n  int two = 22;")
    assert commented(repo, SHAPE, SHAPED, later, "Shape.java") == "reverted"


@pytest.mark.parametrize("sign", ["// ", "//", " * "])
@pytest.mark.parametrize("name", ["notes.md", "notes.txt", "CHANGELOG", "notes.rst"])
def test_prose_has_no_comments(repo: Repo, sign: str, name: str) -> None:
    old, new = (text.replace("// ", sign) for text in (SHAPE, SHAPED))
    assert commented(repo, old, new, new.replace("square", "round"), name) == "reverted"


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("a.java", " * two", " * three"),
        ("a.c", "# define ROUND 1", "# define ROUND 2"),
        ("a.sh", "#!/bin/sh", "#!/bin/bash"),
        ("a.go", "//go:build linux", "//go:build darwin"),
        ("a.py", "# noqa: S100", "# noqa: S200"),
        ("a.js", "// eslint-disable-next-line", "// eslint-disable-next-line no-eval"),
        ("a.java", "/* round */ open();", "/* square */ shut();"),
        ("a.java", "// round", "refuse( outsiders );"),
    ],
)
def test_what_looks_like_a_comment_and_does_something(repo: Repo, name: str, old: str, new: str) -> None:
    first, second = SHAPE.replace("// Takes the round ones.", old), SHAPED.replace("// Takes the square ones.", new)
    assert commented(repo, first, second, second.replace(new, old), name) == "reverted"


# A changelog that was begun anew

ENTRY = "*   Ensure that the configuration is ready.\n\n    Previously it was deferred.\n\n    *Maxime*\n\n"
OTHER = "*   Add another.\n\n    *Ann Other*\n\n"
POOL = "*   Mend the pool.\n\n    *Donal McBreen*\n\n"
READY = "".join(f"line_{n} = {n}\n" for n in range(40))
HOOKED = READY.replace("line_9 = 9", "hook = 9").replace("line_29 = 29", "run_hooks = 29")


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("*   Fix pluck.\n\n    *Donal McBreen*\n\nPlease check 2-stable for previous changes.\n", "present"),
        (f"{POOL}{OTHER}Please check 1-stable for previous changes.\n", "reverted"),
    ],
)
def test_who_signs_the_newest_entry_signed_one_before(repo: Repo, last: str, found: str) -> None:
    started(repo, {"CHANGELOG.md": f"{OTHER}## 1.0 ##\n\n* old\n", "src/ready.py": READY})
    fixed(repo, {"CHANGELOG.md": f"{ENTRY}{OTHER}## 1.0 ##\n\n* old\n", "src/ready.py": HOOKED})
    repo.switch("qa")
    end = "Please check 1-stable for previous changes.\n"
    repo.commit("Entries", {"CHANGELOG.md": f"{POOL}{OTHER}{end}"})
    repo.commit("One less", {"CHANGELOG.md": f"{OTHER}{end}"})
    repo.merge("main", resolve={"CHANGELOG.md": f"{ENTRY}{OTHER}{end}"})
    repo.commit("Start the next", {"CHANGELOG.md": "Please check 2-stable for previous changes.\n"})
    repo.commit("Go on", {"CHANGELOG.md": last})
    assert told(repo, "qa", "v2.4.1")[0] == found


SETTINGS = "".join(f"part_{n} = {n}\n" for n in range(12))
IMPORTS = "from crypto.{} import Key\n\n" + SETTINGS


@pytest.mark.parametrize(
    ("before", "own", "new"),
    [
        (SETTINGS, SETTINGS.replace("part_6 = 6", "part_6 = 600"), SETTINGS.replace("part_6 = 6", "part_6 = 60")),
        (IMPORTS.format("weak"), IMPORTS.format("none"), IMPORTS.format("strong")),
    ],
    ids=["a setting", "an import"],
)
def test_what_the_branch_had_of_its_own_is_back_in_a_file_that_goes_on(
    repo: Repo, before: str, own: str, new: str
) -> None:
    started(repo, {"src/settings.py": before})
    fixed(repo, {"src/settings.py": new})
    repo.switch("qa")
    repo.commit("Own", {"src/settings.py": own})
    repo.merge("main", resolve={"src/settings.py": new})
    repo.commit("Own again", {"src/settings.py": own.replace("part_1 = 1", "part_1 = 100")})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"
