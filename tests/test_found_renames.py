"""Stories of the histories of other projects: fixes that rename files, and files that are called otherwise since."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import told

SERVER = "".join(f"option_{n} = read({n})\n" for n in range(20))
MENDED = SERVER.replace("read(7)", "read(7, safe=True)").replace("read(8)", "read(8, safe=True)")
# What the branch has of its own lies so near that no patch fits.
OWN = SERVER.replace("read(6)", "read(6, own)")
OWN_MENDED = MENDED.replace("read(6)", "read(6, own)")
MERGO = "package mergo\n\n" + "".join(
    f"func Merge{n}(into, from Map) Map {{\n\treturn into.with(from, {n})\n}}\n\n" for n in range(5)
)
OLD, NEW, ELSEWHERE = "vendor/imdario/mergo/mergo.go", "vendor/dario.cat/mergo/mergo.go", "third/mergo/mergo.go"


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


# A fix that renames a file, and a pick that did so


def renamed(repo: Repo, pick: dict[str, str | None], own: dict[str, str | None]) -> tuple[str, str | None]:
    """The fix changes one file and moves another; the branch has its `own`, and the pick."""
    started(repo, {"src/server.py": SERVER, OLD: MERGO})
    oid = fixed(repo, {"src/server.py": MENDED, OLD: None, NEW: MERGO.replace("mergo\n", "mergo // import dario\n")})
    repo.switch("qa")
    repo.commit("Our own", {"src/server.py": OWN, **own})
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", {"src/server.py": OWN_MENDED, **pick})
    return judged(repo)


def test_a_file_that_the_pick_moved_as_the_fix_did_is_not_left(repo: Repo) -> None:
    assert renamed(repo, {OLD: None, NEW: MERGO}, {}) == ("present", "declared")


def test_a_file_that_the_branch_moved_on_since_is_not_left(repo: Repo) -> None:
    renamed(repo, {OLD: None, NEW: MERGO}, {})
    repo.commit("Move it on", {NEW: None, ELSEWHERE: MERGO})
    assert judged(repo) == ("present", "declared")


@pytest.mark.parametrize("left", [OLD, ELSEWHERE])
def test_a_file_that_the_pick_left_is_left_under_whatever_name(repo: Repo, left: str) -> None:
    """Also where the branch had moved it before."""
    own: dict[str, str | None] = {} if left == OLD else {OLD: None, left: MERGO}
    assert renamed(repo, {NEW: MERGO}, own)[0] == "missing"


# A file that the fix adds, and that is called otherwise on the branch

BENCH = "".join(f"    measure({n}, of={n})\n" for n in range(16))
BENCH_HERE = BENCH.replace("of=3", "of=4")
PACKAGE = {"app/a.py": "import a\nrun(a)\n", "app/b.py": "import b\nrun(b)\n", "src/server.py": SERVER}


def added(repo: Repo, here: dict[str, str | None], own: dict[str, str | None] | None = None) -> None:
    """The branch had renamed the package; the fix comes by a merge that makes its new file what `here` says."""
    started(repo, PACKAGE)
    repo.switch("qa")
    renamed_ = {name.replace("app/", "app5/"): text for name, text in PACKAGE.items() if name.startswith("app/")}
    repo.commit("Rename the package", {**dict.fromkeys(("app/a.py", "app/b.py")), **renamed_, **(own or {})})
    repo.switch("main")
    fixed(repo, {"src/server.py": MENDED, "app/bench.py": f"import app\n{BENCH}"})
    repo.switch("qa")
    repo.git("-c", "merge.directoryRenames=false", "merge", "-q", "--no-ff", "--no-commit", "main")
    repo.write(here)
    repo.git("add", "-A")
    repo.git("commit", "-q", "-m", "Merge main")


@pytest.mark.parametrize("text", [f"import app\n{BENCH}", f"import app5\n{BENCH_HERE}"])
def test_a_file_that_came_under_another_name_came(repo: Repo, text: str) -> None:
    added(repo, {"app/bench.py": None, "app5/bench.py": text})
    assert judged(repo) == ("present", "merge")


def test_a_file_that_came_under_another_name_and_was_moved_on_came(repo: Repo) -> None:
    added(repo, {"app/bench.py": None, "app5/bench.py": f"import app5\n{BENCH}"})
    repo.commit("Move it on", {"app5/bench.py": None, "bench/all.py": f"import app5\n{BENCH_HERE}"})
    assert judged(repo) == ("present", "merge")


def test_a_file_that_did_not_come_is_dropped(repo: Repo) -> None:
    added(repo, {"app/bench.py": None})
    assert judged(repo)[0] == "dropped"


def test_a_like_file_that_the_branch_had_before_is_another(repo: Repo) -> None:
    added(repo, {"app/bench.py": None}, {"app5/other.py": f"import app\n{BENCH_HERE}"})
    assert judged(repo)[0] == "dropped"


def test_a_like_file_that_the_fix_adds_beside_it_is_another(repo: Repo) -> None:
    started(repo, {"src/server.py": SERVER})
    fixed(
        repo, {"src/server.py": MENDED, "app/one.py": f"import app\n{BENCH}", "app/two.py": f"import app\n{BENCH_HERE}"}
    )
    repo.switch("qa")
    repo.merge("main", resolve={"app/one.py": None})
    assert judged(repo)[0] == "dropped"


def test_a_file_of_another_text_is_another(repo: Repo) -> None:
    added(
        repo, {"app/bench.py": None, "app5/bench.py": "import other\n" + "".join(f"other[{n}] = 1\n" for n in range(9))}
    )
    assert judged(repo)[0] == "dropped"


def test_what_main_renamed_since_is_not_taken_back(repo: Repo) -> None:
    """The other half of the fix is, and was never on the branch."""
    started(repo, PACKAGE)
    fixed(repo, {"src/server.py": MENDED, "app/bench.py": f"import app\n{BENCH}"})
    repo.commit(
        "Rename", {"src/server.py": SERVER, "app/bench.py": None, "lib/benchmarks.py": f"import app\n{BENCH_HERE}"}
    )
    assert judged(repo)[0] == "missing"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({OLD: None, NEW: MERGO}, ("present", "content")),
        ({NEW: MERGO}, ("missing", None)),
        ({OLD: None, NEW: MERGO.replace("with", "by")}, ("missing", None)),
        ({OLD: None, ELSEWHERE: MERGO}, ("missing", None)),
    ],
    ids=["as the fix did", "but left the old one", "with another text", "to another name"],
)
def test_the_branch_renamed_the_file_by_itself(repo: Repo, files: dict[str, str | None], said: tuple[str, str]) -> None:
    """The file that the fix makes of another one is not that other one, still there under a new name."""
    started(repo, {OLD: MERGO, "NEWS": "1\n"})
    fixed(repo, {OLD: None, NEW: MERGO})
    repo.switch("qa")
    for name, text in files.items():
        repo.commit("Own", {name: text, f"{len(name)}.txt": "more\n"})
    assert judged(repo) == said
