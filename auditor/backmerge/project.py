"""One repository at its forge: its pull requests, and the branches that carry back-merges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from auditor import forges
from auditor.backmerge import names, signing
from auditor.backmerge.entry import Drafted, Proposal
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.forges import signing_in, tokens
from auditor.forges.interface import Reading, Writing
from auditor.git.bench import scratch
from auditor.git.remote import Remote


class Project:
    """What a plan asks. It has no way to write."""

    def __init__(self, config: RepositoryConfig, reading: Reading) -> None:
        assert config.forge is not None
        self.config = config
        self.reading = reading
        self.longest = forges.FORGES[config.forge.type].longest_body
        self.address = config.forge.push or config.url

    def branches(self) -> Mapping[str, str]:
        """The branches for back-merges that are there, and their tips; none where no address is known.

        Raises `RepositoryError`, and `ForgeError` for a token that is not there.
        """
        if self.address is None:
            return {}
        start = b"refs/heads/" + names.PREFIX.encode()
        found = self.remote().refs()
        return {_name(ref): oid.decode() for ref, oid in found.items() if ref.startswith(start)}

    def remote(self) -> Remote:
        """Where branches are pushed to. Raises `RepositoryError` where that is not known."""
        forge = self.config.forge
        if self.address is None or forge is None:
            said = f"{self.config.name}: nowhere to push to; give the repository a url:, or forge: a push:"
            raise RepositoryError("no-push-address", said)
        token = tokens.read(forge.token_env, forge.token_file)
        header = signing_in.header(forge.type, token) if token else None
        return Remote(self.address, self.config.limits.fetch_timeout, header)


class Target(Project):
    """The same to be written to."""

    def __init__(self, config: RepositoryConfig, writing: Writing) -> None:
        super().__init__(config, writing)
        self.writing = writing

    def push(self, drafted: Drafted, proposal: Proposal) -> str:
        """Makes the branch of a proposal; its tip. One that this program made before is as good, any other is an error.

        Raises `RepositoryError`.
        """
        assert proposal.head is not None
        head, made = signing.signed(proposal.head, proposal.made, self.config.backmerge)
        remote = self.remote()
        folders = tuple(Path(folder) for folder in drafted.folders)
        with scratch(folders, made, {}) as folder:
            try:
                remote.create(folder, head, proposal.source)
            except RepositoryError:
                there = self.branches().get(proposal.source)
                if there is None or not (there == head or proposal.is_ours(there)):
                    raise
                return there
        return head


def _name(ref: bytes) -> str:
    return ref.removeprefix(b"refs/heads/").decode("utf-8", "surrogateescape")


@contextmanager
def asked(config: RepositoryConfig, kept: Path | None) -> Iterator[Project | None]:
    """The project to ask, None where no forge is named. Raises `ForgeError`."""
    if config.forge is None:
        yield None
        return
    with forges.asking(config.forge, kept) as forge:
        yield Project(config, forge.reading(config.forge.project))


@contextmanager
def written(config: RepositoryConfig, kept: Path | None) -> Iterator[Target | None]:
    """The project to write to; otherwise as `asked`."""
    if config.forge is None:
        yield None
        return
    with forges.acting(config.forge, kept) as forge:
        yield Target(config, forge.writing(config.forge.project))
