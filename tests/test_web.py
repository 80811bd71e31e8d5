"""What the exporter answers, to whom, and that no reader can hold it up."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import pytest

from auditor.errors import UsageError
from auditor.serve import access, pages, web
from auditor.serve.runs import Run, Runs

METRICS = b"branch_drift_in_sync 1\n"
SUMMARY = {"verdict": "in-sync", "repositories": 1, "hotfixes": 1}


def published(runs: Runs, recorded: Callable[[str], int | None] = lambda _: None, /, **files: str) -> Run:
    """A run as a scan leaves it."""
    about = {"started_at": "2026-06-01T00:00:00Z", "finished_at": "2026-06-01T00:00:01Z", "summary": SUMMARY}
    document = json.dumps({**about, "repositories": ["x"]}, indent=1)
    with runs.new() as folder:
        texts = {
            "metrics.prom": METRICS.decode(),
            "index.html": "<p>report</p>",
            "audit.json": document,
            "audit.csv": "a",
        }
        for name, text in (texts | files).items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        return runs.publish(folder, lambda head: recorded(head["started_at"]))


class Reader:
    """Asks a server and gives status, headers and body."""

    def __init__(self, server: web.Server) -> None:
        self.server = server

    def __call__(self, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        port = self.server.server_address[1]
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=10)) as connection:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


@contextmanager
def serving(config: Path | None = None, board: pages.Board | None = None) -> Iterator[tuple[web.Server, list[str]]]:
    said: list[str] = []
    server = web.Server(("127.0.0.1", 0), access.Access(config, said.append), said.append)
    server.board = board or pages.Board()
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server, said
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def runs(tmp_path: Path) -> Runs:
    found = Runs(tmp_path / "serve", 3)
    found.folder.mkdir()
    return found


@pytest.fixture
def ask(runs: Runs) -> Iterator[Reader]:
    published(runs)
    published(runs, **{"index.html": "<p>newer</p>", "run.exe": "x", "repository/shop~2.html": "<p>shop</p>"})
    with serving(board=pages.board(runs.finished())) as (server, said):
        yield Reader(server)
    assert said == []


def test_before_the_first_audit_there_is_nothing_to_tell() -> None:
    with serving() as (server, _):
        ask = Reader(server)
        assert ask("/healthz")[0] == 200
        assert ask("/readyz")[0] == 503
        assert ask("/metrics")[0] == 503
        assert b"No audit has finished yet" in ask("/")[2]
        assert ask("/reports/latest/")[0] == 404


def test_everything_that_there_is(ask: Reader) -> None:
    status, headers, body = ask("/metrics")
    assert (status, headers["content-type"], body) == (200, "text/plain; version=0.0.4; charset=utf-8", METRICS)
    assert ask("/readyz")[0] == 200
    assert ask("/reports/latest/")[2] == ask("/reports/000002/index.html")[2] == b"<p>newer</p>"
    assert ask("/reports/000001/")[2] == b"<p>report</p>"
    assert ask("/reports/latest/repository/shop~2.html")[2] == b"<p>shop</p>"
    assert ask("/reports/latest/audit.json")[1]["content-type"] == "application/json"
    assert ask("/reports/latest/audit.csv")[1]["content-type"] == "text/csv; charset=utf-8"
    assert ask("/reports/latest")[1]["location"] == "latest/"
    index = ask("/")[2].decode()
    assert index.index("reports/000002/") < index.index("reports/000001/")
    assert index.count("its number in the ledger is not known") == 2


def test_runs_have_the_numbers_of_the_ledger(runs: Runs) -> None:
    for text, number in (("first", 27), ("second", 28), ("of a new ledger", 28)):
        published(runs, {"2026-06-01T00:00:00Z": number}.get, **{"index.html": text})
    with serving(board=pages.board(runs.finished())) as (server, _):
        ask = Reader(server)
        index = ask("/")[2].decode()
        assert index.count('<a href="reports/run-28/">run 28</a>') == 1
        assert index.count('<a href="reports/000002/">run 28</a>') == 1
        assert '<a href="reports/run-27/">run 27</a>' in index
        assert ask("/reports/run-28/")[2] == b"of a new ledger"
        assert ask("/reports/000002/")[2] == b"second"
        assert ask("/reports/run-27/")[2] == ask("/reports/000001/")[2] == b"first"
        assert ask("/reports/run-29/")[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "/reports/latest/../../lock", "/reports/../schedule.json", "/reports/latest/..%2f..%2flock", "/reports/000003/",
        "/reports/latest/metrics.prom", "/reports/latest/run.json", "/reports/latest/run.exe", "/reports/latest/no",
        "//etc/passwd", "/reports//etc/passwd", "/reports/latest/index.html/", "/reports/latest/repository/",
        "/reports/latest/repository/../index.html", "/reports/latest/repository/no.html", "/reports/latest/%00",
        "/nowhere",
    ],
)  # fmt: skip
def test_nothing_else(ask: Reader, path: str) -> None:
    assert ask(path)[0] == 404


def test_every_answer_is_guarded(ask: Reader) -> None:
    for path in ("/", "/metrics", "/reports/latest/", "/nowhere", "/healthz"):
        headers = ask(path)[1]
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' 'sha256-")
        assert policy.count("unsafe") == 1
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["connection"] == "close"
        assert "python" not in headers["server"].lower()


def test_it_is_only_for_reading(ask: Reader) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PROPFIND"):
        status, headers, _ = ask("/metrics", method)
        assert (status, headers["allow"]) == (405, "GET, HEAD")
    status, headers, body = ask("/metrics", "HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(METRICS)), b"")
    assert ask("/reports/latest/", "HEAD")[2] == b""


@pytest.mark.parametrize(
    "said", [b"\x16\x03\x01\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"G" * 70_000 + b"\r\n\r\n", b""]
)
def test_what_is_no_request_costs_nothing(ask: Reader, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", ask.server.server_address[1]), 5) as raw:
        raw.sendall(said)
        raw.shutdown(socket.SHUT_WR)
        answer = raw.recv(4096)
    assert b"Traceback" not in answer
    assert not answer.startswith(b"HTTP/1.1 200")
    assert ask("/healthz")[0] == 200


def test_slow_readers_are_ended_and_hold_nobody_up(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some never ask, some drip their request, some never read the answer; each would pass a time-out per read."""
    monkeypatch.setattr(web, "_TO_ASK", 0.6)
    monkeypatch.setattr(web, "_TO_ANSWER", 0.6)
    monkeypatch.setattr(web, "_THREADS", 6)
    published(runs, **{"audit.csv": "x" * 30_000_000})
    with serving(board=pages.board(runs.finished())) as (server, said):
        address = ("127.0.0.1", server.server_address[1])
        slow = [socket.create_connection(address, 5) for _ in range(6)]
        for reader in slow[2:]:
            reader.sendall(b"GET /reports/latest/audit.csv HTTP/1.1\r\n\r\n" if reader is slow[5] else b"GET /metr")
        with pytest.raises(OSError):  # noqa: PT011 - reset or closed: the seventh is turned away
            assert Reader(server)("/healthz")
        ends = time.monotonic() + 8
        while len([r for r in slow[:5] if _over(r)]) < 5 and time.monotonic() < ends:
            with suppress(OSError):
                slow[3].send(b"i")
            time.sleep(0.1)
        assert all(_over(r) for r in slow[:5])
        assert Reader(server)("/healthz")[0] == 200
        assert _rest(slow[5]) < 30_000_000
        for reader in slow:
            reader.close()
    assert said == []


def _over(connection: socket.socket) -> bool:
    """Whether the other side has ended it."""
    connection.setblocking(False)
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        connection.setblocking(True)


def _rest(connection: socket.socket) -> int:
    """How many bytes still come."""
    found = 0
    with suppress(OSError):
        while piece := connection.recv(1 << 20):
            found += len(piece)
    return found


def test_a_reader_never_sees_half_a_run(runs: Runs) -> None:
    """Readers read all the time while runs finish and old ones are removed."""
    failures: list[str] = []
    over = threading.Event()
    published(runs, **_told(0))

    def read(server: web.Server) -> None:
        ask = Reader(server)
        while not over.is_set():
            metrics, report = ask("/metrics")[2].decode(), ask("/reports/latest/index.html")
            if metrics != f"begin {metrics.split()[1]}\n" + "x 1\n" * 20_000 + f"end {metrics.split()[1]}\n":
                failures.append(f"half a page of metrics: {metrics[:40]}")
            if report[0] == 200 and (len(report[2]) != 200_000 or len(set(report[2])) != 1):
                failures.append("half a report")
            if report[0] not in (200, 404):
                failures.append(f"status {report[0]}")

    with serving(board=pages.board(runs.finished())) as (server, said):
        readers = [threading.Thread(target=read, args=(server,)) for _ in range(4)]
        for reader in readers:
            reader.start()
        for number in range(1, 40):
            published(runs, **_told(number))
            server.board = pages.board(runs.finished()[: runs.keep])
            runs.forget()
        over.set()
        for reader in readers:
            reader.join()
    assert (failures, said) == ([], [])
    assert [r.number for r in runs.finished()] == [40, 39, 38]


def _told(number: int) -> dict[str, str]:
    return {
        "metrics.prom": f"begin {number}\n" + "x 1\n" * 20_000 + f"end {number}\n",
        "index.html": chr(ord("a") + number % 26) * 200_000,
    }


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1:9847", ("127.0.0.1", 9847)),
        ("[::1]:80", ("::1", 80)),
        (":9847", ("", 9847)),
        ("host:0", ("host", 0)),
    ],
)
def test_addresses(text: str, found: tuple[str, int]) -> None:
    assert web.listen(text) == found


@pytest.mark.parametrize("text", ["9847", "::1:80", "host:x", "host:70000", "host:-1", "", "host:"])
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(UsageError, match="--listen"):
        web.listen(text)


def test_a_taken_port_is_said() -> None:
    with serving() as (server, _), pytest.raises(UsageError, match="in use"):
        web.Server(("127.0.0.1", server.server_address[1]), access.Access(None, print), print)
