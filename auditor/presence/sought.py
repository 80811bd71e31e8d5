"""Which fixes are looked for among other commits, and by which paths."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.errors import RepositoryError
from auditor.fixes import FixCommit
from auditor.git.changes import Side
from auditor.presence.case import names
from auditor.presence.scene import Line, Scene
from auditor.presence.search import Search


def search_for(scene: Scene, fixes: Sequence[tuple[FixCommit, ...]]) -> Search:
    """The search for fixes that need a look at other commits: those a branch lacks, and those that moved on there."""
    every = {f.number: f for group in fixes for f in group if f.changes}
    lacking = [f for f in every.values() if not all(scene.contains(line, f.number) for line in scene.lines)]
    moved = [f for f in every.values() if _moved(scene, f)]
    sought = {f.number: f for f in (*lacking, *moved)}
    paths = {p for f in sought.values() for p in f.paths}
    paths |= {name for f in sought.values() for line in scene.lines for name in _names(scene, f, line)}
    return Search(scene, lacking, moved, paths)


def _names(scene: Scene, fix: FixCommit, line: Line) -> Sequence[str]:
    try:
        return tuple(names(scene, fix, line).values())
    except RepositoryError:
        return fix.paths


def _moved(scene: Scene, fix: FixCommit) -> bool:
    """Whether some branch that contains a fix has a file of it otherwise than the fix and main."""
    content, changes = scene.content, fix.changes or ()
    lines = [line for line in scene.lines if scene.contains(line, fix.number)]
    try:
        main = _sides(scene, fix, scene.main) if lines else []
        sides = (
            (c, here, there) for x in lines for c, here, there in zip(changes, _sides(scene, fix, x), main, strict=True)
        )
        return any(here not in (c.after, there) and not content.holds(c, here) for c, here, there in sides)
    except RepositoryError:
        return True


def _sides(scene: Scene, fix: FixCommit, line: Line) -> list[Side | None]:
    """The files of a fix at a tip, under the names that they have there."""
    found = [scene.content.at_tip(line.tip, c.path) for c in fix.changes or ()]
    if None not in found:
        return found
    named = names(scene, fix, line)
    return [scene.content.at_tip(line.tip, named[c.path]) for c in fix.changes or ()]
