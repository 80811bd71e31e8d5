"""Makes every back-merge of a plan again by plain git: `python -m tests.bench.prove_plan FOLDER REPO MAIN BRANCHES`.

Each planned merge or pick is made in a fresh clone: its tree must be the one that was planned, and where a conflict was
foreseen git must have it, in the same paths. A branch may be named as it was once: `dev=develop~200`. Exit status 1
where something differs.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor.backmerge.draft import Wanted, draft
from auditor.backmerge.entry import Drafted, Method, Proposal
from auditor.config.configuration import RepositoryConfig
from auditor.git.bench import scratch
from auditor.model import Status
from tests.bench.prove import environment

_OWED = (Status.MISSING, Status.REVERTED, Status.DROPPED)


@dataclass(frozen=True)
class Outcome:
    """What plain git came to: a tree, or the paths that conflict."""

    tree: str | None
    conflicts: tuple[str, ...] = ()


class Clone:
    """A fresh clone with a work tree, and nobody's configuration."""

    def __init__(self, repo: Path, folder: Path) -> None:
        self.folder = folder
        subprocess.run(["rm", "-rf", str(folder)], check=True)
        command = ["git", "clone", "-q", "--no-checkout", "--shared", str(repo), str(folder)]
        subprocess.run(command, env=environment(), check=True)

    def run(self, *args: str) -> subprocess.CompletedProcess[bytes]:
        who = {
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@x",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@x",
        }
        command = ["git", "-c", "core.quotePath=false", "-c", "gc.auto=0", "-c", "advice.detachedHead=false", *args]
        return subprocess.run(command, cwd=self.folder, env={**environment(), **who}, capture_output=True, check=False)

    def git(self, *args: str) -> str:
        done = self.run(*args)
        if done.returncode:
            raise AssertionError(f"git {args}: {done.stderr.decode(errors='replace')}")
        return done.stdout.decode("utf-8", "surrogateescape").strip("\n")

    def at(self, commit: str) -> None:
        """A clean work tree of a commit."""
        self.run("merge", "--abort")
        self.run("cherry-pick", "--abort")
        self.git("checkout", "-q", "-f", "--detach", commit)
        self.git("clean", "-qfdx")

    def merged(self, tip: str, commit: str) -> Outcome:
        """`git merge`."""
        self.at(tip)
        done = self.run("merge", "-q", "--no-ff", "--no-edit", commit)
        return self._outcome() if done.returncode else Outcome(self.git("rev-parse", "HEAD^{tree}"))

    def picked(self, tip: str, fixes: Sequence[str]) -> Outcome:
        """`git cherry-pick -x`, one after the other; one that changes nothing is skipped."""
        self.at(tip)
        for fix in fixes:
            done = self.run("cherry-pick", "-x", "--allow-empty", fix)
            if done.returncode and (left := self._outcome()).conflicts:
                return left
            if done.returncode:
                self.git("cherry-pick", "--skip")
        return Outcome(self.git("rev-parse", "HEAD^{tree}"))

    def _outcome(self) -> Outcome:
        unmerged = self.git("ls-files", "-u", "-z").split("\0")
        return Outcome(None, tuple(sorted({line.partition("\t")[2] for line in unmerged if line})))


def borrowed(repo: Path, target: Path, named: Mapping[str, str]) -> Path:
    """The repository again, its objects borrowed, with branches where they are to be."""
    subprocess.run(["rm", "-rf", str(target)], check=True)
    subprocess.run(
        ["git", "clone", "-q", "--mirror", "--shared", str(repo), str(target)], env=environment(), check=True
    )
    for name, place in named.items():
        if place:
            command = ["git", "update-ref", f"refs/heads/{name}", f"{place}^{{commit}}"]
            resolved = subprocess.run(
                ["git", "rev-parse", "--verify", command[-1]],
                cwd=target,
                env=environment(),
                capture_output=True,
                text=True,
                check=True,
            )
            subprocess.run([*command[:-1], resolved.stdout.strip()], cwd=target, env=environment(), check=True)
    return target


def planned(found: Drafted, proposal: Proposal) -> Outcome:
    """What the plan foresees."""
    if not proposal.ready:
        return Outcome(None, tuple(c.path for c in proposal.conflicts))
    folders = tuple(Path(f) for f in found.folders)
    with scratch(folders, proposal.made, {}) as folder:
        command = ["git", "--git-dir", str(folder), "rev-parse", f"{proposal.head}^{{tree}}"]
        done = subprocess.run(command, env=environment(), capture_output=True, check=True, text=True)
    return Outcome(done.stdout.strip())


def by_git(clone: Clone, found: Drafted, proposal: Proposal) -> Outcome:
    """The same method by plain git."""
    hotfix, verdict = next((h, v) for h, v in found.pairs() if (h.tag, v.branch) == (proposal.tag, proposal.branch))
    if proposal.method is Method.MERGE:
        return clone.merged(proposal.tip, hotfix.commit)
    owed = {f.commit for f in verdict.fixes if f.status in _OWED}
    return clone.picked(proposal.tip, [f.commit for f in hotfix.fixes if f.commit in owed])


def main(folder: Path, repo: str, branch: str, branches: str) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    named = {word.partition("=")[0]: word.partition("=")[2] for word in branches.split()}
    at = borrowed(Path(repo), folder / "repo.git", named)
    keys = {"name": "r", "path": at, "main": branch, "branches": list(named)}
    began = time.monotonic()
    found = draft(RepositoryConfig.model_validate(keys), int(time.time()), folder, Wanted())
    assert isinstance(found, Drafted), found.errors
    took = time.monotonic() - began
    clone = Clone(at, folder / "clone")
    counts: Counter[str] = Counter()
    differing = 0
    for proposal in found.proposals:
        counts[_kind(proposal)] += 1
        if not proposal.ready and not proposal.conflicts:
            continue
        wanted, got = planned(found, proposal), by_git(clone, found, proposal)
        if wanted != got:
            differing += 1
            print(
                f"{proposal.tag} to {proposal.branch} by {proposal.method}: planned {_words(wanted)}, git {_words(got)}"
            )
    told = ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()))
    print(f"{len(found.proposals)} drifting pairs, planned in {took:.0f} s: {told}; {differing} differ from plain git")
    return 1 if differing or not found.proposals else 0


def _kind(proposal: Proposal) -> str:
    if proposal.ready:
        return f"clean by {proposal.method}"
    return f"conflicting by {proposal.method}" if proposal.conflicts else "with no way"


def _words(outcome: Outcome) -> str:
    return f"tree {outcome.tree}" if outcome.tree else f"conflicts in {', '.join(outcome.conflicts) or 'nothing'}"


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:5]))
