"""`init --forge`: a starter configuration from a look at a forge's organisation or group."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from pydantic import ValidationError

from auditor import discovery
from auditor.commands.init import quoted, require_new
from auditor.config import faults
from auditor.config.configuration import DiscoverConfig
from auditor.errors import UsageError
from auditor.forges.interface import Listed
from auditor.output import files
from auditor.output.words import plain

_USUAL_TOKENS = {
    "github": "GITHUB_TOKEN",
    "gitlab": "GITLAB_TOKEN",
    "gitea": "GITEA_TOKEN",
    "bitbucket-cloud": "BITBUCKET_TOKEN",
    "bitbucket-server": "BITBUCKET_TOKEN",
    "azure": "AZURE_DEVOPS_TOKEN",
}


def run(forge: str, owner: str | None, url: str | None, token_env: str | None, output: str) -> int:
    """Asks the forge and writes the configuration. Raises `ForgeError` where it cannot be asked."""
    require_new(output)
    if owner is None:
        raise UsageError("--forge: needs --owner, an organisation or group")
    usual = _USUAL_TOKENS[forge]
    block = _block(forge, owner, url, token_env or (usual if os.environ.get(usual) else None))
    found = discovery.listed(block)
    files.write_text(output, "\n".join(_lines(block, usual, found)) + "\n")
    return 0


def _block(forge: str, owner: str, url: str | None, token_env: str | None) -> DiscoverConfig:
    said = {"type": forge, "owner": owner, "url": url, "token_env": token_env}
    try:
        return DiscoverConfig.model_validate(said)
    except ValidationError as error:
        raise UsageError(*(f"--{e['loc'][0]}: {faults.words(e, DiscoverConfig)}" if e["loc"] else
                           faults.words(e, DiscoverConfig) for e in error.errors())) from None  # fmt: skip


def _lines(block: DiscoverConfig, usual: str, found: Sequence[Listed]) -> Iterator[str]:
    token = f"    token_env: {quoted(block.token_env)}" if block.token_env else f"    # token_env: {usual}"
    yield from (
        "# Branch Drift: which hotfixes are missing from which environment branch.",
        "# Check this file with `branch-drift check-config`, then run `branch-drift scan -c` on it.",
        "defaults:",
        "  main: main   # the branch production is released from",
        "  # Every branch that must carry each hotfix; with an SLA: {name: dr, sla: 4h, critical: true}",
        "  branches: [dev, qa, ppd, dr]",
        "discover:",
        f"  - type: {block.type}",
        f"    owner: {quoted(block.owner)}",
        *([f"    url: {quoted(block.url)}"] if block.url else []),
        f"{token}   # the variable that holds the token; or token_file:",
        "    # include: ['*']        # names to take, such as payments-*",
        "    # exclude: []           # names to leave out",
        "    # archived: false",
        "    # forks: false",
        "    # clone: https          # or ssh",
    )
    yield from _found(block, found)


def _found(block: DiscoverConfig, found: Sequence[Listed]) -> Iterator[str]:
    audited = [r for r in found if discovery.why_not(block, r) is None]
    yield f"    # Found when this was written: {len(found)}, to audit: {len(audited)}."
    for repository in found:
        reason = discovery.why_not(block, repository)
        yield f"    #   {plain(repository.path)}{f' ({reason})' if reason else ''}"
