"""Commits that left a part of a fix where it is, and out of force: made a comment, put into `#if 0` or `if False`."""

from __future__ import annotations

from collections.abc import Container, Iterator

from auditor.git.changes import REGULAR, Change, Side
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.presence.parts.place import Place
from auditor.text import comments, conditions, lines, off, places, unreached, wording

Lines = frozenset[bytes]


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix arrived there with `number`, and what it did.

    Main has the part in force, and has not that commit.
    """
    return case.last_own(_since(case, number, change, came) for change, came in _parts(case))


def _parts(case: Case) -> Iterator[tuple[Change, Lines]]:
    """What the fix brought to its files, part by part, that is out of force at the branch's tip alone."""
    for change, side, on_main in standing.own_in_force(case):
        for came in _maybe_off(case, change, side):
            is_in = (_is(case, change, other, came, in_force=True) for other in (change.after, on_main))
            if _is(case, change, side, came, in_force=False) and all(is_in):
                yield change, came


def _maybe_off(case: Case, change: Change, side: Side) -> Iterator[Lines]:
    """What some of its parts brought, of which the file has a line out of force: mostly none."""
    content = case.scene.content
    said = content.said_off(change.path, side.oid) if side.mode in REGULAR else frozenset()
    if said.isdisjoint(content.changed_hashes(change)[1]):
        return
    every = (_came(case, change, n) for n in range(len(fix_parts.hunks(case, change))))
    yield from (came for came in every if not said.isdisjoint(map(hash, came)))


def _came(case: Case, change: Change, number: int) -> Lines:
    """The telling lines of a part that its file had nowhere before it, white space aside."""
    before = case.scene.content.all_lines(change.before)
    came = lines.bare(line for line in fix_parts.told(case, change, number).came if wording.tells([line]))
    return frozenset(line for line in came if line not in before)


def _is(case: Case, change: Change, side: Side | None, came: Lines, *, in_force: bool) -> bool:
    """Whether at least half of some lines are in a file, and any, or else none, of them in force."""
    if side is None or side.mode not in REGULAR:
        return False
    found = _found(case, change, side, came)
    some = 2 * wording.letters(set(found.values())) >= wording.letters(came) > 0
    return some and in_force != case.scene.content.off(change.path, side.oid).issuperset(found)


def _found(case: Case, change: Change, side: Side, came: Lines) -> dict[int, bytes]:
    """Where which of some lines are in a file; in a comment, without its signs."""
    text, out = case.scene.content.lines(side.oid), case.scene.content.off(change.path, side.oid)
    said = ((n, off.said(line) if n in out else (lines.unspaced(line),)) for n, line in enumerate(text))
    return {n: way for n, ways in said for way in ways if way in came}


def _since(case: Case, number: int, change: Change, came: Lines) -> tuple[int, str] | None:
    """The commit since which a part is out of force, the one that brought it or a later one; none with other code."""
    later = case.since(number)

    def is_off(there: Place) -> bool:
        return _is(case, change, there.side(change), came, in_force=False)

    at = last_run(case, later, (change,), is_off)
    before, after = (case.at(later[n]).side(change) for n in (max(0, at - 1), at))
    if after is None or _has_instead(case, change, change.before if not at else before, after, came):
        return None
    return later[at], f"left a part of it in {change.path}, and out of force"


def _has_instead(case: Case, change: Change, before: Side | None, after: Side, came: Lines) -> bool:
    """Whether a step brought other code in force next to what it left out of force, which the fix had not found."""
    content, known = case.scene.content, case.scene.content.all_lines(change.before)
    text, out, found = content.lines(after.oid), content.off(change.path, after.oid), _found(case, change, after, came)
    first, last = min(found), max(found)
    while first - 1 in out:
        first -= 1
    while last + 1 in out:
        last += 1
    hunks = content.hunks(before.oid, after.oid) if before else None
    made = places.added(h for h in hunks or () if h.new <= last + 1 and h.new + h.added >= first)
    code = [text[n] for n in made if n not in out and not _tells_nothing(text[n])]
    words = set(wording.all_words(content.lines(change.before.oid) if change.before else ()))
    new = (line for line in code if not lines.bare([line]).keys() <= known.keys() and not _but_leaves(line, words))
    return wording.tells(new)


def _but_leaves(line: bytes, known: Container[bytes]) -> bool:
    """Whether a line but leaves its block in words that its file had: so it keeps what follows from being reached."""
    return unreached.leaves(line) and all(word in known for word in wording.words(line))


def _tells_nothing(line: bytes) -> bool:
    return comments.in_any(line) or conditions.is_condition(line)
