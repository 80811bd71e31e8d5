"""The evidence pack: what it holds, what is found of every change to it, and what a repository says of its verdicts."""

from __future__ import annotations

import gzip
import io
import json
import shlex
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from auditor.commands import report, scan, verify
from auditor.config.configuration import load
from auditor.errors import BranchDriftError, UsageError
from auditor.evidence import archive, check, contents, make, manifest, plain_git, settings
from auditor.evidence.archive import PackError
from auditor.evidence.contents import Evidence
from auditor.ledger import export, read, record, write
from auditor.ledger.database import Database, LedgerError
from auditor.ledger.export import Exported
from auditor.ledger.rows import event_hash, link_hash, sealed, sha256
from auditor.model import Discovery, RepositoryAudit, Status, Tool, Verdict, Via
from auditor.proof import Check
from tests import demo
from tests.build import CART, LOGIN_FIXED, Repo, back_merge, hotfix, protocol
from tests.ledgers import CONFIG, beginning, whole
from tests.ledgers import record as record_run
from tests.reviewed import TOKEN, shop

pytest_plugins = ("tests.ledger_fixtures",)

BLOCK = 512
TOOL = Tool("0.1.0", "2.39.5", "1.9.7")


class Fleet:
    """Demonstration repositories that were scanned once, and the pack of that run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = demo.build(folder)
        out = str(folder / "out")
        scan.run(scan.Options(config=self.config, form="json", output=out, jobs=1, quiet=True))
        self.pack = self.report("pack.tar")
        self.data = self.pack.read_bytes()
        self.names = [story.__name__.replace("_", "-") for story in demo.STORIES]

    def report(self, name: str, **options: Any) -> Path:
        said = report.Options(config=self.config, output=str(self.folder / "out"), pack=self.folder / name, quiet=True)
        report.run(replace(said, **options))
        return self.folder / name

    def places(self, *names: str) -> tuple[str, ...]:
        return tuple(f"{n}={self.folder / 'fleet' / n}" for n in names or self.names)


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Fleet:
    return Fleet(tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def evidence(fleet: Fleet) -> Evidence:
    return check.evidence(archive.read(fleet.data)[0])


Verified = Callable[..., tuple[int, str]]


@pytest.fixture
def verified(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Verified:
    """`verify` on some bytes: its exit status, and what it says."""

    def verified(data: bytes, **options: Any) -> tuple[int, str]:
        file = tmp_path / "it.tar"
        file.write_bytes(data)
        capsys.readouterr()
        code = verify.run(verify.Options(pack=file, **options))
        return code, capsys.readouterr().out

    return verified


# What it is


def test_same_run_same_bytes(fleet: Fleet, capsys: pytest.CaptureFixture[str]) -> None:
    scan.run(scan.Options(config=fleet.config, output=str(fleet.folder / "out"), jobs=1, quiet=True))
    assert fleet.report("again.tar", run=1).read_bytes() == fleet.data
    files, _ = archive.read(fleet.data)
    assert sha256(files["manifest.json"]) in capsys.readouterr().err
    assert fleet.report("later.tar").read_bytes() != fleet.data


def test_it_is_plain_tar_with_its_hashes(fleet: Fleet, tmp_path: Path) -> None:
    with tarfile.open(fleet.pack) as tar:
        members = tar.getmembers()
        tar.extractall(tmp_path, filter="data")
    finished = json.loads((tmp_path / "audit.json").read_text())["finished_at"]
    assert [m.name for m in members] == [n for n in archive.ORDER if n != "manifest.sig"]
    assert {(m.uid, m.gid, m.mode, m.uname, m.type) for m in members} == {(0, 0, 0o644, "", tarfile.REGTYPE)}
    said = json.loads((tmp_path / "manifest.json").read_text())
    assert (said["schema"], said["run"], said["finished_at"]) == ("branch-drift/pack/v1", 1, finished)
    sums = "".join(f"{m['sha256']}  {m['name']}\n" for m in said["members"])
    (tmp_path / "members.sha256").write_text(sums)
    for file in ("manifest.sha256", "members.sha256"):
        subprocess.run(["sha256sum", "--check", "--strict", file], cwd=tmp_path, check=True, capture_output=True)
    assert (tmp_path / "configuration.yaml").read_bytes() == fleet.config.read_bytes()
    refs = json.loads((tmp_path / "refs.json").read_text())
    first = refs["repositories"][0]
    assert {r["name"] for r in first["refs"]} >= {"refs/heads/main", "refs/heads/dr", "refs/tags/v2.3.1"}
    assert [r["name"] for r in refs["repositories"]] == fleet.names


def test_commands_in_the_text_are_those_of_the_verdicts(evidence: Evidence) -> None:
    text = contents.recorded(evidence)["checks.txt"].decode()
    commands = [line for line in text.splitlines() if not line.startswith("#") and line]
    assert commands == [c.run for r in evidence.audit.repositories for _, v in r.pairs() for c in v.checks]
    assert "# reverted-on-qa: v2.3.1 on qa: reverted\n" in text


def test_a_pack_holds(fleet: Fleet, verified: Verified) -> None:
    code, said = verified(fleet.data, repositories=fleet.places())
    assert code == 0, said
    assert said.count("all the same") == len(fleet.names)
    assert "not signed" in said
    assert "not held against a ledger (-c) or an anchor" in said


def test_refs_of_today_do_not_matter(tmp_path: Path, verified: Verified) -> None:
    """Tags and branches moved since: the verdicts are re-derived from what the run saw."""
    fleet = Fleet(tmp_path / "fleet")
    repo = Repo(fleet.folder / "fleet" / "dr-forgotten")
    back_merge(repo, "main", "dr")
    repo.git("tag", "-d", "v2.3.1")
    repo.git("branch", "-q", "-D", "qa")
    repo.tag("v9.9.9")
    code, said = verified(fleet.data, repositories=fleet.places("dr-forgotten"))
    assert code == 0, said
    assert "that the run did not see: 1 (v9.9.9)\n" in said


def test_a_branch_that_was_absent(tmp_path: Path, verified: Verified) -> None:
    """What was unknown is unknown again, and other ways in which a fix arrived are found again."""
    repo = protocol(tmp_path / "shop")
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("The same, and more", {"src/login.py": LOGIN_FIXED + "# more\n", "other.txt": "x\n"})
    repo.switch("qa")
    repo.commit("Work", {"src/cart.py": CART + "# qa\n"})
    repo.pick(landed.fix, "-x")
    config = tmp_path / "drift.yaml"
    config.write_text("repositories: [{name: shop, path: shop, branches: [dev, qa, {name: uat, sla: 3bd}]}]\n")
    out = str(tmp_path / "out")
    assert scan.run(scan.Options(config=config, form="json", output=out, jobs=1, quiet=True)) == 3
    pack = tmp_path / "pack.tar"
    assert report.run(report.Options(config=config, output=out, pack=pack, quiet=True)) == 3
    code, said = verified(pack.read_bytes(), repositories=(f"shop={repo.path}",))
    assert code == 0, said
    assert "shop: 3 verdicts re-derived from 5 recorded refs, all the same" in said


def test_a_shallow_clone_cannot_tell(fleet: Fleet, verified: Verified, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    source = (fleet.folder / "fleet" / "dr-forgotten").as_uri()
    subprocess.run(["git", "clone", "-q", "--no-single-branch", "--depth=1", source, clone], check=True)
    code, said = verified(fleet.data, repositories=(f"dr-forgotten={clone}",))
    assert code == 3, said
    assert said.count("not checked: dr-forgotten: the history in ") == 1


def test_a_configuration_is_read_again_as_it_was() -> None:
    example = load(Path("config/branch-drift.example.yaml"))
    effective = example.model_dump_json(exclude={"text"}).encode()
    assert len(example.repositories) > 1
    for repository in example.repositories:
        assert settings.repository(effective, repository.name) == repository
    listed = json.dumps(
        {"repositories": [], "discover": [{"main": "trunk", "branches": [{"name": "qa"}], "owner": "o"}]}
    )
    found = settings.repository(listed.encode(), "any", [Discovery("github", "", "o", ("any",), (), ())])
    assert (found and found.main, found and [b.name for b in found.branches]) == ("trunk", ["qa"])
    assert settings.repository(listed.encode(), "any") is None
    for broken in (b"", b"[]", b'{"repositories": 5}', b'{"repositories": [{"name": "any", "branches": 5}]}'):
        with pytest.raises(PackError, match=r"configuration\.json"):
            settings.repository(broken, "any")


def test_rows_out_of_either_database(ledger: Database, shop: RepositoryAudit) -> None:
    record_run(ledger, shop)
    listed = (Discovery("github", "https://github.com", "o", ("shop",), (), ()),)
    number = write.begin(ledger, beginning())
    write.finish(ledger, number, replace(whole(shop, shop), discovered=listed), {})
    for number, many in ((1, 1), (2, 2)):
        found = export.export(ledger, number)
        assert export.parse(export.lines(found)) == found
        assert export.audit(found) == read.audit(ledger, number)
        assert len(export.audit(found).repositories) == many
        assert export.configuration(ledger, found)[1] == CONFIG.encode()
    with pytest.raises(LedgerError, match="not in the ledger"):
        export.export(ledger, 3)


# Every change


def small() -> bytes:
    """An archive with every member, in a few kilobytes."""
    files = {n: f"{n}\n".encode() * 9 for n in archive.ORDER if not n.startswith("manifest")}
    link = manifest.Link(2, "ab" * 32, "cd" * 32)
    files["manifest.json"] = manifest.manifest(1, (5, 1_790_000_000), TOOL, link, files)
    files["manifest.sig"] = b"-----BEGIN SSH SIGNATURE-----\n"
    files["manifest.sha256"] = manifest.sums(files)
    return archive.build(files, 1_790_000_000)


def owners(data: bytes) -> Iterator[str]:
    """The part of the archive that each byte belongs to."""
    for name, content in archive.read(data)[0].items():
        yield from [name] * (BLOCK + -(-len(content) // BLOCK) * BLOCK)
    yield from ["the end of the archive"] * (2 * BLOCK)


def flipped(data: bytes, bit: int) -> bytes:
    at = bit // 8
    return data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]


def test_any_flipped_bit_is_found_and_named() -> None:
    data = small()
    assert check.intact(data)[1] == []
    parts = list(owners(data))
    assert len(parts) == len(data)
    for at, part in enumerate(parts):
        faults = check.intact(flipped(data, 8 * at + at % 8))[1]
        assert any(part in fault for fault in faults), (at, part, faults)


def test_flipped_bits_of_a_real_pack(fleet: Fleet) -> None:
    parts = list(owners(fleet.data))
    for bit in range(0, 8 * len(fleet.data), 39_989):
        faults = check.intact(flipped(fleet.data, bit))[1]
        assert any(parts[bit // 8] in fault for fault in faults), (bit, faults)


def test_cut_short_or_longer() -> None:
    data = small()
    for size in range(0, len(data), 97):
        assert check.intact(data[:size])[1], size
    for more in (b"\0", bytes(BLOCK), b"x", data):
        assert "something was added" in check.intact(data + more)[1][0]


def with_member(name: str, content: bytes | None, data: bytes) -> dict[str, bytes]:
    files = dict(archive.read(data)[0])
    files.pop(name)
    return files if content is None else {**files, name: content}


@pytest.mark.parametrize("name", [n for n in archive.ORDER if n not in ("manifest.json", "manifest.sha256")])
def test_a_member_removed_or_replaced(name: str) -> None:
    data = small()
    for content in (None, b"", b"something else"):
        changed = archive.build(with_member(name, content, data), 1_790_000_000)
        faults = check.intact(changed)[1]
        assert any(name in fault for fault in faults), (content, faults)


def test_members_swapped_renamed_or_added() -> None:
    data = small()
    files, at = archive.read(data)
    swapped = {**files, "refs.json": files["checks.txt"], "checks.txt": files["refs.json"]}
    faults = " ".join(check.intact(archive.build(swapped, at))[1])
    assert "refs.json: is not" in faults
    assert "checks.txt: is not" in faults
    assert "finished_at" in check.intact(archive.build(files, at + 1))[1][0]
    blocks = {name: data.index(name.encode().ljust(100, b"\0")) for name in ("refs.json", "checks.txt")}
    one, two = (data[at : at + 2 * BLOCK] for at in blocks.values())
    assert "refs.json" in check.intact(data.replace(one + two, two + one))[1][0]
    assert "refs.json" in check.intact(data.replace(one, one + one))[1][0]
    assert "refs.json" in check.intact(data.replace(one, b"r" + b"x" * 8 + one[9:]))[1][0]


# Hostile packs


def tarred(*infos: tarfile.TarInfo) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for info in infos:
            tar.addfile(info, io.BytesIO(b"x" * info.size) if info.isreg() else None)
    return out.getvalue()


def member(name: str, **keys: Any) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    for key, value in keys.items():
        setattr(info, key, value)
    return info


@pytest.mark.parametrize(
    "hostile",
    [
        member("../../etc/passwd", size=3),
        member("/etc/passwd", size=3),
        member("manifest.json", type=tarfile.SYMTYPE, linkname="/etc/passwd"),
        member("manifest.json", type=tarfile.LNKTYPE, linkname="/etc/passwd"),
        member("manifest.json", type=tarfile.CHRTYPE),
        member("manifest.json", size=3, mode=0o4755),
        member("manifest.json", size=3, uname="root"),
        member("manifest.json", size=3, pax_headers={"path": "../x"}),
        member("m" * 300, size=3),
    ],
    ids=lambda info: f"{info.name[:12]}-{info.type!r}",
)
def test_hostile_members_are_refused(hostile: tarfile.TarInfo, verified: Verified) -> None:
    code, said = verified(tarred(hostile))
    assert code == 1
    assert "fault: manifest.json: its header" in said


def test_huge_sizes_are_refused() -> None:
    header = archive.build({"manifest.json": b""}, 0)[:BLOCK]
    for size in (2**33 - 1, 2**20):
        huge = bytearray(header)
        huge[124:136] = b"%011o\0" % size
        huge[148:156] = b"%06o\0 " % (sum(huge[:148]) + sum(huge[156:]) + 8 * ord(" "))
        assert "the archive ends before" in check.intact(bytes(huge))[1][0]
    for noise in (b"", b"x" * 4000, bytes(20_000), b"\x80" + bytes(511)):
        assert check.intact(noise)[1]


OID = "a" * 40
HOSTILE_COMMANDS = (
    f"git -c core.pager=touch --no-replace-objects rev-parse {OID}:x",
    f"git --no-replace-objects -c alias.x=!touch x {OID}",
    f"git --no-replace-objects ls-remote --upload-pack=touch {OID}",
    f"git --no-replace-objects cherry --exec=touch {OID} {OID}",
    f"git --no-replace-objects cherry {OID} {OID}",
    f"git --no-replace-objects merge-base --is-ancestor --all {OID}",
    f"git --no-replace-objects merge-tree --write-tree {OID} {OID}",
    f"git --no-replace-objects rev-list --full-history --max-count=1 --output=x -- {OID}",
    f"git --no-replace-objects ls-tree HEAD -- {OID}",
    "git --no-replace-objects rev-parse --git-dir",
    "git --no-replace-objects rev-parse HEAD:x",
    f"git --no-replace-objects rev-parse {OID}:x; touch x",
    f"git --no-replace-objects rev-parse {OID}:$(touch x)",
    f"git --no-replace-objects  rev-parse {OID}:x",
    f"git --git-dir=/x --no-replace-objects rev-parse {OID}:x",
    f"sh -c touch {OID}",
    f"git --no-replace-objects grep --quiet --text --fixed-strings -e x --open-files-in-pager=sh {OID} -- y",
    "git --no-replace-objects grep --quiet --text --fixed-strings -e x HEAD -- y",
    "git --no-replace-objects rev-parse 'x",
    "",
)


@pytest.mark.parametrize("run", HOSTILE_COMMANDS)
def test_other_commands_are_not_run(run: str, tmp_path: Path) -> None:
    assert plain_git.allowed(run) is None
    assert "was not run" in str(plain_git.differs(tmp_path, Check(run, 0)))


def test_every_command_of_the_demonstration_is_known(evidence: Evidence) -> None:
    checks = {c.run for r in evidence.audit.repositories for _, v in r.pairs() for c in v.checks}
    assert len(checks) > 50
    assert [run for run in checks if plain_git.allowed(run) != shlex.split(run)[2:]] == []


# Who forges a pack makes all of its hashes anew


def forged(found: Evidence, name: str, edit: Callable[[RepositoryAudit], RepositoryAudit]) -> bytes:
    """A pack of a run that never was: every hash in it is right."""
    run = found.exported
    bodies, entries = {}, []
    for entry, audit in zip(run.entries, found.audit.repositories, strict=True):
        body = record.dump(edit(audit) if audit.name == name else audit)
        bodies[sha256(body)] = body
        entries.append(sealed("entries", {**entry, "content": sha256(body)}))
    ended = {**run.ended, "content": event_hash(row["digest"] for row in (run.ending, *entries))}
    ended["hash"] = link_hash(ended)
    exported = Exported(run.run, run.begun, run.ending, ended, tuple(entries), bodies)
    whole = replace(found.audit, repositories=tuple(record.load(b, 0.0) for b in bodies.values()))
    timed = [replace(r, duration_seconds=e["seconds"]) for r, e in zip(whole.repositories, entries, strict=True)]
    return make.pack(replace(found, exported=exported, audit=replace(whole, repositories=tuple(timed))), sign=False)[0]


def edited(change: Callable[[Verdict], Verdict]) -> Callable[[RepositoryAudit], RepositoryAudit]:
    """The audit with the verdict on dr changed."""

    def edit(found: RepositoryAudit) -> RepositoryAudit:
        hotfixes = [
            replace(h, verdicts=tuple(change(v) if v.branch == "dr" else v for v in h.verdicts)) for h in found.hotfixes
        ]
        return replace(found, hotfixes=tuple(hotfixes))

    return edit


def whitewashed(verdict: Verdict) -> Verdict:
    return replace(verdict, status=Status.PRESENT, via=Via.MERGE, forecast=None)


def test_a_forged_verdict_is_named(fleet: Fleet, evidence: Evidence, verified: Verified) -> None:
    data = forged(evidence, "dr-forgotten", edited(whitewashed))
    assert verified(data)[0] == 0  # on its own, nothing tells
    code, said = verified(data, repositories=fleet.places())
    assert code == 1
    assert "fault: dr-forgotten: v2.3.1 on dr: recorded present (merge), re-derived missing\n" in said
    assert said.count("fault:") == 1
    code, said = verified(data, config=fleet.config)
    assert code == 1
    assert "has link 2 as" in said


FORGERIES: tuple[tuple[str, Callable[[Verdict], Verdict], str], ...] = (
    ("dr-waived", lambda v: replace(v, covers=Status.PARTIAL), "and so re-derived, but covers differ"),
    ("dr-forgotten", lambda v: replace(v, overdue=False), "but overdue differ"),
    ("dr-forgotten", lambda v: replace(v, reason="It is fine"), "but reason differ"),
    ("dr-forgotten", lambda v: replace(v, checks=()), "but checks differ"),
    (
        "cherry-picked",
        lambda v: replace(v, via=Via.MERGE),
        "recorded present (merge), re-derived present (cherry-pick)",
    ),
    ("cherry-picked", lambda v: replace(v, since=5), "but since differ"),
    ("in-order", lambda v: replace(v, checks=(Check(f"git -c core.pager=id log {OID}", 0),)), "was not run"),
    ("in-order", lambda v: replace(v, checks=(replace(v.checks[0], exit=1),)), "ended with 0, not with 1"),
)


@pytest.mark.parametrize(("name", "change", "words"), FORGERIES)
def test_forgeries(
    fleet: Fleet, evidence: Evidence, verified: Verified, name: str, change: Callable[[Verdict], Verdict], words: str
) -> None:
    code, said = verified(forged(evidence, name, edited(change)), repositories=fleet.places(name))
    assert code == 1, said
    assert words in said
    assert all(f"fault: {name}: v2.3.1 on dr: " in line for line in said.splitlines() if line.startswith("fault"))


def test_a_hotfix_left_out_is_named(fleet: Fleet, evidence: Evidence, verified: Verified) -> None:
    data = forged(evidence, "dr-forgotten", lambda found: replace(found, hotfixes=()))
    code, said = verified(data, repositories=fleet.places("dr-forgotten"))
    assert code == 1
    assert "fault: dr-forgotten: v2.3.1: is a hotfix, and not recorded\n" in said


def test_a_moved_ref_is_named(fleet: Fleet, evidence: Evidence, verified: Verified) -> None:
    """The record says of main's tip that it is dr's, too."""

    def moved(found: RepositoryAudit) -> RepositoryAudit:
        return replace(found, refs=tuple(replace(r, commit=found.main.commit) for r in found.refs))

    code, said = verified(forged(evidence, "dr-forgotten", moved), repositories=fleet.places("dr-forgotten"))
    assert code == 1
    assert "fault: dr-forgotten: refs/heads/dr: is recorded to peel to" in said


@pytest.mark.parametrize("name", ["report.html", "audit.json", "refs.json", "checks.txt", "configuration.json"])
def test_a_forged_document_is_named(evidence: Evidence, verified: Verified, name: str) -> None:
    files = {**contents.files(evidence)}
    files[name] = files[name].replace(b"dr-forgotten", b"dr-fargotten", 1) + b" "
    files["manifest.json"] = make.statement(evidence.exported, files)
    files["manifest.sha256"] = manifest.sums(files)
    code, said = verified(archive.build(files, evidence.audit.finished_at))
    assert code == 1
    assert f"fault: {name}: is not" in said


def test_a_forged_row_is_named(evidence: Evidence, verified: Verified) -> None:
    files = {**contents.files(evidence)}
    for old, new in ((b'"exit_code":1', b'"exit_code":0'), (b'"status":"missing"', b'"status":"present"')):
        files["ledger.jsonl"] = contents.files(evidence)["ledger.jsonl"].replace(old, new, 1)
        files["manifest.json"] = make.statement(evidence.exported, files)
        files["manifest.sha256"] = manifest.sums(files)
        code, said = verified(archive.build(files, evidence.audit.finished_at))
        assert code == 1
        assert "fault: ledger.jsonl: " in said


# What it is held against


def test_ledger_and_anchors(fleet: Fleet, evidence: Evidence, verified: Verified, tmp_path: Path) -> None:
    link = evidence.exported.ended
    anchor = tmp_path / "anchor"
    anchor.write_text(f"2026-01-01T00:00:00Z run 1 link {link['sequence']} {link['hash']}\n")
    assert verified(fleet.data, config=fleet.config, anchors=(anchor,))[0] == 0
    anchor.write_text(f"2026-01-01T00:00:00Z run 1 link {link['sequence']} {'0' * 64}\n")
    code, said = verified(fleet.data, anchors=(anchor,))
    assert code == 1
    assert "this pack is not of that run" in said
    anchor.write_text(f"2026-01-01T00:00:00Z run 9 link 99 {'0' * 64}\n")
    code, said = verified(fleet.data, anchors=(anchor,))
    assert code == 3
    assert f"not checked: {anchor}: does not have link 2" in said


def test_a_repository_without_the_objects(fleet: Fleet, verified: Verified) -> None:
    other = f"dr-forgotten={fleet.folder / 'fleet' / 'careless'}"
    code, said = verified(fleet.data, repositories=(other,))
    assert code == 3
    assert "not checked: dr-forgotten: " in said
    assert "is not in this repository; fetch it" in said


def test_another_repository_altogether(fleet: Fleet, verified: Verified, tmp_path: Path) -> None:
    Repo(tmp_path / "other").commit("Something else")
    code, said = verified(fleet.data, repositories=(f"dr-forgotten={tmp_path / 'other'}",))
    assert code == 3
    (told,) = [line for line in said.splitlines() if line.startswith("not checked: ")]
    assert f"{tmp_path / 'other'} does not seem to be this repository: of " in told


def test_a_repository_that_lacks_much(fleet: Fleet, verified: Verified, tmp_path: Path) -> None:
    """What is lacking is named as far as anybody reads on."""
    repo = protocol(tmp_path / "shop")
    for n in range(12):
        repo.git("tag", "-a", "-m", "x", f"x{n}")
    older = tmp_path / "older"
    repo.git("clone", "-q", "--no-local", "--no-tags", ".", str(older))
    config = tmp_path / "drift.yaml"
    config.write_text("repositories: [{name: shop, path: shop}]\n")
    scan.run(scan.Options(config=config, form="json", output=str(tmp_path / "out"), jobs=1, quiet=True))
    said = report.Options(config=config, output=str(tmp_path / "out"), pack=tmp_path / "p.tar", quiet=True)
    report.run(said)
    code, text = verified((tmp_path / "p.tar").read_bytes(), repositories=(f"shop={older}",))
    assert code == 3
    assert text.count("is not in this repository; fetch it") == 5, text
    assert "not checked: shop: 8 more recorded objects are not in it" in text


def test_a_file_of_something_else_is_no_anchor(fleet: Fleet, tmp_path: Path) -> None:
    other = tmp_path / "words"
    other.write_bytes(b"something else\n\xff\x00\n" * 300)
    with pytest.raises(BranchDriftError) as caught:
        verify.run(verify.Options(pack=fleet.pack, anchors=(other,)))
    assert str(caught.value) == f"{other}: is no file of anchors: none of its lines is one"
    other.write_text("broken\n" * 30 + f"2026-01-01T00:00:00Z run 9 link 99 {'0' * 64}\n")
    with pytest.raises(BranchDriftError, match=f"words:10: is no anchor; {other}: 20 more lines are none"):
        verify.run(verify.Options(pack=fleet.pack, anchors=(other,)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"repositories": ("nobody=.",)}, "has no repository nobody"),
        ({"repositories": ("in-order",)}, "NAME=PATH"),
        ({"repositories": ("in-order=/nowhere/at/all",)}, "there is no folder"),
        ({"repositories": ("in-order=.", "in-order=.")}, "given twice"),
        ({"ledger": True}, "a pack, or --ledger"),
    ],
)
def test_bad_usage(fleet: Fleet, options: dict[str, Any], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        verify.run(verify.Options(pack=fleet.pack, **options))


def test_a_repository_that_was_not_audited(tmp_path: Path, verified: Verified) -> None:
    config = tmp_path / "drift.yaml"
    config.write_text("repositories: [{name: gone, path: gone}]\n")
    (tmp_path / "out").touch()
    out = str(tmp_path / "out")
    assert scan.run(scan.Options(config=config, output=out, jobs=1, quiet=True)) == 3
    report.run(report.Options(config=config, output=out, pack=tmp_path / "pack.tar", quiet=True))
    data = (tmp_path / "pack.tar").read_bytes()
    assert verified(data)[0] == 0
    code, said = verified(data, repositories=(f"gone={tmp_path}",))
    assert code == 3
    assert "not checked: gone: was not audited in this run: " in said


def test_waived_breaches_and_waivers_that_only_the_forge_can_judge(
    tmp_path: Path, verified: Verified, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the repository alone can tell is derived again; of the others the record stands."""
    monkeypatch.setenv("CANARY", TOKEN)
    with shop("github", tmp_path) as at:
        at.fix("Fix login-crash")
        at.merge(at.open())
        at.on.project.git("tag", "v2.3.1", "main")
        terms = {"tag": "v2.3.1", "reason": "r", "approved_by": "b", "expires": "2099-01-01"}
        waivers = [{"rule": rule, **terms} for rule in ("tag-not-annotated", "review-missing", "self-approved")]
        said = at.config(waivers=waivers).model_dump(mode="json", exclude_unset=True)
        said["forge"] |= {"patience": "0s", "timeout": "5s"}
        config = tmp_path / "drift.yaml"
        config.write_text(json.dumps({"repositories": [said]}))
        out = str(tmp_path / "out")
        scan.run(scan.Options(config=config, form="json", output=out, jobs=1, quiet=True))
    document = json.loads(Path(out).read_text())["repositories"][0]
    waived = {v["rule"]: v["waiver"] is not None for v in document["violations"]}
    assert waived == {"tag-not-annotated": True, "review-missing": True, "waiver-unused": False}
    report.run(report.Options(config=config, output=out, pack=tmp_path / "pack.tar", quiet=True))
    data = (tmp_path / "pack.tar").read_bytes()
    place = (f"shop={at.bare}",)
    code, said_ = verified(data, repositories=place)
    assert code == 0, said_

    def whitewashed(found: RepositoryAudit) -> RepositoryAudit:
        return replace(found, violations=tuple(replace(v, waiver=None) for v in found.violations))

    found = check.evidence(archive.read(data)[0])
    code, said_ = verified(forged(found, "shop", whitewashed), repositories=place)
    assert code == 1
    assert "the violation of tag-not-annotated (v2.3.1" in said_


def test_on_the_command_line(fleet: Fleet, tmp_path: Path) -> None:
    def branch_drift(*words: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "auditor", *words]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    config, pack = str(fleet.config), str(tmp_path / "pack.tar")
    done = branch_drift("report", "-c", config, "--run", "1", "--pack", pack)
    assert done.returncode == 1
    assert "drift: " in done.stdout
    assert "the SHA-256 of its manifest is " in done.stderr
    assert Path(pack).read_bytes() == fleet.data
    done = branch_drift("verify", pack, "--repo", fleet.places("in-order")[0], "-c", config)
    assert (done.returncode, done.stderr) == (0, "")
    Path(pack).write_bytes(flipped(fleet.data, 80_000))
    done = branch_drift("verify", pack)
    assert done.returncode == 1
    assert done.stdout.startswith("fault: report.html: ")
    assert branch_drift("verify", pack, "--repo", "x").returncode == 2
    assert branch_drift("verify", "nowhere.tar").returncode == 3


# Signatures


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key that git's configuration names, and a file that allows it."""
    made = tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", made], check=True, stdin=subprocess.DEVNULL)
    config = tmp_path / "gitconfig"
    config.write_text(f"[gpg]\n\tformat = ssh\n[user]\n\tsigningkey = {made}\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    (tmp_path / "allowed").write_text(f"ada@example.com {(tmp_path / 'key.pub').read_text()}")
    (tmp_path / "others").write_text("eve@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43 + "\n")
    return made


def test_a_signed_pack(fleet: Fleet, key: Path, verified: Verified, tmp_path: Path) -> None:
    data = fleet.report("signed.tar", run=1, sign=True).read_bytes()
    assert fleet.report("signed.tar", run=1, sign=True).read_bytes() == data
    code, said = verified(data, allowed_signers=tmp_path / "allowed")
    assert (code, 'Good "git" signature for ada@example.com' in said) == (0, True), said
    code, said = verified(data)
    assert (code, "whose key this is was not checked" in said) == (0, True), said
    code, said = verified(data, allowed_signers=tmp_path / "others")
    assert (code, "fault: the signature is by no signer that" in said) == (1, True), said
    code, said = verified(data, allowed_signers=tmp_path / "none")
    assert (code, "there is no such file" in said) == (3, True), said


def test_a_signature_that_was_taken_away(fleet: Fleet, key: Path, verified: Verified, tmp_path: Path) -> None:
    files, at = archive.read(fleet.report("stripped.tar", run=1, sign=True).read_bytes())
    without = {name: data for name, data in files.items() if name != "manifest.sig"}
    data = archive.build({**without, "manifest.sha256": manifest.sums(without)}, at)
    code, said = verified(data)
    assert (code, "not signed" in said) == (0, True), said
    code, said = verified(data, allowed_signers=tmp_path / "allowed")
    assert (code, "fault: not signed" in said, "as it was written" in said) == (1, True, False), said
    code, said = verified(data, allowed_signers=tmp_path / "none")
    assert (code, "fault: not signed" in said, "there is no such file" in said) == (1, True, True), said


def test_a_signature_of_another_pack(fleet: Fleet, key: Path, verified: Verified, tmp_path: Path) -> None:
    other, _ = archive.read(fleet.report("signed.tar", run=1, sign=True).read_bytes())
    scan.run(scan.Options(config=fleet.config, output=str(fleet.folder / "out"), jobs=1, quiet=True))
    files, at = archive.read(fleet.report("newer.tar").read_bytes())
    for signature in (other["manifest.sig"], b"nonsense\n", b"-----BEGIN SSH SIGNATURE-----\nAAAA\n"):
        signed = {**files, "manifest.sig": signature}
        data = archive.build({**signed, "manifest.sha256": manifest.sums(signed)}, at)
        for allowed in (None, tmp_path / "allowed"):
            code, said = verified(data, allowed_signers=allowed)
            assert (code, "fault: the signature is" in said) == (1, True), said


def test_gpg(fleet: Fleet, verified: Verified, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(home))
    batch = ["gpg", "--batch", "--passphrase", "", "--quick-generate-key", "Ada <ada@example.com>", "ed25519", "sign"]
    subprocess.run(batch, check=True, capture_output=True)
    config = tmp_path / "gitconfig"
    config.write_text("[user]\n\tsigningkey = ada@example.com\n")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    data = fleet.report("gpg.tar", run=1, sign=True).read_bytes()
    code, said = verified(data)
    assert (code, "the signature is good: " in said, "Ada <ada@example.com>" in said) == (0, True, True), said
    (tmp_path / "allowed").write_text("ada@example.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI" + "A" * 43 + "\n")
    code, said = verified(data, allowed_signers=tmp_path / "allowed")
    assert (code, "names ssh keys" in said, "as it was written" in said) == (3, True, False), said
    subprocess.run(["gpgconf", "--kill", "all"], check=True, capture_output=True)
    (tmp_path / "empty").mkdir(mode=0o700)
    monkeypatch.setenv("GNUPGHOME", str(tmp_path / "empty"))
    code, said = verified(data)
    assert (code, "which is not in your key ring" in said) == (3, True), said


def test_no_key_to_sign_with(fleet: Fleet) -> None:
    with pytest.raises(UsageError, match="no key is configured"):
        fleet.report("none.tar", sign=True)
    assert not (fleet.folder / "none.tar").exists()
    with pytest.raises(UsageError, match="needs --pack"):
        report.run(report.Options(config=fleet.config, sign=True))


def test_another_file_is_no_pack_and_is_not_said_to_be_a_changed_one(fleet: Fleet, verified: Verified) -> None:
    for data in (b"", b"defaults: {}\n" * 99, gzip.compress(fleet.data)):
        code, said = verified(data)
        assert code == 1
        assert said.startswith("fault: this is no evidence pack: "), said


def test_no_archive_is_no_traceback(verified: Verified) -> None:
    with pytest.raises(PackError):
        archive.read(b"")
    assert verified(b"")[0] == 1
