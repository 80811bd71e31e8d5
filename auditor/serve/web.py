"""The HTTP server: GET and HEAD, a few threads, and no reader, however slow, that can keep them."""

from __future__ import annotations

import ipaddress
import os
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from auditor.errors import UsageError
from auditor.output.html.assets import script_source
from auditor.serve import pages
from auditor.serve.access import Access

_THREADS = 32
_PER_READ = 10.0
_TO_ASK = 10.0
_TO_ANSWER = 120.0
_PIECE = 1 << 16
# No script but the reports' own, nothing from elsewhere; pages bring their style along, or have it beside them.
_POLICY = (
    f"default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self' {script_source()}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-cache"),
    ("Connection", "close"),
)


class Server(ThreadingHTTPServer):
    """Serves what `board` holds at the moment of each request; whoever scans replaces it."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, listen: tuple[str, int], access: Access, complain: Callable[[str], None]) -> None:
        self.address_family = socket.AF_INET6 if ":" in listen[0] else socket.AF_INET
        self.access = access
        self.complain = complain
        self.board = pages.Board()
        self._slots = threading.BoundedSemaphore(_THREADS)
        self._ends: dict[socket.socket, float] = {}
        try:
            super().__init__(listen, _Handler)
        except OSError as error:
            raise UsageError(f"--listen: {_shown(listen)} cannot be listened on: {error.strerror or error}") from None

    @property
    def exposed(self) -> bool:
        """Whether other machines may read what is served, without a password or certificate of their own."""
        return not ipaddress.ip_address(str(self.server_address[0])).is_loopback and not self.access.guarded

    @property
    def url(self) -> str:
        """Where it is to be found."""
        scheme = "https" if self.access.context else "http"
        return f"{scheme}://{_shown((self.server_address[0], self.server_address[1]))}"

    def close(self) -> None:
        """Listens no longer."""
        self.server_close()

    def server_bind(self) -> None:
        """Without the look-up of the host's name that the library would do, which may take long."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def get_request(self) -> tuple[socket.socket, Any]:
        """The next connection; the handshake of TLS is left to its own thread."""
        connection, address = super().get_request()
        self.access.refresh()
        context = self.access.context
        if context is not None:
            connection = context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return connection, address

    def process_request(self, request: Any, client_address: Any) -> None:
        """In a thread, if one is free; a reader turned away asks again."""
        if not self._slots.acquire(blocking=False):
            self.shutdown_request(request)
            return
        self.give(request, _TO_ASK)
        try:
            super().process_request(request, client_address)
        except RuntimeError:
            # No thread could be started.
            self._done(request)
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """The life of such a thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._done(request)

    def _done(self, request: Any) -> None:
        self._ends.pop(request, None)
        self._slots.release()

    def give(self, connection: socket.socket, seconds: float) -> None:
        """Gives a connection so much time from now, all in all."""
        self._ends[connection] = time.monotonic() + seconds

    def service_actions(self) -> None:
        """Ends connections whose time is up. Time-outs of sockets are per read; this is not."""
        now = time.monotonic()
        for connection in [c for c, ends in self._ends.copy().items() if now > ends]:
            with suppress(OSError):
                # Not `SSLSocket.shutdown`: that would drop the encryption before the connection.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away, or spoke no TLS, is its own business; a fault of this program is said."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError):
            self.complain(f"a request could not be answered: {type(error).__name__}: {error}")


class _Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "branch-drift"
    sys_version = ""
    timeout = _PER_READ

    def setup(self) -> None:
        """As the library has it, and the handshake of TLS."""
        super().setup()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.do_handshake()

    def do_GET(self) -> None:
        """Answers, if the reader may read; probes may always, since kubelets hold no passwords."""
        path = urlsplit(self.path).path
        if path not in pages.PROBES and not self.server.access.allows(self.headers.get("Authorization")):
            self._send(pages.Answer(401, body=b"a user and a password are needed\n"))
        else:
            self._send(pages.answer(path, self.server.board))

    do_HEAD = do_GET  # noqa: N815 - the library's names

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library itself refuses (other methods, endless lines), in plain text and without an echo."""
        if code == 501:
            self._send(pages.Answer(405, body=b"this is only for reading\n"))
        else:
            self._send(pages.Answer(code, body=b"this is no request that can be answered\n"))

    def _send(self, answer: pages.Answer) -> None:
        self.server.give(self.connection, _TO_ANSWER)
        if answer.file is None:
            self._head(answer, len(answer.body))
            if self._wanted:
                self.wfile.write(answer.body)
            return
        try:
            with answer.file.open("rb") as file:
                self._send_file(answer, file)
        except FileNotFoundError:
            self._send(pages.Answer(404, body=b"this run is no longer kept\n"))

    def _send_file(self, answer: pages.Answer, file: BinaryIO) -> None:
        self._head(answer, os.fstat(file.fileno()).st_size)
        while self._wanted and (piece := file.read(_PIECE)):
            self.wfile.write(piece)

    @property
    def _wanted(self) -> bool:
        """Whether the body is wanted, too."""
        return getattr(self, "command", None) != "HEAD"

    def _head(self, answer: pages.Answer, length: int) -> None:
        self.close_connection = True
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.type)
        self.send_header("Content-Length", str(length))
        for name, value in (*_HEADERS, *_more(answer)):
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Nothing: who reads is not this program's business."""


def _more(answer: pages.Answer) -> tuple[tuple[str, str], ...]:
    if answer.location is not None:
        return (("Location", answer.location),)
    if answer.status == 401:
        return (("WWW-Authenticate", 'Basic realm="branch-drift", charset="UTF-8"'),)
    return (("Allow", "GET, HEAD"),) if answer.status == 405 else ()


def _shown(address: tuple[Any, Any]) -> str:
    return f"[{address[0]}]:{address[1]}" if ":" in str(address[0]) else f"{address[0]}:{address[1]}"


def listen(text: str) -> tuple[str, int]:
    """`ADDRESS:PORT`, `[ADDRESS]:PORT` or `:PORT` (every address). Raises `UsageError` for anything else."""
    host, colon, port = text.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65_535 or (":" in bare and bare == host):
        raise UsageError(f"--listen: {text} is no address and port like 127.0.0.1:9847 or [::1]:9847")
    return bare, int(port)
