"""Stories of the histories of other projects: the part of a fix that tells is out, and the rest of its hunk is not."""

from __future__ import annotations

import pytest

from tests.build import Repo, fixed, started
from tests.judged import told

LOAD = "def load(name):\n    key = lookup('user')\n    return open(name)\n\n\n" + "".join(
    f"def step_{n}():\n    run({n})\n\n\n" for n in range(6)
)
KEY = "    key = lookup('user')\n"
GUARD = "    if outside_home(name): raise Forbidden(name)\n"
RESTYLED = LOAD.replace(KEY, f'{GUARD}    key = lookup("user")\n')
COMMENTED = LOAD.replace(KEY, f"    # Files outside of home are none of ours.\n{GUARD}{KEY}")
BOTH = RESTYLED.replace(GUARD, f"    # Files outside of home are none of ours.\n{GUARD}")
OPEN = LOAD.replace(KEY, f"    allow_all_files(name)\n{KEY}")
CLOSED = LOAD.replace(KEY, '    key = lookup("user")\n')
SAID = LOAD.replace(KEY, f"    # No longer all files.\n{KEY}")


def status(repo: Repo, old: str, new: str, later: str, *, main: str = "") -> str:
    """After the branch that had merged the fix got another file, and main perhaps, too."""
    started(repo, {"src/load.py": old})
    fixed(repo, {"src/load.py": new})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("It broke users", {"src/load.py": later})
    if main:
        repo.switch("main")
        repo.commit("It broke users", {"src/load.py": main})
    return told(repo, "qa", "v2.4.1")[0]


@pytest.mark.parametrize("new", [RESTYLED, COMMENTED, BOTH], ids=["beside a restyled line", "below a comment", "both"])
def test_a_guard_that_was_taken_out_alone_is_out(repo: Repo, new: str) -> None:
    assert status(repo, LOAD, new, new.replace(GUARD, "")) == "reverted"


@pytest.mark.parametrize("new", [CLOSED, SAID], ids=["beside a restyled line", "with a comment in its stead"])
def test_a_line_that_the_fix_removed_and_that_came_again_alone_is_back(repo: Repo, new: str) -> None:
    key = '    key = lookup("user")\n' if new == CLOSED else KEY
    assert status(repo, OPEN, new, new.replace(key, f"    allow_all_files(name)\n{key}")) == "reverted"


def test_what_main_took_out_alone_is_withdrawn(repo: Repo) -> None:
    later = RESTYLED.replace(GUARD, "")
    assert status(repo, LOAD, RESTYLED, later, main=later) == "withdrawn"


WITHIN = "    if not within_home(name): raise Forbidden(name)\n"
IN_TWO = "    if outside_home(name):\n        raise Forbidden(name)\n"


@pytest.mark.parametrize(
    ("new", "later"),
    [
        (RESTYLED, RESTYLED.replace(GUARD, WITHIN)),
        (RESTYLED, RESTYLED.replace(GUARD, IN_TWO)),
        (RESTYLED, RESTYLED.replace(GUARD, "").replace("    return open", f"{GUARD}    return open")),
        (RESTYLED, RESTYLED.replace('    key = lookup("user")\n', "")),
        (COMMENTED, COMMENTED.replace("    # Files outside of home are none of ours.\n", "")),
    ],
    ids=["in other words", "in two lines", "further down", "its neighbour went", "its comment went"],
)
def test_a_guard_that_stands_is_there(repo: Repo, new: str, later: str) -> None:
    assert status(repo, LOAD, new, later) == "present"


def test_a_line_that_came_again_elsewhere_tells_nothing(repo: Repo) -> None:
    later = CLOSED.replace("    run(4)\n", "    allow_all_files(name)\n    run(4)\n")
    assert status(repo, OPEN, CLOSED, later) == "present"


# A value put back, in other white space or with a comment behind it

SETTINGS = "const retries = 3;\nconst verify = {{ tls: {} }};\nconst timeout = 30;\n"


@pytest.mark.parametrize(
    ("line", "status"),
    [
        ("const verify = {tls: false}", "reverted"),
        ("const verify = { tls: false }; // the proxy has no certificate", "reverted"),
        ("const verify = { tls: false }; /* for now */", "reverted"),
        ("const verify = { tls: !false };", "present"),
        ("const verify = [{ tls: false }];", "present"),
        ("const verify = { tls: true }; // was false", "present"),
        ("const verify = { tls: 'https://tls: false' };", "present"),
    ],
)
def test_a_value_put_back_by_another_hand(repo: Repo, line: str, status: str) -> None:
    """Words alone do not tell of a change of signs."""
    started(repo, {"settings.js": SETTINGS.format("false")})
    fixed(repo, {"settings.js": SETTINGS.format("true")})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Quiet", {"settings.js": SETTINGS.format("true").replace("const verify = { tls: true };", line)})
    assert told(repo, "qa", "v2.4.1")[0] == status
