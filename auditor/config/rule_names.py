"""The rules of the protocol by name: how much each matters by default, and which can be waived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator

from auditor.config import faults
from auditor.model import Severity

RULES: tuple[tuple[str, Severity], ...] = (
    ("tag-not-annotated", Severity.WARNING),
    ("tag-not-on-main", Severity.ERROR),
    ("hotfix-not-tagged", Severity.WARNING),
    ("hotfix-not-cut-from-main", Severity.ERROR),
    ("tag-unsigned", Severity.OFF),
    ("tag-moved", Severity.ERROR),
    ("tag-deleted", Severity.ERROR),
    ("branch-rewritten", Severity.ERROR),
    ("waiver-expired", Severity.WARNING),
    ("waiver-unused", Severity.WARNING),
    ("review-missing", Severity.ERROR),
    ("self-approved", Severity.ERROR),
    ("pipeline-missing", Severity.ERROR),
    ("pipeline-failed", Severity.ERROR),
)
DEFAULT_SEVERITY = dict(RULES)
OF_REFS = ("tag-moved", "tag-deleted", "branch-rewritten")
OF_WAIVERS = ("waiver-expired", "waiver-unused")


def _known(value: str) -> str:
    if value not in DEFAULT_SEVERITY:
        raise ValueError(f"there is no rule {value}{faults.nearest(value, list(DEFAULT_SEVERITY))}")
    return value


def _waivable(value: str) -> str:
    if value in OF_REFS:
        raise ValueError(f"{value} is approved under acknowledged:, which names what the ref was")
    if value in OF_WAIVERS:
        raise ValueError(f"{value} is about a waiver, and cannot be waived: mend or remove that waiver")
    return value


RuleName = Annotated[str, AfterValidator(_known)]
Rules = Mapping[RuleName, Severity]
WaivableRule = Annotated[RuleName, AfterValidator(_waivable)]
