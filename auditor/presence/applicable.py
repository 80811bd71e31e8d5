"""Whether a branch ever had what a fix mends."""

from __future__ import annotations

from auditor.git import process
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
    if case.fix.base is None:
        return []
    options = ("log", "--follow", "-M", "--diff-filter=R", "--format=", "--name-status", "-z", case.fix.base)
    said = process.run(case.scene.content.store.git_dir, *options, "--", path)
    fields = said.decode("utf-8", "surrogateescape").split("\0")
    return [fields[at + 1] for at, field in enumerate(fields[:-2]) if field.lstrip("\n").startswith("R")]
