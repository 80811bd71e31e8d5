"""A pack as bytes: an uncompressed tar archive (ustar) that leaves nothing to choose.

The members have a fixed order, one time, one mode and no owner. So reading is writing again: an archive that
differs from what would be written of its members in any bit is refused, with the place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from auditor.errors import BranchDriftError

ORDER = (
    "manifest.json", "manifest.sha256", "manifest.sig", "report.html", "audit.json", "refs.json", "checks.txt",
    "configuration.yaml", "configuration.json", "history.json", "ledger.jsonl",
)  # fmt: skip
OPTIONAL = frozenset({"manifest.sig", "configuration.yaml"})
# What one machine can hold in memory: the pack of a fleet of 10,000 pairs takes a twentieth.
MOST_BYTES = 2 * 1024**3
_BLOCK = 512
_MAGIC, _USTAR = slice(257, 262), b"ustar"
_END = bytes(2 * _BLOCK)
_LATEST = 8**11 - 1


class PackError(BranchDriftError):
    """A pack that is not as it was written. The message names the member, or the part of the archive."""


def build(members: Mapping[str, bytes], at: int) -> bytes:
    """The archive of some members; `at` (seconds since 1970) is the time of all of them."""
    parts = []
    for name in ORDER:
        if name in members:
            data = members[name]
            parts += [_header(name, len(data), at), data, bytes(-len(data) % _BLOCK)]
    return b"".join([*parts, _END])


def time_of(seconds: int) -> int:
    """A time as the archive can hold it."""
    return min(max(seconds, 0), _LATEST)


def read(data: bytes) -> tuple[dict[str, bytes], int]:
    """The members of an archive, and their time. Raises `PackError` where it was not written by `build`."""
    if len(data) > MOST_BYTES:
        raise PackError(f"the archive has {len(data)} bytes, more than {MOST_BYTES}")
    if data[_MAGIC] != _USTAR and not data.startswith(ORDER[0].encode()):
        raise PackError("this is no evidence pack: it does not begin as an uncompressed tar archive does")
    found: dict[str, bytes] = {}
    at = _number(data[136:148])
    place, wanted = 0, list(ORDER)
    while wanted:
        nexts = _next(wanted)
        name, size = _member(data, place, nexts, at)
        found[name], place = _body(data, place + _BLOCK, name, size)
        wanted = wanted[wanted.index(name) + 1 :]
    if data[place:] != _END:
        raise PackError("the end of the archive, after ledger.jsonl: is not as it is written, or something was added")
    if build(found, at) != data:
        raise PackError("the archive is not what is written of its members")
    return found, at


def _next(wanted: list[str]) -> list[str]:
    """What may come now: the next member, and those before it that may be left out."""
    must = next((n for n in wanted if n not in OPTIONAL), wanted[-1])
    return wanted[: wanted.index(must) + 1]


def _member(data: bytes, place: int, names: list[str], at: int) -> tuple[str, int]:
    block = data[place : place + _BLOCK]
    if len(block) < _BLOCK:
        raise PackError(f"{' or '.join(names)}: the archive ends where its header should be")
    size = _number(block[124:136])
    for name in names:
        if _header(name, size, at) == block:
            return name, size
    called = block[:100].rstrip(b"\0").decode("utf-8", "backslashreplace")
    raise PackError(
        f"{' or '.join(names)}: its header (byte {place} of the archive, which names {called}) is not as it is written"
    )


def _body(data: bytes, place: int, name: str, size: int) -> tuple[bytes, int]:
    end = place + size
    after = end + -size % _BLOCK
    if after > len(data):
        raise PackError(f"{name}: has {size} bytes by its header, and the archive ends before")
    if any(data[end:after]):
        raise PackError(f"{name}: the padding after it is not empty")
    return data[place:end], after


def _number(field: bytes) -> int:
    return int(field[:11], 8) if re.fullmatch(rb"[0-7]{11}\0", field) else 0


def _header(name: str, size: int, at: int) -> bytes:
    """A regular file, readable by all, of nobody."""
    before = name.encode().ljust(100, b"\0") + b"0000644\0" + b"0000000\0" * 2 + b"%011o\0%011o\0" % (size, at)
    after = b"0".ljust(101, b"\0") + b"ustar\x0000" + bytes(64) + b"0000000\0" * 2 + bytes(167)
    checksum = sum(before) + sum(after) + 8 * ord(" ")
    return before + b"%06o\0 " % checksum + after
