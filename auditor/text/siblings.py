"""Blocks beside each other, of which one may have lines that another had: pure functions over lines.

A block is told by how deep its lines are, so that functions, methods and parts of a configuration are some.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.text import functions, lines, places, wording
from auditor.text.lines import Hunk


def moved(
    hunk: Hunk, new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk], since_new: Sequence[Hunk]
) -> bool:
    """Whether the lines that a hunk only added stand `there` in other blocks than its own alone, beside like lines.

    All these blocks stood beside its own with it, which is still there, and none has to do with that. `since` and
    `since_new`: what was changed from before the hunk, and from after it, to the text that is there.
    """
    first, wanted = _first(hunk.added_of(new)), lines.bare(hunk.added_of(new))
    home = None if first is None else _head(new, hunk.new + first)
    if first is None or home is None:
        return False
    kept = places.kept([home], since_new)
    spots = [h.new + n for h in since for n in _begin(h.added_of(there), new[hunk.new + first], wanted)]
    stood = places.kept(range(len(new)), since_new) if kept and spots else set[int]()
    like = (_is_like(new, hunk, first, there, spot) for spot in spots)
    return bool(stood) and all(like) and all(_are_apart(there, min(kept), _head(there, n), stood) for n in spots)


def _first(added: Sequence[bytes]) -> int | None:
    """The first of some lines that is not blank."""
    return next((n for n, line in enumerate(added) if line.strip()), None)


def _begin(inserted: Sequence[bytes], first: bytes, wanted: object) -> Iterator[int]:
    """Where all wanted lines begin among some that were inserted."""
    if lines.bare(inserted) == wanted:
        yield from (n for n, line in enumerate(inserted) if line.split() == first.split())


def _head(text: Sequence[bytes], at: int) -> int | None:
    """The line at the head of the block in which a line is: the nearest less deep above it, but for conditions."""
    deep = functions.depth(text[at])
    for n in range(at - 1, -1, -1):
        if text[n].strip() and functions.depth(text[n]) < deep and not lines.controls(text[n]):
            return n
    return None


def _is_like(new: Sequence[bytes], hunk: Hunk, first: int, there: Sequence[bytes], spot: int) -> bool:
    """Whether the lines above a place, in its block, tell something, and are those above a hunk."""
    above, other = _above(new, hunk.new + first), _above(there, spot)
    return wording.tells(above) and above == other


def _above(text: Sequence[bytes], at: int) -> list[bytes]:
    """The nearest lines above one in its block, without their white space."""
    head = _head(text, at)
    block = text[0 if head is None else head + 1 : at]
    return [b" ".join(line.split()) for line in block if line.strip()][-lines.CONTEXT :]


def _are_apart(text: Sequence[bytes], home: int, host: int | None, stood: set[int]) -> bool:
    """Whether two lines are heads of blocks beside each other which do not name each other."""
    if host is None or host not in stood or host == home or functions.depth(text[host]) != functions.depth(text[home]):
        return False
    names = [set(wording.words(text[n])) for n in (home, host)]
    bodies = (set(wording.all_words(_body(text, n))) for n in (host, home))
    own = (names[0] - names[1], names[1] - names[0])
    return (
        all(own) and _head(text, home) == _head(text, host) and not any(a & b for a, b in zip(own, bodies, strict=True))
    )


def _body(text: Sequence[bytes], head: int) -> Iterator[bytes]:
    """The lines of the block below a head."""
    for line in text[head + 1 :]:
        if line.strip() and functions.depth(line) <= functions.depth(text[head]):
            return
        yield line
