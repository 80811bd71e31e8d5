"""What a configuration that was recorded says of one repository."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from auditor.config.configuration import DefaultsConfig, RepositoryConfig
from auditor.evidence.archive import PackError
from auditor.model import Discovery


def repository(effective: bytes, name: str, discovered: Sequence[Discovery] = ()) -> RepositoryConfig | None:
    """The configuration of a repository, also of one that a forge listed; None where it cannot be told.

    Raises `PackError` where this version cannot read it.
    """
    try:
        said = json.loads(effective)
        listed = next((r for r in said["repositories"] if r["name"] == name), None)
        keys = listed or _discovered(said.get("discover") or [], discovered, name)
        return None if keys is None else RepositoryConfig.model_validate(_as_written(keys))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise PackError(f"configuration.json: {name}: {place}: {first['msg']}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise PackError("configuration.json: is no configuration that this version can read") from None


def _discovered(blocks: list[dict[str, Any]], found: Sequence[Discovery], name: str) -> dict[str, Any] | None:
    """The keys that hold for a repository that a forge listed; what came of the blocks is in their order."""
    for block, listed in zip(blocks, found, strict=False):
        if name in listed.repositories:
            common = {k: v for k, v in block.items() if k in DefaultsConfig.model_fields}
            return {**common, "name": name, "path": "."}
    return None


def _as_written(keys: dict[str, Any]) -> dict[str, Any]:
    """A service level is recorded in its parts; as text it is read again."""
    branches = [{**b, "sla": (b.get("sla") or {}).get("text")} for b in keys["branches"]]
    return {**keys, "branches": branches}
