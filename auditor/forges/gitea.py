"""Gitea and Forgejo, under `/api/v1`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.forges import shape
from auditor.forges.client import Client, segment
from auditor.forges.interface import Listed
from auditor.forges.tokens import Token

PUBLIC = "https://gitea.com"
_PAGE = ("limit", 50)


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    base = url.rstrip("/")
    return base if base.endswith("/api/v1") else f"{base}/api/v1"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/json"}
    return {**own, "Authorization": f"token {token.reveal()}"} if token else own


class Gitea:
    """The forge."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def repositories(self, owner: str) -> Iterator[Listed]:
        """Every repository of an organisation that the token may see."""
        path = f"/orgs/{segment(owner)}/repos"
        for item in shape.numbered(self._client, path, {}, _PAGE):
            yield Listed(
                shape.required(item, "full_name", path),
                shape.text(item, "clone_url"),
                shape.text(item, "ssh_url"),
                archived=item.get("archived") is True,
                fork=item.get("fork") is True,
                empty=item.get("empty") is True,
                disabled=False,
            )
