"""Measures false `present`: `python -m tests.bench.sabotage REPOSITORY REF [--seed N] [--count N] [--keep FOLDER]`.

From a real history it takes real fixes, builds small repositories in which such a fix travels to a branch, takes a part
of it out of the branch on purpose, or does not, and audits them. A case is a mistake where
- a part was taken out, replaying the fix changes something, and it is said to be present (a false present);
- nothing was taken out, replaying the fix changes nothing, and it is not said to be present (a false drift);
- there is no verdict.
What later work changed or restored is counted, and is no mistake. Seeds go up from N, two cases each; a seed gives the
same cases each time. Exit status 1 where a false present or no verdict was found, or no case could be built.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from tests.bench.sabotage.pick import Source, opened
from tests.bench.sabotage.story import BRANCH, FIXED, Case, build
from tests.judged import audit, hotfix_of

FALSE_PRESENT, FALSE_DRIFT, NO_VERDICT = "false present", "false drift", "no verdict"
# A history has run dry where so many seeds, for each case that is wanted, and some more, do not do.
_SEEDS = 20
_ROWS = {
    (True, False): "taken out",
    (True, True): "taken out, and restored by later work",
    (False, True): "untouched",
    (False, False): "untouched, but changed by later work",
}


class Said(NamedTuple):
    """What the audit says of the fix on the branch, and why; no status where it says nothing."""

    status: str
    why: str


@dataclass(frozen=True)
class Outcome:
    """A case that was audited."""

    source: str
    seed: int
    case: Case
    said: Said

    @property
    def row(self) -> str:
        """What it is counted as."""
        return _ROWS[self.case.taken is not None, self.case.stands]

    @property
    def mistake(self) -> str | None:
        """What is wrong with the verdict."""
        if not self.said.status:
            return NO_VERDICT
        present = self.said.status == "present"
        if self.case.taken and not self.case.stands:
            return FALSE_PRESENT if present else None
        return FALSE_DRIFT if self.case.stands and not self.case.taken and not present else None

    def __str__(self) -> str:
        taken = f"taken out: {self.case.taken}" if self.case.taken else "untouched"
        case = f"{self.source} seed {self.seed}, by {self.case.travelled}, {taken}; fix {self.case.fix[:12]}"
        return f"{self.mistake or 'right'}: {case}: {self.said.status or '-'}: {self.said.why}"


def asked(path: Path) -> Said:
    """Audits a repository that was built."""
    found = audit(path, branches=[BRANCH])
    if found.errors or FIXED not in [h.tag for h in found.hotfixes]:
        return Said("", "; ".join(e.detail for e in found.errors) or f"{FIXED} was not audited")
    verdict = hotfix_of(found, FIXED).verdicts[0]
    return Said(verdict.status.value, verdict.fixes[0].evidence.detail if verdict.fixes else verdict.reason)


def outcomes(source: Source, seeds: range, keep: Path | None) -> Iterator[Outcome]:
    """The cases of some seeds, each built, audited, and removed again."""
    for seed in seeds:
        for sabotaged in (True, False):
            with tempfile.TemporaryDirectory(prefix="sabotage-", dir=_memory()) as folder:
                case = build(source, Path(folder), seed, sabotaged=sabotaged)
                if case is None:
                    continue
                found = Outcome(source.name, seed, case, asked(case.path))
                if keep and found.mistake:
                    _keep(keep, found)
                yield found


def table(found: Sequence[Outcome]) -> str:
    """How often the audit said what, by what was done."""
    counts = Counter((o.row, o.said.status or NO_VERDICT) for o in found)
    statuses = sorted({status for _, status in counts})
    rows = [[row, *(counts[row, s] for s in statuses), sum(counts[row, s] for s in statuses)] for row in _ROWS.values()]
    total = ["total", *(sum(counts[row, s] for row in _ROWS.values()) for s in statuses), counts.total()]
    words = [["", *statuses, "total"], *([str(cell) for cell in row] for row in (*rows, total))]
    widths = [max(map(len, column)) for column in zip(*words, strict=True)]
    return "\n".join("  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]) for row in words)


def main(arguments: Sequence[str]) -> int:
    """The whole run; the exit status."""
    told = _parsed(arguments)
    source = opened(told.repository, told.ref)
    seeds = range(told.seed, told.seed + _SEEDS * (told.count + 5))
    found = []
    for outcome in outcomes(source, seeds, told.keep):
        found.append(outcome)
        if outcome.mistake:
            print(outcome, flush=True)
        if len(found) == told.count:
            break
    print(table(found))
    counts = Counter(o.mistake for o in found)
    print(f"{len(found)} cases: " + ", ".join(f"{counts[m]} {m}" for m in (FALSE_PRESENT, FALSE_DRIFT, NO_VERDICT)))
    return 1 if counts[FALSE_PRESENT] or counts[NO_VERDICT] or not found else 0


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench.sabotage",
        description=__doc__.partition("\n\n")[2],
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("repository", type=Path, metavar="REPOSITORY", help="the repository to take fixes from")
    parser.add_argument("ref", metavar="REF", help="the branch of it whose history is looked at")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="the first seed (1)")
    parser.add_argument("--count", type=int, default=100, metavar="N", help="how many cases (100)")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="leave the repository of each mistake there")
    return parser.parse_args(arguments)


def _memory() -> str | None:
    """A file system in memory, where there is one."""
    memory = Path("/dev/shm")
    return str(memory) if os.access(memory, os.W_OK | os.X_OK) else None


def _keep(folder: Path, found: Outcome) -> None:
    """Leaves the repository, its story, and what was taken out; its objects are still those of the source."""
    case, name = found.case, f"{Path(found.source).resolve().name}-{found.seed}-{found.mistake}"
    target = folder / name.replace(" ", "-")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(case.path, target / "repository.git")
    (target / "story").write_text("\n".join([*case.story, str(found), ""]))
    (target / "sabotage.diff").write_bytes(case.taken.diff if case.taken else b"")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
