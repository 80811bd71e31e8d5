"""From tags to hotfixes: which tags are audited."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from auditor import tag_names, versions
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.git.history import History
from auditor.git.refs import TagRef
from auditor.model import Excluded

NOT_ON_MAIN = "names a hotfix, but its commit is not on main"
_DEFAULT = "patch-level version"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hotfix tag before its commits were looked at. `number` is None where main's history is too short."""

    tag: TagRef
    aliases: tuple[str, ...]
    number: int | None
    tagged_at: int
    selected_by: str


@dataclass(frozen=True, slots=True)
class Population:
    """Every tag of a repository: audited, or excluded with the reason."""

    candidates: tuple[Candidate, ...]
    excluded: tuple[Excluded, ...]
    off_main: tuple[TagRef, ...]
    total: int
    before_start: frozenset[int]

    @property
    def audited(self) -> int:
        """Tags that are audited, aliases among them."""
        return sum(1 + len(c.aliases) for c in self.candidates)


def select(
    tags: Sequence[TagRef], config: RepositoryConfig, history: History, on_main: set[int], *, short: bool
) -> Population:
    """Sorts every tag into audited and excluded. `short`: main's history does not reach its root."""
    start = _start(config.hotfix_tags.since, tags, history)
    excluded: list[Excluded] = []
    off_main: list[TagRef] = []
    chosen: list[tuple[TagRef, int | None, str]] = []
    for tag in tags:
        selected_by, reason = _choose(tag, config, history, start)
        number = history.number.get(tag.commit or "")
        on = number in on_main
        if selected_by is None:
            excluded.append(Excluded(tag.name, reason))
        elif on or short:
            chosen.append((tag, number if on else None, selected_by))
        else:
            off_main.append(tag)
            excluded.append(Excluded(tag.name, NOT_ON_MAIN))
    before = _below_start(start, history)
    return Population(_grouped(chosen, history), tuple(excluded), tuple(off_main), len(tags), before)


@dataclass(frozen=True, slots=True)
class _Start:
    """Where the audit begins: a time, or the history of a tag."""

    words: str
    time: int | None
    history: frozenset[int]


def _below_start(start: _Start | None, history: History) -> frozenset[int]:
    """The commits that were there before the audit's start."""
    if start is None:
        return frozenset()
    if start.time is None:
        return start.history
    return frozenset(n for n, time in enumerate(history.time) if time < start.time)


def _start(since: str | None, tags: Sequence[TagRef], history: History) -> _Start | None:
    if since is None:
        return None
    tag = next(
        (t for t in tags if (t.exact or t.name) == tag_names.written(since) and t.commit in history.number), None
    )
    if tag is not None:
        return _Start(since, None, frozenset(history.ancestors(history.number[tag.commit or ""])))
    try:
        moment = datetime.fromisoformat(since)
    except ValueError:
        # Ignored, it would silently widen the population that an auditor checks first.
        raise RepositoryError("no-such-start", f"hotfix_tags.since: {since} is no day and no tag here") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return _Start(since, int(moment.timestamp()), frozenset())


def _choose(tag: TagRef, config: RepositoryConfig, history: History, start: _Start | None) -> tuple[str | None, str]:
    """How the tag was selected, or None and the reason why not."""
    wanted = config.hotfix_tags
    for entry in wanted.exclude:
        if re.fullmatch(entry.pattern, tag.name):
            return None, f"excluded by configuration: {entry.reason}"
    if tag.commit is None:
        return None, tag.problem or "stands on no commit"
    selected_by, reason = _names_hotfix(tag, wanted.pattern, wanted.message)
    if selected_by is None:
        return None, reason
    if start is not None and _before(tag, start, history):
        return None, f"before the start of the audit: {start.words}"
    return selected_by, ""


def _names_hotfix(tag: TagRef, pattern: str | None, message: str | None) -> tuple[str | None, str]:
    if pattern is None and message is None:
        version = versions.parse(tag.name)
        if version is None:
            return None, "names no version"
        if version.is_patch:
            return _DEFAULT, ""
        return None, "a pre-release" if version.pre_release else "not a patch-level version"
    if pattern is not None and not re.search(pattern, tag.name):
        return None, f"its name does not match {pattern}"
    if message is not None and not re.search(message, tag.annotation.message if tag.annotation else ""):
        return None, f"its message does not match {message}"
    said = [f"{what} {how}" for what, how in (("name", pattern), ("message", message)) if how is not None]
    return ", ".join(said), ""


def _before(tag: TagRef, start: _Start, history: History) -> bool:
    number = history.number.get(tag.commit or "")
    if start.time is None:
        return number is not None and number in start.history
    return number is not None and tagged_at(tag, history) < start.time


def tagged_at(tag: TagRef, history: History) -> int:
    """When the tag was made; a lightweight one as its commit."""
    if tag.annotation is not None and tag.annotation.tagged_at is not None:
        return tag.annotation.tagged_at
    number = history.number.get(tag.commit or "")
    return history.time[number] if number is not None else 0


def _first(tag: TagRef, history: History) -> tuple[Any, ...]:
    """Which of the tags on one commit was there first, as far as git can tell.

    A lightweight tag has no time of its own, and may have come at any later day. Two refs to one tag object have one
    time: the object says for which of them it was made.
    """
    own = tag.annotation
    version = versions.parse(tag.name)
    return (
        own is None or own.tagged_at is None,
        tagged_at(tag, history),
        own is not None and own.name != tag.name,
        version is None,
        # Versions of two parts of a monorepo say nothing of which came first.
        (version.prefix, version.numbers) if version else (),
        tag.name,
    )


def _grouped(chosen: Sequence[tuple[TagRef, int | None, str]], history: History) -> tuple[Candidate, ...]:
    """Tags on one commit are one hotfix, named by the first of them."""
    by_commit: dict[str | None, list[tuple[TagRef, int | None, str]]] = defaultdict(list)
    for entry in chosen:
        by_commit[entry[0].commit].append(entry)
    found = []
    for group in by_commit.values():
        group.sort(key=lambda e: _first(e[0], history))
        tag, number, selected_by = group[0]
        aliases = tuple(e[0].name for e in group[1:])
        found.append(Candidate(tag, aliases, number, tagged_at(tag, history), selected_by))
    return tuple(sorted(found, key=lambda c: (-c.tagged_at, c.tag.name)))
