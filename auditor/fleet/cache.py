"""Remembers what was found in a repository for as long as nothing in it changes.

The key covers everything that a verdict hangs on, so a cold and a warm run agree: the program's
version, the tools, the repository's configuration, and a fingerprint: of the repository's files, or of the
refs that a remote advertises.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pygit2

from auditor import __version__, packing
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.git import process
from auditor.git.source import Source
from auditor.model import Problem, RepositoryAudit
from auditor.packed import Packed, Tally
from auditor.system import whole_files
from auditor.unaudited import failed

_POLICY = {"waivers", "waiver_warning", "acknowledged", "calendar", "limits", "forge", "backmerge", "pipelines"}
# What is kept of an audit: 2 has its refs, 3 the commits with which fixes came to main and to branches, 4 is packed,
# 5 tells of claims that hold too little, 6 finds fixes among other neighbours and in other folders, 8 by their titles.
# 17 says what each check command shows.
# It counts on with each change of what an audit says, or of how the JSON document says it.
_FORMAT = 26
_KEPT_SECONDS = 30 * 86_400


def find(config: RepositoryConfig, source: Source, state: Path | None) -> RepositoryAudit:
    """What `audit.find` finds, from memory under `state` where nothing has changed since it was found."""
    if state is None:
        return _look(config, source)
    try:
        before = _key(config, source)
    except RepositoryError as error:
        return failed(config, Problem(error.code, error.detail))
    if before is None:
        return _look(config, source)
    file = state / "cache" / f"{before}.audit"
    known = _read(file)
    if known is not None:
        return known
    found = packing.pack(_look(config, source), document=True)
    if not found.errors and isinstance(found.hotfixes, Packed) and _key(config, source) == before:
        _write(file, found, found.hotfixes)
    return found


def _look(config: RepositoryConfig, source: Source) -> RepositoryAudit:
    """Not before it must: where everything is remembered, nobody waits until all that judges is loaded."""
    from auditor import audit

    return audit.find(config, source)


def _key(config: RepositoryConfig, source: Source) -> str | None:
    fingerprint = source.fingerprint()
    if fingerprint is None:
        return None
    digest = hashlib.sha256()
    digest.update(f"{__version__} {_FORMAT} {pygit2.LIBGIT2_VERSION} {process.version()}".encode())
    digest.update(config.model_dump_json(exclude=_POLICY).encode())
    for line in fingerprint:
        digest.update(line + b"\n")
    return digest.hexdigest()


def _read(file: Path) -> RepositoryAudit | None:
    """A damaged or foreign file is as good as none: the first line is the hash of the others."""
    try:
        digest, _, rest = file.read_bytes().partition(b"\n")
        if hashlib.sha256(rest).hexdigest().encode() != digest:
            return None
        head, tally, hotfixes, document = rest.split(b"\n", 3)
        length, incomplete, pairs = json.loads(tally)
        packed = Packed(hotfixes, length, Tally(pairs, incomplete), packing.unpack, document)
        found = replace(packing.AUDIT.validate_json(head), hotfixes=packed)
    except (OSError, ValueError, TypeError):
        return None
    with suppress(OSError):
        os.utime(file)
    return found


def _write(file: Path, found: RepositoryAudit, packed: Packed) -> None:
    """A cache that cannot be written costs the next run time, and this one nothing."""
    tally = json.dumps([len(packed), packed.tally.incomplete, packed.tally.pairs]).encode()
    with suppress(OSError, packing.Unwritable):
        head = packing.canonical(replace(found, hotfixes=()))
        rest = b"\n".join((head, tally, packed.canonical, packed.document or b""))
        if not file.parent.is_dir():
            file.parent.mkdir(parents=True)
        # Not waited for: what a power cut leaves half is seen to be damaged.
        whole_files.replace(file, hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)


def forget(state: Path) -> None:
    """Removes what no run has asked for in a long time."""
    with suppress(OSError):
        whole_files.forget(state / "cache", _KEPT_SECONDS)
