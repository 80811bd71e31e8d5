"""Verdicts that were found wrong on real histories: from where a part of a fix is followed, and what it was made on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.build import Repo, fixed, hotfix, protocol, started
from tests.judged import audit, pair, told

# A part that stands twice, in a file that is another one on the branch

GUARD = "    # Who has left is served no more.\n    if (client->left) return;\n"
SERVED = "\n\nvoid served(Client *client) {{\n    Queue *queue = client->queue;\n{}    reply(client, queue);\n}}\n"
TIMED = "\n\nvoid timed_out(Client *client) {{\n    Timer *timer = client->timer;\n{}    reply(client, timer);\n}}\n"
LONG = "\n\nvoid opened(Shop *shop) {\n" + "".join(f"    open(shop, {n});\n" for n in range(12)) + "}\n"


def queue(*, guard: bool, swapped: bool = False) -> dict[str, str]:
    served, timed = SERVED.format(GUARD) + LONG, TIMED.format(GUARD if guard else "")
    return {"src/queue.c": timed + served if swapped else served + timed}


@pytest.fixture
def swapped(tmp_path: Path) -> Repo:
    """What the fix guards stands behind the other function on main, and before it on the branch, which picked it."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, queue(guard=False))
    fix = fixed(repo, queue(guard=True))
    repo.switch("qa")
    repo.commit("Sort", queue(guard=False, swapped=True))
    repo.pick(fix, resolve=queue(guard=True, swapped=True))
    return repo


def test_a_part_that_stands_twice_is_followed_from_where_it_came_to_the_branch(swapped: Repo) -> None:
    assert told(swapped, "qa", "v2.4.1")[0] == "present"
    swapped.commit("Clean up", queue(guard=False, swapped=True))
    assert told(swapped, "qa", "v2.4.1")[0] == "reverted"


def test_a_part_that_stands_twice_beside_a_neighbour_that_changed(swapped: Repo) -> None:
    """And after that one was deleted."""
    for guard, status in ((True, "present"), (False, "reverted")):
        [(name, text)] = queue(guard=guard, swapped=True).items()
        swapped.commit("Timers", {name: text.replace("reply(client, timer)", "reply_late(client, timer, now())")})
        assert told(swapped, "qa", "v2.4.1")[0] == status


# One verdict, whichever other tags are audited

ALONE = {"pattern": r"^v2\.3\.2$"}
PICTURES = [bytes([0, n, 1, 2]) for n in range(3)]


@pytest.mark.parametrize("selected", [{}, {"hotfix_tags": ALONE}])
def test_a_fix_that_went_with_what_an_earlier_one_had_made(tmp_path: Path, selected: dict[str, Any]) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    repo.commit("Picture", {"logo.bin": PICTURES[0]})
    repo.tag("v2.3.0.1")
    hotfix(repo, "one", "v2.3.1", {"logo.bin": PICTURES[1]})
    hotfix(repo, "two", "v2.3.2", {"logo.bin": PICTURES[2]})
    repo.switch("side", "dev")
    repo.commit("Side", {"side.txt": "x\n", "logo.bin": PICTURES[0]})
    repo.merge("main", "-s", "ours")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side")
    assert told(repo, tag="v2.3.2", **selected) == ("dropped", None)


SHOW = """\
def test_show(run):
    run.answers('show')
    assert show(run) == {}


def test_find(run):
    run.answers('find')
    assert find(run) == {}
"""
DIFF = "\n\ndef test_diff(run):\n    run.answers({})\n    assert diff(run) == {{}}\n"


@pytest.mark.parametrize("selected", [{}, {"hotfix_tags": ALONE}])
def test_a_fix_that_went_with_what_an_earlier_one_of_its_hotfix_had_made(
    tmp_path: Path, selected: dict[str, Any]
) -> None:
    """The branch kept its own side of the file at both merges, and changed it elsewhere."""

    def made(answers: str) -> dict[str, str]:
        show, find = SHOW.split("\n\n\n")
        return {"src/facts.py": show + "\n" + DIFF.format(answers) + "\n\n" + find}

    repo = protocol(tmp_path / "shop", branches=())
    repo.commit("Facts", {"src/facts.py": SHOW})
    repo.tag("v2.4.0")
    repo.branch("dev")
    repo.commit("Show what is new", made("'diff'"))
    repo.switch("dev")
    ours = SHOW.replace("answers('show')", "answers('show', 'all')")
    repo.commit("All facts", {"src/facts.py": ours})
    repo.merge("main", "-s", "ours")
    repo.switch("main")
    repo.commit("Errors apart", made("'diff', combine=False"))
    repo.tag("v2.3.2")
    repo.switch("dev")
    repo.merge("main", "-s", "ours")
    repo.commit("Find one", {"src/facts.py": ours.replace("answers('find')", "answers('find', 'one')")})
    assert told(repo, tag="v2.3.2", **selected) == ("dropped", None)
    verdict = pair(audit(repo, branches=["dev"], **selected), "v2.3.2", "dev")
    assert [fix.status for fix in verdict.fixes] == ["dropped", "dropped"]


KEY = "pub {0}-key\nuid {0}\nsub {0}-{1}\n" + "".join(f"{{0}}{{1}}line{n}\n" for n in range(8)) + "end of {0}\n"


@pytest.mark.parametrize("selected", [{}, {"hotfix_tags": ALONE}])
def test_what_another_fix_had_brought_to_an_empty_file_and_was_taken_out(
    tmp_path: Path, selected: dict[str, Any]
) -> None:
    """The key of one who left, before that of another, which was made anew once more."""
    repo = protocol(tmp_path / "shop", branches=())
    repo.commit("Keys", {"keys": ""})
    repo.tag("v2.3.0.1")
    hotfix(repo, "ann", "v2.3.1", {"keys": KEY.format("ann", 1)})
    repo.commit("Bob", {"keys": KEY.format("ann", 1) + KEY.format("bob", 1)})
    repo.tag("v2.4.0")
    hotfix(repo, "bob", "v2.3.2", {"keys": KEY.format("ann", 1) + KEY.format("bob", 2)})
    repo.switch("dev", "main")
    repo.commit("Without Ann", {"keys": KEY.format("bob", 2)})
    repo.commit("Bob", {"keys": KEY.format("bob", 3)})
    assert told(repo, tag="v2.3.2", **selected)[0] == "present"
