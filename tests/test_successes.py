"""When a repository was last audited without fault, across runs that fail and clocks that are wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from auditor.errors import BranchDriftError
from auditor.fleet import successes
from auditor.model import Audit, Branch, Problem, RepositoryAudit, Tool

FINE = RepositoryAudit(
    "shop", "/r/shop", Branch("main", None, None), (Branch("dr", None, None),), 0, 0, (), (), (), (), ()
)
BROKEN = replace(FINE, errors=(Problem("gone", "x"),))


def told(state: Path, finished_at: int, *repositories: RepositoryAudit) -> dict[str, int]:
    return successes.remembered(Audit(Tool("0", "0", "0"), 0, finished_at, None, repositories), state)


def test_a_failed_scan_keeps_the_earlier_success(tmp_path: Path) -> None:
    state = tmp_path / "state"
    assert told(state, 100, BROKEN) == {}
    assert told(state, 200, FINE) == {"shop": 200}
    assert told(state, 300, BROKEN) == {"shop": 200}
    assert told(state, 400, FINE) == {"shop": 400}


def test_what_is_audited_otherwise_is_another(tmp_path: Path) -> None:
    told(tmp_path, 100, FINE)
    assert told(tmp_path, 200, replace(BROKEN, branches=(Branch("qa", None, None),))) == {}
    assert told(tmp_path, 200, replace(BROKEN, source="/elsewhere")) == {}
    assert told(tmp_path, 200, replace(FINE, name="other"), BROKEN) == {"other": 200, "shop": 100}


def test_a_success_in_the_future_is_not_believed(tmp_path: Path) -> None:
    """A clock that ran ahead for one night must not silence the alarm for years."""
    told(tmp_path, 2_000_000_000, FINE)
    assert told(tmp_path, 1_800_000_000, BROKEN) == {}
    assert told(tmp_path, 1_800_000_100, FINE) == {"shop": 1_800_000_100}


@pytest.mark.parametrize("text", ["", "[1]", '{"a": "b"}', "\x00", '{"a": true}'])
def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "last-success.json").write_text(text)
    assert told(tmp_path, 100, BROKEN) == {}
    assert told(tmp_path, 200, FINE) == {"shop": 200}


def test_what_cannot_be_remembered_is_said(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where the folder should be")
    with pytest.raises(BranchDriftError, match="state"):
        told(tmp_path / "state", 100, FINE)
