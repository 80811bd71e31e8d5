"""Anchors: what is cut off a ledger's end is found by what was left outside of it."""

from __future__ import annotations

import os
import resource
import signal
from pathlib import Path

import pytest

from auditor.errors import BranchDriftError
from auditor.git import process
from auditor.ledger import anchor, chain
from auditor.ledger.database import Database
from auditor.ledger.write import Head
from auditor.model import RepositoryAudit
from tests.build import Repo
from tests.ledgers import T0, record

pytest_plugins = ("tests.ledger_fixtures",)
HEAD = Head(24, 12, "ab" * 32)


def test_a_line_a_run(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    anchor.to_file(file, HEAD, T0)
    anchor.to_file(file, Head(26, 13, "cd" * 32), T0 + 60)
    assert file.read_text().splitlines()[0] == f"2026-09-21T14:13:20Z run 12 link 24 {'ab' * 32}"
    assert anchor.from_file(file) == ([HEAD, Head(26, 13, "cd" * 32)], [])


def test_a_line_cut_by_a_power_failure_costs_only_itself(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    file.write_text("2026-09-21T14:13:20Z run 11 li")
    anchor.to_file(file, HEAD, T0)
    assert anchor.from_file(file) == ([HEAD], [f"{file}:1: is no anchor"])


def test_a_full_disk_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "anchors"
    anchor.to_file(file, HEAD, T0)
    before = file.read_bytes()
    child = os.fork()
    if child == 0:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 10, len(before) + 10))
        try:
            anchor.to_file(file, HEAD, T0)
        except BranchDriftError as error:
            os._exit(0 if "the anchor cannot be written: File too large" in str(error) else 2)
        os._exit(1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert file.read_bytes() == before


@pytest.fixture
def anchors(tmp_path: Path) -> Repo:
    return Repo(tmp_path / "anchors")


def test_an_annotated_tag_a_run(anchors: Repo, tmp_path: Path) -> None:
    anchor.to_tag(anchors.path, [tmp_path / "audited"], HEAD, T0)
    assert anchor.from_tags(anchors.path) == ([HEAD], [])
    assert anchors.git("cat-file", "-t", "branch-drift/run-12").strip() == "tag"
    assert anchors.git("for-each-ref", "--format=%(taggerdate:unix)").strip() == str(T0)
    with pytest.raises(BranchDriftError, match="run-12 cannot be made"):
        anchor.to_tag(anchors.path, [], Head(24, 12, "ef" * 32), T0)
    assert anchor.from_tags(anchors.path) == ([HEAD], [])
    anchors.git("tag", "-a", "-m", "something else", "branch-drift/other", "branch-drift/run-12^{}")
    assert anchor.from_tags(anchors.path)[1] == [f"{anchors.path}: refs/tags/branch-drift/other: is no anchor"]
    assert process.run(anchors.path / ".git", "fsck", "--strict", "--no-dangling") == b""


def test_no_audited_repository_is_written_into(anchors: Repo, tmp_path: Path) -> None:
    anchors.commit("x", {"x": "x"})
    anchors.git("worktree", "add", "-q", str(tmp_path / "linked"))
    for audited in (anchors.path, tmp_path / "linked", anchors.path / ".git"):
        with pytest.raises(BranchDriftError, match="is an audited repository"):
            anchor.to_tag(anchors.path, [tmp_path / "nothing", audited], HEAD, T0)
    assert anchors.git("for-each-ref", "refs/tags") == ""


def test_where_there_is_no_repository(tmp_path: Path) -> None:
    with pytest.raises(BranchDriftError, match="is no git repository that anchors could be in"):
        anchor.to_tag(tmp_path / "nothing", [], HEAD, T0)
    with pytest.raises(BranchDriftError, match="cannot be read"):
        anchor.from_file(tmp_path / "nothing")


def test_a_ledger_cut_off_at_its_end(ledger: Database, shop: RepositoryAudit) -> None:
    heads = [record(ledger, shop) for _ in range(3)]
    assert chain.verify(ledger, heads).faults == ()
    with ledger.writing() as connection:
        for table, key in (("endings", "run"), ("entries", "run"), ("runs", "number"), ("links", "run")):
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE {key} = 3")
    assert chain.verify(ledger, heads[:2]).faults == ()
    (fault,) = chain.verify(ledger, heads).faults
    assert fault.startswith(f"run 3: links, 6: is anchored as {heads[2].hash}, and not there")
    assert "ends at link 4" in fault
    record(ledger, shop, at=T0 + 5)  # the cut place is grown over
    (fault,) = chain.verify(ledger, heads).faults
    assert fault.startswith(f"run 3: links, 6: was anchored as {heads[2].hash}, and is ")


def test_an_empty_ledger_where_there_was_one(ledger: Database) -> None:
    (fault,) = chain.verify(ledger, [HEAD]).faults
    assert "the ledger is empty" in fault
