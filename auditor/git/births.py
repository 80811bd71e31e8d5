"""Which commits added which files, and what each of those had been called before: one look at the whole history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache

from auditor.git.changes import Change, additions, diffs
from auditor.git.content import Content
from auditor.git.history import History

_ANSWERS = 50_000


class Births:
    """For each path, the commits that added it, against their first parents.

    `unreadable` is one whose files could not be looked at, if there is any.
    """

    def __init__(self, content: Content, history: History, numbers: Sequence[int]) -> None:
        self.content = content
        self.history = history
        self.by_path: dict[str, list[int]] = defaultdict(list)
        self.unreadable: str | None = None
        self.former = lru_cache(_ANSWERS)(self._find_former)
        steps = [history.step(n) for n in numbers]
        for number, added in zip(numbers, additions(content.store, steps), strict=True):
            if added is None and number not in history.cut:
                self.unreadable = history.ids[number]
            for change in added or ():
                self.by_path[change.path].append(number)

    @cached_property
    def folders(self) -> set[str]:
        """Every folder that ever had a file in it."""
        found: set[str] = set()
        for path in self.by_path:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return found

    @cached_property
    def _named(self) -> dict[str, list[str]]:
        """Every path that was ever added, by its last part."""
        found: dict[str, list[str]] = defaultdict(list)
        for path in self.by_path:
            found[path.rpartition("/")[2]].append(path)
        return found

    def namesakes(self, path: str) -> list[str]:
        """The files of a file's name that were ever added in other folders."""
        return [other for other in self._named.get(path.rpartition("/")[2], ()) if other != path]

    def alike(self, change: Change, base: str, others: Iterable[str], there: Callable[[int], bool]) -> list[str]:
        """Those of some files, not in `base`, that were born so alike that a changed file may be one of them.

        Alike to the file that the change was made on, or to that file as it was born; `there` tells which births count.
        """
        path, content, ids = change.path, self.content, self.history.ids
        born = (content.at(ids[n], path) for n in self.by_path.get(path, ()))
        known = dict.fromkeys(side for side in (change.before, *born) if side)
        alike = {
            (other, side)
            for other in others
            for n in self.by_path[other]
            if there(n) and (side := content.at(ids[n], other))
        }
        return sorted({o for o, side in alike if any(content.likest(one, path, [(o, side)], base) for one in known)})

    def _find_former(self, number: int, path: str) -> str | None:
        """The most alike of the files that a commit removed as it added `path`."""
        changes = diffs(self.content.store, [self.history.step(number)])[0] or ()
        added = next((c.after for c in changes if c.path == path and c.before is None), None)
        removed = [(c.path, c.before) for c in changes if c.after is None and c.before is not None]
        return self.content.likest(added, path, removed) if added else None
