"""Builds real repositories with the git command, the same to the byte each time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

Files = Mapping[str, str | bytes | None]

START = 1_767_225_600  # 2026-01-01 00:00 UTC
HOUR = 3600
PINNED = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_EDITOR": "true",
    "GIT_AUTHOR_NAME": "Ada Author",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Colin Committer",
    "GIT_COMMITTER_EMAIL": "colin@example.com",
    "LC_ALL": "C.UTF-8",
    "TZ": "UTC",
}
LASTING = ("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "core.fsync=none")


class Repo:
    """A repository with a work tree. `clock` is the time of the next commit or tag; commits advance it."""

    def __init__(self, path: str | Path, branch: str = "main", *init: str) -> None:
        self.path = Path(path)
        self.clock = START
        if not (self.path / ".git").exists():
            self.path.mkdir(parents=True, exist_ok=True)
            self.git("init", "-q", "--template=", f"--initial-branch={branch}", *init)

    # Plain git

    def environment(self) -> dict[str, str]:
        date = f"{self.clock} +0000"
        own = {"PATH": os.environ["PATH"], "HOME": str(self.path)}
        return {**PINNED, **own, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}

    def run(self, *args: str, stdin: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
        """Runs git here, whatever its exit status."""
        return subprocess.run(
            ["git", *LASTING, *args],
            cwd=self.path,
            env=self.environment(),
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            check=False,
        )

    def git(self, *args: str, stdin: bytes | None = None) -> str:
        """Runs git here and gives its standard output, without the last newline; it must succeed."""
        done = self.run(*args, stdin=stdin)
        if done.returncode:
            words = (done.stdout + done.stderr).decode(errors="replace")
            raise AssertionError(f"git {' '.join(args)} in {self.path}: exit {done.returncode}\n{words}")
        return done.stdout.decode(errors="surrogateescape").removesuffix("\n")

    def oid(self, rev: str = "HEAD") -> str:
        """The object that `rev` names (a tag's own object: peel with `v1^{commit}`)."""
        if rev != "HEAD":
            return self.git("rev-parse", "--verify", "--end-of-options", rev)
        head = (self.path / ".git" / "HEAD").read_text().strip()
        loose = self.path / ".git" / head.removeprefix("ref: ")
        if head.startswith("ref: ") and loose.is_file():
            return loose.read_text().strip()
        return self.git("rev-parse", "--verify", "HEAD")

    # Files

    def write(self, files: Files) -> None:
        """Writes work-tree files; None removes one."""
        for name, content in files.items():
            file = self.path / name
            if content is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content.encode() if isinstance(content, str) else content)

    def remove(self, *names: str) -> None:
        """Removes work-tree files."""
        self.write(dict.fromkeys(names))

    def rename(self, old: str, new: str) -> None:
        """Moves a work-tree file."""
        target = self.path / new
        target.parent.mkdir(parents=True, exist_ok=True)
        (self.path / old).rename(target)

    def read(self, name: str) -> str:
        """A work-tree file's text."""
        return (self.path / name).read_text()

    # Commits: each takes the clock's time, and advances it by an hour

    def commit(self, message: str, files: Files | None = None, author: str | None = None) -> str:
        """Commits the work tree with `files` written to it; an empty commit is allowed."""
        named = (f"--author={author}",) if author else ()
        return self._conclude(files or {}, "commit", "-q", "--allow-empty", "-m", message, *named)

    def merge(self, name: str, *options: str, resolve: Files | None = None) -> str:
        """Merges with a merge commit, unless the options say otherwise; `--squash` is committed, too.

        `resolve` is written into the merge, whether it conflicted or not.
        """
        if "--squash" in options:
            self._attempt(resolve, "merge", "-q", *options, name)
            return self._conclude(resolve or {}, "commit", "-q", "-m", f"Squash {name}")
        how = () if {"--ff", "--ff-only"} & set(options) else ("--no-ff",)
        if resolve is None:
            return self._dated("merge", "-q", *how, "--no-edit", *options, name)
        self._attempt(resolve, "merge", "-q", *how, "--no-commit", *options, name)
        return self._conclude(resolve, "commit", "-q", "--allow-empty")

    def pick(self, oid: str, *options: str, resolve: Files | None = None) -> str:
        """Cherry-picks; `resolve` is written into the pick, whether it conflicted or not."""
        return self._replay("cherry-pick", oid, options, resolve)

    def revert(self, oid: str, *options: str, resolve: Files | None = None) -> str:
        """Reverts; `resolve` is written into the revert, whether it conflicted or not."""
        return self._replay("revert", oid, ("--no-edit", *options), resolve)

    def _replay(self, verb: str, oid: str, options: tuple[str, ...], resolve: Files | None) -> str:
        if not self._attempt(resolve, verb, *options, oid):
            return self._conclude(resolve or {}, verb, "--continue")
        again = ("commit", "-q", "--amend", "--allow-empty", "--no-edit") if resolve else ()
        return self._conclude(resolve or {}, *again)

    def _attempt(self, resolve: Files | None, *args: str) -> bool:
        """Whether it went through; a conflict is all right where a resolution is at hand."""
        if resolve is None:
            self.git(*args)
            return True
        done = self.run(*args)
        if done.returncode not in (0, 1):
            raise AssertionError(f"git {' '.join(args)}: {done.stderr.decode(errors='replace')}")
        return done.returncode == 0

    def _conclude(self, files: Files, *args: str) -> str:
        self.write(files)
        if args:
            self.git("add", "-A")
            return self._dated(*args)
        self.clock += HOUR
        return self.oid()

    def _dated(self, *args: str) -> str:
        self.git(*args)
        self.clock += HOUR
        return self.oid()

    # Refs

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Makes a branch, without switching to it."""
        self.git("branch", "-q", "--no-track", name, start)

    def switch(self, name: str, start: str | None = None) -> None:
        """Switches to a branch; with `start`, to a new one."""
        self.git("switch", "-q", *(("--no-track", "-c", name, start) if start else (name,)))

    def tag(self, name: str, annotated: bool = True, at: str = "HEAD", message: str | None = None) -> str:
        """Makes a tag, and gives the id that its ref holds."""
        self.git("tag", *(("-a", "-m", message or f"Release {name}") if annotated else ()), name, at)
        return self.oid(f"refs/tags/{name}")


BRANCHES = ("dev", "qa", "ppd", "dr")

LOGIN = """\
def login(user, password):
    account = find(user)
    if account.locked:
        return "locked"
    if account.check(password):
        return "welcome"
    return "no"


def logout(session):
    session.close()
    return "bye"
"""
LOGIN_FIXED = LOGIN.replace(
    "    if account.locked:\n", '    if account is None:\n        return "no"\n    if account.locked:\n'
)
CART = """\
def total(items):
    value = 0
    for item in items:
        value += item.price
    return value
"""
BASE = {"src/login.py": LOGIN, "src/cart.py": CART, "VERSION": "2.3.0\n", "README.md": "# Shop\n"}


@dataclass(frozen=True)
class Landed:
    """A hotfix that came to main: its branch, its commit, the merge on main, the tag."""

    branch: str
    fix: str
    merge: str
    tag: str


def protocol(path: str | Path, branches: tuple[str, ...] = BRANCHES) -> Repo:
    """main with the release v2.3.0, and the environment branches cut from it; main is checked out."""
    repo = Repo(path)
    repo.commit("Start the shop", {**BASE, "VERSION": "2.2.0\n"})
    repo.commit("Release 2.3.0", {"VERSION": "2.3.0\n"})
    repo.tag("v2.3.0")
    for name in branches:
        repo.branch(name)
    return repo


def hotfix(
    repo: Repo,
    name: str = "login-crash",
    tag: str = "v2.3.1",
    files: Files | None = None,
    annotated: bool = True,
) -> Landed:
    """The protocol's story: hotfix/NAME cut from main, fixed, merged to main with a merge commit, tagged."""
    branch = f"hotfix/{name}"
    repo.switch(branch, "main")
    fix = repo.commit(f"Fix {name}", {"src/login.py": LOGIN_FIXED} if files is None else files)
    repo.switch("main")
    merge = repo.merge(branch)
    repo.tag(tag, annotated=annotated)
    return Landed(branch, fix, merge, tag)


def back_merge(repo: Repo, what: str, *branches: str) -> None:
    """Merges `what` to each of the branches, and returns to main."""
    for branch in branches:
        repo.switch(branch)
        repo.merge(what)
    repo.switch("main")


def started(repo: Repo, files: Files) -> None:
    """Something more on main, released, and qa cut from there."""
    repo.commit("Go on", files)
    repo.tag("v2.4.0")
    repo.branch("qa")


def fixed(repo: Repo, files: Files) -> str:
    """A hotfix of one commit on main itself."""
    oid = repo.commit("Mend it", files)
    repo.tag("v2.4.1")
    return oid
