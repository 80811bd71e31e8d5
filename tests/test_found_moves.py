"""Stories of the histories of other projects: what looks taken out on a branch, and was moved or reworked there."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import audit, pair, told


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


# Taken to another file by one commit

PLUGIN = "package plugin\n\n" + "".join(f"func step{n}() {{\n\trun({n})\n}}\n\n" for n in range(9))
LOGGED = """\
func commandToLog(command *Command) string {
	words := make([]string, 0)
	for _, word := range command.words {
		if strings.Contains(word, " ") {
			word = quoted(word)
		}
		words = append(words, word)
	}
	return strings.Join(words, " ")
}
"""


def moved(repo: Repo, name: str, text: str) -> tuple[str, str | None]:
    started(repo, {"src/plugin.go": PLUGIN, "util/exec.go": "package exec\n"})
    fixed(repo, {"src/plugin.go": PLUGIN + LOGGED})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Move to a package of its own", {"src/plugin.go": PLUGIN, name: f"package exec\n\n{text}"})
    return judged(repo)


def test_code_that_a_commit_of_the_branch_moved_to_another_file_was_not_taken_out(repo: Repo) -> None:
    assert moved(repo, "util/exec.go", LOGGED.replace("commandToLog", "CommandToLog")) == ("present", "merge")


@pytest.mark.parametrize("name", ["util/exec.go", "notes/removed.md"])
def test_other_code_or_a_note_of_it_is_no_move(repo: Repo, name: str) -> None:
    text = LOGGED if name.endswith(".md") else "func other() {\n\treturn nothing\n}\n"
    assert moved(repo, name, text)[0] == "reverted"


def test_code_that_was_moved_and_then_removed_is_taken_out(repo: Repo) -> None:
    moved(repo, "util/exec.go", LOGGED)
    repo.switch("qa")
    repo.commit("Not needed", {"util/exec.go": "package exec\n"})
    assert judged(repo)[0] == "reverted"


# Reworked where it stands

TESTS = "package plugin\n\n" + "".join(f"func TestStep{n}(t *testing.T) {{\n\tstep({n})\n}}\n\n" for n in range(4))
VERIFY = """\
func TestVerifyToken(t *testing.T) {
	old := os.Getenv("SECRET")
	os.Setenv("SECRET", "one")
	defer os.Setenv("SECRET", old)
	token, err := issue("ann")
	assert.NoError(t, err)
	assert.NoError(t, verify(token))
}
"""
REWORKED = """\
func TestVerifyToken(t *testing.T) {
	t.Setenv("SECRET", "one")
	require.True(t, manager.Verifies(manager.Issue("ann")))
}
"""
OTHERWISE = REWORKED.replace("TestVerifyToken", "TestManager")


@pytest.mark.parametrize(("text", "status"), [(REWORKED, "present"), ("", "reverted")])
@pytest.mark.parametrize("before", [True, False])
def test_a_function_that_the_fix_added_and_that_is_still_there_was_reworked(
    repo: Repo, text: str, status: str, before: bool
) -> None:
    """Also where the two lines that it came between meet again, and it is further up or down."""
    end = "func TestEnd(t *testing.T) {\n\tend()\n}\n"
    started(repo, {"src/plugin_test.go": TESTS + end})
    fixed(repo, {"src/plugin_test.go": f"{TESTS}{VERIFY}\n{end}"})
    repo.switch("qa")
    repo.merge("main")
    head = "package plugin\n\n"
    rest = TESTS.removeprefix(head)
    later = f"{head}{text}\n{rest}{end}" if before else f"{TESTS}{end}\n{text}"
    repo.commit("Rework the tests", {"src/plugin_test.go": later})
    assert judged(repo)[0] == status


def test_one_function_of_two_that_is_still_there_does_not_hide_the_other(repo: Repo) -> None:
    started(repo, {"src/plugin_test.go": TESTS})
    more = VERIFY.replace("TestVerifyToken", "TestVerifyTwice").replace("ann", "bob").replace("one", "two")
    fixed(repo, {"src/plugin_test.go": f"{TESTS}{VERIFY}\n{more}"})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Rework the tests", {"src/plugin_test.go": f"package plugin\n\n{REWORKED}\n{TESTS[16:]}"})
    assert judged(repo)[0] == "reverted"


# What a fix but removes, and the branch had moved to another file before

BACK_DOOR = """\


def helped(user):
    if user.name == 'support':
        grant(user, everything)
        skip_checks(user)
    return user
"""
DOORS = "def entered(user):\n    check(user)\n    return open_for(user)\n"


def removed_on_main(repo: Repo) -> Repo:
    repo.commit("Doors", {"src/doors.py": DOORS + BACK_DOOR})
    repo.tag("v2.4.0")
    repo.branch("qa")
    fixed(repo, {"src/doors.py": DOORS})
    repo.switch("qa")
    repo.commit("Helpers of their own", {"src/doors.py": DOORS, "src/helpers.py": BACK_DOOR.strip() + "\n"})
    return repo


def test_what_the_fix_removes_stands_in_the_file_that_the_branch_moved_it_to(repo: Repo) -> None:
    assert told(removed_on_main(repo), "qa", "v2.4.1") == ("missing", None)
    [fix] = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes
    assert fix.evidence.detail.endswith("moved the lines that it removes to src/helpers.py, where they are")


def test_it_is_gone_from_there_too(repo: Repo) -> None:
    removed_on_main(repo).commit("No helpers", {"src/helpers.py": "# none\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_main_has_the_same_elsewhere(repo: Repo) -> None:
    """Then the fix had another end than to be rid of it."""
    removed_on_main(repo)
    repo.switch("main")
    repo.commit("Helpers here, too", {"src/helpers.py": BACK_DOOR.strip() + "\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


# Below what came in its place

HEAD = "class Sanitizer {\n  autolinks() {\n    return this.autolink;\n  }\n\n"
SETTER = (
    "  // Whether names are allowed.\n  allowNames(names) {\n    this.allowed = names;\n    this.restart();\n  }\n\n"
)
ATTRIBUTES = "tags: ['a', ...(this.allowed ? ['id'] : [])],\n    names: this.allowed ? ['name'] : []\n  "
OPTIONS = "  options = {\n    tags: ['a', 'id'],\n    names: ['name']\n  };\n}\n"
BEFORE = f"{HEAD}  autolink = true;\n\n{OPTIONS}"
MADE = f"  options;\n  generate = () => ({{\n    {ATTRIBUTES}}});\n}}\n"
AFTER = f"{HEAD}{SETTER}  autolink = true;\n  allowed = false;\n{MADE}"
# Between its lines, and around them, the branch puts others.
MORE = SETTER.replace("allowed.\n", "allowed.\n  // By default they are not.\n")
LINKS, SCHEMES = SETTER.replace("ames", "inks"), SETTER.replace("ames", "chemes")
FIELDS = "  autolink = true;\n  links = true;\n  allowed = false;\n  schemes;\n  options;\n"
DEEPER = f"  generate = () => {{\n    const all = this.all();\n\n    return {{\n      {ATTRIBUTES}  }};\n  }};\n}}\n"


@pytest.mark.parametrize(
    ("text", "status"),
    [
        (f"{HEAD}{LINKS}{MORE}{SCHEMES}{FIELDS}{DEEPER}", "present"),
        (f"{BEFORE}// the end\n", "reverted"),
        (f"{HEAD}{LINKS}{SCHEMES}{FIELDS}{DEEPER}", "reverted"),
        (f"{HEAD}{LINKS}{MORE.replace('    this.restart();', '')}{SCHEMES}{FIELDS}{DEEPER}", "reverted"),
        (f"{HEAD}  autolink = true;\n\n{LINKS}{MORE}{SCHEMES}{OPTIONS}", "reverted"),
        (f"{HEAD}{LINKS}{MORE}{SCHEMES}  autolink = true;\n\n{OPTIONS}", "reverted"),
    ],
    ids=["more", "all is back", "the setter is out", "a line of it is out", "the rest is back", "the rest, below"],
)
def test_a_line_that_the_fix_itself_puts_further_down_is_not_back_there(repo: Repo, text: str, status: str) -> None:
    started(repo, {"src/sanitizer.js": BEFORE})
    fixed(repo, {"src/sanitizer.js": AFTER})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("More settings", {"src/sanitizer.js": text})
    assert judged(repo)[0] == status


def test_a_line_is_back_where_what_came_in_its_place_stands_as_another_copy_alone(repo: Repo) -> None:
    """What the fix put there the file has had all along, further down."""
    check = "  check(account);\n  audit(account);\n"
    head, close = "function pay(account) {\n", "}\n\nfunction refund(account) {\n"
    before = f"{head}  charge(account);\n  note(account);\n{close}{check}  back(account);\n}}\n"
    after = f"{head}{check}  note(account);\n  charge(account);\n{close}{check}  back(account);\n}}\n"
    started(repo, {"src/pay.js": before})
    fixed(repo, {"src/pay.js": after})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Charge first", {"src/pay.js": before.replace("back(account)", "back(account, now)")})
    assert judged(repo)[0] == "reverted"
