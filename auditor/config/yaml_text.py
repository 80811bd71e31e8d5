"""YAML as text with places: every scalar stays the text it was written as, and knows its line.

YAML's own guesses are closed off: `no`, `1.10` and `22:30` stay text. Only `null`, `~` and nothing
at all mean null.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from auditor.errors import UsageError

_MOST_BYTES = 4 * 1024 * 1024
_MOST_NODES = 200_000
_DEEPEST = 50
_NULLS = ("", "~", "null", "Null", "NULL")

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """What a file says, and on which line each part of it begins. `faults` are repeated keys."""

    value: Any
    lines: dict[Place, int]
    faults: tuple[tuple[int, str], ...]
    raw: bytes


def read(path: Path) -> Document:
    """Reads a YAML file. Raises `UsageError` where it cannot be read at all."""
    raw = _bytes(path)
    try:
        node = yaml.compose(raw.decode("utf-8"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise UsageError(f"{path}:{line}: is not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError) as error:
        said = "nested too deeply" if isinstance(error, RecursionError) else str(error).splitlines()[0]
        raise UsageError(f"{path}: is not YAML: {said}") from None
    if node is None:
        raise UsageError(f"{path}: is empty")
    reader = _Reader(path)
    return Document(reader.value(node, ()), reader.lines, tuple(reader.faults), raw)


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    if len(raw) > _MOST_BYTES:
        raise UsageError(f"{path}: has {len(raw)} bytes, more than {_MOST_BYTES}")
    return raw


class _Reader:
    """Turns nodes to values, counting them: an alias that multiplies itself is refused."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[Place, int] = {}
        self.faults: list[tuple[int, str]] = []
        self._count = 0

    def value(self, node: yaml.Node, place: Place) -> Any:
        """The value of a node: text, None, a list or a mapping."""
        self._count += 1
        line = node.start_mark.line + 1
        if self._count > _MOST_NODES or len(place) > _DEEPEST:
            raise UsageError(f"{self.path}:{line}: says too much: nested too deeply, or repeated by aliases")
        self.lines.setdefault(place, line)
        if isinstance(node, yaml.ScalarNode):
            return None if node.style is None and node.value in _NULLS else node.value
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*place, at)) for at, item in enumerate(node.value)]
        assert isinstance(node, yaml.MappingNode)
        return self._mapping(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in found:
                self.faults.append((line, f"{key}: is given twice"))
            self.lines[(*place, key)] = line
            found[key] = self.value(value_node, (*place, key))
        return found
