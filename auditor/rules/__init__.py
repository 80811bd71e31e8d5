"""The rules of the hotfix protocol, one file each, in the order of the report."""

from __future__ import annotations

from auditor.config.configuration import RepositoryConfig
from auditor.config.rule_names import OF_WAIVERS
from auditor.config.rule_names import RULES as ALL_RULES
from auditor.model import RepositoryAudit, RuleNotJudged, Severity, Violation
from auditor.rules import (
    branch_rewritten,
    hotfix_not_cut_from_main,
    hotfix_not_tagged,
    pipeline_failed,
    pipeline_missing,
    review_missing,
    self_approved,
    tag_deleted,
    tag_moved,
    tag_not_annotated,
    tag_not_on_main,
    tag_unsigned,
)
from auditor.rules.facts import Facts

__all__ = ["REMEMBERED", "REVIEWS", "RULES", "RUNS", "Facts", "not_judged", "on", "remembered", "told", "violations"]

RULES = (tag_not_annotated, tag_not_on_main, hotfix_not_tagged, hotfix_not_cut_from_main, tag_unsigned)
# What these are judged on, an earlier run has to tell.
REMEMBERED = (tag_moved, tag_deleted, branch_rewritten)
# And on these, what the forge told.
REVIEWS = (review_missing, self_approved)
RUNS = (pipeline_missing, pipeline_failed)
_NEEDS_MEMORY = tuple(rule.NAME for rule in REMEMBERED)


def violations(facts: Facts) -> tuple[Violation, ...]:
    """What is broken of the rules that a repository and its configuration alone can tell, and that are on."""
    return tuple(
        Violation(rule.NAME, severity, b.tag, b.branch, b.commit, b.detail)
        for rule in RULES
        if (severity := facts.config.severity(rule.NAME)) is not Severity.OFF
        for b in rule.judge(facts)
    )


def remembered(found: RepositoryAudit, config: RepositoryConfig) -> tuple[Violation, ...]:
    """What is broken of the rules that only an earlier run can tell, and that are on."""
    return tuple(
        Violation(rule.NAME, severity, b.tag, b.branch, b.commit, b.detail)
        for rule in REMEMBERED
        if (severity := config.severity(rule.NAME)) is not Severity.OFF
        for b in rule.judge(found)
    )


def told(found: RepositoryAudit, config: RepositoryConfig) -> tuple[Violation, ...]:
    """What is broken of the rules that the forge alone can tell, and that are on."""
    return tuple(
        Violation(rule.NAME, severity, b.tag, b.branch, b.commit, b.detail)
        for rule in (*REVIEWS, *RUNS)
        if (severity := config.severity(rule.NAME)) is not Severity.OFF
        for b in rule.judge(found)
    )


def on(config: RepositoryConfig) -> frozenset[str]:
    """The rules that the forge is asked for."""
    if config.forge is None:
        return frozenset()
    rules = (*REVIEWS, *(RUNS if config.pipelines.matrix else ()))
    return frozenset(rule.NAME for rule in rules if config.severity(rule.NAME) is not Severity.OFF)


def not_judged(config: RepositoryConfig, *, read: bool = True) -> tuple[RuleNotJudged, ...]:
    """Every other rule, and why it was not judged; of a repository that could not be `read`, all but waivers' ends."""
    judged = {rule.NAME for rule in RULES} | set(OF_WAIVERS) | on(config) if read else set(OF_WAIVERS)
    found = []
    for name, _ in ALL_RULES:
        if config.severity(name) is Severity.OFF:
            found.append(RuleNotJudged(name, "switched off"))
        elif name not in judged:
            found.append(RuleNotJudged(name, _needs(name, config)))
    return tuple(found)


def _needs(name: str, config: RepositoryConfig) -> str:
    if name in _NEEDS_MEMORY:
        return "needs an earlier run to compare with"
    return "needs the forge" if config.forge is None else "needs an automation matrix (pipelines:)"
