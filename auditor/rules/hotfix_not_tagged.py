"""A merge of `hotfix/*` into main is in no tag, or the first tag that has it, or what it merged, is no hotfix tag."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor import versions
from auditor.rules.facts import Breach, Facts
from auditor.rules.hotfix_merges import on_main

if TYPE_CHECKING:
    from auditor.git.refs import TagRef

NAME = "hotfix-not-tagged"


def judge(facts: Facts) -> Iterator[Breach]:
    """Each such merge; release candidates are not what production got, and do not count as its tag."""
    history = facts.scene.history
    named: dict[int, list[str]] = {}
    for tag in facts.tags:
        if tag.commit in history.number and not _pre_release(tag):
            named.setdefault(history.number[tag.commit or ""], []).append(tag.name)
    masks = history.masks([[n] for n in named])
    audited = {c.number for c in facts.population.candidates}
    # A hotfix loses its fixes to what bounds it, be that on its own commits.
    bounds = {n for one in facts.ranges for n in one.bounds} - audited
    since = facts.population.before_start
    for merge, name in on_main(facts.scene):
        first = _first(masks, list(named), merge)
        early = (facts.scene.led_to(facts.scene.main, merge) - {merge}) & bounds
        if merge in since or (first & audited and not early):
            continue
        names = ", ".join(sorted(n for number in early or first for n in named[number])[:3])
        what = "what it merged was tagged before, as" if early else "its first tag is"
        said = f"{what} {names}, which is not audited as a hotfix" if names else "it is in no tag"
        detail = f"the merge of {name} into {facts.config.main}: {said}"
        yield Breach(None, None, history.ids[merge], detail)


def _first(masks: list[int], tagged: list[int], merge: int) -> set[int]:
    """The tagged commits that contain the merge and contain no other that does."""
    containing = {bit: n for bit, n in enumerate(tagged) if masks[merge] >> bit & 1}
    above = 0
    for bit, number in containing.items():
        above |= masks[number] & ~(1 << bit)
    return {n for bit, n in containing.items() if not above >> bit & 1}


def _pre_release(tag: TagRef) -> bool:
    version = versions.parse(tag.name)
    return version is not None and version.pre_release
