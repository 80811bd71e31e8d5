"""Rung 6: the branch has the files of the fix as main has them today, where main went on from the fix.

Main may have moved its code elsewhere since: then the branch has to have all else that main changed, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from auditor.fixes import counting
from auditor.git.changes import Change, Changes, Side, diffs
from auditor.model import Via
from auditor.presence.case import Case, Found
from auditor.presence.scene import Whole
from auditor.text import kinds, lines, numbers, wording

_THERE = "its files are as at main's tip, which went on from the fix in them"


def find(case: Case) -> Found | None:
    """Nothing of the fix's own may be left there, as on main: the branch has all that main has in its stead.

    So it is where all files of the fix are there, the same as on main, and none of them was left as before the fix.
    """
    main = case.scene.main.tip
    made = tuple(Change(c.path, c.before, case.scene.content.at(main, c.path)) for c in case.changes)
    if not _same(case, made) or case.on_main().undone() or not _came_down(case, made):
        return None
    gave = [one for c, now in zip(case.changes, made, strict=True) for one in _gave_way(case, c, now.after)]
    said = all(_says(now, lines) for now, lines in gave)
    if not said and (any(numbers.any_lower(*one) for one in gave) or not _has_all_since(case)):
        return None
    whole = Whole("what main has made of it", case.fix.base, main, made)
    return Found(Via.CONTENT, None, _THERE if said else f"{_THERE}, as all is that main changed until then", whole)


def _same(case: Case, made: Changes) -> bool:
    """Whether a branch has each file as main has it now, and is not without one that the fix left."""
    here = case.place()
    sides = zip(case.changes, made, strict=True)
    return all(here.side(c) == now.after and (now.after or not c.after) for c, now in sides)


def _came_down(case: Case, made: Changes) -> bool:
    """Whether main's files of today are the fix's, or came of them by commits that had the fix."""
    having = case.scene.history.descendants(case.fix.number)
    sides = zip(case.changes, made, strict=True)
    return all(_handed_down(case, now, having) for c, now in sides if c.after != now.after)


def _gave_way(case: Case, change: Change, now: Side | None) -> Iterator[tuple[Sequence[bytes], Sequence[bytes]]]:
    """What stands in the place of lines of a change that gave way, and those lines.

    A submodule, or a binary, has no lines to give way.
    """
    content, after = case.scene.content, change.after
    told = not content.as_a_whole(Change(change.path, after, now))
    hunks = content.hunks(after.oid, now.oid) if after and now and told else None
    if not (hunks and after and now):
        return
    added, old, new = content.changed_lines(change)[1], content.lines(after.oid), content.lines(now.oid)
    for hunk in hunks:
        gave = [line for line in hunk.removed_of(old) if lines.unspaced(line) in added]
        if wording.letters(gave):
            yield hunk.added_of(new), gave


def _has_all_since(case: Case) -> bool:
    """Whether a branch has whatever main changed from before the fix until it last changed a file of it.

    Code that was moved to another file left none behind: of such a file it tells nothing that two have it alike.
    Change logs and the like tell nothing, nor do tests.
    """
    scene, content = case.scene, case.scene.content
    since = case.search.candidates(case.fix, scene.main, case.fix.paths)
    if not since or case.fix.base is None:
        return False
    last = scene.history.ids[scene.arrival(scene.main, since[-1])]
    changes = counting(diffs(content.store, [f"{last} {case.fix.base}"])[0], scene.counts)
    here, main = case.line.tip, scene.main.tip
    return changes is not None and all(
        content.at(here, c.path) in (c.after, content.at(main, c.path)) for c in changes if _tells(c.path)
    )


def _tells(path: str) -> bool:
    return not (kinds.tells_only(path) or kinds.is_own_to_a_branch(path) or kinds.is_test(path))


def _says(now: Sequence[bytes], gave: Sequence[bytes]) -> bool:
    """Whether some lines say again what others said: half of it, or the same of numbers that are no lower."""
    again = wording.said_again(gave, now) or numbers.no_lower(now, gave)
    return again and not numbers.any_lower(now, gave)


def _handed_down(case: Case, now: Change, having: set[int]) -> bool:
    """Whether main's file came down from the fix, and at no merge from a side that was without it, whole or mixed."""
    history, at = case.scene.history, case.scene.content.at
    number = case.scene.main.number
    while number != case.fix.number:
        above, side = [n for n in history.parents[number] if n in having], at(history.ids[number], now.path)
        if len(history.parents[number]) > 1:
            above = [n for n in above if at(history.ids[n], now.path) == side]
        if not above:
            return False
        number = above[0]
    return True
