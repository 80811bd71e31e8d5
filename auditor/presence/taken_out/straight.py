"""Parts of a fix that one commit took out: as the fix left them, and then as before it, or with lines deleted.

Where old lines stand after years of work by chance, something else stood there between.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from auditor.git.changes import Change, Side
from auditor.presence.case import Case, Part, Regions
from auditor.presence.explained import given_up, idle, moved_away, reworked
from auditor.presence.parts import fix_parts, out_since, standing
from auditor.text import deletions, lines, parts, wording
from auditor.text.lines import Hunk


def back(case: Case, number: int, regions: Regions) -> Regions:
    """Those of some regions that went so, on the branch's own line since the fix arrived there with `number`."""
    telling = ((c, n) for c, n in case.parts(regions) if tells(case, c, n))
    return frozenset((c.path, n) for c, n in telling if _taken_out(case, number, c, n) is not None)


def last_cut(case: Case, number: int, parts_: Sequence[Part]) -> tuple[int, str] | None:
    """The last commit of the branch's own line that took a part out so, or just deleted lines of it, and what it did.

    What is around the parts that are `lost` may have moved on since. Main still has the part, and has not that commit.
    """
    cuts = ((_taken_out_as_carried(case, number, change, k), change.path) for change, k in parts_)
    last = case.last_own((cut, f"took a part of it out of {path}") for cut, path in cuts)
    return None if last is None or moved_away.still_there(case, last[0]) else last


def _taken_out_as_carried(case: Case, number: int, change: Change, region: int) -> int | None:
    """What took a hunk out, as the fix made it or else as the commit that carried it to the branch did."""
    made = itertools.chain([(case, change, region)], fix_parts.as_carried(case, number, change, region))
    cuts = (_taken_out(of, number, one, n) for of, one, n in made)
    return next((cut for cut in cuts if cut is not None), None)


def _taken_out(case: Case, number: int, change: Change, region: int) -> int | None:
    """The commit after which a hunk stood as the fix left it no more, if it put it back or deleted of it."""
    content = case.scene.content
    later, at = out_since.step(case, number, change, region)
    if not at:
        return None
    before, after = (case.at(n).side(change) for n in later[at - 1 : at + 1])
    back = region in content.undone(change, after) and not content.by_chance(change, after, region)
    if not back and not _deleted(case, change, region, before, after):
        return None
    moved = fix_parts.moves(case, change, region, case.scene.brought(later[at]))
    return None if moved or reworked.went_on(case, number, change, region) else later[at]


def _deleted(case: Case, change: Change, number: int, before: Side | None, after: Side | None) -> bool:
    """Whether a step from one version to the next did nothing to lines of a hunk but delete some, and no others there.

    These tell, and are not at the branch's tip either.
    """
    content = case.scene.content
    if not (before and after):
        return False
    lines_ = fix_parts.kept_at(case, change, fix_parts.hunks(case, change)[number], before)
    step = [h for h in content.hunks(before.oid, after.oid) or () if _touches(h, lines_)]
    old, new = content.lines(before.oid), content.lines(after.oid)
    deleted = [deletions.places(h, old, new) for h in step]
    gone = [n for some in deleted if some for n in some if old[n].strip()]
    if not gone or None in deleted or not lines_.issuperset(gone):
        return False
    cut = [old[n] for n in gone]
    if given_up.is_nothing(case, change, number, cut):
        return False
    brought = content.changed_lines(Change(change.path, before, after))[1]
    if wording.said_again(cut, (line for line in brought if not deletions.is_remark_of(line, lines.bare(cut)))):
        return False
    return _tell(cut) and fix_parts.few(case, change, cut, case.place().side(change))


def _touches(hunk: Hunk, lines_: set[int]) -> bool:
    """Whether a hunk removes any of some lines, or stands between them."""
    inside = hunk.old in lines_ and hunk.old - 1 in lines_
    return inside or not lines_.isdisjoint(range(hunk.old, hunk.old + hunk.removed))


def tells(case: Case, change: Change, number: int) -> bool:
    """Whether a hunk changed words of code that tell something, in a file that does anything.

    An import tells nothing but where the branch lacks it, and needs it, or it does something by itself.
    """
    if not standing.is_in_force(change.path, case.fix.paths):
        return False
    went, came = (Counter(w for line in some for w in _words(line)) for some in fix_parts.told(case, change, number))
    return wording.tells([*(went - came), *(came - went)]) or idle.is_needed(case.place(), change, number)


def _tell(text: Sequence[bytes]) -> bool:
    """Whether lines of code among some do: `test := test` says but one word."""
    return wording.tells({w for line in parts.lines_of_code(text) for w in _words(line)})


def _words(line: bytes) -> Sequence[bytes]:
    """The words of a line: none of an import, which comes and goes with what needs it."""
    return () if wording.is_import(line) else wording.words(line)


def lost(case: Case) -> Iterator[Part]:
    """The hunks of the fix that lost lines, and do not stand as before it: main has them as the fix left them."""
    return on_main_alone(case, _has_lost)


def on_main_alone(case: Case, may: Callable[[Case, Change, int], bool]) -> Iterator[Part]:
    """The hunks of the fix of which that is so, and which tell: main has them as the fix left them."""
    content = case.scene.content
    for change, there, on_main in case.own_files():
        numbers = range(len(fix_parts.hunks(case, change))) if there else ()
        # Where old lines stand on main, too, they tell nothing.
        for number in (n for n in numbers if n not in content.undone(change, on_main)):
            asked = tells(case, change, number) and may(case, change, number)
            respaced = asked and standing.as_left_respaced(content, change, there, number)
            if asked and not respaced and standing.as_left(content, change, on_main, number):
                yield change, number


def _has_lost(case: Case, change: Change, number: int) -> bool:
    """Whether a file lost lines of a hunk that tell, or has next to none of them, and all that the hunk removed."""
    side = case.place().side(change)
    went, came = fix_parts.told(case, change, number)
    missing = lines.bare(came) - fix_parts.left(case, change, came, side)
    have = case.scene.content.all_lines(side)
    back = all(have[line] >= n for line, n in lines.bare(went).items())
    return (back and fix_parts.few_left(case, change, number, side)) or wording.tells(missing)
