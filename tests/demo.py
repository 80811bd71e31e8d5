"""The protocol's story as a small fleet of demonstration repositories: `python -m tests.demo FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.build import BRANCHES, CART, LOGIN, LOGIN_FIXED, Landed, Repo, back_merge, hotfix, protocol

CART_FIXED = CART.replace("value = 0", "value = 0.0")


def in_order(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", *BRANCHES)


def dr_forgotten(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")


def cherry_picked(repo: Repo) -> None:
    _each(repo, hotfix(repo), lambda landed: repo.pick(landed.fix, "-x"))


def squashed(repo: Repo) -> None:
    landed = _two_fixes(repo)
    _each(repo, landed, lambda it: repo.pick(it.merge, "-m", "1"))


def reverted_on_qa(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", *BRANCHES)
    repo.switch("qa")
    repo.revert(landed.fix)
    repo.switch("main")


def dropped_on_dr(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    repo.switch("dr")
    repo.commit("Configure DR", {"dr.conf": "site = b\n"})
    repo.merge("main", "-s", "ours")
    repo.switch("main")


def partly_picked(repo: Repo) -> None:
    landed = _two_fixes(repo)
    back_merge(repo, "main", "dev", "qa", "ppd")
    repo.switch("dr")
    repo.pick(landed.fix)
    repo.switch("main")


def withdrawn(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.revert(landed.merge, "-m", "1")


def dr_waived(repo: Repo) -> None:
    dr_forgotten(repo)


def never_had_it(repo: Repo) -> None:
    repo.commit("Add reports", {"src/report.py": "def report():\n    return 1\n"})
    repo.tag("v2.4.0")
    back_merge(repo, "main", "dev", "qa", "ppd")
    hotfix(repo, "report", "v2.4.1", {"src/report.py": "def report():\n    return 2\n"})
    back_merge(repo, "main", "dev", "qa", "ppd")


def careless(repo: Repo) -> None:
    hotfix(repo, annotated=False)
    repo.switch("hotfix/cart", "main")
    repo.commit("Fix cart", {"src/cart.py": CART_FIXED})
    repo.switch("main")
    repo.merge("hotfix/cart")
    back_merge(repo, "main", *BRANCHES)
    repo.switch("rogue", "v2.3.0")
    repo.commit("Fix on the side", {"src/login.py": LOGIN + "# side\n"})
    repo.tag("v2.2.9")
    repo.switch("main")


def _two_fixes(repo: Repo) -> Landed:
    repo.switch("hotfix/two", "main")
    one = repo.commit("Fix login", {"src/login.py": LOGIN_FIXED})
    repo.commit("Fix cart", {"src/cart.py": CART_FIXED})
    repo.switch("main")
    merge = repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    return Landed("hotfix/two", one, merge, "v2.3.1")


def _each(repo: Repo, landed: Landed, carry: Callable[[Landed], object]) -> None:
    for name in BRANCHES:
        repo.switch(name)
        repo.commit(f"Work on {name}", {f"{name}.txt": "x\n"})
        carry(landed)
    repo.switch("main")


STORIES = (
    in_order, dr_forgotten, cherry_picked, squashed, reverted_on_qa, dropped_on_dr, partly_picked, withdrawn,
    dr_waived, never_had_it, careless,
)  # fmt: skip

CONFIG = """\
defaults:
  branches: [dev, qa, ppd, {name: dr, sla: 4h, critical: true}]
repositories:
"""
WAIVER = """\
    waivers:
      - tag: v2.3.1
        branch: dr
        reason: DR is rebuilt from the image
        approved_by: risk@example.com
        expires: 2099-01-31
"""


def build(folder: Path) -> Path:
    """Builds the fleet and its configuration, and gives the configuration's path."""
    text = CONFIG
    for story in STORIES:
        name = story.__name__.replace("_", "-")
        story(protocol(folder / "fleet" / name))
        text += f"  - name: {name}\n    path: fleet/{name}\n"
        text += WAIVER if story is dr_waived else ""
    config = folder / "branch-drift.yaml"
    config.write_text(text)
    return config


if __name__ == "__main__":
    build(Path(sys.argv[1]))
