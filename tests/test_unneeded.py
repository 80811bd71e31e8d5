"""A hotfix with a commit and its revert: of a branch that never had the one, the other is not asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model import Status
from tests.build import Repo, protocol, started
from tests.judged import assert_checks_hold, audit, pair

STEPS = [f"step_{n}(cart)  # of the {n}th part" for n in range(30)]
BASE = "\n".join(STEPS) + "\n"
OWN = BASE.replace(STEPS[19], "own_step(cart, before=True)").replace(STEPS[21], "own_step(cart, after=True)")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A branch that differs from main beside the line that is worked on."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"src/pay.py": BASE})
    repo.switch("qa")
    repo.commit("Own steps", {"src/pay.py": OWN})
    repo.switch("main")
    return repo


def tried(repo: Repo, text: str, *, taken_back: bool = True) -> str:
    """A hotfix that tried something, and took it back; the commit that tried."""
    oid = repo.commit("Try it", {"src/pay.py": text})
    if taken_back:
        repo.revert(oid)
    repo.commit("Mend the cart", {"src/till.py": "till = 1\n"})
    repo.tag("v2.4.1")
    return oid


def statuses(repo: Repo) -> list[Status]:
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    return [fix.status for fix in verdict.fixes]


CHANGED = BASE.replace(STEPS[20], "tried_step(cart, fast=True)")
ADDED = BASE.replace(STEPS[20], f"{STEPS[20]}\ntried_step(cart, fast=True)")
REMOVED = BASE.replace(f"{STEPS[20]}\n", "")


@pytest.mark.parametrize("text", [CHANGED, ADDED, REMOVED], ids=["changed", "added", "removed"])
def test_what_takes_back_a_change_that_the_branch_never_had_is_not_asked(repo: Repo, text: str) -> None:
    oid = tried(repo, text)
    assert statuses(repo) == [Status.WITHDRAWN, Status.NOT_APPLICABLE, Status.MISSING]
    said = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes[1].evidence.detail
    assert said == f"it takes back {oid[:12]}, which the branch never had"


def test_a_line_that_the_branch_has_with_more_words(repo: Repo) -> None:
    """Of one that was tried with others it has none."""
    skip = "critest --skip='unsafe sysctls|safe sysctls{more}' --of-the-step"
    repo.commit("Skip", {"src/pay.py": BASE.replace(STEPS[20], skip.format(more=""))})
    repo.switch("qa")
    repo.commit("Skip", {"src/pay.py": OWN.replace(STEPS[20], skip.format(more="|deprecated profile"))})
    repo.switch("main")
    repo.tag("v2.4.0.1")
    tried(repo, BASE.replace(STEPS[20], skip.format(more="|port mapping with host")))
    assert statuses(repo)[-2] is Status.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("own", "status"),
    [("|port mapping with host|deprecated profile", Status.MISSING), ("|host ports", Status.NOT_APPLICABLE)],
)
def test_a_line_that_the_branch_has_with_what_was_tried(repo: Repo, own: str, status: Status) -> None:
    skip = "critest --skip='unsafe sysctls|safe sysctls{more}' --of-the-step"
    repo.commit("Skip", {"src/pay.py": BASE.replace(STEPS[20], skip.format(more=""))})
    repo.switch("qa")
    repo.commit("Skip", {"src/pay.py": OWN.replace(STEPS[20], skip.format(more=own))})
    repo.switch("main")
    tried(repo, BASE.replace(STEPS[20], skip.format(more="|port mapping with host")))
    assert statuses(repo)[-2] is status


@pytest.mark.parametrize(
    ("text", "status"),
    [(ADDED, Status.NOT_APPLICABLE), (CHANGED, Status.MISSING), (REMOVED, Status.MISSING)],
    ids=["added", "changed", "removed"],
)
def test_a_file_that_the_branch_no_longer_has(repo: Repo, text: str, status: Status) -> None:
    """What was only added cannot be there; what was to be put back the branch may have lost in its own way."""
    tried(repo, text)
    repo.switch("qa")
    repo.commit("Without", {"src/pay.py": None})
    assert statuses(repo)[1] is status


def test_what_was_tried_is_in_another_file_of_the_branch(repo: Repo) -> None:
    oid = tried(repo, ADDED)
    repo.switch("qa")
    repo.pick(oid, resolve={"src/pay.py": ADDED.replace(STEPS[19], OWN.splitlines()[19])})
    text = repo.read("src/pay.py")
    half = "\n".join(text.splitlines()[12:28]) + "\n"
    repo.commit("Apart", {"src/pay.py": None, "lib/steps.py": half, "lib/rest.py": text.replace(half, "")})
    assert statuses(repo)[1] is Status.MISSING


@pytest.mark.parametrize("text", [CHANGED, ADDED, REMOVED], ids=["changed", "added", "removed"])
def test_it_is_asked_of_a_branch_that_has_the_change(repo: Repo, text: str) -> None:
    oid = tried(repo, text)
    own = text.replace(STEPS[19], OWN.splitlines()[19]).replace(STEPS[21], OWN.splitlines()[21])
    repo.switch("qa")
    repo.pick(oid, resolve={"src/pay.py": own})
    assert statuses(repo)[1] is Status.MISSING


def test_it_is_asked_of_a_branch_that_contains_the_change(repo: Repo) -> None:
    oid = tried(repo, CHANGED)
    repo.switch("qa")
    repo.merge(oid, resolve={"src/pay.py": OWN.replace(STEPS[20], "tried_step(cart, fast=True)")})
    assert statuses(repo)[1] is Status.MISSING


def test_it_is_asked_of_a_branch_that_lost_the_line_in_its_own_way(repo: Repo) -> None:
    tried(repo, REMOVED)
    repo.switch("qa")
    repo.commit("Without the step", {"src/pay.py": OWN.replace(f"{STEPS[20]}\n", "")})
    assert statuses(repo)[1] is Status.MISSING


def test_a_change_that_names_no_commit_is_asked(repo: Repo) -> None:
    tried(repo, CHANGED, taken_back=False)
    repo.commit("Otherwise", {"src/pay.py": BASE.replace(STEPS[20], "other_step(cart, slow=True)")})
    repo.tag("v2.4.2")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.2", "qa")
    assert verdict.status is Status.MISSING


def test_one_of_two_changes_that_it_takes_back_is_on_the_branch(repo: Repo) -> None:
    """There that one is in words of the branch's own."""
    first = repo.commit("Try this", {"src/try.py": "tried = 1\n"})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("In our words", {"src/try.py": "tried_here = 1\n"})
    repo.switch("main")
    second = repo.commit("And that", {"src/pay.py": CHANGED})
    repo.tag("v2.4.0.1")
    message = f"Revert both\n\nThis reverts commit {first}.\nThis reverts commit {second}.\n"
    repo.commit(message, {"src/pay.py": BASE, "src/try.py": "# Nothing\n"})
    repo.tag("v2.4.1")
    assert statuses(repo) == [Status.MISSING]


def test_of_what_it_puts_back_the_branch_lost_a_part_in_its_own_way(repo: Repo) -> None:
    tried(repo, "\n".join(STEPS[:10] + STEPS[14:]) + "\n")
    repo.switch("qa")
    repo.commit("Without the step", {"src/pay.py": OWN.replace(f"{STEPS[10]}\n", "").replace(STEPS[11], "own(cart)")})
    assert statuses(repo)[1] is Status.MISSING


def test_a_mode_that_the_branch_set_in_its_own_way(repo: Repo) -> None:
    def to(mode: str, message: str) -> str:
        repo.git("update-index", f"--chmod={mode}", "src/pay.py")
        repo.git("commit", "-q", "-m", message)
        return repo.oid()

    repo.git("config", "core.fileMode", "false")
    to("-x", f"Revert it\n\nThis reverts commit {to('+x', 'Run it')}.\n")
    repo.commit("Mend the cart", {"src/till.py": "till = 1\n"})
    repo.tag("v2.4.1")
    repo.switch("qa")
    to("+x", "Run it here")
    assert statuses(repo)[1] is Status.MISSING


def test_what_a_file_needs_stands_in_many(repo: Repo) -> None:
    """The branch has split the file, and never had what was tried; a part of it imports the same."""
    text = f"import json\n{BASE}"
    repo.commit("Write", {"src/pay.py": text})
    repo.switch("qa")
    one, two = ("\n".join(steps) + "\n" for steps in (STEPS[:8], STEPS[8:]))
    repo.commit(
        "Apart", {"src/pay.py": None, "lib/one.py": f"import json\nimport yaml_tools\n{one}", "lib/two.py": two}
    )
    repo.switch("main")
    repo.tag("v2.4.0.1")
    tried(repo, f"import yaml_tools\n{text}".replace(STEPS[20], f"{STEPS[20]}\ntried_step(cart, fast=True)"))
    assert statuses(repo)[1] is Status.NOT_APPLICABLE
