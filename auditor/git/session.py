"""Runs a command so that nothing of it outlives its deadline, or the process that asked for it.

It gets a session of its own: no terminal to ask anything on, and one name for all its processes.
A keeper, started once by each process (and thread) that runs such commands, kills that session when its parent
is gone, even where the parent was killed and could not do so itself.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache

from auditor.git import keeper

_MOST_WORDS = 64 * 1024


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended, and what it said."""

    code: int
    out: bytes
    err: str


def run(command: Sequence[str], environment: Mapping[str, str], seconds: float, keep: Sequence[int] = ()) -> Done:
    """Runs a command, with the descriptors `keep` left open in it.

    Raises `TimeoutError` where it takes longer than `seconds`; all its processes are then gone.
    """
    pipe = _keeper(os.getpid(), threading.get_ident())
    # What it says goes to a file: a connection that ssh keeps for later would hold a pipe open.
    with tempfile.TemporaryFile() as err:
        child = subprocess.Popen(
            command, env=environment, pass_fds=keep, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=err,
        )  # fmt: skip
        with child:
            _tell(pipe, child.pid)
            try:
                out, _ = child.communicate(timeout=max(seconds, 0))
            except subprocess.TimeoutExpired:
                raise TimeoutError from None
            finally:
                if child.returncode is None:
                    _kill(child.pid)
                _tell(pipe, 0)
        err.seek(0)
        return Done(child.returncode, out, err.read(_MOST_WORDS).decode(errors="replace"))


@cache
def _keeper(_process: int, _thread: int) -> int:
    """The pipe to the keeper of this process and thread; a forked process is another, and has its own."""
    theirs, ours = os.pipe()
    quiet = [(os.POSIX_SPAWN_OPEN, descriptor, os.devnull, os.O_WRONLY, 0) for descriptor in (1, 2)]
    actions = [(os.POSIX_SPAWN_DUP2, theirs, 0), *quiet]
    script = [sys.executable, "-I", "-S", keeper.__file__]
    os.posix_spawn(sys.executable, script, {}, file_actions=actions, setsid=True)
    os.close(theirs)
    return ours


def _tell(pipe: int, session: int) -> None:
    """Which session runs. A keeper that is gone (somebody killed it) keeps nothing, and costs nothing."""
    with suppress(BrokenPipeError):
        os.write(pipe, session.to_bytes(keeper.WORD, "big"))


def _kill(session: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)
