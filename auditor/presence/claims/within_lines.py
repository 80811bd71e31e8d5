"""Whether a commit that says to be the fix does within its branch's own lines what the fix did within main's.

Where a line is not the same on both, no whole line tells: `at(&key)` became `at(key)` on main, `get(&key)` `get(key)`.
Of two lines, or two insertions, `text.renamed` tells whether the same was done in them.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git.changes import Change, Changes
from auditor.presence.case import Case
from auditor.presence.claims import likeness
from auditor.presence.claims.likeness import Lines
from auditor.text import lines, renamed

# A line before and after.
Step = tuple[bytes, bytes]


def answered(case: Case, number: int, changes: Changes, *, named: bool) -> tuple[float, float]:
    """The shares, from 0 to 1, of the lines that commit `number` owes: it has them, or did the same within others.

    Nothing, where it did the same within none. Of one that is `named` as a copy these may have other names in them.
    """
    pairs = likeness.paired(case, case.changes, changes, number)
    as_well = [_as_well(case, change, pairs.get(change.path), named=named) for change in case.changes]
    if not any(map(any, as_well)):
        return 0.0, 0.0
    ours = [(change, case.scene.content.changed_lines(change)) for change in case.changes]
    files = zip(likeness.owed_and_told(case, ours, pairs, number), as_well, strict=True)
    return likeness.shares((owed, (told[0] + more[0], told[1] + more[1])) for (owed, told), more in files)


def _as_well(case: Case, change: Change, theirs: Change | None, *, named: bool) -> Lines:
    """Lines that the fix removed and added in steps that the other change did, too, each of these once."""
    left = list(_steps(case, theirs)) if theirs else []
    found = []
    for step in _steps(case, change) if left else ():
        may = named and theirs is not None and not _stands(case, step[0], theirs)
        done = [renamed.done_same, *([renamed.done_alike] if may else [])]
        same = next((n for n, other in enumerate(left) if any(is_so(step, other) for is_so in done)), None)
        if same is not None:
            found.append(step)
            del left[same]
    put_in = _inserted(case, change, theirs) if named and theirs else ()
    return lines.bare(old for old, _ in found), lines.bare((*(new for _, new in found), *put_in))


def _stands(case: Case, line: bytes, theirs: Change) -> bool:
    """Whether a line is in a file after a change: what was done to one like it was done to another."""
    return lines.bare([line]) <= case.scene.content.all_lines(theirs.after)


def _inserted(case: Case, change: Change, theirs: Change) -> list[bytes]:
    """Lines that the fix put into a file, and the other change, too, under the names that its file has."""
    left = _inserts(case, theirs)
    found: list[bytes] = []
    for insert in _inserts(case, change) if left else ():
        same = next((n for n, o in enumerate(left) if _is_under_other_names(case, change, theirs, insert, o)), None)
        if same is not None:
            found += insert.lines
            del left[same]
    return found


def _inserts(case: Case, change: Change) -> list[renamed.Insert]:
    content, before, after = case.scene.content, change.before, change.after
    if not (before and after) or content.as_a_whole(change):
        return []
    return renamed.inserts(content.hunks(before.oid, after.oid) or (), content.lines(after.oid))


def _is_under_other_names(
    case: Case, change: Change, theirs: Change, insert: renamed.Insert, other: renamed.Insert
) -> bool:
    """Whether two put the same lines in: whose members they name is told beside them, other names by the files."""
    beside, names = renamed.shown(insert, other)
    if names and not _stands(case, beside, theirs) and renamed.is_called(names, insert, other):
        return True
    others = renamed.other_names(insert, other) if change.before and theirs.before else None
    if not others or change.before is None or theirs.before is None:
        return False
    ours, its = (case.scene.content.lines(side.oid) for side in (change.before, theirs.before))
    return all(renamed.is_renamed(mine, name, ours, its) for mine, name in others.items())


def _steps(case: Case, change: Change) -> Iterator[Step]:
    """What became of each line where a hunk put as many in the place of some."""
    content, before, after = case.scene.content, change.before, change.after
    if not (before and after) or content.as_a_whole(change):
        return
    old, new = content.lines(before.oid), content.lines(after.oid)
    for hunk in content.hunks(before.oid, after.oid) or ():
        if hunk.removed == hunk.added:
            yield from zip(hunk.removed_of(old), hunk.added_of(new), strict=True)
