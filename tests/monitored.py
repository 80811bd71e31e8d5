"""A fleet whose every number is known beforehand, and what the dashboard and the alerts must make of it.

Times by the builder's clock, in hours after its start: a hotfix is tagged at 4 (in `careless`, whose tag is
lightweight, at 3, the commit's), and merged to dev, qa, ppd, dr at 4, 5, 6, 7 (in `careless` at 6 to 9).
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pygit2
import pytest

from auditor import __version__
from tests import demo
from tests.build import BRANCHES, HOUR, PINNED, START, back_merge, hotfix, protocol

STORIES = {
    "in-order": demo.in_order,
    "dr-forgotten": demo.dr_forgotten,
    "reverted-on-qa": demo.reverted_on_qa,
    "dr-waived": demo.dr_waived,
    "careless": demo.careless,
}
TAGGED, TAKEN_OUT = START + 4 * HOUR, START + 8 * HOUR
WAIVER_ENDS = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=4)
AGED = 30 * HOUR


def about(seconds: float) -> Any:
    """A time or an age: nobody knows to the second when it was asked for."""
    return pytest.approx(seconds, abs=120)


def build(folder: Path) -> None:
    """The repositories, and two configurations: `night` audits tonight, `old` did so 30 hours ago."""
    text = demo.CONFIG
    for name, story in STORIES.items():
        story(protocol(folder / "fleet" / name))
        text += f"  - name: {name}\n    path: fleet/{name}\n"
        text += (
            demo.WAIVER.replace("2099-01-31", f"{WAIVER_ENDS - timedelta(days=1):%F}") if name == "dr-waived" else ""
        )
    absent = protocol(folder / "fleet" / "dr-absent", ("dev", "qa", "ppd"))
    hotfix(absent)
    back_merge(absent, "main", "dev", "qa", "ppd")
    demo.in_order(protocol(folder / "fleet" / "old"))
    text += "  - {name: dr-absent, path: fleet/dr-absent}\n  - {name: gone, path: fleet/gone}\n"
    (folder / "night.yaml").write_text(text)
    (folder / "old.yaml").write_text(demo.CONFIG + "  - {name: old, path: fleet/old}\n")


def scan(config: Path, textfile: Path) -> int:
    """Audits as a schedule does, and gives the exit status."""
    command = (sys.executable, "-m", "auditor", "scan", "-c", config, "--metrics-textfile", textfile, "--quiet")
    home = {"PATH": os.environ["PATH"], "HOME": str(config.parent)}
    done = subprocess.run(command, env={**PINNED, **home}, capture_output=True, text=True, check=False)
    assert not done.stderr, done.stderr
    return done.returncode


def age(textfile: Path, seconds: int) -> None:
    """Makes the audit of a textfile look so old, as if nothing had run since."""
    last_scan = re.compile(r"(?m)^(branch_drift_last_scan_timestamp_seconds\S+) .*$")
    textfile.write_text(last_scan.sub(rf"\1 {time.time() - seconds}", textfile.read_text()))


Answer = dict[tuple[str, ...], Any]


def each(*names: str, value: Any) -> Answer:
    return {(n,): value for n in names}


def on_all(repository: str, value: float) -> Answer:
    return {(repository, b): value for b in BRANCHES}


TONIGHT = (*STORIES, "dr-absent", "gone")
# dr-absent and gone could not be judged in full, and are in sync nowhere.
UNJUDGED = {**on_all("dr-absent", 0.0), **on_all("gone", 0.0)}
BRIEF = pytest.approx(15, abs=15)
FORGOTTEN, TAKEN, WAIVED = ("dr-forgotten", "dr"), ("reverted-on-qa", "qa"), ("dr-waived", "dr")


def panels(now: float) -> dict[tuple[str, str], Answer]:
    """What each query of each panel must answer, by the values of its labels."""
    mean_dev, mean_ppd = 3 * HOUR / 7, (6 * 2 + 5) * HOUR / 7
    return {
        ("Is DR in sync?", "A"): {(): 0},
        ("Repositories not in sync", "A"): {(): 3},
        ("Hotfixes missing", "A"): {(): 1},
        ("Hotfixes not judged", "A"): {(): 1},
        ("In sync, but audit too old", "A"): {(): 1},
        ("By repository", "A"): {
            ("in-order", "dr"): 2, ("dr-forgotten", "dr"): 0, ("reverted-on-qa", "dr"): 2, ("dr-waived", "dr"): 2,
            ("careless", "dr"): 2, ("dr-absent", "dr"): 0, ("gone", "dr"): 0, ("old", "dr"): 1,
        },
        ("Branches that drift", "A"): {**UNJUDGED, FORGOTTEN: 1, TAKEN: 1},
        ("Branches that drift", "B"): {FORGOTTEN: about(now - TAGGED), TAKEN: about(now - TAKEN_OUT)},
        ("Branches that drift", "C"): {**UNJUDGED, FORGOTTEN: 1, TAKEN: 0},
        ("Branches that drift", "D"): {**UNJUDGED, FORGOTTEN: 0, TAKEN: 0, ("dr-absent", "dr"): 1},
        ("Branches that drift", "E"): dict.fromkeys((*UNJUDGED, FORGOTTEN, TAKEN), about(0)),
        # The forge was not asked.
        ("Branches that drift", "F"): {},
        ("Branches that drift", "G"): {},
        ("Missing hotfixes, by branch", "A"): {("dev",): 0, ("qa",): 1, ("ppd",): 0, ("dr",): 1},
        ("All pairs, by status", "A"): {
            **each("not-applicable", "withdrawn", "partial", "dropped", value=0),
            **each("missing", "reverted", "waived", "unknown", value=1), ("present",): 24,
        },
        ("Overdue hotfixes", "A"): {(): 1},
        ("Overdue branches", "A"): {FORGOTTEN: 1},
        ("Overdue branches", "B"): {FORGOTTEN: about(now - TAGGED)},
        ("Overdue hotfixes, by branch", "A"): {("dev",): 0, ("qa",): 0, ("ppd",): 0, ("dr",): 1},
        ("Waivers in use", "A"): {WAIVED: 1},
        ("Waivers in use", "B"): {WAIVED: 1000 * WAIVER_ENDS.timestamp()},
        ("Broken rules", "A"): {
            ("careless", "tag-not-annotated", "warning"): 1, ("careless", "hotfix-not-tagged", "warning"): 1,
            ("careless", "tag-not-on-main", "error"): 1,
        },
        ("Lead time, by branch", "A"): {("dev",): 7, ("qa",): 6, ("ppd",): 7, ("dr",): 4},
        ("Lead time, by branch", "B"): {("dev",): mean_dev, ("qa",): 5400, ("ppd",): mean_ppd, ("dr",): 13_500},
        ("Lead time, by branch", "C"): MEDIAN,
        ("Lead time, by branch", "D"): NINETY,
        ("Arrived within", "A"): {(): 11 / 24},
        ("Arrived within", "B"): {(): 22 / 24},
        ("Arrived within", "C"): {(): 1},
        ("Arrived within", "D"): {(): 1},
        ("Arrived within", "E"): {(): 1},
        ("Lead time over time", "A"): MEDIAN,
        ("Lead time over time", "B"): NINETY,
        ("Repositories", "A"): {(): 8},
        ("Not judged in full", "A"): {(): 2},
        ("Audit too old", "A"): {(): 1},
        ("Oldest audit", "A"): {(): about(AGED)},
        ("Versions", "A"): {(pygit2.LIBGIT2_VERSION, __version__): 2},
        ("Audits", "A"): {**each(*TONIGHT, value=about(0)), ("old",): about(AGED)},
        ("Audits", "B"): {**each(*STORIES, "old", value=1), **each("dr-absent", "gone", value=0)},
        ("Audits", "C"): each(*STORIES, "old", value=about(0)),
        ("Audits", "D"): each(*TONIGHT, "old", value=BRIEF),
        ("Audits", "E"): {**each(*STORIES, "dr-absent", "old", value=1), ("gone",): 0},
        ("Slowest audits", "A"): each(*TONIGHT, "old", value=BRIEF),
        ("No longer audited", "A"): {("vanished",): about(now - VANISHED)},
        ("Firing alerts", "A"): {(name,): len(found) for name, found in alerts(now).items() if found},
    }  # fmt: skip


# Six of the seven that came to dev took no time and one 3 h: the buckets end at 10 min, 1 h, 4 h, 12 h. Within a
# bucket Prometheus takes the hotfixes as evenly spread.
MEDIAN: Answer = {("dev",): 350, ("qa",): 2400, ("ppd",): 9900, ("dr",): 10_800}
NINETY: Answer = {("dev",): 6840, ("qa",): 7920, ("ppd",): 23_040, ("dr",): 31_680}


def alerts(now: float) -> dict[str, Answer]:
    """What each alert's expression must answer."""
    return {
        "BranchDriftDrOutOfSync": {FORGOTTEN: 0, ("dr-absent", "dr"): 0, ("gone", "dr"): 0},
        "BranchDriftOverdue": {FORGOTTEN: 1},
        "BranchDriftRuleBroken": {("careless", "tag-not-on-main"): 1},
        "BranchDriftScanStale": {("old",): about(AGED)},
        "BranchDriftScanAbsent": {},
        "BranchDriftRepositoryGone": {("vanished",): VANISHED},
        "BranchDriftBranchGone": {("in-order", "uat"): 1},
        # Of what cannot be read nobody can say that it has none.
        "BranchDriftNoHotfixes": {},
        "BranchDriftRepositoryNotScannable": {("dr-absent",): 0, ("gone",): 0},
        "BranchDriftForgeNotListed": {},
        "BranchDriftWaiverEndsSoon": {WAIVED: about(WAIVER_ENDS.timestamp() - now)},
    }


VANISHED = 1_767_000_000.0
