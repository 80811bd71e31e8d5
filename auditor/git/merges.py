"""What a merge holds of its own: what differs from the merge as git would have made it.

The merge is made again in memory, path by path, and never by git itself: git would write its result,
and where an object exists already, touch the audited repository's files to keep them fresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.errors import RepositoryError
from auditor.git.changes import REGULAR, Change, Changes, Side, diffs
from auditor.git.content import Content
from auditor.git.history import History
from auditor.text import lines


@dataclass(frozen=True, slots=True)
class _Expected:
    """A path as git would have merged it; `clean` is False where it would have asked a person."""

    side: Side | None
    clean: bool = True


_CONFLICT = _Expected(None, clean=False)
# Two long-lived sides may differ in thousands of files: not all merges are held in memory at once.
_MERGES_A_LOOK = 100


@dataclass(frozen=True, slots=True)
class _Merge:
    """A merge with the commits that decide it."""

    merged: str
    base: str
    ours: str
    theirs: str


def own_changes(content: Content, history: History, merges: Sequence[int]) -> dict[int, Changes | None]:
    """For each merge, the changes that no parent brought; None where it cannot be established.

    In a path that git merges cleanly any difference counts, in one that conflicts only the lines
    that neither side had.
    """
    plain = [m for m in merges if len(history.parents[m]) == 2]
    pairs = [(history.parents[m][0], history.parents[m][1]) for m in plain]
    bases = dict(zip(plain, history.merge_bases(pairs), strict=True))
    simple = [m for m in plain if len(bases[m]) == 1]
    found: dict[int, Changes | None] = {}
    for start in range(0, len(simple), _MERGES_A_LOOK):
        some = simple[start : start + _MERGES_A_LOOK]
        found.update(zip(some, _simple(content, [_named(history, m, bases[m][0]) for m in some]), strict=True))
    for merge in merges:
        if merge not in found:
            found[merge] = _only_novel(content, history, merge)
    return found


def _named(history: History, merge: int, base: int) -> _Merge:
    ours, theirs = history.parents[merge]
    return _Merge(*(history.ids[n] for n in (merge, base, ours, theirs)))


def _simple(content: Content, merges: Sequence[_Merge]) -> list[Changes | None]:
    """Merges with one base: mostly, what they did to one side is just what the other did to the base.

    Only the paths where these differ need a closer look. A path in neither is as one side has it, and
    the other side left it alone.
    """
    questions = [q for m in merges for q in (f"{m.merged} {m.ours}", f"{m.theirs} {m.base}")]
    answers = diffs(content.store, questions)
    return [_own(content, m, did, asked) for m, did, asked in zip(merges, answers[::2], answers[1::2], strict=True)]


def _own(content: Content, merge: _Merge, did: Changes | None, asked: Changes | None) -> Changes | None:
    if did is None or asked is None:
        return None
    try:
        expected = {c.path: _expect(content, merge, c.path) for c in set(did) ^ set(asked)}
        expected |= _follow_renames(content, merge, [p for p, e in expected.items() if not e.clean])
        changes = (_difference(content, merge, path, expected[path]) for path in sorted(expected))
        return tuple(c for c in changes if c)
    except RepositoryError:
        return None


def _difference(content: Content, merge: _Merge, path: str, wanted: _Expected) -> Change | None:
    got = content.at(merge.merged, path)
    if not wanted.clean:
        return _novel(content, path, got, [content.at(side, path) for side in (merge.ours, merge.theirs)])
    return Change(path, wanted.side, got) if got != wanted.side else None


def _expect(content: Content, merge: _Merge, path: str) -> _Expected:
    """What the merge of one path is, given how each side has it."""
    base, ours, theirs = (content.at(commit, path) for commit in (merge.base, merge.ours, merge.theirs))
    if theirs in (base, ours):
        return _Expected(ours)
    if ours == base:
        return _Expected(theirs)
    if base is None or ours is None or theirs is None:
        return _CONFLICT
    got = content.at(merge.merged, path)
    if got is not None and content.merges_to(base, ours, theirs, got):
        return _Expected(got)
    return _merge(content, base, ours, theirs)


def _merge(content: Content, base: Side, ours: Side, theirs: Side) -> _Expected:
    modes = {side.mode for side in (ours, theirs)} - {base.mode}
    mode = modes.pop() if len(modes) == 1 else base.mode
    if base.oid in (ours.oid, theirs.oid) or ours.oid == theirs.oid:
        return _Expected(Side(mode, theirs.oid if ours.oid == base.oid else ours.oid))
    if not all(side.mode in REGULAR for side in (base, ours, theirs)):
        return _CONFLICT
    data = [content.store.blob(side.oid) for side in (base, ours, theirs)]
    if any(lines.is_binary(d) for d in data):
        return _CONFLICT
    merged = lines.merge(*data)
    return _CONFLICT if merged is None else _Expected(Side(mode, content.store.make_blob(merged)))


def _follow_renames(content: Content, merge: _Merge, paths: Sequence[str]) -> dict[str, _Expected]:
    """A file renamed on one side and changed on the other: the change follows the name."""
    found: dict[str, _Expected] = {}
    for path in paths:
        base = content.at(merge.base, path)
        for mine, yours in ((merge.ours, merge.theirs), (merge.theirs, merge.ours)):
            changed = content.at(yours, path)
            if base is None or changed is None or content.at(mine, path) is not None:
                continue
            name = content.renamed(Change(path, base, None), merge.base, mine)
            moved = content.at(mine, name) if name else None
            if name and moved:
                found[path] = _Expected(None)
                found[name] = _merge(content, base, moved, changed)
    return found


def _novel(content: Content, path: str, after: Side | None, sides: Sequence[Side | None]) -> Change | None:
    """The change that adds, to a file as merged, the lines that no side had."""
    if after is None or after.mode not in REGULAR or after in sides:
        return None
    merged = content.store.blob(after.oid)
    if lines.is_binary(merged):
        return Change(path, next((s for s in sides if s), None), after)
    known = [content.store.blob(side.oid) for side in sides if side and side.mode in REGULAR]
    without, count = lines.novel(merged, *known)
    return Change(path, Side(after.mode, content.store.make_blob(without)), after) if count else None


def _only_novel(content: Content, history: History, merge: int) -> Changes | None:
    """Of a merge of more than two, or of histories without a single base, only lines that no parent had."""
    parents = [history.ids[p] for p in history.parents[merge]]
    against = diffs(content.store, [f"{history.ids[merge]} {parent}" for parent in parents])
    if any(changes is None for changes in against):
        return None
    shared = set.intersection(*({c.path for c in changes or ()} for changes in against))
    try:
        changes = [
            _novel(content, c.path, c.after, [content.at(parent, c.path) for parent in parents])
            for c in against[0] or ()
            if c.path in shared
        ]
    except RepositoryError:
        return None
    return tuple(c for c in changes if c)
