"""Files that are there whole or not at all, and those that nobody has wanted for long."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path


def replace(target: Path, data: bytes) -> None:
    """Puts a file in the place of another at once, but does not wait for the disk. Raises `OSError`."""
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def forget(folder: Path, seconds: float) -> None:
    """Removes the files of a folder that were not touched for so long. Raises `OSError`."""
    oldest = time.time() - seconds
    for entry in os.scandir(folder):
        if entry.stat().st_mtime < oldest:
            Path(entry.path).unlink(missing_ok=True)
