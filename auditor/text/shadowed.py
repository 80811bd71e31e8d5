"""Functions that are declared once more further down, which is the one that counts: pure functions over lines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.text import never

# Of these languages the last one counts; where others refuse two, or choose by what they are given.
_KINDS = frozenset(["py", "rb", "sh", "bash", "zsh", "js", "mjs", "lua"])
_DECLARES = (b"def ", b"async def ", b"function ", b"local function ")


def lines(end: str, text: Sequence[bytes], bare: Sequence[bytes]) -> Iterator[range]:
    """The functions of a text, given without the white space around its lines, too, that are declared again.

    In the same block and by the same line, that is, and neither is wrapped by another: the second may be its setter.
    """
    at = [n for n, line in enumerate(bare) if line.startswith(_DECLARES)] if end in _KINDS else []
    if len({bare[n] for n in at}) == len(at):
        return
    last: dict[bytes, int] = {}
    for n in at:
        before = last.get(bare[n])
        if before is not None and _are_one(text, bare, before, n):
            yield range(before, never.deeper(text, before))
        last[bare[n]] = n


def _are_one(text: Sequence[bytes], bare: Sequence[bytes], one: int, other: int) -> bool:
    if any(n and bare[n - 1].startswith(b"@") for n in (one, other)):
        return False
    least = never.depth(text[one])
    if never.depth(text[other]) != least:
        return False
    return all(never.depth(text[n]) >= least for n in range(one + 1, other) if bare[n])
