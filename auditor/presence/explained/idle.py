"""What comes and goes with what needs it, an import or a comment: that alone is back tells nothing of a fix."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from auditor.git.changes import Change
from auditor.presence.parts.place import Place
from auditor.text import acting, bindings, comments, wording
from auditor.text.lines import Hunk

_WORD = re.compile(rb"\w+")
# `semconv "go.opentelemetry.io/otel/semconv/v1.21.0"`, but not `require "json"`.
_ALIAS = re.compile(rb'\s*(?!(?:import|from|using|use|require|require_once)\b)(\w+)\s+"')

# `import java.util.*;`, `from cart import *`, `use cart::*;`, but not `import * as cart from "cart"`.
_ALL = re.compile(rb"\*\s*\}?\s*;?\s*$")
# Shorter names than this are anybody's.
_LEAST = 3

Numbers = Collection[int]
Lines = list[bytes]


def all_idle(place: Place, back: Collection[tuple[str, int]], *, kept: bool) -> bool:
    """Whether all that is back tells nothing, and the fix did more to the same files.

    Imports do not that nothing there needs, where anything of the fix is `kept`, but for those that do something by
    themselves. Nor do comments, where some of the rest of their file stands.
    """
    changes = {c.path: c for c in place.changes}
    of_file = {path: {n for p, n in back if p == path} for path, _ in back}
    return all(_idle(place, changes[path], some, kept=kept) for path, some in of_file.items())


def is_needed(place: Place, change: Change, number: int) -> bool:
    """Whether a hunk but added imports of which a file has none now, and uses what they brought: the code is broken.

    What the file used before the fix it had from elsewhere, and may have so again. Or whether it changed what is there
    for what it does, and the file has that otherwise.
    """
    content, before, after, there = place.scene.content, change.before, change.after, place.side(change)
    hunks = content.own_hunks(before.oid, after.oid) if before and after else None
    if before is None or after is None or there is None or not hunks:
        return False
    old, new, have = (content.lines(side.oid) for side in (before, after, there))
    if _acts(change.path, hunks[number], old, new, have):
        return True
    names = _brought(_sides(hunks[number], old, new), {line.strip() for line in content.imports(after.oid)})
    if not names:
        return False
    imports = content.imports(there.oid)
    names &= _used(old, have, imports)
    names -= {word for line in imports for word in _WORD.findall(line)}
    return any(_uses(have, name) and not _uses(old, name) for name in names)


def _acts(path: str, hunk: Hunk, old: Lines, new: Lines, have: Lines) -> bool:
    """Whether a hunk added an import that does something by itself, and a file lacks it; or removed one that it has."""
    removed, added = _sides(hunk, old, new)
    went, came = acting.acting(path, removed, old), acting.acting(path, added, new)
    there = {line.strip() for line in have} if went or came else set()
    return not came - went <= there or not (went - came).isdisjoint(there)


def _brought(sides: tuple[Lines, Lines], listed: Collection[bytes]) -> set[bytes]:
    """The names that a hunk of imports brings to a file; none of any other hunk, and of short ones none."""
    removed, added = ({name for line in some for name in _names(line, listed) or [b""]} for some in sides)
    return set() if b"" in removed | added else {name for name in added - removed if len(name) >= _LEAST}


def _uses(text: Sequence[bytes], name: bytes) -> bool:
    return any(bindings.uses(line, name) and not wording.is_import(line) for line in text)


def _idle(place: Place, change: Change, numbers: Numbers, *, kept: bool) -> bool:
    """The same of some hunks of one file."""
    content, before, after, there = place.scene.content, change.before, change.after, place.side(change)
    hunks = content.own_hunks(before.oid, after.oid) if before and after and min(numbers) >= 0 else None
    if before is None or after is None or there is None or not hunks:
        return False
    old, new = content.lines(before.oid), content.lines(after.oid)
    used = _used(old, content.lines(there.oid), content.imports(there.oid))
    listed = {line.strip() for side in (before, after) for line in content.imports(side.oid)}
    imports = {n for n, h in enumerate(hunks) if _imports(_sides(h, old, new), listed, used)}
    imports -= {n for n in imports if _acts(change.path, hunks[n], old, new, content.lines(there.oid))}
    if kept and imports.issuperset(numbers) and len(imports) < len(hunks):
        return True
    idle = imports | {n for n, h in enumerate(hunks) if _comments(change.path, h, old, new)}
    rest = set(range(len(hunks))) - idle - content.undone(change, there)
    return idle.issuperset(numbers) and any(content.brought(change, there, n) for n in rest)


def _used(old: Sequence[bytes], have: Sequence[bytes], imports: Sequence[bytes]) -> set[bytes]:
    """The words of a text, but for what came from elsewhere: by imports that the old one had not, or a value set there.

    An import of all that something has may bring any.
    """
    anew = [line for line in imports if line not in old]
    if any(map(_ALL.search, anew)):
        return set()
    brought = {name for line in anew for name in (_names(line, {line.strip()}) or ())[-1:]}
    bound = {bindings.bound(line) for line in have} - {bindings.bound(line) for line in old}
    return {word for line in have for word in _WORD.findall(line)} - brought - bound


def _imports(sides: tuple[Lines, Lines], listed: Collection[bytes], used: set[bytes]) -> bool:
    """Whether a hunk changes but imports, alone or in a list, and what it adds to them nothing needs."""
    removed, added = ([_names(line, listed) for line in some] for some in sides)
    if None in removed:
        return False
    found = {name for names in removed for name in names or ()}
    return all(names and used.isdisjoint(set(names) - found or names) for names in added)


def _comments(path: str, hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    """Whether a hunk changes but comments."""
    told = ((old, hunk.old, hunk.removed), (new, hunk.new, hunk.added))
    return all(comments.only_comments(path, *lines) for lines in told)


def _sides(hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> tuple[Lines, Lines]:
    """The lines that a hunk removed and added, blank ones aside."""
    removed, added = hunk.removed_of(old), hunk.added_of(new)
    return [line for line in removed if line.strip()], [line for line in added if line.strip()]


def _names(line: bytes, listed: Collection[bytes]) -> list[bytes] | None:
    """What an import brings: the last name of each of its parts, or what it calls that. None for any other line."""
    if not wording.is_import(line) and line.strip() not in listed:
        return None
    if (alias := _ALIAS.match(line)) is not None:
        return [alias[1]]
    told = line.partition(b"=")[0] if b"require(" in line else line
    return [words[-1] for part in told.split(b",") if (words := _WORD.findall(part))]
