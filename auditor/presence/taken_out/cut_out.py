"""A commit of the branch that cut a fix out and put nothing in its place, where the lines around have moved on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case, counterparts
from auditor.presence.claims import likeness
from auditor.presence.explained import held, moved_away
from auditor.presence.parts.place import Place
from auditor.text import lines, wording

# Lines with fewer letters come and go by chance.
_TELLING = 20
_MOST, _LITTLE = 1 / 2, 1 / 8


def find(case: Case, number: int) -> int | None:
    """The last such commit since the fix arrived with `number`, or None.

    It removed all that the fix added, and brought all that the fix removed, and no more in these places: what was
    replaced by something else has moved on, and so has what is gone with all around it. Main still has the fix, and has
    not that commit.
    """
    scene = case.scene
    if not _main_has_it(case) or not _gone(case):
        return None
    start, below = scene.place(case.line, number), case.scene.led_to(case.line, number)
    later = (n for n in case.candidates() if scene.place(case.line, n) >= start and n not in below)
    own = (n for n in later if not scene.contains(scene.main, n) and case.felt(n, case.line, out=True))
    found = [n for n in own if _cut(case, case.search.changes[n])]
    last = max(found, key=lambda n: (scene.place(case.line, n), scene.history.generation[n]), default=None)
    return None if last is None or moved_away.still_there(case, last) or held.all_went(case, last) else last


def _added(case: Case) -> Iterator[tuple[Change, Counter[bytes]]]:
    """What the fix adds to each file that it found, by lines that tell something: an import goes with what needs it."""
    content = case.scene.content
    for change in case.changes:
        if change.before and change.after and not content.as_a_whole(change):
            removed, added = content.changed_lines(change)
            telling = Counter({line: n for line, n in (added - removed).items() if wording.tells([line])})
            if any(map(wording.may_import, telling)):
                telling -= lines.bare(filter(wording.is_import, content.lines(change.after.oid)))
            yield change, telling


def _main_has_it(case: Case) -> bool:
    """Whether there is enough to tell by, and main's tip has most of it."""
    wanted, found = _letters(case, case.on_main())
    return wanted >= _TELLING and found >= _MOST * wanted


def _gone(case: Case) -> bool:
    """Whether the branch's tip has next to none of it in these files: a `return code` is any function's."""
    wanted, found = _letters(case, case.place())
    return found <= _LITTLE * wanted


def _letters(case: Case, place: Place) -> tuple[int, int]:
    """How many letters the lines have that the fix adds, and those of them that are in the files of a commit."""
    wanted = found = 0
    for change, added in _added(case):
        wanted += wording.letters(added)
        found += wording.letters(case.scene.content.among(added, place.side(change)))
    return wanted, found


def _cut(case: Case, theirs: Changes) -> bool:
    """Whether a commit takes the whole fix back, and the hunks by which it does so bring nothing of their own.

    One that brings a line of it to any file moved that there.
    """
    pairs = dict(counterparts(case, theirs))
    if not all(_takes_back(case, change, other) for change, other in pairs.items()):
        return False
    changed = case.scene.content.changed_lines
    if any(added & changed(other)[1] for _, added in _added(case) for other in theirs):
        return False
    return all((other := pairs[change]) and not _brings_more(case, change, other) for change, _ in _added(case))


def _takes_back(case: Case, change: Change, other: Change | None) -> bool:
    """Whether a commit removed from a file all that the fix added to it, and brought back all that that removed."""
    if other is not None and not case.scene.content.may_take_back(change, other):
        return False
    (removed, added), (gone, came) = (likeness.lines_of(case, c) for c in (change, other))
    return added <= gone and removed <= came


def _brings_more(case: Case, change: Change, other: Change) -> bool:
    """Whether a hunk that removes a line of the fix adds one that the fix did not remove."""
    if not (other.before and other.after) or case.scene.content.as_a_whole(other):
        return True
    content = case.scene.content
    was, brought = content.changed_lines(change)
    old, new = content.lines(other.before.oid), content.lines(other.after.oid)
    return any(
        lines.bare(h.removed_of(old)) & brought and lines.bare(h.added_of(new)) - was
        for h in content.hunks(other.before.oid, other.after.oid) or ()
    )
