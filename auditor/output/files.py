"""The one place that writes results: standard output, or a file that is there whole or not at all."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO

from auditor.errors import BranchDriftError, UsageError
from auditor.output.words import writable
from auditor.system import streams


def is_terminal(path: str) -> bool:
    """Whether what is written to `-` (standard output), or to a device such as /dev/tty, comes to a terminal."""
    if path == "-":
        # Where it was closed (`>&-`) Python has none.
        return bool(sys.__stdout__ and sys.stdout.isatty())
    with suppress(OSError):
        if Path(path).is_char_device():
            descriptor = os.open(path, os.O_WRONLY | os.O_NOCTTY)
            try:
                return os.isatty(descriptor)
            finally:
                os.close(descriptor)
    return False


def require_no_terminal(path: str) -> None:
    """Says before the scan that what is no text is not written to a terminal."""
    if is_terminal(path):
        raise UsageError("this format is no text: name a file with -o, or redirect standard output")


def require_folder(path: str | Path | None) -> None:
    """Says before the scan, not after it, that a file cannot be written."""
    if path is not None and str(path) != "-" and not Path(path).resolve().parent.is_dir():
        raise UsageError(f"{path}: cannot be written: there is no folder {Path(path).resolve().parent}")


def require_no_file(path: Path | None) -> None:
    """Says before the scan that there is a file where a folder is to be."""
    if path is not None and path.exists() and not path.is_dir():
        raise UsageError(f"{path}: is a file, and a folder is needed")


def write_text(path: str | Path, text: str, mode: int | None = None) -> None:
    """Writes to `-` (standard output), or replaces a file at once: readers see the old or the new one.

    A file keeps its mode, and a new one has what the umask leaves, unless `mode` says otherwise.
    Raises `BranchDriftError` where the disk or the permissions refuse, or standard output is closed; the old file is
    then as it was. A reader who has had enough of standard output (`| head`) is no error.
    """
    write(path, writable(text).encode(), mode)


def write(path: str | Path, data: bytes, mode: int | None = None) -> None:
    """The same for what is no text, or is encoded already."""
    if str(path) == "-":
        streams.put(data)
        return
    target = Path(path).resolve()
    try:
        if target.exists() and not target.is_file():
            # A device or a pipe (`/dev/null`, a named pipe) is written to; replacing it would destroy it.
            target.write_bytes(data)
        else:
            _replace(target, data, mode)
    except OSError as error:
        raise BranchDriftError(f"{path}: cannot be written: {error.strerror or error}") from None


def _replace(target: Path, data: bytes, mode: int | None) -> None:
    if mode is None and target.exists():
        mode = target.stat().st_mode & 0o777
    made = target.parent / f".{target.name}.{secrets.token_hex(4)}"
    try:
        _make(made, data, mode)
        made.replace(target)
        sync_folder(target.parent)
    except BaseException:
        made.unlink(missing_ok=True)
        raise


def _make(made: Path, data: bytes, mode: int | None) -> None:
    """A new file, which has no name until it is whole: who is killed meanwhile leaves nothing."""
    # Of the mode of a new file the umask takes away, as it does not in `tempfile`.
    bits = 0o666 if mode is None else 0o600
    with suppress(OSError):
        descriptor = os.open(made.parent, os.O_TMPFILE | os.O_WRONLY | os.O_CLOEXEC, bits)
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, data, mode)
            os.link(f"/proc/self/fd/{descriptor}", made)
        return
    # Not every file system can.
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, bits), "wb") as file:
        _fill(file, data, mode)


def _fill(file: IO[bytes], data: bytes, mode: int | None) -> None:
    if mode is not None:
        os.fchmod(file.fileno(), mode)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def sync_folder(folder: Path) -> None:
    """The new name survives a power cut too; a file system that cannot promise it is no error."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
