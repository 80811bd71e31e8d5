"""Ends what its parent left running: `session` starts it as a script, once for each process that needs it.

On standard input it is told, in eight bytes each time, which session runs, or 0 for none. Where the input
ends, the parent is gone, and so must the session be. It imports nothing of the program, so it is there at once.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

WORD = 8


def main() -> None:
    """Waits for the end of its input."""
    running = 0
    while word := os.read(0, WORD):
        running = int.from_bytes(word, "big")
    if running:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(running, signal.SIGKILL)


if __name__ == "__main__":
    main()
