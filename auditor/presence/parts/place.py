"""A fix held against the files of one commit: where they are there, and what of them stands as before the fix."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator
from dataclasses import dataclass

from auditor.fixes import FixCommit
from auditor.git.changes import Change, Changes, Side
from auditor.presence.scene import Line, Scene


@dataclass(frozen=True, slots=True)
class Older:
    """A version of a file from before what a fix was made on; what stood so when it `came` tells nothing."""

    path: str
    side: Side
    came: Side | None


@dataclass(frozen=True, slots=True)
class Place:
    """A fix held against the files of one commit. `ends` are the tips whose names for moved files hold below, too.

    `arrival`, where it can be known: what the branch had in common with the fix before it came, and the branch just
    after. It is seldom needed, and worked out when it is.
    `older` are files as they were before earlier fixes that this one goes on from, where a tip stands so again.
    `line` is the branch whose commit it is, or with which it is compared.
    `until` is, where that is known, the branch's last commit before the fix came. `likewise`: main's files are followed
    as the branch's are, to tell what stands on both.
    """

    scene: Scene
    fix: FixCommit
    commit: str
    ends: tuple[str, ...]
    arrival: Callable[[], tuple[Place, Place] | None] | None = None
    older: tuple[Older, ...] = ()
    line: Line | None = None
    until: str | None = None
    likewise: bool = False

    @property
    def changes(self) -> Changes:
        """What the fix changes."""
        return self.fix.changes or ()

    def side(self, change: Change) -> Side | None:
        """The file at this commit, followed through a rename where its own path is empty."""
        content = self.scene.content
        found = content.at(self.commit, change.path)
        if found is not None or change.before is None or self.fix.base is None:
            return found
        for end in self._searched():
            moved = None if content.at(end, change.path) else content.moved_to(change, self.fix.base, end)
            found = content.at(self.commit, moved) if moved and not self._is_another(change, moved) else None
            if found is not None:
                return found
        return self._namesake(change)

    def _searched(self) -> tuple[str, ...]:
        """Where renames are looked for: at tips only. To compare all files of commit after commit would never end."""
        return (self.commit,) if self.commit in self.ends else self.ends

    def _namesake(self, change: Change) -> Side | None:
        """The file that the branch made under another name from the first. What has the fix has the fix's own."""
        line, content = self.line, self.scene.content
        if line is None or self.scene.contains(line, self.fix.number):
            return None
        names = [n for n in self.scene.namesakes(self.fix, change, line) if not self._is_another(change, n)]
        return next((side for name in names if (side := content.at(self.commit, name)) is not None), None)

    def _is_another(self, change: Change, name: str) -> bool:
        """Whether a file like one that the fix removed is another one: unless the branch had moved it there before.

        Where the fix itself makes that file, it is the fix's.
        """
        if change.after is not None:
            return False
        if any(c.path == name and c.before is None for c in self.changes):
            return True
        if self.commit == self.scene.main.tip and not self.likewise:
            return True
        at, until = self.scene.content.at, self.until
        return until is not None and (at(until, change.path) is not None or at(until, name) is None)

    def undone(self) -> frozenset[tuple[str, int]]:
        """The regions of the fix that stand here as they were before it, or before it came to the branch."""
        return frozenset(self.old_regions())

    def old_regions(self, first: Container[str] = ()) -> Iterator[tuple[str, int]]:
        """The same as they are found: those of the files `first` before others, for who seeks any."""
        content = self.scene.content
        for change in sorted(self.changes, key=lambda c: c.path not in first):
            for hunk in content.undone(change, self.side(change)) | self._restored(change):
                yield change.path, hunk

    def _restored(self, change: Change) -> frozenset[int]:
        content, there = self.scene.content, self.side(change)
        older = (content.restored(change, o.side, there, o.came) for o in self.older if o.path == change.path)
        return self._restored_since(change).union(*older)

    def _restored_since(self, change: Change) -> frozenset[int]:
        here = self.side(change)
        if self.arrival is None or not self.scene.content.gave_way(change, here):
            return frozenset()
        arrival = self.arrival()
        earlier, came = (place.side(change) for place in arrival) if arrival else (None, None)
        if came in (earlier, here):
            return frozenset()
        restored = self.scene.content.restored
        back = restored(change, earlier, here, arrived=came)
        return back - restored(change, earlier, came) if back else back

    def gone(self) -> frozenset[tuple[str, int]]:
        """The files that the fix added and that are not here, under whatever name."""
        return frozenset((c.path, -1) for c in self.changes if c.before is None and not self._came(c))

    def _came(self, change: Change) -> bool:
        """Whether a file that the fix added is here, or one like it that neither fix nor branch had before."""
        at = self.scene.content.at
        if at(self.commit, change.path) is not None:
            return True
        moved = {self.scene.content.moved_to(change, self.fix.oid, end) for end in self._searched()}
        had = {name for name in moved if name and self.until and at(self.until, name) is not None}
        return any(at(self.commit, name) is not None for name in moved - had if name)
