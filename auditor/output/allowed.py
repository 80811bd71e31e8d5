"""What was broken, changed or waived, and who allowed it, as parts of the JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from auditor.model import Status, Violation
from auditor.output.words import rfc3339
from auditor.past import RefChange
from auditor.waivers import ListedWaiver, Waiver

if TYPE_CHECKING:
    from auditor.output.documents import (
        ChangeDocument,
        ListedWaiverDocument,
        ViolationDocument,
        WaiverDocument,
        WaiverTerms,
    )


def _terms(waiver: Waiver) -> WaiverTerms:
    return {
        "reason": waiver.reason,
        "approved_by": waiver.approved_by,
        "approved_at": waiver.approved_at,
        "control": waiver.control,
        "expires": waiver.expires,
    }


def waiver(waiver: Waiver | None, covers: Status | None) -> WaiverDocument | None:
    """The exception that a pair is under."""
    if waiver is None:
        return None
    return {
        "tag": waiver.tag or "",
        "branch": waiver.branch or "",
        **_terms(waiver),
        "covers": covers.value if covers else None,
    }


def listed(entry: ListedWaiver) -> ListedWaiverDocument:
    """A waiver of the configuration."""
    waiver = entry.waiver
    return {
        "rule": waiver.rule,
        "tag": waiver.tag,
        "branch": waiver.branch,
        "commit": waiver.commit,
        **_terms(waiver),
        "standing": entry.standing.value,
        "ends_soon": entry.ends_soon,
    }


def change(change: RefChange) -> ChangeDocument:
    """A ref that is not what an earlier run saw."""
    approval = change.acknowledged
    return {
        "rule": change.rule,
        "ref": change.ref,
        "was": change.was,
        "now": change.now,
        "run": change.run,
        "seen_at": rfc3339(change.seen_at),
        "established": change.established,
        "acknowledged": {
            "reason": approval.reason,
            "approved_by": approval.approved_by,
            "approved_at": approval.approved_at,
        }
        if approval
        else None,
    }


def violation(found: Violation) -> ViolationDocument:
    """A broken rule."""
    return {
        "rule": found.rule,
        "severity": found.severity.value,
        "tag": found.tag,
        "branch": found.branch,
        "commit": found.commit,
        "detail": found.detail,
        "waiver": _terms(found.waiver) if found.waiver else None,
    }
