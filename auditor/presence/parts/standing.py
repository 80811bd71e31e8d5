"""How a fix's lines stand in a commit: as the fix left them, as they were before it, or in neither form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple

from auditor.git.changes import REGULAR, Change, Side
from auditor.git.content import Content
from auditor.presence.case import Case, Regions
from auditor.presence.explained import idle
from auditor.presence.parts.place import Place
from auditor.text import kinds, lines, places

_LEAST = 1 / 3


class Standing(NamedTuple):
    """Changed lines, blank ones aside: `kept` as the fix left them, `back` as before it, `moved` on since."""

    kept: int
    back: int
    moved: int


def moved_on(place: Place, back: Regions) -> bool:
    """Whether the lines moved on, although the regions `back` of the fix stand there as before it.

    Years of work bring many a line back: a blank one, an import, a number. That alone takes no fix out.
    It does where a third of the lines that stand no longer are back, or all that the fix did to some file: one that
    does something, or of which no less is back than stands of all others. An import or a comment comes and goes with
    what needs it: alone it tells nothing where the rest stands.
    """
    files = [(change.path, _of_file(place, change, back)) for change in place.changes]
    whole = _sum(f for _, f in files)
    if back and idle.all_idle(place, back, kept=whole.kept > 0):
        return True
    if not any(whole) or any(hunk < 0 for _, hunk in back):
        return False
    all_back = ((path, f.back) for path, f in files if f.back and not f.kept + f.moved)
    if any(size >= whole.kept or is_in_force(path, place.fix.paths) for path, size in all_back):
        return False
    return not whole.back or whole.back < _LEAST * (whole.back + whole.moved)


def is_in_force(path: str, paths: Collection[str]) -> bool:
    """Whether what stands in a file does anything: a test does where the fix is one, and what tools write likewise."""
    if kinds.tells_only(path) or kinds.is_fetched(path):
        return False
    return all(not kind(path) or all(map(kind, paths)) for kind in (kinds.is_test, kinds.is_generated))


def own_in_force(case: Case) -> tuple[tuple[Change, Side, Side | None], ...]:
    """Of the files that the branch has in its own way, as `Case.own_files` has them, those that do something there."""
    return case.scene.own_in_force((case.fix, case.line, case.came), lambda: tuple(_own_in_force(case)))


def _own_in_force(case: Case) -> Iterator[tuple[Change, Side, Side | None]]:
    for change, side, on_main in case.own_files():
        if side and is_in_force(change.path, case.fix.paths):
            yield change, side, on_main


def of_later_versions(place: Place, back: Regions) -> Regions:
    """Those of some regions that lie in files of what others made, where less than a third of the fix there is back.

    A later version of these may have old lines again, and so may what a tool wrote of other files that the fix changes.
    """
    paths = {c.path for c in place.changes if kinds.is_fetched(c.path) or kinds.is_generated(c.path)}
    if len(paths) == len(place.changes):
        paths = {path for path in paths if kinds.is_fetched(path)}
    found = frozenset((path, n) for path, n in back if path in paths)
    files = [c for c in place.changes if c.path in paths] if found else []
    return found if len(found) < _LEAST * sum(map(place.scene.content.size, files)) else frozenset()


def standing(place: Place) -> Standing:
    """How the whole fix stands."""
    undone = place.undone()
    return _sum(_of_file(place, change, undone) for change in place.changes)


def as_left(content: Content, change: Change, there: Side | None, number: int) -> bool:
    """Whether a hunk of a text stands in a file as the fix left it."""
    before, after = change.before, change.after
    if not (before and after and there) or not all(s.mode in REGULAR for s in (before, after, there)):
        return False
    hunks = content.own_hunks(before.oid, after.oid) or ()
    if number >= len(hunks) or not content.has_words(hunks[number].added_of(content.lines(after.oid)), there.oid):
        return False
    hunk, since = hunks[number], content.hunks(after.oid, there.oid)
    if since is None:
        return False
    kept = places.stands(hunk.new, hunk.added, [(h.old, h.removed) for h in since])
    return kept or content.moved_whole(hunk, before.oid, after.oid, there.oid)


def as_left_respaced(content: Content, change: Change, there: Side | None, number: int) -> bool:
    """Whether what a hunk made stands in one block where it was, in other white space: it changed more than that.

    Nothing that it removed came again close by. How deep its lines are beside each other tells where the language goes
    by that.
    """
    before, after = change.before, change.after
    if not (before and after and there) or not all(s.mode in REGULAR for s in (before, after, there)):
        return False
    hunk = (content.own_hunks(before.oid, after.oid) or ())[number]
    old, new = content.lines(before.oid), content.lines(after.oid)
    went, came = (lines.bare(some) for some in (hunk.removed_of(old), hunk.added_of(new)))
    since = content.hunks_respaced(after.oid, there.oid, hunk.added_of(new)) if went != came else None
    if since is None:
        return False
    # Only now: most of a branch's many versions are told by hashes, and their texts are not at hand.
    have = content.lines(there.oid)
    if not places.stands_alone(hunk, went - came, have, since):
        return False
    at = min(places.kept([hunk.new], since))
    return kinds.is_freely_spaced(change.path) or places.as_deep(hunk.added_of(new), have[at : at + hunk.added])


def made_on(content: Content, change: Change) -> Counter[bytes]:
    """The lines of a text that a change replaced; of lines that it only added, those around."""
    before, after = change.before, change.after
    found: Counter[bytes] = Counter()
    if before and after and before.mode in REGULAR and after.mode in REGULAR:
        old = content.lines(before.oid)
        for hunk in content.own_hunks(before.oid, after.oid) or ():
            replaced = lines.bare(hunk.removed_of(old))
            found += replaced or lines.bare(old[max(0, hunk.old - 1) : hunk.old + hunk.removed + 1])
    return found


def _sum(files: Iterable[Standing]) -> Standing:
    kept, back, moved = zip(*files, strict=True)
    return Standing(sum(kept), sum(back), sum(moved))


def _of_file(place: Place, change: Change, back: Regions) -> Standing:
    """One file's part. Regions that stand as before, and are not among `back`, tell nothing and are left out."""
    content, there = place.scene.content, place.side(change)
    undone = content.undone(change, there)
    found = {"kept": 0, "back": 0, "moved": 0}
    for number, (lines_, kept) in enumerate(_hunks(content, change, there)):
        if (change.path, number) in back:
            found["back"] += lines_
        elif number not in undone:
            found["kept" if kept else "moved"] += lines_
    return Standing(**found)


def _hunks(content: Content, change: Change, there: Side | None) -> Iterable[tuple[int, bool]]:
    """For each hunk of a text that the fix changed: how many lines, and whether they stand as the fix left them."""
    before, after = change.before, change.after
    if before is None or after is None or not all(s.mode in REGULAR for s in (before, after, there or after)):
        return
    hunks = content.own_hunks(before.oid, after.oid) or ()
    old, new = (content.lines(side.oid) for side in (before, after))
    since = content.hunks(after.oid, there.oid) if there else None
    touched = [(h.old, h.removed) for h in since or ()]
    for hunk in hunks:
        changed = (*hunk.removed_of(old), *hunk.added_of(new))
        kept = since is not None and places.stands(hunk.new, hunk.added, touched)
        whole = there is not None and content.moved_whole(hunk, before.oid, after.oid, there.oid)
        yield lines.bare(changed).total(), kept or whole
