"""Where a repository is read: a folder of this machine, or the mirror of a remote."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import Protocol

from auditor.config.configuration import RepositoryConfig
from auditor.git.store import locate

_PIECE = 1 << 16


class Source(Protocol):
    """A place to read a repository from."""

    def fingerprint(self) -> Iterator[bytes] | None:
        """All that an audit of it hangs on, without reading it; None where that cannot be told.

        Raises `RepositoryError` where there is nothing to read.
        """

    def ready(self) -> AbstractContextManager[Path]:
        """The folder to read, as it is today. Raises `RepositoryError` where it cannot be had."""

    def renew(self) -> bool:
        """Whether reading again may go better: what was read is this program's own copy, and damaged."""


class Local:
    """A clone or bare repository in a folder: read as it lies there, and never written to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def fingerprint(self) -> Iterator[bytes] | None:
        """Its refs and objects."""
        places = locate(self.path)
        return None if places is None else _fingerprint(*places)

    @contextmanager
    def ready(self) -> Iterator[Path]:
        """The folder itself."""
        yield self.path

    def renew(self) -> bool:
        """What others own is not mended."""
        return False


def source(config: RepositoryConfig, state: Path) -> Source:
    """Where the repository of a configuration is read; its mirror lies under `state`."""
    if config.url is None:
        assert config.path is not None
        return Local(config.path)
    from auditor.git.mirror import Mirror

    return Mirror(state / "mirrors", config.name, config.url, config.limits.fetch_timeout)


def _fingerprint(git_dir: Path, common: Path) -> Iterator[bytes]:
    """The refs by content, the objects by the names, sizes and times of their packs and folders."""
    for name in ("HEAD", "packed-refs", "shallow", "config"):
        yield _content(f"{common}/{name}")
    yield _content(f"{git_dir}/HEAD")
    refused: list[OSError] = []
    for folder, folders, names in os.walk(common / "refs", onerror=refused.append):
        folders.sort()
        for name in sorted(names):
            yield _content(f"{folder}/{name}")
    # What may not be read is not what is not there.
    yield from (os.fsencode(f"{error.filename} {error.strerror}") for error in refused)
    yield from _objects(common / "objects", 0)


def _content(file: str) -> bytes:
    """A file's name, and what is in it, or why it cannot be read. Of a file that is not there, nothing."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return b""
    except OSError as error:
        return os.fsencode(f"{file} {error.strerror}")
    try:
        data = b"".join(iter(lambda: os.read(descriptor, _PIECE), b""))
    except OSError as error:
        return os.fsencode(f"{file} {error.strerror}")
    finally:
        os.close(descriptor)
    return b"%b %d %b" % (os.fsencode(file), len(data), data)


def _objects(objects: Path, depth: int) -> Iterator[bytes]:
    for folder in (objects, objects / "pack"):
        with suppress(OSError):
            for entry in sorted(os.scandir(folder), key=lambda e: e.name):
                status = entry.stat()
                yield os.fsencode(f"{entry.path} {status.st_size} {status.st_mtime_ns} {status.st_ino}")
    alternates = objects / "info" / "alternates"
    yield _content(str(alternates))
    if alternates.is_file() and depth < 6:
        for line in alternates.read_text(errors="surrogateescape").splitlines():
            yield from _objects(objects / line, depth + 1)
