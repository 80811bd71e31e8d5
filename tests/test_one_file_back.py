"""One file of a fix that stands as before it, while the others stand, or have moved on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import judged

STEPS = [f"    {{verb}}('step {n} of opening the shop on', day)" for n in range(20)]
CLOSING = [f"    {{verb}}('step {n} of closing the shop on', day)" for n in range(20)]
EXPECTED = '{{\n  "rule": "S5738",\n  "missed": {missed},\n  "wrong": 0\n}}\n'


def source(name: str, steps: list[str], verb: str) -> str:
    return "\n".join([f"def {name}(day):", *steps, "    return day", ""]).format(verb=verb)


def shop(*, opening: str, closing: str, missed: int, folder: str) -> Files:
    return {
        "src/opening.py": source("opened", STEPS, opening),
        "src/closing.py": source("closed", CLOSING, closing),
        f"{folder}/expected.json": EXPECTED.format(missed=missed),
    }


def history(path: Path, folder: str) -> Repo:
    repo = protocol(path / "shop", branches=("dev",))
    started(repo, shop(opening="print", closing="print", missed=1, folder=folder))
    fixed(repo, shop(opening="log", closing="log", missed=4, folder=folder))
    repo.switch("qa")
    repo.merge("main")
    return repo


@pytest.mark.parametrize(("folder", "status"), [("src/test/expected", "present"), ("src/rules", "reverted")])
def test_a_number_that_a_test_expects(tmp_path: Path, folder: str, status: str) -> None:
    """It hangs on what else the branch has; what is no test is what the fix says."""
    repo = history(tmp_path, folder)
    repo.commit("Journal", shop(opening="log", closing="journal", missed=2, folder=folder))
    repo.commit("Analyser", shop(opening="log", closing="journal", missed=1, folder=folder))
    assert judged(repo) == status


def test_the_test_and_a_file_of_code(tmp_path: Path) -> None:
    repo = history(tmp_path, "src/test/expected")
    repo.commit("Analyser", shop(opening="log", closing="print", missed=1, folder="src/test/expected"))
    assert judged(repo) == "reverted"
