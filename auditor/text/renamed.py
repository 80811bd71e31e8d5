"""Whether the same was done in lines that differ in brackets, or in what something is called: pure functions.

Of lines that nobody says to be one another's copies this proves nothing.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from auditor.text import wording
from auditor.text.lines import Hunk

_SIGN = re.compile(rb"->|\w+|[^\w\s]")
_BRACKETS = frozenset([b"(", b")", b"{", b"}"])
_NAME = re.compile(rb"[A-Za-z_]\w*")
# How a member is named: of what is pointed at, or of what is at hand.
_POINTS, _OF = b"->", b"."
# A name in so many lines of a file, all of which the other file has under another name, is called so there.
_LEAST = 2

# A sign and the brackets before it.
Sign = tuple[bytes, bytes]


class _Done(NamedTuple):
    """What went and came in a line, and the signs beside it."""

    went: tuple[Sign, ...]
    came: tuple[Sign, ...]
    above: tuple[bytes, ...]
    below: tuple[bytes, ...]


class Insert(NamedTuple):
    """Lines that came where none went, and those above and below them that are not blank."""

    lines: tuple[bytes, ...]
    above: bytes
    below: bytes


def done_same(one: tuple[bytes, bytes], other: tuple[bytes, bytes]) -> bool:
    """Whether the very same was done in two lines, given before and after.

    Numbers alone tell nothing: each release raises its own version's last one.

    >>> done_same((b"at(&key, 1)", b"at(key, 1)"), (b"get(&key, 1)", b"get(key, 1)"))
    True
    >>> done_same((b"pool = 4", b"pool = 5"), (b"pools = 4", b"pools = 5"))
    False
    """
    old, theirs = _all_signs(one[0]), _all_signs(other[0])
    mine, done = _done(old, _all_signs(one[1])), _done(theirs, _all_signs(other[1]))
    words = _words(mine.came)
    return _is_as(mine, old, done, theirs) and not (words and all(map(bytes.isdigit, words)))


def done_alike(one: tuple[bytes, bytes], other: tuple[bytes, bytes]) -> bool:
    """Whether the same was done in two lines, given before and after, but for brackets, and whose member something is.

    >>> done_alike((b"if (a->on && a->ttl) {", b"if (a->on) {"), (b"if (bob.on && bob.ttl)", b"if (bob.on)"))
    True
    >>> done_alike((b"f(x)", b"f(x, y)"), (b"f(x)", b"f(x), y"))
    False
    """
    names = receivers(one[0], other[0]) or {}
    old, new = (_called(names, signs(line)) for line in one)
    theirs = signs(other[0])
    mine, done = _done(old, new), _done(theirs, signs(other[1]))
    return _is_as(mine, old, done, theirs) and _tells(mine, old, theirs)


def _is_as(mine: _Done, old: Sequence[Sign], done: _Done, theirs: Sequence[Sign]) -> bool:
    """Whether the same was done beside the same sign, in lines that have more than half of their words in common."""
    if not (mine.went or mine.came) or (mine.went, mine.came) != (done.went, done.came):
        return False
    beside = (mine.above and mine.above == done.above) or (mine.below and mine.below == done.below)
    one, other = _words(old), _words(theirs)
    return bool(beside) and 2 * (Counter(one) & Counter(other)).total() > max(len(one), len(other))


def inserts(hunks: Iterable[Hunk], new: Sequence[bytes]) -> list[Insert]:
    """What some hunks put into a text, and took nothing out of it for."""
    return [
        Insert(tuple(line for line in hunk.added_of(new) if line.strip()), *_around(hunk, new))
        for hunk in hunks
        if not hunk.removed
    ]


def _around(hunk: Hunk, new: Sequence[bytes]) -> tuple[bytes, bytes]:
    above = (line for line in reversed(new[: hunk.new]) if line.strip())
    below = (line for line in new[hunk.new + hunk.added :] if line.strip())
    return next(above, b""), next(below, b"")


def shown(one: Insert, other: Insert) -> tuple[bytes, dict[bytes, bytes]]:
    """A line beside what came whose copy has others for whose members it names, and which are which; or nothing."""
    for mine, theirs in ((one.above, other.above), (one.below, other.below)):
        names = receivers(mine, theirs)
        if names and wording.tells([mine]):
            return mine, names
    return b"", {}


def is_called(names: Mapping[bytes, bytes], one: Insert, other: Insert) -> bool:
    """Whether the lines of one are those of the other under other names."""
    mine = [_called(names, signs(line)) for line in one.lines]
    return mine == [signs(line) for line in other.lines]


def other_names(one: Insert, other: Insert) -> dict[bytes, bytes] | None:
    """Which names of functions and the like the lines of two differ in; None where they differ in more, or nothing."""
    if len(one.lines) != len(other.lines):
        return None
    mine, theirs = (itertools.chain.from_iterable(map(signs, some.lines)) for some in (one, other))
    names = _paired(mine, theirs)
    return names if names and all(_is_used(m, one) and _is_used(t, other) for m, t in names.items()) else None


def _is_used(name: bytes, there: Insert) -> bool:
    """Whether a name is one of what is called, or has members: `true` is not `false` under another name."""
    used = re.compile(rb"\b" + re.escape(name) + rb"\b\s*(?:\(|->|::|\.\s*\w)")
    return any(map(used.search, there.lines))


def is_renamed(name: bytes, its: bytes, ours: Sequence[bytes], theirs: Sequence[bytes]) -> bool:
    """Whether a text calls `name` what another calls `its`, in each of some lines; and neither text has both."""
    word, its_word = (re.compile(rb"\b" + re.escape(one) + rb"\b") for one in (name, its))
    if any(map(its_word.search, ours)) or any(map(word.search, theirs)):
        return False
    mine = [tuple(_called({name: its}, signs(line))) for line in ours if word.search(line)]
    have = {tuple(signs(line)) for line in theirs if its_word.search(line)}
    return len(mine) >= _LEAST and have.issuperset(mine)


def receivers(one: bytes, other: bytes) -> dict[bytes, bytes] | None:
    """Which names the members of two lines belong to, where the lines are the same else but for brackets; else None.

    >>> receivers(b"use(rr->name, rr)", b"use(rec.name, rec)"), receivers(b"enable(a)", b"disable(a)")
    ({b'rr': b'rec'}, None)
    """
    mine, theirs = ([sign for sign, _ in signs(line)] for line in (one, other))
    names = _paired(((sign, b"") for sign in mine), ((sign, b"") for sign in theirs))
    if names is None or not (names.keys() <= _owners(mine) and set(names.values()) <= _owners(theirs)):
        return None
    return names


def _owners(some: Sequence[bytes]) -> set[bytes]:
    """The names with a member behind them."""
    return {sign for sign, after in itertools.pairwise(some) if after == _OF}


def _paired(one: Iterable[Sign], other: Iterable[Sign]) -> dict[bytes, bytes] | None:
    """Which names stand where, one for one, in signs that are the same else; those that are the same are left out."""
    names: dict[bytes, bytes] = {}
    for mine, theirs in itertools.zip_longest(one, other):
        if mine is None or theirs is None or mine[1] != theirs[1]:
            return None
        known = names.setdefault(mine[0], theirs[0])
        if known != theirs[0] or (mine[0] != theirs[0] and not all(map(_NAME.fullmatch, (mine[0], theirs[0])))):
            return None
    alone = len(set(names.values())) == len(names)
    return {mine: theirs for mine, theirs in names.items() if mine != theirs} if alone else None


def signs(line: bytes) -> list[Sign]:
    """The signs of a line, each with the brackets before it; those at its end are left out."""
    found, brackets = [], b""
    for sign in _SIGN.findall(line):
        if sign in _BRACKETS:
            brackets += sign
        else:
            found.append((_OF if sign == _POINTS else sign, brackets))
            brackets = b""
    return found


def _all_signs(line: bytes) -> list[Sign]:
    """The signs of a line, brackets among them."""
    return [(sign, b"") for sign in _SIGN.findall(line)]


def _called(names: Mapping[bytes, bytes], some: Iterable[Sign]) -> list[Sign]:
    return [(names.get(sign, sign), brackets) for sign, brackets in some]


def _done(old: Sequence[Sign], new: Sequence[Sign]) -> _Done:
    start = _common(old, new)
    end = _common(old[start:][::-1], new[start:][::-1])
    above, below = old[:start][-1:], old[len(old) - end :][:1]
    went, came = old[start : len(old) - end], new[start : len(new) - end]
    return _Done(tuple(went), tuple(came), tuple(sign for sign, _ in above), tuple(sign for sign, _ in below))


def _common(one: Sequence[Sign], other: Sequence[Sign]) -> int:
    """With how many of the same signs both begin, brackets aside."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0][0] == pair[1][0], pairs))


def _words(some: Iterable[Sign]) -> list[bytes]:
    return [sign for sign, _ in some if sign.isalnum() or _NAME.fullmatch(sign)]


def _tells(done: _Done, old: Sequence[Sign], theirs: Sequence[Sign]) -> bool:
    """Whether more than a number was raised, or from a line with the same numbers: each release raises its own."""
    mine, other = (sorted(sign for sign, _ in some if sign.isdigit()) for some in (old, theirs))
    return not all(map(bytes.isdigit, _words(done.came))) or mine == other
