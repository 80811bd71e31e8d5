"""Remembers what was found in a repository for as long as nothing in it changes.

The key covers everything that a verdict hangs on, so a cold and a warm run agree: the program's
version, the tools, the repository's configuration, and a fingerprint: of the repository's files, or of the
refs that a remote advertises.
"""

from __future__ import annotations

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

import pygit2
from pydantic import TypeAdapter, ValidationError

from auditor import __version__, audit
from auditor.config import RepositoryConfig
from auditor.errors import BranchDriftError, RepositoryError
from auditor.git import process
from auditor.git.source import Source
from auditor.model import Problem, RepositoryAudit
from auditor.output import files

_AUDIT: TypeAdapter[RepositoryAudit] = TypeAdapter(RepositoryAudit)
_POLICY = {"waivers", "waiver_warning", "acknowledged", "calendar", "limits", "forge", "backmerge", "pipelines"}
# What is kept of an audit: 2 has its refs, 3 the commits with which fixes came to main and to branches.
_FORMAT = 3
_KEPT_SECONDS = 30 * 86_400


def find(config: RepositoryConfig, source: Source, state: Path) -> RepositoryAudit:
    """What `audit.find` finds, from memory where nothing has changed since it was found."""
    try:
        before = _key(config, source)
    except RepositoryError as error:
        return audit.failed(config, Problem(error.code, error.detail))
    if before is None:
        return audit.find(config, source)
    file = state / "cache" / f"{before}.json"
    known = _read(file)
    if known is not None:
        return known
    found = audit.find(config, source)
    if not found.errors and _key(config, source) == before:
        _write(file, found)
    return found


def _key(config: RepositoryConfig, source: Source) -> str | None:
    fingerprint = source.fingerprint()
    if fingerprint is None:
        return None
    digest = hashlib.sha256()
    digest.update(f"{__version__} {_FORMAT} {pygit2.LIBGIT2_VERSION} {process.version()}".encode())
    digest.update(config.model_dump_json(exclude=_POLICY).encode())
    for line in fingerprint:
        digest.update(line.encode("utf-8", "surrogateescape") + b"\n")
    return digest.hexdigest()


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
