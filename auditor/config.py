"""The configuration: what may be said, what is assumed, and every fault with its place."""

from __future__ import annotations

import difflib
import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from auditor import yaml_text
from auditor.errors import UsageError
from auditor.model import Severity
from auditor.urls import Url
from auditor.values import Day, Duration, Pattern, Size, Text

RULES: tuple[tuple[str, Severity], ...] = (
    ("tag-not-annotated", Severity.WARNING),
    ("tag-not-on-main", Severity.ERROR),
    ("hotfix-not-tagged", Severity.WARNING),
    ("hotfix-not-cut-from-main", Severity.ERROR),
    ("tag-unsigned", Severity.OFF),
    ("tag-moved", Severity.ERROR),
    ("tag-deleted", Severity.ERROR),
    ("branch-rewritten", Severity.ERROR),
    ("waiver-expired", Severity.WARNING),
    ("waiver-unused", Severity.WARNING),
    ("review-missing", Severity.ERROR),
    ("self-approved", Severity.ERROR),
    ("pipeline-missing", Severity.ERROR),
    ("pipeline-failed", Severity.ERROR),
)
_DEFAULT_SEVERITY = dict(RULES)


def _known_rules(value: Mapping[str, Severity]) -> Mapping[str, Severity]:
    unknown = [
        f"there is no rule {r}{_nearest(r, list(_DEFAULT_SEVERITY))}" for r in value if r not in _DEFAULT_SEVERITY
    ]
    if unknown:
        raise ValueError(", ".join(unknown))
    return value


def _distinct(value: tuple[BranchConfig, ...]) -> tuple[BranchConfig, ...]:
    twice = _twice([b.name for b in value])
    if twice:
        raise ValueError(f"{', '.join(twice)} listed twice")
    return value


Rules = Annotated[Mapping[str, Severity], AfterValidator(_known_rules)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class BranchConfig(_Part):
    """An environment branch: how long a hotfix may take to it, and whether it is critical."""

    name: Text
    sla: Duration | None = None
    critical: bool = False

    @model_validator(mode="before")
    @classmethod
    def _named(cls, value: Any) -> Any:
        """A bare name is a branch without further ado."""
        return {"name": value} if isinstance(value, str) else value


Branches = Annotated[tuple[BranchConfig, ...], AfterValidator(_distinct)]


class ExcludeConfig(_Part):
    """Tags that are not audited although they look like hotfixes, and why."""

    pattern: Pattern
    reason: Text


class HotfixTags(_Part):
    """Which tags are hotfixes: by name, by message, from a start (a date or a tag)."""

    pattern: Pattern | None = None
    message: Pattern | None = None
    since: Text | None = None
    exclude: tuple[ExcludeConfig, ...] = ()


class WaiverConfig(_Part):
    """An approved exception for one pair, to the end of the day it expires (UTC)."""

    tag: Text
    branch: Text
    reason: Text
    approved_by: Text
    expires: Day


class Limits(_Part):
    """What one repository may cost before its audit is ended; a `url` may take `fetch_timeout` on top."""

    timeout: Duration = 600
    fetch_timeout: Duration = 600
    memory: Size = 2 * 1024**3


_PROTOCOL = tuple(BranchConfig(name=name) for name in ("dev", "qa", "ppd", "dr"))


class DefaultsConfig(_Part):
    """What holds for every repository that does not say otherwise."""

    main: Text = "main"
    branches: Branches = _PROTOCOL
    ignore_paths: tuple[Text, ...] = ()
    hotfix_tags: HotfixTags = HotfixTags()
    rules: Rules = {}
    waivers: tuple[WaiverConfig, ...] = ()
    allowed_signers: Path | None = None
    limits: Limits = Limits()


class RepositoryConfig(DefaultsConfig):
    """One repository to audit."""

    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": ["path"]}, {"required": ["url"]}]})

    name: Text
    path: Path | None = None
    url: Url | None = None

    @model_validator(mode="after")
    def _consistent(self) -> RepositoryConfig:
        if (self.path is None) == (self.url is None):
            raise ValueError("needs path: or url:" if self.url is None else "has both path: and url:; give one")
        if self.main in [b.name for b in self.branches]:
            raise ValueError(f"branches: {self.main} is main, and cannot be a branch of its own")
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
        return self.rules.get(rule, _DEFAULT_SEVERITY[rule])


class FileConfig(_Part):
    """The configuration file as a whole, as its JSON Schema shows it."""

    state: Path = Path(".branch-drift")
    defaults: DefaultsConfig = DefaultsConfig()
    repositories: Annotated[tuple[RepositoryConfig, ...], Field(min_length=1)]


class Config(_Part):
    """A configuration ready to use: defaults merged, paths absolute."""

    state: Path
    repositories: tuple[RepositoryConfig, ...]
    sha256: str | None = None


def load(path: Path) -> Config:
    """Reads a configuration file. Raises `UsageError` with every fault in it, each with its line."""
    document = yaml_text.read(path)
    merged = _with_defaults(document.value)
    faults = [f"{path}:{line}: {said}" for line, said in document.faults]
    try:
        parsed = FileConfig.model_validate(merged)
    except ValidationError as error:
        inner = any(len(e["loc"]) > 1 for e in error.errors())
        said = [e for e in error.errors() if not (inner and e["type"] == "too_short")]
        faults += [fault(path, document, e, FileConfig) for e in said]
        raise UsageError(*dict.fromkeys(faults)) from None
    faults += [
        f"{path}: repositories: the name {n} is given twice" for n in _twice([r.name for r in parsed.repositories])
    ]
    here = path.resolve().parent
    state = here / parsed.state
    repositories = tuple(_absolute(r, here) for r in parsed.repositories)
    faults += [f"{path}: {said}" for r in repositories for said in _state_inside(state, r)]
    if faults:
        raise UsageError(*faults)
    return Config(state=state, repositories=repositories, sha256=hashlib.sha256(document.raw).hexdigest())


def zero(paths: Sequence[Path], main: str | None, branches: Sequence[str]) -> Config:
    """The protocol's own defaults for the repositories at `paths`."""
    names = _unique([p.resolve().name.removesuffix(".git") or "repository" for p in paths])
    entries = [RepositoryConfig(name=n, path=p.resolve()) for n, p in zip(names, paths, strict=True)]
    base = os.environ.get("XDG_STATE_HOME") or str(Path("~/.local/state").expanduser())
    return overridden(Config(state=Path(base) / "branch-drift", repositories=tuple(entries)), main, branches)


def overridden(config: Config, main: str | None, branches: Sequence[str]) -> Config:
    """The configuration with main and the branches as the command line names them."""
    said: dict[str, Any] = {"main": main} if main else {}
    if branches:
        said["branches"] = list(branches)
    if not said:
        return config
    try:
        changed = tuple(
            RepositoryConfig.model_validate({**{k: getattr(r, k) for k in RepositoryConfig.model_fields}, **said})
            for r in config.repositories
        )
    except ValidationError as error:
        raise UsageError(*dict.fromkeys(_words(e, RepositoryConfig) for e in error.errors())) from None
    return config.model_copy(update={"repositories": changed})


def _with_defaults(value: Any) -> Any:
    """Each repository with the keys of `defaults` that it does not give itself."""
    if not isinstance(value, dict):
        return value
    defaults, repositories = value.get("defaults"), value.get("repositories")
    if isinstance(defaults, dict) and isinstance(repositories, list):
        usable = {k: v for k, v in defaults.items() if k in DefaultsConfig.model_fields}
        merged = [{**usable, **r} if isinstance(r, dict) else r for r in repositories]
        value = {**value, "repositories": merged}
    return {k: v for k, v in value.items() if not (k == "defaults" and v is None)}


def fault(path: Path, document: yaml_text.Document, error: Any, model: type[BaseModel]) -> str:
    """One thing that a model complains of in a YAML file, with its place."""
    place = tuple(p for p in error["loc"] if p != "[key]")
    line = next((document.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in document.lines), 1)
    shown = ".".join(str(p) for p in place)
    return f"{path}:{line}: {shown + ': ' if shown else ''}{_words(error, model)}"


def _words(error: Any, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        return f"is no known key{_nearest(str(error['loc'][-1]), _keys_at(error['loc'], model))}"
    if error["type"] == "missing":
        return "is missing"
    return str(error["msg"]).removeprefix("Value error, ")


def _keys_at(loc: Sequence[str | int], root: type[BaseModel]) -> list[str]:
    """The keys that are known where an unknown one was found."""
    model: Any = root
    for part in loc[:-1]:
        if isinstance(part, str):
            inner = next(iter(_models(model.model_fields[part].annotation)), None)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)


def _nearest(word: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(word, known, 1, 0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known are: {', '.join(known)}" if known else ""


def _twice(names: Sequence[str]) -> list[str]:
    return [n for n in dict.fromkeys(names) if names.count(n) > 1]


def _absolute(repository: RepositoryConfig, here: Path) -> RepositoryConfig:
    signers = repository.allowed_signers
    path = here / repository.path if repository.path else None
    changed = {"path": path, "allowed_signers": here / signers if signers else None}
    return repository.model_copy(update=changed)


def _state_inside(state: Path, repository: RepositoryConfig) -> Iterator[str]:
    if repository.path and state.resolve().is_relative_to(repository.path.resolve()):
        yield f"state: {state} lies inside the audited repository {repository.name}; put it elsewhere"


def _unique(names: Sequence[str]) -> list[str]:
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}-{seen[name]}")
    return found
