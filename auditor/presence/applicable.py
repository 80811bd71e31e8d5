"""Whether a branch ever had what a fix mends."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.git import process
from auditor.git.changes import diffs
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
    earlier = {name for path in case.fix.paths for name in (path, *_earlier_names(case, path))}
    options = ("rev-list", "--full-history", "--max-count=1", case.line.tip, "--", *sorted(earlier))
    return not process.run(content.store.git_dir, *options).strip()


def _earlier_names(case: Case, path: str) -> list[str]:
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
    options = ("rev-list", "--full-history", "--no-merges", case.fix.base or "", "--", path)
    touching = process.run(scene.content.store.git_dir, *options).decode().split()
    for changes in diffs(scene.content.store, touching):
        by_path = {c.path: c for c in changes or ()}
        added = by_path.get(path)
        if added is not None and added.before is None and added.after is not None:
            removed = [(c.path, c.before) for c in by_path.values() if c.after is None and c.before is not None]
            name = scene.content.likest(added.after, path, removed)
            if name is not None:
                yield name
