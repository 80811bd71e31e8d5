"""Verdicts that were found wrong on real histories: how a fix's lines stand in a file."""

from __future__ import annotations

import pytest

from tests.build import CART, LOGIN, LOGIN_FIXED, Files, Repo, back_merge, fixed, hotfix, started
from tests.judged import audit, pair, told


def judged(repo: Repo) -> tuple[str, str | None]:
    return told(repo, "qa", "v2.4.1")


LOGIN_PART, LOGOUT_PART = LOGIN.split("\n\ndef logout")[0], "def logout" + LOGIN.split("def logout")[1]
LOGIN_PART_FIXED = LOGIN_FIXED.split("\n\ndef logout")[0]


@pytest.mark.parametrize("left", [LOGOUT_PART, "from accounts import *\n"], ids=["a part", "a pointer"])
@pytest.mark.parametrize(("part", "status"), [(LOGIN_PART, "reverted"), (LOGIN_PART_FIXED + "# \n", "present")])
def test_a_revert_that_names_the_fix_where_code_moved_and_its_file_stayed(
    repo: Repo, left: str, part: str, status: str
) -> None:
    """And one that only says so, but touches none of its lines."""
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("Move login", {"src/login.py": left, "src/accounts.py": f"{CART}\n\n{LOGIN_PART_FIXED}"})
    text = f'Revert "Fix login-crash"\n\nThis reverts commit {landed.fix}.'
    repo.commit(text, {"src/accounts.py": f"{CART}\n\n{part}"})
    assert told(repo)[0] == status


SERVICE = "{}:\n  image: shop\n  user: shop\n  restart: no\n  memory: 256\n  cpus: 1\n  shell: sh\n  replicas: 1\n"
SERVICES = [SERVICE.format(name) for name in ("front", "cart", "stock")]


def with_memory(*places: int) -> Files:
    return {"services.yaml": "".join(s.replace("256", "512") if n in places else s for n, s in enumerate(SERVICES))}


def test_the_same_change_of_a_like_block_is_not_the_fix(repo: Repo) -> None:
    """A patch identity has no line numbers; but the old lines stand in their place, and on main they do not."""
    started(repo, with_memory())
    fixed(repo, with_memory(1))
    repo.switch("qa")
    repo.commit("More memory for the front", with_memory(0))
    assert judged(repo)[0] == "missing"


def test_the_fix_after_the_same_change_of_a_like_block(repo: Repo) -> None:
    started(repo, with_memory())
    fixed(repo, with_memory(1))
    repo.switch("qa")
    repo.commit("More memory for the front", with_memory(0))
    repo.commit("And for the cart", with_memory(0, 1))
    assert judged(repo) == ("present", "cherry-pick")


NAMES = ("log", "body", "auth", "admin", "cache", "end")
USES = [f"use({name})\n" for name in NAMES]
BLOCKS = ["".join(f"{name}_{step}()\n" for step in range(5)) for name in NAMES]


@pytest.mark.parametrize("uses", [USES, BLOCKS], ids=["lines", "blocks"])
@pytest.mark.parametrize(("turned", "status"), [(False, "reverted"), (True, "present")])
def test_two_neighbours_that_changed_places(repo: Repo, uses: list[str], turned: bool, status: str) -> None:
    """Which of two swapped neighbours was moved is chance: here the old order stands, or the new one still does."""
    log, body, auth, *rest = uses
    started(repo, {"src/order.py": "".join(uses)})
    fixed(repo, {"src/order.py": "".join([log, auth, body, *rest])})
    repo.switch("qa")
    repo.merge("main")
    order = [log, auth, body, *rest] if turned else uses
    repo.commit("Tidy up", {"src/order.py": "".join([*order, "use(metrics)\n"])})
    assert judged(repo)[0] == status


CLIENT = """\
    client = make(
        debug(settings),
        cache(True),
        write_to({}),
        credentials(settings.file),
    )
    return client
"""
OTHER = "\n\ndef other():\n" + "".join(f"    {step}()\n" for step in ("one", "two", "three", "four", "five", "six"))


@pytest.mark.parametrize(("last", "status"), [("out", "reverted"), ("stderr", "present"), ("file", "present")])
@pytest.mark.parametrize("more", ["", "        names,\n"])
def test_a_line_of_a_function_that_was_moved_within_the_file(repo: Repo, more: str, last: str, status: str) -> None:
    """It is back, or as the fix left it, or went on; the lines around it went on, too."""
    opened = f"def opened(out):\n    log('open')\n{CLIENT}{OTHER}"
    started(repo, {"src/client.py": opened.format("out")})
    fixed(repo, {"src/client.py": opened.format("stderr")})
    repo.switch("qa")
    repo.merge("main")
    moved = f"def opened(out):\n    log('open')\n    return plain({{0}})\n{OTHER}\n\ndef plain({{0}}):\n{CLIENT}"
    repo.commit("A function of its own", {"src/client.py": moved.replace("{0}", "").format("stderr")})
    there = moved.replace("{0}", "out").format(last).replace("file),\n", f"file),\n{more}")
    repo.commit("Go on", {"src/client.py": there})
    assert judged(repo)[0] == status


def test_a_second_place_made_as_the_first_one_was_once(repo: Repo) -> None:
    """The old lines stand once more; but the fix's stand where it put them."""
    started(repo, {"src/client.py": f"def opened():\n{CLIENT.format('out')}"})
    fixed(repo, {"src/client.py": f"def opened():\n{CLIENT.format('stderr')}"})
    repo.switch("qa")
    repo.merge("main")
    second = f"def opened():\n{CLIENT.format('stderr')}{OTHER}\n\ndef plain(out):\n{CLIENT.format('out')}"
    repo.commit("Another", {"src/client.py": second})
    assert judged(repo) == ("present", "merge")


BUS = """\
def export(handle, runtime):
    s = None
{}    s = address(runtime)
    if not s:
        return FAILED
    return setenv(handle, "BUS", s)
"""
CHECKED = """\
    # We really should move the check into those who
    # start the bus, instead of forcing the variable here.
    s = join(runtime, "/bus")
    if not s:
        return FAILED
    if not access(s):
        return SUCCESS
    s = free(s)
"""
CHECKED_AGAIN = """\
    # The variable is needed by programs that do not find the
    # bus without it; where there is no socket it is not set.
    path = join_here(runtime, "/bus")
    if access(path) < 0:
        return SUCCESS
"""


@pytest.mark.parametrize(("digits", "status"), [(40, "reverted"), (10, "present")])
def test_a_revert_by_hand_that_brings_the_old_code_back_in_other_words(repo: Repo, digits: int, status: str) -> None:
    """Little of the old text came back. What git writes names the whole id; a shorter one is somebody's remark."""
    started(repo, {"src/bus.py": BUS.format(CHECKED)})
    oid = fixed(repo, {"src/bus.py": BUS.format("")})
    repo.switch("qa")
    repo.merge("main")
    text = f'Revert "Mend it"\n\nThis reverts commit {oid[:digits]}.'
    repo.commit(text, {"src/bus.py": BUS.format(CHECKED_AGAIN)})
    assert judged(repo)[0] == status


DOCKER = "ARG GO=1.20\nARG ALPINE=3.18\n{}\nFROM golang\nRUN build\nRUN test\n"


@pytest.mark.parametrize(("last", "status"), [("ARG XX=1.4.0\nARG DEBUG\n", "present"), ("ARG DEBUG\n", "reverted")])
def test_a_line_of_the_branch_s_own_beside_the_fix_did_not_come_back(repo: Repo, last: str, status: str) -> None:
    """It never went away. With the fix's line gone, the place is as it was before the fix came."""
    started(repo, {"Dockerfile": DOCKER.format("")})
    oid = fixed(repo, {"Dockerfile": DOCKER.format("ARG XX=1.3.0\n")})
    repo.switch("qa")
    repo.commit("Debug", {"Dockerfile": DOCKER.format("ARG DEBUG\n")})
    picked = DOCKER.format("ARG XX=1.3.0\nARG DEBUG\n")
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", {"Dockerfile": picked})
    repo.commit("Younger ones", {"Dockerfile": DOCKER.format(last).replace("3.18", "3.19")})
    assert judged(repo)[0] == status


IGNORED = "vendor/\ncomposer.lock\nphpunit.xml\n"


def test_a_merge_that_main_has_too_dropped_nothing_from_a_branch(repo: Repo) -> None:
    """A fix was reworked within its own pull request: what came to either is what that made of it."""
    started(repo, {".gitignore": IGNORED})
    repo.switch("topic", "main")
    repo.commit("Ignore pages", {".gitignore": f"{IGNORED}doc/html/*.html\n"})
    reworked = repo.commit("Ignore pages anywhere", {".gitignore": f"{IGNORED}*.html\n"})
    repo.commit("Ignore the folder", {".gitignore": f"doc/html/\n{IGNORED}", "doc/build.txt": "one\n"})
    repo.switch("main")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("topic")
    repo.tag("v2.4.1")
    repo.branch("late")
    repo.commit("More", {".gitignore": f".tmp/\ndoc/html/\n{IGNORED}"})
    repo.switch("late")
    own = "doc/html/\nvendor/\ntheme/\nphpunit.xml\n"
    repo.commit("Own", {".gitignore": own, "doc/build.txt": "another\n"})
    found = pair(audit(repo, branches=["late"]), "v2.4.1", "late")
    assert [f.status for f in found.fixes if f.commit == reworked] == ["present"]
