"""A client at a stand-in forge, with a clock that nobody has to wait for."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import quote

from auditor.forges import FORGES, Kind
from auditor.forges.client import Client
from auditor.forges.etags import Etags
from auditor.forges.http import Http
from auditor.forges.pace import Clock
from auditor.forges.tokens import Token
from tests.forge_server import ForgeServer
from tests.forge_shapes.world import TOKEN


@dataclass
class FakeTime:
    """Runs as the real clock does, but a pause is over at once, and noted."""

    ahead: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.ahead += seconds

    @property
    def clock(self) -> Clock:
        return Clock(lambda: time.time() + self.ahead, lambda: time.monotonic() + self.ahead, self.sleep)


@contextmanager
def client(
    server: ForgeServer,
    kind: str = "github",
    token: str | None = TOKEN,
    timeout: float = 5,
    patience: float = 600,
    etags: Etags | None = None,
    most_bytes: int = 1 << 20,
) -> Iterator[tuple[Client, FakeTime]]:
    fake = FakeTime()
    how: Kind = FORGES[kind]
    secret = Token(token) if token else None
    with Http(timeout, None, most_bytes) as http:
        yield Client(http, how.root(server.url), how.headers(secret), secret, patience, etags, fake.clock), fake


def disguises(token: str) -> list[str]:
    """The forms in which a token could slip into an output."""
    raw = token.encode()
    padded = [base64.b64encode(bytes(n) + raw).decode()[4:-4] for n in range(3)]
    urlsafe = [base64.urlsafe_b64encode(bytes(n) + raw).decode()[4:-4] for n in range(3)]
    return [token, quote(token), quote(token, safe=""), raw.hex(), token[::-1], *padded, *urlsafe]


def shows(token: str, data: bytes) -> list[str]:
    """Which forms of the token are in what was written."""
    text = data.decode("utf-8", "replace").casefold()
    return [form for form in disguises(token) if form.casefold() in text]
