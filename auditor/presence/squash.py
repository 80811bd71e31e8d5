"""Rung 3: one commit on the branch makes a larger change that the fix is a part of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from auditor.git.changes import Change, Changes
from auditor.model import Via
from auditor.presence.case import Case, Found, counterparts
from auditor.presence.claims import likeness
from auditor.text import numbers

Lines = Counter[bytes]


def find(case: Case) -> Found | None:
    """A commit with the patch identity of the hotfix or of one of its merges, or one that carries the fix.

    That may be a merge: where main squashed a topic's commits, and the branch merged them.
    """
    return _whole(case) or _carried(case, case.candidates(), case.search.changes) or _merged(case)


def _merged(case: Case) -> Found | None:
    if case.scene.contains(case.line, case.fix.number):
        return None
    found = _carried(case, case.merges(), case.search.merged)
    return None if found is None else _where_it_came_from(case, found)


def _where_it_came_from(case: Case, found: Found) -> Found:
    """A topic that merged the branch itself brought nothing to it: what it merged was there before."""
    scene, line, number = case.scene, case.line, found.number
    merged = scene.history.parents[number][1:] if number is not None else ()
    if number is None or any(scene.place(line, n) >= scene.place(line, number) for n in merged):
        return found
    last = max(merged, key=lambda n: scene.place(line, n))
    oid = scene.history.ids[last]
    return replace(found, number=last, detail=f"{found.detail}; it had that from the branch, at {oid[:12]}")


def _whole(case: Case) -> Found | None:
    """Looked for by the paths of the whole: what the fix itself changed may have netted out within it."""
    for whole in case.wholes:
        for number in case.search.candidates(case.fix, case.line, {c.path for c in whole.changes}):
            oid = case.scene.history.ids[number]
            if case.scene.content.same(whole.changes, case.search.changes[number]) and not case.lacking(oid):
                return Found(Via.SQUASH, number, f"{oid[:12]} on the branch makes the change of {whole.label}")
    return None


def _carried(case: Case, candidates: list[int], made: Mapping[int, Changes]) -> Found | None:
    for number in candidates:
        changes = made[number]
        if _carries(case, changes) and (
            likeness.share(case, changes) == (1.0, 1.0) or _from_other_numbers(case, changes)
        ):
            return Found(Via.SQUASH, number, _told(case, case.scene.history.ids[number]))
    return None


def _from_other_numbers(case: Case, changes: Changes) -> bool:
    """Whether a change raises all numbers that the fix raises to the same, from others than the fix found there.

    `sbt 1.10.5 (was 1.10.2)` is `sbt 1.10.5 (was 1.10.4)` where the branch left out a version. Of a number that the fix
    lowers nothing is claimed: whoever came by it on the way up did not go back to it.
    """
    lines = case.scene.content.changed_lines
    pairs = ((lines(change), lines(theirs)) for change, theirs in counterparts(case, changes) if theirs)
    return all(_raises(*ours) and _sets(*ours, *theirs) for ours, theirs in pairs)


def _raises(removed: Lines, added: Lines) -> bool:
    return numbers.no_lower(added, removed) and numbers.any_lower(removed, added)


def _sets(removed: Lines, added: Lines, theirs_removed: Lines, theirs_added: Lines) -> bool:
    """Whether all added lines are among theirs, and the removed ones are those, and among theirs, but for numbers."""
    had = numbers.shapes(removed)
    raised = had <= numbers.shapes(theirs_removed) and not numbers.any_lower(added, theirs_removed)
    return added <= theirs_added and had <= numbers.shapes(added) and raised


def _told(case: Case, oid: str) -> str:
    carries = f"{oid[:12]} on the branch carries the fix within a larger change: "
    if case.held(oid):
        return f"{carries}replaying the fix changes nothing there, but would before it"
    return f"{carries}all its lines stand there in their places, among others, and did not before it"


def _carries(case: Case, changes: Changes) -> bool:
    return all(theirs is not None and _brings(case, change, theirs) for change, theirs in counterparts(case, changes))


def _brings(case: Case, change: Change, theirs: Change) -> bool:
    content = case.scene.content
    if not content.brings_all(change, theirs) or content.holds(change, theirs.before):
        return False
    if content.holds(change, theirs.after):
        return True
    return content.in_place(change, theirs.after) and not content.in_place(change, theirs.before)
