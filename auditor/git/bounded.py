"""What was worked out, kept until it weighs too much; what was not asked for longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sized
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Last(Generic[V]):
    """The answer to what was asked last: for questions that are asked again and again in a row, and then no more."""

    def __init__(self) -> None:
        self._kept: tuple[object, V] | None = None

    def __call__(self, asked: object, make: Callable[[], V]) -> V:
        """The answer, made where something else was asked before. Raises what making it raises."""
        if self._kept is None or self._kept[0] != asked:
            self._kept = asked, make()
        return self._kept[1]


class Bounded(Generic[K, V]):
    """Answers for keys, made once and kept up to `limit` bytes, as `weigh` measures them, or the `least` latest."""

    def __init__(self, limit: int, make: Callable[[K], V], weigh: Callable[[V], int], least: int = 0) -> None:
        self.limit = limit
        self.weight = 0
        self._make = make
        self._weigh = weigh
        self._least = least
        self._kept: OrderedDict[K, V] = OrderedDict()

    def __call__(self, key: K) -> V:
        """The answer. Raises what making it raises."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        value = self._make(key)
        weight = self._weigh(value)
        if weight > self.limit and not self._least:
            return value
        self._kept[key] = value
        self.weight += weight
        while self.weight > self.limit and len(self._kept) > self._least:
            self.weight -= self._weigh(self._kept.popitem(last=False)[1])
        return value


def per_item(size: int) -> Callable[[Sized | None], int]:
    """Weighs a collection by the bytes that each item of it takes, more or less."""
    return lambda value: 200 + size * len(value or ())
