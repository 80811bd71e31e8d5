"""Brings a notice to its webhook: bounded in time and attempts, and without a word about the address."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from auditor.config.access import is_loopback
from auditor.config.noticing import NoticeConfig
from auditor.errors import BranchDriftError, ForgeError
from auditor.forges import limits
from auditor.forges.http import Http, Reply

_ATTEMPTS = 3
_LONGEST_PAUSE = 30.0
_MOST_BYTES = 64 * 1024
_LONGEST_URL = 4096
_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_SAID = {
    "timeout": "gave no answer in time",
    "unreachable": "cannot be reached",
    "broken-off": "broke the connection off",
    "too-large": "answered with more than it may",
    "ca-file": "cannot be asked: ca_file: cannot be read",
}


class NoticeError(BranchDriftError):
    """A notice did not arrive. Its words hold nothing of the address, nor of what the other side said."""


def post(notice: NoticeConfig, body: bytes, sleep: Callable[[float], None] = time.sleep) -> None:
    """Delivers. What may pass is tried again, twice. Raises `NoticeError`."""
    url = address(notice)
    said = ""
    try:
        with Http(notice.timeout, notice.ca_file, _MOST_BYTES) as http:
            for attempt in range(_ATTEMPTS):
                said, pause = _attempted(http, url, body)
                if pause is None:
                    break
                if attempt < _ATTEMPTS - 1:
                    sleep(min(max(pause, 2.0**attempt), _LONGEST_PAUSE))
    except ValueError:
        said = "cannot be asked: its address is none"
    if said:
        raise NoticeError(said)


def _attempted(http: Http, url: str, body: bytes) -> tuple[str, float | None]:
    """What went wrong, if anything, and how long to wait before another attempt; None where there is no use in one."""
    try:
        reply = http.exchange("POST", url, _HEADERS, body)
    except ForgeError as error:
        passes = error.code in ("timeout", "unreachable", "broken-off")
        return _SAID.get(error.code, "did not take it"), 0.0 if passes else None
    return _judged(reply)


def _judged(reply: Reply) -> tuple[str, float | None]:
    if 200 <= reply.status < 300:
        return "", None
    said = f"refused with HTTP status {reply.status}"
    if 300 <= reply.status < 400:
        return f"leads elsewhere (HTTP status {reply.status}), and nobody follows there", None
    if reply.status == 429 or reply.status >= 500:
        return said, limits.retry_after(reply.headers, time.time()) or 0.0
    return said, None


def address(notice: NoticeConfig) -> str:
    """Where the webhook is. Raises `NoticeError` where that is not to be found, or no place for a secret."""
    where, text = _found(notice)
    text = text.strip()
    if not text:
        raise NoticeError(f"has no address: {where} is empty or not set")
    try:
        parts = urlsplit(text)
        fits = parts.scheme in ("https", "http") and parts.hostname and parts.port != 0 and text.isprintable()
    except ValueError:
        fits = False
    if not fits or " " in text or len(text) > _LONGEST_URL:
        raise NoticeError(f"has no address: {where} holds no web address")
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise NoticeError(f"is not told: the address in {where} would go over http: in clear text; use https:")
    return text


def _found(notice: NoticeConfig) -> tuple[str, str]:
    if notice.url_env is not None:
        return f"the environment variable {notice.url_env}", os.environ.get(notice.url_env, "")
    assert notice.url_file is not None
    try:
        with notice.url_file.open("rb") as stream:
            return str(notice.url_file), stream.read(_LONGEST_URL + 2).decode("utf-8", "replace")
    except OSError as error:
        raise NoticeError(f"has no address: {notice.url_file} cannot be read: {error.strerror}") from None
