"""What a notice says, as lines of parts: words of this program, names of others', and links."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.backmerge.entry import Action
from auditor.config.noticing import Event
from auditor.model import DRIFT, Audit
from auditor.notices.facts import Change
from auditor.output.words import plain, writable

_LONGEST_NAME = 100
_LINK = re.compile(r"https?://[A-Za-z0-9.:\[\]-]+(/[A-Za-z0-9._~%/+=?&-]*)?")
_LONGEST_LINK = 400
_HEADINGS: tuple[tuple[Event, str], ...] = (
    ("drift", "Drifting"),
    ("overdue", "Overdue"),
    ("violation", "Broken rules"),
    ("incomplete", "Not judged in full"),
    ("resolved", "Resolved"),
    ("backmerge", "Back-merges"),
)
_DEEDS = {
    Action.OPEN: "opened",
    Action.CONFLICTING: "opened as a draft",
    Action.UPDATE: "updated",
    Action.CLOSE: "closed",
}


@dataclass(frozen=True, slots=True)
class Name:
    """What somebody else wrote: a tag, a branch, a repository. It is shown, and does nothing."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """An address at the forge."""

    url: str


Line = tuple[str | Name | Link, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """What is said of one kind of change; `more` is how many are left out."""

    heading: str
    lines: tuple[Line, ...]
    more: int


@dataclass(frozen=True, slots=True)
class Message:
    """A notice: what it is about in a line, how things stand, and what changed."""

    title: str
    standing: str
    sections: tuple[Section, ...]


def message(audit: Audit, changes: Sequence[Change], most: int) -> Message:
    """The notice of some changes, with at most so many lines a section."""
    sections = []
    for event, heading in _HEADINGS:
        own = [c for c in changes if c.event == event]
        if own:
            lines = tuple(tuple(_line(c)) for c in own[:most])
            sections.append(Section(heading, lines, max(0, len(own) - most)))
    counts = Counter(c.event for c in changes)
    said = ", ".join(f"{counts[event]} {heading.lower()}" for event, heading in _HEADINGS if counts[event])
    return Message(f"Branch Drift: {said}", standing(audit), tuple(sections))


def standing(audit: Audit) -> str:
    """How things stand now, whatever changed."""
    pairs = [v for r in audit.repositories for _, v in r.pairs()]
    drifting = sum(v.status in DRIFT for v in pairs)
    return f"{drifting} of {len(pairs)} pairs drift in {len(audit.repositories)} repositories; {audit.verdict}"


def name(text: str) -> str:
    """A name as one short line of visible characters."""
    shown = writable(plain(text))
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"


def link(url: str) -> Link | Name:
    """An address as a link, if it is a plain one."""
    fits = len(url) <= _LONGEST_LINK and _LINK.fullmatch(url)
    return Link(url) if fits else Name(url)


def _line(change: Change) -> Iterator[str | Name | Link]:
    about = change.about
    yield Name(about.repository)
    yield ": "
    yield from _pair(change) if about.tag and about.branch and not about.rule else _other(change)
    if change.link:
        yield ": "
        yield link(change.link)


def _pair(change: Change) -> Iterator[str | Name]:
    yield Name(change.about.tag)
    yield " to " if change.event == "backmerge" else " on "
    yield Name(change.about.branch)
    if change.event == "backmerge":
        yield f": {_DEEDS.get(Action(change.now or ''), change.now or '')}"
    elif change.event == "overdue":
        yield f" was due {change.now}"
    else:
        yield f" is {change.now}" if change.now else " is asked for no more"
        yield f" (was {change.was})" if change.was else ""


def _other(change: Change) -> Iterator[str | Name]:
    about = change.about
    if about.kind == "incomplete":
        yield "is judged in full again" if change.event == "resolved" else f"could not be judged in full ({change.now})"
        return
    yield about.rule
    for what in (about.tag, about.branch, about.commit):
        if what:
            yield " "
            yield Name(what)
    if change.event == "resolved":
        yield " is broken no more"
