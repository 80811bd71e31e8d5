"""Is this fix on this branch? The rungs, strongest first, and what can overrule them.

`judge` asks in this order, and the first answer counts:

1. `certain`: what can be read in two ways, or not at all, makes the verdict unknown.
2. `withdrawn`: main itself took the fix back.
3. The rungs say by which commit the branch has it: `merge`, `cherry_pick`, `squash`, `content`, `declared` (by what
   `claims` holds), `as_main`. Where to look is worked out once for all fixes, down to their own ancestors: `sought`,
   `search`.
4. Where no rung found it, it is missing; or not applicable, if it takes back what the branch never had (`unneeded`),
   or the branch never had its files (`applicable`), nor their code in another one (`elsewhere`).
5. `elsewhere` once more: it but removes lines, which the branch had moved to another file. Then it is missing.
6. `undone`: history has it, and the content is not there, as on main it is. It was reverted, by what is in `taken_out`;
   or `dropped` by a merge. `parts` tells how its lines stand; what is in `explained` is no sign of either.
7. It is present, and `arrival` tells since when; `last_run` looks for such moments on a branch's line.

A `case` is one fix on one branch, the `scene` what all cases of a repository share. The rest of DESIGN's verdicts lies
around this folder: what a hotfix is, and its fixes, without ignored paths (`hotfixes`, `bounds`, `fixes`); from fixes
to pairs (`judging`, `pairs`); waivers (`waiving`); what is overdue (`due`); check commands (`checks`); the back-merge
that is foretold (`forecast`).
"""

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
        return _told(case, Status.UNKNOWN, f"{error.code}: {error.detail}")


def _judge(case: Case) -> FixVerdict:
    if case.fix.changes is None:
        return _told(case, Status.UNKNOWN, "objects-missing: what the fix changes cannot be read")
    certain.hold(case)
    taken_back = withdrawn.find(case)
    if taken_back is not None:
        return _told(case, Status.WITHDRAWN, taken_back)
    found = _find(case)
    if found is None:
        return _absent(case)
    moved = elsewhere.moved(case) if found.via is not Via.MERGE else None
    if moved is not None:
        return _told(case, Status.MISSING, moved)
    certain.hold_evidence(case, found.number)
    out = undone.find(case, found)
    if out is not None:
        evidence = Evidence(case.scene.history.ids[out.number], out.detail)
        return FixVerdict(case.fix.oid, out.status, found.via, evidence, out.since)
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
        return _told(case, Status.UNKNOWN, "the branch's history is cut short, so absence proves nothing")
    taken_back = unneeded.takes_back(case)
    if taken_back is not None:
        why = f"it takes back {taken_back[:12]}, which the branch never had"
        return _told(case, Status.NOT_APPLICABLE, why)
    detail = declared.too_little(case) or "no commit of the branch brings it, and replaying it would change the branch"
    if not applicable.never_had(case):
        return _told(case, Status.MISSING, detail)
    there = elsewhere.holder(case)
    if there is not None:
        return _told(case, Status.MISSING, f"{detail}: {there} has the lines that it changes")
    return _told(case, Status.NOT_APPLICABLE, "none of the files it changes was ever in the branch's history")


def _told(case: Case, status: Status, why: str) -> FixVerdict:
    """A verdict that no commit of the branch shows."""
    return FixVerdict(case.fix.oid, status, None, Evidence(None, why))
