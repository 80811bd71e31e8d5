"""Which commits lie below which fixes, worked out for so many fixes at a time: all at once would fill the memory."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from auditor.git.history import History

_FIXES_A_PASS = 1_000
# The fixes of one hotfix are asked about together: they lie in few passes.
_KEPT = 4


class Below:
    """The ancestors of some fixes, a fix being below itself."""

    def __init__(self, history: History, fixes: Iterable[int]) -> None:
        self._history = history
        self._order = list(fixes)
        self._place = {number: place for place, number in enumerate(self._order)}
        self._masks = lru_cache(_KEPT)(self._find_masks)

    def __contains__(self, fix: object) -> bool:
        return fix in self._place

    def _find_masks(self, start: int) -> list[int]:
        return self._history.masks([[number] for number in self._order[start : start + _FIXES_A_PASS]])

    def is_below(self, fix: int, number: int) -> bool:
        """Whether a commit is a fix or one of its ancestors."""
        place = self._place[fix]
        bit = place % _FIXES_A_PASS
        return bool(self._masks(place - bit)[number] >> bit & 1)

    def every(self, fixes: Iterable[int]) -> set[int]:
        """The commits that are below every one of some fixes."""
        wanted: dict[int, int] = {}
        for fix in fixes:
            bit = self._place[fix] % _FIXES_A_PASS
            start = self._place[fix] - bit
            wanted[start] = wanted.get(start, 0) | 1 << bit
        found = set(self._history.order)
        for start, bits in wanted.items():
            masks = self._masks(start)
            found = {n for n in found if masks[n] & bits == bits}
        return found
