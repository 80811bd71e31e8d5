"""Rows as bytes, and their hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """One value, one text: JSON with sorted keys and no spaces. What no ledger holds is shown, not refused."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=repr)
    return text.encode("utf-8", "backslashreplace")


def sha256(data: bytes) -> str:
    """The hash, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def digest(table: str, row: Mapping[str, Any]) -> str:
    """The hash of a row: of its table's name, and of all that is not null in it but the digest itself."""
    return sha256(canonical([table, {k: v for k, v in row.items() if v is not None and k != "digest"}]))


def sealed(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row with its digest."""
    return {**row, "digest": digest(table, row)}


def event_hash(digests: Iterable[str]) -> str:
    """The hash of the rows of one event."""
    return sha256(canonical(list(digests)))


def link_hash(link: Mapping[str, Any]) -> str:
    """The hash of a link, which the next one carries."""
    return sha256(canonical([link[k] for k in ("sequence", "event", "run", "content", "previous")]))


def text(words: str) -> str:
    """Text that every database takes: no NUL, no lone surrogates."""
    return words.replace("\0", "\ufffd").encode("utf-8", "replace").decode()
