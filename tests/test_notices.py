"""Notices: told when something changed and only then, told again where they did not arrive, and harmless to read."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
from click.testing import CliRunner
from jsonschema import Draft202012Validator

from auditor.cli import cli
from auditor.config.configuration import load
from auditor.config.noticing import NoticeConfig
from auditor.errors import UsageError
from auditor.model import Audit, Discovery, Problem, Severity, Tool, Violation
from auditor.notices import facts, post, shapes, told
from auditor.notices.facts import Change, Key
from auditor.notices.telling import tell
from tests.build import Repo, back_merge, hotfix, protocol
from tests.forge_client import shows
from tests.forge_server import Asked, Fault, ForgeServer, Route, Said
from tests.forge_shapes.world import TOKEN
from tests.judged import audit
from tests.offered import scene

SECRET = "T0Ken/B0t+Cana=ry-42_webhook"
PATH = f"/services/{SECRET}"
KINDS = ("slack", "teams", "mattermost", "json")


class Hook:
    """A service that takes notices at one secret place."""

    prefix: ClassVar[str] = ""

    def routes(self) -> list[Route]:
        return [("POST", r"/services/.*", lambda *_: Said(200, b"ok"))]

    def user(self, asked: Asked) -> str | None:
        return "anyone"

    def refusal(self, status: int, words: str) -> Said:
        return Said(status, words.encode())


@dataclass
class Shop:
    """A repository that drifts, a webhook, and the configuration for both."""

    repo: Repo
    file: Path
    server: ForgeServer

    def configure(self, *notices: dict[str, Any], **more: Any) -> None:
        entry = {"name": "shop", "path": str(self.repo.path), "branches": ["dev", "qa"], **more}
        document = {"state": "state", "repositories": [entry], "notices": list(notices)}
        self.file.write_text(json.dumps(document))

    def scan(self, *args: str) -> tuple[int, str, str]:
        command = ["scan", "-c", str(self.file), "--jobs", "1", "--quiet", *args]
        done = CliRunner().invoke(cli, command)
        assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
        return done.exit_code, done.stdout, done.stderr

    def told(self) -> list[Any]:
        """What came since the last time it was asked."""
        said = [a.body for a in self.server.asked]
        self.server.asked.clear()
        return said


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.notices.post._LONGEST_PAUSE", 0.0)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    repo = protocol(tmp_path / "shop", branches=("dev", "qa"))
    hotfix(repo)
    with ForgeServer(Hook()) as server:
        monkeypatch.setenv("HOOK", server.url + PATH)
        made = Shop(repo, tmp_path / "c.yaml", server)
        made.configure({"name": "ops", "type": "json", "url_env": "HOOK"})
        yield made


def events(body: Any) -> list[tuple[str, str, str, str | None]]:
    return [(c["event"], c["tag"], c["branch"], c["now"]) for c in body["changes"]]


def test_told_when_something_changed_and_only_then(shop: Shop) -> None:
    assert shop.scan()[0] == 1
    (first,) = shop.told()
    assert events(first) == [("drift", "v2.3.1", "dev", "missing"), ("drift", "v2.3.1", "qa", "missing")]
    assert (first["schema"], first["verdict"]) == ("branch-drift/notice/v1", "drift")
    assert shop.scan()[0] == 1
    assert shop.told() == []
    back_merge(shop.repo, "v2.3.1", "dev")
    shop.scan()
    assert [events(b) for b in shop.told()] == [[("resolved", "v2.3.1", "dev", "present")]]
    back_merge(shop.repo, "v2.3.1", "qa")
    assert shop.scan()[0] == 0
    assert [events(b) for b in shop.told()] == [[("resolved", "v2.3.1", "qa", "present")]]
    assert shop.scan()[0] == 0
    assert shop.told() == []


def test_a_first_run_in_sync_says_nothing(shop: Shop) -> None:
    back_merge(shop.repo, "v2.3.1", "dev", "qa")
    assert shop.scan()[0] == 0
    assert shop.told() == []


def test_what_did_not_arrive_is_told_by_the_next_run(shop: Shop) -> None:
    """All that changed meanwhile is in it, and what came and went is not."""
    shop.server.fail(*[Fault("answer", Said(503, b"no"))] * 3)
    code, out, err = shop.scan()
    assert code == 1
    assert "missing" in out
    assert "notice ops: refused with HTTP status 503; it is tried again in the next run" in err
    assert len(shop.told()) == 3
    back_merge(shop.repo, "v2.3.1", "dev")
    shop.scan()
    assert [events(b) for b in shop.told()] == [[("drift", "v2.3.1", "qa", "missing")]]


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Fault("answer", Said(429, b"slow", {"Retry-After": "1"})), 3),
        (Fault("answer", Said(500, b"x")), 3),
        (Fault("cut"), 3),
        (Fault("hang"), 3),
        (Fault("drip-head"), 3),
        (Fault("answer", Said(404, b"no such hook")), 1),
        (Fault("answer", Said(400, SECRET.encode())), 1),
        (Fault("answer", Said(302, b"", {"Location": "http://127.0.0.1:9/other"})), 1),
        (Fault("answer", Said(200, b"x" * 200_000)), 1),
    ],
)
def test_a_webhook_that_fails_is_a_warning_without_its_address(shop: Shop, fault: Fault, asked: int) -> None:
    few = {"timeout": "1s"} if fault.how in ("hang", "drip-head") else {}
    shop.configure({"name": "ops", "type": "slack", "url_env": "HOOK", **few})
    shop.server.fail(*[fault] * 3)
    code, out, err = shop.scan()
    assert (code, len(shop.told())) == (1, asked)
    assert err.startswith("branch-drift: notice ops: ")
    shown(out + err)
    shop.server.faults.clear()
    shop.configure({"name": "ops", "type": "slack", "url_env": "HOOK"})
    shop.scan()
    assert len(shop.told()) == 1


def shown(text: str) -> None:
    assert shows(SECRET, text.encode()) == []
    assert "/services/" not in text


def test_one_that_recovers_is_told_once(shop: Shop) -> None:
    shop.server.fail(Fault("answer", Said(500, b"x")))
    assert shop.scan()[2] == ""
    assert len(shop.told()) == 2
    assert shop.scan()[2] == ""
    assert shop.told() == []


def test_nobody_there(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("HOOK", f"http://127.0.0.1:{port}{PATH}")
    code, out, err = shop.scan()
    assert code == 1
    assert "notice ops: cannot be reached" in err
    shown(out + err)


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("", "HOOK is empty or not set"),
        (f"{SECRET}", "holds no web address"),
        (f"http://[{SECRET}", "holds no web address"),
        (f"ftp://hooks.example{PATH}", "holds no web address"),
        (f"http://hooks.example{PATH}", "in clear text"),
        (f"https://hooks.example:99999{PATH}", "holds no web address"),
    ],
)
def test_an_address_that_is_none(shop: Shop, address: str, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", address)
    code, out, err = shop.scan()
    assert code == 1
    assert said in err
    shown(out + err)


def test_the_address_is_written_nowhere(shop: Shop) -> None:
    """Nor into the ledger, whose record of the configuration says where it is found."""
    secret = shop.file.parent / "hook"
    secret.write_text(shop.server.url + PATH + "\n")
    shop.configure(
        {"name": "ops", "type": "teams", "url_file": "hook"}, {"name": "no", "type": "json", "url_env": "NO"}
    )
    code, out, err = shop.scan("--report-dir", str(shop.file.parent / "report"))
    assert (code, len(shop.told())) == (1, 1)
    shown(out + err)
    files = [f for f in shop.file.parent.rglob("*") if f.is_file() and f != secret and shop.repo.path not in f.parents]
    assert "notices.json" in {f.name for f in files}
    assert {f.name: found for f in files if (found := shows(SECRET, f.read_bytes()))} == {}


def test_the_others_are_told_all_the_same(shop: Shop) -> None:
    shop.configure(
        {"name": "gone", "type": "json", "url_env": "NOT_SET"}, {"name": "ops", "type": "json", "url_env": "HOOK"}
    )
    assert "notice gone" in shop.scan()[2]
    assert len(shop.told()) == 1


def test_without_memory_and_for_a_part_nobody_is_told(shop: Shop) -> None:
    shop.scan("--no-ledger")
    shop.scan("--branch", "dev")
    assert shop.told() == []


def test_filters(shop: Shop) -> None:
    base = {"type": "json", "url_env": "HOOK"}
    shop.configure(
        {"name": "qa", "branches": ["qa"], **base},
        {"name": "resolved", "events": ["resolved"], **base},
        {"name": "others", "repositories": ["other*"], **base},
        {"name": "shops", "repositories": ["SH*"], "branches": ["dev"], **base},
    )
    shop.scan()
    assert [events(b) for b in shop.told()] == [[("drift", "v2.3.1", b, "missing")] for b in ("qa", "dev")]
    back_merge(shop.repo, "v2.3.1", "dev")
    shop.scan()
    assert [events(b) for b in shop.told()] == [[("resolved", "v2.3.1", "dev", "present")]] * 2


def test_a_repository_that_cannot_be_read_has_resolved_nothing(shop: Shop) -> None:
    shop.scan()
    shop.told()
    away = shop.repo.path.rename(shop.repo.path.parent / "away")
    assert shop.scan()[0] == 3
    (body,) = shop.told()
    assert [(c["event"], c["repository"]) for c in body["changes"]] == [("incomplete", "shop")]
    away.rename(shop.repo.path)
    shop.scan()
    (body,) = shop.told()
    assert [(c["event"], c["kind"]) for c in body["changes"]] == [("resolved", "incomplete")]


def test_a_damaged_memory_tells_anew(shop: Shop) -> None:
    shop.scan()
    shop.told()
    for text in ("{", '{"ops": {"facts": [["bogus", "x"]], "untold": []}}', '{"ops": 1}', "[]"):
        (shop.file.parent / "state" / "notices.json").write_text(text)
        assert shop.scan()[2] == ""
        assert len(shop.told()) == 1


def test_back_merges_are_told_and_told_later_if_need_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CANARY", TOKEN)
    monkeypatch.setattr("auditor.forges.pace.BETWEEN_WRITES", 0.0)
    with scene("github", tmp_path) as on, ForgeServer(Hook()) as hook:
        monkeypatch.setenv("HOOK", hook.url + PATH)
        document = json.loads(on.file.read_text())
        document["notices"] = [{"name": "ops", "type": "json", "url_env": "HOOK", "events": ["backmerge"]}]
        on.file.write_text(json.dumps(document))
        hook.fail(*[Fault("answer", Said(500, b"x"))] * 3)
        command = ["scan", "-c", str(on.file), "--jobs", "1", "--quiet"]
        CliRunner().invoke(cli, [*command, "--backmerge"])
        assert len(on.pulls()) == 1
        hook.asked.clear()
        CliRunner().invoke(cli, command)
        (asked,) = hook.asked
        (change,) = asked.body["changes"]
        assert (change["event"], change["now"], change["tag"]) == ("backmerge", "open", "v2.3.1")
        assert change["link"].startswith(on.server.url)
        CliRunner().invoke(cli, command)
        assert len(hook.asked) == 1


# Facts


def audited(repo: Repo, **keys: Any) -> Audit:
    found = audit(repo, **{"branches": ["dev", "qa"], **keys})
    return Audit(Tool("0", "0", "0"), 0, 60, None, (found,))


def test_every_kind_of_fact_and_its_end(shop: Shop) -> None:
    notice = NoticeConfig(name="n", type="json", url_env="X")
    late = audited(shop.repo, branches=[{"name": "dev", "sla": "1h"}])
    (repository,) = late.repositories
    broken = Violation("tag-moved", Severity.ERROR, "v1", None, "c" * 40, "x")
    mild = replace(broken, severity=Severity.WARNING)
    listed = Discovery("github", "u", "acme", (), (), (Problem("timeout", "x"),))
    whole = replace(late, repositories=(replace(repository, violations=(broken, mild)),), discovered=(listed,))
    now = facts.facts(whole, notice)
    assert {key.kind for key in now} == {"drift", "overdue", "violation", "incomplete"}
    assert now[Key("incomplete", "acme at github")] == "timeout"
    assert len([k for k in now if k.kind == "violation"]) == 1
    calm = replace(whole, repositories=(replace(repository, hotfixes=()),), discovered=(replace(listed, errors=()),))
    ended = facts.changes(calm, now, facts.facts(calm, notice), (), notice)
    assert sorted(c.about.kind for c in ended) == ["drift", "incomplete", "violation"]
    assert {c.event for c in ended} == {"resolved"}


def test_what_could_not_be_listed_is_as_it_was(shop: Shop) -> None:
    told_ = {Key("drift", "acme/gone", "v1.0.1", "dev"): "missing"}
    notice = NoticeConfig(name="n", type="json", url_env="X")
    whole = audited(shop.repo)
    listed = Discovery("github", "u", "acme", (), (), (Problem("timeout", "x"),))
    failing = replace(whole, discovered=(listed,))
    assert told_.items() <= facts.known(failing, told_, facts.facts(failing, notice)).items()
    now = facts.known(whole, told_, facts.facts(whole, notice))
    assert not told_.keys() & now.keys()
    assert all(c.event != "resolved" for c in facts.changes(whole, told_, now, (), notice))


def test_a_pair_that_cannot_be_judged_has_not_changed(shop: Shop) -> None:
    notice = NoticeConfig(name="n", type="json", url_env="X")
    before = audited(shop.repo)
    told_ = facts.facts(before, notice)
    shop.repo.git("branch", "-D", "qa")
    after = audited(shop.repo)
    now = facts.known(after, told_, facts.facts(after, notice))
    assert [c.event for c in facts.changes(after, told_, now, (), notice)] == ["incomplete"]


def test_a_hotfix_of_another_name_is_the_same(shop: Shop) -> None:
    """An annotated tag that is put beside a lightweight one names the hotfix from then on: nothing is resolved."""
    shop.repo.git("tag", "-d", "v2.3.1")
    shop.repo.tag("v2.3.1", annotated=False, at="main")
    shop.scan()
    assert [c[0] for c in events(shop.told()[0])] == ["drift", "drift"]
    shop.repo.tag("v2.3.2", at="main")
    shop.scan()
    assert shop.told() == []
    back_merge(shop.repo, "v2.3.1", "dev")
    shop.scan()
    assert [events(b) for b in shop.told()] == [[("resolved", "v2.3.2", "dev", "present")]]
    done = CliRunner().invoke(cli, ["explain", "-c", str(shop.file), "v2.3.1", "qa"])
    assert [line.split(",")[0] for line in done.stdout.splitlines() if line.startswith("recorded")] == [
        "recorded missing by runs 1 to 3"
    ]


def test_what_broke_of_a_tag_itself_keeps_its_name(shop: Shop) -> None:
    shop.configure({"name": "ops", "type": "json", "url_env": "HOOK"}, rules={"tag-not-annotated": "error"})
    shop.repo.tag("v2.3.2", annotated=False, at="main")
    shop.scan()
    assert ("violation", "v2.3.2", "", "error") in [(e, t, b or "", n) for e, t, b, n in events(shop.told()[0])]
    shop.repo.git("tag", "-f", "-a", "-m", "again", "v2.3.2", "main")
    shop.scan()
    resolved = [c for b in shop.told() for c in b["changes"] if c["event"] == "resolved"]
    assert [(c["rule"], c["tag"]) for c in resolved] == [("tag-not-annotated", "v2.3.2")]


def test_a_tag_that_named_a_hotfix_of_its_own_is_not_taken_for_the_other(shop: Shop) -> None:
    """It was moved to the commit of another hotfix: of its own pairs nobody asks any more, and that is told."""
    hotfix(shop.repo, name="other", tag="v2.3.2", files={"VERSION": "2"})
    shop.scan()
    shop.told()
    shop.repo.git("tag", "-f", "-a", "-m", "again", "v2.3.2", "v2.3.1^{commit}")
    shop.scan()
    gone = [c for b in shop.told() for c in b["changes"] if c["event"] == "resolved"]
    assert [(c["tag"], c["branch"], c["now"]) for c in gone] == [("v2.3.2", "dev", None), ("v2.3.2", "qa", None)]


# Shapes


def hostile(count: int = 1) -> list[Change]:
    evil = "v1 <!channel> @here <@U1> [x](https://evil.example) `*_~ #12 \u202e\n\x1b]8;; &amp; https://evil.example"
    about = [Key("drift", f"{n} {evil}", f"{evil}{n}", evil) for n in range(count)]
    link = "https://forge.example/pulls/1"
    return [Change("drift", a, None, "missing", link) for a in about]


def calm() -> Audit:
    return Audit(Tool("0", "0", "0"), 0, 60, None, ())


def test_slack() -> None:
    made = json.loads(shapes.body("slack", calm(), hostile()))
    assert set(made) == {"text", "blocks", "unfurl_links", "unfurl_media"}
    text = "\n".join(b["text"]["text"] for b in made["blocks"])
    assert {b["type"] for b in made["blocks"]} == {"header", "section"}
    assert all(b["text"].get("verbatim") for b in made["blocks"] if b["type"] == "section")
    assert text.count("<") == text.count("<https://forge.example/pulls/1>") == 1
    harmless(text.replace("<https://forge.example/pulls/1>", ""))
    assert text.count("`") % 2 == 0


def harmless(text: str) -> None:
    for word in ("<!channel", "@here", "<@U1", "://", "#12", "\u202e", "\x1b"):
        assert word not in text, word


def test_mattermost() -> None:
    made = json.loads(shapes.body("mattermost", calm(), hostile()))
    assert set(made) == {"text"}
    text = made["text"].replace("<https://forge.example/pulls/1>", "")
    harmless("".join(text.split("`")[::2]) + text)
    assert text.count("`") % 2 == 0


def test_teams() -> None:
    made = json.loads(shapes.body("teams", calm(), hostile()))
    (attachment,) = made["attachments"]
    assert (made["type"], attachment["contentType"]) == ("message", "application/vnd.microsoft.card.adaptive")
    card = attachment["content"]
    assert (card["type"], card["version"]) == ("AdaptiveCard", "1.4")
    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    runs = [run for block in card["body"] for run in block["inlines"]]
    assert {run["type"] for run in runs} == {"TextRun"}
    assert [run["selectAction"]["url"] for run in runs if "selectAction" in run] == ["https://forge.example/pulls/1"]
    harmless("".join(run["text"] for run in runs if "selectAction" not in run))


def test_json_has_names_as_they_are_and_harmless_words() -> None:
    changes = hostile()
    made = json.loads(shapes.body("json", calm(), changes))
    validator = Draft202012Validator(json.loads(CliRunner().invoke(cli, ["schema", "notice"]).stdout))
    validator.validate(made)
    assert not validator.is_valid({**made, "more": 1})
    assert made["changes"][0]["tag"] == changes[0].about.tag
    harmless(made["text"].replace("https://forge.example/pulls/1", ""))


@pytest.mark.parametrize(("kind", "longest"), list(zip(KINDS, (12_000, 24_000, 15_000, 250_000), strict=True)))
@pytest.mark.parametrize("count", [2, 60, 5000])
def test_it_is_never_too_long_and_says_what_it_leaves_out(kind: str, longest: int, count: int) -> None:
    made = shapes.body(kind, calm(), hostile(count))
    assert len(made) <= longest
    assert f"{count} drifting" in made.decode()
    if kind == "slack":
        blocks = json.loads(made)["blocks"]
        assert len(blocks) <= 50
        assert all(len(b["text"]["text"]) <= 3000 for b in blocks)
    if count == 5000:
        assert "more" in made.decode()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x/<!channel>", "https://u:p@x/", "https://x/`", "https://x y"]
)
def test_an_odd_address_is_no_link(url: str) -> None:
    (change,) = hostile()
    for kind in KINDS[:3]:
        text = shapes.body(kind, calm(), [replace(change, link=url)]).decode()
        assert f"<{url}>" not in text
        assert "OpenUrl" not in text


# Configuration


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"type": "slack"}, "url_env or url_file"),
        ({"type": "slack", "url_env": "A", "url_file": "b"}, "url_env or url_file"),
        ({"type": "slack", "url": "https://hooks.example/x"}, "url"),
        ({"type": "irc", "url_env": "A"}, "type"),
        ({"type": "json", "url_env": "A", "events": []}, "events"),
        ({"type": "json", "url_env": "A", "events": ["drfit"]}, "events"),
        ({"type": "json", "url_env": "A", "name": "a\nb"}, "is no name"),
        ({"type": "json", "url_env": "A", "timeout": "1h"}, "timeout"),
    ],
)
def test_faults_are_named(shop: Shop, keys: dict[str, Any], said: str) -> None:
    shop.configure({"name": "ops", **keys})
    with pytest.raises(UsageError) as raised:
        load(shop.file)
    assert said in str(raised.value)


def test_names_are_given_once(shop: Shop) -> None:
    shop.configure(*[{"name": "ops", "type": "json", "url_env": "A"}] * 2)
    with pytest.raises(UsageError, match="ops is given twice"):
        load(shop.file)


def test_a_disk_that_refuses_is_a_warning(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop.file.parent / "none").write_text("a file")
    notice = NoticeConfig(name="n", type="json", url_env="HOOK")
    (said,) = tell([notice], audited(shop.repo), (), shop.file.parent / "none")
    assert "will be told again" in said


def test_pauses_are_bounded(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.notices.post._LONGEST_PAUSE", 30.0)
    slept: list[float] = []
    shop.server.fail(*[Fault("answer", Said(429, b"", {"Retry-After": "86400"}))] * 3)
    with pytest.raises(post.NoticeError):
        post.post(NoticeConfig(name="n", type="json", url_env="HOOK"), b"{}", slept.append)
    assert slept == [30.0, 30.0]


def test_what_was_told_is_read_back(tmp_path: Path) -> None:
    kept = {"n": told.Told({Key("drift", "r", "t", "b"): "missing", Key("violation", "r", "", "", "x"): "error"})}
    told.write(tmp_path, kept)
    assert told.read(tmp_path) == kept
    assert told.read(tmp_path / "none") == {}
