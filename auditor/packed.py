"""The hotfixes of an audit as text, which is cheaper to keep, to send and to write again than the values are.

Nearly all of an audit is its hotfixes. A fleet's are made in other processes, or were found on an earlier night, and
many a run only writes them down: then nobody looks into them, and they stay text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

if TYPE_CHECKING:
    from auditor.model import Hotfix


@dataclass(frozen=True, slots=True)
class Tally:
    """How many pairs have which status, and whether anything about one of them could not be established."""

    pairs: Mapping[str, int]
    incomplete: bool


def tally(hotfixes: Sequence[Hotfix]) -> Tally:
    """The pairs of some hotfixes, counted."""
    if isinstance(hotfixes, Packed):
        return hotfixes.tally
    verdicts = [v for h in hotfixes for v in h.verdicts]
    return Tally(Counter(v.status.value for v in verdicts), any(v.incomplete for v in verdicts))


class Packed(Sequence["Hotfix"]):
    """Hotfixes as text, with what is asked most of them beside it; made values when somebody looks.

    `canonical` is what `unpack` makes the values of; `document` is how they are written in the JSON document, where
    that is known.
    """

    def __init__(
        self,
        canonical: bytes,
        length: int,
        tally: Tally,
        unpack: Callable[[bytes], tuple[Hotfix, ...]],
        document: bytes | None,
    ) -> None:
        self.canonical = canonical
        self.length = length
        self.tally = tally
        self.unpack = unpack
        self.document = document

    @cached_property
    def values(self) -> tuple[Hotfix, ...]:
        """The hotfixes."""
        return self.unpack(self.canonical)

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, at: int) -> Hotfix: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Hotfix, ...]: ...
    def __getitem__(self, at: int | slice) -> Hotfix | tuple[Hotfix, ...]:
        return self.values[at]

    def __iter__(self) -> Iterator[Hotfix]:
        return iter(self.values)

    def __eq__(self, other: object) -> bool:
        return self.values == tuple(other) if isinstance(other, Sequence) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.values)

    def __repr__(self) -> str:
        return repr(self.values)

    def __reduce__(self) -> tuple[type[Packed], tuple[Any, ...]]:
        """Only the text goes to another process."""
        return Packed, (self.canonical, self.length, self.tally, self.unpack, self.document)
