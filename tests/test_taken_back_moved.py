"""A commit that makes a fix's inverse change where the branch has moved the files by then, and what came after it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import judged

PAGE = """\
refresh() {{
  this.updating = true;
  this.service.all().subscribe(routes => {{
{block}    this.routes = routes;
    this.updating = false;
  }});
}}

// This is the page in {kit}, whose routes are asked for when it is opened,
// and whenever somebody wants them anew.
"""
BLOCK = """\
    routes.instances = routes.instances.map(instance => {
      if (instance.health && instance.health.checks) {
        instance.status = passing(instance.health.checks) ? 'UP' : 'DOWN';
      }
      return instance;
    });
"""
ANEW = """\
    this.list = routes.map(one => ({ ...one, health: one.health?.checks.every(c => c.ok) ? 'WELL' : 'ILL' }));
"""
KITS = ("angular", "vue")
OLD, NEW = "client/{kit}/page.ts", "{kit}/templates/page.ts"


def pages(block: str, name: str = OLD) -> Files:
    """In their new places they have a line more."""
    more = "export const page = true;\n\n" if name == NEW else ""
    return {name.format(kit=kit): more + PAGE.format(block=block, kit=kit) for kit in KITS}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pages(BLOCK))
    fixed(repo, pages(""))
    repo.switch("qa")
    repo.merge("main")
    return repo


def moved(repo: Repo) -> None:
    repo.commit("Modules", {**pages("", NEW), **dict.fromkeys(pages(""), None)})


def test_taken_back_in_moved_files_and_reworked_since(repo: Repo) -> None:
    moved(repo)
    repo.commit("Health", pages(BLOCK, NEW))
    repo.commit("Types", pages(ANEW, NEW))
    assert judged(repo) == "reverted"


def test_moved_and_reworked(repo: Repo) -> None:
    moved(repo)
    repo.commit("Types", pages(ANEW, NEW))
    assert judged(repo) == "present"


def test_taken_back_and_made_again_in_moved_files(repo: Repo) -> None:
    moved(repo)
    repo.commit("Health", pages(BLOCK, NEW))
    repo.commit("No health", pages("", NEW))
    repo.commit("Types", pages(ANEW, NEW))
    assert judged(repo) == "present"


def test_the_inverse_in_files_beside_the_fix(repo: Repo) -> None:
    """Others of the same names, while those of the fix are where they were."""
    repo.commit("Another kit", {"next/page.ts": PAGE.format(block="", kit="next")})
    text = PAGE.format(block="", kit="vue").replace("somebody wants", "the user wants")
    repo.commit("Health", {"next/page.ts": PAGE.format(block=BLOCK, kit="next"), "client/vue/page.ts": text})
    repo.commit("Types", pages(ANEW))
    assert judged(repo) == "present"
