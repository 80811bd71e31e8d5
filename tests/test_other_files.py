"""Picks to a branch that has the code of the fix in a file of its own, beside the file that main has it in."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import told

RULES = """\
def rules(resources{given}):
    for entry in resources.entries:
        path = f'/dev/block/{{entry.major}}:{{entry.minor}}'
{check}        yield path, entry.mode
"""
OLD = """\
        if not exists(path):
            warn('skipping a device', path)
            continue
"""
NEW = """\
        if version < 240:
            # Old ones look at the path.
            if not exists(path):
                warn('skipping a device', path)
                continue
"""
UNIT = "def start(unit):\n    connect(unit)\n\n\n{}\n\ndef stop(unit):\n    disconnect(unit)\n"
PROPERTIES = "def properties(resources):\n    return rules(resources{})\n"


def on_main(check: str, given: str = "", passed: str = "") -> Files:
    rules = RULES.format(check=check, given=given)
    return {"cgroups/unit.py": UNIT.format(rules), "cgroups/v1.py": f"make(rules(r{passed}))\n"}


def on_qa(check: str, given: str = "", passed: str = "") -> Files:
    """There the rules are in a file of their own."""
    own = {"devices/rules.py": RULES.format(check=check, given=given), "cgroups/v1.py": "make(properties(r))\n"}
    return {"cgroups/unit.py": UNIT.format(PROPERTIES.format(passed)), **own}


MENDED = (NEW, ", version", ", version()")


def mended(path: Path, files: Files) -> Repo:
    """The fix on main, and on qa a commit that says to be its pick and makes these files."""
    repo = protocol(path / "shop", branches=("dev",))
    started(repo, on_main(OLD))
    repo.switch("qa")
    repo.commit("Put the rules in a file of their own", on_qa(OLD))
    repo.switch("main")
    oid = fixed(repo, on_main(*MENDED))
    repo.switch("qa")
    repo.commit(f"Mend it here\n\n(cherry picked from commit {oid})", files)
    return repo


@pytest.fixture
def picked(tmp_path: Path) -> Repo:
    """The pick changes the fix's file, too."""
    return mended(tmp_path, on_qa(*MENDED))


def test_a_pick_to_another_file(picked: Repo) -> None:
    assert told(picked, "qa", "v2.4.1") == ("present", "declared")


def test_it_went_on_there(picked: Repo) -> None:
    picked.commit("Say more", on_qa(NEW.replace("skipping a", "skipping the"), *MENDED[1:]))
    assert told(picked, "qa", "v2.4.1") == ("present", "declared")


@pytest.mark.parametrize("given", [MENDED[1:], ("", "")], ids=["the check alone", "all of it"])
def test_it_was_taken_out_there_in_silence(picked: Repo, given: tuple[str, str]) -> None:
    picked.commit("Work on the rules", on_qa(OLD, *given))
    assert told(picked, "qa", "v2.4.1")[0] == "reverted"


def test_it_was_taken_out_there_and_came_again(picked: Repo) -> None:
    picked.commit("Work on the rules", on_qa(OLD))
    picked.commit("Mend them again", on_qa(*MENDED))
    assert told(picked, "qa", "v2.4.1") == ("present", "declared")


def test_a_pick_that_left_the_code_as_it_was(tmp_path: Path) -> None:
    """It says to be the fix, and changes but who calls it."""
    assert told(mended(tmp_path, on_qa(OLD, *MENDED[1:])), "qa", "v2.4.1")[0] == "missing"


# What the fix replaces, and the branch keeps elsewhere for another use

STEPS = "".join(f"    compare_the_{n}_field(old, new)\n" for n in range(5))
SYNC = "def sync(old, new):\n{}    return new\n"
ONCE = "    compare_all_fields(old, new)\n"


def test_what_the_fix_replaced_was_kept_in_another_file(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"sync.py": SYNC.format(STEPS)})
    fixed(repo, {"sync.py": SYNC.format(ONCE)})
    repo.switch("qa")
    repo.commit("Compare at once", {"sync.py": SYNC.format(ONCE), "legacy.py": f"def step_by_step(old, new):\n{STEPS}"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"
