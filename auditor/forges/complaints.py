"""What a forge's refusal means, in words for the person who has to mend it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from auditor.errors import ForgeError
from auditor.forges.http import Reply
from auditor.forges.tokens import Token

_MOST_WORDS = 300
_CODES = {401: "unauthorized", 403: "forbidden", 404: "not-found", 409: "conflict", 410: "not-found"}
_KEYS = ("message", "error_description", "error", "errors", "detail", "title")


def error(reply: Reply, method: str, where: str, *, known: bool, limit: bool) -> ForgeError:
    """The error for an answer that is none. `known` says whether a token was sent."""
    words = said(reply.body)
    told = f" ({reply.status}: {words})" if words else f" ({reply.status})"
    code, meaning = _meaning(reply.status, known=known, limit=limit)
    uncertain = method != "GET" and reply.status >= 500
    return ForgeError(code, f"{method} {where}: {meaning}{told}", status=reply.status, uncertain=uncertain)


def _meaning(status: int, *, known: bool, limit: bool) -> tuple[str, str]:
    if limit:
        return "rate-limited", "too many requests for the forge's limit"
    meanings = {
        401: "the token is not accepted: expired, revoked, or of another host"
        if known
        else "asks for a token; give token_env: or token_file:",
        403: "the token may not do this; see its scopes" if known else "not allowed without a token",
        404: "is not there, or the token may not see it" if known else "is not there, or not seen without a token",
        409: "conflicts with what is there",
        410: "is there no more",
    }
    if 300 <= status < 400:
        return "redirected", "leads elsewhere, and a write is not sent after it"
    if status >= 500:
        return "server-error", "the forge has a fault"
    return _CODES.get(status, "refused"), meanings.get(status, "refused")


def said(body: bytes) -> str:
    """The forge's own words, shortened and with nothing invisible in them; empty where there are none in JSON."""
    try:
        parsed = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    return visible("; ".join(dict.fromkeys(_words(parsed, 4))))[:_MOST_WORDS]


def _words(value: Any, depth: int) -> Iterator[str]:
    if depth == 0:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value[:10]:
            yield from _words(item, depth - 1)
    elif isinstance(value, dict):
        known = [k for k in _KEYS if k in value]
        for key in known or list(value)[:10]:
            yield from _words(value[key], depth - 1)


def visible(text: str) -> str:
    """Text on one line, with nothing in it that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def gives_away(reply: Reply, token: Token) -> bool:
    """Whether an answer holds the token, in whatever form."""
    if any(token.shows_in(value) for value in reply.headers.values()):
        return True
    text = reply.body.decode("utf-8", "replace")
    if token.shows_in(text):
        return True
    if "\\" not in text:
        return False
    try:
        return token.shows_in(json.dumps(json.loads(text), ensure_ascii=False))
    except (ValueError, RecursionError):
        return False
