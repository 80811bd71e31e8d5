"""A fix deletes a file, and the branch has moved that, or another one like it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Repo, fixed, protocol, started
from tests.judged import told

HEAD = "".join(f"    item_{n}: {{ type: 'text', name: 'item {n}', blank: false }},\n" for n in range(12))
LOGIN = f"define('Login', {{\n{HEAD}    login: function (user) {{ return this.check(user, this.password); }}\n}});\n"
REGISTER = f"define('Register', {{\n{HEAD}    register: function (user) {{ return this.create(user); }}\n}});\n"
OLD, NEW = "engine/plugins/view/account", "themes/backend/account"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Both files on main; on qa they were moved, which merges the fix that deletes one of them."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {f"{OLD}/login.js": LOGIN, f"{OLD}/register.js": REGISTER, "app.js": "start(1)\n"})
    repo.switch("qa")
    for name in ("login.js", "register.js"):
        repo.rename(f"{OLD}/{name}", f"{NEW}/{name}")
    repo.commit("Move the views", {f"{NEW}/login.js": LOGIN.replace("item 3", "third item")})
    repo.switch("main")
    fixed(repo, {f"{OLD}/register.js": None, "app.js": "start(2)\n"})
    repo.switch("qa")
    return repo


def test_it_was_deleted_where_it_had_moved(repo: Repo) -> None:
    """Shopware's c41d57515d54: what moved beside it is like it, and is another one."""
    repo.merge("main", resolve={f"{NEW}/register.js": None, "app.js": "start(2)\n"})
    assert told(repo, "qa", "v2.4.1") == ("present", "merge")


def test_it_was_kept_where_it_had_moved(repo: Repo) -> None:
    repo.merge("main", "-s", "ours")
    repo.commit("Start it", {"app.js": "start(2)\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "dropped"


def test_a_copy_that_the_branch_had_beside_it_is_another_file(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"register.js": REGISTER, "app.js": "start(1)\n"})
    repo.switch("qa")
    repo.commit("Our own view", {f"{NEW}/register.js": REGISTER.replace("item 3", "third item")})
    repo.switch("main")
    fixed(repo, {"register.js": None, "app.js": "start(2)\n"})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Start it here", {"app.js": "start(2, 'qa')\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


def test_a_file_like_it_that_came_after_the_fix_is_another_one(tmp_path: Path) -> None:
    """The branch had deleted the old one itself."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"register.js": REGISTER, "app.js": "start(1)\n"})
    fixed(repo, {"register.js": None, "app.js": "start(2)\n"})
    repo.switch("qa")
    repo.commit("No register", {"register.js": None})
    repo.merge("main")
    repo.commit("Our own view", {f"{NEW}/register.js": REGISTER.replace("item 3", "third item")})
    repo.commit("Start it here", {"app.js": "start(2, 'qa')\n"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"
