"""Approved exceptions, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Waiver:
    """An approved exception for one pair, or for a broken `rule`; `control` is what makes up for it meanwhile.

    A pair has a tag and a branch; a broken rule has of tag, branch and commit what the waiver names. Days are
    ISO 8601; `expires` is the last day it holds.
    """

    tag: str | None
    branch: str | None
    reason: str
    approved_by: str
    expires: str
    approved_at: str | None = None
    control: str | None = None
    rule: str | None = None
    commit: str | None = None


class Standing(StrEnum):
    """What a waiver comes to today."""

    IN_FORCE = "in-force"
    UNUSED = "unused"
    ENDED = "ended"
    # Its pair or its rule could not be judged, so nobody can tell what it covers.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class ListedWaiver:
    """A waiver of the configuration, whether it decides anything or not. `ends_soon`: within the warning time."""

    waiver: Waiver
    standing: Standing
    ends_soon: bool
