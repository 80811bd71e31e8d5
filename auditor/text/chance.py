"""Whether old lines that stand again tell that a change was undone, or do so by chance: pure functions over hunks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

from auditor.text import lines, parts, places, wording
from auditor.text.lines import Hunk

# So many lines that tell are looked at on each side of a place, and at least so many in all.
_AROUND, _FEWEST = 6, 4
# So far from a line what belongs to it is looked for, in lines.
_NEAR = 12
# That a guard has become one of several is no other guard.
_ELSE = re.compile(rb"\}?(?:else|el(?=if))?")


def written_anew(hunk: Hunk, old: Sequence[bytes], since: Sequence[Hunk]) -> bool:
    """Whether next to nothing of what stood around an insertion does, but two lines that tell nothing meet.

    `since`: what was changed from before the insertion to a text where they do.
    """
    at = hunk.old
    if hunk.removed or any(wording.tells([line]) for line in old[max(0, at - 1) : at + 1]):
        return False
    touched = [(h.old, h.removed) for h in since]
    sides = range(at - 1, -1, -1), range(at, len(old))
    near = [n for side in sides for n in islice((n for n in side if wording.tells([old[n]])), _AROUND)]
    return len(near) >= _FEWEST and 4 * sum(places.stands(n, 1, touched) for n in near) < len(near)


def stands_guarded(
    hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether old lines that a hunk but put among others stand among these others, as the hunk has it.

    So each of these was inserted `there`, in the same words, on the same side, as deep beside the old lines or less
    deep, and what held them does.
    """
    removed, added = range(hunk.old, hunk.old + hunk.removed), range(hunk.new, hunk.new + hunk.added)
    told = parts.telling([old[n] for n in removed], [new[n] for n in added])
    first = next((n for n in removed if wording.words(old[n])), None)
    if told is None or told.went or first is None:
        return False
    kept = places.kept([first], since)
    mine = next((n for n in added if _bare(new[n]) == _bare(old[first])), None)
    came = [n for n in added if new[n] in told.came and wording.words(_bare(new[n]))]
    if not kept or mine is None or not came:
        return False
    [spot] = kept
    near = [n for n in places.added(since) if abs(n - spot) <= _NEAR]
    return all(any(_as_in((new, n, mine), (there, m, spot)) for m in near) for n in came)


def brought(
    hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes], there: Sequence[bytes], since: Sequence[Hunk]
) -> bool:
    """Whether half of the lines that a hunk added, or all words that were new with it, are `there`, and were inserted.

    Lines and words that tell are meant, and of code alone.
    """
    added = parts.lines_of_code(hunk.added_of(new))
    telling = [line for line in added if wording.tells([line])]
    inserted = lines.bare(there[n] for n in places.added(since))
    if telling and lines.mostly_in(telling, inserted):
        return True
    words = set(_words(added)) - set(_words(old))
    return wording.tells(words) and words.issubset(_words(parts.lines_of_code(there)))


def _words(text: Iterable[bytes]) -> Iterable[bytes]:
    return (word for line in text for word in wording.words(line))


def _as_in(one: tuple[Sequence[bytes], int, int], other: tuple[Sequence[bytes], int, int]) -> bool:
    """Whether a line beside another one, both given by their places in a text, is as in another text."""
    (text, at, beside), (there, at_there, beside_there) = one, other
    return (
        _bare(text[at]) == _bare(there[at_there])
        and (at < beside) == (at_there < beside_there)
        and _deeper(text, at, beside) == _deeper(there, at_there, beside_there)
        and _holds(text, at, beside) <= _holds(there, at_there, beside_there)
    )


def _deeper(text: Sequence[bytes], one: int, other: int) -> int:
    """1, 0 or -1: whether a line is deeper than another, as deep, or less deep."""
    here, there = _depth(text[one]), _depth(text[other])
    return (here > there) - (here < there)


def _holds(text: Sequence[bytes], above: int, below: int) -> bool:
    """Whether a line is at the head of the block that another one is in."""
    between: Iterable[bytes] = (line for line in text[above + 1 : below + 1] if line.strip())
    return above < below and all(_depth(line) > _depth(text[above]) for line in between)


def _depth(line: bytes) -> int:
    return len(line.expandtabs()) - len(line.expandtabs().lstrip())


def _bare(line: bytes) -> bytes:
    """A line without white space, in small letters, and without what makes a guard one of several."""
    return _ELSE.sub(b"", lines.unspaced(line.lower()), count=1)
