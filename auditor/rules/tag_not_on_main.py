"""A tag that names a hotfix stands on a commit that is not on main."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.rules.facts import Breach, Facts

NAME = "tag-not-on-main"


def judge(facts: Facts) -> Iterator[Breach]:
    """Every such tag that the configuration does not exclude."""
    for tag in facts.population.off_main:
        yield Breach(tag.name, None, tag.commit, f"its commit is not on {facts.config.main}: released from elsewhere")
