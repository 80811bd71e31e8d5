"""The newest hash of the chain, left outside of the ledger: who cuts the ledger short cannot cut these, too.

An anchor is one line, in a file or as the message of an annotated tag in a repository of the operator's. One
file or repository serves one ledger.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from auditor.errors import BranchDriftError, RepositoryError
from auditor.git import process
from auditor.git.store import locate
from auditor.ledger.write import Head

_LINE = re.compile(r"\S+ run ([1-9]\d*) link ([1-9]\d*) ([0-9a-f]{64})")
_MOST_FAULTS = 10
_TAGS = "refs/tags/branch-drift/"


def line(head: Head, now: int) -> str:
    """An anchor as text; `now` is in seconds since 1970."""
    when = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return f"{when} run {head.run} link {head.sequence} {head.hash}"


def to_file(path: Path, head: Head, now: int) -> None:
    """Adds a line to a file. Raises `BranchDriftError`; the file then ends as it did before."""
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            _append(descriptor, (line(head, now) + "\n").encode())
        finally:
            os.close(descriptor)
    except OSError as error:
        raise BranchDriftError(f"{path}: the anchor cannot be written: {error.strerror or error}") from None


def _append(descriptor: int, data: bytes) -> None:
    """All of a line at once, or nothing. A line that a power cut left half is ended first."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        data = b"\n" + data
    try:
        while data:
            data = data[os.write(descriptor, data) :]
        os.fsync(descriptor)
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, size)
        raise


def unknown(path: Path, ends: Iterable[Head]) -> list[Head]:
    """The anchors of a file, if there is one yet, that are no ends of runs on record: those runs were taken off it.

    Raises `BranchDriftError` where it cannot be read.
    """
    known = set(ends)
    return [head for head in from_file(path)[0] if head not in known] if path.exists() else []


def from_file(path: Path) -> tuple[list[Head], list[str]]:
    """The anchors of a file, and the lines that are none. Raises `BranchDriftError` where it cannot be read."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise BranchDriftError(f"{path}: the anchors cannot be read: {error.strerror}") from None
    found, faults = _parsed((f"{path}:{at}", said) for at, said in enumerate(text.splitlines(), 1) if said.strip())
    if len(faults) > _MOST_FAULTS:
        faults = [*faults[:_MOST_FAULTS], f"{path}: {len(faults) - _MOST_FAULTS} more lines are none"]
    return found, faults if found or len(faults) < 2 else [f"{path}: is no file of anchors: none of its lines is one"]


def to_tag(repository: Path, audited: Iterable[Path], head: Head, now: int) -> None:
    """Makes an annotated tag `branch-drift/run-N` on a text of its own.

    Raises `BranchDriftError` where it cannot be made, where it is there already, or where the repository is audited.
    """
    git_dir, common = _located(repository)
    if any(there is not None and there[1].samefile(common) for there in map(locate, audited)):
        raise BranchDriftError(f"{repository}: is an audited repository, into which nothing is written; name another")
    said = line(head, now)
    name = f"branch-drift/run-{head.run}"
    try:
        blob = process.run(git_dir, "hash-object", "-w", "--stdin", stdin=f"{said}\n".encode()).decode().strip()
        tagger = f"branch-drift <branch-drift@localhost> {now} +0000"
        tag = f"object {blob}\ntype blob\ntag {name}\ntagger {tagger}\n\n{said}\n"
        made = process.run(git_dir, "mktag", stdin=tag.encode()).decode().strip()
        # No old value: a tag that is there already says that this run was anchored otherwise.
        process.run(git_dir, "update-ref", f"refs/tags/{name}", made, "")
    except RepositoryError as error:
        raise BranchDriftError(f"{repository}: the anchor {name} cannot be made: {error.detail}") from None


def from_tags(repository: Path) -> tuple[list[Head], list[str]]:
    """The anchors of a repository, and every tag beside them that is none. Raises `BranchDriftError`."""
    git_dir, _ = _located(repository)
    try:
        said = process.run(git_dir, "for-each-ref", "--format=%(refname) %(contents:subject)", _TAGS).decode()
    except RepositoryError as error:
        raise BranchDriftError(f"{repository}: the anchors cannot be read: {error.detail}") from None
    parts = (one.partition(" ") for one in said.splitlines())
    return _parsed((f"{repository}: {name}", subject) for name, _, subject in parts)


def _located(repository: Path) -> tuple[Path, Path]:
    found = locate(repository)
    if found is None:
        raise BranchDriftError(f"{repository}: is no git repository that anchors could be in; make one with git init")
    return found


def _parsed(said: Iterable[tuple[str, str]]) -> tuple[list[Head], list[str]]:
    found, faults = [], []
    for place, words in said:
        match = _LINE.fullmatch(words.strip())
        if match is None:
            faults.append(f"{place}: is no anchor")
        else:
            found.append(Head(int(match[2]), int(match[1]), match[3]))
    return found, faults
