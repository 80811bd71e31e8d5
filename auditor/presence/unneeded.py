"""A fix that takes back what the branch never had: there is nothing to take back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence import elsewhere
from auditor.presence.case import Case
from auditor.text import lines, wording

# Of the lines that it put back, so many stand on the branch: the others may have moved on there.
_LEAST = 1 / 2
_ALL = 9 / 10


def takes_back(case: Case) -> str | None:
    """The commit that a fix says it reverts, where the branch never had that, nor has any of its lines; else None.

    The lines that it puts back were never gone there. A branch without them may have lost them in its own way.
    """
    history = case.scene.history
    named = [history.named(oid) for oid in history.reverts.get(case.fix.number, ())]
    numbers = [n for n in named if n is not None and not case.scene.contains(case.line, n)]
    if not numbers or len(numbers) < len(named):
        return None
    return history.ids[numbers[0]] if _nothing_of_it(case) else None


def _nothing_of_it(case: Case) -> bool:
    """Whether none of the lines that the fix removes stands at the branch's tip, and what it puts back mostly does.

    Of a file that is not there, only what the fix removes can be told not to be.
    """
    gone, put_back, stand = set[bytes](), set[bytes](), set[bytes]()
    for change in case.changes:
        there = case.place().side(change)
        if not all(side is None or side.mode in REGULAR for side in (change.before, change.after, there)):
            return False
        before, after, have = (_telling(case, side) for side in (change.before, change.after, there))
        lost, back = _but(before, after), _but(after, before)
        if lost.keys() & have.keys() or _went_away(case, change, lost, back):
            return False
        gone, put_back = gone.union(lost), put_back.union(back)
        stand.update(key for key, line in back.items() if key in have or _says(have.values(), line, lost.values()))
    return bool(gone or put_back) and len(stand) >= (_LEAST if gone else _ALL) * len(put_back)


def _went_away(case: Case, change: Change, lost: Mapping[bytes, bytes], back: Mapping[bytes, bytes]) -> bool:
    """Whether a file is not where the fix has it, and may live on: whole, or so that another has some of the lines."""
    content, tip = case.scene.content, case.line.tip
    if change.before is None or change.after is None or content.at(tip, change.path):
        return False
    others = (content.at(tip, name) for name in content.sharing(change.before.oid, change.path, tip))
    # What a file needs of others stands in many.
    own = lost.keys() - set(map(lines.unspaced, content.imports(change.before.oid)))
    if any(own & _telling(case, other).keys() for other in others if other and other.mode in REGULAR):
        return True
    return not case.place().side(change) and (bool(back) or elsewhere.may_have(case, change))


def _says(have: Iterable[bytes], line: bytes, lost: Iterable[bytes]) -> bool:
    """Whether a line has all words of one that was put back, and not half of what the lines that gave way had more."""
    wanted = set(wording.words(line))
    more = {word for other in lost for word in wording.words(other)} - wanted
    known = (set(wording.words(other)) for other in have) if more else ()
    return any(wanted <= words and 2 * wording.letters(more & words) < wording.letters(more) for words in known)


def _but(some: Mapping[bytes, bytes], others: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
    return {key: line for key, line in some.items() if key not in others}


def _telling(case: Case, side: Side | None) -> dict[bytes, bytes]:
    """The lines of a file that are more than braces, by themselves without white space."""
    text = case.scene.content.lines(side.oid) if side else ()
    return {lines.unspaced(line): line for line in text if wording.tells([line])}
