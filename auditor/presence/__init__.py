"""Is this fix on this branch? The rungs, strongest first, and what can overrule them."""

from __future__ import annotations

from auditor.errors import RepositoryError
from auditor.model import Evidence, FixVerdict, Status, Via
from auditor.presence import (
    applicable,
    arrival,
    as_main,
    certain,
    cherry_pick,
    content,
    declared,
    elsewhere,
    merge,
    squash,
    undone,
    unneeded,
    withdrawn,
)
from auditor.presence.case import Case, Found

RUNGS = (merge.find, cherry_pick.find, squash.find, content.find, declared.find, as_main.find)


def judge(case: Case) -> FixVerdict:
    """The verdict on one fix on one branch. What cannot be read is unknown, never a guess."""
    try:
        return _judge(case)
    except RepositoryError as error:
        return unknown(case.fix.oid, f"{error.code}: {error.detail}")


def _judge(case: Case) -> FixVerdict:
    if case.fix.changes is None:
        return unknown(case.fix.oid, "objects-missing: what the fix changes cannot be read")
    certain.hold(case)
    taken_back = withdrawn.find(case)
    if taken_back is not None:
        return _verdict(case, Status.WITHDRAWN, None, Evidence(None, taken_back))
    found = _find(case)
    moved = elsewhere.moved(case) if found and found.via is not Via.MERGE else None
    if moved is not None:
        return _verdict(case, Status.MISSING, None, Evidence(None, moved))
    if found is None:
        return _absent(case)
    certain.hold_evidence(case, found.number)
    out = undone.find(case, found)
    if out is not None:
        oid = case.scene.history.ids[out.number]
        return FixVerdict(case.fix.oid, out.status, found.via, Evidence(oid, out.detail), out.since)
    return _present(case, found)


def _find(case: Case) -> Found | None:
    """What the strongest rung found that could be asked; where none found anything, all must have been."""
    unasked: RepositoryError | None = None
    for rung in RUNGS:
        try:
            found = rung(case)
        except RepositoryError as error:
            unasked = unasked or error
        else:
            if found is not None:
                return found
    if unasked is not None:
        raise unasked
    return None


def _present(case: Case, found: Found) -> FixVerdict:
    history = case.scene.history
    oid = None if found.number is None else history.ids[found.number]
    came = arrival.arrived(case, found)
    evidence = Evidence(oid, found.detail)
    return FixVerdict(case.fix.oid, Status.PRESENT, found.via, evidence, history.time[came], history.ids[came])


def _absent(case: Case) -> FixVerdict:
    if case.line.short:
        return unknown(case.fix.oid, "the branch's history is cut short, so absence proves nothing")
    taken_back = unneeded.takes_back(case)
    if taken_back is not None:
        why = f"it takes back {taken_back[:12]}, which the branch never had"
        return _verdict(case, Status.NOT_APPLICABLE, None, Evidence(None, why))
    detail = declared.too_little(case) or "no commit of the branch brings it, and replaying it would change the branch"
    if applicable.never_had(case):
        there = elsewhere.holder(case)
        if there is not None:
            return _verdict(
                case, Status.MISSING, None, Evidence(None, f"{detail}: {there} has the lines that it changes")
            )
        never = "none of the files it changes was ever in the branch's history"
        return _verdict(case, Status.NOT_APPLICABLE, None, Evidence(None, never))
    return _verdict(case, Status.MISSING, None, Evidence(None, detail))


def _verdict(case: Case, status: Status, via: Via | None, evidence: Evidence) -> FixVerdict:
    return FixVerdict(case.fix.oid, status, via, evidence)


def unknown(oid: str, why: str) -> FixVerdict:
    """A fix of which nothing can be said."""
    return FixVerdict(oid, Status.UNKNOWN, None, Evidence(None, why))
