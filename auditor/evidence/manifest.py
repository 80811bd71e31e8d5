"""The manifest: what is in a pack, by hash; and the hash of the manifest itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Final, Literal

from pydantic import ConfigDict, TypeAdapter, ValidationError

from auditor.evidence import archive
from auditor.evidence.archive import PackError
from auditor.ledger.rows import sha256
from auditor.model import Tool
from auditor.output.words import rfc3339

SCHEMA: Final = "branch-drift/pack/v1"
MANIFEST, SUMS, SIGNATURE = "manifest.json", "manifest.sha256", "manifest.sig"
_OWN = (MANIFEST, SUMS, SIGNATURE)


@dataclass(frozen=True, slots=True)
class Link:
    """The run's end in the ledger's chain: its place, its hash, and the hash of the link before."""

    sequence: int
    hash: str
    previous: str


@dataclass(frozen=True, slots=True)
class Member:
    """A file of the pack."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a pack says of itself. Times are RFC 3339; `finished_at` is the time of every member, too."""

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)

    schema: Literal["branch-drift/pack/v1"]
    run: int
    started_at: str | None
    finished_at: str | None
    tool: Tool
    link: Link
    members: tuple[Member, ...]


_MANIFEST = TypeAdapter(Manifest)


def manifest(run: int, times: tuple[int, int], tool: Tool, link: Link, files: Mapping[str, bytes]) -> bytes:
    """The manifest of the files of a run, as it is written. `times` are its start and finish."""
    members = tuple(Member(n, len(files[n]), sha256(files[n])) for n in archive.ORDER if n in files and n not in _OWN)
    start, finish = map(rfc3339, times)
    return _written(Manifest(SCHEMA, run, start, finish, tool, link, members))


def sums(files: Mapping[str, bytes]) -> bytes:
    """The hashes of the manifest and of its signature, as `sha256sum --check` reads them."""
    return "".join(f"{sha256(files[n])}  {n}\n" for n in (MANIFEST, SIGNATURE) if n in files).encode()


def check(files: Mapping[str, bytes], at: int) -> tuple[Manifest | None, list[str]]:
    """What the manifest says, and everything that is not so. `at` is the time of the archive's members."""
    faults = [] if files[SUMS] == sums(files) else [_sums_fault(files)]
    try:
        said = _read(files[MANIFEST])
    except PackError as error:
        return None, [*faults, str(error)]
    if rfc3339(at) != said.finished_at:
        faults.append("manifest.json: its finished_at is not the time of the archive's members")
    return said, [*faults, *_members(said, files)]


def _sums_fault(files: Mapping[str, bytes]) -> str:
    if SIGNATURE not in files and f"  {SIGNATURE}\n".encode() in files[SUMS]:
        return f"{SIGNATURE}: is listed in {SUMS}, and not there"
    there = " and ".join(n for n in (MANIFEST, SIGNATURE) if n in files)
    return f"manifest.sha256: does not hold the hash of {there}: one of these files was changed"


def _members(said: Manifest, files: Mapping[str, bytes]) -> Iterator[str]:
    listed = {m.name: m for m in said.members}
    there = [n for n in files if n not in _OWN]
    if [m.name for m in said.members] != there:
        for name in sorted(listed.keys() ^ set(there)):
            yield f"{name}: is {'listed, and not there' if name in listed else 'there, and not listed'}"
        yield "manifest.json: does not list the members in their order"
    for name in there:
        member = listed.get(name)
        if member is not None and (member.size, member.sha256) != (len(files[name]), sha256(files[name])):
            yield f"{name}: is not what the manifest says: {sha256(files[name])}, {len(files[name])} bytes"


def _written(said: Manifest) -> bytes:
    return (json.dumps(asdict(said), indent=1) + "\n").encode()


def _read(data: bytes) -> Manifest:
    try:
        said = _MANIFEST.validate_json(data)
    except (ValidationError, ValueError, RecursionError) as error:
        raise PackError(f"manifest.json: is no {SCHEMA}: {str(error).splitlines()[0]}") from None
    if _written(said) != data:
        raise PackError("manifest.json: is not written as this program writes it")
    return said
