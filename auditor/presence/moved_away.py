"""Whether main moved what a fix added to another file: then it was not taken back."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath

from auditor.git import wording
from auditor.presence.case import Case
from auditor.presence.since import first_of_last

# Fewer lines than these, which tell something, stand elsewhere by chance.
_LEAST = 3


def moved_away(case: Case) -> bool:
    """Whether the commit of main's own line that took the fix's lines out added half of them to one other file."""
    wanted = _brought(case)
    if wanted.total() < _LEAST:
        return False
    kinds = {PurePosixPath(path).suffix for path in case.fix.paths}
    others = (c for c in case.scene.brought(_taken_out(case)) or () if c.path not in case.fix.paths)
    added = (case.scene.content.changed_lines(c)[1] for c in others if PurePosixPath(c.path).suffix in kinds)
    return any((wanted & found).total() >= max(_LEAST, wanted.total() / 2) for found in added)


def _brought(case: Case) -> Counter[bytes]:
    """The telling lines that the fix brought to the files that it found."""
    found: Counter[bytes] = Counter()
    for change in case.fix.changes or ():
        if change.before is not None:
            removed, added = case.scene.content.changed_lines(change)
            found += added - removed
    return Counter({line: count for line, count in found.items() if wording.tells([line])})


def _taken_out(case: Case) -> int:
    """The commit of main's first-parent line since which the lines are as before: the merge that brought both, too."""
    scene = case.scene
    trunk, places = scene.arrivals(scene.main)
    later = trunk[places[case.fix.number] :]

    def version(at: int) -> object:
        place = case.place(scene.history.ids[later[at]])
        return [place.side(c) for c in case.fix.changes or ()]

    first = first_of_last(len(later), version, lambda at: bool(case.place(scene.history.ids[later[at]]).undone()))
    return later[first]
