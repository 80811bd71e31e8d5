"""Runs every check command of a scan in a clone: `python -m tests.bench.prove FOLDER REPO MAIN BRANCHES`.

A verdict that plain git does not show is a mistake of the program. Exit status 1 where one is found.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from tests.build import PINNED

MINUTES = 60


def scan(repo: Path, main: str, branches: list[str], output: Path) -> dict[str, Any]:
    """The scan's JSON document; nothing is remembered."""
    command = [sys.executable, "-m", "auditor", "scan", str(repo), "--main", main, "--format", "json", "--no-ledger"]
    command += [word for branch in branches for word in ("--branch", branch)]
    output.unlink(missing_ok=True)
    status = subprocess.run([*command, "-o", str(output), "--quiet"], check=False).returncode
    if not output.exists():
        raise SystemExit(f"the scan ended with exit status {status}")
    document: dict[str, Any] = json.loads(output.read_text())
    return document


def checks(document: dict[str, Any]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Every check once, by its command, with the pair that it speaks for."""
    return {
        check["run"]: (f"{hotfix['tag']} {branch} {verdict['status']}", check)
        for repository in document["repositories"]
        for hotfix in repository["hotfixes"]
        for branch, verdict in hotfix["branches"].items()
        for check in verdict["check"]
    }


def clone(repo: Path, target: Path) -> None:
    """A fresh clone with every ref, and without the configuration of the original."""
    subprocess.run(["rm", "-rf", str(target)], check=True)
    subprocess.run(["git", "clone", "-q", "--mirror", str(repo), str(target)], env=environment(), check=True)


def environment() -> dict[str, str]:
    return {**PINNED, "PATH": os.environ["PATH"], "HOME": os.devnull}


def wrong(folder: Path, check: dict[str, Any]) -> str | None:
    """What plain git says otherwise, or None."""
    done = subprocess.run(
        ["sh", "-c", check["run"]],
        cwd=folder,
        env=environment(),
        capture_output=True,
        timeout=10 * MINUTES,
        check=False,
    )
    said = done.stdout.decode(errors="surrogateescape")
    if done.returncode == check["exit"] and check["stdout"] in (None, said):
        return None
    words = done.stderr.decode(errors="replace").strip()
    return f"  exit {done.returncode}, not {check['exit']}; {words}\n  said:   {said!r}\n  wanted: {check['stdout']!r}"


def main(folder: Path, repo: str, branch: str, branches: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    document = scan(Path(repo), branch, branches.split(), folder / "audit.json")
    found = checks(document)
    clone(Path(repo), folder / "clone.git")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        answers = pool.map(partial(wrong, folder / "clone.git"), (check for _, check in found.values()))
        failed = [
            (pair, check["run"], said) for (pair, check), said in zip(found.values(), answers, strict=True) if said
        ]
    for pair, run, said in failed:
        print(f"{pair}\n  {run}\n{said}")
    print(f"{document['summary']['pairs']}: {len(found)} checks, {len(failed)} disagree with plain git")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:5]))
