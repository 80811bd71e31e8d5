"""The configuration: what may be said, what is assumed, and every fault with its place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict, Field, ValidationError, model_validator

from auditor.config import faults, yaml_text
from auditor.config.access import Access
from auditor.config.backmerging import BackmergeConfig, ForgeConfig, beside
from auditor.config.matrix import PipelinesConfig
from auditor.config.noticing import NoticeConfig
from auditor.config.parts import (
    AcknowledgedConfig,
    CalendarConfig,
    HotfixTags,
    LedgerConfig,
    Limits,
    Part,
    WaiverConfig,
    enclosing,
    located,
    places,
)
from auditor.config.rule_names import DEFAULT_SEVERITY, Rules
from auditor.config.urls import Url
from auditor.config.values import Duration, Service, Text, unique
from auditor.errors import UsageError
from auditor.model import Severity


def _distinct(value: tuple[BranchConfig, ...]) -> tuple[BranchConfig, ...]:
    twice = _twice([b.name for b in value])
    if twice:
        raise ValueError(f"{', '.join(twice)} listed twice")
    return value


_NO_RULES: Mapping[str, Severity] = {}


class BranchConfig(Part):
    """An environment branch: how long a hotfix may take to it, and whether it is critical."""

    name: Text
    sla: Service | None = None
    critical: bool = False

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """A bare name is a branch without further ado."""
        return {"name": value} if isinstance(value, str) else value


Branches = Annotated[tuple[BranchConfig, ...], Field(min_length=1), AfterValidator(_distinct)]


_PROTOCOL = tuple(BranchConfig(name=name) for name in ("dev", "qa", "ppd", "dr"))


class DefaultsConfig(Part):
    """What holds for every repository that does not say otherwise."""

    main: Text = "main"
    branches: Branches = _PROTOCOL
    ignore_paths: tuple[Text, ...] = ()
    hotfix_tags: HotfixTags = HotfixTags()
    rules: Rules = _NO_RULES
    waivers: tuple[WaiverConfig, ...] = ()
    waiver_warning: Duration = 7 * 86_400
    acknowledged: tuple[AcknowledgedConfig, ...] = ()
    calendar: CalendarConfig = CalendarConfig()
    allowed_signers: Path | None = None
    limits: Limits = Limits()
    backmerge: BackmergeConfig = BackmergeConfig()
    pipelines: PipelinesConfig = PipelinesConfig()


class RepositoryConfig(DefaultsConfig):
    """One repository to audit."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["path"]}, {"required": ["url"]}]})

    name: Text
    path: Path | None = None
    url: Url | None = None
    forge: ForgeConfig | None = None

    @model_validator(mode="after")
    def _consistent(self) -> RepositoryConfig:
        if (self.path is None) == (self.url is None):
            raise ValueError("needs path: or url:" if self.url is None else "has both path: and url:; give one")
        _refuse_main_as_branch(self)
        return self

    @property
    def source(self) -> str:
        """The folder, or the address, as reports name it."""
        return self.url or str(self.path)

    @property
    def deadline(self) -> int:
        """The seconds that its audit may take in all."""
        return self.limits.timeout + (self.limits.fetch_timeout if self.url else 0)

    def severity(self, rule: str) -> Severity:
        """How much a rule matters here."""
        return self.rules.get(rule, DEFAULT_SEVERITY[rule])


class DiscoverConfig(DefaultsConfig, Access):
    """Repositories to find at a forge; the keys of a repository hold for each that is found.

    A pattern (`*`, `?`, `[…]`) without a slash is for a repository's own name, one with a slash for its path below the
    owner; letters match in either case.
    """

    owner: Text
    include: tuple[Text, ...] = ()
    exclude: tuple[Text, ...] = ()
    archived: bool = False
    forks: bool = False
    clone: Literal["https", "ssh"] = "https"

    @model_validator(mode="after")
    def _consistent(self) -> DiscoverConfig:
        _refuse_main_as_branch(self)
        return self


def _refuse_main_as_branch(part: DefaultsConfig) -> None:
    if part.main in [b.name for b in part.branches]:
        raise ValueError(f"branches: {part.main} is main, and cannot be a branch of its own")


Entry = TypeVar("Entry", RepositoryConfig, DiscoverConfig)


class FileConfig(Part):
    """The configuration file as a whole, as its JSON Schema shows it."""

    model_config = ConfigDict(json_schema_extra={"anyOf": [{"required": ["repositories"]}, {"required": ["discover"]}]})

    state: Path = Path(".branch-drift")
    ledger: LedgerConfig = LedgerConfig()
    defaults: DefaultsConfig = DefaultsConfig()
    repositories: tuple[RepositoryConfig, ...] = ()
    discover: tuple[DiscoverConfig, ...] = ()
    notices: tuple[NoticeConfig, ...] = ()

    @model_validator(mode="after")
    def _something(self) -> FileConfig:
        if not self.repositories and not self.discover:
            raise ValueError("repositories: needs at least 1 item, or discover: one")
        return self


class Config(Part):
    """A configuration ready to use: defaults merged, paths absolute.

    `text` is the file as it was read; `ledger.url` and `ledger.name` are filled in. A configuration that the
    command line changed has another name: what is remembered of it does not stand for the file's.
    """

    state: Path
    ledger: LedgerConfig = LedgerConfig()
    repositories: tuple[RepositoryConfig, ...]
    discover: tuple[DiscoverConfig, ...] = ()
    notices: tuple[NoticeConfig, ...] = ()
    sha256: str | None = None
    text: str | None = None

    @property
    def ledger_url(self) -> str:
        """Where runs are recorded."""
        return self.ledger.url or str(self.state / "ledger.sqlite")

    @property
    def ledger_name(self) -> str:
        """What they are filed under there."""
        return self.ledger.name or ""


def load(path: Path) -> Config:
    """Reads a configuration file. Raises `UsageError` with every fault in it, each with its line."""
    document = yaml_text.read(path)
    merged = _with_defaults(document.value)
    found = [f"{path}:{line}: {said}" for line, said in document.faults]
    try:
        parsed = FileConfig.model_validate(merged)
    except ValidationError as error:
        own = faults.own(error.errors(), document.value)
        found += [faults.placed(path, document, e, FileConfig) for e in own]
        raise UsageError(*dict.fromkeys(found)) from None
    found += [
        f"{path}: {key}: the name {n} is given twice"
        for key, part in (("repositories", parsed.repositories), ("notices", parsed.notices))
        for n in _twice([p.name for p in part])
    ]
    here = path.resolve().parent
    state = here / parsed.state
    repositories = tuple(_absolute(r, here) for r in parsed.repositories)
    ledger = located(parsed.ledger, state, str(path.resolve()))
    found += [f"{path}: {said}" for r in repositories for said in _inside(state, ledger, r)]
    if found:
        raise UsageError(*found)
    return Config(
        state=state,
        ledger=ledger,
        repositories=repositories,
        discover=tuple(_absolute(d, here) for d in parsed.discover),
        notices=tuple(beside(n, here, "url_file", "ca_file") for n in parsed.notices),
        sha256=hashlib.sha256(document.raw).hexdigest(),
        text=document.raw.decode(),
    )


def zero(paths: Sequence[Path], main: str | None, branches: Sequence[str]) -> Config:
    """The protocol's own defaults for the repositories at `paths`, or around them."""
    found = [enclosing(p) for p in paths]
    names = unique([p.name.removesuffix(".git") or "repository" for p in found])
    entries = [RepositoryConfig(name=n, path=p) for n, p in zip(names, found, strict=True)]
    base = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    state = Path(base) / "branch-drift"
    whole = Config(state=state, ledger=located(LedgerConfig(), state, ""), repositories=tuple(entries))
    return overridden(whole, main, branches)


def overridden(config: Config, main: str | None, branches: Sequence[str]) -> Config:
    """The configuration with main and the branches as the command line names them."""
    said: dict[str, Any] = {"main": main} if main else {}
    if branches:
        said["branches"] = list(branches)
    if not said:
        return config
    try:
        repositories = tuple(_saying(r, said) for r in config.repositories)
        discover = tuple(_saying(d, said) for d in config.discover)
    except ValidationError as error:
        raise UsageError(*dict.fromkeys(faults.words(e, FileConfig) for e in error.errors())) from None
    words = [f"--{key} {value}" for key, value in (("main", main), *(("branch", b) for b in branches)) if value]
    ledger = config.ledger.model_copy(update={"name": " ".join([config.ledger.name or "", *words])})
    # A look at some branches is not the run that somebody wants to be told of: no notices.
    changed = {"repositories": repositories, "discover": discover, "ledger": ledger, "notices": ()}
    return config.model_copy(update=changed)


def _saying(part: Entry, said: Mapping[str, Any]) -> Entry:
    return type(part).model_validate({**{k: getattr(part, k) for k in type(part).model_fields}, **said})


def _with_defaults(value: Any) -> Any:
    """Each repository with the keys of `defaults` that it does not give itself, and each found at a forge likewise."""
    if not isinstance(value, dict):
        return value
    defaults = value.get("defaults")
    usable = (
        {k: v for k, v in defaults.items() if k in DefaultsConfig.model_fields} if isinstance(defaults, dict) else {}
    )
    for key in ("repositories", "discover"):
        if isinstance(value.get(key), list):
            merged = [{**usable, **r} if isinstance(r, dict) else r for r in value[key]]
            value = {**value, key: merged}
    return {k: v for k, v in value.items() if not (k == "defaults" and v is None)}


def _twice(names: Sequence[str]) -> list[str]:
    return [n for n in dict.fromkeys(names) if names.count(n) > 1]


def _absolute(part: Entry, here: Path) -> Entry:
    """Files are named from the configuration's own folder."""
    named = ("path", "allowed_signers", "token_file", "ca_file")
    changed: dict[str, Any] = {k: here / value for k in named if (value := getattr(part, k, None)) is not None}
    changed["backmerge"] = part.backmerge.located(here)
    if isinstance(part, RepositoryConfig) and part.forge:
        changed["forge"] = beside(part.forge, here, "token_file", "ca_file")
    return part.model_copy(update=changed)


def _inside(state: Path, ledger: LedgerConfig, repository: RepositoryConfig) -> Iterator[str]:
    """What this program would write into an audited repository."""
    if repository.path is None:
        return
    root = repository.path.resolve()
    for key, place in (("state", state), *places(ledger)):
        if place.resolve().is_relative_to(root):
            yield f"{key}: {place} lies inside the audited repository {repository.name}; put it elsewhere"
