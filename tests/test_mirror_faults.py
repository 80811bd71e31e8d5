"""What goes wrong between a mirror and its remote is said, costs the others nothing, and is mended the next night."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from auditor.commands.scan import audit_one
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.fleet import processes
from auditor.git.mirror import Mirror
from auditor.model import RepositoryAudit, Status
from auditor.system import locks
from tests.build import Repo, hotfix, protocol
from tests.judged import NOW
from tests.remotes import Handler, breaks_off, drips, says_nothing, serving, until, well
from tests.test_mirror import file_url, mirror, refs, scan

ROOT = Path(__file__).parent.parent


@pytest.fixture
def shop(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    return repo


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state"


def codes(found: RepositoryAudit) -> list[str]:
    return [e.code for e in found.errors]


def running(words: str) -> list[str]:
    """The processes whose command line holds these words."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line and int(folder.name) != os.getpid() and "pytest" not in line:
            found.append(line)
    return found


# Remotes that fail


@pytest.mark.parametrize("behave", [says_nothing, drips])
def test_a_slow_remote_has_a_deadline(shop: Repo, state: Path, behave: Callable[[Handler], None]) -> None:
    with serving(shop.path, behave) as server:
        url = server.url(".git")
        began = time.monotonic()
        found = scan(url, state, limits={"fetch_timeout": "2s"})
        assert codes(found) == ["fetch-timeout"]
        assert 1.9 < time.monotonic() - began < 15
        assert "longer than 2 s" in found.errors[0].detail
        assert until(lambda: not running(url)), "a process of the transfer is left"


def gone(_: Handler) -> None:
    raise ConnectionAbortedError


REFUSALS = (partial(Handler.refuse, code=503), partial(Handler.refuse, code=404))


@pytest.mark.parametrize("behave", [breaks_off, gone, *REFUSALS])
def test_the_last_good_mirror_is_not_todays_state(shop: Repo, state: Path, behave: Callable[[Handler], None]) -> None:
    with serving(shop.path) as server:
        url = server.url(".git")
        assert codes(scan(url, state)) == []
        before = refs(mirror(state))
        shop.commit("Something large", {"large": random.Random(1).randbytes(100_000)})
        server.behave = behave
        found = scan(url, state)
        assert codes(found) == ["fetch-failed"]
        assert found.incomplete
        assert found.hotfixes == ()
        assert "not judged by the mirror of 20" in found.errors[0].detail
        assert refs(mirror(state)) == before
        server.behave = well
        assert codes(scan(url, state)) == []
        assert refs(mirror(state)) == refs(shop.path / ".git")


def test_a_remote_that_is_not_there(tmp_path: Path, state: Path) -> None:
    for url in (f"file://{tmp_path}/nothing", "http://127.0.0.1:9/x", f"file://{tmp_path}"):
        found = scan(url, state)
        assert codes(found) == ["fetch-failed"]
        assert found.errors[0].detail.startswith(url)
        assert "not judged by" not in found.errors[0].detail


def test_a_remote_that_never_holds_still(shop: Repo, state: Path) -> None:
    """What was scanned must be what was advertised; a remote that always moves on is unknown."""
    moving = True

    def moves(handler: Handler) -> None:
        if handler.command == "POST" and not handler.is_pack and moving:
            shop.commit("One more")
        well(handler)

    with serving(shop.path, moves) as server:
        found = scan(server.url(".git"), state)
        assert codes(found) == ["refs-differ"]
        assert "refs/heads/main" in found.errors[0].detail
        moving = False
        assert codes(scan(server.url(".git"), state)) == []


def test_a_remote_that_moved_once_is_scanned_as_it_is_then(shop: Repo, state: Path) -> None:
    asked = []

    def moves_once(handler: Handler) -> None:
        if handler.command == "POST" and not handler.is_pack:
            asked.append(handler.path)
            if len(asked) == 2:
                shop.branch("late")
        well(handler)

    with serving(shop.path, moves_once) as server:
        assert codes(scan(server.url(".git"), state)) == []
    assert "refs/heads/late" in refs(mirror(state))


def test_an_empty_remote(state: Path, tmp_path: Path) -> None:
    empty = Repo(tmp_path / "empty")
    for _ in range(2):
        assert codes(scan(file_url(empty), state)) == ["main-absent"]


# Objects that are refused, and those that are not


def commit_of(repo: Repo, tree: str, head: str = "author A <a@x> 1 +0000\ncommitter A <a@x> 1 +0000") -> str:
    raw = f"tree {tree}\n{head}\n\nodd\n".encode()
    return repo.git("hash-object", "-t", "commit", "-w", "--literally", "--stdin", stdin=raw)


def tree_of(repo: Repo, *entries: bytes) -> str:
    blob = bytes.fromhex(repo.git("hash-object", "-w", "--stdin", stdin=b"x\n"))
    raw = b"".join(entry + b"\0" + blob for entry in entries)
    return repo.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)


@pytest.mark.parametrize(
    ("entries", "head"),
    [
        ((b"100644 a", b"100644 a"), None),
        ((b"100644 b", b"100644 a"), None),
        ((b"100644 a/b",), None),
        ((b"100644 a",), "author A <a@x> 1 +0000"),
    ],
)
def test_objects_that_can_be_read_in_two_ways_are_refused(
    shop: Repo, state: Path, entries: tuple[bytes, ...], head: str | None
) -> None:
    scan(file_url(shop), state)
    before = refs(mirror(state))
    tree = tree_of(shop, *entries)
    shop.git("update-ref", "refs/heads/odd", commit_of(shop, tree, *([head] if head else [])))
    found = scan(file_url(shop), state)
    assert codes(found) == ["fetch-failed"]
    assert refs(mirror(state)) == before


@pytest.mark.parametrize(
    ("entries", "head"),
    [
        ((b"040000 a",), None),
        ((b"100644 .git",), None),
        ((b"100644 a",), "author A<a@x> 1 +0000\ncommitter <a@x> 01 +0000"),
        ((b"100644 a",), "author A <a@x> 1 -051800\ncommitter A> <a@x> 99999999999999999999 +0000"),
        ((b"100644 a",), "author A 1 +0000\ncommitter A <a@x>"),
    ],
)
def test_what_old_tools_wrote_is_not_refused(
    shop: Repo, state: Path, entries: tuple[bytes, ...], head: str | None
) -> None:
    tree = tree_of(shop, *[e for e in entries if e != b"040000 a"])
    if entries == (b"040000 a",):
        raw = b"040000 a\0" + bytes.fromhex(tree)
        tree = shop.git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=raw)
    shop.git("update-ref", "refs/heads/odd", commit_of(shop, tree, *([head] if head else [])))
    assert codes(scan(file_url(shop), state)) == []
    assert "refs/heads/odd" in refs(mirror(state))


def test_a_damaged_remote_is_said_and_not_taken(shop: Repo, state: Path) -> None:
    oid = shop.oid("main^{tree}")
    file = shop.path / ".git" / "objects" / oid[:2] / oid[2:]
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:20])
    assert codes(scan(file_url(shop), state)) == ["fetch-failed"]
    assert list((state / "mirrors").glob("*.[no]*")) == []


def test_a_shallow_remote_is_unknown(shop: Repo, state: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--bare", "--depth=2", file_url(shop), tmp_path / "cut.git"], check=True)
    assert scan(f"file://{tmp_path / 'cut.git'}", state).incomplete


# Mirrors that were damaged


def truncated_pack(git_dir: Path) -> None:
    (pack,) = git_dir.glob("objects/pack/*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def flipped_bits(git_dir: Path) -> None:
    (pack,) = git_dir.glob("objects/pack/*.pack")
    pack.chmod(0o644)
    raw = bytearray(pack.read_bytes())
    for at in range(100, len(raw) - 40, 50):
        raw[at] ^= 0xFF
    pack.write_bytes(raw)


def no_objects(git_dir: Path) -> None:
    shutil.rmtree(git_dir / "objects" / "pack")


def no_head(git_dir: Path) -> None:
    (git_dir / "HEAD").write_bytes(b"")


def garbled_configuration(git_dir: Path) -> None:
    (git_dir / "config").write_bytes(b"\0[[[")


def lost_refs(git_dir: Path) -> None:
    packed = git_dir / "packed-refs"
    packed.write_bytes(b"".join(packed.read_bytes().splitlines(keepends=True)[:2]))


def empty_ref(git_dir: Path) -> None:
    (git_dir / "refs" / "heads").mkdir(parents=True, exist_ok=True)
    (git_dir / "refs" / "heads" / "main").write_bytes(b"")


def a_file_instead(git_dir: Path) -> None:
    shutil.rmtree(git_dir)
    git_dir.write_text("x")


def leftovers(git_dir: Path) -> None:
    """What a git that was killed leaves."""
    (git_dir / "refs" / "heads").mkdir(parents=True, exist_ok=True)
    for name in ("packed-refs.lock", "packed-refs.new", "refs/heads/main.lock", "HEAD.lock", "objects/pack/tmp_pack_x"):
        (git_dir / name).write_bytes(b"")
    (git_dir / "objects" / "pack" / "pack-0.keep").touch()
    for suffix in (".new", ".old"):
        (git_dir.with_suffix(suffix) / "objects").mkdir(parents=True)


DAMAGES = (
    truncated_pack, flipped_bits, no_objects, no_head, garbled_configuration, lost_refs, empty_ref, a_file_instead,
    leftovers,
)  # fmt: skip


@pytest.mark.parametrize("moved", [True, False])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_mirror_is_made_anew(shop: Repo, state: Path, damage: Callable[[Path], None], moved: bool) -> None:
    scan(file_url(shop), state)
    damage(mirror(state))
    for _ in range(2):
        if moved:
            shop.commit("More", {"more": "x"})
        found = scan(file_url(shop), state)
        assert codes(found) == []
        assert [v.status for v in found.hotfixes[0].verdicts] == [Status.MISSING] * 4
        moved = True
    assert refs(mirror(state)) == refs(shop.path / ".git")
    assert list((state / "mirrors").glob("*.[no]*")) == []
    assert [p for p in mirror(state).rglob("*") if p.suffix in (".lock", ".keep") or "tmp_" in p.name] == []


def test_a_mirror_in_use_is_waited_for_but_not_for_ever(shop: Repo, state: Path) -> None:
    scan(file_url(shop), state)
    with locks.held(mirror(state).with_suffix(".lock"), 0, "process 1"):
        found = scan(file_url(shop), state, limits={"fetch_timeout": "1s"})
    assert codes(found) == ["mirror-busy"]
    assert "process 1" in found.errors[0].detail
    assert codes(scan(file_url(shop), state)) == []


# Disks


@contextmanager
def small(folder: Path) -> Iterator[None]:
    """A disk without room for a pack; where none can be mounted, files that may not grow."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], capture_output=True, check=False
    )
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    if mounted.returncode:
        resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        if not mounted.returncode:
            subprocess.run(["umount", "-l", folder], check=True)


def test_a_full_disk(shop: Repo, state: Path) -> None:
    """It is said; the mirror is as it was; and with the large thing gone it goes on."""
    with small(state):
        assert codes(scan(file_url(shop), state)) == []
        before = refs(mirror(state))
        shop.branch("large")
        shop.switch("large")
        shop.commit("Large", {"large": random.Random(1).randbytes(1_000_000)})
        shop.switch("main")
        found = scan(file_url(shop), state)
        assert codes(found) == ["fetch-failed"]
        assert refs(mirror(state)) == before
        assert not list(mirror(state).glob("objects/pack/tmp_*"))
        shop.git("branch", "-D", "large")
        assert codes(scan(file_url(shop), state)) == []


def test_a_state_folder_that_cannot_be(shop: Repo, tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    assert codes(scan(file_url(shop), tmp_path / "state")) == ["mirror-unusable"]


# Workers and runs that are killed


def die_if_told(config: RepositoryConfig, state: Path, told: Path) -> RepositoryAudit:
    """The worker's own death in the middle of a transfer."""
    if config.name == "dies":
        subprocess.Popen(["sh", "-c", f"sleep 1; touch {told}; kill -9 {os.getpid()}"])
    return audit_one(config, NOW, state, remember=False)


def test_a_killed_worker_takes_its_transfer_with_it(shop: Repo, state: Path, tmp_path: Path) -> None:
    told = tmp_path / "told"
    with serving(shop.path, says_nothing) as server:
        url = server.url(".git")
        good = RepositoryConfig(name="good", url=file_url(shop))
        repositories = [good, RepositoryConfig(name="dies", url=url), good.model_copy(update={"name": "late"})]
        found = processes.run(repositories, partial(die_if_told, state=state, told=told), 1)
        assert [codes(r) for r in found] == [[], ["crashed"], []]
        assert told.exists()
        assert until(lambda: not running(url))


def test_a_slow_one_costs_the_others_nothing(shop: Repo, state: Path) -> None:
    limits = {"timeout": "2s", "fetch_timeout": "1s"}
    with serving(shop.path, drips) as server:
        slow = RepositoryConfig.model_validate({"name": "slow", "url": server.url(".git"), "limits": limits})
        good = [RepositoryConfig(name=f"good{n}", url=file_url(shop)) for n in range(3)]
        work = partial(audit_one, now=NOW, state=state, remember=False)
        found = processes.run([slow, *good], work, 2)
    assert [codes(r) for r in found] == [["fetch-timeout"], [], [], []]


def file_of(tmp_path: Path, urls: list[str], **keys: Any) -> Path:
    file = tmp_path / "c.yaml"
    entries = [{"name": f"r{n}", "url": url, **keys} for n, url in enumerate(urls)]
    file.write_text(json.dumps({"state": "state", "repositories": entries}))
    return file


def command(file: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "auditor", "scan", "-c", str(file), "--format", "json", "--quiet", *options]


def start(file: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(command(file, *options), cwd=ROOT, text=True, stdout=-1, stderr=-1)


def finished(file: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(file, *options), cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_killed_run_leaves_nothing_running(shop: Repo, tmp_path: Path, how: signal.Signals) -> None:
    with serving(shop.path, says_nothing) as server:
        url = server.url(".git")
        file = file_of(tmp_path, [url])
        with start(file) as run:
            assert until(lambda: bool(server.seen))
            run.send_signal(how)
            _, err = run.communicate(timeout=60)
        assert run.returncode != 0
        words = {signal.SIGKILL: "", signal.SIGINT: "interrupted"}
        assert words.get(how, f"asked to end by {how.name}, and ended unfinished") in err
        assert until(lambda: not running(url))
        if how == signal.SIGKILL:
            server.behave = well
            assert finished(file).returncode == 1


def test_a_run_killed_at_any_point_then_a_clean_one(tmp_path: Path) -> None:
    """Each night the remotes have moved, and the run is killed somewhere; then one is let through."""
    repos = [protocol(tmp_path / f"shop{n}") for n in range(3)]
    for repo in repos:
        hotfix(repo)
    file = file_of(tmp_path, [file_url(repo) for repo in repos])
    began = time.monotonic()
    assert finished(file).returncode == 1
    usual = time.monotonic() - began
    shutil.rmtree(tmp_path / "state")
    chance = random.Random(7)
    for night in range(4):
        for repo in repos:
            repo.commit(f"Night {night}", {f"n{night}": "x" * 500})
            repo.git("tag", "-f", "moving", "main")
        with start(file) as run:
            time.sleep(usual * chance.uniform(0.3, 1))
            run.kill()
            run.communicate()
    done = finished(file)
    assert done.returncode == 1, done.stderr
    found = json.loads(done.stdout)["repositories"]
    assert [r["errors"] for r in found] == [[], [], []]
    assert [r["main"]["commit"] for r in found] == [repo.oid("main") for repo in repos]
    for repo, git_dir in zip(repos, sorted((tmp_path / "state" / "mirrors").glob("*.git")), strict=True):
        assert refs(git_dir) == refs(repo.path / ".git")
        subprocess.run(["git", "--git-dir", git_dir, "fsck", "--full", "--strict"], check=True, capture_output=True)


def test_a_transfer_ended_at_any_point_leaves_a_mirror_that_git_can_use(shop: Repo, state: Path) -> None:
    url, ended = file_url(shop), 0
    for point in range(25):
        shop.commit(f"Point {point}", {f"p{point}": random.Random(point).randbytes(20_000)})
        shop.git("tag", "-f", "moving", "main")
        try:
            with Mirror(state, "shop", url, 0.004 * point).ready() as git_dir:
                assert refs(git_dir) == refs(shop.path / ".git")
        except RepositoryError as error:
            ended += error.code == "fetch-timeout"
        for git_dir in state.glob("*.git"):
            subprocess.run(["git", "--git-dir", git_dir, "rev-list", "--objects", "--all", "--quiet"], check=True)
    assert ended > 3
    with Mirror(state, "shop", url, 60).ready() as git_dir:
        assert refs(git_dir) == refs(shop.path / ".git")
        subprocess.run(["git", "--git-dir", git_dir, "fsck", "--full", "--strict"], check=True, capture_output=True)


def test_two_runs_at_once(shop: Repo, tmp_path: Path) -> None:
    """The second says who holds the lock and ends; the first does not notice."""
    released = False

    def waits(handler: Handler) -> None:
        until(lambda: released)
        well(handler)

    with serving(shop.path, waits) as server:
        file = file_of(tmp_path, [server.url(".git")])
        with start(file) as first:
            assert until(lambda: bool(server.seen))
            second = finished(file)
            assert (second.returncode, second.stdout) == (3, "")
            assert f"process {first.pid}" in second.stderr
            assert "nothing was scanned" in second.stderr
            released = True
            out, _ = first.communicate(timeout=20)
        assert first.returncode == 1
        assert json.loads(out)["repositories"][0]["errors"] == []


def test_a_run_that_keeps_nothing_needs_no_lock(shop: Repo, tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    entry = {"name": "a", "path": str(shop.path)}
    (tmp_path / "state").mkdir()
    with locks.held(tmp_path / "state" / "run.lock", 0, "process 1"):
        file.write_text(json.dumps({"state": "state", "repositories": [entry]}))
        assert finished(file, "--no-ledger").returncode == 1
        entry = {"name": "a", "url": file_url(shop)}
        file.write_text(json.dumps({"state": "state", "repositories": [entry]}))
        assert finished(file, "--no-ledger").returncode == 3


def test_explain_reads_the_mirror(shop: Repo, tmp_path: Path) -> None:
    file = file_of(tmp_path, [file_url(shop)])
    done = subprocess.run(
        [sys.executable, "-m", "auditor", "explain", "v2.3.1", "dr", "-c", file],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("v2.3.1 on dr of r0: missing")


def test_the_same_whatever_the_number_of_workers(tmp_path: Path) -> None:
    repos = [protocol(tmp_path / f"shop{n}") for n in range(4)]
    for repo in repos:
        hotfix(repo)
    file = file_of(tmp_path, [file_url(repo) for repo in repos])
    one = timeless(finished(file, "--jobs", "1").stdout)
    assert one == timeless(finished(file, "--jobs", "3", "--no-ledger").stdout)


def timeless(text: str) -> object:
    document = json.loads(text)
    for key in ("started_at", "finished_at"):
        document.pop(key)
    for repository in document["repositories"]:
        repository.pop("duration_seconds")
    return document
