"""Repositories found at a forge: all of them, once, accounted for, and a forge that fails costs the others nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, get_args

import pytest

from auditor import discovery
from auditor.config.access import ForgeType
from auditor.config.addresses import key, usable
from auditor.config.configuration import Config, DiscoverConfig, RepositoryConfig, load, overridden
from auditor.config.values import Sla
from auditor.errors import ForgeError, UsageError
from auditor.forges import FORGES
from auditor.forges.interface import Listed
from auditor.model import Audit, Discovery, Tool
from auditor.output import FORMATS, metrics, render
from tests import forge_specs
from tests.build import back_merge, hotfix, protocol
from tests.forge_client import disguises, shows
from tests.forge_server import Fault, ForgeServer, Said
from tests.forge_shapes.world import TOKEN, Project, World
from tests.forge_stage import KINDS, SHAPES
from tests.remotes import serving


@contextmanager
def forge(kind: str, *projects: Project | str, page: int = 100) -> Iterator[tuple[ForgeServer, World]]:
    world = World([Project(p) if isinstance(p, str) else p for p in projects], page=page)
    with ForgeServer(SHAPES[kind](world)) as server:
        world.host = server.host
        yield server, world


@pytest.fixture(autouse=True)
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)


def block(kind: str, server: ForgeServer, **keys: Any) -> DiscoverConfig:
    said = {"type": kind, "owner": "acme", "url": server.url, "token_env": "CANARY", "patience": 1, **keys}
    return DiscoverConfig.model_validate(said)


def expand(*blocks: DiscoverConfig, known: tuple[RepositoryConfig, ...] = ()) -> tuple[Config, tuple[Discovery, ...]]:
    return discovery.expand(Config(state=Path(), repositories=known, discover=blocks), None)


def named(kind: str, *paths: str) -> list[str]:
    """The names of repositories of `acme`; at one of the forges a project stands between, here of the same name."""
    return [f"acme/{path}" if kind == "azure" else path for path in paths]


def reasons(found: Discovery) -> dict[str, str]:
    return {e.repository: e.reason for e in found.excluded}


def test_every_type_has_an_adapter_and_a_stand_in() -> None:
    assert set(get_args(ForgeType)) == set(FORGES) == set(SHAPES)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("number", "page"), [(0, 100), (1, 100), (99, 100), (100, 100), (101, 50), (230, 50), (7, 3)])
def test_all_pages_are_read(kind: str, number: int, page: int) -> None:
    names = [f"acme/r{n:03}" for n in range(number)]
    with forge(kind, "other/x", "acme/zzz", *reversed(names), page=page) as (server, _):
        config, (found,) = expand(block(kind, server))
    assert found.errors == ()
    assert [r.name for r in config.repositories] == named(kind, *names, "acme/zzz") == list(found.repositories)
    place = {"bitbucket-server": "scm/acme/zzz.git", "azure": "acme/_git/zzz"}.get(kind, "acme/zzz.git")
    assert config.repositories[-1].url == f"http://{server.host}/{place}"


@forge_specs.needed
@pytest.mark.parametrize("kind", sorted(forge_specs.PREFIXES))
def test_requests_are_as_the_forge_describes_them(kind: str) -> None:
    with forge(kind, *[f"acme/r{n}" for n in range(7)], page=3) as (server, _):
        expand(block(kind, server))
    assert len(server.asked) == 3
    assert forge_specs.faults(kind, server.asked) == []


def test_what_the_description_forbids_is_seen() -> None:
    """The check of the checks: were the adapter wrong, the test above would fail."""
    if not forge_specs.FOLDER.is_dir():
        pytest.skip(forge_specs.ABSENT)
    with forge("github", "acme/a") as (server, _):
        expand(block("github", server))
    (asked,) = server.asked
    for query in ({"per_page": "many"}, {"sort": "size"}, {"pagesize": "3"}):
        wrong = type(asked)("GET", asked.path, query, asked.headers, None, 0)
        assert len(forge_specs.faults("github", [wrong])) == 1


# What some of the forges do not tell of a repository.
UNTOLD = {
    "github": ("new",),
    "gitea": ("shut",),
    "bitbucket-cloud": ("old", "new", "shut"),
    "bitbucket-server": ("new",),
    "azure": ("old",),
}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_left_out_is_listed_with_its_reason(kind: str) -> None:
    projects = (
        Project("acme/payments-api"),
        Project("acme/payments-old", archived=True),
        Project("acme/payments-fork", fork=True),
        Project("acme/payments-sandbox"),
        Project("acme/website"),
        Project("acme/payments-new", empty=True),
        Project("acme/payments-shut", disabled=True),
    )
    with forge(kind, *projects) as (server, _):
        chosen = block(kind, server, include=["PAYMENTS-*"], exclude=["*-sandbox"])
        config, (found,) = expand(chosen)
        everything, _ = expand(block(kind, server, archived=True, forks=True))
    said = {
        "old": "is archived (archived: true takes it in)",
        "fork": "is a fork (forks: true takes it in)",
        "sandbox": "matches *-sandbox of exclude:",
        "new": "is empty",
        "shut": "is disabled at the forge",
    }
    left_out = {named(kind, f"acme/payments-{n}")[0]: said[n] for n in said if n not in UNTOLD.get(kind, ())}
    assert reasons(found) == {**left_out, named(kind, "acme/website")[0]: "matches no pattern of include:"}
    names = {r.name for r in config.repositories}
    assert names | set(reasons(found)) == set(named(kind, *(p.path for p in projects)))
    assert set(named(kind, "acme/payments-old", "acme/payments-fork")) <= {r.name for r in everything.repositories}


def test_subgroups_are_taken_in_and_patterns_see_their_path() -> None:
    with forge("gitlab", "acme/a", "acme/sub/a", "acme/sub/deep/b", "acmeother/c") as (server, _):
        config, _found = expand(block("gitlab", server))
        below, (left,) = expand(block("gitlab", server, include=["sub/*"]))
        by_name, _found = expand(block("gitlab", server, include=["a"]))
    assert [r.name for r in config.repositories] == ["acme/a", "acme/sub/a", "acme/sub/deep/b"]
    assert [r.name for r in below.repositories] == ["acme/sub/a", "acme/sub/deep/b"]
    assert [r.name for r in by_name.repositories] == ["acme/a", "acme/sub/a"]
    assert list(reasons(left)) == ["acme/a"]
    assert server.asked[0].path == "/api/v4/groups/acme/projects"
    assert server.asked[0].query["with_shared"] == "false"


def test_a_subgroup_can_be_the_owner() -> None:
    with forge("gitlab", "acme/sub/a") as (server, _):
        config, _found = expand(block("gitlab", server, owner="acme/sub"))
    assert server.asked[0].path == "/api/v4/groups/acme%2Fsub/projects"
    assert [r.name for r in config.repositories] == ["acme/sub/a"]


def test_what_is_found_has_the_keys_of_its_block(tmp_path: Path) -> None:
    with forge("gitea", "acme/a") as (server, _):
        file = tmp_path / "c.yaml"
        file.write_text(
            "defaults: {main: trunk, ignore_paths: [VERSION]}\n"
            f"discover: [{{type: gitea, owner: acme, url: '{server.url}', branches: [{{name: dr, sla: 4h}}],"
            " rules: {tag-not-annotated: off}}]\n"
        )
        config, _ = discovery.expand(load(file), None)
    (repository,) = config.repositories
    assert (repository.main, repository.ignore_paths) == ("trunk", ("VERSION",))
    assert [(b.name, b.sla) for b in repository.branches] == [("dr", Sla("4h", 4 * 3600, None))]
    assert repository.rules["tag-not-annotated"].value == "off"


@pytest.mark.parametrize("kind", KINDS)
def test_ssh_addresses_have_one_form(kind: str) -> None:
    own = {"ssh_url": "ssh://git@git.example.com:2222/acme/b.git", "ssh_url_to_repo": "git@git.example.com:acme/b.git"}
    with forge(kind, Project("acme/a"), Project("acme/b", links=own)) as (server, world):
        world.host = "git.example.com"
        config, (found,) = expand(block(kind, server, clone="ssh"))
    assert found.errors == ()
    port = "" if kind == "gitlab" else ":2222"
    one = "ssh://git@ssh.git.example.com/v3/acme//a" if kind == "azure" else "ssh://git@git.example.com/acme/a.git"
    assert [r.url for r in config.repositories] == [one, f"ssh://git@git.example.com{port}/acme/b.git"]


HOSTILE = (
    "ext::sh -c touch% /tmp/x",
    "file:///etc",
    "/etc",
    "-oProxyCommand=x",
    "http://elsewhere.example/acme/a.git",
    "https://[/acme",
    "ftp://127.0.0.1/a",
    "http://user:secret@127.0.0.1/a.git",
    "http://127.0.0.1/a.git?x=1",
    "http://127.0.0.1/a\n.git",
    "http://127.0.0.1",
    "ssh://-oProxyCommand=x/a",
    "git@-oProxyCommand=x:a",
)


@pytest.mark.parametrize("address", HOSTILE)
@pytest.mark.parametrize("clone", ["https", "ssh"])
def test_a_forge_cannot_send_git_elsewhere(address: str, clone: str) -> None:
    links = {"clone_url": address, "ssh_url": address}
    with forge("github", Project("acme/a", links=links), "acme/b") as (server, _):
        config, (found,) = expand(block("github", server, clone=clone))
    assert [r.name for r in config.repositories] == ["acme/b"]
    (error,) = found.errors
    assert error.code == "bad-address"
    assert error.detail.startswith("acme/a: ")
    assert "secret" not in error.detail


def test_addresses_are_compared_whatever_their_transport() -> None:
    same = (
        "https://h.example/a/b",
        "https://H.example:443/a/b.git",
        "git@h.example:a/b.git",
        "ssh://git@h.example:22/A/b/",
    )
    assert {key(a) for a in same} == {"h.example/a/b"}
    assert key("https://h.example:8443/a/b") != key("https://h.example/a/b")
    assert usable("git@h.example:/a/b", ("ssh",), None) == "ssh://git@h.example/a/b"


# Names


def test_a_repository_is_audited_once() -> None:
    with forge("github", "acme/a", "acme/b", "acme/c") as (server, _):
        own = RepositoryConfig.model_validate({"name": "mine", "url": f"http://{server.host}/acme/b.git"})
        config, (first, second) = expand(block("github", server), block("github", server, include=["c"]), known=(own,))
    assert [r.name for r in config.repositories] == ["mine", "acme/a", "acme/c"]
    assert reasons(first) == {"acme/b": "is audited as mine already"}
    assert reasons(second)["acme/c"] == "is audited as acme/c already"
    assert [e.code for e in second.errors] == ["nothing-found"]


def test_names_stay_unique_and_the_same(tmp_path: Path) -> None:
    taken = RepositoryConfig.model_validate({"name": "acme/a", "path": tmp_path})
    with forge("github", "acme/b", "acme/a") as (one, _), forge("gitea", "acme/b") as (two, _):
        blocks = (block("github", one), block("gitea", two))
        names = [[r.name for r in expand(*blocks, known=(taken,))[0].repositories] for _ in range(2)]
    assert names[0] == ["acme/a", "127.0.0.1/acme/a", "acme/b", "127.0.0.1/acme/b"] == names[1]


def test_what_slid_from_page_to_page_is_taken_once() -> None:
    with forge("github", *[f"acme/r{n}" for n in range(6)], page=3) as (server, world):
        asked: list[str] = []

        def slide(request: object) -> bool:
            asked.append("")
            if len(asked) == 2:
                world.projects.insert(0, Project("acme/r"))
            return False

        server.fail(Fault(when=slide))
        config, (found,) = expand(block("github", server))
    assert [r.name for r in config.repositories] == [f"acme/r{n}" for n in range(6)]
    assert found.errors == ()


# What goes wrong


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("said", "code"),
    [
        (Said(401, {"message": "Bad credentials"}), "unauthorized"),
        (Said(403, {"message": "Forbidden"}), "forbidden"),
        (Said(429, None, {"Retry-After": "900"}), "rate-limited"),
        (Said(200, b"<html>Sign in</html>"), "not-json"),
        (Said(200, {"message": "hello"}), "unexpected"),
        (Said(200, None), "unexpected"),
        (Said(200, ["acme/a"]), "unexpected"),
        (Said(200, [{"full_name": 7, "path_with_namespace": []}]), "unexpected"),
        (Said(302, None, {"Location": "https://login.example.com/"}), "redirected"),
    ],
)
def test_a_forge_that_fails_is_an_error_of_the_run(kind: str, said: Said, code: str) -> None:
    with forge(kind, "acme/a") as (server, _), forge("gitea", "acme/b") as (healthy, _):
        server.fail(Fault(said=said))
        config, (broken, fine) = expand(block(kind, server), block("gitea", healthy))
    assert [e.code for e in broken.errors] == [code]
    assert fine.errors == ()
    assert [r.name for r in config.repositories] == ["acme/b"]


def test_an_owner_that_is_not_there() -> None:
    for kind in KINDS:
        with forge(kind, "acme/a") as (server, _):
            _config, (found,) = expand(block(kind, server, owner="nobody"))
        assert [e.code for e in found.errors] == ["not-found"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_to_audit_is_no_success(kind: str) -> None:
    with forge(kind, Project("acme/a", fork=True)) as (server, _):
        _config, found = expand(block(kind, server), block(kind, server, owner="hollow"))
    assert [[e.code for e in d.errors] for d in found] == [["nothing-found"]] * 2
    assert Audit(Tool("", "", ""), 0, 0, None, (), found).exit_code == 3


@pytest.mark.parametrize("kind", ["gitlab", "gitea"])
def test_a_list_that_is_shorter_than_its_total_is_an_error(kind: str) -> None:
    item = {"full_name": "acme/a", "path_with_namespace": "acme/a"}
    with forge(kind, "acme/a") as (server, _):
        server.fail(Fault(said=Said(200, [item], {"X-Total": "3", "X-Total-Count": "3"})))
        _config, (found,) = expand(block(kind, server))
    assert [(e.code, "gave 1 of 3" in e.detail) for e in found.errors] == [("incomplete-list", True)]


def test_a_list_that_single_sign_on_cuts_is_an_error() -> None:
    with forge("github", "acme/a") as (server, _):
        headers = {"X-GitHub-SSO": "partial-results; organizations=1,2"}
        server.fail(Fault(said=Said(200, [], headers)))
        _config, (found,) = expand(block("github", server))
    assert [e.code for e in found.errors] == ["incomplete-list"]


def test_a_forge_that_gives_one_page_for_ever_is_left() -> None:
    with forge("github", "acme/a") as (server, _):
        said = Said(200, [{"full_name": "acme/a"}], {"Link": f'<{server.url}/x?page=2>; rel="next"'})
        server.fail(*[Fault(said=said)] * 5)
        _config, (found,) = expand(block("github", server))
    assert [e.code for e in found.errors] == ["unexpected"]
    assert len(server.asked) == 2


def test_a_token_that_is_not_there_asks_nobody() -> None:
    with forge("github", "acme/a") as (server, _):
        _config, (found,) = expand(block("github", server, token_env="ABSENT"))
    assert [(e.code, "ABSENT" in e.detail) for e in found.errors] == [("token", True)]
    assert server.asked == []


def test_without_a_token_what_is_private_stays_unseen() -> None:
    with forge("gitea", Project("acme/a", private=True), "acme/b") as (server, _):
        config, _found = expand(block("gitea", server, token_env=None))
    assert [r.name for r in config.repositories] == ["acme/b"]


# From run to run


@pytest.mark.parametrize("kind", KINDS)
def test_an_unchanged_list_costs_no_page_and_a_new_repository_is_found(kind: str, tmp_path: Path) -> None:
    """A full first page stays the same while a second comes to be: its ETag alone would hide that."""
    size = FULL[kind]
    with forge(kind, *[f"acme/r{n:03}" for n in range(size)]) as (server, world):
        config = Config(state=tmp_path, repositories=(), discover=(block(kind, server),))
        first, _ = discovery.expand(config, tmp_path / "kept")
        cold = len(server.asked)
        world.projects.append(Project("acme/zzz"))
        second, _ = discovery.expand(config, tmp_path / "kept")
    assert server.asked[cold].headers.get("if-none-match") is not None
    assert [r.name for r in second.repositories] == [*(r.name for r in first.repositories), *named(kind, "acme/zzz")]


def test_what_was_listed_last_is_audited_while_the_forge_cannot_be_asked(tmp_path: Path) -> None:
    with forge("github", "acme/a", Project("acme/b", fork=True), "acme/c") as (server, _):
        config = Config(state=tmp_path, repositories=(), discover=(block("github", server, exclude=["c"]),))
        first, _found = discovery.expand(config, tmp_path / "kept")
        server.fail(Fault(said=Said(401, {"message": "Bad credentials"})))
        second, (found,) = discovery.expand(config, tmp_path / "kept")
        assert second.repositories == first.repositories
        assert set(reasons(found)) == {"acme/b", "acme/c"}
        assert [e.code for e in found.errors] == ["unauthorized"]
        assert "audited is what it listed on 20" in found.errors[0].detail
        (file,) = (tmp_path / "kept").glob("list-*")
        assert file.stat().st_mode & 0o777 == 0o600
        file.write_text("[")
        server.fail(Fault(said=Said(401, {"message": "Bad credentials"})))
        third, _found = discovery.expand(config, tmp_path / "kept")
        assert third.repositories == ()


FULL = {kind: 50 if kind == "gitea" else 100 for kind in KINDS}


# The command


def scan(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "auditor", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, env=dict(os.environ))


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa", "ppd", "dr")
    return repo.path


def configuration(folder: Path, shop: Path, *servers: tuple[str, ForgeServer]) -> Path:
    file = folder / "c.yaml"
    blocks = [
        {
            "type": kind,
            "owner": "acme",
            "url": server.url,
            "token_env": "CANARY",
            "patience": "0s",
            "exclude": ["*-old"],
        }
        for kind, server in servers
    ]
    repositories = [{"name": "shop", "path": str(shop)}]
    file.write_text(json.dumps({"state": "state", "repositories": repositories, "discover": blocks}))
    return file


def test_a_failed_discovery_is_exit_3_and_costs_nothing_else(shop: Path, tmp_path: Path) -> None:
    with forge("github", "acme/a") as (server, _):
        server.fail(Fault(said=Said(500)))
        file = configuration(tmp_path, shop, ("github", server))
        done = scan("scan", "-c", file, "--format", "json", cwd=tmp_path)
    document = json.loads(done.stdout)
    assert done.returncode == 3
    assert [r["name"] for r in document["repositories"]] == ["shop"]
    assert document["summary"]["pairs"]["present"] == 4
    assert document["summary"]["verdict"] == "incomplete"
    (discovered,) = document["discovered"]
    assert [e["code"] for e in discovered["errors"]] == ["server-error"]
    assert b"github acme: server-error: " in done.stderr


def test_what_is_found_is_mirrored_and_audited(shop: Path, tmp_path: Path) -> None:
    """From the forge's list to the verdict, two nights long: the second finds what was pushed since."""
    with serving(tmp_path) as git, forge("github", Project("acme/shop"), Project("acme/shop-old")) as (server, world):
        world.projects[0].links["clone_url"] = git.url("shop/.git")
        world.projects[0].bare = shop / ".git"
        file = configuration(tmp_path, tmp_path / "absent", ("github", server))
        first = json.loads(scan("scan", "-c", file, "--format", "json", cwd=tmp_path).stdout)
        subprocess.run(["git", "-C", shop, "branch", "-qf", "dr", "v2.3.0^{commit}"], check=True)
        second = json.loads(scan("scan", "-c", file, "--format", "json", cwd=tmp_path).stdout)
        told = scan("explain", "v2.3.1", "dr", "acme/shop", "-c", file, cwd=tmp_path)
    for document, status in ((first, "present"), (second, "missing")):
        found = document["repositories"][-1]
        assert (found["name"], found["source"], found["errors"]) == ("acme/shop", git.url("shop/.git"), [])
        assert found["hotfixes"][0]["branches"]["dr"]["status"] == status
    assert told.returncode == 1
    assert b"v2.3.1 on dr of acme/shop: missing" in told.stdout
    assert not [seen for seen in git.seen if seen[1]]


def everything(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if file.is_file() and ".git" not in file.parts:
            yield str(file), file.read_bytes()


def test_the_token_is_nowhere_in_what_is_written(shop: Path, tmp_path: Path) -> None:
    """Discoveries that work, that fail in every way, and forges that send the token back: none shows it."""
    echo = Said(404, {"message": f"no token {TOKEN}"})
    with (
        forge("github", "acme/a", Project("acme/a-old")) as (one, _),
        forge("gitlab", "acme/b") as (two, _),
        forge("gitea", f"acme/{TOKEN.replace('/', '')}") as (three, _),
        forge("gitea", "acme/c") as (four, _),
    ):
        two.fail(Fault(said=echo))
        four.fail(Fault(said=Said(302, None, {"Location": f"https://x.example/?t={TOKEN}"})))
        file = configuration(tmp_path, shop, ("github", one), ("gitlab", two), ("gitea", three), ("gitea", four))
        options = ("--metrics-textfile", tmp_path / "m.prom", "--report-dir", tmp_path / "report")
        runs = [
            scan("scan", "-c", file, *options, cwd=tmp_path),
            scan("explain", "v2.3.1", "dr", "nowhere", "-c", file, cwd=tmp_path),
        ]
        _config, found = discovery.expand(load(file), tmp_path / "kept")
    assert [r.returncode for r in runs] == [3, 2]
    written = [(f"{n} out", r.stdout + r.stderr) for n, r in enumerate(runs)] + list(everything(tmp_path))
    written += [(f, render(f, Audit(Tool("", "", ""), 0, 0, None, (), found)).encode()) for f in FORMATS]
    assert any("state/forges/" in name for name, _ in written)
    assert any("excluded acme/a-old" in text.decode() for _, text in written)
    assert {name: forms for name, data in written if (forms := shows(TOKEN, data))} == {}
    for server in (one, two, three, four):
        assert server.asked
        assert not [a.url for a in server.asked for form in disguises(TOKEN) if form in a.url]


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_names_what_was_left_out_and_what_failed(form: str) -> None:
    with (
        forge("github", "acme/a", Project("acme/<b>old", archived=True)) as (server, _),
        forge("gitea", "x/y") as (two, _),
    ):
        _config, found = expand(block("github", server), block("gitea", two))
    run = Audit(Tool("", "", ""), 0, 0, None, (), found)
    assert "branch_drift_discoveries_failed 1.0\n" in metrics.exposition(run, {})
    text = render(form, run)
    if form == "csv":
        return
    assert "not-found" in text
    assert "old" in text
    assert form in ("json", "sarif", "table") or "<b>old" not in text


def test_init_writes_what_was_found(tmp_path: Path) -> None:
    file = tmp_path / "made.yaml"
    with forge("github", "acme/a", Project("acme/b", archived=True), Project("acme/c\n- evil: [")) as (server, _):
        args = ("--forge", "github", "--owner", "acme", "--url", server.url, "--token-env", "CANARY", "-o", file)
        done = scan("init", *args, cwd=tmp_path)
        assert (done.returncode, done.stderr) == (0, b"")
        loaded = load(file)
        config, _found = discovery.expand(loaded, None)
    text = file.read_text()
    assert "#   acme/a\n" in text
    assert "#   acme/b (is archived" in text
    assert "acme/c\\u000a- evil" in text
    assert loaded.discover[0].token_env == "CANARY"
    assert [r.name for r in config.repositories] == ["acme/a"]
    assert shows(TOKEN, file.read_bytes() + done.stdout) == []
    assert scan("init", *args, cwd=tmp_path).returncode == 2


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (("--forge", "github"), 2, "--owner"),
        (("--owner", "acme"), 2, "--forge"),
        (("--forge", "github", "--owner", "acme", "--url", "nonsense"), 2, "--url: is no web address"),
        (("--forge", "github", "--owner", "acme", "."), 2, "not both"),
        (
            ("--forge", "github", "--owner", "acme", "--url", "http://git.example.com", "--token-env", "CANARY"),
            2,
            "clear",
        ),
    ],
)
def test_init_says_what_is_wrong(tmp_path: Path, args: tuple[str, ...], status: int, words: str) -> None:
    done = scan("init", *args, cwd=tmp_path)
    assert done.returncode == status
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not (tmp_path / "branch-drift.yaml").exists()


# The configuration


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("{type: svn, owner: a}", "must be 'github', 'gitlab', 'gitea', "),
        ("{type: bitbucket-server, owner: a}", "url: is missing"),
        ("{type: github}", "discover.0.owner: is missing"),
        ("{type: github, owner: a, tokenenv: X}", 'did you mean "token_env"'),
        ("{type: github, owner: a, url: 'https://u:p@h.example'}", "token belongs in"),
        ("{type: github, owner: a, url: 'git.example.com'}", "is no web address"),
        ("{type: github, owner: a, url: 'https://h.example:port'}", "is no web address"),
        ("{type: github, owner: a, url: 'http://h.example', token_env: T}", "clear text"),
        ("{type: github, owner: a, token_env: T, token_file: f}", "give one of them"),
        ("{type: github, owner: a, clone: ftp}", "'https' or 'ssh'"),
        ("{type: github, owner: a, main: dev}", "dev is main"),
        ("{type: github, owner: a, timeout: 0s}", "greater than or equal to 1"),
    ],
)
def test_faults_of_the_configuration(tmp_path: Path, said: str, words: str) -> None:
    file = tmp_path / "c.yaml"
    file.write_text(f"discover:\n- {said}\n")
    with pytest.raises(UsageError) as raised:
        load(file)
    assert any(f.startswith(f"{file}:2: ") and words in f for f in raised.value.faults), raised.value.faults


def test_neither_repositories_nor_discover_is_a_fault(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("state: x\n")
    with pytest.raises(UsageError, match="or discover: one"):
        load(file)


def test_the_command_line_overrules_what_is_found_too(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("discover: [{type: gitea, owner: a, url: 'https://h', main: trunk}]\n")
    (found,) = overridden(load(file), "production", ["dr"]).discover
    assert (found.main, [b.name for b in found.branches], found.owner) == ("production", ["dr"], "a")
    with pytest.raises(UsageError, match="is main"):
        overridden(load(file), "dr", ["dr"])


def test_files_are_named_from_the_configuration(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("discover: [{type: gitea, owner: a, url: 'https://h', token_file: t, ca_file: c}]\n")
    (found,) = load(file).discover
    assert (found.token_file, found.ca_file) == (tmp_path / "t", tmp_path / "c")


@pytest.mark.parametrize(
    ("kind", "url", "root"),
    [
        ("github", None, "https://api.github.com"),
        ("github", "https://github.com", "https://api.github.com"),
        ("github", "https://git.example.com/", "https://git.example.com/api/v3"),
        ("github", "https://git.example.com/api/v3", "https://git.example.com/api/v3"),
        ("github", "https://acme.ghe.com", "https://api.acme.ghe.com"),
        ("gitlab", None, "https://gitlab.com/api/v4"),
        ("gitlab", "https://git.example.com/lab", "https://git.example.com/lab/api/v4"),
        ("gitea", "https://codeberg.org", "https://codeberg.org/api/v1"),
        ("bitbucket-cloud", "https://bitbucket.org", "https://api.bitbucket.org/2.0"),
        ("bitbucket-server", "https://git.example.com/rest/api/latest", "https://git.example.com/rest"),
        ("azure", None, "https://dev.azure.com"),
    ],
)
def test_where_interfaces_are(kind: str, url: str | None, root: str) -> None:
    found = FORGES[kind]
    assert found.root(url or found.public or "") == root


def test_github_itself_is_cloned_from_its_web_address() -> None:
    said = DiscoverConfig.model_validate({"type": "github", "owner": "acme"})
    made = discovery._address(said, _listed("https://github.com/acme/a.git"))
    assert made == "https://github.com/acme/a.git"
    with pytest.raises(ValueError, match="another host"):
        discovery._address(said, _listed("https://gitlab.com/acme/a.git"))


def _listed(https: str) -> Listed:
    return Listed("acme/a", https, None, archived=False, fork=False, empty=False, disabled=False)


def test_listed_raises_what_init_shows() -> None:
    with forge("github", "acme/a") as (server, _), pytest.raises(ForgeError, match="not-found"):
        discovery.listed(block("github", server, owner="nobody"))
