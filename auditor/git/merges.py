"""What a merge holds of its own: what differs from the merge as git would have made it."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.errors import RepositoryError
from auditor.git import lines, process
from auditor.git.changes import Change, Changes, Side, diffs, read_raw
from auditor.git.content import Content
from auditor.git.history import History

_REGULAR = (0o100644, 0o100755)


def own_changes(content: Content, history: History, merges: Sequence[int]) -> dict[int, Changes | None]:
    """For each merge, the changes that no parent brought; None where it cannot be established.

    In a path that git merges cleanly any difference counts, in one that conflicts only the lines
    that neither side had.
    """
    plain = [m for m in merges if len(history.parents[m]) == 2]
    suspects = _suspects(content, history, plain)
    found: dict[int, Changes | None] = dict.fromkeys(merges, ())
    for merge in suspects:
        found[merge] = _remerge(content, history, merge)
    for merge in merges:
        if len(history.parents[merge]) > 2:
            found[merge] = _octopus(content, history, merge)
    return found


def _suspects(content: Content, history: History, merges: Sequence[int]) -> list[int]:
    """The merges that a look at whole blobs does not already show to be git's own."""
    ids = history.ids
    bases = {m: history.merge_bases(*history.parents[m]) for m in merges}
    single = [m for m in merges if len(bases[m]) == 1]
    questions = []
    for merge in single:
        ours, theirs = (ids[p] for p in history.parents[merge])
        base = ids[bases[merge][0]]
        questions += [f"{ids[merge]} {base}", f"{ours} {base}", f"{theirs} {base}"]
    answers = iter(diffs(content.store, questions))
    unclear = [m for m in merges if len(bases[m]) != 1]
    for merge in single:
        merged, ours_changes, theirs_changes = next(answers), next(answers), next(answers)
        if not _as_expected(content, merged, ours_changes, theirs_changes):
            unclear.append(merge)
    return unclear


def _as_expected(content: Content, merged: Changes | None, ours: Changes | None, theirs: Changes | None) -> bool:
    if merged is None or ours is None or theirs is None:
        return False
    result = {c.path: c for c in merged}
    mine = {c.path: c for c in ours}
    yours = {c.path: c for c in theirs}
    for path in result.keys() | mine.keys() | yours.keys():
        one, other, got = mine.get(path), yours.get(path), result.get(path)
        if one is None or other is None or one.after == other.after:
            if got != (one or other):
                return False
        elif not _merges_to(content, one, other, got):
            return False
    return True


def _merges_to(content: Content, one: Change, other: Change, got: Change | None) -> bool:
    sides = (one.before, one.after, other.after, got.after if got else one.before)
    if not all(side is not None and side.mode in _REGULAR for side in sides):
        return False
    base, ours, theirs, result = (content.store.blob(side.oid) for side in sides if side)
    if any(lines.is_binary(data) for data in (base, ours, theirs, result)):
        return False
    return lines.merge(base, ours, theirs) == result


def _remerge(content: Content, history: History, merge: int) -> Changes | None:
    """Makes the merge again with git, in the scratch repository, and compares."""
    ours, theirs = (history.ids[p] for p in history.parents[merge])
    options = ("--write-tree", "-z", "--name-only", "--no-messages", "--allow-unrelated-histories")
    try:
        said = process.run(content.store.git_dir, "merge-tree", *options, ours, theirs, accept=(0, 1))
        tree, *conflicts = said.decode("utf-8", "surrogateescape").rstrip("\0").split("\0")
        out = process.run(
            content.store.git_dir, "diff-tree", "-r", "--raw", "-z", "--no-renames", "--abbrev=64", tree,
            content.tree_id(history.ids[merge]),
        )  # fmt: skip
        differing = read_raw(out)
        return _counting(content, (ours, theirs), differing, set(conflicts))
    except RepositoryError:
        return None


def _counting(content: Content, parents: tuple[str, ...], differing: Changes, conflicts: set[str]) -> Changes:
    kept = []
    for change in differing:
        if change.path not in conflicts:
            kept.append(change)
        elif change.after is not None:
            sides = [content.at(parent, change.path) for parent in parents]
            novel = _novel(content, change.path, change.after, sides)
            kept += [novel] if novel else []
    return tuple(kept)


def _novel(content: Content, path: str, after: Side, sides: Sequence[Side | None]) -> Change | None:
    """The change that adds, to a conflicted file as merged, the lines that no side had."""
    if after.mode not in _REGULAR or after in sides:
        return None
    merged = content.store.blob(after.oid)
    if lines.is_binary(merged):
        return Change(path, next((s for s in sides if s), None), after)
    known = [content.store.blob(side.oid) for side in sides if side and side.mode in _REGULAR]
    without, count = lines.novel(merged, *known)
    return Change(path, Side(after.mode, content.store.write_blob(without)), after) if count else None


def _octopus(content: Content, history: History, merge: int) -> Changes | None:
    """Of a merge of more than two, only lines that no parent had count."""
    parents = [history.ids[p] for p in history.parents[merge]]
    against = diffs(content.store, [f"{history.ids[merge]} {parent}" for parent in parents])
    if any(changes is None for changes in against):
        return None
    shared = set.intersection(*({c.path for c in changes or ()} for changes in against))
    found = []
    for change in against[0] or ():
        if change.path in shared and change.after is not None:
            sides = [content.at(parent, change.path) for parent in parents]
            novel = _novel(content, change.path, change.after, sides)
            found += [novel] if novel else []
    return tuple(found)
