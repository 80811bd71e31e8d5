"""One fix on one branch: what the rungs are asked about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from auditor.fixes import FixCommit
from auditor.git.changes import Change, Changes, Side
from auditor.model import Status, Via
from auditor.presence.parts.place import Older, Place
from auditor.presence.scene import Line, Scene, Whole
from auditor.presence.search import Search

# Hunks of a fix: the path, and which of what the fix did there; below zero what is taken as a whole.
Regions = frozenset[tuple[str, int]]
# A hunk of a fix by the change of its file.
Part = tuple[Change, int]


@dataclass(frozen=True, slots=True)
class Found:
    """What a rung found: the commit that carries the fix (None for content alone), and a sentence.

    `whole` is the larger change that was found in place of the fix itself.
    """

    via: Via
    number: int | None
    detail: str
    whole: Whole | None = None


@dataclass(frozen=True, slots=True)
class Undone:
    """How the fix came to be undone: `reverted` or `dropped`, by which commit, and when that arrived."""

    status: Status
    number: int
    detail: str
    since: int


@dataclass(frozen=True, slots=True)
class Case:
    """A fix, a branch, and where to look.

    `top` is the commit that was tagged, `hotfix` what all its fixes did to each file, the lowest of them first; `came`,
    where it is known, the commit that brought the fix to the branch.
    """

    scene: Scene
    search: Search
    fix: FixCommit
    line: Line
    larger: Callable[[], tuple[Whole, ...]]
    top: str
    hotfix: Mapping[str, Sequence[tuple[int, Change]]]
    came: int | None = None
    older: tuple[Older, ...] = ()

    @property
    def changes(self) -> Changes:
        """What the fix changes; nothing where that cannot be read, which is told before anything is asked of it."""
        return self.fix.changes or ()

    def parts(self, regions: Regions) -> list[Part]:
        """Those of some regions that are hunks of texts."""
        changes = {c.path: c for c in self.changes}
        return [(changes[path], n) for path, n in regions if n >= 0]

    def own_files(self) -> Iterator[tuple[Change, Side | None, Side | None]]:
        """The files that the branch has otherwise than the fix left them, and than main: here, and on main."""
        here, main = self.place(), self.on_main()
        sides = ((change, here.side(change), main.side(change)) for change in self.changes)
        return ((change, side, on_main) for change, side, on_main in sides if side not in (change.after, on_main))

    @property
    def wholes(self) -> tuple[Whole, ...]:
        """The larger changes that the fix is a part of, worked out when first asked for."""
        return self.larger()

    def place(self, commit: str | None = None) -> Place:
        """The fix held against a commit, the branch's tip by default."""
        return self._place(commit or self.line.tip, None if self.came is None else self.arrival)

    def at(self, number: int) -> Place:
        """The fix held against a commit that is given by its number."""
        return self.place(self.scene.history.ids[number])

    def on_main(self) -> Place:
        """The fix held against main's tip."""
        return self.place(self.scene.main.tip)

    def since(self, number: int) -> list[int]:
        """The branch's own line of commits from the one with which a commit arrived."""
        return self.scene.since(self.line, number)

    def end(self, commit: str) -> Place:
        """The same for one of the few commits that are worth a search for moved files, as tips are."""
        return replace(self.place(commit), ends=(self.line.tip, self.scene.main.tip, commit))

    def _place(self, commit: str, arrival: Callable[[], tuple[Place, Place] | None] | None) -> Place:
        ends = self.line.tip, self.scene.main.tip
        return Place(self.scene, self.fix, commit, ends, arrival, self.older, self.line, self._until())

    def _until(self) -> str | None:
        if self.came is None:
            return None
        history = self.scene.history
        above = history.parents[self.scene.arrival(self.line, self.came)]
        return history.ids[above[0]] if above else None

    def arrival(self) -> tuple[Place, Place] | None:
        """Where the branch and what brought `came` had parted, and the branch's first-parent commit just after it.

        Before its arrival the branch may have gone its own way there: that is not what the fix found, nor older.
        """
        if self.came is None:
            return None
        history = self.scene.history
        after = self.scene.arrival(self.line, self.came)
        above = history.parents[after]
        parted = self.scene.parted(self.line, after) if len(above) > 1 else above
        return (self._place(history.ids[parted[0]], None), self._place(history.ids[after], None)) if parted else None

    def held(self, commit: str | None = None) -> bool:
        """Whether replaying the fix there changes nothing."""
        return self.holds(self.changes, commit)

    def holds(self, changes: Changes, commit: str | None = None) -> bool:
        """Whether replaying `changes` there changes nothing."""
        place, holds = self.place(commit), self.scene.content.holds
        return all(holds(c, place.side(c)) for c in changes)

    def whole_held(self, commit: str | None = None) -> Whole | None:
        """The first larger change with the fix in it whose replay there changes nothing."""
        return next((w for w in self.wholes if self.holds(w.changes, commit)), None)

    def felt(self, number: int, line: Line, *, out: bool) -> bool:
        """Whether what a commit did had its effect on a branch: a merge may have brought it, and kept the other side.

        The fix was taken `out` where it is not whole after the merge, and brought where any file of it is, or most of
        what that commit brought.
        """
        arrival = self.scene.arrival(line, number)
        if arrival == number:
            return True
        oid = self.scene.history.ids[arrival]
        if out:
            return not self.held(oid) and not self._held_without(number, oid)
        whole = self.held(oid) or self.whole_held(oid) is not None
        return whole or any(self.holds((c,), oid) for c in self.changes) or self._let_in(number, oid)

    def _held_without(self, number: int, commit: str) -> bool:
        """Whether a larger change stands there, but one that has the commit in it, and so nothing of what that took."""
        history = self.scene.history
        larger = (w for w in self.wholes if self.holds(w.changes, commit))
        return any(not history.has(history.number[w.top], number) for w in larger)

    def _let_in(self, number: int, oid: str) -> bool:
        """Whether the files of a merge have most of the lines that a commit below it brought."""
        content, wanted, found = self.scene.content, 0, 0
        for change in self.scene.brought(number):
            added = content.changed_lines(change)[1]
            wanted += added.total()
            found += (added & content.all_lines(content.at(oid, change.path))).total()
        return wanted > 0 and 2 * found > wanted

    def made_by(self, number: int) -> Changes:
        """What a commit changes, whether or not the search came by it."""
        return self.search.changes.get(number) or self.scene.brought(number)

    def last_own(self, found: Iterable[tuple[int | None, str] | None]) -> tuple[int, str] | None:
        """Of some commits, each with what it did, the last that the branch's own line got, and main has not."""
        scene = self.scene
        commits = ((one[0], one[1]) for one in found if one is not None and one[0] is not None)
        own = [(number, did) for number, did in commits if not scene.contains(scene.main, number)]
        return max(own, key=lambda one: scene.place(self.line, one[0]), default=None)

    def lacking(self, commit: str | None = None) -> Regions:
        """The regions that stand there as before the fix, and on main do not."""
        return self.place(commit).undone() - replace(self.on_main(), likewise=True).undone()

    def candidates(self) -> list[int]:
        """The branch's commits that touch what the fix touches, under the names it has there."""
        return self.search.candidates(self.fix, self.line, self.paths())

    def merges(self) -> list[int]:
        """The branch's merges that changed these files by what is not below the fix."""
        return self.search.merges(self.fix, self.line, self.paths())

    def paths(self) -> set[str]:
        """The fix's paths, with those they were renamed to on the branch."""
        return set(names(self.scene, self.fix, self.line).values()) | set(self.fix.paths)

    def carriers(self) -> Iterator[int]:
        """The fix, and the merges that brought it to main."""
        yield self.fix.number
        yield from self.fix.carriers


def counterparts(case: Case, theirs: Changes) -> Iterator[tuple[Change, Change | None]]:
    """Each of the fix's changes with what a commit did to that file, under its name or the one that it has there."""
    moved, by_path = names(case.scene, case.fix, case.line), {c.path: c for c in theirs}
    return ((c, by_path.get(c.path) or by_path.get(moved[c.path])) for c in case.changes)


def names(scene: Scene, fix: FixCommit, line: Line) -> Mapping[str, str]:
    """For each path of a fix, the one it has at the branch's tip."""
    return scene.named((fix, line), lambda: {c.path: _name(scene, fix, c, line) or c.path for c in fix.changes or ()})


def _name(scene: Scene, fix: FixCommit, change: Change, line: Line) -> str | None:
    """Where a file lives at a branch's tip, if not at its own path: moved there, or made there from the first."""
    content = scene.content
    if content.at(line.tip, change.path) is not None or change.before is None or fix.base is None:
        return None
    moved = content.moved_to(change, fix.base, line.tip)
    if moved or scene.contains(line, fix.number):
        return moved
    there = (name for name in scene.namesakes(fix, change, line) if content.at(line.tip, name) is not None)
    return next(there, None)
