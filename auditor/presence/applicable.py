"""Whether a branch ever had what a fix mends."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.errors import RepositoryError
from auditor.git.changes import Change, Changes
from auditor.presence import elsewhere
from auditor.presence.case import Case, names


def never_had(case: Case) -> bool:
    """Whether the fix adds no file, and the branch's history never had any of its files, under any name."""
    changes = case.changes
    if not changes or _there(case) or any(_was_there(case, change) for change in changes):
        return False
    births = case.scene.births
    if births.unreadable:
        raise RepositoryError("objects-missing", f"{births.unreadable}: what it adds cannot be read")
    return True


def owed(case: Case) -> Changes:
    """What the fix does to files that it adds, or that the branch ever had: under any name, or in another file."""
    changes, there = case.changes, _there(case)
    # To know what was ever there takes a look at the whole history.
    if there.issuperset(case.fix.paths) or case.scene.births.unreadable:
        return changes
    return tuple(c for c in changes if c.path in there or _was_there(case, c) or elsewhere.may_have(case, c))


def _there(case: Case) -> set[str]:
    """The paths of the fix that it adds, or that are at the branch's tip, under whatever name: told at a glance."""
    moved, at = names(case.scene, case.fix, case.line), case.scene.content.at
    changes = case.changes
    return {c.path for c in changes if c.before is None or at(case.line.tip, moved[c.path]) is not None}


def _was_there(case: Case, change: Change) -> bool:
    """Whether the branch's history ever had a file, as far as it can be read."""
    scene, births = case.scene, case.scene.births
    born = (n for name in _names(case, change.path) for n in births.by_path.get(name, ()))
    return any(scene.contains(case.line, n) for n in born) or bool(scene.namesakes(case.fix, change, case.line))


def every_name(case: Case) -> list[str]:
    """The fix's paths and the names that they had before on main."""
    return sorted({name for path in case.fix.paths for name in _names(case, path)})


def _names(case: Case, path: str) -> list[str]:
    """A path of the fix and the names that it had before on main: the same for every branch, and found once."""
    known, key = case.scene.names_on_main, (case.fix.number, path)
    if key not in known:
        known[key] = [path, *earlier_names(case, path)]
    return known[key]


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
        return history.has(history.parents[fix.number][0], number)
    return number != fix.number and case.search.is_below(fix, number)


def _is_first(case: Case, number: int, path: str) -> bool:
    """Whether a merge has `path` of its own: where a side brought it, that side's commits tell."""
    history, content = case.scene.history, case.scene.content
    above = history.parents[number]
    return len(above) < 2 or all(content.at(history.ids[n], path) is None for n in above)
