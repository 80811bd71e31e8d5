"""Lines of a fix that stand in another function than the fix put them: in one that has to do with it, or not."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.text import functions
from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import judged

GUARD = "    if job.closed:\n        raise Closed(job)\n"
TASK = """\
def {name}(job):
{guard}    handle = open_job(job, '{name}')
    handle.run(mode='{name}')
    return {result}

"""


def task(name: str, guard: str = "", result: str | None = None) -> str:
    return TASK.format(name=name, guard=guard, result=result or f"handle.result_{name}")


def tasks(**guards: str) -> str:
    """Tasks by their names, of which some are guarded."""
    return "import os\n\n" + "".join(task(name, guards.get(name, "")) for name in ("build", "clean", "ship", "sign"))


OLD, FIXED = tasks(), tasks(build=GUARD)
OTHER = "import sys\n\n" + task("mail") + task("post")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"tasks.py": OLD, "mail.py": OTHER})
    fixed(repo, {"tasks.py": FIXED})
    repo.switch("qa")
    return repo


def since_merged(repo: Repo, files: Files) -> str:
    repo.merge("main")
    repo.commit("Work on it", files)
    return judged(repo)


@pytest.mark.parametrize("name", ["clean", "sign"])
def test_the_guard_was_moved_to_another_function(repo: Repo, name: str) -> None:
    assert since_merged(repo, {"tasks.py": tasks(**{name: GUARD})}) == "reverted"


def test_the_guard_was_moved_to_a_function_of_another_file(repo: Repo) -> None:
    other = OTHER.replace(task("post"), task("post", GUARD))
    assert since_merged(repo, {"tasks.py": OLD, "mail.py": other}) == "reverted"


def test_a_merge_put_it_into_another_function(repo: Repo) -> None:
    repo.merge("main", resolve={"tasks.py": tasks(sign=GUARD)})
    assert judged(repo) == "dropped"


@pytest.mark.parametrize("said", ["Refuse\n\n(cherry picked from commit {})", "{}"], ids=["names it", "its own title"])
def test_a_pick_put_it_into_another_function(repo: Repo, said: str) -> None:
    fix = repo.git("rev-parse", "v2.4.1^{commit}").strip()
    title = repo.git("log", "-1", "--format=%s", fix).strip()
    repo.commit(said.format(fix if "picked" in said else title), {"tasks.py": tasks(sign=GUARD)})
    assert judged(repo) == "missing"


CALLER = "def run_all(job):\n{}    return build(job)\n\n"
CALLEE = "def checked(job):\n{}    return job\n\n"


def test_the_guard_was_moved_to_who_calls_it(repo: Repo) -> None:
    assert since_merged(repo, {"tasks.py": OLD + CALLER.format(GUARD)}) == "present"


def test_the_guard_was_moved_to_what_it_calls(repo: Repo) -> None:
    calls = OLD.replace(task("build"), task("build", result="checked(job)"))
    assert since_merged(repo, {"tasks.py": calls + CALLEE.format(GUARD)}) == "present"


def test_the_guard_was_moved_to_who_calls_it_from_another_file(repo: Repo) -> None:
    assert since_merged(repo, {"tasks.py": OLD, "mail.py": OTHER + CALLER.format(GUARD)}) == "present"


def test_the_function_was_moved_with_its_guard(repo: Repo) -> None:
    moved = OLD.replace(task("build"), "") + task("build", GUARD)
    assert since_merged(repo, {"tasks.py": moved}) == "present"


def test_the_guard_was_moved_within_its_function(repo: Repo) -> None:
    later = OLD.replace("    handle.run(mode='build')\n", f"{GUARD}    handle.run(mode='build')\n")
    assert since_merged(repo, {"tasks.py": later}) == "present"


# The text alone

C = b"""\
static int first(job *j)
{
    if (j->closed)
        return -1;
    return run(j);
}

static int second(job *j) {
    log_it(j);
    return first(j);
}

static int third(job *j) {
    return run(j);
}
"""


@pytest.mark.parametrize(
    ("gap", "at", "apart"),
    [(4, [2], False), (2, [8], False), (8, [2], False), (2, [13], True), (2, [8, 13], False), (2, [], False)],
    ids=["one function", "its caller", "what it calls", "another", "its caller, too", "nowhere"],
)
def test_functions_that_have_to_do_with_each_other(gap: int, at: list[int], apart: bool) -> None:
    text = C.splitlines(keepends=True)
    assert functions.apart(text, gap, at, functions.heads(text)) is apart


def test_lines_outside_of_functions_are_nowhere_else() -> None:
    text = [b"alpha: 1\n", b"beta:\n", b"  gamma: 2\n", b"delta: 3\n"]
    assert not functions.apart(text, 2, [0, 3], functions.heads(text))


@pytest.mark.parametrize("text", [C, C.replace(b"    ", b""), b"\n" + C + C, b"a\n b\n"])
def test_where_a_line_is_can_be_looked_for_line_by_line(text: bytes) -> None:
    lines = text.splitlines(keepends=True)
    known, deep = functions.heads(lines), [functions.depth(line) for line in lines]
    for at in range(len(lines)):
        start = next((n for n in range(at - 1, -1, -1) if n in known and deep[n] < deep[at]), None)
        later = range(0 if start is None else start + 1, len(lines))
        end = next((n for n in later if start is not None and n in known and deep[n] <= deep[start]), len(lines))
        assert functions.holding(lines, at, known) == range(start or 0, end)
