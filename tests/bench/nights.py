"""Nights of a fleet: mirrors of 1,000 small remotes (400 commits, 20 hotfixes) made, and followed when 1 % moved."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench.generate import BRANCHES, fleet

_IDENTITY = {
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.com",
}


@dataclass(frozen=True)
class Night:
    """How long a scan took, how much of the processors (s), and the most memory of any one process of it (MB)."""

    seconds: float
    busy: float
    peak: float


def nights(folder: Path, count: int = 1000) -> None:
    """Prints repositories per second, cold and warm, by one and by two processes."""
    remotes = fleet(folder / "remotes", count, 400)
    for remote in remotes:
        if not (remote / "packed-refs").exists():
            # As a server that is looked after keeps them.
            subprocess.run(["git", f"--git-dir={remote}", "pack-refs", "--all"], check=True)
    config = folder / "nights.yaml"
    entries = "".join(f"- {{name: r{n}, url: 'file://{r.resolve()}'}}\n" for n, r in enumerate(remotes))
    config.write_text(f"state: nights-state\ndefaults: {{branches: [{', '.join(BRANCHES)}]}}\nrepositories:\n{entries}")
    cold, warm = {}, {}
    for jobs in (1, 2):
        shutil.rmtree(folder / "nights-state", ignore_errors=True)
        cold[jobs] = _night(config, jobs)
        _move(remotes[jobs :: max(1, count // 10)][: max(1, count // 100)])
        warm[jobs] = _night(config, jobs)
        for title, night in (("cold", cold[jobs]), ("warm, 1 % moved", warm[jobs])):
            rate = (
                f"{night.seconds:.1f} s ({night.busy:.1f} s of processor), {count / night.seconds:.1f} repositories/s"
            )
            print(
                f"{count} mirrors, {jobs} process{'es' * (jobs > 1)}, {title}: {rate}, peak {night.peak:.0f} MB",
                flush=True,
            )
        faster, less = cold[jobs].seconds / warm[jobs].seconds, cold[jobs].busy / warm[jobs].busy
        print(f"  warm is {faster:.1f} times faster than cold, by {less:.1f} times less work", flush=True)
    for title, times in (("cold", cold), ("warm", warm)):
        print(f"  two processes are {times[1].seconds / times[2].seconds:.2f} times one ({title})", flush=True)


def _move(remotes: Sequence[Path]) -> None:
    """A commit more on dev."""
    for remote in remotes:
        git = ["git", f"--git-dir={remote}"]
        made = subprocess.run(
            [*git, "commit-tree", "refs/heads/dev^{tree}", "-p", "refs/heads/dev", "-m", f"night {time.time_ns()}"],
            capture_output=True, text=True, check=True, env={**os.environ, **_IDENTITY},
        )  # fmt: skip
        subprocess.run([*git, "update-ref", "refs/heads/dev", made.stdout.strip()], check=True)


def _night(config: Path, jobs: int) -> Night:
    options = ("-c", str(config), "--format", "json", "-o", os.devnull, "--quiet", "--jobs", str(jobs))
    began = time.perf_counter()
    scan = subprocess.Popen([sys.executable, "-m", "auditor", "scan", *options])
    _, status, usage = os.wait4(scan.pid, 0)
    scan.returncode = os.waitstatus_to_exitcode(status)
    if scan.returncode not in (0, 1):
        raise SystemExit(f"the scan ended with {scan.returncode}")
    return Night(time.perf_counter() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
