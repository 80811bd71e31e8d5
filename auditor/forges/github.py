"""GitHub, and GitHub Enterprise under `/api/v3`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from auditor.forges import shape
from auditor.forges.client import Client, segment
from auditor.forges.interface import Listed
from auditor.forges.tokens import Token

PUBLIC = "https://api.github.com"
_PAGE = ("per_page", 100)


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    host = urlsplit(url).hostname or ""
    if host in ("github.com", "www.github.com", "api.github.com"):
        return PUBLIC
    if host.endswith(".ghe.com"):
        return f"https://{host}" if host.startswith("api.") else f"https://api.{host}"
    base = url.rstrip("/")
    return base if base.endswith("/api/v3") else f"{base}/api/v3"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    return {**own, "Authorization": f"Bearer {token.reveal()}"} if token else own


class GitHub:
    """The forge."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def repositories(self, owner: str) -> Iterator[Listed]:
        """Every repository of an organisation that the token may see."""
        path = f"/orgs/{segment(owner)}/repos"
        for item in shape.numbered(self._client, path, {"type": "all", "sort": "full_name", "direction": "asc"}, _PAGE):
            yield Listed(
                shape.required(item, "full_name", path),
                shape.text(item, "clone_url"),
                shape.text(item, "ssh_url"),
                archived=item.get("archived") is True,
                fork=item.get("fork") is True,
                empty=False,  # `size` is 0 for small repositories, too
                disabled=item.get("disabled") is True,
            )
