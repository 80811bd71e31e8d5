"""Parts of a fix that are text for people: of these, what is said in other signs, or is else, tells nothing."""

from __future__ import annotations

from collections.abc import Iterable

from auditor.git.changes import Change, Side
from auditor.presence.case import Case, Regions
from auditor.presence.parts import fix_parts
from auditor.text import kinds, wording

# Fewer letters come again by chance.
_RARE = 20


def aside(case: Case, _: int, back: Regions) -> Regions:
    """Those of some regions of prose that tell nothing.

    They differ but in signs, where the fix did more; what they only added is there all the same; or what they replaced
    is not, where the fix is more than prose.
    """
    beside = not all(map(kinds.is_prose, case.fix.paths))
    found = ((c, n) for c, n in case.parts(back) if kinds.is_prose(c.path))
    return frozenset((c.path, n) for c, n in found if _tells_nothing(case, c, n, beside=beside))


def _tells_nothing(case: Case, change: Change, number: int, *, beside: bool) -> bool:
    told = [_plain(case, change, n) for n in range(len(fix_parts.hunks(case, change)))]
    if not told:
        return False
    went, came = told[number]
    if went == came:
        return beside or any(went != came for went, came in told)
    had, have = (_words(case, side) for side in (change.before, case.place().side(change)))
    if wording.tells(went):
        return beside and have.isdisjoint(went)
    return _says(have - had, [line for line in came if line not in had])


def _says(have: Iterable[bytes], wanted: Iterable[bytes]) -> bool:
    """Whether some lines say what others do, whatever signs or words beside them, and not by chance."""
    telling, said = [line for line in wanted if wording.tells([line])], b"\n".join(have)
    return wording.letters(telling) >= _RARE and all(line in said for line in telling)


def _plain(case: Case, change: Change, number: int) -> tuple[list[bytes], list[bytes]]:
    """The lines that a hunk removed, and those that it added, by their words alone."""
    went, came = fix_parts.did(case, change, number)
    return [*map(wording.plain, went)], [*map(wording.plain, came)]


def _words(case: Case, side: Side | None) -> set[bytes]:
    return {wording.plain(line) for line in case.scene.content.lines(side.oid)} if side else set()
