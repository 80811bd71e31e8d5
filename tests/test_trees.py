"""What stands at a path in a commit, asked as often as an audit asks it."""

from __future__ import annotations

import sys
from pathlib import Path

from auditor.git.store import open_store
from auditor.git.trees import Trees
from tests.build import Repo, protocol

PATHS = ("src/login.py", "src/gone.py", "gone/login.py", "README.md")


def test_what_was_looked_up_leaves_nothing_behind(tmp_path: Path) -> None:
    """The library keeps every name by which a tree was ever asked, of which an audit has millions."""
    repo: Repo = protocol(tmp_path / "shop")
    commit = repo.oid()
    with open_store(repo.path) as store:
        trees = Trees(store)
        tree = trees.tree_id(commit)

        def ask(times: int) -> None:
            for path in PATHS * times:
                again = path[:1] + path[1:]
                trees._look(tree, again)
                trees.is_folder(commit, again)

        ask(10)
        before = sys.getallocatedblocks()
        ask(500)
        assert sys.getallocatedblocks() - before < 500
