"""Which fixes are looked for among other commits, and by which paths."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.errors import RepositoryError
from auditor.fixes import FixCommit
from auditor.git.changes import Side
from auditor.presence.case import names
from auditor.presence.claims import claimants
from auditor.presence.scene import Line, Scene
from auditor.presence.search import Search


def search_for(scene: Scene, fixes: Sequence[tuple[FixCommit, ...]]) -> Search:
    """The search for fixes that need a look at other commits: those a branch lacks, and those that moved on there."""
    every = {f.number: f for group in fixes for f in group if f.changes}
    lacking = {n: [line for line in scene.lines if not scene.contains(line, n)] for n in every}
    moved = {n: _moved(scene, f) for n, f in every.items()}
    taken_back = {n for n, f in every.items() if said_to_be_taken_back(scene, f)}
    sought = {n: f for n, f in every.items() if lacking[n] or moved[n] or n in taken_back}
    paths = {p for f in sought.values() for p in f.paths}
    paths |= {name for f in sought.values() for line in scene.lines for name in _names(scene, f, line)}
    lines = {n: frozenset(line.bit for line in (*lacking[n], *moved[n])) for n in sought}
    absent = [f for n, f in every.items() if lacking[n] or n in taken_back]
    return Search(scene, absent, lines, paths, moved=any(moved.values()))


def said_to_be_taken_back(scene: Scene, fix: FixCommit) -> bool:
    """Whether a commit of main says that it takes a fix back, whatever it does: then main is asked what came after."""
    carriers = {fix.number, *fix.carriers, *claimants.originals(scene, fix)}
    carriers |= {scene.arrival(line, fix.number) for line in scene.lines if scene.contains(line, fix.number)}
    return any(scene.contains(scene.main, n) for carrier in carriers for n in scene.reverts_of(carrier))


def _names(scene: Scene, fix: FixCommit, line: Line) -> Sequence[str]:
    try:
        return tuple(names(scene, fix, line).values())
    except RepositoryError:
        return fix.paths


def _moved(scene: Scene, fix: FixCommit) -> list[Line]:
    """The branches that contain a fix and have a file of it otherwise than the fix and main."""
    lines = [line for line in scene.lines if scene.contains(line, fix.number)]
    try:
        main = _sides(scene, fix, scene.main) if lines else []
    except RepositoryError:
        return lines
    return [line for line in lines if _moved_on(scene, fix, line, main)]


def _moved_on(scene: Scene, fix: FixCommit, line: Line, main: Sequence[Side | None]) -> bool:
    try:
        sides = zip(fix.changes or (), _sides(scene, fix, line), main, strict=True)
        return any(here not in (c.after, there) and not scene.content.holds(c, here) for c, here, there in sides)
    except RepositoryError:
        return True


def _sides(scene: Scene, fix: FixCommit, line: Line) -> list[Side | None]:
    """The files of a fix at a tip, under the names that they have there."""
    found = [scene.content.at_tip(line.tip, c.path) for c in fix.changes or ()]
    if None not in found:
        return found
    named = names(scene, fix, line)
    return [scene.content.at_tip(line.tip, named[c.path]) for c in fix.changes or ()]
