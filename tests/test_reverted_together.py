"""A revert that names several commits, of which the later had written the lines of a fix anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Repo, fixed, protocol, started
from tests.judged import told

HEAD = "".join(f"#include <{name}.h>\n" for name in ("stdio", "stdlib", "string", "errno"))
CHECK = "static int is_network(struct statfs *s) {{\n        return {} ||\n                {};\n}}\n"


def code(form: str) -> str:
    """Two comparisons in one of the forms that were tried."""
    return HEAD + CHECK.format(*(form.format(magic) for magic in ("NFS_SUPER_MAGIC", "SMB_SUPER_MAGIC")))


OLD, FIX = code("(long) s->f_type == (long) {}"), code("(unsigned) s->f_type == {}")
WIDER, MACRO = code("(unsigned long) s->f_type == {}"), code("F_TYPE_CMP(s->f_type, {})")
THIRD = code("s->f_type == (__SWORD_TYPE) {}")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


def tried(repo: Repo, *, on: str, last: str, names: int) -> str:
    """What is said of a fix that qa merged, where one branch wrote it anew twice and reverted some of that by hand."""
    started(repo, {"util.c": OLD})
    ids = [fixed(repo, {"util.c": FIX})]
    repo.switch("qa")
    repo.merge("main")
    repo.switch(on)
    ids += [repo.commit(f"Compare {n}", {"util.c": text}) for n, text in enumerate((WIDER, MACRO))]
    said = "\n".join(f"This reverts commit {oid}." for oid in ids[-names:][::-1])
    repo.commit(f"Revert the comparisons\n\n{said}", {"util.c": last})
    return told(repo, "qa", "v2.4.1")[0]


def test_it_took_out_what_the_fix_had_become(repo: Repo) -> None:
    assert tried(repo, on="qa", last=THIRD, names=3) == "reverted"


def test_it_names_what_came_after_the_fix_alone(repo: Repo) -> None:
    """What is there then is one more form of it."""
    assert tried(repo, on="qa", last=THIRD, names=2) == "present"


def test_it_says_so_and_leaves_the_fix_there(repo: Repo) -> None:
    assert tried(repo, on="qa", last=FIX, names=3) == "present"


def test_it_took_out_something_else(repo: Repo) -> None:
    assert tried(repo, on="qa", last=MACRO.replace("<errno.h>", "<error.h>"), names=3) == "present"


def test_main_did(repo: Repo) -> None:
    """The branch has the fix as it was made: main has another form of it, and says that it took it back."""
    assert tried(repo, on="main", last=THIRD, names=3) == "withdrawn"
