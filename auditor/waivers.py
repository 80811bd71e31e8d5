"""Approved exceptions, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Waiver:
    """An approved exception for one pair; `control` is what makes up for it meanwhile.

    Days are ISO 8601; `expires` is the last day it holds.
    """

    tag: str
    branch: str
    reason: str
    approved_by: str
    expires: str
    approved_at: str | None = None
    control: str | None = None


class Standing(StrEnum):
    """What a waiver comes to today."""

    IN_FORCE = "in-force"
    UNUSED = "unused"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ListedWaiver:
    """A waiver of the configuration, whether it decides anything or not. `ends_soon`: within the warning time."""

    waiver: Waiver
    standing: Standing
    ends_soon: bool
