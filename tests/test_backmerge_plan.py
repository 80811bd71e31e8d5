"""The plan: every pair with an action and a reason, as JSON and as a table, with the exit status that DESIGN says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from auditor import discovery
from auditor.backmerge import requests, words
from auditor.backmerge.entry import Action, Entry, Plan
from auditor.cli import cli
from auditor.config.configuration import load
from auditor.errors import UsageError
from auditor.model import Problem
from auditor.output.plan import as_table
from tests.build import CART, LOGIN, Repo, back_merge, hotfix, protocol
from tests.forge_server import ForgeServer
from tests.forge_shapes.world import Project, World
from tests.forge_stage import SHAPES

KEYS = ["repository", "tag", "branch", "action", "reason", "method", "head", "conflicts", "pull_request"]


def shop(folder: Path) -> Repo:
    """v2.3.1 is on qa, conflicts on ppd, and is missing on dev and dr."""
    repo = protocol(folder / "shop")
    hotfix(repo)
    back_merge(repo, "v2.3.1", "qa")
    repo.switch("ppd")
    repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")})
    repo.switch("main")
    return repo


def configure(folder: Path, *repositories: dict[str, Any]) -> Path:
    file = folder / "config.yaml"
    file.write_text(json.dumps({"state": "state", "repositories": list(repositories)}))
    return file


def run(file: Path, *args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(cli, ["backmerge", "-c", str(file), "--jobs", "1", "--quiet", *args])
    return done.exit_code, done.stdout, done.stderr


def actions(file: Path, *args: str) -> tuple[int, dict[tuple[str, str], str]]:
    code, out, _ = run(file, "--format", "json", *args)
    return code, {(e["tag"], e["branch"]): e["action"] for e in json.loads(out)["entries"]}


def test_the_document(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    code, out, err = run(configure(tmp_path, {"name": "shop", "path": "shop"}), "--format", "json")
    document = json.loads(out)
    assert (code, err, document["schema"]) == (1, "", "branch-drift/plan/v1")
    assert [list(e) for e in document["entries"]] == [KEYS] * 4
    by_branch = {e["branch"]: e for e in document["entries"]}
    assert {b: e["action"] for b, e in by_branch.items()} == {
        "dev": "open", "qa": "not-owed", "ppd": "conflicting", "dr": "open",
    }  # fmt: skip
    assert all(e["reason"] for e in document["entries"])
    assert by_branch["dev"]["method"] == by_branch["ppd"]["method"] == "merge"
    assert len(by_branch["dev"]["head"]) == 40
    assert by_branch["ppd"]["head"] == repo.oid("v2.3.1^{commit}")
    assert by_branch["ppd"]["conflicts"] == ["src/login.py"]
    assert by_branch["qa"]["method"] is by_branch["qa"]["head"] is by_branch["qa"]["pull_request"] is None


def test_the_table_says_the_same(tmp_path: Path) -> None:
    shop(tmp_path)
    code, out, _ = run(configure(tmp_path, {"name": "shop", "path": "shop"}))
    assert code == 1
    assert "open: v2.3.1 to dev of shop by merge\n" in out
    assert "conflicts: src/login.py\n" in out
    assert "to qa" not in out
    assert out.endswith("2 open, 1 conflicting, 1 not-owed\n")


def test_filters(tmp_path: Path) -> None:
    repo = shop(tmp_path)
    hotfix(repo, "cart", "v2.3.2", {"src/cart.py": CART.replace("0", "1")})
    other = protocol(tmp_path / "other")
    hotfix(other)
    file = configure(tmp_path, {"name": "shop", "path": "shop"}, {"name": "other", "path": "other"})
    code, found = actions(file, "--repository", "shop", "--tag", "v2.3.2", "--branch", "dev", "--branch", "dr")
    assert (code, found) == (1, {("v2.3.2", "dev"): "open", ("v2.3.2", "dr"): "open"})
    assert actions(file, "--repository", "shop", "--branch", "qa", "--tag", "v2.3.1")[0] == 0
    code, _, err = run(file, "--repository", "shopp")
    assert code == 2
    assert 'there is no repository shopp; did you mean "shop"?' in err
    code, out, err = run(file, "--branch", "drr", "--branch", "dev", "--branch", "x")
    assert (code, out) == (2, "")
    assert 'there is no branch drr; did you mean "dr"?' in err
    assert "there is no branch x; known are: dev, qa, ppd, dr" in err
    code, out, err = run(file, "--tag", "v2.3.9")
    assert (code, out) == (2, "")
    assert "there is no hotfix v2.3.9" in err


def test_nothing_is_left_to_do(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "v2.3.1", "dev", "qa", "ppd", "dr")
    code, found = actions(configure(tmp_path, {"name": "shop", "path": "shop"}))
    assert (code, set(found.values())) == (0, {"not-owed"})


def test_a_waiver_is_respected(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    hotfix(repo)
    waiver = {"tag": "v2.3.1", "branch": "dev", "reason": "rebuilt", "approved_by": "risk@x", "expires": "2099-01-01"}
    file = configure(tmp_path, {"name": "shop", "path": "shop", "branches": ["dev"], "waivers": [waiver]})
    code, out, _ = run(file, "--format", "json")
    (entry,) = json.loads(out)["entries"]
    assert (code, entry["action"], entry["head"]) == (0, "waived", None)
    assert "rebuilt" in entry["reason"]


def test_what_cannot_be_judged_makes_it_incomplete(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    hotfix(repo)
    shop_ = {"name": "shop", "path": "shop", "branches": ["dev", "gone"]}
    file = configure(tmp_path, shop_, {"name": "lost", "path": "lost"})
    code, out, err = run(file, "--format", "json")
    found = {e["branch"]: (e["action"], e["reason"]) for e in json.loads(out)["entries"]}
    assert code == 3
    assert found["dev"][0] == "open"
    assert found["gone"] == ("not-owed", "cannot be judged: there is no branch gone")
    assert "branch-absent: shop" in err
    assert "not-found: lost" in err


def test_exit_codes() -> None:
    def code(*found: Action, done: bool = False, problem: bool = False) -> int:
        entries = tuple(Entry("r", "t", "b", a, "", done=done) for a in found)
        return Plan(entries, (Problem("x", "y"),) if problem else ()).exit_code

    quiet = {Action.ALREADY_OPEN, Action.ALREADY_MERGED, Action.CLOSED, Action.WAIVED, Action.NOT_OWED}
    assert {a for a in Action if code(a) == 0} == quiet
    assert code(*Action) == 1
    assert code(Action.OPEN, done=True) == code() == 0
    assert code(Action.NOT_OWED, problem=True) == code(Action.OPEN, problem=True) == 3


def test_names_of_others_cannot_paint_the_table() -> None:
    table = as_table(Plan((Entry("r\x1b[2J", "t\u202e", "b", Action.OPEN, "why\n\nnot"),)))
    assert "\x1b" not in table
    assert "\u202e" not in table
    assert len(table.splitlines()) == 3


# Configuration


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"backmerge": {"method": "rebase"}}, "backmerge"),
        ({"backmerge": {"committer": "nobody"}}, "is no committer"),
        ({"backmerge": {"committer": "A <a@x>\nauthor B <b@x>"}}, "is no committer"),
        ({"backmerge": {"lables": []}}, "lables"),
        ({"forge": {"type": "github"}}, "project"),
        ({"forge": {"type": "github", "project": "a/b", "push": "https://u:p@h/x"}}, "credentials"),
        ({"forge": {"type": "github", "project": "a/b", "url": "http://h", "token_env": "T"}}, "clear text"),
    ],
)
def test_faults_are_named(tmp_path: Path, keys: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as raised:
        load(configure(tmp_path, {"name": "shop", "path": "shop", **keys}))
    assert said in str(raised.value)


@contextmanager
def listing() -> Iterator[ForgeServer]:
    world = World([Project("acme/payments")])
    with ForgeServer(SHAPES["github"](world)) as server:
        world.host = server.host
        yield server


def test_what_a_forge_lists_is_at_that_forge(tmp_path: Path) -> None:
    with listing() as server:
        block = {"type": "github", "owner": "acme", "url": server.url, "backmerge": {"method": "merge"}}
        (tmp_path / "c.yaml").write_text(json.dumps({"discover": [block]}))
        config, _ = discovery.expand(load(tmp_path / "c.yaml"), None)
    (found,) = config.repositories
    assert found.forge
    assert (found.forge.project, found.forge.type, found.forge.url) == ("acme/payments", "github", server.url)
    assert found.backmerge.method == "merge"


# Templates


def test_own_templates_are_taken_and_checked(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "body.md").write_text("$tag is late. $mark")
    requests.check(own)
    for text, said in (("$nothing $mark", "nothing"), ("no mark", "$mark"), ("100 $ $mark", "body.md")):
        again = tmp_path / said.strip("$")
        again.mkdir()
        (again / "body.md").write_text(text)
        with pytest.raises(UsageError) as raised:
            requests.check(again)
        assert said in str(raised.value)
    shop(tmp_path)
    file = configure(tmp_path, {"name": "shop", "path": "shop", "backmerge": {"templates": "nothing"}})
    assert run(file)[0] == 2


def test_words_do_nothing() -> None:
    assert words.block(["a\n```\n@x", "b"]) == "    a\n    ```\n    @x\n    b"
    assert "`" not in words.code("a`b")[1:-1]
    assert words.prose("<img src=x> [a](b) `c`").startswith("\\<img")
    assert words.inert("a-1 plain text, 5 % of it").replace("\u2060", "") == "a-1 plain text, 5 % of it"
