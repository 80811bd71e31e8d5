"""One exchange over HTTP: a deadline on the whole of it, a bounded body, certificates checked.

A time-out of a single read is no deadline, as a server that sends a byte a second shows; here everything from the
name's look-up to the last byte must happen within it.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

import httpx2

from auditor import __version__
from auditor.errors import ForgeError

MOST_BYTES = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back. Names of headers are in lower case; `next` is the link to the next page, if it gave one."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    next: str | None = None


class Http:
    """Connections to a forge, used by one caller at a time. `timeout` is in seconds."""

    def __init__(self, timeout: float, ca_file: Path | None = None, most_bytes: int = MOST_BYTES) -> None:
        self._timeout = timeout
        self._most_bytes = most_bytes
        self._ca_file = ca_file
        self._runner = asyncio.Runner()
        self._client: httpx2.AsyncClient | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._client is not None:
                self._runner.run(self._client.aclose())
        finally:
            self._runner.close()

    def exchange(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None = None) -> Reply:
        """Asks once. Raises `ForgeError`: `timeout`, `unreachable`, `broken-off` or `too-large`."""
        where = f"{method} {shown(url)}"
        try:
            return self._runner.run(self._within_deadline(method, url, headers, content))
        except TimeoutError:
            raise ForgeError("timeout", f"{where}: no answer within {self._timeout:g} s", uncertain=True) from None
        except (httpx2.ConnectError, httpx2.ProxyError, httpx2.UnsupportedProtocol, httpx2.InvalidURL) as error:
            raise ForgeError("unreachable", f"{where}: {_said(error)}") from None
        except httpx2.HTTPError as error:
            raise ForgeError("broken-off", f"{where}: {_said(error)}", uncertain=True) from None

    async def _within_deadline(self, method: str, url: str, headers: Mapping[str, str], content: bytes | None) -> Reply:
        client = self._connected(url)
        async with asyncio.timeout(self._timeout):
            request = client.build_request(method, url, headers=dict(headers), content=content)
            response = await client.send(request, stream=True)
            try:
                body = await self._body(response, f"{method} {shown(url)}")
            finally:
                await response.aclose()
        client.cookies.clear()
        named = MappingProxyType({name.lower(): value for name, value in response.headers.items()})
        return Reply(response.status_code, named, body, response.links.get("next", {}).get("url"))

    async def _body(self, response: httpx2.Response, where: str) -> bytes:
        """The body as it comes: nothing was asked for in a compressed form, so nothing can swell."""
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > self._most_bytes:
                raise ForgeError(
                    "too-large", f"{where}: answers with more than {self._most_bytes} bytes", uncertain=True
                )
        return bytes(body)

    def _connected(self, url: str) -> httpx2.AsyncClient:
        if self._client is None:
            always = {"User-Agent": f"branch-drift/{__version__}", "Accept-Encoding": "identity"}
            self._client = httpx2.AsyncClient(
                headers=always, verify=self._trusted(url), timeout=None, follow_redirects=False
            )
        return self._client

    def _trusted(self, url: str) -> ssl.SSLContext | bool:
        """Whose certificates are believed: the system's authorities, and one's own beside them.

        Over http, where there are none, nobody's: reading the system's takes its time.
        """
        if url.startswith("http://"):
            return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        if self._ca_file is None:
            return True
        context = ssl.create_default_context()
        try:
            context.load_verify_locations(cafile=self._ca_file)
        except OSError as error:
            said = error.strerror or "holds no certificate in PEM form"
            raise ForgeError("ca-file", f"{self._ca_file}: {said}") from None
        return context


def shown(url: str) -> str:
    """An address as people may see it: without user, query and fragment."""
    parsed = httpx2.URL(url)
    port = f":{parsed.port}" if parsed.port else ""
    return f"{parsed.scheme}://{parsed.host}{port}{parsed.path}"


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: what a token is good for. Raises `ForgeError` where it is no web address."""
    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise ForgeError("unreachable", "what should be a web address is none") from None
    usual = {"https": 443, "http": 80}.get(parsed.scheme)
    return parsed.scheme, parsed.host.lower(), parsed.port or usual


def joined(url: str, reference: str) -> str:
    """Where a reference in an answer of `url` leads to."""
    try:
        return str(httpx2.URL(url).join(reference))
    except httpx2.InvalidURL:
        raise ForgeError("redirected", f"{shown(url)}: leads to an address that is none") from None


def _said(error: Exception) -> str:
    words = str(error) or type(error).__name__
    return "".join(c if c.isprintable() else " " for c in words)[:300]
