"""The parts of a fix, hunk by hunk: what each removed and added, what is left of it, and since when."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import replace

from auditor.git.changes import Change, Changes, Side
from auditor.presence.case import Case, Part
from auditor.presence.last_run import last_run
from auditor.presence.parts import standing
from auditor.presence.parts.place import Place
from auditor.text import lines, parts, places, wording
from auditor.text.lines import Hunk

# So much of what is out stands by chance: a `return code` is any function's.
_LITTLE = 1 / 8
# Of one part this is asked by one question after the other, and of so many it is kept.
_KEPT = 1_000


def left_since(case: Case, number: int, change: Change, region: int) -> tuple[Sequence[int], int]:
    """The branch's own line since the fix arrived, and where on it a hunk last ceased to be as the fix left it."""
    later = case.since(number)

    def differs(there: Place) -> bool:
        content, side = case.scene.content, there.side(change)
        return not (
            standing.as_left(content, change, side, region) or standing.as_left_respaced(content, change, side, region)
        )

    known, part = case.scene.ceased, (case.fix.number, change, region, case.line.bit, number, case.came)
    if part not in known:
        if len(known) >= _KEPT:
            known.clear()
        known[part] = last_run(case, later, (change,), differs)
    return later, known[part]


def as_carried(case: Case, number: int, change: Change, region: int) -> Iterator[tuple[Case, Change, int]]:
    """A hunk of the fix, line by line, as the commit `number` that carried it to the branch made it there.

    Where the branch's file is far from main's, a part that stands there twice can be followed from that alone. With it
    the case of a fix that is what that commit did to these files.
    """
    part = _bare(case, change, region)
    if number == case.fix.number or not any(part):
        return
    parts_there = case.scene.carried((case.fix, case.line, number), lambda: _parts_of(case, number))
    found = [(other, n) for other, n in parts_there.get(part, ()) if other != change]
    paths = case.paths() if found else ()
    carried = replace(case.fix, changes=tuple(c for c in case.scene.brought(number) if c.path in paths))
    yield from ((replace(case, fix=carried), other, n) for other, n in found)


def _parts_of(case: Case, number: int) -> Mapping[Hashable, Sequence[Part]]:
    """What a commit did to the fix's files, hunk by hunk, by the lines of each."""
    found: defaultdict[Hashable, list[Part]] = defaultdict(list)
    paths = case.paths()
    for other in case.scene.brought(number):
        for n in range(len(hunks(case, other))) if other.path in paths else ():
            found[_bare(case, other, n)].append((other, n))
    return found


def _bare(case: Case, change: Change, number: int) -> tuple[frozenset[tuple[bytes, int]], ...]:
    """The lines that a hunk removed, and those that it added, white space aside."""
    return tuple(frozenset(lines.bare(side).items()) for side in did(case, change, number))


def told(case: Case, change: Change, number: int) -> parts.Told:
    """Which lines of code a hunk of the fix removed and added."""
    return parts.told(*did(case, change, number))


def did(case: Case, change: Change, number: int) -> tuple[Sequence[bytes], Sequence[bytes]]:
    """The lines that a hunk of the fix removed, and those that it added; none of what is no text."""
    found = hunks(case, change)
    if not (change.before and change.after and found):
        return (), ()
    old, new = (case.scene.content.lines(side.oid) for side in (change.before, change.after))
    return found[number].removed_of(old), found[number].added_of(new)


def every(case: Case) -> list[Part]:
    """All hunks of the fix in texts that it found."""
    return [(change, n) for change in case.changes for n in range(len(hunks(case, change)))]


def brought(case: Case, change: Change) -> Iterator[bytes]:
    """The lines of code that the fix added to a text, hunk by hunk."""
    return (line for n in range(len(hunks(case, change))) for line in told(case, change, n).came)


def lacked(case: Case, change: Change, side: Side) -> list[tuple[bytes, bytes]]:
    """The telling lines of code that the fix brought to a file which had none such, and another has not: mostly none.

    Behind each it is without white space.
    """
    content = case.scene.content
    have, known = content.all_lines(side).keys(), content.all_lines(change.before).keys()
    if content.changed_lines(change)[1].keys() <= have:
        return []
    pairs = ((line, lines.unspaced(line)) for line in brought(case, change) if wording.tells([line]))
    return [(line, bare) for line, bare in pairs if bare not in have and bare not in known]


def hunks(case: Case, change: Change) -> Sequence[Hunk]:
    """What the fix did to a text that it found; none for any other file."""
    content = case.scene.content
    if not (change.before and change.after) or content.as_a_whole(change):
        return ()
    return content.own_hunks(change.before.oid, change.after.oid) or ()


def kept_at(case: Case, change: Change, hunk: Hunk, there: Side) -> set[int]:
    """Where those of the lines that a hunk added are in a later version of the file which nobody touched since."""
    since = case.scene.content.hunks(change.after.oid, there.oid) if change.after else None
    return places.kept(range(hunk.new, hunk.new + hunk.added), since or ())


def moves(case: Case, change: Change, number: int, theirs: Changes) -> bool:
    """Whether a commit brings a line that a hunk added to any file: then it moved that there."""
    came = lines.bare(line for line in told(case, change, number).came if wording.tells([line]))
    return bool(came) and any(came & case.scene.content.changed_lines(other)[1] for other in theirs)


def few_left(case: Case, change: Change, number: int, side: Side | None) -> bool:
    """Whether a file has next to none of the code that a hunk added."""
    return few(case, change, told(case, change, number).came, side)


def few(case: Case, change: Change, came: Sequence[bytes], side: Side | None) -> bool:
    """Whether a file has next to none of some lines that the fix added."""
    return wording.letters(left(case, change, came, side).elements()) <= _LITTLE * wording.letters(came)


def left(case: Case, change: Change, came: Sequence[bytes], side: Side | None) -> Counter[bytes]:
    """Those of some lines that the fix added to a file which are there, beyond what the fix left elsewhere in it."""
    all_lines, brought = case.scene.content.all_lines, lines.bare(came)
    have, made = all_lines(side), all_lines(change.after)
    # Line by line: to hold whole files against each other would take their length for each part of a fix.
    there = {line: have[line] - max(0, made[line] - n) for line, n in brought.items()}
    return brought & Counter(there)
