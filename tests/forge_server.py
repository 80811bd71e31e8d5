"""A forge to talk with: a real HTTP server on loopback that answers as the forge of its shape does.

Everything that it was asked is recorded. Faults are scripted: the next requests meet them, one each.
"""

from __future__ import annotations

import hashlib
import json
import re
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar, Protocol, Self
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as it came."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    at: float
    all: Mapping[str, list[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        query = "&".join(f"{k}={v}" for k, v in self.query.items())
        return f"{self.path}?{query}" if query else self.path


@dataclass(frozen=True)
class Said:
    """An answer. `body` is written as JSON, unless it is bytes."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request. `how`:

    `answer` gives `said` instead; `drip` and `drip-head` send a byte every `pause` seconds; `hang` says nothing;
    `cut` breaks off in the middle; `lost` does what was asked, and breaks off before it answers.
    """

    how: str = "answer"
    said: Said = field(default_factory=Said)
    pause: float = 0.05
    when: Callable[[Asked], bool] = lambda _: True


class NotThereError(Exception):
    """What was asked for does not exist."""


Handler = Callable[[Asked, "re.Match[str]"], Said]
Route = tuple[str, str, Handler]


class Shape(Protocol):
    """A forge's own way: its addresses, its errors, its pages, its limits."""

    prefix: ClassVar[str]

    def routes(self) -> Sequence[Route]:
        """Method, pattern of the path below the prefix, and who answers."""

    def user(self, asked: Asked) -> str | None:
        """Who is asking, by the token; None for a wrong one, the empty string for nobody."""

    def refusal(self, status: int, words: str) -> Said:
        """An error in the forge's form."""


class ForgeServer:
    """The server. Use as a context."""

    def __init__(self, shape: Shape, tls: ssl.SSLContext | None = None, *, etags: bool = True) -> None:
        self.shape = shape
        self.asked: list[Asked] = []
        self.faults: deque[Fault] = deque()
        self.etags = etags
        self.broken: list[Exception] = []
        self.stopping = threading.Event()
        self.lock = threading.RLock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.forge = self
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        scheme = "http" if tls is None else "https"
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{scheme}://{self.host}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
        if self.broken:
            raise self.broken[0]

    def fail(self, *faults: Fault) -> None:
        """The next requests meet these."""
        self.faults.extend(faults)

    def next_fault(self, asked: Asked) -> Fault | None:
        with self.lock:
            fault = next((f for f in self.faults if f.when(asked)), None)
            if fault is not None:
                self.faults.remove(fault)
            return fault

    def answer(self, asked: Asked) -> Said:
        """What the forge says to a request."""
        user = self.shape.user(asked)
        if user is None:
            return self.shape.refusal(401, "Bad credentials")
        path = asked.path.removeprefix(self.shape.prefix)
        for method, pattern, handler in self.shape.routes():
            match = re.fullmatch(pattern, path)
            if match and method == asked.method and asked.path.startswith(self.shape.prefix):
                with self.lock:
                    try:
                        return self._tagged(asked, handler(asked, match))
                    except NotThereError:
                        break
        return self.shape.refusal(404, "Not Found")

    def _tagged(self, asked: Asked, said: Said) -> Said:
        if not self.etags or asked.method != "GET" or said.status != 200:
            return said
        tag = f'W/"{hashlib.sha256(said.content).hexdigest()[:32]}"'
        if asked.headers.get("if-none-match") == tag:
            return Said(304, None, {"ETag": tag})
        return Said(said.status, said.body, {**said.headers, "ETag": tag})


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    forge: ForgeServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that leaves is none of the server's business."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 20
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Quiet."""

    def _any(self) -> None:
        forge = self.server.forge
        length = int(self.headers.get("Content-Length") or 0)
        body: Any = self.rfile.read(length) or None
        with suppress(ValueError):
            body = json.loads(body) if body else None
        split = urlsplit(self.path)
        headers = {k.lower(): v for k, v in self.headers.items()}
        query = parse_qs(split.query, keep_blank_values=True)
        last = {name: values[-1] for name, values in query.items()}
        asked = Asked(self.command, split.path, last, headers, body, time.monotonic(), query)
        with forge.lock:
            forge.asked.append(asked)
        fault = forge.next_fault(asked)
        try:
            if fault is None:
                self._say(forge.answer(asked))
            else:
                self._misbehave(fault, asked)
        except OSError:
            raise
        except Exception as error:
            # A fault of the stand-in itself is none that a test may take for the forge's.
            forge.broken.append(error)
            raise

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815

    def _say(self, said: Said) -> None:
        self.wfile.write(self._head(said) + said.content)

    def _head(self, said: Said) -> bytes:
        kind = {} if isinstance(said.body, bytes) else {"Content-Type": "application/json; charset=utf-8"}
        lines = [f"HTTP/1.1 {said.status} Said"]
        bare = said.status in (204, 304)
        lines += [f"{k}: {v}" for k, v in {**kind, **said.headers}.items()]
        lines += ["Connection: close"] if self.close_connection else []
        lines += [] if bare else [f"Content-Length: {len(said.content)}"]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    def _misbehave(self, fault: Fault, asked: Asked) -> None:
        forge = self.server.forge
        self.close_connection = True
        if fault.how == "answer":
            self._say(fault.said)
        elif fault.how == "hang":
            forge.stopping.wait(15)
        elif fault.how == "lost":
            forge.answer(asked)
        elif fault.how == "cut":
            said = forge.answer(asked)
            self.wfile.write(self._head(said) + said.content[: len(said.content) // 2])
        else:
            said = forge.answer(asked)
            head = self._head(said)
            quick = b"" if fault.how == "drip-head" else head
            self.wfile.write(quick)
            for byte in (head + said.content)[len(quick) :]:
                if forge.stopping.wait(fault.pause):
                    break
                self.wfile.write(bytes([byte]))


def part(match: re.Match[str], name: str) -> str:
    """A part of a path, as the name that it stands for."""
    return unquote(match[name])
