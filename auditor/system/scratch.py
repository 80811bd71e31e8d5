"""What a run puts aside for a moment: one folder, gone with the run, or with the next one where it was killed.

Who makes it holds a lock on a file in it for as long as that process, or one that it forked, lives. What has such a
file and nobody who holds it was left behind.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from auditor.errors import BranchDriftError

_PREFIX = "branch-drift-run-"
_LOCK = ".branch-drift-lock"


@contextmanager
def held() -> Iterator[Path]:
    """A folder that all temporary files of this process, and of those that it starts, are made in meanwhile.

    Raises `BranchDriftError` where there can be none.
    """
    try:
        _remove_left(Path(tempfile.gettempdir()))
        folder, lock = _made()
    except OSError as error:
        raise BranchDriftError(f"{tempfile.tempdir or 'TMPDIR'}: cannot be written: {error.strerror}") from None
    before = tempfile.tempdir, os.environ.get("TMPDIR")
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    try:
        yield folder
    finally:
        tempfile.tempdir = before[0]
        os.environ.pop("TMPDIR")
        if before[1] is not None:
            os.environ["TMPDIR"] = before[1]
        with suppress(OSError):
            _remove(folder)
        os.close(lock)


def _made() -> tuple[Path, int]:
    """A new folder and its lock. Who looks for what is left may take the folder before it is locked: then another."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        with suppress(FileNotFoundError):
            lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            try:
                if _locked(lock, folder):
                    return folder, os.dup(lock)
            finally:
                os.close(lock)


def _locked(lock: int, folder: Path) -> bool:
    """Takes the lock; whether it is still that of the folder, and nobody else has it.

    Raises `OSError` where there are no locks, or the folder is gone.
    """
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return os.path.samestat(os.fstat(lock), os.lstat(folder / _LOCK))


def _remove_left(place: Path) -> None:
    for folder in place.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            if _is_ours(folder):
                _remove_if_left(folder)


def _is_ours(folder: Path) -> bool:
    found = folder.lstat()
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()


def _remove_if_left(folder: Path) -> None:
    """Removes it where nobody holds its lock; what has no such file is somebody else's, unless it is empty."""
    if not any(folder.iterdir()):
        folder.rmdir()
        return
    lock = os.open(folder / _LOCK, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if _locked(lock, folder):
            _remove(folder)
    finally:
        os.close(lock)


def _remove(folder: Path) -> None:
    """The lock goes last: what could not be removed today is known for what it is tomorrow."""
    for entry in folder.iterdir():
        if entry.name == _LOCK:
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)
    with suppress(OSError):
        if [entry.name for entry in folder.iterdir()] == [_LOCK]:
            (folder / _LOCK).unlink()
            folder.rmdir()
