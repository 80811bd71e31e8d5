"""Parts of a fix that went straight back: they stood as the fix left them, and then as before it.

Where old lines stand after years of work by chance, something else stood there between.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from auditor.git import lines, parts, wording
from auditor.git.changes import Change, Changes
from auditor.git.lines import Hunk
from auditor.presence import moved_away, standing
from auditor.presence.case import Case, Regions
from auditor.presence.place import Place
from auditor.presence.since import last_run

# So much of what is out stands by chance: a `return code` is any function's.
_LITTLE = 1 / 8


def back(case: Case, number: int, regions: Regions) -> Regions:
    """Those of some regions that went so, on the branch's own line since the fix arrived there with `number`."""
    changes = {c.path: c for c in case.fix.changes or ()}
    told = ((path, n) for path, n in regions if n >= 0 and _tells(case, changes[path], n))
    return frozenset((path, n) for path, n in told if _taken_out(case, number, changes[path], n) is not None)


def last_cut(case: Case, number: int) -> int | None:
    """The last commit of the branch's own line that took a part out so, of which what is around has moved on since.

    Main still has the part, and has not that commit.
    """
    scene = case.scene
    cuts = {_taken_out(case, number, change, k) for change, k in _lost(case)} - {None}
    own = [n for n in cuts if n is not None and not scene.contains(scene.main, n)]
    last = max(own, key=lambda n: scene.place(case.line, n), default=None)
    return None if last is None or moved_away.still_there(case, last) else last


def _taken_out(case: Case, number: int, change: Change, region: int) -> int | None:
    """The commit after which a hunk stood as the fix left it no more, if it stood as before it then."""
    content, history = case.scene.content, case.scene.history
    trunk, places = case.scene.arrivals(case.line)
    later = trunk[places[number] :]

    def differs(there: Place) -> bool:
        return not standing.as_left(content, change, there.side(change), region)

    at = last_run(case, later, (change,), differs)
    side = case.place(history.ids[later[at]]).side(change)
    if not at or region not in content.undone(change, side) or content.by_chance(change, side, region):
        return None
    return None if _moves(case, change, region, case.scene.brought(later[at]) or ()) else later[at]


def _moves(case: Case, change: Change, number: int, theirs: Changes) -> bool:
    """Whether a commit brings a line that a hunk added to any file: then it moved that there."""
    came = lines.bare(line for line in _told(case, change, number).came if wording.tells([line]))
    return any(came & case.scene.content.changed_lines(other)[1] for other in theirs)


def _tells(case: Case, change: Change, number: int) -> bool:
    """Whether a hunk changed words of code that tell something: an import comes and goes with what needs it."""
    went, came = (Counter(w for line in some for w in _words(line)) for some in _told(case, change, number))
    return wording.tells([*(went - came), *(came - went)])


def _words(line: bytes) -> Sequence[bytes]:
    return () if wording.is_import(line) else wording.words(line)


def _told(case: Case, change: Change, number: int) -> parts.Told:
    content, found = case.scene.content, _hunks(case, change)
    if not (change.before and change.after and found):
        return parts.Told([], [])
    old, new = content.lines(change.before.oid), content.lines(change.after.oid)
    return parts.told(found[number].removed_of(old), found[number].added_of(new))


def _hunks(case: Case, change: Change) -> Sequence[Hunk]:
    """What the fix did to a text that it found; none for any other file."""
    content = case.scene.content
    if not (change.before and change.after) or content.as_a_whole(change):
        return ()
    return content.own_hunks(change.before.oid, change.after.oid) or ()


def _lost(case: Case) -> Iterator[tuple[Change, int]]:
    """The hunks of the fix that are out, but not as before it: main has them as the fix left them."""
    content, here, main = case.scene.content, case.place(), case.place(case.scene.main.tip)
    for change in case.fix.changes or ():
        there, on_main = here.side(change), main.side(change)
        if there is None or there in (change.after, on_main):
            continue
        for number in range(len(_hunks(case, change))):
            out = _tells(case, change, number) and _is_out(case, change, number)
            if out and standing.as_left(content, change, on_main, number):
                yield change, number


def _is_out(case: Case, change: Change, number: int) -> bool:
    """Whether a file has next to none of the code that a hunk added, and all that it removed.

    What the fix left elsewhere in the file, too, may be what is there.
    """
    all_lines, (went, came) = case.scene.content.all_lines, _told(case, change, number)
    have, brought = all_lines(case.place().side(change)), lines.bare(came)
    left = brought & (have - (all_lines(change.after) - brought))
    few = wording.letters(left.elements()) <= _LITTLE * wording.letters(came)
    return few and lines.bare(went) <= have
