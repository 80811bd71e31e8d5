"""What a forge is to the rest of the program: a few questions, answered with frozen values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Listed:
    """A repository as its forge lists it. `path` is its full name there, such as `acme/payments`.

    `https` and `ssh` are where it can be cloned from, as the forge says; nobody has checked them.
    """

    path: str
    https: str | None
    ssh: str | None
    archived: bool
    fork: bool
    empty: bool
    disabled: bool


class Forge(Protocol):
    """One forge. Every method raises `ForgeError`."""

    def repositories(self, owner: str) -> Iterator[Listed]:
        """Every repository of an organisation or group, those of its subgroups among them."""
