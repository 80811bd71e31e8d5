"""Signatures on the commits of a back-merge, made as git makes them, and commits as they are without."""

from __future__ import annotations

from collections.abc import Callable

from auditor.config.backmerging import BackmergeConfig
from auditor.errors import BranchDriftError, RepositoryError
from auditor.git import objects
from auditor.git.merge_tree import Made, object_id

_HEADERS = (b"gpgsig ", b"gpgsig-sha256 ")


def check(how: BackmergeConfig) -> None:
    """Raises `RepositoryError` (`signing`) where the key that is asked for cannot sign: before anything is pushed."""
    if how.sign is not None:
        _signature(b"tree 0\n", how)


def signed(head: str, made: tuple[Made, ...], how: BackmergeConfig) -> tuple[str, tuple[Made, ...]]:
    """A head with all its commits that were made signed, from the oldest up, and the objects with them.

    Raises `RepositoryError` (`signing`).
    """
    if how.sign is None:
        return head, made
    there = {each.oid: each for each in made if each.kind == objects.COMMIT}
    more: list[Made] = []

    def one(oid: str) -> str:
        if oid not in there:
            return oid
        data = _on(there[oid].data, one)
        data = _with(data, _signature(data, how))
        more.append(Made(object_id(objects.COMMIT, data), objects.COMMIT, data))
        return more[-1].oid

    return one(head), (*made, *more)


def bare(read: Callable[[str], bytes], commit: str, base: str) -> str:
    """What a commit's id would be if neither it nor any before it, down to `base`, were signed."""
    if commit == base:
        return commit
    first = iter((True,))
    data = _on(_without(read(commit)), lambda p: bare(read, p, base) if next(first, False) else p)
    return object_id(objects.COMMIT, data)


def _on(data: bytes, parent: Callable[[str], str]) -> bytes:
    """A commit on other parents."""
    head, blank, message = data.partition(b"\n\n")
    lines = head.split(b"\n")
    for at, line in enumerate(lines):
        if line.startswith(b"parent "):
            lines[at] = b"parent " + parent(line[7:].decode("ascii", "replace")).encode()
    return b"\n".join(lines) + blank + message


def _with(data: bytes, signature: bytes) -> bytes:
    """The signature as the last header, its further lines indented."""
    head, blank, message = data.partition(b"\n\n")
    return head + b"\ngpgsig " + signature.strip().replace(b"\n", b"\n ") + blank + message


def _without(data: bytes) -> bytes:
    head, blank, message = data.partition(b"\n\n")
    kept: list[bytes] = []
    within = False
    for line in head.split(b"\n"):
        within = line.startswith(_HEADERS) or (within and line.startswith(b" "))
        if not within:
            kept.append(line)
    return b"\n".join(kept) + blank + message


def _signature(data: bytes, how: BackmergeConfig) -> bytes:
    from auditor.evidence import signature

    form = "ssh" if how.sign == "ssh" else "openpgp"
    try:
        return signature.signed(data, form, how.signing_key, "a back-merge")
    except BranchDriftError as error:
        raise RepositoryError("signing", f"{error}; nothing is pushed") from None
