"""Runs the git command: no shell, no prompt, no hooks, nobody's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from auditor.errors import RepositoryError

_KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "GNUPGHOME")
_OPTIONS = (
    "--no-pager",
    "--no-replace-objects",
    "--literal-pathspecs",
    "-c",
    "core.commitGraph=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "diff.renames=false",
    "-c",
    "safe.directory=*",
)


def environment() -> dict[str, str]:
    """What git is given of the environment: no GIT_* variable of the caller's, no configuration files."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {
        "LC_ALL": "C",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_OPTIONAL_LOCKS": "0",
    }


def command(git_dir: Path, *arguments: str) -> list[str]:
    """The command line of one git command on a repository."""
    return ["git", *_OPTIONS, f"--git-dir={git_dir}", *arguments]


def run(git_dir: Path, *arguments: str, stdin: bytes = b"", codes: Sequence[int] = (0,)) -> bytes:
    """Standard output of one git command.

    Raises `RepositoryError` ("git") where it fails, which is to say ends with none of `codes`.
    """
    done = subprocess.run(
        command(git_dir, *arguments), input=stdin, capture_output=True, env=environment(), check=False
    )
    if done.returncode not in codes:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        said = words[0] if words else f"exit status {done.returncode}"
        raise RepositoryError("git", f"git {arguments[0]}: {said}")
    return done.stdout


@cache
def version() -> str:
    """The version of the git command, such as `2.39.5`."""
    said = subprocess.run(["git", "--version"], capture_output=True, text=True, check=False).stdout
    return said.strip().removeprefix("git version ")
