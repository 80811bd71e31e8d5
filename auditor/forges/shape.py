"""Reads what a forge answers: what it says is taken only in the shape that it should have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from auditor.errors import ForgeError
from auditor.forges.client import Answer, Client, Query

_MOST_PAGES = 1000


def of(value: Any, kind: type[Any], where: str) -> Any:
    """A value if it is of the kind; raises `ForgeError` (`unexpected`) if not. A bool is no number."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ForgeError("unexpected", f"{where}: the answer has not the shape it should have; is type: right?")
    return value


def text(value: dict[str, Any], key: str) -> str | None:
    """Text under a key; None where there is none."""
    found = value.get(key)
    return found if isinstance(found, str) and found else None


def required(value: dict[str, Any], key: str, where: str) -> str:
    """Text that must be there."""
    found: str = of(text(value, key), str, f"{where}: {key}")
    return found


def numbered(client: Client, path: str, query: Query, size: tuple[str, int]) -> Iterator[dict[str, Any]]:
    """The items of a list over all its pages, by number. `size` is the forge's word for a page's length, and that.

    Whether there is another page is told by the link to it. After a full page without one the next is asked for anyway:
    an answer kept by ETag may have been the last page in its time. A total, where the forge gives one, must be met.
    """
    before: list[Any] | None = None
    count = 0
    for page in range(1, _MOST_PAGES + 1):
        answer = client.get(path, {**query, size[0]: size[1], "page": page})
        items = _items(answer, path)
        if items and items == before:
            raise ForgeError("unexpected", f"{path}: gives the same page again and again")
        count += len(items)
        yield from items
        if not items or (answer.next is None and len(items) < size[1]):
            _whole(answer, count, path)
            return
        before = items
    raise ForgeError("unexpected", f"{path}: has more than {_MOST_PAGES} pages")


def _items(answer: Answer, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = of(answer.body, list, path)
    for item in items:
        of(item, dict, path)
    return items


def _whole(answer: Answer, count: int, path: str) -> None:
    if answer.headers.get("x-github-sso", "").startswith("partial-results"):
        said = "gave a part only: the token is not authorised for single sign-on by every organisation"
        raise ForgeError("incomplete-list", f"{path}: {said}")
    for name in ("x-total-count", "x-total"):
        total = answer.headers.get(name, "")
        if total.isdecimal() and len(total) < 10 and int(total) > count:
            raise ForgeError("incomplete-list", f"{path}: gave {count} of {total}; it changed meanwhile, or hides some")
