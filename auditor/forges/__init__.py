"""The forges: one adapter a file, one mapping of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.config.access import Access
from auditor.forges import azure, bitbucket_cloud, bitbucket_server, gitea, github, gitlab, tokens
from auditor.forges.budget import Budget
from auditor.forges.client import Client, Reader
from auditor.forges.etags import Folder, Memory
from auditor.forges.http import Http
from auditor.forges.interface import Listed, Reading, Writing
from auditor.forges.pace import Clock
from auditor.forges.tokens import Token


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed to speak with one kind of forge. `longest_body` is in characters: what a pull request may say."""

    reading: Callable[[Reader, str], Reading]
    writing: Callable[[Client, str], Writing]
    repositories: Callable[[Reader, str], Iterator[Listed]]
    root: Callable[[str], str]
    headers: Callable[[Token | None], Mapping[str, str]]
    public: str | None
    longest_body: int


FORGES: Mapping[str, Kind] = {
    "github": Kind(
        github.GitHubReading, github.GitHub, github.repositories,
        github.root, github.headers, github.PUBLIC, github.LONGEST_BODY,
    ),
    "gitlab": Kind(
        gitlab.GitLabReading, gitlab.GitLab, gitlab.repositories,
        gitlab.root, gitlab.headers, gitlab.PUBLIC, gitlab.LONGEST_BODY,
    ),
    "gitea": Kind(
        gitea.GiteaReading, gitea.Gitea, gitea.repositories,
        gitea.root, gitea.headers, gitea.PUBLIC, gitea.LONGEST_BODY,
    ),
    "bitbucket-cloud": Kind(
        bitbucket_cloud.BitbucketCloudReading, bitbucket_cloud.BitbucketCloud, bitbucket_cloud.repositories,
        bitbucket_cloud.root, bitbucket_cloud.headers, bitbucket_cloud.PUBLIC, bitbucket_cloud.LONGEST_BODY,
    ),
    "bitbucket-server": Kind(
        bitbucket_server.BitbucketServerReading, bitbucket_server.BitbucketServer, bitbucket_server.repositories,
        bitbucket_server.root, bitbucket_server.headers, bitbucket_server.PUBLIC, bitbucket_server.LONGEST_BODY,
    ),
    "azure": Kind(
        azure.AzureReading, azure.Azure, azure.repositories,
        azure.root, azure.headers, azure.PUBLIC, azure.LONGEST_BODY,
    ),
}  # fmt: skip


def root(access: Access) -> str:
    """Where the forge's interface is."""
    kind = FORGES[access.type]
    return kind.root(access.url or kind.public or "")


class Asking:
    """A forge that can be asked, and nothing else: what it hands out has no way to write."""

    def __init__(self, kind: Kind, reader: Reader) -> None:
        self._kind = kind
        self._reader = reader

    def repositories(self, owner: str) -> Iterator[Listed]:
        """Every repository of an organisation or group, those of its subgroups among them. Raises `ForgeError`."""
        return self._kind.repositories(self._reader, owner)

    def reading(self, project: str) -> Reading:
        """One project's questions. Raises `ForgeError` for a name that cannot be one."""
        return self._kind.reading(self._reader, project)


class Acting(Asking):
    """A forge that can be asked and written to."""

    def __init__(self, kind: Kind, client: Client) -> None:
        super().__init__(kind, client)
        self._client = client

    def writing(self, project: str) -> Writing:
        """One project's questions and deeds. Raises `ForgeError` for a name that cannot be one."""
        return self._kind.writing(self._client, project)


@contextmanager
def asking(
    access: Access, kept: Path | None = None, clock: Clock | None = None, budget: Budget | None = None
) -> Iterator[Asking]:
    """A forge to ask. What it says is kept with its ETags in the folder `kept`, or for this run only.

    Raises `ForgeError`, here for a token that is not there.
    """
    with _arguments(access, kept, clock) as (kind, arguments):
        yield Asking(kind, Reader(*arguments, budget))


@contextmanager
def acting(access: Access, kept: Path | None = None) -> Iterator[Acting]:
    """A forge to ask and to write to; otherwise as `asking`."""
    with _arguments(access, kept, None) as (kind, arguments):
        yield Acting(kind, Client(*arguments))


_Arguments = tuple[Http, str, Mapping[str, str], Token | None, float, Folder | Memory, Clock | None]


@contextmanager
def _arguments(access: Access, kept: Path | None, clock: Clock | None) -> Iterator[tuple[Kind, _Arguments]]:
    kind = FORGES[access.type]
    token = tokens.read(access.token_env, access.token_file)
    etags = Memory() if kept is None else Folder(kept)
    with Http(access.timeout, access.ca_file) as http:
        yield kind, (http, root(access), kind.headers(token), token, access.patience, etags, clock)
