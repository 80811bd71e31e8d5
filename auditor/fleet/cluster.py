"""Many repositories over many machines: the work of `fleet`, handed to a Dask cluster.

The cluster hands the repositories of a worker that died to another one. Each is audited under its own
deadline and memory limit there, too. Paths must mean the same on every machine.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from contextlib import contextmanager
from typing import TYPE_CHECKING

from auditor import __version__
from auditor.config.configuration import RepositoryConfig
from auditor.errors import BranchDriftError, UsageError
from auditor.fleet import guarded
from auditor.fleet.processes import Progress, Work
from auditor.model import Problem, RepositoryAudit
from auditor.unaudited import failed

if TYPE_CHECKING:
    from distributed import Client

_LOOK_EVERY = 2.0
# How long a cluster may be without any worker: a new one may be on its way.
_PATIENCE = 60.0

_Pending = dict["Future[RepositoryAudit]", int]


def run(
    repositories: Sequence[RepositoryConfig],
    works: Sequence[Work],
    scheduler: str,
    progress: Progress = lambda _: None,
    patience: float = _PATIENCE,
) -> tuple[RepositoryAudit, ...]:
    """Audits all repositories, each by its own of `works`, and answers in their order, whatever happens to any.

    Raises `UsageError` where Dask is not installed or the address is none, `BranchDriftError` where the
    scheduler cannot be reached or has no worker for `patience` seconds from the start.
    """
    with _client(scheduler, patience) as client:
        executor = client.get_executor(pure=False)
        tasks = enumerate(zip(repositories, works, strict=True))
        pending = {executor.submit(task, __version__, r, work): n for n, (r, work) in tasks}
        found: dict[int, RepositoryAudit] = {}
        for number, outcome in _outcomes(client, pending, patience):
            audited = outcome if isinstance(outcome, RepositoryAudit) else failed(repositories[number], outcome)
            found[number] = audited
            progress(audited)
        return tuple(found[n] for n in range(len(repositories)))


def task(version: str, repository: RepositoryConfig, work: Work) -> RepositoryAudit:
    """What a worker of the cluster does. Another version of this program could judge otherwise."""
    if version != __version__:
        why = f"the worker has branch-drift {__version__}, not {version}; install the same on all machines"
        return failed(repository, Problem("version", why))
    return guarded.run(repository, work)


@contextmanager
def _client(scheduler: str, patience: float) -> Iterator[Client]:
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("--engine dask needs Dask: pip install 'branch-drift-auditor[dask]'") from None
    # What matters of it is said in this program's words.
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    try:
        # A client that cannot connect cannot be closed either, so this is tried by itself first.
        asyncio.run(_knock(scheduler))
        client = Client(scheduler, set_as_default=False)
    except ValueError as error:
        raise UsageError(f"--scheduler: {scheduler} is no address like tcp://scheduler:8786: {error}") from None
    except OSError:
        raise BranchDriftError(f"{scheduler}: the Dask scheduler cannot be reached") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=patience)
        except OSError:
            raise BranchDriftError(f"{scheduler}: the Dask scheduler has no workers") from None
        yield client


async def _knock(scheduler: str) -> None:
    """Raises `OSError` where nobody answers within Dask's own time-out, `ValueError` for what is no address."""
    from distributed.comm.core import connect
    from distributed.security import Security

    comm = await connect(scheduler, **Security().get_connection_args("client"))
    await comm.close()


def _outcomes(client: Client, pending: _Pending, patience: float) -> Iterator[tuple[int, RepositoryAudit | Problem]]:
    """Each repository's audit, or why there is none, as they come."""
    alive = time.monotonic()
    while pending:
        done, _ = wait(pending, _LOOK_EVERY, FIRST_COMPLETED)
        for future in done:
            yield pending.pop(future), _outcome(future)
        if done or _has_workers(client):
            alive = time.monotonic()
        elif time.monotonic() - alive > patience:
            lost = Problem("cluster", "the Dask cluster has lost its scheduler or all its workers")
            yield from ((number, lost) for number in pending.values())
            return


def _has_workers(client: Client) -> bool:
    try:
        return bool(client.nthreads())
    except (OSError, RuntimeError):
        return False


def _outcome(future: Future[RepositoryAudit]) -> RepositoryAudit | Problem:
    from distributed import KilledWorker

    try:
        return future.result()
    except CancelledError:
        return Problem("cluster", "the Dask scheduler was lost before the audit was done")
    except KilledWorker:
        return Problem("crashed", "every worker of the cluster that took it up died")
    except Exception as error:
        said = " ".join(str(error).split())[:300]
        return Problem("cluster", f"a worker could not take it up: {type(error).__name__}: {said}")
