"""Remote servers as git meets them: git's own HTTP back end on loopback, well-behaved or not."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.build import PINNED

Behaviour = Callable[["Handler"], None]


class Server(ThreadingHTTPServer):
    """Serves the repositories under `root`; `behave` says how, and `seen` is what was asked, with its headers."""

    daemon_threads = True
    root: Path
    behave: Behaviour

    def __init__(self, root: Path, behave: Behaviour) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.root = root
        self.behave = behave
        self.seen: list[tuple[str, str]] = []
        self.over = threading.Event()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{path}"

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no news."""


class Handler(BaseHTTPRequestHandler):
    """One request."""

    server: Server

    def log_message(self, *_: object) -> None:
        """Nothing on standard error."""

    def do_GET(self) -> None:
        self.server.seen.append((self.path, self.headers.get("Authorization", "")))
        self.server.behave(self)

    do_POST = do_GET  # noqa: N815 -- the name that http.server looks for

    # What a server can do

    def answer(self) -> bytes:
        """What git's own back end answers: a CGI response."""
        path, _, query = self.path.partition("?")
        env = {
            **PINNED,
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(self.server.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
        }
        return subprocess.run(
            ["git", "http-backend"], input=self.body(), capture_output=True, env=env, check=True
        ).stdout

    def body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            found = b""
            while size := int(self.rfile.readline(), 16):
                found += self.rfile.read(size)
                self.rfile.readline()
            return found
        return self.rfile.read(int(self.headers.get("Content-Length", "0")))

    def send(self, cgi: bytes, content: bytes | None = None, *, length: bool = True) -> None:
        """A CGI response as HTTP; `content` instead of its own."""
        head, _, own = cgi.partition(b"\r\n\r\n")
        fields = dict(line.split(": ", 1) for line in head.decode().splitlines())
        self.send_response(int(fields.pop("Status", "200")[:3]))
        for name, value in fields.items():
            self.send_header(name, value)
        if length:
            self.send_header("Content-Length", str(len(own)))
        self.end_headers()
        self.wfile.write(own if content is None else content)

    def refuse(self, code: int, text: str = "", **fields: str) -> None:
        self.send_response(code)
        for name, value in {"Content-Type": "text/plain", "Content-Length": str(len(text)), **fields}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(text.encode())

    @property
    def is_pack(self) -> bool:
        """Whether this request asks for objects, not for refs."""
        return self.command == "POST" and b"command=ls-refs" not in self.peeked

    @property
    def peeked(self) -> bytes:
        """The beginning of the body, which stays to be read."""
        return self.rfile.peek(200) if self.command == "POST" else b""  # type: ignore[attr-defined]


def well(handler: Handler) -> None:
    handler.send(handler.answer())


def says_nothing(handler: Handler) -> None:
    handler.server.over.wait(60)


def drips(handler: Handler) -> None:
    """The refs at once, the objects a byte at a time."""
    if not handler.is_pack:
        return well(handler)
    cgi = handler.answer()
    handler.send(cgi, b"")
    content = cgi.partition(b"\r\n\r\n")[2]
    with suppress(OSError):
        for at in range(len(content)):
            handler.wfile.write(content[at : at + 1])
            handler.wfile.flush()
            if handler.server.over.wait(0.2):
                return None
    return None


def breaks_off(handler: Handler) -> None:
    """The connection is gone half-way through the pack."""
    if not handler.is_pack:
        return well(handler)
    cgi = handler.answer()
    content = cgi.partition(b"\r\n\r\n")[2]
    handler.send(cgi, content[: len(content) // 2])
    handler.wfile.flush()
    handler.connection.shutdown(socket.SHUT_RDWR)
    return None


def wants_password(handler: Handler) -> None:
    """Tells what it was given, as careless servers do."""
    given = handler.headers.get("Authorization", "nothing")
    handler.body()
    handler.refuse(401, f"wrong: {given}", WWW_Authenticate='Basic realm="x"')


def only_with(authorization: str) -> Behaviour:
    def behave(handler: Handler) -> None:
        if handler.headers.get("Authorization") == authorization:
            well(handler)
        else:
            wants_password(handler)

    return behave


def points_to(place: str) -> Behaviour:
    """Answers the first question for `/moved/…` by another place; what follows goes there by itself."""

    def behave(handler: Handler) -> None:
        if handler.path.startswith("/moved/"):
            handler.refuse(302, Location=place + handler.path.removeprefix("/moved/"))
        else:
            well(handler)

    return behave


@contextmanager
def serving(root: Path, behave: Behaviour = well) -> Iterator[Server]:
    """A server while the block runs."""
    server = Server(root, behave)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def until(holds: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something comes to hold in time."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if holds():
            return True
        time.sleep(0.02)
    return False
