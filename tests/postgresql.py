"""A real PostgreSQL server from Debian's package, started for a test run and ended with it."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from auditor.fleet import processes

_NOBODY = "postgres"


@contextmanager
def server() -> Iterator[str]:
    """The address of its maintenance database. It listens on a socket in a folder of its own only."""
    folder = Path(tempfile.mkdtemp(prefix="drift-pg-"))
    try:
        with server_in(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def server_in(folder: Path, *settings: str) -> Iterator[str]:
    """The same with its data in an empty folder, and with settings of its own."""
    binaries, user = _binaries(), _user()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    making = ("-U", "drift", "-A", "trust", "--no-sync", "-E", "UTF8", "--wal-segsize=1")
    _run(user, binaries / "initdb", "-D", folder / "data", *making)
    options = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off", "max_connections=40", *settings)
    command: list[str | Path] = [binaries / "postgres", "-D", folder / "data", *(w for o in options for w in ("-c", o))]
    with _running(user, command, folder / ".s.PGSQL.5432"):
        yield f"postgresql://drift@/postgres?host={folder}"


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    assert found, "PostgreSQL is not installed: apt-get install postgresql"
    return found[-1].parent


def _user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then as the user of Debian's package."""
    return pwd.getpwnam(_NOBODY) if os.geteuid() == 0 else None


@contextmanager
def _running(user: pwd.struct_passwd | None, command: list[str | Path], socket: Path) -> Iterator[None]:
    """A server that ends with this process, however that ends."""
    parent = os.getpid()
    server = subprocess.Popen(
        [*map(str, command)],
        cwd="/",
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=lambda: processes.die_with_parent(parent, signal.SIGQUIT),  # noqa: PLW1509 - no threads here
        **_ids(user),
    )
    try:
        ends = time.monotonic() + 60
        while not socket.exists():
            assert server.poll() is None
            assert time.monotonic() < ends, "PostgreSQL did not start"
            time.sleep(0.05)
        yield
    finally:
        server.send_signal(signal.SIGQUIT)
        server.wait(30)


def _run(user: pwd.struct_passwd | None, *command: str | Path) -> None:
    subprocess.run([*map(str, command)], check=True, capture_output=True, cwd="/", **_ids(user))


def _ids(user: pwd.struct_passwd | None) -> Any:
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": ()} if user else {}
