"""From the verdicts on fixes to the verdict on a hotfix, on one branch."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.model import DRIFT, FixVerdict, Forecast, Status, Verdict, Via
from auditor.proof import Check

_SET_ASIDE = (Status.WITHDRAWN, Status.NOT_APPLICABLE)
_RUNGS = tuple(Via)


def status_of(fixes: Sequence[FixVerdict]) -> Status:
    """The pair's status (DESIGN, Verdicts): the worst that any owed fix says."""
    said = {f.status for f in fixes}
    owed = said - set(_SET_ASIDE)
    if not owed:
        return Status.WITHDRAWN if Status.WITHDRAWN in said else Status.NOT_APPLICABLE
    for status in (Status.REVERTED, Status.DROPPED):
        if status in owed:
            return status
    if owed == {Status.MISSING}:
        return Status.MISSING
    if {Status.MISSING, Status.PRESENT} <= owed:
        return Status.PARTIAL
    return Status.UNKNOWN if Status.UNKNOWN in owed else Status.PRESENT


def weakest(fixes: Sequence[FixVerdict]) -> Via | None:
    """The weakest rung that any present fix needed."""
    used = [f.via for f in fixes if f.status is Status.PRESENT and f.via is not None]
    return max(used, key=_RUNGS.index, default=None)


def judge(
    branch: str,
    fixes: Sequence[FixVerdict],
    tagged_at: int,
    forecast: Forecast | None,
    checks: tuple[Check, ...],
) -> Verdict:
    """The verdict on one hotfix on one branch."""
    status = status_of(fixes)
    since = _since(status, fixes, tagged_at)
    present = status is Status.PRESENT
    rests_on = [f.arrival for f in fixes if f.status is status and f.since == since]
    return Verdict(
        branch=branch,
        status=status,
        via=weakest(fixes) if present else None,
        reason=_reason(status, fixes),
        since=since,
        lead_time_seconds=max(0, since - tagged_at) if present and since is not None else None,
        fixes=tuple(fixes),
        forecast=forecast if status in DRIFT else None,
        checks=checks,
        arrival=rests_on[-1] if present and rests_on else None,
    )


def without_fixes(branch: str, status: Status, reason: str) -> Verdict:
    """The verdict where there is no fix to judge, or none that could be looked at."""
    return Verdict(branch, status, None, reason, None, None, (), None, ())


def _since(status: Status, fixes: Sequence[FixVerdict], tagged_at: int) -> int | None:
    if status is Status.PRESENT or status is Status.REVERTED:
        times = [f.since for f in fixes if f.status is status and f.since is not None]
        return max(times, default=None)
    return tagged_at if status in DRIFT else None


def _reason(status: Status, fixes: Sequence[FixVerdict]) -> str:
    telling = [f for f in fixes if f.status is status] or [f for f in fixes if f.status is Status.MISSING]
    if status is Status.PARTIAL:
        there = sum(f.status is Status.PRESENT for f in fixes)
        return f"{there} of {len(fixes)} fixes are there"
    if not telling:
        return ""
    more = f" (and {len(telling) - 1} more)" if len(telling) > 1 else ""
    missing = sum(f.status is Status.MISSING for f in fixes) if status is Status.UNKNOWN else 0
    are = "is" if missing == 1 else "are"
    also = f"; {missing} of its {len(fixes)} fixes {are} missing" if missing else ""
    return telling[0].evidence.detail + more + also
