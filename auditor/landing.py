"""How fixes came to main: by which commits of main's own line."""

from __future__ import annotations

from auditor.fixes import FixCommit
from auditor.presence.scene import Scene

# A button that rebases lands as many commits as were reviewed; more than these are not looked through.
_MOST_AFTER = 10


def of(scene: Scene, fix: FixCommit, tagged: int | None) -> tuple[str, ...]:
    """The first commit of main's line that has the fix; where that is no merge, also those after it, up to the tag.

    Nothing where main's history is cut short.
    """
    trunk, places = scene.arrivals(scene.main)
    if tagged is None or places[fix.number] < 0 or places[tagged] < 0:
        return ()
    first = places[fix.number]
    merged = len(scene.history.parents[trunk[first]]) > 1
    last = first if merged else min(places[tagged], first + _MOST_AFTER)
    return tuple(scene.history.ids[n] for n in trunk[first : last + 1])
