"""The commits among which a fix could have travelled, looked up together and only once.

The search reaches down to each fix's own ancestors, on the whole branch: a fix that is older on dev
than on main, in a history that was merged to main since, is found too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from auditor.fixes import FixCommit, counting
from auditor.git.below import Below
from auditor.git.changes import Changes, each
from auditor.presence.scene import Line, Scene

_NAMESAKES = 64


class Search:
    """For each fix that is looked for: the commits that touch its paths and are not its ancestors.

    `lines` has the branches for whose sake it is: those that lack it, as some lack the `absent` ones, or, if
    any, those that `moved` on.
    """

    def __init__(
        self,
        scene: Scene,
        absent: Sequence[FixCommit],
        lines: Mapping[int, frozenset[int]],
        paths: Iterable[str],
        *,
        moved: bool,
    ):
        self.scene = scene
        self._lines = lines
        self._below = Below(scene.history, dict.fromkeys(lines))
        self.changes: dict[int, Changes] = {}
        self.merged: dict[int, Changes] = {}
        self._touching: dict[str, list[int]] = defaultdict(list)
        wanted = sorted(set(paths))
        below_all = self._below.every(f.number for f in absent)
        self._look(self._scope(below_all, moved=moved), wanted)
        self._look_at_merges(below_all, wanted)

    def _scope(self, below_all: set[int], *, moved: bool) -> list[int]:
        """Whatever is not below every absent fix; for the others, what branches have and main has not."""
        reach, parents = self.scene.reach, self.scene.history.parents
        return [
            n
            for n in self.scene.history.order
            if len(parents[n]) < 2
            and reach[n]
            and (n not in below_all or (moved and not reach[n] & 1))
            and n not in self.scene.history.cut
        ]

    def _look(self, scope: list[int], paths: list[str]) -> None:
        if not scope or not paths:
            return
        history = self.scene.history
        wanted = set(paths)
        for number, found in zip(scope, each(self.scene.content.store, [history.step(n) for n in scope]), strict=True):
            counted = counting(found, self.scene.counts)
            if counted and any(c.path in wanted for c in counted):
                self.changes[number] = counted
                for change in counted:
                    self._touching[change.path].append(number)

    def _look_at_merges(self, below_all: set[int], paths: list[str]) -> None:
        """What branches' merges did to these paths: of a topic's commits together, one of main may be the squash."""
        history, reach = self.scene.history, self.scene.reach
        merges = [n for n in history.order if len(history.parents[n]) > 1 and reach[n] & ~1 and n not in below_all]
        if merges and paths:
            found = each(self.scene.content.store, [history.step(n) for n in merges], paths)
            self.merged = {n: changes for n, changes in zip(merges, found, strict=True) if changes}

    def merges(self, fix: FixCommit, line: Line, paths: Iterable[str]) -> list[int]:
        """Merges of a branch that changed any of `paths`, by what is not below the fix, oldest first."""
        wanted, history = set(paths), self.scene.history
        found = [n for n, changes in self.merged.items() if any(c.path in wanted for c in changes)]
        kept = [n for n in found if self.scene.contains(line, n) and not self._brings_only_below(fix, n)]
        return sorted(kept, key=lambda n: (history.generation[n], history.ids[n]))

    def candidates(self, fix: FixCommit, line: Line, paths: Iterable[str]) -> list[int]:
        """Commits of a branch that touch any of `paths` and are not below the fix, oldest first.

        None for a fix that was not looked for there: what others brought to light is not its evidence. Nor are, on a
        branch that contains the fix, the commits that main has too: they say nothing of the branch alone.
        """
        if not self._sought(fix, line):
            return []
        history, scene = self.scene.history, self.scene
        own = line is not scene.main and scene.contains(line, fix.number)
        found = {n for path in paths for n in self._touching.get(path, ()) if not (own and scene.reach[n] & 1)}
        kept = [n for n in found if scene.contains(line, n) and not self.is_below(fix, n)]
        return sorted(kept, key=lambda n: (self.scene.place(line, n), history.generation[n], history.ids[n]))

    def twins(self, fix: FixCommit, line: Line) -> list[int]:
        """Commits of a branch by the fix's author, of its author date, in any file, that are not below it."""
        return self._others(fix, line, self.scene.authored.get(self.scene.history.authored[fix.number], ()))

    def namesakes(self, fix: FixCommit, line: Line) -> list[int]:
        """Commits of a branch by the fix's author, under its title, in any file, that are not below it.

        A title that so many commits have says of none what it does.
        """
        found = self.scene.under_title(fix.number)
        return self._others(fix, line, found) if len(found) <= _NAMESAKES else []

    def of_one_change(self, fix: FixCommit, line: Line) -> list[int]:
        """Commits of a branch that have a Change-Id of the fix, in any file, that are not below it."""
        return self._others(fix, line, self.scene.of_one_change(fix.number))

    def _others(self, fix: FixCommit, line: Line, maybe: Iterable[int]) -> list[int]:
        history = self.scene.history
        found = maybe if self._sought(fix, line) else ()
        kept = [n for n in found if self.scene.contains(line, n) and not self.is_below(fix, n)]
        whole = [n for n in kept if n not in history.cut and not self._brings_only_below(fix, n)]
        return sorted(whole, key=lambda n: (history.generation[n], history.ids[n]))

    def _sought(self, fix: FixCommit, line: Line) -> bool:
        """Whether a fix is looked for on a branch; on main, for any."""
        return fix.number in self._lines and (line is self.scene.main or line.bit in self._lines[fix.number])

    def _brings_only_below(self, fix: FixCommit, number: int) -> bool:
        """Whether it merges but what is below the fix."""
        merged = self.scene.history.parents[number][1:]
        return bool(merged) and all(self.is_below(fix, n) for n in merged)

    def is_below(self, fix: FixCommit, number: int) -> bool:
        """Whether a commit is the fix itself or one of its ancestors."""
        if fix.number not in self._below:
            return number == fix.number
        return self._below.is_below(fix.number, number)
