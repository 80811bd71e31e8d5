"""One run of a configuration at a time: what it keeps under its state folder is its own for that time."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from auditor.config.configuration import Config
from auditor.errors import BranchDriftError
from auditor.output.words import rfc3339
from auditor.system import locks

# A run that was killed holds its lock until the last of its workers is gone.
_PATIENCE = 2.0


@contextmanager
def held(config: Config, *, remember: bool) -> Iterator[None]:
    """Holds the lock of the state folder, where the run keeps anything there that another one could disturb.

    Without a configuration file nothing but a cache is kept, which any number of runs may share. Raises
    `BranchDriftError` where another run is at it, or there can be no lock.
    """
    mirrors = bool(config.discover) or any(r.url for r in config.repositories)
    if config.sha256 is None or not (remember or mirrors):
        yield
        return
    lock = config.state / "run.lock"
    holder = f"process {os.getpid()}, which began at {rfc3339(int(time.time()))}"
    with ExitStack() as stack:
        try:
            config.state.mkdir(parents=True, exist_ok=True)
            stack.enter_context(locks.held(lock, _PATIENCE, holder))
        except locks.HeldError as error:
            raise BranchDriftError(f"{lock}: another run holds it: {error.holder}; nothing was scanned") from None
        except OSError as error:
            raise BranchDriftError(f"{lock}: cannot be made: {error.strerror}; nothing was scanned") from None
        yield
