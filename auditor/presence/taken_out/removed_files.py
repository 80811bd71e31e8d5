"""Files that a fix added, and a commit of the branch removed: main still has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from auditor.git.changes import Change, Changes
from auditor.presence import dropped
from auditor.presence.case import Case
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts, standing
from auditor.text import wording


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix came with `number`, and what it did.

    What was removed with files of others, or moved, or while what used it or more of the fix was written anew, has
    moved on. A test or prose beside the fix does nothing.
    """
    return case.last_own(_by(case, number, change) for change in _removed(case))


def _removed(case: Case) -> Iterator[Change]:
    gone = {path for path, _ in dropped.never_came(case)}
    changes = (c for c in case.changes if c.path in gone)
    return (c for c in changes if standing.is_in_force(c.path, case.fix.paths))


def _by(case: Case, number: int, change: Change) -> tuple[int, str] | None:
    """The commit since which a file is gone, if it removed that and nothing explains it."""
    later = case.since(number)
    at = last_run(case, later, (change,), lambda there: (change.path, -1) in there.gone())
    step, brought = later[at], case.scene.brought(later[at])
    explained = (
        not at
        or _others_went(case, brought)
        or is_elsewhere(case, change, brought)
        or _users_went(case, change, step)
        or _wrote_anew(case, number, step)
    )
    return None if explained else (step, f"removed {change.path}, which it had added")


def _others_went(case: Case, brought: Changes) -> bool:
    own = case.paths()
    return any(other.after is None and other.path not in own for other in brought)


def _users_went(case: Case, change: Change, step: int) -> bool:
    """Whether a commit took the name of a file out of others, and these do not stand as before the fix."""
    name = PurePosixPath(change.path).stem.encode("utf-8", "surrogateescape")
    back = {path for path, _ in case.at(step).undone()}
    others = (o for o in case.scene.brought(step) if o.before and o.after and o.path not in back)
    return any(name in line for other in others for line in case.scene.content.changed_lines(other)[0])


def is_elsewhere(case: Case, change: Change, brought: Changes) -> bool:
    """Whether a commit added half of the telling lines of a file to others, where the branch has them."""
    content = case.scene.content
    wanted = {line for line in content.all_lines(change.after) if wording.tells([line])}
    found = set[bytes]()
    for other in brought:
        if other.after is not None and other.path != change.path:
            here = content.all_lines(content.at(case.line.tip, other.path))
            found |= {line for line in content.changed_lines(other)[1] if line in wanted and line in here}
    return bool(wanted) and 2 * wording.letters(found) >= wording.letters(wanted)


def _wrote_anew(case: Case, number: int, step: int) -> bool:
    """Whether a commit left another part of the fix neither as the fix made it nor as it was before."""
    back = case.at(step).undone()
    others = ((c, n) for c, n in fix_parts.every(case) if (c.path, n) not in back)
    since = (fix_parts.left_since(case, number, c, n) for c, n in others)
    return any(at and later[at] == step for later, at in since)
