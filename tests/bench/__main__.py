"""Times the audit against the loop a user would write: `python -m tests.bench FOLDER [REPO MAIN 'BRANCH ...']`.
Then the nights of a fleet of 1,000 mirrored remotes.

Ratios of one run on one machine; peak memory is the largest of any one process that a scan started.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from tests.bench.generate import BRANCHES, fleet, large
from tests.bench.nights import nights

VERSION = re.compile(r"v?(\d+)\.(\d+)\.(\d+)$")


# Between this process and the scan: a forked child weighs what its parent did when it began.
_PEAK = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=False)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def loop(repo: Path, branches: Sequence[str]) -> None:
    """For each tag and branch: is it an ancestor; if not, does `git cherry` find it by patch identity."""
    git = ["git", "-C", str(repo)]
    names = subprocess.run([*git, "tag"], capture_output=True, text=True, check=True).stdout.split()
    known = {tuple(int(n) for n in m.groups()): t for t in names if (m := VERSION.match(t))}
    for version, tag in known.items():
        before = known.get((*version[:2], version[2] - 1))
        if version[2] == 0 or before is None:
            continue
        for branch in branches:
            asked = subprocess.run([*git, "merge-base", "--is-ancestor", tag, branch], check=False)
            if asked.returncode:
                subprocess.run([*git, "cherry", branch, tag, before], capture_output=True, check=False)


def scan(config: Path, *options: str) -> None:
    subprocess.run(_command(config, *options), stdout=subprocess.DEVNULL, check=False)


def peak(config: Path, *options: str) -> float:
    """The peak memory of the largest process of a scan, in MB."""
    through = [sys.executable, "-c", _PEAK, *_command(config, *options)]
    return int(subprocess.run(through, capture_output=True, text=True, check=True).stdout) / 1024


def _command(config: Path, *options: str) -> list[str]:
    scanned = ["scan", "-c", str(config), "--format", "json", "-o", os.devnull, "--quiet"]
    return [sys.executable, "-m", "auditor", *scanned, *options]


def compare(title: str, folder: Path, repos: Sequence[Path], main: str, branches: Sequence[str]) -> None:
    config = folder / "bench.yaml"
    entries = "".join(f"- {{name: r{n}, path: '{r.resolve()}'}}\n" for n, r in enumerate(repos))
    state = folder / "state"
    subprocess.run(["rm", "-rf", str(state)], check=True)
    config.write_text(
        f"state: state\ndefaults: {{main: {main}, branches: [{', '.join(branches)}]}}\nrepositories:\n{entries}"
    )
    cold = min(timed(lambda: scan(config, "--no-ledger")) for _ in range(3))
    most = peak(config, "--no-ledger")
    first = timed(lambda: scan(config))
    warm = min(timed(lambda: scan(config)) for _ in range(3))
    looped = sum(timed(partial(loop, r, branches)) for r in repos)
    print(f"{title}: loop {looped:.2f} s, cold scan {cold:.2f} s ({looped / cold:.1f} times faster), ", end="")
    print(f"first that is remembered {first:.2f} s, then warm {warm:.2f} s ({first / warm:.1f} times faster, ", end="")
    print(f"{cold / warm:.1f} times faster than cold), peak {most:.0f} MB", flush=True)


def start_up() -> None:
    def best(*command: str) -> float:
        return min(timed(lambda: subprocess.run(command, capture_output=True, check=True)) for _ in range(7))

    bare = best(sys.executable, "-c", "import click, rich")
    shown = best(sys.executable, "-m", "auditor", "--help")
    print(f"--help: {shown:.3f} s, importing click and rich {bare:.3f} s (ratio {shown / bare:.2f})", flush=True)


def main(folder: Path, repo: str = "", branch: str = "", branches: str = "") -> None:
    folder.mkdir(parents=True, exist_ok=True)
    start_up()
    if repo:
        compare(repo, folder, [Path(repo)], branch or "main", branches.split() or BRANCHES)
        return
    compare("large", folder, [large(folder / "large.git")], "main", BRANCHES)
    compare("fleet of 200", folder, fleet(folder / "fleet", 200), "main", BRANCHES)
    nights(folder / "nights")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
