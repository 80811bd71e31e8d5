"""The repositories of a forge's organisation or group: found, chosen, named, and every one accounted for."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from auditor import forges, lists
from auditor.config.access import Access
from auditor.config.addresses import key, usable
from auditor.config.configuration import Config, DefaultsConfig, DiscoverConfig, RepositoryConfig
from auditor.errors import ForgeError
from auditor.forges.interface import Listed
from auditor.model import Discovery, ExcludedRepository, Problem


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What a list comes to: the repositories to audit with their addresses, those left out, what went wrong."""

    found: tuple[tuple[Listed, str], ...]
    excluded: tuple[ExcludedRepository, ...]
    errors: tuple[Problem, ...]


def expand(config: Config, kept: Path | None) -> tuple[Config, tuple[Discovery, ...]]:
    """The configuration with what its forges list as repositories of their own, and what became of each list.

    A forge that fails costs the others nothing: its discovery has the error, and what it listed last is audited all the
    same. Answers and lists are kept in the folder `kept`.
    """
    repositories = list(config.repositories)
    discoveries = []
    for block in config.discover:
        made, discovery = _discover(block, repositories, kept)
        repositories += made
        discoveries.append(discovery)
    return config.model_copy(update={"repositories": tuple(repositories)}), tuple(discoveries)


def listed(block: DiscoverConfig, kept: Path | None = None) -> tuple[Listed, ...]:
    """What the forge lists, each once, in the order of their names. Raises `ForgeError`."""
    with forges.asking(block, kept) as forge:
        found = {r.path.casefold(): r for r in forge.repositories(block.owner)}
    return tuple(found[path] for path in sorted(found))


def _discover(
    block: DiscoverConfig, known: Sequence[RepositoryConfig], kept: Path | None
) -> tuple[list[RepositoryConfig], Discovery]:
    found, problems = _list(block, kept)
    chosen = _choose(block, found, known)
    made, faults = _made(block, chosen, {r.name for r in known})
    errors = (*problems, *chosen.errors, *faults)
    if not (made or errors):
        errors = (Problem("nothing-found", _nothing(block, len(chosen.excluded))),)
    names = tuple(r.name for r in made)
    return made, Discovery(block.type, forges.root(block), block.owner, names, chosen.excluded, errors)


def _list(block: DiscoverConfig, kept: Path | None) -> tuple[tuple[Listed, ...], tuple[Problem, ...]]:
    """What the forge lists; where it cannot be asked, what it listed last, and the problem."""
    place = f"{block.type} {forges.root(block)} {block.owner}"
    try:
        found = listed(block, kept)
    except ForgeError as error:
        last = lists.recall(kept, place) if kept else None
        if last is None:
            return (), (Problem(error.code, error.detail),)
        day = datetime.fromtimestamp(last.at, UTC).strftime("%Y-%m-%d %H:%M")
        return last.repositories, (Problem(error.code, f"{error.detail}; audited is what it listed on {day} UTC"),)
    if kept:
        lists.remember(kept, place, lists.Remembered(int(time.time()), found))
    return found, ()


def _nothing(block: DiscoverConfig, excluded: int) -> str:
    why = f"all {excluded} are excluded" if excluded else "the forge lists none; may the token see them?"
    return f"{block.owner}: no repository to audit: {why}"


def _choose(block: DiscoverConfig, found: Sequence[Listed], known: Sequence[RepositoryConfig]) -> _Chosen:
    chosen, excluded, errors = [], [], []
    taken = {key(r.url): r.name for r in known if r.url}
    for repository in found:
        reason = why_not(block, repository) or _taken(repository, taken)
        if reason:
            excluded.append(ExcludedRepository(repository.path, reason))
            continue
        try:
            chosen.append((repository, _address(block, repository)))
        except ValueError as error:
            errors.append(Problem("bad-address", f"{repository.path}: {error}"))
    return _Chosen(tuple(chosen), tuple(excluded), tuple(errors))


def why_not(block: DiscoverConfig, repository: Listed) -> str | None:
    """Why a repository is left out; None where it is audited."""
    if block.include and not any(_matches(p, block, repository) for p in block.include):
        return "matches no pattern of include:"
    pattern = next((p for p in block.exclude if _matches(p, block, repository)), None)
    if pattern is not None:
        return f"matches {pattern} of exclude:"
    reasons = (
        (repository.archived and not block.archived, "is archived (archived: true takes it in)"),
        (repository.fork and not block.forks, "is a fork (forks: true takes it in)"),
        (repository.empty, "is empty"),
        (repository.disabled, "is disabled at the forge"),
    )
    return next((reason for holds, reason in reasons if holds), None)


def _matches(pattern: str, block: DiscoverConfig, repository: Listed) -> bool:
    path = repository.path.casefold()
    below = path.removeprefix(f"{block.owner.casefold()}/")
    name = below if "/" in pattern else path.rpartition("/")[2]
    return fnmatchcase(name, pattern.casefold())


def _taken(repository: Listed, taken: dict[str, str]) -> str | None:
    name = next((taken[key(a)] for a in (repository.https, repository.ssh) if a and key(a) in taken), None)
    return None if name is None else f"is audited as {name} already"


def _address(block: DiscoverConfig, repository: Listed) -> str:
    """Where to clone from. A forge does not get to send git elsewhere: https goes to the forge's own host."""
    address = repository.ssh if block.clone == "ssh" else repository.https
    if address is None:
        raise ValueError(f"the forge gives no {block.clone} address")
    root = urlsplit(forges.root(block))
    schemes = ("ssh",) if block.clone == "ssh" else ("https", root.scheme)
    host = None if block.clone == "ssh" else (root.hostname or "").removeprefix("api.")
    return usable(address, schemes, host)


def _made(block: DiscoverConfig, chosen: _Chosen, names: set[str]) -> tuple[list[RepositoryConfig], list[Problem]]:
    made, faults = [], []
    keys = {k: getattr(block, k) for k in DefaultsConfig.model_fields}
    access = {k: getattr(block, k) for k in Access.model_fields}
    for repository, address in chosen.found:
        name = next(n for n in _names(block, repository) if n not in names)
        try:
            made.append(
                RepositoryConfig.model_validate(
                    {**keys, "name": name, "url": address, "forge": {**access, "project": repository.path}}
                )
            )
        except ValidationError as error:
            faults.append(Problem("bad-address", f"{repository.path}: {error.errors()[0]['msg']}"))
            continue
        names.add(name)
    return made, faults


def _names(block: DiscoverConfig, repository: Listed) -> Iterator[str]:
    """Its path at the forge, which no other repository's coming or going changes; with the host where that is taken."""
    yield repository.path
    place = f"{urlsplit(forges.root(block)).hostname}/{repository.path}"
    yield place
    number = 2
    while True:
        yield f"{place}-{number}"
        number += 1
