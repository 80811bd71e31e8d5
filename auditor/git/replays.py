"""What replaying a change onto a file as a three-way merge would do: git's own question of three blobs."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from functools import lru_cache, partial

import pygit2

from auditor.git.changes import REGULAR, Change, Side
from auditor.git.marks import Marks
from auditor.git.store import Store
from auditor.text import lines
from auditor.text.lines import Hunk

# How many answers are kept.
_ANSWERS = 30_000


class Replay(Enum):
    """What replaying a change onto a file as a three-way merge would do."""

    NOTHING = "changes nothing"
    CLEAN = "applies"
    CONFLICT = "conflicts"


class Replays(Marks):
    """Answers about the files of one repository."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        super().__init__(store, tips)
        self._replays = lru_cache(_ANSWERS)(self._replay)

    def holds(self, change: Change, there: Side | None) -> bool:
        """Whether replaying `change` onto a file as it is `there` would change nothing."""
        return self.could_hold(change, there) and self.replay(change, there) is Replay.NOTHING

    def replay(self, change: Change, there: Side | None) -> Replay:
        """What replaying `change` onto a file as it is `there` would do."""
        return self._replays(change.before, change.after, there)

    def _replay(self, before: Side | None, after: Side | None, there: Side | None) -> Replay:
        if there == after:
            return Replay.NOTHING
        if there == before:
            return Replay.CLEAN
        if before is None or after is None or there is None:
            return Replay.CONFLICT
        mode = _merge_modes(before.mode, there.mode, after.mode)
        blob = self._replay_blob(before, after, there)
        return max(mode, blob, key=list(Replay).index)

    def _replay_blob(self, before: Side, after: Side, there: Side) -> Replay:
        if after.oid in (there.oid, before.oid):
            return Replay.NOTHING
        if there.oid == before.oid:
            return Replay.CLEAN
        if not all(side.mode in REGULAR for side in (before, after, there)):
            return Replay.CONFLICT
        ours, theirs = self.hunks(before.oid, there.oid), self.own_hunks(before.oid, after.oid)
        if ours is None or theirs is None:
            return Replay.CONFLICT
        return self._replay_hunks(after, there, ours, theirs)

    def _replay_hunks(self, after: Side, there: Side, ours: tuple[Hunk, ...], theirs: tuple[Hunk, ...]) -> Replay:
        have, want = self.lines(there.oid), self.lines(after.oid)
        done = {(h.old, h.removed, tuple(h.added_of(have))) for h in ours}
        left = [h for h in theirs if (h.old, h.removed, tuple(h.added_of(want))) not in done]
        if any(lines.overlaps(h, other) for h in left for other in ours):
            return Replay.CONFLICT
        return Replay.CLEAN if left else Replay.NOTHING

    def merges_to(self, base: Side, ours: Side, theirs: Side, merged: Side) -> bool:
        """Whether libgit2 merges three texts to `merged` without a conflict: a quick yes, while a no proves nothing."""
        if {base.mode, ours.mode, theirs.mode, merged.mode} != {base.mode} or base.mode not in REGULAR:
            return False
        entry = partial(pygit2.IndexEntry, "x", mode=pygit2.enums.FileMode.BLOB)
        one, other, third = (entry(object_id=pygit2.Oid(hex=side.oid)) for side in (base, ours, theirs))
        try:
            found = self.store.objects.merge_file_from_index(one, other, third)
        except (pygit2.GitError, ValueError, KeyError, OSError, RuntimeError):
            # Of what is no text there is no merged one: pygit2 has nothing to read then.
            return False
        return found.automergeable and str(pygit2.hash(found.contents.encode())) == merged.oid


def _merge_modes(before: int, there: int, after: int) -> Replay:
    if after in (before, there):
        return Replay.NOTHING
    return Replay.CLEAN if there == before else Replay.CONFLICT
