"""What a back-merge would meet: the hotfix's net change replayed onto a branch, path by path."""

from __future__ import annotations

from auditor.git.changes import Changes
from auditor.git.content import Content, Replay
from auditor.model import Forecast


def forecast(content: Content, net: Changes, base: str | None, tip: str) -> Forecast:
    """Clean, or the paths that would conflict, sorted. Renamed files are followed."""
    conflicts = []
    for change in net:
        there = content.at(tip, change.path)
        if there is None and change.before is not None and base is not None:
            moved = content.renamed(change, base, tip)
            there = content.at(tip, moved) if moved else None
        if content.replay(change, there) is Replay.CONFLICT:
            conflicts.append(change.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return Forecast(not conflicts, tuple(sorted(conflicts)))
