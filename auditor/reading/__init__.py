"""What the forges tell of the repositories of a run: reviews, pipelines, open back-merges.

It is asked for after the audits, so that no forge holds one up: all hosts at once, the repositories of one after each
other, as a guest does. A host that cannot be asked costs its own repositories these facts, and every one says so.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from auditor import forges, rules
from auditor.config.configuration import RepositoryConfig
from auditor.errors import BranchDriftError, ForgeError
from auditor.forges.budget import Budget
from auditor.forges.http import origin
from auditor.model import Problem, RepositoryAudit
from auditor.reading.asker import OF_HOST, Asker
from auditor.reading.repository import told

_Found = dict[int, RepositoryAudit]


def read(
    configs: Sequence[RepositoryConfig], audits: Sequence[RepositoryAudit], now: int, kept: Path | None
) -> tuple[RepositoryAudit, ...]:
    """The audits with what the forges tell; those without a forge, or with nothing to ask it, are as they were.

    Answers are kept with their ETags in the folder `kept`. Never fails.
    """
    hosts: dict[object, list[int]] = {}
    for at, config in enumerate(configs):
        if config.forge is not None and rules.on(config) and audits[at].hotfixes:
            hosts.setdefault(_host(config), []).append(at)
    found: _Found = {}
    threads = [
        threading.Thread(target=_ask_host, args=(configs, audits, some, found, now, kept), daemon=True)
        for some in hosts.values()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return tuple(found.get(at, audit) for at, audit in enumerate(audits))


def _host(config: RepositoryConfig) -> object:
    assert config.forge is not None
    return origin(forges.root(config.forge))[1:]


def _ask_host(
    configs: Sequence[RepositoryConfig],
    audits: Sequence[RepositoryAudit],
    some: Sequence[int],
    found: _Found,
    now: int,
    kept: Path | None,
) -> None:
    """The repositories of one host, one after the other; where the host itself fails, the others are spared."""
    down: ForgeError | None = None
    for at in some:
        found[at], stopped = _guarded(configs[at], audits[at], now, kept, down)
        down = down or (stopped if stopped and stopped.code in OF_HOST else None)


def _guarded(
    config: RepositoryConfig, audit: RepositoryAudit, now: int, kept: Path | None, down: ForgeError | None
) -> tuple[RepositoryAudit, ForgeError | None]:
    """No fault of one may cost the others theirs."""
    try:
        return _ask(config, audit, now, kept, down)
    except ForgeError as error:
        return told(audit, config, Asker(None, error), now), None
    except BranchDriftError as error:
        return told(audit, config, Asker(None, ForgeError("failed", str(error))), now), None
    except Exception as error:
        said = f"a fault of this program: {type(error).__name__}: {error}".splitlines()[0]
        return replace(audit, errors=(*audit.errors, Problem("internal", said))), None


def _ask(
    config: RepositoryConfig, audit: RepositoryAudit, now: int, kept: Path | None, down: ForgeError | None
) -> tuple[RepositoryAudit, ForgeError | None]:
    assert config.forge is not None
    if down is not None:
        return told(audit, config, Asker(None, down), now), None
    budget = Budget(config.forge.requests, config.forge.deadline)
    with forges.asking(config.forge, kept, budget=budget) as forge:
        asker = Asker(forge.reading(config.forge.project))
        return told(audit, config, asker, now), asker.stopped
