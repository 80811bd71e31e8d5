"""Remembers what was found in a repository for as long as nothing in it changes.

The key covers everything that a verdict hangs on, so a cold and a warm run agree: the program's
version, the tools, the repository's configuration, and a fingerprint of the repository's files.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pygit2
from pydantic import TypeAdapter, ValidationError

from auditor import __version__, audit
from auditor.config import RepositoryConfig
from auditor.errors import BranchDriftError
from auditor.git import process
from auditor.git.store import locate
from auditor.model import RepositoryAudit
from auditor.output import files

_AUDIT: TypeAdapter[RepositoryAudit] = TypeAdapter(RepositoryAudit)
_POLICY = {"waivers", "limits"}
_KEPT_SECONDS = 30 * 86_400


def find(config: RepositoryConfig, state: Path) -> RepositoryAudit:
    """What `audit.find` finds, from memory where nothing has changed since it was found."""
    before = _key(config)
    if before is None:
        return audit.find(config)
    file = state / "cache" / f"{before}.json"
    known = _read(file)
    if known is not None:
        return known
    found = audit.find(config)
    if not found.errors and _key(config) == before:
        _write(file, found)
    return found


def _key(config: RepositoryConfig) -> str | None:
    common = locate(config.path)
    if common is None:
        return None
    digest = hashlib.sha256()
    digest.update(f"{__version__} {pygit2.LIBGIT2_VERSION} {process.version()}".encode())
    digest.update(config.model_dump_json(exclude=_POLICY).encode())
    for line in _fingerprint(*common):
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


def _fingerprint(git_dir: Path, common: Path) -> Iterator[str]:
    """The refs by content, the objects by the names, sizes and times of their packs and folders."""
    for name in ("HEAD", "packed-refs", "shallow", "config"):
        yield from _content(common / name)
    yield from _content(git_dir / "HEAD")
    for folder, folders, names in os.walk(common / "refs"):
        folders.sort()
        for name in sorted(names):
            yield from _content(Path(folder) / name)
    yield from _objects(common / "objects", 0)


def _content(file: Path) -> Iterator[str]:
    with suppress(OSError):
        yield f"{file} {hashlib.sha256(file.read_bytes()).hexdigest()}"


def _objects(objects: Path, depth: int) -> Iterator[str]:
    for folder in (objects, objects / "pack"):
        with suppress(OSError):
            for entry in sorted(os.scandir(folder), key=lambda e: e.name):
                status = entry.stat()
                yield f"{entry.path} {status.st_size} {status.st_mtime_ns} {status.st_ino}"
    alternates = objects / "info" / "alternates"
    yield from _content(alternates)
    if alternates.is_file() and depth < 6:
        for line in alternates.read_text(errors="surrogateescape").splitlines():
            yield from _objects(objects / line, depth + 1)


def _read(file: Path) -> RepositoryAudit | None:
    """A damaged or foreign file is as good as none."""
    try:
        found = _AUDIT.validate_json(file.read_bytes())
    except (OSError, ValidationError, ValueError):
        return None
    with suppress(OSError):
        os.utime(file)
    return found


def _write(file: Path, found: RepositoryAudit) -> None:
    """A cache that cannot be written costs the next run time, and this one nothing."""
    with suppress(OSError, BranchDriftError):
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
        files.write_text(file, _AUDIT.dump_json(found).decode())
        _forget(file.parent)


def _forget(folder: Path) -> None:
    oldest = time.time() - _KEPT_SECONDS
    for entry in os.scandir(folder):
        if entry.stat().st_mtime < oldest:
            Path(entry.path).unlink(missing_ok=True)
