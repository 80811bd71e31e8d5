"""Builds one case: a small repository of real trees, in which a real fix travels to a branch, and may be cut there.

The root has an older tree, main the fix and its tag. To the branch the fix comes by a merge, a pick or a squash. Before
and after, later commits of the real history are replayed there by three-way merges; those that conflict are left out.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pygit2

from tests.bench.sabotage.cut import WAYS, UnfitError, beside, cut
from tests.bench.sabotage.pick import Picked, Source, pick
from tests.bench.sabotage.scratch import Scratch

FIXED, BRANCH = "v1.0.1", "dev"
_TRAVELS = ("merge", "pick", "pick", "pick -x", "squash")
# The commit that cuts: by itself, with other work in it, merged with other work, or followed by one that edits a line
# beside what went.
_STYLES = ALONE, WITH, MERGED, THEN = ("alone", "with other work", "in a merge", "and later a line beside it edited")
_TRIES = 6  # to find something to take out


@dataclass(frozen=True)
class Taken:
    """What was taken out of the branch again, and how."""

    way: str
    style: str
    path: str
    diff: bytes

    def __str__(self) -> str:
        return f"{self.way} of {self.path}, {self.style}"


@dataclass(frozen=True)
class Case:
    """A repository that was built. `stands`: replaying the fix on the branch's tip changes nothing."""

    path: Path
    fix: str
    travelled: str
    taken: Taken | None
    stands: bool
    story: tuple[str, ...]


def build(source: Source, folder: Path, seed: int, *, sabotaged: bool) -> Case | None:
    """The case of a seed, the same each time; None where it gives none.

    Untouched and sabotaged, it is the same story up to what is taken out.
    """
    chance = random.Random(seed)
    try:
        picked = pick(source, chance)
        return _Story(source, picked, folder / "repository.git").told(chance, sabotaged=sabotaged)
    except UnfitError:
        return None


class _Story(Scratch):
    """The branch of one case while it is written."""

    def __init__(self, source: Source, picked: Picked, path: Path) -> None:
        super().__init__(path, source.objects, picked.base.tree_id)
        self.picked = picked
        self.fix = self._main()

    def told(self, chance: random.Random, *, sabotaged: bool) -> Case:
        """The branch from its start to its end."""
        later = self.picked.later
        first, last = sorted(chance.choices(range(len(later) + 1), k=2))
        self.work(self.picked.others[:1])
        travelled = chance.choice(_TRAVELS)
        self.arrive(travelled)
        self.work(later[:first])
        taken = self.sabotage(chance, later[first:last][:1]) if sabotaged else None
        self.work(later[first + (1 if taken and taken.style in (WITH, MERGED) else 0) : last])
        self.repo.references.create(f"refs/heads/{BRANCH}", self.tip)
        stands = self.replayed(self.picked.before, self.picked.fix.tree_id) == self.tree
        return Case(self.path, str(self.fix), travelled, taken, stands, tuple(self.story))

    # The fix

    def _main(self) -> pygit2.Oid:
        """Main: what the fix was made on, where that is not the root, then the fix; both are tagged."""
        fix, tip = self.picked.fix, self.tip
        if self.picked.before != self.tree:
            tip = self.commit("Work on main", [tip], self.picked.before)
        self.tag("v1.0.0", tip)
        tip = self.commit(fix.raw_message, [tip], fix.tree_id, like=fix)
        self.tag(FIXED, tip)
        self.repo.references.create("refs/heads/main", tip)
        return tip

    def arrive(self, travelled: str) -> None:
        """Brings the fix to the branch."""
        fix = self.picked.fix
        base = self.picked.base.tree_id if travelled == "merge" else self.picked.before
        before, self.tree = self.tree, self.must(self.replayed(base, fix.tree_id))
        if self.tree == before:
            raise UnfitError
        self.story.append(f"The fix comes by {travelled}:")
        if travelled == "merge":
            self.tip = self.commit("Merge main", [self.tip, self.fix])
        elif travelled == "squash":
            self.tree = self.replayed_all(self.picked.others[1:])
            self.tip = self.commit("Sync fixes", [self.tip])
        else:
            more = f"\n(cherry picked from commit {self.fix})\n" if travelled == "pick -x" else ""
            self.tip = self.commit(fix.raw_message + more.encode(), [self.tip], like=fix)

    # The sabotage

    def sabotage(self, chance: random.Random, work: Sequence[pygit2.Commit]) -> Taken:
        """Takes a part of the fix out; `work` is a commit that may come with that."""
        style = chance.choice(_STYLES if work else (ALONE, THEN))
        before = self.tree
        way, path = self.cut(chance)
        taken = Taken(way, style, path, self.diff(before))
        self.story.append(f"Taken out: {taken}")
        self.write(style, before, work)
        if style == THEN:
            self.tree = self.put(path, beside(chance, self.text(path, before), self.text(path)))
            self.tip = self.commit("Polish", [self.tip])
        return taken

    def cut(self, chance: random.Random) -> tuple[str, str]:
        """Takes a part of the fix out of the tree: in which way, and of which file."""
        for _ in range(_TRIES):
            found, way = chance.choice(self.picked.edits), chance.choice(WAYS)
            with suppress(UnfitError):
                self.tree = self.put(found.path, cut(chance, found, way, self.text(found.path)))
                return way, found.path
        raise UnfitError

    def write(self, style: str, before: pygit2.Oid, work: Sequence[pygit2.Commit]) -> None:
        """Commits the tree that was cut; it was `before`."""
        parents = [self.tip]
        if style == MERGED:
            base, theirs = work[0].parents[0].tree_id, work[0].tree_id
            side = self.must(self.replayed(base, theirs, before))
            parents = [self.tip, self.commit(work[0].raw_message, [self.tip], side, like=work[0])]
            self.tree = self.must(self.replayed(base, theirs))
        elif style == WITH:
            self.tree = self.replayed_all(work)
        self.tip = self.commit("Merge topic" if style == MERGED else "Clean up", parents)
