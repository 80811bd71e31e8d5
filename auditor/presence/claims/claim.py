"""A commit that claims to be a fix, and how much of it that holds."""

from __future__ import annotations

from typing import NamedTuple


class Claim(NamedTuple):
    """A commit that claims to be the fix, how much of it that asks for, and how much it holds, from 0 to 1.

    `where` says of which lines that is told, where it is not all. Of one that is `named` a message says that it is
    the fix, or a copy of what the fix is one of. It `left` a part of some files as before the fix, and must not have.
    """

    number: int
    words: str
    enough: float
    removed: float = 0.0
    added: float = 0.0
    where: str = ""
    named: bool = False
    left: tuple[str, ...] = ()

    @property
    def holds_enough(self) -> bool:
        """Whether it holds as much as it has to."""
        return not self.left and min(self.removed, self.added) >= self.enough

    def by(self, share: tuple[float, float], where: str) -> Claim:
        """The claim by what it holds of some of the lines, if that is enough; else as it was."""
        told = self._replace(removed=share[0], added=share[1], where=where)
        return told if told.holds_enough else self

    def held(self) -> str:
        """How much it holds, in words."""
        added, removed = _percent(self.added), _percent(self.removed)
        return f"holds {added} of its added and {removed} of its removed lines{self.where}"


def _percent(share: float) -> str:
    """Never rounded up: 100 % is all of it."""
    return f"{int(share * 100 + 1e-9)}%"
