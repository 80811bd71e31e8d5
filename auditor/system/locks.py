"""One holder at a time, by a lock on a file that the system lets go when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_LOOK_EVERY = 0.05


class HeldError(Exception):
    """Somebody else holds the lock. `holder` is what that one said of itself."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def held(path: Path, patience: float, holder: str) -> Iterator[int]:
    """Holds the lock of the file at `path`, which stays; gives its descriptor, for processes that must hold it, too.

    Raises `HeldError` where it does not come free within `patience` seconds, and `OSError` where there can be none.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _take(descriptor, patience)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, holder.encode(), 0)
        yield descriptor
        os.ftruncate(descriptor, 0)
    finally:
        # Unlocked by name, not by closing: a forked process may still have the descriptor.
        fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


def _take(descriptor: int, patience: float) -> None:
    ends = time.monotonic() + patience
    while True:
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= ends:
                raise HeldError(os.pread(descriptor, 200, 0).decode(errors="replace")) from None
        time.sleep(_LOOK_EVERY)
