"""What a merge holds of its own: what differs from the merge as git would have made it.

The merge is made again in memory, path by path, and never by git itself: git would write its result,
and where an object exists already, touch the audited repository's files to keep them fresh.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditor.errors import RepositoryError
from auditor.git import lines
from auditor.git.changes import REGULAR, Change, Changes, Side, diffs
from auditor.git.content import Content
from auditor.git.history import History


@dataclass(frozen=True, slots=True)
class _Expected:
    """A path as git would have merged it; `clean` is False where it would have asked a person."""

    side: Side | None
    clean: bool = True


_CONFLICT = _Expected(None, clean=False)
# Two long-lived sides may differ in thousands of files: not all merges are held in memory at once.
_MERGES_A_LOOK = 100
_ByPath = dict[str, Change]


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
        found.update(dict.fromkeys(_trivial(content, history, simple[start : start + _MERGES_A_LOOK], bases), ()))
    for merge in [m for m in simple if m not in found]:
        base = bases[merge][0]
        found[merge] = _guarded(content, history, merge, diffs(content.store, _questions(history, merge, base)), base)
    for merge in merges:
        if merge not in found:
            found[merge] = _only_novel(content, history, merge)
    return found


def _trivial(content: Content, history: History, merges: Sequence[int], bases: dict[int, list[int]]) -> list[int]:
    """The merges that did to one side just what the other side had done to their base: nothing of their own.

    That takes two small comparisons, where a look at both sides may take two large ones.
    """
    ids = history.ids
    questions = []
    for merge in merges:
        ours, theirs = history.parents[merge]
        questions += [f"{ids[merge]} {ids[ours]}", f"{ids[theirs]} {ids[bases[merge][0]]}"]
    answers = diffs(content.store, questions)
    pairs = zip(merges, answers[::2], answers[1::2], strict=True)
    return [m for m, did, asked in pairs if did is not None and did == asked]


def _questions(history: History, merge: int, base: int) -> tuple[str, str, str]:
    ours, theirs = history.parents[merge]
    below = history.ids[base]
    return tuple(f"{history.ids[n]} {below}" for n in (merge, ours, theirs))  # type: ignore[return-value]


def _guarded(
    content: Content, history: History, merge: int, three: Sequence[Changes | None], base: int
) -> Changes | None:
    if any(changes is None for changes in three):
        return None
    got, ours, theirs = ({c.path: c for c in changes or ()} for changes in three)
    try:
        return _own(content, history, merge, got, ours, theirs, base)
    except RepositoryError:
        return None


def _own(
    content: Content, history: History, merge: int, got: _ByPath, ours: _ByPath, theirs: _ByPath, base: int
) -> Changes:
    expected = {p: _expect(content, ours.get(p), theirs.get(p)) for p in ours.keys() | theirs.keys()}
    differing = _differing(expected, got, ours, theirs)
    if differing and _may_rename(ours, theirs):
        expected |= _follow_renames(content, history, merge, ours, theirs, base)
        differing = _differing(expected, got, ours, theirs)
    parents = [history.ids[p] for p in history.parents[merge]]
    found = []
    for path in sorted(differing):
        after = got[path].after if path in got else _unchanged(path, ours, theirs)
        wanted = expected.get(path)
        if wanted is not None and not wanted.clean:
            change = _novel(content, path, after, [content.at(p, path) for p in parents])
        else:
            change = Change(path, wanted.side if wanted else got[path].before, after)
        found += [change] if change else []
    return tuple(found)


def _unchanged(path: str, ours: _ByPath, theirs: _ByPath) -> Side | None:
    """A path that the merge has as the base had it."""
    return (ours.get(path) or theirs[path]).before


def _differing(expected: dict[str, _Expected], got: _ByPath, ours: _ByPath, theirs: _ByPath) -> list[str]:
    """Paths that are not as expected. A conflict never is: somebody resolved it."""
    found = [p for p in got if p not in expected]
    for path, wanted in expected.items():
        after = got[path].after if path in got else _unchanged(path, ours, theirs)
        if not wanted.clean or after != wanted.side:
            found.append(path)
    return found


def _expect(content: Content, one: Change | None, other: Change | None) -> _Expected:
    """What the merge of one path is, given how each side changed it."""
    if one is None or other is None or one.after == other.after:
        change = one or other
        assert change is not None
        return _Expected(change.after)
    if one.before is None or one.after is None or other.after is None:
        return _CONFLICT
    return _merge(content, one.before, one.after, other.after)


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
    return _CONFLICT if merged is None else _Expected(Side(mode, content.store.write_blob(merged)))


def _may_rename(ours: _ByPath, theirs: _ByPath) -> bool:
    return any(c.after is None for side in (ours, theirs) for c in side.values())


def _follow_renames(
    content: Content, history: History, merge: int, ours: _ByPath, theirs: _ByPath, base: int
) -> dict[str, _Expected]:
    """A file renamed on one side and changed on the other: the change follows the name."""
    found: dict[str, _Expected] = {}
    for number, mine, yours in zip(history.parents[merge], (ours, theirs), (theirs, ours), strict=True):
        for path, change in mine.items():
            other = yours.get(path)
            if change.after is None and other is not None and other.after is not None and change.before is not None:
                name = content.renamed(change, history.ids[base], history.ids[number])
                if name in mine and mine[name].after is not None:
                    found[path] = _Expected(None)
                    found[name] = _merge(content, change.before, mine[name].after, other.after)  # type: ignore[arg-type]
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
    return Change(path, Side(after.mode, content.store.write_blob(without)), after) if count else None


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
