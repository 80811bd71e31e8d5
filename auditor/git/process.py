"""Runs the git command: no shell, no prompt, no hooks, nobody's configuration."""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

from auditor.errors import BranchDriftError, RepositoryError

_PIECE = 1 << 16
_OLDEST = (2, 31)
_GET_ONE = f"install git {_OLDEST[0]}.{_OLDEST[1]} or newer, and have it on PATH"
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
    with _in_words():
        done = subprocess.run(
            command(git_dir, *arguments), input=stdin, capture_output=True, env=environment(), check=False
        )
    _check(arguments, done.returncode, codes, done.stderr)
    return done.stdout


def fields(git_dir: Path, *arguments: str, stdin: bytes = b"") -> Iterator[bytes]:
    """What one git command prints with `-z`, field by field as it comes: memory holds but a piece of it.

    Raises `RepositoryError` as `run` does, when all is read that it printed.
    """
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as words:
        asked.write(stdin)
        asked.seek(0)
        line = command(git_dir, *arguments)
        with _in_words():
            started = subprocess.Popen(line, stdin=asked, stdout=subprocess.PIPE, stderr=words, env=environment())
        with started as child:
            try:
                yield from _split(child.stdout)
            except BaseException:
                # Nobody reads on.
                child.kill()
                raise
        words.seek(0)
        _check(arguments, child.returncode, (0,), words.read())


def _split(out: IO[bytes] | None) -> Iterator[bytes]:
    rest = b""
    while out and (piece := out.read(_PIECE)):
        *whole, rest = (rest + piece).split(b"\0")
        yield from whole


def _check(arguments: Sequence[str], code: int, codes: Sequence[int], stderr: bytes) -> None:
    if code not in codes:
        words = stderr.decode(errors="replace").strip().splitlines()
        said = words[0] if words else f"exit status {code}"
        raise RepositoryError("git", f"git {arguments[0]}: {said}")


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise RepositoryError("git", f"git cannot be run: {error.strerror}") from None


@cache
def version() -> str:
    """The version of the git command, such as `2.39.5`. Raises `BranchDriftError` where there is none that will do."""
    try:
        done = subprocess.run(["git", "--version"], capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        advice = f"; {_GET_ONE}" if isinstance(error, FileNotFoundError | PermissionError) else ""
        raise BranchDriftError(f"git cannot be run: {error.strerror}{advice}") from None
    words = done.stderr.strip().splitlines()
    if done.returncode and words:
        # It is there, and refuses: a damaged configuration, say.
        raise BranchDriftError(f"git --version fails: {words[0]}")
    said = done.stdout.strip().removeprefix("git version ")
    numbers = re.match(r"(\d+)\.(\d+)", said)
    if done.returncode or numbers is None:
        raise BranchDriftError(f"git --version says no version; {_GET_ONE}")
    if (int(numbers[1]), int(numbers[2])) < _OLDEST:
        raise BranchDriftError(f"git {said} is too old; {_GET_ONE}")
    return said
