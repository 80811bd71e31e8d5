"""Runs check commands of a pack, which may be anybody's: only those that this program could have written.

They are run without a shell, on the objects of a repository alone: neither its configuration nor its hooks,
nor its refs, are there.
"""

from __future__ import annotations

import re
import shlex
import subprocess
import tempfile
from pathlib import Path

from auditor.git import process
from auditor.proof import Check

_OID = re.compile(r"[0-9a-f]{40}")
_AT_PATH = re.compile(r"[0-9a-f]{40}:.+", re.DOTALL)
_PATIENCE = 300


def allowed(run: str) -> list[str] | None:
    """The words after `git --no-replace-objects`, or None where this is no check command."""
    try:
        words = shlex.split(run)
    except ValueError:
        return None
    if shlex.join(words) != run or words[:2] != ["git", "--no-replace-objects"]:
        return None
    return words[2:] if _known(words[2:]) else None


def _known(words: list[str]) -> bool:
    """The shapes of `auditor.checks`; whatever follows `--` is a path."""
    match words:
        case ["rev-parse", "--is-shallow-repository"]:
            return True
        case ["rev-parse", named] | ["cat-file", "-t", named]:
            return _AT_PATH.fullmatch(named) is not None
        case (
            ["merge-base", "--is-ancestor", one, other]
            | ["diff-tree", "-r", "--quiet", one, other]
            | ["diff-tree", "-r", "--quiet", one, other, "--", _, *_]
        ):
            return all(map(_OID.fullmatch, (one, other)))
        case ["cherry" | "merge-tree", *commits] if len(commits) == 3:
            return all(map(_OID.fullmatch, commits))
        case (
            ["ls-tree", tip, "--", _]
            | ["rev-list", "--full-history", "--max-count=1", tip, "--", _, *_]
            | ["grep", "--quiet", "--text", "--fixed-strings", "-e", _, tip, "--", _]
        ):
            return _OID.fullmatch(tip) is not None
    return False


def differs(git_dir: Path, check: Check) -> str | None:
    """How a command answers otherwise than a pack says; None where it answers so."""
    words = allowed(check.run)
    if words is None:
        return "is no check command that this program writes, and was not run"
    with tempfile.TemporaryFile() as out:
        command = ["git", f"--git-dir={git_dir}", "--no-replace-objects", *words]
        try:
            code = subprocess.run(
                command, env=process.environment(), stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.DEVNULL, check=False, timeout=_PATIENCE,
            ).returncode  # fmt: skip
        except (subprocess.TimeoutExpired, ValueError, OSError) as error:
            return f"could not be run: {type(error).__name__}"
        if code != check.exit:
            return f"ended with {code}, not with {check.exit}"
        if check.stdout is None:
            return None
        expected = check.stdout.encode("utf-8", "surrogateescape")
        out.seek(0)
        return None if out.read(len(expected) + 1) == expected else "wrote something else to standard output"
