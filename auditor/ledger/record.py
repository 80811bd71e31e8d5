"""What a repository came to, as bytes that keep for years, and back.

A later version of the program may add fields with defaults; for anything else it raises `FORMAT`, and reads
the older ones too.
"""

from __future__ import annotations

import json
import zlib
from dataclasses import asdict, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from auditor import packing
from auditor.ledger.database import LedgerError
from auditor.ledger.rows import canonical, sha256
from auditor.model import Discovery, RepositoryAudit

FORMAT = 1
_DISCOVERED: TypeAdapter[tuple[Discovery, ...]] = TypeAdapter(tuple[Discovery, ...])


def dump(found: RepositoryAudit) -> bytes:
    """The audit but for how long it took, which differs each night."""
    timeless = replace(found, duration_seconds=0.0)
    try:
        return b'{"format":%d,"repository":%b}' % (FORMAT, packing.canonical(timeless))
    except packing.Unwritable:
        # Text that is no Unicode: what cannot be written is shown.
        value = asdict(replace(timeless, hotfixes=tuple(timeless.hotfixes)))
        return canonical({"format": FORMAT, "repository": value})


def load(body: bytes, seconds: float) -> RepositoryAudit:
    """The audit. Raises `LedgerError` where these bytes are none that this version knows."""
    try:
        whole = _known(json.loads(body))
        found = packing.AUDIT.validate_python(whole["repository"])
        return replace(found, hotfixes=tuple(found.hotfixes), duration_seconds=seconds)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise LedgerError(f"is no audit: {str(error).splitlines()[0]}") from None


def dump_discovered(found: tuple[Discovery, ...]) -> bytes:
    """What forges listed."""
    return canonical({"format": FORMAT, "discovered": [asdict(one) for one in found]})


def load_discovered(body: bytes) -> tuple[Discovery, ...]:
    """What forges listed. Raises `LedgerError` where these bytes say nothing of it."""
    try:
        return _DISCOVERED.validate_python(_known(json.loads(body))["discovered"])
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise LedgerError(f"tells of no forge: {str(error).splitlines()[0]}") from None


def _known(whole: Any) -> Any:
    if whole["format"] != FORMAT:
        raise LedgerError(f"is of format {whole['format']}, and this program knows {FORMAT}: upgrade it")
    return whole


def pack(body: bytes) -> bytes:
    """Some bytes as they are stored."""
    return zlib.compress(body)


def unpack(sha: str, packed: bytes) -> bytes:
    """The bytes that were stored. Raises `LedgerError` where they are not those."""
    try:
        body = zlib.decompress(packed)
    except (zlib.error, TypeError):
        raise LedgerError("cannot be unpacked") from None
    if sha256(body) != sha:
        raise LedgerError("is not what it was")
    return body
