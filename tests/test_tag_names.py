"""Tags whose names are no UTF-8: shown alike, and told apart by their bytes wherever one of them is meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from auditor import tag_names
from auditor.config.parts import WaiverConfig
from auditor.model import RepositoryAudit
from tests.build import CART, PINNED, Repo, protocol
from tests.judged import audit

NAMES = (b"\xff/v2.3.1", b"\xfe/v2.3.1", b"\xef\xbf\xbd/v2.3.1")
WRITTEN = (r"\udcff/v2.3.1", r"\udcfe/v2.3.1", "\ufffd/v2.3.1")


@pytest.mark.parametrize(
    "raw", [*NAMES, b"v2.3.1", b"\xc3\xa9/v1.0.1", b"e\xcc\x81/v1.0.1", b"\xed\xa0\x80", b"\xf0\x9f", b"it's\xff"]
)
def test_no_byte_is_lost(raw: bytes) -> None:
    name = tag_names.exact(raw)
    assert name.encode()  # nothing in it that could not be written
    assert tag_names.written(name) == name == tag_names.written(raw.decode("utf-8", "surrogateescape"))
    assert tag_names.shown(name) == raw.decode("utf-8", "replace")


def test_different_names_are_different() -> None:
    assert tuple(map(tag_names.exact, NAMES)) == WRITTEN
    assert tag_names.written(r"\uDCFF/v2.3.1") == WRITTEN[0]
    assert tag_names.written("\ud800") == tag_names.shown("\ud800") == "\ud800"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Three hotfixes that look alike, and one that is like no other; none is on dev."""
    made = protocol(tmp_path / "shop", branches=("dev",))
    for number, name in enumerate((*NAMES, b"v2.3.1")):
        made.commit(f"Fix {number}", {"src/cart.py": CART + f"# {number}\n"})
        made.git("tag", "-a", "-m", "release", os.fsdecode(name))
    return made


def waiver(tag: str, **more: str) -> dict[str, str]:
    return {"tag": tag, "reason": "r", "approved_by": "a", "expires": "2099-01-01", **more}


def waived(found: RepositoryAudit) -> Sequence[str]:
    return sorted(h.fixes[-1].subject for h, v in found.pairs() if v.status == "waived")


@pytest.mark.parametrize("number", range(3))
def test_a_waiver_is_for_one_tag(repo: Repo, number: int) -> None:
    found = audit(repo, branches=["dev"], waivers=[waiver(WRITTEN[number], branch="dev")])
    assert waived(found) == [f"Fix {number}"]
    assert [v.rule for v in found.violations] == []
    assert [w.standing for w in found.waivers] == ["in-force"]


def test_both_forms_of_a_byte_are_one() -> None:
    assert WaiverConfig.model_validate(waiver("\udcff/v2.3.1", branch="dev")).tag == WRITTEN[0]


def test_a_waiver_for_no_tag_covers_nothing(repo: Repo) -> None:
    repo.git("tag", "-d", os.fsdecode(NAMES[2]))
    found = audit(repo, branches=["dev"], waivers=[waiver(n, branch="dev") for n in (WRITTEN[2], r"\udcfd/v2.3.1")])
    assert waived(found) == []
    assert [v.rule for v in found.violations] == ["waiver-unused", "waiver-unused"]
    there, nowhere = (v.detail for v in found.violations)
    assert there.endswith(rf"; a tag that is shown so is written '{WRITTEN[1]}' or '{WRITTEN[0]}'")
    assert nowhere == "covers nothing: there is no such drifting pair"


def test_an_alias_is_meant_by_its_bytes_too(repo: Repo) -> None:
    repo.git("tag", "-a", "-m", "again", os.fsdecode(b"\xfa/v2.3.1"), "v2.3.1^{commit}")
    assert waived(audit(repo, branches=["dev"], waivers=[waiver(r"\udcfa/v2.3.1", branch="dev")])) == ["Fix 3"]
    assert waived(audit(repo, branches=["dev"], waivers=[waiver(r"\udcff/v2.3.1", branch="dev")])) == ["Fix 0"]


def test_a_waiver_for_a_rule_is_for_one_tag(repo: Repo) -> None:
    for name in NAMES:
        repo.git("tag", "-f", os.fsdecode(name), repo.git("rev-parse", os.fsdecode(name) + "^{commit}"))
    excuse = waiver(WRITTEN[1], rule="tag-not-annotated")
    found = audit(repo, branches=["dev"], waivers=[excuse])
    commit = repo.git("rev-parse", os.fsdecode(NAMES[1]))
    assert [v.commit for v in found.violations if v.waiver] == [commit]
    assert [v.rule for v in found.broken] == ["tag-not-annotated"] * 2


def test_the_audit_starts_at_one_tag(repo: Repo) -> None:
    found = audit(repo, branches=["dev"], hotfix_tags={"since": WRITTEN[1]})
    assert [h.fixes[-1].subject for h in found.hotfixes] == ["Fix 3", "Fix 2"]


def run(folder: Path, *args: str | bytes) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *args]
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd()), "LC_ALL": PINNED["LC_ALL"]}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_explain_finds_it_and_tells_how_it_is_written(repo: Repo, tmp_path: Path) -> None:
    for number, (raw, name) in enumerate(zip(NAMES, WRITTEN, strict=True)):
        for asked in (raw, name):
            done = run(tmp_path, "explain", asked, "dev", "shop")
            assert (done.returncode, done.stderr) == (1, "")
            assert f"Fix {number}\n" in done.stdout
            assert done.stdout.startswith("\ufffd/v2.3.1 on dev of ")
            said = f"\ufffd/v2.3.1 is no UTF-8; in a waiver: tag: '{name}'\n"
            assert (said in done.stdout) == (number < 2)


def test_what_is_copied_from_a_report_is_found_where_it_is_one(repo: Repo, tmp_path: Path) -> None:
    repo.git("tag", "-d", os.fsdecode(NAMES[2]))
    done = run(tmp_path, "explain", NAMES[2], "dev", "shop")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"is shown for several tags: {WRITTEN[1]}, {WRITTEN[0]}; name one of these" in done.stderr
    repo.git("tag", "-d", os.fsdecode(NAMES[0]))
    assert "Fix 1\n" in run(tmp_path, "explain", NAMES[2], "dev", "shop").stdout


def test_the_waiver_that_is_told_holds_and_is_remembered(repo: Repo, tmp_path: Path) -> None:
    """From the file to the ledger, the cache and the pack."""
    entry = f"{{tag: '{WRITTEN[0]}', branch: dev, reason: r, approved_by: a, expires: 2099-01-01}}"
    (tmp_path / "c.yaml").write_text(
        f"state: state\nrepositories: [{{name: shop, path: shop, branches: [dev], waivers: [{entry}]}}]\n"
    )
    for _ in range(2):
        done = run(tmp_path, "scan", "-c", "c.yaml", "--format", "json", "--jobs", "1", "--quiet")
        (shop,) = json.loads(done.stdout)["repositories"]
        assert {h["fixes"][-1]["subject"]: h["branches"]["dev"]["status"] for h in shop["hotfixes"]} == {
            "Fix 0": "waived", "Fix 1": "missing", "Fix 2": "missing", "Fix 3": "missing",
        }  # fmt: skip
        assert {h["tag"] for h in shop["hotfixes"]} == {"\ufffd/v2.3.1", "v2.3.1"}
    assert run(tmp_path, "report", "-c", "c.yaml", "--pack", "p.tar", "-o", "r.txt").returncode == 1
    done = run(tmp_path, "verify", "p.tar", "--repo", "shop=shop")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_record_from_before_names_were_kept_is_read(repo: Repo) -> None:
    found = audit(repo, branches=["dev"])
    assert [r.exact for r in found.refs if r.exact] == [WRITTEN[1], WRITTEN[0]]
    older = replace(found, refs=tuple(replace(r, exact=None) for r in found.refs))
    assert [r.name for r in older.refs].count("refs/tags/\ufffd/v2.3.1") == 3
