"""How the program behaves as a guest: limits, faults, redirects, secrets, and what it believes."""

from __future__ import annotations

import base64
import json
import ssl
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from urllib.parse import quote

import pytest
import trustme

from auditor import forges
from auditor.config.access import Access
from auditor.errors import ForgeError
from auditor.forges import limits, tokens
from auditor.forges.client import Query, segment
from auditor.forges.etags import Folder, Kept
from auditor.forges.pace import Clock
from auditor.forges.tokens import Token
from tests.forge_client import client, disguises
from tests.forge_server import Fault, ForgeServer, Said
from tests.forge_shapes.github import GitHubShape
from tests.forge_shapes.world import TOKEN, Project, World

LIST = "/orgs/acme/repos"
QUERY: Query = {"sort": "full_name", "per_page": 100}


@pytest.fixture
def server() -> Iterator[ForgeServer]:
    with ForgeServer(GitHubShape(World([Project("acme/a"), Project("acme/b")]))) as running:
        yield running


def test_a_read_is_json_with_the_token_in_a_header_only(server: ForgeServer) -> None:
    with client(server) as (guest, _):
        answer = guest.get(LIST, QUERY)
    assert [r["full_name"] for r in answer.body] == ["acme/a", "acme/b"]
    (asked,) = server.asked
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["user-agent"].startswith("branch-drift/")
    assert "cookie" not in asked.headers
    assert not [form for form in disguises(TOKEN) if form in asked.url]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (401, "unauthorized", "expired, revoked, or of another host"),
        (403, "forbidden", "see its scopes"),
        (404, "not-found", "may not see it"),
        (409, "conflict", "conflicts"),
        (410, "not-found", "no more"),
        (418, "refused", "refused"),
        (422, "refused", "refused"),
    ],
)
def test_a_refusal_says_what_to_do_and_is_not_repeated(server: ForgeServer, status: int, code: str, words: str) -> None:
    server.fail(Fault(said=Said(status, {"message": "No\x1b[31m \u202eway"})))
    with client(server) as (guest, fake), pytest.raises(ForgeError) as raised:
        guest.get(LIST, QUERY)
    error = raised.value
    assert (error.code, error.status, error.uncertain) == (code, status, False)
    assert words in error.detail
    assert f"({status}: No [31m way)" in error.detail
    assert "per_page" not in error.detail
    assert (len(server.asked), fake.pauses) == (1, [])


def test_without_a_token_the_refusal_names_the_keys(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(401, {"message": "Requires authentication"})))
    with client(server, token=None) as (guest, _), pytest.raises(ForgeError, match="token_env"):
        guest.get(LIST, QUERY)
    assert "authorization" not in server.asked[0].headers


# Limits


RESET = {"x-ratelimit-remaining": "0"}


@pytest.mark.parametrize(
    ("said", "pause"),
    [
        (Said(429, None, {"Retry-After": "7"}), 7),
        (Said(429, b"Retry later\n", {"Retry-After": "3", "RateLimit-Reset": "9999999999"}), 3),
        (Said(429, None), 60),
        (Said(403, {"message": "API rate limit exceeded for user ID 1."}, RESET), 60),
        (Said(403, {"message": "You have exceeded a secondary rate limit."}), 60),
        (Said(403, {"message": "forbidden for now"}, {"Retry-After": "11"}), 11),
        (Said(422, {"message": "You have triggered an abuse detection mechanism."}), 60),
        (Said(503, None, {"Retry-After": "5"}), 5),
        (Said(429, None, {"Retry-After": "0"}), 1),
        (Said(429, None, {"Retry-After": "soon"}), 60),
    ],
)
def test_a_limit_is_waited_for(server: ForgeServer, said: Said, pause: float) -> None:
    server.fail(Fault(said=said))
    with client(server) as (guest, fake):
        assert len(guest.get(LIST, QUERY).body) == 2
    assert fake.pauses == pytest.approx([pause], abs=0.5)


def test_the_reset_of_a_limit_is_waited_for(server: ForgeServer) -> None:
    reset = str(int(time.time()) + 90)
    server.fail(Fault(said=Said(403, {"message": "limit"}, {**RESET, "x-ratelimit-reset": reset})))
    with client(server) as (guest, fake):
        guest.get(LIST, QUERY)
    assert fake.pauses == pytest.approx([90], abs=2)


def test_retry_after_may_be_a_date() -> None:
    assert limits.seconds_to_wait({"retry-after": formatdate(1000, usegmt=True)}, 940) == 60
    assert limits.seconds_to_wait({"retry-after": formatdate(1000, usegmt=True)}, 2000) == 0
    assert limits.seconds_to_wait({"ratelimit-reset": "30"}, 1e9 + 5) == 30
    assert limits.seconds_to_wait({"retry-after": "9" * 14}, 0) == 366 * 86_400


def test_a_plain_403_is_no_limit(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(403, {"message": "Resource not accessible"}, {"x-ratelimit-remaining": "4999"})))
    with client(server) as (guest, fake), pytest.raises(ForgeError, match="forbidden"):
        guest.get(LIST, QUERY)
    assert fake.pauses == []


def test_patience_ends(server: ForgeServer) -> None:
    server.fail(*[Fault(said=Said(429, None, {"Retry-After": "40"}))] * 5)
    with client(server, patience=100) as (guest, fake), pytest.raises(ForgeError) as raised:
        guest.get(LIST, QUERY)
    assert raised.value.code == "rate-limited"
    assert "patience" in raised.value.detail
    assert sum(fake.pauses) == pytest.approx(80, abs=1)
    assert len(server.asked) == 3


def test_a_limit_that_is_too_long_is_not_waited_for_at_all(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(429, None, {"Retry-After": "3600"})))
    with client(server) as (guest, fake), pytest.raises(ForgeError, match="left alone for 3600 s"):
        guest.get(LIST, QUERY)
    assert fake.pauses == []


# Faults that may pass


@pytest.mark.parametrize(
    "fault", [Fault(said=Said(500)), Fault(said=Said(502, b"<html>")), Fault("cut"), Fault("lost")]
)
def test_a_read_is_repeated_after_a_fault(server: ForgeServer, fault: Fault) -> None:
    server.fail(fault, fault)
    with client(server) as (guest, fake):
        assert len(guest.get(LIST, QUERY).body) == 2
    assert len(server.asked) == 3
    assert fake.pauses == pytest.approx([1, 2], abs=0.5)


@pytest.mark.parametrize(
    ("fault", "code"),
    [(Fault(said=Said(503)), "server-error"), (Fault("cut"), "broken-off"), (Fault("hang"), "timeout")],
)
def test_a_fault_that_stays_is_an_error(server: ForgeServer, fault: Fault, code: str) -> None:
    server.fail(*[fault] * 3)
    with client(server, timeout=0.3) as (guest, _), pytest.raises(ForgeError) as raised:
        guest.get(LIST, QUERY)
    assert raised.value.code == code
    assert len(server.asked) == 3


@pytest.mark.parametrize("how", ["drip", "drip-head"])
def test_a_drip_is_held_to_the_deadline(server: ForgeServer, how: str) -> None:
    """Every read brings a byte in time, and still the whole must end."""
    server.fail(*[Fault(how)] * 3)
    began = time.monotonic()
    with client(server, timeout=0.5) as (guest, _), pytest.raises(ForgeError, match=r"no answer within 0\.5 s"):
        guest.get(LIST, QUERY)
    assert 1.5 <= time.monotonic() - began < 4


def test_nobody_there(server: ForgeServer) -> None:
    with client(server) as (guest, fake):
        server._server.server_close()
        server._server.shutdown()
        with pytest.raises(ForgeError) as raised:
            guest.get(LIST, QUERY)
    assert raised.value.code == "unreachable"
    assert len(fake.pauses) == 2


# Writes


@pytest.mark.parametrize(
    ("fault", "code", "uncertain"),
    [
        (Fault("lost"), "broken-off", True),
        (Fault("hang"), "timeout", True),
        (Fault(said=Said(500)), "server-error", True),
        (Fault(said=Said(201, b"<html>made</html>")), "not-json", True),
        (Fault(said=Said(422, {"errors": [{"message": "exists"}]})), "refused", False),
        (Fault(said=Said(301, None, {"Location": "/elsewhere"})), "redirected", False),
    ],
)
def test_a_write_is_never_repeated(server: ForgeServer, fault: Fault, code: str, uncertain: bool) -> None:
    server.fail(fault)
    with client(server, timeout=0.5) as (guest, _), pytest.raises(ForgeError) as raised:
        guest.send("POST", LIST, {"name": "c"})
    assert (raised.value.code, raised.value.uncertain) == (code, uncertain)
    assert len(server.asked) == 1


def test_writes_are_a_second_apart_and_reads_are_not(server: ForgeServer) -> None:
    server.fail(*[Fault(said=Said(201, {}))] * 3)
    with client(server) as (guest, fake):
        guest.send("POST", LIST, {"name": "c"})
        guest.send("POST", LIST, {"name": "d"})
        guest.send("PATCH", LIST, {"name": "e"})
        guest.get(LIST, QUERY)
    assert fake.pauses == pytest.approx([1, 1], abs=0.2)
    assert server.asked[0].body == {"name": "c"}


def test_a_limit_of_a_write_holds_back_what_comes_next(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(429, None, {"Retry-After": "30"})))
    with client(server) as (guest, fake):
        with pytest.raises(ForgeError, match="rate-limited"):
            guest.send("POST", LIST, {"name": "c"})
        guest.get(LIST, QUERY)
    assert fake.pauses == pytest.approx([30], abs=0.5)


# Redirects


def test_another_host_is_never_asked(server: ForgeServer) -> None:
    with ForgeServer(GitHubShape(World())) as other:
        server.fail(Fault(said=Said(302, None, {"Location": f"{other.url}/api/v3{LIST}?sort=full_name"})))
        with client(server) as (guest, _), pytest.raises(ForgeError) as raised:
            guest.get(LIST, QUERY)
        assert raised.value.code == "redirected"
        assert other.host in raised.value.detail
        assert other.asked == []


@pytest.mark.parametrize(
    "target", ["https://{host}/x", "//evil.example/x", "ftp://{host}/x", "http://[", "http://u@{host}:1/x"]
)
def test_what_is_not_the_forge_itself_is_not_followed(server: ForgeServer, target: str) -> None:
    server.fail(Fault(said=Said(302, None, {"Location": target.format(host=server.host)})))
    with client(server) as (guest, _), pytest.raises(ForgeError, match="redirected"):
        guest.get(LIST, QUERY)
    assert len(server.asked) == 1


def test_a_move_within_the_forge_is_followed(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(301, None, {"Location": f"/api/v3{LIST}?sort=full_name"})))
    with client(server) as (guest, _):
        assert len(guest.get("/orgs/old/repos", QUERY).body) == 2
    assert server.asked[1].headers["authorization"] == f"Bearer {TOKEN}"


def test_a_circle_ends(server: ForgeServer) -> None:
    server.fail(*[Fault(said=Said(301, None, {"Location": f"/api/v3{LIST}"}))] * 9)
    with client(server) as (guest, _), pytest.raises(ForgeError, match="without end"):
        guest.get(LIST, QUERY)
    assert len(server.asked) == 5


# What is believed


@pytest.mark.parametrize(
    "body", [b"<html><title>Sign in</title>", b'{"a": ', b"\xff\xfe\x00", b"[" * 200_000, b"1" * 5000], ids=str
)
def test_what_is_no_json_is_an_error(server: ForgeServer, body: bytes) -> None:
    server.fail(Fault(said=Said(200, body, {"Content-Type": "text/html"})))
    with client(server) as (guest, _), pytest.raises(ForgeError, match=r"no JSON \(text/html\)"):
        guest.get(LIST, QUERY)


def test_too_much_is_an_error(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(200, b'"' + b"x" * 2_000_000 + b'"')))
    with client(server) as (guest, _), pytest.raises(ForgeError, match="too-large"):
        guest.get(LIST, QUERY)


def test_nothing_is_none(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(204)))
    with client(server) as (guest, _):
        assert guest.send("DELETE", LIST).body is None


# ETags


def test_an_unchanged_answer_is_not_sent_again(server: ForgeServer, tmp_path: Path) -> None:
    for _ in range(2):
        with client(server, etags=Folder(tmp_path / "kept")) as (guest, _fake):
            for _ in range(2):
                assert len(guest.get(LIST, QUERY).body) == 2
    assert [a.headers.get("if-none-match") is not None for a in server.asked] == [False, True, True, True]
    (file,) = (tmp_path / "kept").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert not [form for form in disguises(TOKEN) if form in file.read_text()]


def test_another_token_is_told_nothing_of_what_was_kept(server: ForgeServer, tmp_path: Path) -> None:
    shape = server.shape
    assert isinstance(shape, GitHubShape)
    shape.world.users["another-token"] = "other"
    for token in (TOKEN, "another-token", None):
        with client(server, token=token, etags=Folder(tmp_path)) as (guest, _):
            guest.get(LIST, QUERY)
    assert not any("if-none-match" in a.headers for a in server.asked)


@pytest.mark.parametrize(
    "damage", [b"", b"{}", b"[1]", b"\xff", b'{"etag": "x", "headers": {}, "next": null, "body": "!"}']
)
def test_a_damaged_answer_is_asked_for_again(tmp_path: Path, damage: bytes) -> None:
    kept = Folder(tmp_path)
    kept.put("k", Kept('"e"', {}, None, b"[]"))
    assert kept.get("k") == Kept('"e"', {}, None, b"[]")
    file = tmp_path / "k.json"
    changed = json.loads(file.read_text())
    changed["body"] = base64.b85encode(b"[1]").decode()
    file.write_text(json.dumps(changed))
    assert kept.get("k") is None
    file.write_bytes(damage)
    assert kept.get("k") is None


def test_304_to_nobody_who_asked_for_it_is_an_error(server: ForgeServer) -> None:
    server.fail(Fault(said=Said(304)))
    with client(server) as (guest, _), pytest.raises(ForgeError):
        guest.get(LIST, QUERY)


# The token


def echoes() -> list[Said]:
    basic = base64.b64encode(f"robot:{TOKEN}".encode()).decode()
    escaped = "".join(f"\\u{ord(c):04x}" for c in TOKEN)
    return [
        Said(200, {"name": TOKEN}),
        Said(400, {"message": f"bad header Bearer {TOKEN}"}),
        Said(400, {"message": basic}),
        Said(200, [{"name": base64.urlsafe_b64encode(b"x" + TOKEN.encode()).decode()}]),
        Said(200, f'["{escaped}"]'.encode()),
        Said(403, quote(TOKEN, safe="").encode()),
        Said(302, None, {"Location": f"/x?token={quote(TOKEN, safe='')}"}),
        Said(500, TOKEN.encode().hex().encode()),
        Said(200, json.dumps([basic]).replace("/", "\\/").encode()),
    ]


@pytest.mark.parametrize("said", echoes())
def test_an_answer_with_the_token_in_it_is_not_used(server: ForgeServer, said: Said) -> None:
    server.fail(*[Fault(said=said)] * 3)
    with client(server) as (guest, _), pytest.raises(ForgeError) as raised:
        guest.get(LIST, QUERY)
    assert raised.value.code == "leak"
    assert not [form for form in disguises(TOKEN) if form in str(raised.value)]


def test_a_token_shows_nothing_of_itself() -> None:
    token = Token(TOKEN)
    assert TOKEN not in f"{token!r} {token} {vars(type(token))}"
    assert not token.shows_in("nothing of the kind")
    assert not hasattr(token, "__dict__")


def test_where_tokens_come_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert tokens.read(None, None) is None
    file = tmp_path / "token"
    file.write_text(f"{TOKEN}\n")
    found = tokens.read(None, file)
    assert found is not None
    assert found.reveal() == TOKEN
    monkeypatch.setenv("SOME_TOKEN", "short")
    with pytest.raises(ForgeError, match="SOME_TOKEN holds no token"):
        tokens.read("SOME_TOKEN", None)
    for content in ("", "two words here", "line1-xxxx\nline2-xxxx", "schlüssel-geheim"):
        file.write_text(content)
        with pytest.raises(ForgeError) as raised:
            tokens.read(None, file)
        assert not content or content not in str(raised.value)
    with pytest.raises(ForgeError, match="cannot be read"):
        tokens.read(None, tmp_path / "absent")


# Addresses and certificates


def test_certificates_are_checked(tmp_path: Path) -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    own = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(own))
    with ForgeServer(GitHubShape(World([Project("acme/a")])), tls=context) as server:
        with pytest.raises(ForgeError, match=r"unreachable: .*certificate verify failed"):
            names(Access(type="github", url=server.url))
        assert names(Access(type="github", url=server.url, ca_file=own)) == ["acme/a"]
        own.write_text("no certificate")
        with pytest.raises(ForgeError, match="ca-file"):
            names(Access(type="github", url=server.url, ca_file=own))


def names(access: Access) -> list[str]:
    with forges.asking(access, None, Clock(sleep=lambda _: None)) as forge:
        return [r.path for r in forge.repositories("acme")]


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_a_name_stays_in_its_place(name: str) -> None:
    with pytest.raises(ForgeError, match="bad-name"):
        segment(name)
    assert segment("a/b?c#d%e") == "a%2Fb%3Fc%23d%25e"
