"""The forges: one adapter a file, one mapping of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.access import Access
from auditor.forges import gitea, github, gitlab, tokens
from auditor.forges.client import Client
from auditor.forges.etags import Folder, Memory
from auditor.forges.http import Http
from auditor.forges.interface import Forge
from auditor.forges.pace import Clock
from auditor.forges.tokens import Token


@dataclass(frozen=True, slots=True)
class Kind:
    """What is needed to speak with one kind of forge: see the functions of that name in its file."""

    make: Callable[[Client], Forge]
    public: str
    root: Callable[[str], str]
    headers: Callable[[Token | None], Mapping[str, str]]


FORGES: Mapping[str, Kind] = {
    "github": Kind(github.GitHub, github.PUBLIC, github.root, github.headers),
    "gitlab": Kind(gitlab.GitLab, gitlab.PUBLIC, gitlab.root, gitlab.headers),
    "gitea": Kind(gitea.Gitea, gitea.PUBLIC, gitea.root, gitea.headers),
}


def root(access: Access) -> str:
    """Where the forge's interface is."""
    kind = FORGES[access.type]
    return kind.root(access.url or kind.public)


@contextmanager
def opened(access: Access, kept: Path | None = None, clock: Clock | None = None) -> Iterator[Forge]:
    """A forge to ask. What it says is kept with its ETags in the folder `kept`, or for this run only.

    Raises `ForgeError`, here for a token that is not there.
    """
    kind = FORGES[access.type]
    token = tokens.read(access.token_env, access.token_file)
    etags = Memory() if kept is None else Folder(kept)
    with Http(access.timeout, access.ca_file) as http:
        client = Client(http, root(access), kind.headers(token), token, access.patience, etags, clock)
        yield kind.make(client)
