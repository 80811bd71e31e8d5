"""Parts of a fix of which a commit, or a few, took most out, or put back most of what they had replaced.

Some of their lines were others by then, or came back as others: a tool is back in a later version.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence

from auditor.git.changes import Change, Side
from auditor.presence.case import Case
from auditor.presence.explained import moved_away
from auditor.presence.last_run import last_run
from auditor.presence.parts import fix_parts
from auditor.presence.taken_out import deleted, put_back, straight

# In so many steps a part is taken out as in one, if they follow within so many commits.
_STEPS = 3
_COMMITS = 500

# Whether a step from one version of a file to another took a part out.
Did = Callable[[Case, Change, int, Side, Side], bool]


def find(case: Case, number: int) -> tuple[int, str] | None:
    """The last such commit of the branch's own line since the fix came with `number`, and what it did to which file.

    Main still has the part, and has not that commit.
    """
    last = case.last_own(_by(case, number, change, k) for change, k in straight.on_main_alone(case, _may_be_out))
    return None if last is None or moved_away.still_there(case, last[0]) else last


def _may_be_out(case: Case, change: Change, region: int) -> bool:
    """Whether a part is out at the tip so: whether it stands there as before the fix, line by line, others tell."""
    side = case.place().side(change)
    if region in case.scene.content.undone(change, side):
        return False
    return put_back.is_so(case, change, region, side) or deleted.is_so(case, change, region, side)


def _by(case: Case, number: int, change: Change, region: int) -> tuple[int, str] | None:
    """The commit since which a part is out, if it did that, or the last of a few that did, and nothing explains it."""
    back = put_back.is_so(case, change, region, case.place().side(change))
    way = put_back if back else deleted
    later = case.since(number)
    at = last_run(case, later, (change,), lambda there: way.is_so(case, change, region, there.side(change)))
    steps = _taking(case, change, region, later[: at + 1], way.did)
    if not steps:
        return None
    moved = any(fix_parts.moves(case, change, region, case.scene.brought(commit)) for commit in steps)
    explained = moved or way.is_explained(case, number, change, region)
    return None if explained else (later[at], f"{way.HOW} {change.path}")


def _taking(case: Case, change: Change, region: int, line: Sequence[int], did: Did) -> list[int]:
    """The last few commits of a line by which a part came to be out, together; none, where it did not by these."""
    after, steps = case.at(line[-1]).side(change), list[int]()
    for commit, before in _steps(case, change, line):
        steps.append(commit)
        if after and did(case, change, region, before, after):
            return steps
    return []


def _steps(case: Case, change: Change, line: Sequence[int]) -> Iterator[tuple[int, Side]]:
    """The last few commits of a line that changed a file, the last first, and the file before each; none that main has.

    Who takes a part out in one commit may as well do it in two.
    """
    known, steps = case.at(line[-1]).side(change), 0
    for commit, above in itertools.islice(itertools.pairwise(reversed(line)), _COMMITS):
        before = case.at(above).side(change)
        if before != known:
            steps += 1
            if before is None or steps > _STEPS or case.scene.contains(case.scene.main, commit):
                return
            yield commit, before
            known = before
