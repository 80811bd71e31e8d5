"""A machine without git, or with one that is too old: said at once and clearly, and nothing is judged."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.errors import BranchDriftError, RepositoryError
from auditor.git import process
from tests.build import hotfix, protocol

NONE = "branch-drift: git cannot be run: No such file or directory; install git 2.31 or newer, and have it on PATH\n"


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    hotfix(protocol(tmp_path / "shop"))
    (tmp_path / "c.yaml").write_text("state: state\nrepositories: [{name: shop, path: shop}]\n")
    return tmp_path


def run(shop: Path, path: str, *args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "auditor", *args]
    return subprocess.run(
        command, cwd=shop, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )


def git_that(folder: Path, does: str) -> str:
    """A PATH with a git that does this."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{does}\n")
    (folder / "git").chmod(0o755)
    return str(folder)


COMMANDS = ("scan -c c.yaml", "scan shop", "explain v2.3.1 dr shop", "backmerge -c c.yaml")


@pytest.mark.parametrize("command", COMMANDS)
def test_without_git_nothing_is_scanned(shop: Path, command: str) -> None:
    done = run(shop, "/nonexistent", *command.split())
    assert (done.returncode, done.stdout, done.stderr) == (3, "", NONE)
    assert not (shop / "state" / "ledger.sqlite").exists()


@pytest.mark.parametrize("command", COMMANDS)
def test_an_old_git_judges_nothing(shop: Path, command: str) -> None:
    done = run(shop, git_that(shop / "old", "echo git version 2.30.9"), *command.split())
    said = "branch-drift: git 2.30.9 is too old; install git 2.31 or newer, and have it on PATH\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", said)


@pytest.mark.parametrize("command", ["--help", "--version", "check-config c.yaml", "schema audit", "init shop -o -"])
def test_what_needs_no_git_asks_for_none(shop: Path, command: str) -> None:
    assert run(shop, "/nonexistent", *command.split()).returncode == 0


def test_a_recorded_run_is_read_without_git(shop: Path) -> None:
    assert run(shop, os.environ["PATH"], "scan", "-c", "c.yaml").returncode == 1
    done = run(shop, "/nonexistent", "report", "-c", "c.yaml", "--pack", "p.tar")
    assert done.returncode == 1
    assert "missing v2.3.1" in done.stdout
    signed = run(shop, "/nonexistent", "report", "-c", "c.yaml", "--pack", "q.tar", "--sign")
    assert (signed.returncode, signed.stderr.splitlines()[-1]) == (
        3,
        "branch-drift: git cannot be run: No such file or directory",
    )
    assert run(shop, "/nonexistent", "verify", "--ledger", "-c", "c.yaml").returncode == 0
    assert run(shop, "/nonexistent", "verify", "p.tar").returncode == 0
    again = run(shop, "/nonexistent", "verify", "p.tar", "--repo", "shop=shop")
    assert (again.returncode, again.stderr) == (3, NONE)


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("git version 2.31.0", "2.31.0"),
        ("git version 2.39.5 (Apple Git-154)", "2.39.5 (Apple Git-154)"),
        ("git version 2.45.GIT", "2.45.GIT"),
        ("git version 3.0.0-rc1", "3.0.0-rc1"),
        ("git version 10.1", "10.1"),
    ],
)
def test_versions_that_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, version: str) -> None:
    monkeypatch.setenv("PATH", git_that(tmp_path / "bin", f"echo '{said}'"))
    process.version.cache_clear()
    assert process.version() == version
    process.version.cache_clear()


@pytest.mark.parametrize("does", ["echo git version 1.8.3.1", "echo git version 2.9.9", "exit 1", "echo hello"])
def test_versions_that_do_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    monkeypatch.setenv("PATH", git_that(tmp_path / "bin", does))
    process.version.cache_clear()
    with pytest.raises(BranchDriftError, match=r"install git 2\.31 or newer"):
        process.version()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_git_that_refuses_is_told_in_its_own_words(shop: Path, command: str) -> None:
    (shop / "damaged").write_text("garbage[[[")
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *command.split()],
        cwd=shop, env={**os.environ, "GIT_CONFIG_GLOBAL": str(shop / "damaged")}, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    said = f"branch-drift: git --version fails: fatal: bad config line 1 in file {shop / 'damaged'}\n"
    assert (done.returncode, done.stdout, done.stderr) == (3, "", said)


def test_what_git_says_in_no_known_letters_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", git_that(tmp_path / "bin", r"printf 'fatal: \377 is no file' >&2; exit 128"))
    process.version.cache_clear()
    with pytest.raises(BranchDriftError, match=r"git --version fails: fatal: \ufffd is no file"):
        process.version()


def test_a_git_that_is_gone_meanwhile_is_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(RepositoryError, match="git: git cannot be run: No such file or directory"):
        process.run(tmp_path, "log")
    with pytest.raises(RepositoryError, match="git: git cannot be run: No such file or directory"):
        next(process.fields(tmp_path, "log"))
