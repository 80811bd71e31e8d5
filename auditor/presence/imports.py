"""Imports come and go with what needs them: alone they tell nothing of a fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from auditor.git import wording
from auditor.git.changes import Change, Side
from auditor.git.content import Content
from auditor.presence.place import Place

_WORD = re.compile(rb"\w+")


def all_idle(place: Place, back: Collection[tuple[str, int]]) -> bool:
    """Whether all that is back is imports that nothing there needs, and the fix did more to the same files."""
    content, changes = place.scene.content, {c.path: c for c in place.fix.changes or ()}
    of_file = {path: {n for p, n in back if p == path} for path, _ in back}
    return all(_imports(content, changes[path], place.side(changes[path]), some) for path, some in of_file.items())


def _imports(content: Content, change: Change, there: Side | None, numbers: Iterable[int]) -> bool:
    """The same of some hunks of one file."""
    before, after = change.before, change.after
    hunks = content.own_hunks(before.oid, after.oid) if before and after else None
    if before is None or after is None or there is None or not hunks or min(numbers) < 0:
        return False
    old, new = content.lines(before.oid), content.lines(after.oid)
    used = {word for line in content.lines(there.oid) for word in _WORD.findall(line)}
    plain = {
        n
        for n, h in enumerate(hunks)
        if all(_names(line) is not None for line in old[h.old : h.old + h.removed] if line.strip())
        and all(_is_idle(line, used) for line in new[h.new : h.new + h.added] if line.strip())
    }
    return plain.issuperset(numbers) and len(plain) < len(hunks)


def _is_idle(line: bytes, used: Collection[bytes]) -> bool:
    """Whether a line is an import of nothing that a file uses."""
    names = _names(line)
    return bool(names) and not any(name in used for name in names or ())


def _names(line: bytes) -> list[bytes] | None:
    """What an import brings: the last name of each of its parts. None for any other line."""
    if not wording.is_import(line):
        return None
    return [words[-1] for part in line.split(b",") if (words := _WORD.findall(part))]
