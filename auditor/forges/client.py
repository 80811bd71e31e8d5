"""How a guest behaves at a forge: what is asked, repeated, waited for and believed.

Reads are repeated where that can help, writes never: whoever writes looks first whether it took effect. The token goes
in a header to the forge's own address, and nowhere else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from auditor.errors import ForgeError
from auditor.forges import complaints, limits, pace
from auditor.forges.budget import Budget
from auditor.forges.etags import Etags, Kept, Memory
from auditor.forges.http import Http, Reply, joined, origin, shown
from auditor.forges.pace import Clock
from auditor.forges.tokens import Token

Query = Mapping[str, str | int | Sequence[str]]

_ATTEMPTS = 3
_MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_PASSING = ("timeout", "unreachable", "broken-off")
_KEPT_HEADERS = ("x-total", "x-total-count", "x-ms-continuationtoken")


@dataclass(frozen=True, slots=True)
class Answer:
    """A status of 2xx with what it says. `body` is None where it says nothing."""

    status: int
    headers: Mapping[str, str]
    body: Any
    next: str | None = None


class Reader:
    """A forge's interface under `root`, to read. `headers` go with every request, those with the token among them.

    `patience` is how many seconds may be spent on limits and repeats in all. Every method raises `ForgeError`.
    """

    def __init__(
        self,
        http: Http,
        root: str,
        headers: Mapping[str, str],
        token: Token | None = None,
        patience: float = 600,
        etags: Etags | None = None,
        clock: Clock | None = None,
        budget: Budget | None = None,
    ) -> None:
        self.root = root.rstrip("/")
        self._http = http
        self._headers = headers
        self._token = token
        self._patience = patience
        self._etags = Memory() if etags is None else etags
        self._clock = clock or Clock()
        self._budget = budget
        self._origin = origin(root)
        self._pace = pace.of(f"{self._origin[1]}:{self._origin[2]}")

    def get(self, path: str, query: Query | None = None) -> Answer:
        """Reads: by ETag where it was read before, again where the forge was busy, following it where it moved."""
        url = self._url(path, query)
        key = self._key(url)
        kept = self._etags.get(key)
        reply = self._followed(url, {"If-None-Match": kept.etag} if kept else {})
        if reply.status == 304 and kept is not None:
            headers = {**kept.headers, **reply.headers}
            return Answer(200, headers, self._parsed(kept.body, headers, "GET", url), reply.next or kept.next)
        answer = self._answer(reply, "GET", url)
        if reply.status == 200 and "etag" in reply.headers:
            about = {name: reply.headers[name] for name in _KEPT_HEADERS if name in reply.headers}
            self._etags.put(key, Kept(reply.headers["etag"], about, reply.next, reply.body))
        return answer

    def ask(self, path: str, body: Any, query: Query | None = None) -> Answer:
        """Reads by a POST, where a forge has questions that do not fit an address: repeated like a read."""
        url = self._url(path, query)
        return self._answer(self._persistent("POST", url, {}, body), "POST", url)

    def _url(self, path: str, query: Query | None) -> str:
        return f"{self.root}{path}" + (f"?{urlencode(query, doseq=True)}" if query else "")

    def _key(self, url: str) -> str:
        secret = self._token.reveal() if self._token else ""
        about = "\0".join((url, self._headers.get("Accept", ""), secret))
        return hashlib.sha256(about.encode()).hexdigest()

    def _followed(self, url: str, headers: Mapping[str, str]) -> Reply:
        """Follows the forge within itself: an address elsewhere is shown to a person, never asked."""
        for _ in range(_MOST_REDIRECTS):
            reply = self._persistent("GET", url, headers)
            if reply.status not in _REDIRECTS or "location" not in reply.headers:
                return reply
            target = joined(url, reply.headers["location"])
            if origin(target) != self._origin:
                raise ForgeError(
                    "redirected",
                    f"{shown(url)}: leads to {shown(target)}, another host; name that host in url: if it is yours",
                )
            url = target
        raise ForgeError("redirected", f"{shown(url)}: leads from one address to the next without end")

    def _persistent(self, method: str, url: str, headers: Mapping[str, str], body: Any = None) -> Reply:
        """One read, again after a limit as long as patience lasts, and twice after a fault that may pass."""
        faults = 0
        while True:
            began = self._clock.monotonic()
            try:
                reply = self._call(method, url, headers, body)
            except ForgeError as error:
                faults += 1
                self._patience -= self._clock.monotonic() - began
                if error.code not in _PASSING or not self._pays(faults, pause := 2.0 ** (faults - 1)):
                    raise
                self._be_quiet(pause)
                continue
            if self._is_limit(reply):
                self._be_quiet(limits.seconds_to_wait(reply.headers, self._clock.now()))
            elif reply.status < 500:
                return reply
            else:
                faults += 1
                asked = limits.retry_after(reply.headers, self._clock.now())
                pause = 2.0 ** (faults - 1) if asked is None else asked
                if not self._pays(faults, pause):
                    return reply
                self._be_quiet(pause)

    def _pays(self, faults: int, pause: float) -> bool:
        """Whether trying again is worth it, and patience lasts for the pause before."""
        return faults < _ATTEMPTS and pause <= self._patience

    def _call(
        self, method: str, url: str, headers: Mapping[str, str], body: Any = None, *, writing: bool = False
    ) -> Reply:
        content = None if body is None else json.dumps(body).encode()
        kind = {} if body is None else {"Content-Type": "application/json"}
        if self._budget is not None:
            self._budget.spend()
        with self._pace.lock:
            self._hold(url, writing=writing)
            try:
                reply = self._http.exchange(method, url, {**self._headers, **kind, **headers}, content)
            finally:
                if writing:
                    self._pace.last_write = self._clock.monotonic()
        if self._token and complaints.gives_away(reply, self._token):
            raise ForgeError(
                "leak",
                f"{method} {shown(url)}: answers with the token itself; the answer is not used",
                uncertain=writing,
            )
        return reply

    def _hold(self, url: str, *, writing: bool) -> None:
        """Pauses as the host's pace asks. Quiet costs patience, the second between writes does not."""
        quiet = max(0.0, self._pace.quiet_until - self._clock.monotonic())
        if quiet > self._patience:
            left = max(0.0, self._patience)
            said = f"wants to be left alone for {quiet:.0f} s; of patience: {left:.0f} s are left"
            raise ForgeError("rate-limited", f"{shown(url)}: {said}")
        self._patience -= quiet
        pause = self._pace.pause(self._clock.monotonic(), writing=writing)
        if pause:
            self._clock.sleep(pause)

    def _be_quiet(self, seconds: float) -> None:
        self._pace.quiet_until = max(self._pace.quiet_until, self._clock.monotonic() + max(1.0, seconds))

    def _is_limit(self, reply: Reply) -> bool:
        return reply.status in (403, 422, 429) and limits.is_limit(
            reply.status, reply.headers, reply.body[:65_536].decode("utf-8", "replace")
        )

    def _answer(self, reply: Reply, method: str, url: str) -> Answer:
        if not 200 <= reply.status < 300:
            raise complaints.error(
                reply, method, shown(url), known=self._token is not None, limit=self._is_limit(reply)
            )
        return Answer(reply.status, reply.headers, self._parsed(reply.body, reply.headers, method, url), reply.next)

    def _parsed(self, body: bytes, headers: Mapping[str, str], method: str, url: str) -> Any:
        if not body.strip():
            return None
        try:
            return json.loads(body)
        except (ValueError, RecursionError):
            kind = complaints.visible(headers.get("content-type", "no content type"))
            said = f"{method} {shown(url)}: the answer is no JSON ({kind}); a login page or a proxy's, or url: is wrong"
            raise ForgeError("not-json", said, uncertain=method != "GET") from None


class Client(Reader):
    """The same to read and to write."""

    def send(self, method: str, path: str, body: Any = None, query: Query | None = None) -> Answer:
        """Writes, once. An error whose `uncertain` is set may have taken effect all the same."""
        url = self._url(path, query)
        reply = self._call(method, url, {}, body, writing=True)
        if self._is_limit(reply):
            self._be_quiet(limits.seconds_to_wait(reply.headers, self._clock.now()))
        return self._answer(reply, method, url)


def segment(text: str) -> str:
    """A name as one part of a path. Raises `ForgeError` for what would leave its place."""
    if text in ("", ".", ".."):
        raise ForgeError("bad-name", f"{text!r} cannot be a name at a forge")
    return quote(text, safe="")
