"""Pages by number, with the links that three of the forges give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from tests.forge_server import Asked, Said


def linked(asked: Asked, items: Sequence[Any], size: str, longest: int) -> Said:
    """One page of a list: as long as was asked for, but no longer than the forge allows."""
    length = min(int(asked.query.get(size, "30")), longest)
    page = int(asked.query.get("page", "1"))
    last = max(1, -(-len(items) // length))
    links = []
    for relation, number in (("prev", page - 1), ("next", page + 1), ("last", last), ("first", 1)):
        if 1 <= number <= last and last > 1:
            query = urlencode({**asked.query, "page": number})
            links.append(f'<http://{asked.headers["host"]}{asked.path}?{query}>; rel="{relation}"')
    headers = {"Link": ", ".join(links)} if links else {}
    return Said(200, list(items[(page - 1) * length : page * length]), headers)
