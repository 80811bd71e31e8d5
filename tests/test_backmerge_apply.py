"""From drift to pull request to sync, at every forge: once, whoever races, and nobody's work touched."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.backmerge import apply, whole
from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Plan
from auditor.backmerge.plan import Caps
from auditor.commands import scan
from auditor.forges import signing_in
from auditor.forges.tokens import Token
from tests.build import CART, LOGIN, Repo, back_merge, hotfix
from tests.forge_client import shows
from tests.forge_server import Fault, Said
from tests.forge_shapes.world import TOKEN
from tests.forge_stage import KINDS
from tests.judged import audit, pair
from tests.offered import SOURCE, Scene, scene
from tests.remotes import only_with, serving


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setattr("auditor.forges.pace.BETWEEN_WRITES", 0.0)


@pytest.fixture
def on(tmp_path: Path) -> Iterator[Scene]:
    with scene("github", tmp_path) as made:
        yield made


@pytest.mark.parametrize("kind", KINDS)
def test_from_drift_to_sync(kind: str, tmp_path: Path) -> None:
    for how in ("merge", "squash", "rebase"):
        with scene(kind, tmp_path / how) as on:
            if how == "merge":
                assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "open"})
                assert (on.pulls(), on.project.tip(SOURCE)) == ([], None)
            code, (entry,) = on.run()
            assert (code, entry["action"], entry["method"]) == (0, "open", "merge")
            (pull,) = on.pulls()
            assert (pull.source, pull.target, pull.draft) == (SOURCE, "dev", False)
            assert entry["head"] == pull.head == on.project.tip(SOURCE)
            assert str(pull.number) in entry["pull_request"]
            plainly = pull.body.replace("\u2060", "")
            assert "Why this way: missing; a merge of the tag brings it" in plainly
            assert "forecast for the whole hotfix as one change: clean." in plainly
            if how == "merge":
                asked = len(on.server.asked)
                assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})
                assert {a.method for a in on.server.asked[asked:]} <= {"GET"}
            on.world.merge(on.project, pull, how)
            verdict = pair(audit(on.bare, branches=["dev"]), "v2.3.1", "dev")
            assert verdict.status == "present", (how, verdict)
            assert on.actions() == (0, {("v2.3.1", "dev"): "already-merged"})
            assert len(on.pulls()) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_conflicts_is_a_draft_from_the_hotfix(kind: str, tmp_path: Path) -> None:
    with scene(kind, tmp_path) as on:
        on.repo.switch("dev")
        on.repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")}, author="Eve <e@x>")
        on.push("dev")
        code, (entry,) = on.run()
        assert (code, entry["action"], entry["conflicts"]) == (0, "conflicting", ["src/login.py"])
        (pull,) = on.pulls()
        assert pull.draft
        assert pull.head == on.repo.oid("v2.3.1^{commit}")
        assert "src/login.py" in pull.body
        assert "Eve" in pull.body
        assert f"git merge --no-ff {pull.head}" in pull.body
        assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})


def test_the_commands_of_a_draft_resolve_it(on: Scene, tmp_path: Path) -> None:
    on.repo.switch("dev")
    on.repo.commit("Shut", {"src/login.py": LOGIN.replace("account.locked", "account.shut")})
    on.push("dev")
    on.run()
    (pull,) = on.pulls()
    commands = [line.strip() for line in pull.body.splitlines() if line.startswith("    git ")][:4]
    clone = Repo(tmp_path / "clone", "none")
    clone.git("remote", "add", "origin", str(on.bare))
    for command in commands[:3]:
        clone.run(*command.split()[1:])
    assert clone.git("diff", "--name-only", "--diff-filter=U") == "src/login.py"
    fixed = LOGIN.replace("    if account.locked", '    if account is None:\n        return "no"\n    if account.shut')
    clone.commit("Resolve", {"src/login.py": fixed})
    clone.git(*commands[3].split()[1:])
    pull.draft = False
    on.world.merge(on.project, pull, "merge")
    assert pair(audit(on.bare, branches=["dev"]), "v2.3.1", "dev").status == "present"


def test_a_closed_one_is_never_opened_again(on: Scene) -> None:
    on.run()
    on.world.end(on.pulls()[0], "closed", None)
    assert on.actions() == (0, {("v2.3.1", "dev"): "closed-by-human"})
    on.project.git("update-ref", "-d", f"refs/heads/{SOURCE}")
    assert on.actions() == (0, {("v2.3.1", "dev"): "closed-by-human"})
    assert len(on.pulls()) == 1


def test_what_was_merged_and_reverted_is_not_offered_twice(on: Scene) -> None:
    on.run()
    on.world.merge(on.project, on.pulls()[0], "merge")
    on.repo.git("fetch", "-q", str(on.bare), "+dev:dev")
    on.repo.switch("dev")
    on.repo.revert(on.repo.oid(), "-m", "1")
    on.push("dev")
    code, (entry,) = on.run()
    assert (code, entry["action"]) == (0, "already-merged")
    assert "reverted" in entry["reason"]


def test_a_humans_commits_on_the_branch_stay(on: Scene) -> None:
    on.run()
    on.repo.git("fetch", "-q", str(on.bare), f"+{SOURCE}:{SOURCE}")
    on.repo.switch(SOURCE)
    tip = on.repo.commit("By hand", {"hand.txt": "x"})
    on.push(SOURCE)
    assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})
    assert on.project.tip(SOURCE) == tip


def test_a_branch_of_somebody_elses_is_left_alone(on: Scene) -> None:
    on.repo.switch(SOURCE, "dev")
    tip = on.repo.commit("Mine", {"mine.txt": "x"})
    on.push(SOURCE)
    assert on.actions() == (1, {("v2.3.1", "dev"): "branch-taken"})
    assert (on.project.tip(SOURCE), on.pulls()) == (tip, [])


def test_a_run_that_broke_off_is_taken_up_after_the_target_moved(on: Scene) -> None:
    on.server.fail(*[Fault("answer", Said(500, {"message": "x"}), when=lambda a: a.method == "POST")] * 3)
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    left = on.project.tip(SOURCE)
    assert left
    assert on.pulls() == []
    on.repo.switch("dev")
    on.repo.commit("Meanwhile", {"other.txt": "x"})
    on.push("dev")
    code, _ = on.run()
    assert code == 0
    assert [p.head for p in on.pulls()] == [left] == [on.project.tip(SOURCE)]


def test_the_target_moves_between_plan_and_push(on: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    carry_out = apply.carry_out

    def later(*args: Any) -> Any:
        on.repo.switch("dev")
        on.repo.commit("Meanwhile", {"other.txt": "x"})
        on.push("dev")
        return carry_out(*args)

    monkeypatch.setattr(apply, "carry_out", later)
    assert on.run()[0] == 0
    (pull,) = on.pulls()
    on.world.merge(on.project, pull, "merge")
    assert on.project.git("show", "dev:other.txt") == "x"
    assert pair(audit(on.bare, branches=["dev"]), "v2.3.1", "dev").status == "present"


@pytest.mark.parametrize("kind", KINDS)
def test_a_create_whose_answer_is_lost(kind: str, tmp_path: Path) -> None:
    with scene(kind, tmp_path) as on:
        on.server.fail(
            Fault("lost", when=lambda a: a.method == "POST" and "pull" in a.path.casefold().replace("merge", "pull"))
        )
        code, (entry,) = on.run()
        assert code == 0
        assert entry["pull_request"]
        assert len(on.pulls()) == 1


def test_runners_that_race_make_one(on: Scene) -> None:
    """All of them see nothing there before any of them writes."""
    barrier = threading.Barrier(4)
    codes: list[int] = []
    config = scan.configuration((), on.file, None, ())

    def race() -> None:
        problems: list[Any] = []
        audits = [draft(config.repositories[0], 0, on.file.parent / f"s{threading.get_ident()}", Wanted())]
        steps, asked = whole.asked_about(config.repositories, audits, Wanted(), problems)
        barrier.wait()
        done = whole.carried_out(config.repositories, steps, asked, problems)
        codes.append(Plan(tuple(done), tuple(problems)).exit_code)

    threads = [threading.Thread(target=race) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert codes == [0, 0, 0, 0]
    assert len(on.pulls()) == 1
    assert on.project.git("for-each-ref", "--format=%(refname:short)", "refs/heads/backmerge") == SOURCE


def test_a_push_that_is_refused_is_an_error(on: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    hook = on.bare / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho protected >&2\nexit 1\n")
    hook.chmod(0o755)
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    assert "push-refused" in capfd.readouterr().err
    assert on.pulls() == []


def test_a_forge_that_cannot_be_asked(
    on: Scene, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CANARY", "wrong-token-of-somebody")
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    assert "unauthorized" in capfd.readouterr().err
    assert on.project.tip(SOURCE) is None
    monkeypatch.delenv("CANARY")
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})


def test_facts_that_change_are_told_and_people_are_let_write(on: Scene) -> None:
    on.configure(branches=[{"name": "dev", "sla": "4h"}])
    on.run()
    (pull,) = on.pulls()
    on.configure()
    assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "update"})
    assert on.actions() == (0, {("v2.3.1", "dev"): "update"})
    assert "due" not in pull.body
    assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})
    pull.body = "I know better"
    on.configure(branches=[{"name": "dev", "sla": "4h"}])
    assert on.actions() == (0, {("v2.3.1", "dev"): "already-open"})
    assert pull.body == "I know better"


@pytest.mark.parametrize("kind", KINDS)
def test_drift_that_ends_another_way_closes_it(kind: str, tmp_path: Path) -> None:
    with scene(kind, tmp_path) as on:
        on.run()
        (pull,) = on.pulls()
        on.repo.switch("dev")
        on.repo.pick("hotfix/login-crash")
        on.push("dev")
        assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "close"})
        assert on.actions() == (0, {("v2.3.1", "dev"): "close"})
        assert pull.state == "closed"
        notes = [n.body for n in pull.notes if not n.system]
        assert len(notes) == 1
        assert "cherry-pick" in notes[0] or "same change" in notes[0]
        assert on.actions() == (0, {("v2.3.1", "dev"): "not-owed"})


def test_stacked_hotfixes_come_in_order(on: Scene) -> None:
    fixed = on.repo.git("show", "main:src/login.py") + "\n"
    hotfix(on.repo, "again", "v2.3.2", {"src/login.py": fixed.replace('"locked"', '"shut"')})
    hotfix(on.repo, "cart", "v2.3.3", {"src/cart.py": CART.replace("0", "1")})
    on.push("main", "v2.3.2", "v2.3.3")
    said = {("v2.3.1", "dev"): "open", ("v2.3.2", "dev"): "waits-for-earlier", ("v2.3.3", "dev"): "open"}
    assert on.actions() == (1, said)
    on.world.merge(on.project, on.pulls()[0], "merge")
    code, found = on.actions()
    assert (code, found["v2.3.2", "dev"]) == (0, "open")


def test_caps(on: Scene) -> None:
    hotfix(on.repo, "cart", "v2.3.2", {"src/cart.py": CART.replace("0", "1")})
    on.push("main", "v2.3.2")
    for caps in (Caps(run=1), Caps(branch=1)):
        assert on.actions(apply=False, caps=caps) == (1, {("v2.3.1", "dev"): "open", ("v2.3.2", "dev"): "capped"})
    assert on.actions(caps=Caps(run=0))[0] == 1
    assert on.pulls() == []
    on.run(caps=Caps(run=1))
    assert len(on.pulls()) == 1
    assert on.actions(caps=Caps(run=1)) == (0, {("v2.3.1", "dev"): "already-open", ("v2.3.2", "dev"): "open"})


def test_labels_that_fail_cost_nothing(on: Scene) -> None:
    on.configure(backmerge={"labels": ["backmerge"], "reviewers": ["alice"]})
    on.server.fail(Fault("answer", Said(422, {"message": "no"}), when=lambda a: "requested_reviewers" in a.path))
    code, (entry,) = on.run()
    assert code == 0
    assert on.pulls()[0].labels == ["backmerge"]
    assert "requested_reviewers" in entry["reason"]


def test_text_of_commits_does_nothing(on: Scene) -> None:
    hotfix(on.repo, "evil", "v2.3.2", {"src/cart.py": CART.replace("0", "1")})
    on.repo.switch("hotfix/worse", "main")
    subject = "Fixes #12, closes acme/x#3 @alice !7 `x` <img src=x> JIRA-9 https://evil.example GH-4"
    on.repo.commit(subject, {"src/cart.py": CART.replace("0", "2")}, author="@bob #1 <b@x>")
    on.repo.switch("main")
    on.repo.merge("hotfix/worse")
    on.repo.tag("v2.3.3")
    on.push("main", "v2.3.2", "v2.3.3", "v2.3.2^{commit}:refs/heads/dev")
    on.run()
    (pull,) = on.pulls()
    prose = pull.body.split("### Check it")[0]
    for word in ("#12", "x#3", "@alice", "!7", "JIRA-9", "://evil", "GH-4", "@bob", "#1"):
        assert word not in prose
        assert word not in pull.title
    assert "12, close" in prose.replace("\u2060", "")


def test_the_token_signs_in_and_is_nowhere(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for kind in KINDS:
        with scene(kind, tmp_path / kind) as on:
            given = signing_in.header(kind, Token(TOKEN)).removeprefix("Authorization: ")
            on.project.git("config", "http.receivepack", "true")
            with serving(on.bare.parent, only_with(given)) as git:
                on.address = f"file://{on.bare}"
                forge = {"type": kind, "url": on.server.url, "project": on.project.path, "token_env": "CANARY"}
                on.configure(forge={**forge, "push": git.url("bare.git")})
                assert on.run()[0] == 0
                assert len(on.pulls()) == 1
                assert {a for _, a in git.seen} == {given}
                assert not any(shows(TOKEN, p.encode()) for p, _ in git.seen)
            on.configure(forge={**forge, "push": git.url("bare.git")})
            on.project.git("update-ref", "-d", f"refs/heads/{SOURCE}")
            assert on.run()[0] == 3
            files = [f for f in on.file.parent.rglob("*") if f.is_file() and "work" not in f.parts]
            assert {f.name: found for f in files if (found := shows(TOKEN, f.read_bytes()))} == {}
    out, err = capfd.readouterr()
    assert shows(TOKEN, (out + err).encode()) == []


def test_the_token_does_not_follow_to_another_place(on: Scene) -> None:
    on.project.git("config", "http.receivepack", "true")

    def away(handler: Any) -> None:
        handler.refuse(302, Location=elsewhere.url("bare.git/info/refs?service=git-receive-pack"))

    with serving(on.bare.parent) as elsewhere, serving(on.bare.parent, away) as git:
        forge = {"type": on.kind, "url": on.server.url, "project": on.project.path, "token_env": "CANARY"}
        on.configure(forge={**forge, "push": git.url("bare.git")})
        assert on.run()[0] == 3
        assert elsewhere.seen == []


def test_without_a_forge_nothing_can_be_opened(on: Scene) -> None:
    on.configure(forge=None)
    assert on.actions(apply=False) == (1, {("v2.3.1", "dev"): "open"})
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    assert on.server.asked == []


def test_a_clone_needs_a_place_to_push_to(on: Scene, capfd: pytest.CaptureFixture[str]) -> None:
    forge = {"type": on.kind, "url": on.server.url, "project": on.project.path, "token_env": "CANARY"}
    on.configure(url=None, path=str(on.bare), forge=forge)
    assert on.actions() == (3, {("v2.3.1", "dev"): "open"})
    assert "no-push-address" in capfd.readouterr().err
    on.configure(url=None, path=str(on.bare), forge={**forge, "push": f"file://{on.bare}"})
    assert on.actions() == (0, {("v2.3.1", "dev"): "open"})


def test_present_pairs_ask_the_forge_nothing(on: Scene) -> None:
    back_merge(on.repo, "v2.3.1", "dev")
    on.push("dev")
    assert on.actions() == (0, {("v2.3.1", "dev"): "not-owed"})
    assert on.server.asked == []
