"""One repository in a process of its own, held to its deadline and memory limit: what a worker of a cluster runs.

`python -m auditor.fleet.guarded PARENT` reads what to do from standard input and writes the audit to standard
output, both pickled by the same installation on the same machine. A worker of a cluster has threads, and
may neither fork nor take signals; this process may, and ends with the worker.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from dataclasses import replace

from auditor.config.configuration import RepositoryConfig
from auditor.fleet import processes
from auditor.fleet.processes import Work
from auditor.model import Problem, RepositoryAudit
from auditor.unaudited import failed

# The process inside holds the repository to its deadline; this is for the case that it cannot.
_GRACE_SECONDS = 60


def run(repository: RepositoryConfig, work: Work) -> RepositoryAudit:
    """The audit, whatever happens to the process that makes it."""
    began = time.monotonic()
    command = (sys.executable, "-m", "auditor.fleet.guarded", str(os.getpid()))
    try:
        done = subprocess.run(
            command,
            input=pickle.dumps((repository, work)),
            stdout=subprocess.PIPE,
            check=False,
            timeout=repository.deadline + _GRACE_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return _lost(repository, began, Problem("timeout", "the audit did not end in time and was ended"))
    if done.returncode:
        return _lost(repository, began, Problem("crashed", f"the audit's process ended with {done.returncode}"))
    found: RepositoryAudit = pickle.loads(done.stdout)  # noqa: S301 - written by the process just started
    return found


def _lost(repository: RepositoryConfig, began: float, problem: Problem) -> RepositoryAudit:
    return replace(failed(repository, problem), duration_seconds=time.monotonic() - began)


def _main() -> None:
    processes.die_with_parent(int(sys.argv[1]))
    answer = os.fdopen(os.dup(1), "wb")
    # Whatever prints must not spoil the answer.
    os.dup2(2, 1)
    repository, work = pickle.loads(sys.stdin.buffer.read())  # noqa: S301 - written by the parent
    (found,) = processes.run([repository], work, 1)
    with answer:
        pickle.dump(found, answer)


if __name__ == "__main__":
    _main()
