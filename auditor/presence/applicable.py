"""Whether a branch ever had what a fix mends."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import RepositoryError
from auditor.presence.case import Case, names


def never_had(case: Case) -> bool:
    """Whether the fix adds no file, and the branch's history never had any of its files, under any name."""
    changes = case.fix.changes or ()
    if not changes or any(c.before is None for c in changes):
        return False
    moved = names(case.scene, case.fix, case.line)
    content = case.scene.content
    if any(content.at(case.line.tip, name) is not None for name in moved.values()):
        return False
    births = case.scene.births
    if any(case.scene.contains(case.line, n) for name in every_name(case) for n in births.by_path.get(name, ())):
        return False
    if any(case.scene.namesakes(case.fix, c, case.line) for c in changes):
        return False
    if births.unreadable:
        raise RepositoryError("objects-missing", f"{births.unreadable}: what it adds cannot be read")
    return True


def every_name(case: Case) -> list[str]:
    """The fix's paths and the names that they had before on main: the same for every branch, and found once."""
    known, number = case.scene.every_name, case.fix.number
    if number not in known:
        earlier = {name for path in case.fix.paths for name in (path, *earlier_names(case, path))}
        known[number] = sorted(earlier)
    return known[number]


def earlier_names(case: Case, path: str) -> list[str]:
    """The names that a file had before, found commit by commit where one name gave way to another."""
    found: list[str] = []
    todo = [path] if case.fix.base is not None else []
    while todo:
        for name in _gave_way(case, todo.pop()):
            if name != path and name not in found:
                found.append(name)
                todo.append(name)
    return found


def _gave_way(case: Case, path: str) -> Iterator[str]:
    """For each commit below the fix that added `path`: the most alike of the files that it removed."""
    scene = case.scene
    for number in scene.births.by_path.get(path, ()):
        if _is_first(case, number, path) and _is_below(case, number):
            name = scene.births.former(number, path)
            if name is not None:
                yield name


def _is_below(case: Case, number: int) -> bool:
    """Whether a commit is in the history of what the fix was made on."""
    history, fix = case.scene.history, case.fix
    if fix.is_merge:
        return number in history.ancestors(history.parents[fix.number][0])
    return number != fix.number and case.search.is_below(fix, number)


def _is_first(case: Case, number: int, path: str) -> bool:
    """Whether a merge has `path` of its own: where a side brought it, that side's commits tell."""
    history, content = case.scene.history, case.scene.content
    above = history.parents[number]
    return len(above) < 2 or all(content.at(history.ids[n], path) is None for n in above)
