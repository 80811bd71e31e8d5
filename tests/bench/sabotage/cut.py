"""Takes a part of a fix out of a file again, in the ways that it happens: pure functions over the bytes of files."""

from __future__ import annotations

import ast
import random
import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from auditor.text import comments, kinds, lines, parts, wording
from auditor.text.lines import Hunk

# What goes: one hunk, half of them, all, the file put back whole, some lines that a hunk brought, or one hunk with a
# line beside it edited. As often as it is named.
WAYS = ("hunk", "hunk", "hunk", "half", "all", "file", "lines", "lines", "neighbour")


class UnfitError(Exception):
    """Nothing can be built of what chance chose."""


@dataclass(frozen=True)
class Edit:
    """What a fix made of one file, all of its hunks, and those that are worth taking out."""

    path: str
    old: bytes
    new: bytes
    hunks: tuple[Hunk, ...]
    telling: tuple[Hunk, ...]


def edit(path: str, old: bytes, new: bytes) -> Edit:
    """The edit of a file."""
    return Edit(path, old, new, lines.hunks(old, new), telling(path, old, new))


def telling(path: str, old: bytes, new: bytes) -> tuple[Hunk, ...]:
    """The hunks that change more than comments, blanks, braces, the order of lines, and words for people."""
    if kinds.tells_only(path):
        return ()
    before, after = lines.split(old), lines.split(new)
    return tuple(h for h in lines.hunks(old, new) if _tells(path, h, before, after))


def counts(path: str, before: bytes, after: bytes) -> bool:
    """Whether a change of a file does something, and is no docstring's alone."""
    if not telling(path, before, after):
        return False
    programs = (_program(before), _program(after)) if path.endswith(".py") else (None, None)
    return None in programs or programs[0] != programs[1]


def cut(chance: random.Random, found: Edit, way: str, there: bytes) -> bytes:
    """A file as it is `there`, without a part of an edit that it has.

    Raises UnfitError where that conflicts with what came since, or does nothing.
    """
    text = found.old if way == "file" else lines.merge(found.new, there, _target(chance, found, way))
    if text is None or not counts(found.path, there, text):
        raise UnfitError
    return beside(chance, there, text) if way == "neighbour" else text


def beside(chance: random.Random, before: bytes, after: bytes) -> bytes:
    """The text `after` some change with a line edited that stands right above or below it; raises UnfitError."""
    text, changed = lines.split(after), lines.hunks(before, after)
    at = chance.choice((changed[0].new - 1, changed[-1].new + changed[-1].added)) if changed else -1
    if not 0 <= at < len(text) or not text[at].strip():
        raise UnfitError
    text[at] = _edited(chance, text[at])
    return b"".join(text)


def _tells(path: str, hunk: Hunk, old: Sequence[bytes], new: Sequence[bytes]) -> bool:
    told = ((old, hunk.old, hunk.removed), (new, hunk.new, hunk.added))
    if all(comments.only_comments(path, *side) for side in told):
        return False
    went = lines.bare(parts.lines_of_code(hunk.removed_of(old)))
    came = lines.bare(parts.lines_of_code(hunk.added_of(new)))
    return wording.tells([*(went - came), *(came - went)])


def _program(text: bytes) -> str | None:
    """What Python makes of a text, docstrings aside; None where today's Python makes nothing of it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            body[:] = [statement for statement in body if not _is_docstring(statement)]
    return ast.dump(tree)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _target(chance: random.Random, found: Edit, way: str) -> bytes:
    """What the fix leaves, without what is to go."""
    hunk = chance.choice(found.telling)
    if way == "lines":
        return _shortened(chance, found, hunk)
    if way == "all":
        return found.old
    more = [h for h in found.hunks if way == "half" and chance.random() < 0.5]
    return _put_back(found, {hunk, *more})


def _put_back(found: Edit, hunks: Collection[Hunk]) -> bytes:
    old, text = lines.split(found.old), lines.split(found.new)
    for hunk in sorted(hunks, key=lambda h: h.new, reverse=True):
        text[hunk.new : hunk.new + hunk.added] = hunk.removed_of(old)
    return b"".join(text)


def _shortened(chance: random.Random, found: Edit, hunk: Hunk) -> bytes:
    """Without some of the lines that a hunk brought, but never all."""
    if hunk.added < 2:
        raise UnfitError
    size = chance.randint(1, hunk.added - 1)
    start = chance.randint(hunk.new, hunk.new + hunk.added - size)
    text = lines.split(found.new)
    return b"".join([*text[:start], *text[start + size :]])


def _edited(chance: random.Random, line: bytes) -> bytes:
    """A line with something small in it otherwise."""
    text = line.rstrip(b"\r\n")
    indent = text[: len(text) - len(text.lstrip())]
    forms = (indent + b" " + text.lstrip(), text[:-1] + b"x" + text[-1:], text + b" # why", text + b" && ready")
    return chance.choice(forms) + line[len(text) :]
