"""Pages, times and fields, as several of the forges have them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
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


def inside(said: Said, key: str, total: int) -> Said:
    """The same, with the list as a part of an object."""
    return Said(said.status, {"total_count": total, key: said.body}, said.headers)


def iso(seconds: int | None) -> str | None:
    """A time as most forges write it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
