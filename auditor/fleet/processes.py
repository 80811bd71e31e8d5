"""Many repositories over a few processes, each held to a deadline and a memory limit from outside."""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, fields, is_dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from multiprocessing.reduction import ForkingPickler
from operator import attrgetter
from pathlib import Path
from typing import Any

from auditor import model
from auditor.config.configuration import RepositoryConfig
from auditor.errors import BranchDriftError, unforeseen
from auditor.model import Problem, RepositoryAudit
from auditor.system import scratch
from auditor.unaudited import failed

Work = Callable[[RepositoryConfig], RepositoryAudit]
Progress = Callable[[RepositoryAudit], None]

_LOOK_EVERY = 0.25
# Nearly all that an audit makes goes with it, so cycles are looked for after it, and within only a large one.
_MANY_OBJECTS = 200_000
_PR_SET_PDEATHSIG = 1
# Who starts a run with `nohup` has the latter ignored: it stays so.
_ENDING = (signal.SIGTERM, signal.SIGHUP)
_PAGE = os.sysconf("SC_PAGE_SIZE")


def run(
    repositories: Sequence[RepositoryConfig], work: Work, jobs: int, progress: Progress = lambda _: None
) -> tuple[RepositoryAudit, ...]:
    """Audits all repositories and answers in their order, whatever happens to any of them."""
    # A worker that is killed cannot clean up after itself.
    with terminable(), scratch.held():
        return _Supervisor(repositories, work, jobs, progress).run()


@contextmanager
def terminable() -> Iterator[None]:
    """A request to end, or a terminal that is closed, ends workers and removes folders as an interrupt does."""
    heard = [n for n in _ENDING if signal.getsignal(n) is not signal.SIG_IGN]
    before = {number: signal.signal(number, lambda number, _: sys.exit(128 + number)) for number in heard}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Worker:
    """A process with the number of the repository it is busy with, and since when."""

    process: BaseProcess
    pipe: Connection
    task: int | None = None
    started: float = 0.0


def _reducer(kind: type) -> Callable[[object], tuple[type, Any]]:
    values = attrgetter(*(field.name for field in fields(kind)))
    return lambda value: (kind, values(value))


# A fleet's audits are millions of small values; as plain calls they cross to the supervisor in half the time.
for _kind in vars(model).values():
    if isinstance(_kind, type) and is_dataclass(_kind):
        ForkingPickler.register(_kind, _reducer(_kind))


class _Supervisor:
    """Hands out repositories, collects audits, and ends workers that exceed what they were given."""

    def __init__(
        self,
        repositories: Sequence[RepositoryConfig],
        work: Work,
        jobs: int,
        progress: Progress,
    ) -> None:
        self.repositories = repositories
        self.work = work
        self.progress = progress
        self.pid = os.getpid()
        self.context = multiprocessing.get_context("fork")
        self.waiting = list(range(len(repositories)))[::-1]
        self.found: dict[int, RepositoryAudit] = {}
        self.jobs = min(jobs, len(repositories))
        self.workers: list[_Worker] = []

    def run(self) -> tuple[RepositoryAudit, ...]:
        """Until every repository has an audit."""
        looked = time.monotonic()
        try:
            self.workers = [self._hire() for _ in range(self.jobs)]
            while len(self.found) < len(self.repositories):
                self._hand_out()
                left = max(0.0, looked + _LOOK_EVERY - time.monotonic())
                ready = wait([w.pipe for w in self.workers if w.task is not None], left)
                for worker in [w for w in self.workers if w.pipe in ready]:
                    self._collect(worker)
                if time.monotonic() - looked >= _LOOK_EVERY:
                    for worker in [w for w in self.workers if w.task is not None]:
                        self._hold_to_limits(worker)
                    looked = time.monotonic()
            return tuple(self.found[n] for n in range(len(self.repositories)))
        finally:
            for worker in self.workers:
                _end(worker)

    def _hire(self) -> _Worker:
        ours, theirs = self.context.Pipe()
        others = [w.pipe for w in self.workers]
        process = self.context.Process(target=_serve, args=(theirs, ours, others, self), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours)

    def _hand_out(self) -> None:
        for worker in self.workers:
            if worker.task is None and self.waiting:
                worker.task = self.waiting.pop()
                worker.started = time.monotonic()
                with suppress(OSError):
                    worker.pipe.send(worker.task)

    def _collect(self, worker: _Worker) -> None:
        try:
            audited: RepositoryAudit = worker.pipe.recv()
        except (EOFError, OSError):
            worker.process.join(1)
            self._replace(worker, "crashed", f"the worker died ({_exit_words(worker.process.exitcode)})")
            return
        self._done(worker, audited)

    def _hold_to_limits(self, worker: _Worker) -> None:
        repository = self.repositories[worker.task or 0]
        memory = repository.limits.memory
        if time.monotonic() - worker.started > repository.deadline:
            self._replace(worker, "timeout", f"the audit took longer than {repository.deadline} s and was ended")
        elif _resident(worker.process.pid or 0) > memory:
            self._replace(worker, "memory", f"the audit took more than {memory} bytes and was ended")

    def _replace(self, worker: _Worker, code: str, detail: str) -> None:
        _end(worker)
        self._done(worker, failed(self.repositories[worker.task or 0], Problem(code, detail)))
        self.workers[self.workers.index(worker)] = self._hire()

    def _done(self, worker: _Worker, audited: RepositoryAudit) -> None:
        assert worker.task is not None
        if not audited.duration_seconds:
            # Who was ended could not say how long it took.
            audited = replace(audited, duration_seconds=time.monotonic() - worker.started)
        self.found[worker.task] = audited
        worker.task = None
        self.progress(audited)


def _serve(pipe: Connection, parents: Connection, others: Sequence[Connection], supervisor: _Supervisor) -> None:
    """The worker's loop. Its own process group lets its git processes be ended with it."""
    os.setpgid(0, 0)
    die_with_parent(supervisor.pid)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for number in (n for n in _ENDING if signal.getsignal(n) is not signal.SIG_IGN):
        signal.signal(number, signal.SIG_DFL)
    for inherited in (parents, *others):
        inherited.close()
    gc.freeze()
    gc.set_threshold(_MANY_OBJECTS)
    gc.enable()
    with suppress(EOFError, OSError):
        while True:
            repository = supervisor.repositories[pipe.recv()]
            pipe.send(_guarded(repository, supervisor.work))
            # Trees, which the search does not see into, hold their repository until they are gone.
            gc.collect(0)
            gc.collect(1)


def die_with_parent(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Nobody would hold an orphan to its limits. Linux ends it even where the parent could not (prctl(2))."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, how)
    if os.getppid() != parent:
        os._exit(1)


def _guarded(repository: RepositoryConfig, work: Work) -> RepositoryAudit:
    """No exception of one repository may cost the others their audit, or show a traceback."""
    try:
        return work(repository)
    except BranchDriftError as error:
        return failed(repository, Problem("failed", str(error)))
    except Exception as error:
        return failed(repository, Problem("internal", unforeseen(error)))


def _end(worker: _Worker) -> None:
    pid = worker.process.pid
    if pid is not None and worker.process.exitcode is None:
        for kill in (os.killpg, os.kill):
            with suppress(ProcessLookupError, PermissionError):
                kill(pid, signal.SIGKILL)
    worker.process.join(5)
    worker.pipe.close()


def _exit_words(code: int | None) -> str:
    return f"signal {-code}" if code is not None and code < 0 else f"exit status {code}"


def _resident(pid: int) -> int:
    """Resident memory, in bytes, of a worker and the git processes it started; 0 where /proc cannot tell."""
    return sum(_pages(p) for p in _family(pid)) * _PAGE


def _family(pid: int) -> Iterator[int]:
    yield pid
    for child in _children(pid):
        yield from _family(child)


def _children(pid: int) -> list[int]:
    try:
        return [int(p) for p in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except (OSError, ValueError):
        return []


def _pages(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return 0
