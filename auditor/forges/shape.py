"""Reads what a forge answers: what it says is taken only in the shape that it should have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor.errors import ForgeError
from auditor.forges.client import Answer, Query, Reader

MOST_PAGES = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """An object of an answer, with where it was found. Text that is empty counts as absent."""

    value: Mapping[str, Any]
    where: str

    def text(self, key: str) -> str | None:
        """Text under a key; None where there is none."""
        found = self.value.get(key)
        return found if isinstance(found, str) and found else None

    def need(self, key: str) -> str:
        """Text that must be there."""
        found: str = of(self.text(key), str, f"{self.where}: {key}")
        return found

    def number(self, key: str) -> int:
        """A whole number that must be there."""
        found: int = of(self.value.get(key), int, f"{self.where}: {key}")
        return found

    def flag(self, key: str) -> bool:
        """Whether it says true."""
        return self.value.get(key) is True

    def part(self, key: str) -> Item:
        """An object under a key; an empty one where there is none."""
        found = self.value.get(key)
        return Item(found if isinstance(found, dict) else {}, f"{self.where}: {key}")

    def parts(self, key: str) -> Iterator[Item]:
        """The objects of a list under a key."""
        found = self.value.get(key)
        for each in found if isinstance(found, list) else ():
            yield item(each, f"{self.where}: {key}")

    def all(self, key: str) -> list[Item]:
        """The objects of a list that must be there."""
        of(self.value.get(key), list, f"{self.where}: {key}")
        return list(self.parts(key))

    def names(self, key: str, name: str = "name") -> tuple[str, ...]:
        """The texts under `name` of the objects of a list."""
        return tuple(text for each in self.parts(key) if (text := each.text(name)))

    def time(self, key: str) -> int | None:
        """A time in seconds since 1970, written in ISO 8601, or as milliseconds; None where there is none."""
        return time(self.value.get(key))


def title(message: str | None) -> str:
    """The first line of a commit's message."""
    return (message or "").strip("\n").partition("\n")[0].strip()


def of(value: Any, kind: type[Any], where: str) -> Any:
    """A value if it is of the kind; raises `ForgeError` (`unexpected`) if not. A bool is no number."""
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise ForgeError("unexpected", f"{where}: the answer has not the shape it should have; is type: right?")
    return value


def item(value: Any, where: str) -> Item:
    """An object that must be one."""
    return Item(of(value, dict, where), where)


def time(value: object) -> int | None:
    """Seconds since 1970 of a time as forges write it; None for what is no time."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value // 1000
    try:
        parsed = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    if parsed is None:
        return None
    return int((parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp())


def one(client: Reader, path: str, query: Query | None = None) -> Item:
    """The object at an address."""
    return item(client.get(path, query).body, path)


def listed(client: Reader, path: str, query: Query | None = None) -> list[Item]:
    """The objects of a list that has no pages."""
    return [item(each, path) for each in of(client.get(path, query).body, list, path)]


def numbered(
    client: Reader, path: str, query: Query, size: tuple[str, int], inside: str | None = None
) -> Iterator[Item]:
    """The items of a list over all its pages, by number. `size` is the forge's word for a page's length, and that.

    Whether there is another page is told by the link to it. After a full page without one the next is asked for anyway:
    an answer kept by ETag may have been the last page in its time. A total, where the forge gives one, must be met.
    `inside` names the list where it is a part of an object.
    """
    before: list[Any] | None = None
    count = 0
    for page in range(1, MOST_PAGES + 1):
        answer = client.get(path, {**query, size[0]: size[1], "page": page})
        body = answer.body if inside is None else item(answer.body, path).value.get(inside)
        items: list[Any] = of(body, list, path)
        if items and items == before:
            raise ForgeError("unexpected", f"{path}: gives the same page again and again")
        count += len(items)
        yield from (item(each, path) for each in items)
        if not items or (answer.next is None and len(items) < size[1]):
            _whole(answer, count, path)
            return
        before = items
    raise endless(path)


def endless(path: str) -> ForgeError:
    """The error for a list that is longer than anyone can want."""
    return ForgeError("unexpected", f"{path}: has more than {MOST_PAGES} pages")


def _whole(answer: Answer, count: int, path: str) -> None:
    if answer.headers.get("x-github-sso", "").startswith("partial-results"):
        said = "gave a part only: the token is not authorised for single sign-on by every organisation"
        raise ForgeError("incomplete-list", f"{path}: {said}")
    totals = [answer.headers.get(name, "") for name in ("x-total-count", "x-total")]
    if isinstance(answer.body, dict):
        totals.append(str(answer.body.get("total_count", "")))
    for total in totals:
        if total.isdecimal() and len(total) < 10 and int(total) > count:
            raise ForgeError("incomplete-list", f"{path}: gave {count} of {total}; it changed meanwhile, or hides some")
