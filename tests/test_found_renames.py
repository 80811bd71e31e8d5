"""Stories of the histories of other projects: fixes that rename files, and files that are called otherwise since."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Repo, fixed, protocol, started
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


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


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
    assert judged(repo)[0] in ("present", "reverted")


@pytest.mark.parametrize("left", [OLD, ELSEWHERE])
def test_a_file_that_the_pick_left_is_left_under_whatever_name(repo: Repo, left: str) -> None:
    """Also where the branch had moved it before."""
    own: dict[str, str | None] = {} if left == OLD else {OLD: None, left: MERGO}
    assert renamed(repo, {NEW: MERGO}, own)[0] == "missing"
