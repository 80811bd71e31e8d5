"""What a back-merge would meet: the hotfix's net change replayed onto a branch, path by path."""

from __future__ import annotations

from auditor.git.changes import Changes
from auditor.git.content import Content
from auditor.git.replays import Replay
from auditor.model import Forecast


def forecast(content: Content, net: Changes, base: str | None, tip: str) -> Forecast:
    """Clean, or the paths that would conflict, sorted, each once. Renamed files are named as on the branch."""
    conflicts = []
    for change in net:
        path, there = change.path, content.at(tip, change.path)
        if there is None and change.before is not None and base is not None:
            path = content.renamed(change, base, tip) or path
            there = content.at(tip, path)
        if content.replay(change, there) is Replay.CONFLICT:
            conflicts.append(path.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))
    return Forecast(not conflicts, tuple(sorted(set(conflicts))))
