"""What a forge listed last, for the night when it cannot be asked: its repositories are audited all the same."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from auditor.forges.interface import Listed


@dataclass(frozen=True, slots=True)
class Remembered:
    """A list, and when the forge gave it (seconds since 1970)."""

    at: int
    repositories: tuple[Listed, ...]


_REMEMBERED: TypeAdapter[Remembered] = TypeAdapter(Remembered)


def recall(folder: Path, place: str) -> Remembered | None:
    """The last list of a place; None where there is none that can be read."""
    try:
        return _REMEMBERED.validate_json(_file(folder, place).read_bytes())
    except (OSError, ValidationError, ValueError):
        return None


def remember(folder: Path, place: str, found: Remembered) -> None:
    """Keeps a list for its owner only, whole or not at all; a full disk costs this night nothing."""
    target = _file(folder, place)
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder, prefix=".")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_REMEMBERED.dump_json(found))
            Path(name).replace(target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def _file(folder: Path, place: str) -> Path:
    return folder / f"list-{hashlib.sha256(place.encode()).hexdigest()}.json"
