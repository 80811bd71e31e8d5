"""Stories of the histories of other projects: a fix that was cut out of a file in which much else has changed."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import told

STEPS = "".join(f"            self.after_step({n})\n" for n in range(20))


def shell(body: str = "", call: str = "", imports: str = "") -> str:
    return f"""\
import builtins
{imports}import functools

class Shell:
    def transform(self, node):
        return fixed_locations(node)

{body}    def run_nodes(self, nodes):
        for node in nodes:
            code = compile_one(node)
{call}            self.run_code(code)
{STEPS}"""


BODY = '''\
    def named_by_line(self, code):
        """Debuggers take cells of one name for one cell."""
        if not hasattr(code, "replace"):
            return code
        first = next(find_line_starts(code))
        return code.replace(name=f"cell line {first}")

'''
CALL = "            code = self.named_by_line(code)\n"
OLD, MENDED = shell(), shell(BODY, CALL, "import dis\n")


def moved_on(text: str) -> str:
    """Around the fix the branch's file is another one."""
    text = text.replace(
        "        return fixed_locations(node)\n\n", "        return self.placed(node)\n\n    # Running\n"
    )
    text = text.replace("            self.run_code(code)\n", "            if self.run(code):\n                stop()\n")
    return text.replace("import functools\n", "import functools\nimport inspect\n").replace("import builtins\n", "")


def judged(repo: Repo, *later: Files, main: str = "") -> str:
    started(repo, {"src/shell.py": OLD, "src/other.py": "other = 1\n"})
    fixed(repo, {"src/shell.py": MENDED})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Work on the shell", {"src/shell.py": moved_on(MENDED)})
    for files in later:
        repo.commit("Name lines by their cells", files)
    if main:
        repo.switch("main")
        repo.commit("Not needed", {"src/shell.py": main})
    return told(repo, "qa", "v2.4.1")[0]


CUT: Files = {"src/shell.py": moved_on(OLD), "src/other.py": "other = 2\n"}


def test_one_commit_that_cut_all_of_it_out_beside_other_work(repo: Repo) -> None:
    assert judged(repo, CUT) == "reverted"


def test_also_where_a_line_of_it_is_that_of_another_function(repo: Repo) -> None:
    other = "\n    def first(self, code):\n        if not code:\n            return code\n        return code.first\n"
    assert (
        judged(repo, {"src/shell.py": moved_on(MENDED) + other}, {"src/shell.py": moved_on(OLD) + other}) == "reverted"
    )


def test_also_where_more_has_changed_since(repo: Repo) -> None:
    assert judged(repo, CUT, {"src/shell.py": moved_on(OLD).replace("for node in", "for one in")}) == "reverted"


OTHERWISE = "    def name_of_line(self, code):\n        return with_name(code, line_of(code))\n\n"


@pytest.mark.parametrize(
    "files",
    [
        {"src/shell.py": moved_on(shell(OTHERWISE, "            code = self.name_of_line(code)\n"))},
        {"src/shell.py": moved_on(shell("", CALL, "import dis\n")), "src/naming.py": BODY},
        {"src/shell.py": moved_on(OLD), "src/naming.py": f"import dis\n\n\nclass Naming:\n{BODY}{CALL}"},
    ],
    ids=["in other words", "the function moved", "all of it moved"],
)
def test_what_went_on_is_not_cut_out(repo: Repo, files: Files) -> None:
    assert judged(repo, files) == "present"


def test_a_function_that_stays_though_nothing_calls_it(repo: Repo) -> None:
    """What made the fix a fix was deleted, by itself."""
    assert judged(repo, {"src/shell.py": moved_on(shell(BODY, ""))}) == "reverted"


def test_what_the_commit_moved_within_the_file_was_reworded_later(repo: Repo) -> None:
    below = {"src/shell.py": moved_on(OLD) + BODY + CALL}
    assert judged(repo, below, {"src/shell.py": moved_on(OLD) + OTHERWISE}) == "present"


def test_an_import_alone_tells_nothing(repo: Repo) -> None:
    started(repo, {"src/shell.py": OLD})
    fixed(repo, {"src/shell.py": shell(imports="from collections.abc import Iterable\n")})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Not needed", {"src/shell.py": moved_on(OLD), "src/other.py": "other = 2\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_what_came_again_is_there(repo: Repo) -> None:
    assert judged(repo, CUT, {"src/shell.py": moved_on(MENDED)}) == "present"


def test_what_main_has_no_longer_either_is_not_asked(repo: Repo) -> None:
    assert judged(repo, CUT, main=moved_on(OLD).replace("stop()", "end()")) in ("present", "withdrawn")


def test_where_main_has_gone_on_from_it(repo: Repo) -> None:
    """A line of each part is another there: most of it stands."""
    words = {"next(find_line_starts(code))": "next(find_line_starts(code), None)", "code = self.": "named = self."}
    main = MENDED
    for old, new in words.items():
        main = main.replace(old, new)
    assert judged(repo, CUT, main=main) == "reverted"
