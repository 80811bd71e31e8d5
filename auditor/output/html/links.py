"""Addresses at the forge that a repository comes from: https only, every part encoded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

_HOSTS = {
    "github.com": "github",
    "gitlab.com": "gitlab",
    "codeberg.org": "gitea",
    "gitea.com": "gitea",
    "bitbucket.org": "bitbucket-cloud",
    "dev.azure.com": "azure",
}
_PATHS: Mapping[str, Mapping[str, str]] = {
    "github": {"commit": "/commit/", "tag": "/releases/tag/", "branch": "/tree/"},
    "gitlab": {"commit": "/-/commit/", "tag": "/-/tags/", "branch": "/-/tree/"},
    "gitea": {"commit": "/commit/", "tag": "/src/tag/", "branch": "/src/branch/"},
    "bitbucket-cloud": {"commit": "/commits/", "tag": "/commits/tag/", "branch": "/branch/"},
    "azure": {"commit": "/commit/", "tag": "?version=GT", "branch": "?version=GB"},
}
_SCP = re.compile(r"(?:[\w.+-]+@)?([A-Za-z0-9.-]+):(?!/)(.+)", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:[0-9]{1,5})?", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9._~+-]+", re.ASCII)
_ID = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")


@dataclass(frozen=True, slots=True)
class Site:
    """A project's pages at a forge, or none (`base` is None): then nothing is linked."""

    base: str | None = None
    kind: str = ""

    def commit(self, oid: str | None) -> str | None:
        """A commit's page."""
        return self._page("commit", oid) if oid and _ID.fullmatch(oid) else None

    def tag(self, name: str) -> str | None:
        """A tag's page."""
        return self._page("tag", name)

    def branch(self, name: str) -> str | None:
        """A branch's page."""
        return self._page("branch", name)

    def _page(self, what: str, name: str) -> str | None:
        if self.base is None or not _is_plain(name):
            return None
        # All of them take the slashes of a ref as they are.
        return self.base + _PATHS[self.kind][what] + quote(name, safe="/")


def site(source: str, kind: str | None = None) -> Site:
    """The pages of the repository at an address, where its forge is a known one, or said to be of a kind."""
    place = _place(source)
    if place is None:
        return Site()
    host, path = place
    segments = path.strip("/").removesuffix(".git").split("/")
    known = _HOSTS.get(host.lower(), kind or "")
    safe = len(segments) >= 2 and all(_SEGMENT.fullmatch(s) and s not in (".", "..") for s in segments)
    return Site(f"https://{host.lower()}/{'/'.join(segments)}", known) if known in _PATHS and safe else Site()


def outside(address: str | None) -> str | None:
    """An address that something else gave (a pull request's), where it can be linked: https and no trick in it."""
    if address is None or not address.isascii() or not address.isprintable() or set(address) & set(" \"'<>\\`"):
        return None
    try:
        parts = urlsplit(address)
        safe = parts.scheme == "https" and _HOST.fullmatch(parts.netloc)
    except ValueError:
        return None
    return address if safe else None


def _place(source: str) -> tuple[str, str] | None:
    if "://" not in source:
        match = _SCP.fullmatch(source)
        return (match[1], match[2]) if match else None
    try:
        parts = urlsplit(source)
        host = parts.hostname or ""
        known = parts.scheme in ("https", "ssh") and parts.password is None and parts.port in (None, 22, 443)
    except ValueError:
        return None
    return (host, parts.path) if known else None


def _is_plain(name: str) -> bool:
    """Whether a name survives being an address: no segment that would climb, nothing that could not be decoded."""
    return "\ufffd" not in name and not any("\ud800" <= c <= "\udfff" for c in name) and _no_climb(name)


def _no_climb(name: str) -> bool:
    return not {"", ".", ".."} & set(name.split("/"))
