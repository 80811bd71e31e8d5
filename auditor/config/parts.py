"""Parts of the configuration: hotfix tags, limits, approved exceptions, business days, where runs are recorded."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from auditor.config.rule_names import WaivableRule
from auditor.config.values import (
    Allowance,
    Day,
    LedgerUrl,
    ObjectId,
    PastDay,
    Pattern,
    Room,
    TagName,
    Text,
    Weekday,
    Zone,
)


class Part(BaseModel):
    """What every part has in common: nothing unknown, nothing changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ExcludeConfig(Part):
    """Tags that are not audited although they look like hotfixes, and why."""

    pattern: Pattern
    reason: Text


class HotfixTags(Part):
    """Which tags are hotfixes: by name, by message, from a start (a date or a tag)."""

    pattern: Pattern | None = None
    message: Pattern | None = None
    since: Text | None = None
    exclude: tuple[ExcludeConfig, ...] = ()


class Limits(Part):
    """What one repository may cost before its audit is ended; a `url` may take `fetch_timeout` on top."""

    timeout: Allowance = 600
    fetch_timeout: Allowance = 600
    memory: Room = 2 * 1024**3


class WaiverConfig(Part):
    """An approved exception for one pair, or for one broken rule, to the end of the day it expires (UTC).

    A pair is named by `tag` and `branch`; what broke a `rule` by any of `tag`, `branch` and `commit`, as the report
    tells them. `control` is what makes up for it meanwhile.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"required": ["tag", "branch"]},
                {"required": ["rule", "tag"]},
                {"required": ["rule", "branch"]},
                {"required": ["rule", "commit"]},
            ]
        }
    )

    rule: WaivableRule | None = None
    tag: TagName | None = None
    branch: Text | None = None
    commit: ObjectId | None = None
    reason: Text
    approved_by: Text
    approved_at: PastDay | None = None
    control: Text | None = None
    expires: Day

    @model_validator(mode="after")
    def _about_something(self) -> WaiverConfig:
        if self.rule is not None:
            if not (self.tag or self.branch or self.commit):
                raise ValueError(f"{self.rule}: name the tag, branch or commit that it is waived for")
        elif self.commit is not None:
            raise ValueError("commit: goes with rule:")
        elif not (self.tag and self.branch):
            raise ValueError(f"needs {'branch' if self.tag else 'tag'}: or, for a broken rule, rule:")
        return self

    @model_validator(mode="after")
    def _in_order(self) -> WaiverConfig:
        if self.approved_at is not None and self.approved_at > self.expires:
            raise ValueError(f"was approved on {self.approved_at}, after it expires ({self.expires})")
        return self


class AcknowledgedConfig(Part):
    """A changed tag or branch that is known and approved: what it `was`, and everything recorded before that."""

    rule: Literal["tag-moved", "tag-deleted", "branch-rewritten"]
    ref: Text
    was: ObjectId
    reason: Text
    approved_by: Text
    approved_at: PastDay | None = None


class CalendarConfig(Part):
    """What business days are, for an `sla` such as `3bd`."""

    holidays: tuple[Day, ...] = ()
    weekend: tuple[Weekday, ...] = ("sat", "sun")
    time_zone: Zone = "UTC"

    @model_validator(mode="after")
    def _works(self) -> CalendarConfig:
        if len(set(self.weekend)) == 7:
            raise ValueError("weekend: leaves no business day")
        return self


class AnchorTagConfig(Part):
    """The operator's own repository, where each run leaves an annotated tag."""

    repository: Path


class AnchorConfig(Part):
    """Where the ledger's newest hash goes, outside of it."""

    file: Path | None = None
    tag: AnchorTagConfig | None = None


class LedgerConfig(Part):
    """Where runs are recorded (a file, or a PostgreSQL database), under which name, and anchored where."""

    url: LedgerUrl | None = None
    name: str | None = None
    anchor: AnchorConfig = AnchorConfig()

    @model_validator(mode="before")
    @classmethod
    def _located(cls, value: Any) -> Any:
        """A bare address or file is a ledger without further ado; null keys are keys not given."""
        if isinstance(value, dict):
            return {k: v for k, v in value.items() if not (k == "anchor" and v is None)}
        return {"url": value} if isinstance(value, str) else value


def located(said: LedgerConfig, state: Path, name: str) -> LedgerConfig:
    """The ledger with its defaults; paths are relative to the configuration, that of the default to the state."""
    here = Path(name).parent
    url = said.url or str(state / "ledger.sqlite")
    tag = said.anchor.tag
    anchor = AnchorConfig(
        file=here / said.anchor.file if said.anchor.file else None,
        tag=AnchorTagConfig(repository=here / tag.repository) if tag else None,
    )
    return LedgerConfig(
        url=url if "://" in url else str(here / url), name=said.name if said.name is not None else name, anchor=anchor
    )


def places(ledger: LedgerConfig) -> Iterator[tuple[str, Path]]:
    """Every file and folder that recording a run writes to, with its key."""
    anchor = ledger.anchor
    if ledger.url and "://" not in ledger.url:
        yield "ledger.url", Path(ledger.url)
    if anchor.file:
        yield "ledger.anchor.file", anchor.file
    if anchor.tag:
        yield "ledger.anchor.tag.repository", anchor.tag.repository


def enclosing(path: Path) -> Path:
    """The repository around a folder that a person stands in or names, as git finds it; without one, the folder."""
    here = path.resolve()
    return next((p for p in (here, *here.parents) if _is_repository(p)), here) if here.exists() else here


def _is_repository(path: Path) -> bool:
    try:
        return (path / ".git").exists() or ((path / "HEAD").is_file() and (path / "objects").is_dir())
    except OSError:
        # Who reads it says why it cannot be read.
        return True
