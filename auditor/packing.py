"""Audits as canonical JSON: keys sorted, no spaces, so that equal audits are equal texts. And hotfixes packed as that.

The writers are made of pydantic's own: it would write the fields in the order of the classes.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError, SchemaSerializer

from auditor.errors import BranchDriftError
from auditor.model import Hotfix, RepositoryAudit
from auditor.output import wire
from auditor.packed import Packed, tally

Unwritable = PydanticSerializationError

AUDIT: TypeAdapter[RepositoryAudit] = TypeAdapter(RepositoryAudit)


@cache
def _hotfixes() -> TypeAdapter[tuple[Hotfix, ...]]:
    return TypeAdapter(tuple[Hotfix, ...])


@cache
def _audit_writer() -> SchemaSerializer:
    return SchemaSerializer(_sorted(AUDIT.core_schema))


@cache
def _hotfixes_writer() -> SchemaSerializer:
    return SchemaSerializer(_sorted(_hotfixes().core_schema))


def _sorted(schema: Any) -> Any:
    """A schema with the fields of its classes by name."""
    if isinstance(schema, list):
        return [_sorted(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _sorted(part) for key, part in schema.items()}
    if made.get("type") == "dataclass-args":
        made["fields"].sort(key=lambda field: field["name"])
    elif made.get("type") == "dataclass":
        made["fields"].sort()
    return made


def canonical(found: RepositoryAudit) -> bytes:
    """An audit as canonical JSON. Raises `Unwritable` for text that is no Unicode."""
    hotfixes = found.hotfixes
    text = hotfixes.canonical if isinstance(hotfixes, Packed) else _hotfixes_writer().to_json(tuple(hotfixes))
    # The name of a field with its quotes is in no text: those would be escaped.
    before, empty, after = _audit_writer().to_json(replace(found, hotfixes=())).partition(b'"hotfixes":[]')
    assert empty
    return b"".join((before, b'"hotfixes":', text, after))


def pack(found: RepositoryAudit, *, document: bool) -> RepositoryAudit:
    """The audit with its hotfixes packed, with their `document` where that is wanted, and without it where not.

    One with text that is no Unicode stays as it is.
    """
    packed = found.hotfixes
    if isinstance(packed, Packed) and (packed.document is not None) == document:
        return found
    try:
        text = packed.canonical if isinstance(packed, Packed) else _hotfixes_writer().to_json(packed)
    except Unwritable:
        return found
    shown = wire.hotfixes(packed) if document else None
    return replace(found, hotfixes=Packed(text, len(packed), tally(packed), unpack, shown))


def unpack(text: bytes) -> tuple[Hotfix, ...]:
    """The hotfixes of their canonical JSON. Raises `BranchDriftError` where it is none: somebody has written there."""
    try:
        return _hotfixes().validate_json(text)
    except ValueError:
        said = "what is remembered of a repository is nothing that was written by this program: remove the folder"
        raise BranchDriftError(f"{said} cache of the state folder, and run again") from None
