"""`scan --backmerge`: an audit as always, then what ends its drift, told once; and plans from a recorded run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from auditor.cli import cli
from auditor.commands import scan as scanning
from auditor.config.configuration import load
from auditor.ledger import database, read
from tests.build import CART, LOGIN, back_merge, hotfix, protocol
from tests.forge_client import shows
from tests.forge_server import Asked, Fault, Said
from tests.forge_shapes.world import TOKEN
from tests.offered import SOURCE, Scene, scene


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setattr("auditor.forges.pace.BETWEEN_WRITES", 0.0)


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Scene]:
    with scene("github", tmp_path) as made:
        yield made


def run(on: Scene, command: str, *args: str | Path) -> tuple[int, str, str]:
    jobs = () if command == "serve" else ("--jobs", "1")
    done = CliRunner().invoke(cli, [command, "-c", str(on.file), *jobs, *map(str, args)])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def scan(on: Scene, *args: str | Path) -> tuple[int, str, str]:
    return run(on, "scan", "--backmerge", *args)


def planned(on: Scene, *args: str | Path) -> tuple[int, dict[tuple[str, str], Any], str]:
    code, out, err = run(on, "backmerge", "--quiet", "--format", "json", *args)
    entries = json.loads(out)["entries"] if out else []
    return code, {(e["tag"], e["branch"]): e for e in entries}, err


# The night


def test_a_night_audits_opens_and_tells_once(on: Scene, tmp_path: Path) -> None:
    code, out, err = scan(on, "--metrics-textfile", tmp_path / "m.prom", "--report-dir", tmp_path / "report")
    (pull,) = on.pulls()
    assert code == 1
    assert (pull.source, pull.target) == (SOURCE, "dev")
    assert "Back-merges: 1 opened, 0 updated, 0 closed, 0 left, 0 refused\n" in out
    said = (
        f"opened: v2.3.1 to dev of shop: missing; a merge of the tag brings it, checked by the audit: {on.server.url}"
    )
    assert out.count(said) == err.count(said) == 1
    assert "back-merges: 1 opened, 0 updated, 0 closed, 0 left, 0 refused\n" in err
    assert 'branch_drift_in_sync{branch="dev",repository="shop"} 0.0' in (tmp_path / "m.prom").read_text()
    assert json.loads((tmp_path / "report" / "audit.json").read_text())["summary"]["verdict"] == "drift"
    code, out, err = scan(on)
    assert (code, len(on.pulls())) == (1, 1)
    assert "already-open: v2.3.1 to dev of shop" in out
    assert "already-open" not in err
    on.world.merge(on.project, pull, "merge")
    code, out, _ = scan(on)
    assert (code, out.count("Back-merges: 0 opened, 0 updated, 0 closed, 0 left")) == (0, 1)
    config = load(on.file)
    ledger = database.open_ledger(config.ledger_url, create=False)
    assert [r.state for r in read.runs(ledger, config.ledger_name)] == ["finished"] * 3


def test_the_table_in_a_file_has_the_summary_too_and_json_is_the_document_alone(on: Scene, tmp_path: Path) -> None:
    assert scan(on, "-o", tmp_path / "t.txt", "--quiet") == (1, "", "")
    told = (tmp_path / "t.txt").read_text()
    assert "v2.3.1" in told.split("Back-merges:")[0]
    assert "opened: v2.3.1 to dev" in told.split("Back-merges:")[1]
    code, out, err = scan(on, "--format", "json", "--log-format", "json")
    assert (code, json.loads(out)["schema"]) == (1, "branch-drift/audit/v1")
    lines = [json.loads(line) for line in err.splitlines()]
    assert [line["left"] for line in lines if "left" in line] == [0]


def test_drift_that_ended_another_way_is_closed_by_night(on: Scene) -> None:
    scan(on)
    on.repo.switch("dev")
    on.repo.pick("hotfix/login-crash")
    on.push("dev")
    code, out, _ = scan(on)
    assert (code, on.pulls()[0].state) == (0, "closed")
    assert "closed: v2.3.1 to dev of shop: the drift ended another way" in out


def test_a_forge_that_fails_costs_the_audit_nothing(on: Scene, tmp_path: Path) -> None:
    on.server.fail(*[Fault("answer", Said(500, {"message": "x"}))] * 12)
    code, out, err = scan(on, "-o", tmp_path / "a.json", "--format", "json", "--metrics-textfile", tmp_path / "m.prom")
    assert (code, out) == (3, "")
    assert json.loads((tmp_path / "a.json").read_text())["summary"]["verdict"] == "drift"
    assert "scan_success" in (tmp_path / "m.prom").read_text()
    assert "branch-drift: server-error: shop" in err or "500" in err
    assert on.pulls() == []
    on.server.faults.clear()
    config = load(on.file)
    ledger = database.open_ledger(config.ledger_url, create=False)
    assert read.last(ledger, config.ledger_name).state == "finished"
    assert scan(on)[0] == 1
    assert len(on.pulls()) == 1


def test_a_night_opens_no_more_than_its_caps(on: Scene) -> None:
    for number in range(2, 15):
        hotfix(on.repo, f"cart{number}", f"v2.3.{number}", {f"src/new{number}.py": "x\n"})
    on.push("main", *(f"v2.3.{n}" for n in range(2, 15)))
    code, out, _ = scan(on, "--max", "1")
    assert (code, len(on.pulls())) == (1, 1)
    assert "Back-merges: 1 opened, 0 updated, 0 closed, 13 left, 0 refused" in out
    assert "capped: v2.3.2 to dev of shop" in out
    assert "Back-merges: 10 opened, 0 updated, 0 closed, 3 left" in scan(on)[1]
    assert len(on.pulls()) == 11


def test_repositories_without_a_forge_are_named_and_left_alone(on: Scene, tmp_path: Path) -> None:
    hotfix(protocol(tmp_path / "plain", branches=("dev",)))
    document = json.loads(on.file.read_text())
    document["repositories"].append({"name": "plain", "path": str(tmp_path / "plain"), "branches": ["dev"]})
    on.file.write_text(json.dumps(document))
    code, out, err = scan(on)
    assert (code, len(on.pulls())) == (1, 1)
    assert "without forge:, so that nothing was offered: plain\n" in out
    assert "no forge: is configured for plain: nothing was offered there\n" in err


def test_a_repository_that_cannot_be_read_costs_the_others_nothing(on: Scene) -> None:
    document = json.loads(on.file.read_text())
    lost = {**document["repositories"][0], "name": "lost", "url": f"file://{on.file.parent}/gone.git"}
    on.file.write_text(json.dumps({**document, "repositories": [lost, *document["repositories"]]}))
    code, out, _ = scan(on)
    assert (code, len(on.pulls())) == (3, 1)
    assert "1 opened" in out


@pytest.mark.parametrize("args", [("--max", "3"), ("--max-per-branch", "3")])
def test_caps_need_what_they_cap(on: Scene, args: tuple[str, ...]) -> None:
    assert run(on, "scan", *args)[0] == 2


def test_without_any_forge_nothing_is_scanned(on: Scene, tmp_path: Path) -> None:
    on.configure(forge=None)
    code, out, err = scan(on, "--report-dir", tmp_path / "report")
    assert (code, out) == (2, "")
    assert "forge:" in err
    assert not (tmp_path / "report").exists()


def test_the_audit_is_on_disk_before_a_back_merge_is_asked_for(on: Scene, tmp_path: Path) -> None:
    """Of reviews it tells, and asks before; here it is to tell of none."""
    there: list[bool] = []

    def look(_: Asked) -> bool:
        there.append((tmp_path / "a.json").exists())
        return False

    on.server.fail(Fault(when=look))
    scan(on, "-o", tmp_path / "a.json", "--format", "json")
    on.server.faults.clear()
    assert there
    assert all(there)


def test_the_token_of_a_night_is_nowhere(on: Scene, tmp_path: Path) -> None:
    """Not where all goes well, nor where the forge repeats it, nor where git is refused."""
    said = ""
    hook = on.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    for step in ("refused", "echo", "well"):
        if step == "refused":
            hook.write_text("#!/bin/sh\nenv >&2\nexit 1\n")
            hook.chmod(0o755)
        if step == "echo":
            hook.unlink()
            echo = Said(400, {"message": f"wrong: {TOKEN}"})
            on.server.fail(*[Fault("answer", echo, when=lambda a: a.method == "POST")] * 3)
        code, out, err = scan(on, "--report-dir", tmp_path / "report", "--metrics-textfile", tmp_path / "m.prom")
        assert code == (1 if step == "well" else 3), (step, err)
        said += out + err
    assert len(on.pulls()) == 1
    assert shows(TOKEN, said.encode()) == []
    outputs = [f for f in tmp_path.rglob("*") if f.is_file() and not f.is_relative_to(tmp_path / "work")]
    assert {"ledger.sqlite", "index.html", "m.prom"} <= {f.name for f in outputs}
    assert {f.name: found for f in outputs if (found := shows(TOKEN, f.read_bytes()))} == {}


def test_serve_passes_it_on_and_refuses_it_without_a_forge(on: Scene) -> None:
    told = scanning.words(scanning.Options(backmerge=True, most=0, max_per_branch=2))
    assert told[-5:] == ("--max", "0", "--max-per-branch", "2", "--backmerge")
    on.configure(forge=None)
    code, _, err = run(on, "serve", "--backmerge", "--listen", "127.0.0.1:0")
    assert (code, "forge:" in err) == (2, True)


# A plan of a recorded run


def test_a_recorded_run_is_planned_without_a_scan(on: Scene) -> None:
    run(on, "scan", "--quiet")
    code, plain, _ = planned(on)
    assert (code, {k: e["action"] for k, e in plain.items()}) == (1, {("v2.3.1", "dev"): "open"})
    assert planned(on, "--run", "1") == (code, plain, "")
    assert planned(on, "--run", "1", "--apply")[0] == 0
    assert [p.head for p in on.pulls()] == [plain["v2.3.1", "dev"]["head"]]
    code, _, err = planned(on, "--run", "7")
    assert code == 3
    assert "there is no run 7" in err


def test_of_what_moved_since_nothing_is_pushed(on: Scene) -> None:
    on.configure(branches=["dev", "qa"])
    on.repo.git("branch", "qa", "dev")
    on.push("qa")
    run(on, "scan", "--quiet")
    was = on.repo.oid("dev")
    on.repo.switch("dev")
    now = on.repo.commit("Meanwhile", {"other.txt": "x"})
    on.push("dev")
    code, found, _ = planned(on, "--run", "1", "--apply")
    assert (code, {k: e["action"] for k, e in found.items()}) == (
        1,
        {("v2.3.1", "dev"): "refs-moved", ("v2.3.1", "qa"): "open"},
    )
    assert f"refs/heads/dev was at {was}, and is at {now}" in found["v2.3.1", "dev"]["reason"]
    assert [p.target for p in on.pulls()] == ["qa"]


@pytest.mark.parametrize("what", ["main", "tag", "gone"])
def test_main_and_tags_that_moved_count_too(on: Scene, what: str) -> None:
    run(on, "scan", "--quiet")
    if what == "main":
        on.repo.switch("main")
        on.repo.revert(on.repo.oid(), "-m", "1")
        on.push("main")
    elif what == "tag":
        on.repo.git("tag", "-f", "-a", "-m", "again", "v2.3.1", "main~1")
        on.push("v2.3.1")
    else:
        on.project.git("update-ref", "-d", "refs/tags/v2.3.1")
    code, found, _ = planned(on, "--run", "1", "--apply")
    assert (code, found["v2.3.1", "dev"]["action"], on.pulls()) == (1, "refs-moved", [])
    assert on.project.tip(SOURCE) is None


def test_nothing_is_closed_by_what_moved_since(on: Scene) -> None:
    """The run saw the drift ended; since then the branch was put back."""
    before = on.repo.oid("dev")
    scan(on)
    on.repo.switch("dev")
    on.repo.pick("hotfix/login-crash")
    on.push("dev")
    run(on, "scan", "--quiet")
    on.repo.git("update-ref", "refs/heads/dev", before)
    on.push("dev")
    code, found, _ = planned(on, "--run", "2", "--apply")
    assert (code, found["v2.3.1", "dev"]["action"], on.pulls()[0].state) == (1, "refs-moved", "open")


def test_the_waivers_of_today_count(on: Scene) -> None:
    run(on, "scan", "--quiet")
    waiver = {"tag": "v2.3.1", "branch": "dev", "reason": "x", "approved_by": "a@x", "expires": "2099-01-01"}
    on.configure(waivers=[waiver])
    assert planned(on, "--run", "1")[1]["v2.3.1", "dev"]["action"] == "waived"
    run(on, "scan", "--quiet")
    on.configure()
    assert planned(on, "--run", "2")[1]["v2.3.1", "dev"]["action"] == "open"


def test_what_a_run_did_not_judge_is_told(on: Scene) -> None:
    run(on, "scan", "--quiet")
    on.configure(branches=["dev", "new"])
    code, found, err = planned(on, "--run", "1")
    assert (code, list(found)) == (3, [("v2.3.1", "dev")])
    assert "did not judge the branch new" in err
    on.configure(name="other")
    code, found, err = planned(on, "--run", "1")
    assert (code, found) == (3, {})
    assert "run 1 has no repository of this name" in err
    on.configure(main="dev", branches=["main"])
    assert planned(on, "--run", "1")[0] == 3


def test_filters_hold_for_a_recorded_run(on: Scene) -> None:
    hotfix(on.repo, "cart", "v2.3.2", {"src/cart.py": CART.replace("0", "1")})
    on.push("main", "v2.3.2")
    run(on, "scan", "--quiet")
    assert list(planned(on, "--run", "1", "--tag", "v2.3.2", "--branch", "dev")[1]) == [("v2.3.2", "dev")]


def test_refs_that_move_between_scan_and_plan_are_judged_anew(on: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """In one night the plan is made of what is there when it is made."""
    from auditor.commands import nightly

    backmerged = nightly.backmerged

    def later(*args: Any) -> Any:
        back_merge(on.repo, "v2.3.1", "dev")
        on.push("dev")
        return backmerged(*args)

    monkeypatch.setattr(nightly, "backmerged", later)
    code, out, _ = scan(on)
    assert (code, on.pulls(), on.project.tip(SOURCE)) == (1, [], None)
    assert "Back-merges: 0 opened, 0 updated, 0 closed, 0 left, 0 refused" in out


# The schema


def test_every_plan_keeps_to_its_schema(on: Scene) -> None:
    schema = json.loads(CliRunner().invoke(cli, ["schema", "plan"]).stdout)
    Draft202012Validator.check_schema(schema)
    validator = Draft202012Validator(schema)
    on.repo.switch("dev")
    on.repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")})
    hotfix(on.repo, "cart", "v2.3.2", {"src/cart.py": CART.replace("0", "1")})
    on.push("dev", "main", "v2.3.2")
    run(on, "scan", "--quiet")
    for args in ((), ("--run", "1"), ("--apply", "--max", "1"), ("--apply",), ()):
        out = run(on, "backmerge", "--quiet", "--format", "json", *args)[1]
        document = json.loads(out)
        assert len(document["entries"]) == 2
        validator.validate(document)
    for wrong in ({**document, "more": 1}, {"schema": "branch-drift/plan/v1"}, {**document, "entries": [{"tag": "x"}]}):
        assert not validator.is_valid(wrong)
