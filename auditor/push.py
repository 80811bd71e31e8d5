"""Pushes metrics to a Pushgateway, and deletes the groups that nobody will push again.

A Pushgateway keeps a group until somebody deletes it. One configuration is one group (labels `job`
and `instance`), replaced whole each time, so a repository that left the configuration is gone with the
next push. Which groups were pushed is remembered; one whose configuration file is gone is deleted.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from auditor.errors import BranchDriftError, UsageError
from auditor.model import Audit
from auditor.output import files

_FILE = "pushed.json"
_PER_READ = 10.0
_DEADLINE = 30.0
_USER, _PASSWORD, _PASSWORD_FILE = (
    f"BRANCH_DRIFT_PUSHGATEWAY_{name}" for name in ("USER", "PASSWORD", "PASSWORD_FILE")
)


@dataclass(frozen=True, slots=True)
class Gateway:
    """A Pushgateway, the group to push, and what the group stands for: a configuration or repositories."""

    url: str
    group: str
    sources: tuple[str, ...]
    user: str | None = None
    password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class _Pushed:
    """A group that a gateway holds from an earlier run."""

    url: str
    group: str
    sources: tuple[str, ...]


def gateway(url: str, group: str | None, sources: tuple[str, ...]) -> Gateway:
    """The gateway with the environment's credentials. Raises `UsageError` where it cannot be used."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        raise UsageError("--pushgateway: is no URL") from None
    if "@" in parts.netloc:
        raise UsageError(f"--pushgateway: takes no credentials; set {_USER} and {_PASSWORD} instead")
    if not usable or parts.query or parts.fragment:
        raise UsageError(f"--pushgateway: {url} is no URL like http://pushgateway:9091")
    user, password = _credentials()
    return Gateway(url.rstrip("/"), group or ",".join(sources), sources, user, password)


def _credentials() -> tuple[str | None, str | None]:
    user, password, file = (os.environ.get(name) for name in (_USER, _PASSWORD, _PASSWORD_FILE))
    if password is None and file is not None:
        try:
            password = Path(file).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, ValueError):
            raise UsageError(f"{_PASSWORD_FILE}: {file} cannot be read") from None
    if (user is None) != (password is None):
        raise UsageError(f"{_USER} and {_PASSWORD} (or {_PASSWORD_FILE}) are needed together")
    return user, password


def push(to: Gateway, found: Audit, last_success: Mapping[str, int], state: Path | None) -> None:
    """Pushes the run, then deletes stale groups; without `state` nothing is known of those.

    Raises `BranchDriftError` where the gateway is not there, refuses, or takes too long.
    """
    from auditor.output import metrics

    handler = metrics.handler(to.user, to.password)
    _within_deadline(to, partial(metrics.push, to.url, to.group, handler, _PER_READ, found, last_success))
    if state is None:
        return
    kept = set(_read(state / _FILE))
    for old in [p for p in kept if _stale(p, to)]:
        _within_deadline(to, partial(metrics.withdraw, to.url, old.group, handler, _PER_READ))
        kept.discard(old)
    _write(state / _FILE, kept | {_Pushed(to.url, to.group, to.sources)})


def _stale(old: _Pushed, to: Gateway) -> bool:
    """Whether nobody will push that group again: it was renamed, or all that it stood for is gone."""
    if old.url != to.url or old.group == to.group:
        return False
    return old.sources == to.sources or not any(Path(s).exists() for s in old.sources)


def _within_deadline(to: Gateway, action: Callable[[], None]) -> None:
    """Runs a request that a gateway which drips a byte a second cannot hold up: time-outs of sockets are per read."""
    failures: list[Exception] = []

    def attempt() -> None:
        try:
            action()
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=attempt, daemon=True)
    thread.start()
    thread.join(_DEADLINE)
    if thread.is_alive():
        raise BranchDriftError(f"{to.url}: the Pushgateway took longer than {_DEADLINE:.0f} s")
    if failures:
        raise BranchDriftError(f"{to.url}: the Pushgateway {_words(failures[0])}") from None


def _words(error: Exception) -> str:
    if isinstance(error, HTTPError):
        return f"refused the metrics: {error.code} {error.reason}"
    reason = error.reason if isinstance(error, URLError) else error
    return f"cannot be reached: {getattr(reason, 'strerror', None) or reason}"


def _read(file: Path) -> list[_Pushed]:
    """A damaged or foreign file is as good as none."""
    known: Any = []
    with suppress(OSError, ValueError):
        known = json.loads(file.read_bytes())
    found = []
    with suppress(TypeError, KeyError):
        found = [_Pushed(str(k["url"]), str(k["group"]), tuple(map(str, k["sources"]))) for k in known]
    return found


def _write(file: Path, kept: set[_Pushed]) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BranchDriftError(f"{file.parent}: cannot be made: {error.strerror}") from None
    text = json.dumps([asdict(p) for p in sorted(kept, key=lambda p: (p.url, p.group, p.sources))], indent=1)
    files.write_text(file, text + "\n")
