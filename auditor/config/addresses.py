"""Addresses of repositories as forges give them: made one form, compared, and refused where git should not go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import SplitResult, urlsplit

_SCP = re.compile(r"(?:([\w.+-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!//)/?(.+)", re.ASCII)
_HOST = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]*:[0-9a-f:.]*", re.ASCII)
_USUAL = {"https": 443, "http": 80, "ssh": 22}


def usable(address: str, schemes: Sequence[str], host: str | None) -> str:
    """The address with one of the schemes, `git@host:path` written as `ssh://git@host/path`; and at the host, if given.

    Raises `ValueError` in words for people, which never repeat the address: it may hold a secret.
    """
    parsed = _parsed(address)
    if parsed.scheme not in schemes:
        raise ValueError("the forge gives an address with another transport")
    if parsed.password is not None or (parsed.username is not None and parsed.scheme != "ssh"):
        raise ValueError("the forge gives an address with credentials in it")
    if not _HOST.fullmatch(parsed.hostname or "") or len(parsed.path) < 2 or parsed.query or parsed.fragment:
        raise ValueError("the forge gives an address that is none")
    if host is not None and parsed.hostname != host.lower():
        raise ValueError(f"the forge gives an address at another host than {host}")
    return parsed.geturl()


def key(address: str) -> str:
    """What two addresses of one repository have in common, whatever transport and user: host and path."""
    try:
        parsed = _parsed(address)
    except ValueError:
        return address
    port = "" if parsed.scheme == "ssh" or parsed.port in (None, _USUAL.get(parsed.scheme)) else f":{parsed.port}"
    path = parsed.path.strip("/").removesuffix(".git")
    return f"{parsed.hostname or ''}{port}/{path}".casefold()


def _parsed(address: str) -> SplitResult:
    if not address.isprintable() or not address.isascii() or " " in address:
        raise ValueError("the forge gives an address that is none")
    match = _SCP.fullmatch(address)
    if match:
        user = f"{match[1]}@" if match[1] else ""
        address = f"ssh://{user}{match[2]}/{match[3]}"
    try:
        parsed = urlsplit(address)
        parsed.port  # noqa: B018  (reading it checks it)
    except ValueError:
        raise ValueError("the forge gives an address that is none") from None
    return parsed
