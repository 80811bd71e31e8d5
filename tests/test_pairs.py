"""The status of a pair from those of its fixes, every way in which three can be (DESIGN, Verdicts)."""

from __future__ import annotations

import itertools

import pytest

from auditor import pairs
from auditor.model import Evidence, FixVerdict, Status, Via

S = Status


def fix(status: Status) -> FixVerdict:
    return FixVerdict(
        "0" * 40, status, Via.MERGE if status is S.PRESENT else None, Evidence(None, f"is {status.value}"), 5
    )


@pytest.mark.parametrize(
    ("fixes", "status"),
    [
        ((S.MISSING, S.UNKNOWN), S.UNKNOWN),
        ((S.MISSING, S.PRESENT, S.UNKNOWN), S.PARTIAL),
        ((S.MISSING, S.NOT_APPLICABLE), S.MISSING),
        ((S.MISSING, S.WITHDRAWN, S.PRESENT), S.PARTIAL),
        ((S.UNKNOWN, S.PRESENT), S.UNKNOWN),
        ((S.UNKNOWN, S.WITHDRAWN), S.UNKNOWN),
        ((S.UNKNOWN, S.DROPPED), S.DROPPED),
        ((S.DROPPED, S.REVERTED, S.PRESENT), S.REVERTED),
        ((S.WITHDRAWN, S.NOT_APPLICABLE), S.WITHDRAWN),
        ((S.NOT_APPLICABLE,), S.NOT_APPLICABLE),
        ((S.PRESENT, S.NOT_APPLICABLE), S.PRESENT),
    ],
)
def test_in_whatever_order(fixes: tuple[Status, ...], status: Status) -> None:
    for some in itertools.permutations(fixes):
        assert pairs.status_of([fix(s) for s in some]) is status


def test_an_unknown_pair_says_what_of_it_is_missing() -> None:
    """Nobody may waive what is not known, and nobody shall overlook what is."""
    verdict = pairs.judge("dr", [fix(S.MISSING), fix(S.UNKNOWN)], 1, None, ())
    assert verdict.reason == "is unknown; 1 of its 2 fixes is missing"
