"""Remembers when each repository was last audited without fault, so that a failed night does not forget it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from auditor.errors import BranchDriftError
from auditor.model import Audit, RepositoryAudit
from auditor.output import files

_FILE = "last-success.json"
_KEPT_SECONDS = 366 * 86_400


def of_this_run(found: Audit) -> dict[str, int]:
    """When each repository last succeeded, as far as this run alone can tell."""
    return {r.name: found.finished_at for r in found.repositories if not r.incomplete}


def remembered(found: Audit, state: Path) -> dict[str, int]:
    """When each repository last succeeded, in this run or an earlier one; this run's is remembered.

    A success later than now was noted by a clock that was wrong, and is forgotten. Raises
    `BranchDriftError` where it cannot be written down.
    """
    file = state / _FILE
    oldest = found.finished_at - _KEPT_SECONDS
    known = {k: when for k, when in _read(file).items() if oldest < when <= found.finished_at}
    last = known | {_key(r): found.finished_at for r in found.repositories if not r.incomplete}
    if last != _read(file):
        _write(file, last)
    return {r.name: last[_key(r)] for r in found.repositories if _key(r) in last}


def _key(found: RepositoryAudit) -> str:
    """What was audited: a success with other branches, or of another place, says nothing of this one."""
    parts = (found.name, found.source, found.main.name, *(b.name for b in found.branches))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _read(file: Path) -> dict[str, int]:
    """A damaged or foreign file is as good as none."""
    known: object = None
    with suppress(OSError, ValueError):
        known = json.loads(file.read_bytes())
    if not isinstance(known, dict):
        return {}
    return {str(k): v for k, v in known.items() if isinstance(v, int) and not isinstance(v, bool)}


def _write(file: Path, known: Mapping[str, int]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BranchDriftError(f"{file.parent}: cannot be made: {error.strerror}") from None
    files.write_text(file, json.dumps(known, indent=0, sort_keys=True) + "\n")
