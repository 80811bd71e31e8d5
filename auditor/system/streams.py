"""The standard streams, made such that what becomes of the log is nothing to the audit."""

from __future__ import annotations

import io
import os
import sys
from typing import Any

from auditor.errors import BranchDriftError


def settle() -> None:
    """Before anything else is opened: none of the three descriptors is free, and standard error never fails."""
    for descriptor in (0, 1, 2):
        try:
            os.fstat(descriptor)
        except OSError:
            # Else the next file that is opened would be this stream: what git says there would be written into it.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    encoding = getattr(sys.stderr, "encoding", None) or "utf-8"
    raw = io.BufferedWriter(_Dropping(2, "w", closefd=False))
    sys.stderr = io.TextIOWrapper(raw, encoding, "backslashreplace", line_buffering=True)


def put(data: bytes) -> None:
    """Writes to standard output. A reader who has had enough of it (`| head`) is no error.

    Raises `BranchDriftError` where it is closed, or what it comes to refuses.
    """
    if sys.__stdout__ is None:
        raise BranchDriftError("standard output cannot be written: it is closed")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except OSError as error:
        # What is still buffered must not fail again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise BranchDriftError(f"standard output cannot be written: {error.strerror or error}") from None


class _Dropping(io.FileIO):
    """Drops what cannot be written: the disk is full, nobody reads, the terminal is gone."""

    def write(self, data: Any, /) -> int:
        """Always takes something; what it takes is lost where it must be."""
        try:
            written = super().write(data)
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else written
