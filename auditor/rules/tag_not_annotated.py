"""A hotfix tag is lightweight: it does not say who tagged, when, or why."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.rules.facts import Breach, Facts

NAME = "tag-not-annotated"


def judge(facts: Facts) -> Iterator[Breach]:
    """Every audited tag that is a mere name for a commit, aliases too."""
    audited = {name for c in facts.population.candidates for name in (c.tag.name, *c.aliases)}
    for tag in facts.tags:
        if tag.name in audited and tag.annotation is None:
            yield Breach(tag.name, None, tag.commit, "the tag is lightweight: nobody and no time stands behind it")
