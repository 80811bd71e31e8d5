"""Stories of the histories of other projects: of a fix something stands as before it that tells nothing of it.

Beside each is the history in which the same signs are all there is to see of a fix that was taken out.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Repo, fixed, protocol, started
from tests.judged import told


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


# A changelog that was begun anew

ENTRY = "*   Ensure that the configuration is ready.\n\n    Previously it was deferred.\n\n    *Maxime*\n\n"
OTHER = "*   Add another.\n\n    *Ann Other*\n\n"
POOL = "*   Mend the pool.\n\n    *Donal McBreen*\n\n"
READY = "".join(f"line_{n} = {n}\n" for n in range(40))
HOOKED = READY.replace("line_9 = 9", "hook = 9").replace("line_29 = 29", "run_hooks = 29")


@pytest.mark.parametrize(
    ("last", "found"),
    [
        ("*   Fix pluck.\n\n    *Donal McBreen*\n\nPlease check 2-stable for previous changes.\n", "present"),
        (f"{POOL}{OTHER}Please check 1-stable for previous changes.\n", "reverted"),
    ],
)
def test_who_signs_the_newest_entry_signed_one_before(repo: Repo, last: str, found: str) -> None:
    started(repo, {"CHANGELOG.md": f"{OTHER}## 1.0 ##\n\n* old\n", "src/ready.py": READY})
    fixed(repo, {"CHANGELOG.md": f"{ENTRY}{OTHER}## 1.0 ##\n\n* old\n", "src/ready.py": HOOKED})
    repo.switch("qa")
    end = "Please check 1-stable for previous changes.\n"
    repo.commit("Entries", {"CHANGELOG.md": f"{POOL}{OTHER}{end}"})
    repo.commit("One less", {"CHANGELOG.md": f"{OTHER}{end}"})
    repo.merge("main", resolve={"CHANGELOG.md": f"{ENTRY}{OTHER}{end}"})
    repo.commit("Start the next", {"CHANGELOG.md": "Please check 2-stable for previous changes.\n"})
    repo.commit("Go on", {"CHANGELOG.md": last})
    assert told(repo, "qa", "v2.4.1")[0] == found


SETTINGS = "".join(f"part_{n} = {n}\n" for n in range(12))
IMPORTS = "from crypto.{} import Key\n\n" + SETTINGS


@pytest.mark.parametrize(
    ("before", "own", "new"),
    [
        (SETTINGS, SETTINGS.replace("part_6 = 6", "part_6 = 600"), SETTINGS.replace("part_6 = 6", "part_6 = 60")),
        (IMPORTS.format("weak"), IMPORTS.format("none"), IMPORTS.format("strong")),
    ],
    ids=["a setting", "an import"],
)
def test_what_the_branch_had_of_its_own_is_back_in_a_file_that_goes_on(
    repo: Repo, before: str, own: str, new: str
) -> None:
    started(repo, {"src/settings.py": before})
    fixed(repo, {"src/settings.py": new})
    repo.switch("qa")
    repo.commit("Own", {"src/settings.py": own})
    repo.merge("main", resolve={"src/settings.py": new})
    repo.commit("Own again", {"src/settings.py": own.replace("part_1 = 1", "part_1 = 100")})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"
