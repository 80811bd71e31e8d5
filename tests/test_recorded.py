"""`report` and `verify` as people use them, and what a scan does where the ledger fails."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from auditor.commands import explain, report, scan, verify
from auditor.errors import BranchDriftError, UsageError
from auditor.ledger.recording import Recording
from auditor.output import BINARY, FORMATS
from tests.build import Repo, back_merge, hotfix, protocol


class Shop:
    """A configuration over one repository whose hotfix is missing on dr."""

    def __init__(self, folder: Path, more: str = "") -> None:
        self.folder = folder
        self.repo = protocol(folder / "shop")
        hotfix(self.repo)
        back_merge(self.repo, "main", "dev", "qa", "ppd")
        self.config = folder / "drift.yaml"
        self.config.write_text(f"repositories: [{{name: shop, path: shop}}]\n{more}")
        self.out = folder / "out"

    def scan(self, form: str = "json", **options: Any) -> tuple[int, bytes]:
        said = scan.Options(config=self.config, form=form, output=str(self.out), jobs=1, **options)
        return scan.run(said), self.out.read_bytes()

    def report(self, form: str = "json", **options: Any) -> tuple[int, bytes]:
        said = report.Options(config=self.config, form=form, output=str(self.out), **options)
        return report.run(said), self.out.read_bytes()

    def ledger(self) -> Path:
        return self.folder / ".branch-drift" / "ledger.sqlite"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


def mend(repo: Repo) -> None:
    back_merge(repo, "main", "dr")


def test_an_earlier_run_in_every_format_to_the_byte(shop: Shop) -> None:
    written = {form: shop.scan(form) for form in (*FORMATS, *BINARY)}
    mend(shop.repo)
    assert shop.scan()[0] == 0
    for number, (form, wrote) in enumerate(written.items(), 1):
        assert wrote[0] == 1
        assert shop.report(form, run=number) == wrote
    assert shop.report()[0] == 0  # the last run


def test_the_last_run_of_a_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    times = {"2026-09-29T23:50:00Z": 1790725800, "2026-09-30T23:59:50Z": 1790812790, "2026-10-02T10:00:00Z": 1790935200}
    wrote = {}
    for day, now in times.items():
        monkeypatch.setattr("time.time", lambda now=now: now)
        wrote[day[:10]] = shop.scan()
    assert shop.report(as_of="2026-09-30") == wrote["2026-09-30"]
    assert shop.report(as_of="2026-10-01") == wrote["2026-09-30"]
    assert shop.report(as_of="2026-10-02") == wrote["2026-10-02"]
    assert json.loads(wrote["2026-09-29"][1])["finished_at"] == "2026-09-29T23:50:00Z"
    with pytest.raises(BranchDriftError, match="no run of this configuration had finished by then"):
        shop.report(as_of="2026-09-28")


def test_failed_runs_since_are_told(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    wrote = shop.scan()
    with monkeypatch.context() as patched:
        patched.setattr("auditor.fleet.processes.run", lambda *_: 1 / 0)
        for _ in range(5):
            with pytest.raises(ZeroDivisionError):
                shop.scan()
    capsys.readouterr()
    assert shop.report() == wrote
    said = capsys.readouterr().err
    assert "run 6 after it failed, 20" in said
    assert "ZeroDivisionError: division by zero\n" in said
    assert said.count("after it failed") == 3
    assert "so did 2 more before that" in said
    shop.report(run=1)
    shop.report(quiet=True)
    shop.scan()
    shop.report()
    assert "failed" not in capsys.readouterr().err


def test_a_configuration_that_was_moved_is_told_what_is_on_record(shop: Shop) -> None:
    wrote = shop.scan()
    moved = shop.folder / "moved.yaml"
    shop.config.rename(moved)
    known, shop.config = str(shop.config), moved
    for number in (None, 1):
        with pytest.raises(BranchDriftError, match=f"on record are {known}: .*ledger: name:"):
            shop.report(run=number)
    moved.write_text(f"{moved.read_text()}ledger: {{name: {known}}}\n")
    assert shop.report() == wrote
    with pytest.raises(BranchDriftError) as caught:
        shop.report(run=7)
    assert "on record" not in str(caught.value)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"as_of": "2999-01-01"}, "is still to come"),
        ({"as_of": "yesterday"}, "is no day"),
        ({"as_of": "2026-01-01", "run": 1}, "not both"),
    ],
)
def test_bad_days(shop: Shop, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        shop.report(**options)


def test_nothing_to_report(shop: Shop) -> None:
    with pytest.raises(BranchDriftError, match="there is no ledger yet"):
        shop.report()
    shop.scan(no_ledger=True)
    assert not shop.ledger().exists()


@pytest.mark.parametrize("number", [7, 2**63 - 1, 2**63, 10**30])
def test_a_run_of_any_number_is_there_or_is_not(shop: Shop, number: int) -> None:
    shop.scan()
    with pytest.raises(BranchDriftError, match=f"there is no run {number} of this configuration"):
        shop.report(run=number)


def test_a_narrowed_scan_is_no_run_of_the_configuration(shop: Shop) -> None:
    full = shop.scan()
    shop.scan(branches=("dev",))
    assert shop.report() == full
    with pytest.raises(BranchDriftError, match="no run 2 of this configuration"):
        shop.report(run=2)


def test_a_run_without_memory_says_the_same(shop: Shop) -> None:
    def timeless(text: bytes) -> Any:
        document = json.loads(text)
        del document["started_at"], document["finished_at"], document["repositories"][0]["duration_seconds"]
        return document

    first, second, without = (timeless(shop.scan(no_ledger=n == 2)[1]) for n in range(3))
    assert first == second == without


def test_moved_tags_are_an_error_of_the_next_run(shop: Shop) -> None:
    mend(shop.repo)
    assert shop.scan()[0] == 0
    shop.repo.git("tag", "-f", "-a", "-m", "again", "v2.3.1", "main")
    code, text = shop.scan()
    (violation,) = json.loads(text)["repositories"][0]["violations"]
    assert (code, violation["rule"], violation["tag"]) == (1, "tag-moved", "v2.3.1")
    assert json.loads(text)["repositories"][0]["changes"][0]["run"] == 1
    assert shop.scan(no_ledger=True)[0] == 0


def broken_file(shop: Shop) -> None:
    shop.scan()
    shop.ledger().write_text("no database\n" * 1000)


def folder_in_the_way(shop: Shop) -> None:
    shop.ledger().mkdir(parents=True)


@pytest.mark.parametrize("harm", [broken_file, folder_in_the_way])
def test_a_ledger_that_cannot_be_written_costs_no_result(shop: Shop, harm: Callable[[Shop], None]) -> None:
    harm(shop)
    shop.out.unlink(missing_ok=True)
    with pytest.raises(BranchDriftError, match=r"the ledger: .*ledger\.sqlite: "):
        shop.scan()
    document = json.loads(shop.out.read_text())
    assert document["summary"]["pairs"]["missing"] == 1


def test_a_ledger_that_is_lost_in_the_middle_costs_no_result(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    finish = Recording.finish

    def lose(self: Recording, found: Any) -> None:
        shutil.rmtree(shop.folder / ".branch-drift")
        finish(self, found)

    monkeypatch.setattr(Recording, "finish", lose)
    with pytest.raises(BranchDriftError, match=r"the ledger: .*unable to open"):
        shop.scan()
    assert json.loads(shop.out.read_text())["summary"]["pairs"]["missing"] == 1


def test_a_run_that_is_broken_off_has_failed(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr("auditor.fleet.processes.run", interrupt)
        with pytest.raises(KeyboardInterrupt):
            shop.scan()
    with pytest.raises(BranchDriftError, match="run 1 failed: it was asked to end"):
        shop.report(run=1)
    assert shop.scan() == shop.report(run=2)


# Verify


def verified(shop: Shop, capfdbinary: pytest.CaptureFixture[bytes], *anchors: Path) -> tuple[int, str]:
    capfdbinary.readouterr()
    code = verify.run(verify.Options(ledger=True, config=shop.config, anchors=anchors))
    return code, capfdbinary.readouterr().out.decode()


def test_a_ledger_as_written(shop: Shop, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    shop.scan()
    said = capfdbinary.readouterr().err.decode()
    code, text = verified(shop, capfdbinary)
    assert code == 0
    assert "1 runs, 2 links" in text
    assert "no anchor" in text
    assert said.rstrip().rsplit(" ", 1)[1] in text  # the hash that the scan had said


def test_anchors_of_the_configuration(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    shop = Shop(tmp_path, "ledger: {anchor: {file: anchors.txt, tag: {repository: anchors}}}\n")
    anchors = Repo(tmp_path / "anchors")
    shop.scan()
    before = shop.ledger().read_bytes()
    shop.scan()
    assert anchors.git("tag", "--list").split() == ["branch-drift/run-1", "branch-drift/run-2"]
    assert verified(shop, capfdbinary)[0] == 0
    shop.ledger().write_bytes(before)
    code, text = verified(shop, capfdbinary)
    assert code == 1
    assert "fault: run 2: links, 4: is anchored as " in text
    assert "its end was cut off" in text


def test_a_scan_says_that_the_ledger_was_set_back(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shop = Shop(tmp_path, "ledger: {anchor: {file: anchors.txt}}\n")
    shop.scan()
    kept = shop.ledger().read_bytes()
    shop.scan()
    shop.scan()
    assert "anchors" not in capsys.readouterr().err
    shop.ledger().write_bytes(kept)
    assert shop.scan(quiet=True)[0] == 1  # as the audit says
    said = capsys.readouterr().err
    assert f"does not have 2 runs that {tmp_path / 'anchors.txt'} anchors, the last of them run 3, link 6: " in said
    shop.ledger().unlink()
    shop.scan()
    assert "does not have 4 runs that" in capsys.readouterr().err
    (tmp_path / "anchors.txt").rename(tmp_path / "old-anchors.txt")
    shop.scan()
    shop.scan()
    assert "anchors.txt" not in capsys.readouterr().err


def test_a_log_is_an_anchor_too(shop: Shop, tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    shop.scan()
    log = tmp_path / "log"
    log.write_text(f"2026-11-25T00:00:00Z run 7 link 14 {'ab' * 32}\n")
    assert verified(shop, capfdbinary, log)[0] == 1
    with pytest.raises(BranchDriftError, match="the anchors cannot be read"):
        verified(shop, capfdbinary, tmp_path / "absent")


def test_an_anchor_in_an_audited_repository_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path, "ledger: {anchor: {tag: {repository: other}}}\n")
    shop.repo.git("worktree", "add", "-q", str(tmp_path / "other"))
    with pytest.raises(BranchDriftError, match="is an audited repository, into which nothing is written"):
        shop.scan()
    assert shop.repo.git("tag", "--list", "branch-drift/*") == ""
    assert shop.report()[0] == 1  # recorded all the same


@pytest.mark.parametrize("ledger", [False, True])
def test_what_to_verify_is_asked(*, ledger: bool) -> None:
    with pytest.raises(UsageError, match="-c"):
        verify.run(verify.Options(ledger=ledger))


def test_explain_tells_how_drift_came_and_went(shop: Shop, capfd: pytest.CaptureFixture[str]) -> None:
    shop.scan()
    shop.scan()
    tip = shop.repo.git("rev-parse", "dr").strip()
    mend(shop.repo)
    shop.scan()
    shop.repo.git("update-ref", "refs/heads/dr", tip)
    shop.scan()
    capfd.readouterr()
    assert explain.run("v2.3.1", "dr", None, shop.config, None) == 1
    told = [line for line in capfd.readouterr().out.splitlines() if line.startswith("recorded ")]
    assert [line.split(" from ")[0] for line in told] == [
        "recorded missing by runs 1 to 2,",
        "recorded missing by run 4,",
    ]
    assert [line.rpartition(" ")[2] for line in told][1:] == ["on"]


def test_waivers_that_end_soon_are_announced(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    shop = Shop(tmp_path)
    waiver = "{tag: v2.3.1, branch: dr, reason: r, approved_by: b, expires: 2099-01-01}"
    shop.config.write_text(f"repositories: [{{name: shop, path: shop, waivers: [{waiver}], waiver_warning: 5000w}}]\n")
    assert shop.scan()[0] == 0
    assert "shop: the waiver of v2.3.1 on dr ends soon, on 2099-01-01" in capfd.readouterr().err
    shop.scan(quiet=True)
    assert capfd.readouterr().err == ""
