"""How back-merges are made and offered, and where a repository is at its forge, as the configuration says it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator

from auditor.config.access import Access
from auditor.config.noticing import NoticeConfig
from auditor.config.urls import Url
from auditor.config.values import Text

_PERSON = re.compile(r"[^<>\x00-\x1f]*[^<>\x00-\x20] <[^<>\s]+>")


def _person(value: str) -> str:
    if not _PERSON.fullmatch(value):
        raise ValueError("is no committer; write it like Release Robot <robot@example.com>")
    return value


class BackmergeConfig(BaseModel):
    """How back-merges are made and offered. `committer` makes the commits; an author stays who it was.

    `signing_key` is a file or a public key for ssh, a key's id for gpg; without it git's own configuration names it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["auto", "merge", "cherry-pick"] = "auto"
    committer: Annotated[Text, AfterValidator(_person)] = "Branch Drift <branch-drift@localhost>"
    labels: tuple[Text, ...] = ()
    reviewers: tuple[Text, ...] = ()
    assignees: tuple[Text, ...] = ()
    templates: Path | None = None
    sign: Literal["ssh", "gpg"] | None = None
    signing_key: Text | None = None

    @model_validator(mode="after")
    def _signs(self) -> BackmergeConfig:
        if self.signing_key is not None and self.sign is None:
            raise ValueError("signing_key: is for sign: ssh or sign: gpg, which is missing")
        return self

    def located(self, here: Path) -> BackmergeConfig:
        """The same with its files named from a folder."""
        key = self.signing_key
        if key is None or self.sign != "ssh" or key.startswith(("ssh-", "ecdsa-", "sk-", "key::")):
            return beside(self, here, "templates")
        file = str(here / Path(key).expanduser())
        return beside(self, here, "templates").model_copy(update={"signing_key": file})


class ForgeConfig(Access):
    """Where a repository is at its forge. Back-merge branches are pushed to `push`, else to the repository's `url`."""

    project: Text
    push: Url | None = None


Block = TypeVar("Block", BackmergeConfig, ForgeConfig, NoticeConfig)


def beside(block: Block, here: Path, *named: str) -> Block:
    """The block with the files of these keys named from a folder."""
    return block.model_copy(update={k: here / value for k in named if (value := getattr(block, k)) is not None})
