"""The versions that main has had of the files that fixes change: one look at its whole line of commits."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from auditor.git.changes import Side, each
from auditor.git.content import Content
from auditor.git.history import History

# So far back it is looked: further, a version that is there again tells more of habit than of a way back.
MOST_VERSIONS = 16


class Versions:
    """For each path, what stood there since which place of a line of commits."""

    def __init__(self, content: Content, history: History, trunk: Sequence[int], paths: Sequence[str]) -> None:
        self._by_path: dict[str, list[tuple[int, Side | None]]] = defaultdict(list)
        for place, changes in enumerate(each(content.store, [history.step(n) for n in trunk], paths)):
            for change in changes or ():
                self._by_path[change.path].append((place, change.after))

    def again(self, path: str, place: int) -> Iterator[Side]:
        """Versions of a file from before a place of the line that it had again after it, the latest first."""
        known = self._by_path.get(path, [])
        later = {side for at, side in known if at > place}
        earlier = dict.fromkeys(side for at, side in reversed(known) if at < place)
        yield from (side for side in [*earlier][:MOST_VERSIONS] if side is not None and side in later)

    def earlier(self, path: str, place: int) -> list[Side | None]:
        """The latest versions of a file from before a place of the line."""
        return [side for at, side in self._by_path.get(path, []) if at < place][-MOST_VERSIONS:]
