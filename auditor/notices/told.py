"""What each webhook was last told, in the state folder: it is what the next run is held against."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from auditor.backmerge.entry import Action, Entry
from auditor.config.noticing import EVENTS, Event
from auditor.notices.facts import Facts, Key
from auditor.output import files

_FILE = "notices.json"
_MOST_UNTOLD = 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What a webhook knows, and the back-merges that it should have been told of and was not."""

    facts: Facts = field(default_factory=dict)
    untold: tuple[Entry, ...] = ()


def read(state: Path) -> dict[str, Told]:
    """By the notice's name. A damaged file is as good as none: everything is told anew."""
    found: Any = None
    with suppress(OSError, ValueError):
        found = json.loads((state / _FILE).read_bytes())
    kept = {}
    for name, value in found.items() if isinstance(found, dict) else ():
        with suppress(TypeError, KeyError, ValueError):
            kept[str(name)] = _told(value)
    return kept


def _told(value: Any) -> Told:
    """Raises `TypeError`, `KeyError` or `ValueError` for what this program did not write."""
    facts = {_key(*about): str(word) for about, word in value["facts"]}
    return Told(facts, tuple(_entry(*each) for each in value["untold"]))


def _key(kind: Event, *rest: str) -> Key:
    if kind not in EVENTS:
        raise ValueError(kind)
    return Key(kind, *map(str, rest))


def _entry(repository: str, tag: str, branch: str, action: str, link: str | None) -> Entry:
    return Entry(str(repository), str(tag), str(branch), Action(action), "", pull_request=link, done=True)


def write(state: Path, told: Mapping[str, Told]) -> None:
    """Raises `BranchDriftError` where the disk refuses."""
    document = {name: {"facts": _facts(t.facts), "untold": _untold(t.untold)} for name, t in sorted(told.items())}
    files.write_text(state / _FILE, json.dumps(document, indent=1) + "\n")


def _facts(facts: Facts) -> list[Any]:
    return [[list(key), word] for key, word in sorted(facts.items())]


def _untold(entries: Sequence[Entry]) -> list[Any]:
    return [[e.repository, e.tag, e.branch, e.action, e.pull_request] for e in entries[-_MOST_UNTOLD:]]
