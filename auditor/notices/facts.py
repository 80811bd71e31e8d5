"""What there is to tell of an audit, and what of it changed since somebody was last told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from auditor.backmerge.entry import Entry
from auditor.config.noticing import Event, NoticeConfig
from auditor.model import DRIFT, Audit, RepositoryAudit, Severity, Status
from auditor.output.words import rfc3339


class Key(NamedTuple):
    """What a fact is about; what does not apply is empty."""

    kind: Event
    repository: str
    tag: str = ""
    branch: str = ""
    rule: str = ""
    commit: str = ""


Facts = Mapping[Key, str]


@dataclass(frozen=True, slots=True)
class Change:
    """Something that is not as it was told: `was` and `now` are None where there was, or is, nothing."""

    event: Event
    about: Key
    was: str | None
    now: str | None
    link: str | None = None


def facts(audit: Audit, notice: NoticeConfig) -> dict[Key, str]:
    """All that is amiss, as far as the notice is about it."""
    found = {key: word for r in audit.repositories for key, word in _repository(r)}
    for listed in audit.discovered:
        if listed.errors:
            found[Key("incomplete", f"{listed.owner} at {listed.type}")] = _codes(e.code for e in listed.errors)
    return {key: word for key, word in found.items() if _wanted(key, notice)}


def _repository(found: RepositoryAudit) -> Iterator[tuple[Key, str]]:
    for hotfix, verdict in found.pairs():
        if verdict.status in DRIFT:
            yield Key("drift", found.name, hotfix.tag, verdict.branch), verdict.status.value
        if verdict.overdue:
            yield Key("overdue", found.name, hotfix.tag, verdict.branch), rfc3339(verdict.due_at) or ""
    for broken in found.broken:
        if broken.severity is Severity.ERROR:
            about = (broken.tag or "", broken.branch or "", broken.rule, broken.commit or "")
            yield Key("violation", found.name, *about), broken.severity.value
    if found.incomplete:
        yield Key("incomplete", found.name), _codes(e.code for e in found.errors) or "unknown"


def _codes(codes: Iterator[str]) -> str:
    return ", ".join(sorted(set(codes)))


def _wanted(key: Key, notice: NoticeConfig) -> bool:
    """Branches choose among what is about a branch."""
    named = not notice.repositories or any(_fits(key.repository, p) for p in notice.repositories)
    return named and (not notice.branches or not key.branch or key.branch in notice.branches)


def _fits(name: str, pattern: str) -> bool:
    """Without a slash a pattern is for a repository's own name."""
    shown = name if "/" in pattern else name.rpartition("/")[2]
    return fnmatchcase(shown.casefold(), pattern.casefold())


def renamed(audit: Audit, told: Facts, now: Facts) -> Facts:
    """What was told, under the name that each hotfix has now: another tag on its commit may have become that.

    What is still told of a tag itself, such as that it is lightweight, stays under its own name.
    """
    names = {(r.name, alias): h.tag for r in audit.repositories for h in r.hotfixes for alias in h.aliases}
    return {_under(key, names.get((key.repository, key.tag)), told, now): word for key, word in told.items()}


def _under(key: Key, tag: str | None, told: Facts, now: Facts) -> Key:
    if tag is None or key in now:
        return key
    new = key._replace(tag=tag)
    return key if new in told or (key.kind == "violation" and new not in now) else new


def known(audit: Audit, told: Facts, now: Facts) -> dict[Key, str]:
    """What is known now: what could not be judged is as it was told, for nobody knows better."""
    by_name = {r.name: r for r in audit.repositories}
    listing = any(d.errors for d in audit.discovered)
    kept = {key: word for key, word in told.items() if key not in now and _is_unjudged(key, by_name, listing=listing)}
    return {**kept, **now}


def _is_unjudged(key: Key, found: Mapping[str, RepositoryAudit], *, listing: bool) -> bool:
    repository = found.get(key.repository)
    if key.kind == "incomplete":
        return False
    if repository is None:
        return listing
    if not repository.refs:
        return bool(repository.errors)
    return (key.tag, key.branch) in {(h.tag, v.branch) for h, v in repository.pairs() if v.status is Status.UNKNOWN}


def changes(audit: Audit, told: Facts, now: Facts, done: tuple[Entry, ...], notice: NoticeConfig) -> tuple[Change, ...]:
    """What is to be told, the worst first. A repository that is audited no more has nothing to tell."""
    names = {r.name for r in audit.repositories} | {k.repository for k in now}
    names |= {f"{d.owner} at {d.type}" for d in audit.discovered}
    found = [Change(key.kind, key, told.get(key), word) for key, word in now.items() if told.get(key) != word]
    gone = [key for key in told if key not in now and key.kind != "overdue" and key.repository in names]
    found += [Change("resolved", key, told[key], _status(audit, key)) for key in gone]
    found += [_done(entry) for entry in done]
    return tuple(c for c in found if c.event in notice.events and _wanted(c.about, notice))


def _status(audit: Audit, key: Key) -> str | None:
    """What a pair that drifted is now; None where nobody asks for it any more."""
    for repository in audit.repositories:
        if repository.name == key.repository and key.kind == "drift":
            for hotfix, verdict in repository.pairs():
                if (hotfix.tag, verdict.branch) == (key.tag, key.branch):
                    return verdict.status.value
    return None


def _done(entry: Entry) -> Change:
    about = Key("backmerge", entry.repository, entry.tag, entry.branch)
    return Change("backmerge", about, None, entry.action.value, entry.pull_request)
