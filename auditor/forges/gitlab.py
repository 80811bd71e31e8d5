"""GitLab, under `/api/v4`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.forges import shape
from auditor.forges.client import Client, segment
from auditor.forges.interface import Listed
from auditor.forges.tokens import Token

PUBLIC = "https://gitlab.com"
_PAGE = ("per_page", 100)


def root(url: str) -> str:
    """Where the interface is for an address that people know."""
    base = url.rstrip("/")
    return base if base.endswith("/api/v4") else f"{base}/api/v4"


def headers(token: Token | None) -> Mapping[str, str]:
    """What goes with every request."""
    own = {"Accept": "application/json"}
    return {**own, "PRIVATE-TOKEN": token.reveal()} if token else own


class GitLab:
    """The forge."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def repositories(self, owner: str) -> Iterator[Listed]:
        """Every project of a group and its subgroups; not those that other groups share with it."""
        path = f"/groups/{segment(owner)}/projects"
        query = {"include_subgroups": "true", "with_shared": "false", "order_by": "id", "sort": "asc"}
        for item in shape.numbered(self._client, path, query, _PAGE):
            yield Listed(
                shape.required(item, "path_with_namespace", path),
                shape.text(item, "http_url_to_repo"),
                shape.text(item, "ssh_url_to_repo"),
                archived=item.get("archived") is True,
                fork=isinstance(item.get("forked_from_project"), dict),
                empty=item.get("empty_repo") is True,
                disabled=_disabled(item),
            )


def _disabled(item: dict[str, Any]) -> bool:
    return item.get("repository_access_level") == "disabled"
