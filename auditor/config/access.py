"""How a forge is reached: its kind, its address, and where the token is found; never the token itself."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from auditor.config.values import Day, Duration, Text

ForgeType = Literal["github", "gitlab", "gitea", "bitbucket-cloud", "bitbucket-server", "azure"]


def _address(value: str) -> str:
    """An address with host, and with nothing secret in it."""
    try:
        parsed = urlsplit(value)
        parsed.port  # noqa: B018  (reading it checks it)
    except ValueError:
        raise ValueError("is no web address; write it like https://git.example.com") from None
    if parsed.scheme not in ("https", "http") or not parsed.hostname or not value.isprintable() or " " in value:
        raise ValueError("is no web address; write it like https://git.example.com")
    if parsed.username is not None or parsed.query or parsed.fragment:
        raise ValueError("must have no user, password or query; the token belongs in token_env: or token_file:")
    return value


WebAddress = Annotated[Text, AfterValidator(_address)]


class Access(BaseModel):
    """A forge as the configuration names it. `timeout` is for one request, `patience` for all waiting, in seconds.

    The audit of a repository asks about hotfixes tagged `since` a day (UTC), by at most so many `requests`, and for at
    most `deadline` seconds.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: ForgeType
    url: WebAddress | None = None
    token_env: Text | None = None
    token_file: Path | None = None
    ca_file: Path | None = None
    timeout: Annotated[Duration, Field(ge=1)] = 60
    patience: Duration = 600
    since: Day | None = None
    requests: Annotated[int, Field(ge=1)] = 2000
    deadline: Annotated[Duration, Field(ge=1)] = 600

    @model_validator(mode="after")
    def _safe(self) -> Access:
        if self.token_env is not None and self.token_file is not None:
            raise ValueError("token_env and token_file: give one of them")
        if self.type == "bitbucket-server" and self.url is None:
            raise ValueError("url: is missing: this kind of forge has no public address")
        if self.token_env or self.token_file:
            _refuse_clear_text(self.url)
        return self


def _refuse_clear_text(url: str | None) -> None:
    """A token over http: can be read by anyone on the way; on this machine itself there is no way."""
    parsed = urlsplit(url or "https://")
    if parsed.scheme == "http" and not is_loopback(parsed.hostname or ""):
        raise ValueError("url: the token would go over http: in clear text; use https:")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
