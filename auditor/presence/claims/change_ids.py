"""Commits of a branch that are the fix's change by their Change-Id, which Gerrit gives to a change on every branch."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.presence.case import Case
from auditor.presence.claims import by_title
from auditor.presence.claims.claim import Claim
from auditor.presence.claims.likeness import HALF
from auditor.presence.scene import Line


def claims(case: Case) -> Iterator[Claim]:
    """The one that has the fix's own; and what was squashed of several changes, which has to hold nearly all of it."""
    history, fix = case.scene.history, case.fix.number
    ours = history.changes_of(fix)
    for number in case.search.of_one_change(case.fix, case.line):
        theirs = history.changes_of(number)
        # A revert may be given the message of what it reverts.
        if (fix in history.reverts) != (number in history.reverts):
            continue
        if len(ours) == len(theirs) == 1:
            if _having(case, case.scene.main) <= {fix} and _having(case, case.line) <= {number}:
                yield Claim(number, "has the same Change-Id, as no other commit has", HALF)
        else:
            left = by_title.left_by(case, number)
            yield Claim(number, "has the same Change-Id, and others", by_title.NEARLY, left=left)


def _having(case: Case, line: Line) -> set[int]:
    """The commits of a branch that have a Change-Id of the fix."""
    return {n for n in case.scene.of_one_change(case.fix.number) if case.scene.contains(line, n)}
