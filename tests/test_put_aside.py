"""Files of a fix that a branch renamed so that nothing reads them: and other renames, which move them alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import merged_and, told

SETTINGS = "".join(f"setting_{n} = {n}\n" for n in range(12))
MENDED = f"{SETTINGS}checks_of_cards = all_of_them\n"
CONF = "conf/app.conf"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


@pytest.mark.parametrize("old", [{CONF: SETTINGS}, {"x.txt": "x\n"}], ids=["changed by the fix", "added by the fix"])
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("conf/app.conf.disabled", "reverted"),
        ("conf/app.conf.bak", "reverted"),
        ("disabled/conf/app.conf", "reverted"),
        ("conf/attic/app.conf", "reverted"),
        ("conf/shop.conf", "present"),
        ("settings/app.conf", "present"),
    ],
)
def test_a_file_was_renamed(repo: Repo, old: Files, name: str, status: str) -> None:
    assert merged_and(repo, old, {CONF: MENDED}, {CONF: None, name: MENDED}) == status


def test_a_copy_was_put_aside(repo: Repo) -> None:
    assert merged_and(repo, {CONF: SETTINGS}, {CONF: MENDED}, {f"{CONF}.bak": MENDED}) == "present"


def test_it_was_put_back(repo: Repo) -> None:
    steps: list[Files] = [{CONF: None, f"{CONF}.bak": MENDED}, {CONF: MENDED, f"{CONF}.bak": None, "y.txt": "y\n"}]
    assert merged_and(repo, {CONF: SETTINGS}, {CONF: MENDED}, *steps) == "present"


def test_another_file_has_such_a_name(repo: Repo) -> None:
    later: Files = {CONF: None, "settings/app.conf": MENDED, f"{CONF}.old": "other = 1\n"}
    assert merged_and(repo, {CONF: SETTINGS}, {CONF: MENDED}, later) == "present"


def test_main_put_it_aside_too(repo: Repo) -> None:
    started(repo, {CONF: SETTINGS})
    fixed(repo, {CONF: MENDED})
    repo.commit("Not now", {CONF: None, f"{CONF}.off": MENDED})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Ours", {"y.txt": "y\n"})
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")
