"""What a forge said before, kept with its ETag, so that it need not say it again.

The key covers address, kind of answer and token; nothing of the token can be read from it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from auditor.system import whole_files

_KEPT_SECONDS = 30 * 86_400


@dataclass(frozen=True, slots=True)
class Kept:
    """A body with its ETag and the headers that matter with it."""

    etag: str
    headers: Mapping[str, str]
    next: str | None
    body: bytes


class Etags(Protocol):
    """Where answers are kept."""

    def get(self, key: str) -> Kept | None:
        """What was kept under a key."""

    def put(self, key: str, kept: Kept) -> None:
        """Keeps an answer; never fails."""


class Memory:
    """For one run, bounded: what does not fit is not kept."""

    def __init__(self, most_bytes: int = 64 * 1024 * 1024) -> None:
        self._kept: dict[str, Kept] = {}
        self._room = most_bytes

    def get(self, key: str) -> Kept | None:
        """What was kept under a key."""
        return self._kept.get(key)

    def put(self, key: str, kept: Kept) -> None:
        """Keeps an answer while there is room."""
        before = self._kept.get(key)
        room = self._room + (len(before.body) if before else 0) - len(kept.body)
        if room >= 0:
            self._kept[key] = kept
            self._room = room


class Folder:
    """From run to run, for a month after the last use, readable by the owner only: answers can be confidential."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get(self, key: str) -> Kept | None:
        """What was kept under a key; a damaged or foreign file is as good as none."""
        file = self._path / f"{key}.json"
        try:
            said = json.loads(file.read_bytes())
            body = base64.b85decode(said["body"])
            kept = Kept(str(said["etag"]), {str(k): str(v) for k, v in said["headers"].items()}, said["next"], body)
            intact = said["sha256"] == _digest(kept)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None
        with suppress(OSError):
            os.utime(file)
        return kept if intact else None

    def put(self, key: str, kept: Kept) -> None:
        """Keeps an answer, whole or not at all; a full disk costs the next run a request, and this one nothing."""
        said = {
            "etag": kept.etag,
            "headers": dict(kept.headers),
            "next": kept.next,
            "body": base64.b85encode(kept.body).decode(),
            "sha256": _digest(kept),
        }
        with suppress(OSError):
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            whole_files.replace(self._path / f"{key}.json", json.dumps(said).encode())
            whole_files.forget(self._path, _KEPT_SECONDS)


def _digest(kept: Kept) -> str:
    about = json.dumps([kept.etag, sorted(kept.headers.items()), kept.next])
    return hashlib.sha256(about.encode() + b"\0" + kept.body).hexdigest()
