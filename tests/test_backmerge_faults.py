"""Whatever goes wrong at a forge, and wherever: at most one pull request, words, and the next run finishes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.forges.pace import Clock
from tests import forge_specs
from tests.forge_client import shows
from tests.forge_server import Asked, Fault, Said
from tests.forge_shapes.world import TOKEN
from tests.forge_stage import KINDS
from tests.judged import audit, pair
from tests.offered import SOURCE, Scene, as_described, scene

ELSEWHERE = "http://127.0.0.1:9/steal"
FAULTS = {
    "401": Fault("answer", Said(401, {"message": "Bad credentials"})),
    "403": Fault("answer", Said(403, {"message": "Resource not accessible"})),
    "404": Fault("answer", Said(404, {"message": "Not Found"})),
    "409": Fault("answer", Said(409, {"message": "conflict"})),
    "422": Fault("answer", Said(422, {"message": "Validation Failed"})),
    "429": Fault("answer", Said(429, {"message": "slow down"}, {"Retry-After": "7"})),
    "secondary limit": Fault("answer", Said(403, {"message": "You have exceeded a secondary rate limit"})),
    "abuse": Fault("answer", Said(422, {"message": "You have triggered an abuse detection mechanism"})),
    "500": Fault("answer", Said(500, {"message": "x"})),
    "503": Fault("answer", Said(503, b"<html>busy</html>")),
    "time-out": Fault("hang"),
    "drip": Fault("drip-head", pause=0.3),
    "cut": Fault("cut"),
    "lost": Fault("lost"),
    "redirect": Fault("answer", Said(307, None, {"Location": ELSEWHERE})),
    "no JSON": Fault("answer", Said(200, b"<html>sign in</html>")),
    "other JSON": Fault("answer", Said(200, [[7]])),
    "echo": Fault("answer", Said(400, {"message": f"wrong token {TOKEN}"})),
}


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setattr("auditor.forges.pace.BETWEEN_WRITES", 0.0)
    monkeypatch.setattr("auditor.forges.client.Clock", lambda: Clock(sleep=lambda _: None))


def set_up(on: Scene, seconds: int = 30) -> None:
    """Everything that can be asked of a forge for a pull request is asked; a request may take so long."""
    forge = {"type": on.kind, "url": on.server.url, "project": on.project.path, "token_env": "CANARY"}
    more = {"labels": ["backmerge"], "reviewers": ["alice"], "assignees": ["bob"]}
    on.configure(forge={**forge, "timeout": f"{seconds}s"}, backmerge=more)


def patience(fault: str) -> int:
    """Seconds for a request: few only where it is to run out."""
    return 2 if fault in ("time-out", "drip") else 30


def nth(number: int) -> Callable[[Asked], bool]:
    """The request with this number, and what repeats it."""
    seen: list[tuple[str, str]] = []

    def is_it(asked: Asked) -> bool:
        about = (asked.method, asked.url)
        if about not in seen or asked.method != "GET":
            seen.append(about)
        return seen[number:] != [] and about == seen[number]

    return is_it


def is_create(asked: Asked) -> bool:
    return asked.method == "POST" and asked.path.casefold().replace("merge_", "pull").rpartition("/")[2].startswith(
        "pull"
    )


def hidden(on: Scene, said: str) -> None:
    """The token is in nothing that was written, said, or sent as text."""
    files = [f for f in on.file.parent.rglob("*") if f.is_file() and "work" not in f.relative_to(on.file.parent).parts]
    assert {f.name: found for f in files if (found := shows(TOKEN, f.read_bytes()))} == {}
    assert shows(TOKEN, said.encode()) == []
    for asked in on.server.asked:
        assert shows(TOKEN, f"{asked.url} {asked.body}".encode()) == []


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_a_create_that_goes_wrong(kind: str, fault: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    with scene(kind, tmp_path) as on:
        set_up(on, patience(fault))
        on.server.fail(Fault(FAULTS[fault].how, FAULTS[fault].said, FAULTS[fault].pause, when=is_create))
        code, (entry,) = on.run()
        assert not on.server.faults
        assert len(on.pulls()) == (0 if code else 1)
        err = capfd.readouterr().err
        assert (entry["pull_request"] is None) == bool(code) == ("shop: v2.3.1 to dev" in err), (code, entry, err)
        hidden(on, err)
        set_up(on)
        assert on.run()[0] == 0
        assert len(on.pulls()) == 1
        assert on.pulls()[0].head == on.project.tip(SOURCE)


@pytest.mark.parametrize("fault", ["401", "409", "429", "500", "cut", "lost", "no JSON"])
def test_any_request_may_go_wrong(fault: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The first, the second, and so on, until a run has no request left that could."""
    for number in range(30):
        with scene("github", tmp_path / str(number)) as on:
            set_up(on)
            is_it = nth(number)
            on.server.fail(*[Fault(FAULTS[fault].how, FAULTS[fault].said, FAULTS[fault].pause, when=is_it)] * 3)
            on.run()
            met = len(on.server.faults) < 3
            on.server.faults.clear()
            assert len(on.pulls()) <= 1
            assert on.run()[0] == 0
            assert len(on.pulls()) == 1
            hidden(on, capfd.readouterr().err)
            if not met:
                assert number >= 5
                return
    raise AssertionError("a run asks without end")


@forge_specs.needed
@pytest.mark.parametrize("kind", sorted(forge_specs.PREFIXES))
def test_a_whole_life_is_as_the_forge_describes_it(kind: str, tmp_path: Path) -> None:
    with scene(kind, tmp_path) as on:
        set_up(on)
        assert on.run()[0] == 0
        on.configure(branches=[{"name": "dev", "sla": "4h"}])
        assert on.actions() == (0, {("v2.3.1", "dev"): "update"})
        on.repo.switch("dev")
        on.repo.pick("hotfix/login-crash")
        on.push("dev")
        assert on.actions() == (0, {("v2.3.1", "dev"): "close"})
        methods = {a.method for a in on.server.asked}
        assert methods >= {"GET", "POST", "PATCH"}
        assert len(on.server.asked) >= 8
        as_described(kind, on.server.asked)
        wrong = [Asked("POST", on.server.asked[0].path, {}, {}, {"title": 7}, 0.0)]
        with pytest.raises(AssertionError):
            as_described(kind, wrong)


@pytest.mark.parametrize("how", ["merge", "squash", "rebase"])
def test_picks_come_into_sync_by_every_button(how: str, tmp_path: Path) -> None:
    with scene("gitlab", tmp_path) as on:
        on.configure(backmerge={"method": "cherry-pick"})
        on.repo.switch("dev")
        on.repo.commit("Own work", {"own.txt": "x"})
        on.push("dev")
        code, (entry,) = on.run()
        assert (code, entry["method"]) == (0, "cherry-pick")
        on.repo.commit("More of it", {"own.txt": "y"})
        on.push("dev")
        on.world.merge(on.project, on.pulls()[0], how)
        assert pair(audit(on.bare, branches=["dev"]), "v2.3.1", "dev").status == "present"
        assert on.actions() == (0, {("v2.3.1", "dev"): "already-merged"})
