"""Who is told when something changed, and of what. The address is a secret: only where it is found is said here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from auditor.config.parts import Part
from auditor.config.values import Duration, Text

Event = Literal["drift", "resolved", "overdue", "violation", "incomplete", "backmerge"]
EVENTS: tuple[Event, ...] = ("drift", "resolved", "overdue", "violation", "incomplete", "backmerge")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _.-]{0,59}")


def _name(value: str) -> str:
    if not _NAME.fullmatch(value):
        raise ValueError("is no name of letters, digits, spaces and _.- (at most 60)")
    return value


class NoticeConfig(Part):
    """A webhook that is told when something changed since it was last told.

    `events` are what it is told of, `repositories` (patterns as in `discover:`) and `branches` where; empty is all.
    `timeout` is for one attempt.
    """

    name: Annotated[Text, AfterValidator(_name)]
    type: Literal["slack", "teams", "mattermost", "json"]
    url_env: Text | None = None
    url_file: Path | None = None
    events: Annotated[tuple[Event, ...], Field(min_length=1)] = EVENTS
    repositories: tuple[Text, ...] = ()
    branches: tuple[Text, ...] = ()
    ca_file: Path | None = None
    timeout: Annotated[Duration, Field(ge=1, le=300)] = 10

    @model_validator(mode="after")
    def _one_address(self) -> NoticeConfig:
        if (self.url_env is None) == (self.url_file is None):
            raise ValueError("url_env or url_file: give one of them; a webhook's address is a secret, and stays out")
        return self
