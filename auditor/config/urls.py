"""Which addresses a repository may be mirrored from, and how they are written."""

from __future__ import annotations

import re
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

_HELP = "write https://host/path, ssh://user@host/path, user@host:path or file:///path"
_SECRET = "holds credentials; leave them to git (a credential helper, an ssh key), and out of this file"  # noqa: S105
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*")
_USER = re.compile(r"[A-Za-z0-9_][\w.+-]*", re.ASCII)
_SCP = re.compile(r"(?:([^@/:]+)@)?([A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:]+\]):([^:-].*)")


def checked(url: str) -> str:
    """The address as it is. Raises `ValueError`, which never repeats it: it may hold a secret."""
    if not url.isprintable():
        raise ValueError("holds characters that cannot be printed")
    if "://" in url:
        _check_parts(url)
        return url
    match = _SCP.fullmatch(url)
    if match is None or (match[1] is not None and not _USER.fullmatch(match[1])):
        raise ValueError(f"is no address; {_HELP}")
    return url


def is_plain_http(url: str) -> bool:
    """Whether it is http without encryption: only ever to this machine itself."""
    return url.startswith("http://")


def is_ssh(url: str) -> bool:
    """Whether git asks ssh for it."""
    return url.startswith("ssh://") or "://" not in url


def _check_parts(url: str) -> None:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError(f"is no address; {_HELP}") from None
    if parts.scheme not in ("https", "http", "ssh", "file"):
        raise ValueError(f"has a transport that is not allowed; {_HELP}")
    if parts.password is not None or (parts.scheme != "ssh" and parts.username is not None):
        raise ValueError(_SECRET)
    if parts.query or parts.fragment:
        raise ValueError(f"has a query or fragment, which no repository's address needs; {_HELP}")
    if parts.scheme == "http" and host not in _LOOPBACK:
        raise ValueError("is http without encryption, which is allowed to this machine only; write https")
    _check_place(parts.scheme, parts.netloc, host, parts.path, port)
    if parts.username is not None and not _USER.fullmatch(parts.username):
        raise ValueError(f"has a user that ssh may take for something else; {_HELP}")


def _check_place(scheme: str, place: str, host: str, path: str, port: int | None) -> None:
    if scheme == "file":
        if place or len(path) < 2:
            raise ValueError(f"names no folder of this machine; {_HELP}")
    elif not _HOST.fullmatch(host) or port == 0 or len(path) < 2:
        raise ValueError(f"has no host, or no path; {_HELP}")


Url = Annotated[str, Field(min_length=1), AfterValidator(checked)]
