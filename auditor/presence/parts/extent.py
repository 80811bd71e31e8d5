"""How much of an undone fix stands as before it: who reads of it may think otherwise of one line than of the whole."""

from __future__ import annotations

from auditor.presence.case import Case, Regions

# So many files are named.
_MOST = 3


def told(case: Case, back: Regions) -> str:
    """Words on which part of the fix is `back` as before it; none where that is all of it, or cannot be told."""
    changes = case.changes
    size = sum(case.scene.content.size(c) for c in changes)
    if not 0 < len(back) < size:
        return ""
    files = [c.path for c in changes if any(path == c.path for path, _ in back)]
    named = ", ".join(files[:_MOST])
    more = f" and {len(files) - _MOST} more" if len(files) > _MOST else ""
    return f"; of its {size} changes {len(back)} stand{'s' * (len(back) == 1)} as before it, in {named}{more}"
