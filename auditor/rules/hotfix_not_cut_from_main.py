"""A hotfix brought commits of an environment branch to main: it was not cut from main."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from auditor.rules.facts import Breach, Facts
from auditor.rules.hotfix_merges import on_main

if TYPE_CHECKING:
    from auditor.presence.scene import Line, Scene

NAME = "hotfix-not-cut-from-main"


def judge(facts: Facts) -> Iterator[Breach]:
    """Merges of `hotfix/*`, and fast-forwarded hotfixes, of which some but not all lies on a branch's own line.

    Where all of it does, the branch may have been fast-forwarded to the hotfix, and nothing is claimed.
    """
    for commit, name, brought in _brought(facts):
        for line in facts.scene.lines:
            foreign = brought & _own_line(facts.scene, line)
            if foreign and foreign != brought:
                oid = facts.scene.history.ids[commit]
                detail = f"{name} brought {len(foreign)} commits of {line.name} to {facts.config.main}"
                yield Breach(None, line.name, oid, detail)


def _brought(facts: Facts) -> Iterator[tuple[int, str, set[int]]]:
    scene = facts.scene
    history = scene.history
    _, places = scene.arrivals(scene.main)
    merges = [(merge, name) for merge, name in on_main(scene) if merge not in facts.population.before_start]
    by_place: dict[int, set[int]] = {places[merge]: set() for merge, _ in merges}
    for number, place in enumerate(places) if by_place else ():
        if place in by_place:
            by_place[place].add(number)
    for merge, name in merges:
        yield merge, name, by_place[places[merge]] - {merge}
    for candidate, range_ in zip(facts.population.candidates, facts.ranges, strict=True):
        straight = all(len(history.parents[n]) < 2 for n in range_.commits)
        if candidate.number is not None and straight and len(range_.commits) > 1 and range_.bounds:
            yield candidate.number, candidate.tag.name, set(range_.commits)


def _own_line(scene: Scene, line: Line) -> set[int]:
    return set(scene.arrivals(line)[0])
