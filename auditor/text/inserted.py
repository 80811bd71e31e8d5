"""The lines that a text has and an older one had not: worked out once for all who ask of one change after another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cached_property

from auditor.text import lines, places, wording
from auditor.text.lines import Hunk


class Inserted:
    """What the text `have` got `since` before a change; `own` are the change's hunks, `since_after` what followed."""

    def __init__(
        self, have: Sequence[bytes], since: Sequence[Hunk], own: Sequence[Hunk], since_after: Sequence[Hunk]
    ) -> None:
        self._have = have
        self._since = since
        self._own = own
        self._since_after = since_after

    def mostly_has(self, hunk: Hunk, added: Sequence[bytes]) -> bool:
        """Whether at least half of the lines that a hunk added are among those inserted.

        What the change put in other places, too, and what stands there, is no sign of these lines.
        """
        return lines.mostly_in(added, self._all) and lines.mostly_in(added, self._without_others(hunk, added))

    def places_of(self, wanted: Sequence[bytes]) -> list[int]:
        """Where those of some lines that tell something were inserted."""
        telling = lines.bare(line for line in wanted if wording.tells([line]))
        return [n for n in self._places if lines.unspaced(self._have[n]) in telling]

    @cached_property
    def _places(self) -> set[int]:
        return set(places.added(self._since))

    @cached_property
    def _all(self) -> Counter[bytes]:
        return self._bare(self._places)

    @cached_property
    def _not_by_the_change(self) -> Counter[bytes]:
        return self._bare(self._places - self._kept(self._own))

    def _without_others(self, hunk: Hunk, wanted: Sequence[bytes]) -> Counter[bytes]:
        """Of some lines how often they were inserted, but by the other hunks of the change."""
        by_this, by_none = self._bare(self._places & self._kept([hunk])), self._not_by_the_change
        return Counter({line: by_this[line] + by_none[line] for line in lines.bare(wanted)})

    def _kept(self, hunks: Iterable[Hunk]) -> set[int]:
        return places.kept(places.added(hunks), self._since_after)

    def _bare(self, at: Iterable[int]) -> Counter[bytes]:
        return lines.bare(self._have[n] for n in at)
