"""A revert on a branch that was itself undone there, by whom and in whatever form: and the like, where it was not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import told

ENUM = """\
def enum(name, values):
    kind = {kind}
{check}    define(name, values)
{names}

def types(model):
    return {found}
{more}"""
OWN = "    names = sorted(values)"
CHECK = '    if not declared(name):\n        raise UndeclaredAttribute(f"no type for enum {name}")\n'
TEST = "def test_enum():\n    assert {asked}\n"


def enum(*, done: bool, own: bool = True, kind: str = "column(name)", more: str = "") -> Files:
    """The branch's own line stands beside the fix's, so that no pick makes the same change."""
    texts = {"check": CHECK, "found": "resolved(model)"} if done else {"check": "", "found": "model.types"}
    text = ENUM.format(kind=kind, names=OWN if own else "    names = values", more=more, **texts)
    return {"src/enum.py": text, "tests/enum.py": TEST.format(asked="raises(enum, 'x')" if done else "enum('x')")}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Qa has the fix by an adapted pick that names it, and a revert of that."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, enum(done=False, own=False))
    oid = fixed(repo, enum(done=True, own=False))
    repo.switch("qa")
    repo.commit("Our own names", enum(done=False, kind="column(name, values)"))
    adapted = enum(done=True, kind="column(name, values)")
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", adapted)
    repo.revert("HEAD")
    return repo


def status(repo: Repo) -> str:
    return told(repo, "qa", "v2.4.1")[0]


AGAIN = enum(done=True, kind="types(name, values)", more="\n\ndef resolved(model):\n    return model.loaded\n")


def test_a_revert_that_stands(repo: Repo) -> None:
    assert status(repo) == "reverted"


def test_a_revert_after_which_other_lines_moved_on(repo: Repo) -> None:
    repo.commit("Kinds", enum(done=False, kind="types(name, values)"))
    assert status(repo) == "reverted"


def test_all_of_it_came_again_in_a_larger_change(repo: Repo) -> None:
    repo.commit("Resolve types when the schema is loaded", AGAIN)
    assert status(repo) == "present"


def test_a_part_of_it_came_again_in_a_larger_change(repo: Repo) -> None:
    text = str(AGAIN["src/enum.py"]).replace(CHECK, "    trace(name)\n")
    repo.commit("Resolve types when the schema is loaded", {**AGAIN, "src/enum.py": text})
    assert status(repo) == "reverted"


def on_a_topic(repo: Repo) -> None:
    """The revert is reverted on a topic, in a form of its own, while qa goes on."""
    revert = repo.oid()
    repo.switch("topic", "qa")
    adapted = {**AGAIN, "tests/enum.py": TEST.format(asked="refused(enum, 'x')")}
    repo.commit(f'Revert "Revert "Mend it""\n\nThis reverts commit {revert}.', adapted)
    repo.switch("qa")
    repo.commit("Notes", {"NOTES": "None\n"})


def test_the_revert_was_reverted_on_a_topic(repo: Repo) -> None:
    on_a_topic(repo)
    repo.merge("topic")
    assert status(repo) == "present"


def test_the_revert_was_reverted_on_a_topic_that_the_merge_threw_away(repo: Repo) -> None:
    on_a_topic(repo)
    repo.merge("topic", "-s", "ours")
    repo.commit("Kinds", enum(done=False, kind="types(name, values)"))
    assert status(repo) == "reverted"


# A fix with a change log

LOG = "# Changes\n\n{entry}* Older entry\n"
ENTRY = "* Names of entry points are told with their values\n"
POINTS = "def points():\n    for point in found():\n        yield {}\n"


def logged(entry: str, told: str) -> Files:
    return {"CHANGES.md": LOG.format(entry=entry), "src/points.py": POINTS.format(told)}


@pytest.mark.parametrize(
    ("again", "found"), [(logged("", "point.name, point.value"), "present"), (logged(ENTRY, "point.name"), "reverted")]
)
def test_a_fix_was_taken_out_and_its_code_or_its_entry_came_again(tmp_path: Path, again: Files, found: str) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, logged("", "point.name"))
    oid = fixed(repo, logged(ENTRY, "point.name, point.value"))
    repo.switch("qa")
    repo.pick(oid)
    repo.revert("HEAD")
    repo.commit("Entry points", again)
    repo.commit("Begin the next", {"CHANGES.md": "# News\n\n## 3.0\n\n* All of it is new\n"})
    assert status(repo) == found


# Lines that stand elsewhere

TWO = """\
def pay(user):
{first}    amount = {amount}
    return receipt(amount)


def refund(user):
{second}    return credit(user)
"""
ALLOWED = "    check_that_it_is_allowed(user)\n"


def two(first: str, second: str, amount: str = "user.owes") -> Files:
    return {"src/pay.py": TWO.format(first=first, second=second, amount=amount)}


@pytest.mark.parametrize(("again", "found"), [("", "reverted"), (ALLOWED, "present")])
def test_another_function_has_the_line_that_was_taken_out(tmp_path: Path, again: str, found: str) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, two("", ALLOWED))
    oid = fixed(repo, two(ALLOWED, ALLOWED))
    repo.switch("qa")
    repo.pick(oid)
    repo.revert("HEAD")
    repo.commit("Amounts", two(f"{again}    log('pay', user)\n", ALLOWED, "total(user.carts)"))
    assert status(repo) == found
    repo.switch("main")
    repo.commit("Words", two(ALLOWED.replace("(user)", "(user, now)"), ALLOWED))
    assert status(repo) == found


# Undone by hand, and that was taken back: the line below the fix is the branch's own

BOOK = "# Runbook\n\nCall the desk.\n\n## Contacts\n\n- desk: {desk}\n{own}"


def book(desk: str, own: str = "") -> Files:
    return {"RUNBOOK.md": BOOK.format(desk=desk, own=own)}


@pytest.mark.parametrize(
    ("taken_back", "later", "status"),
    [
        (False, [], "reverted"),
        (True, [], "present"),
        (True, [book("113", "Note.\n")], "present"),
        (True, [book("100")], "reverted"),
        (True, [book("100"), book("101", "Note.\n")], "reverted"),
    ],
)
def test_what_was_undone_by_hand_was_taken_back(
    tmp_path: Path, taken_back: bool, later: list[Files], status: str
) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, book("100"))
    fixed(repo, book("112"))
    repo.switch("qa")
    repo.commit("Work on it", {**book("112", "Note.\n"), "feature.txt": "1\n"})
    repo.commit("Back out", book("100"))
    repo.commit("Go on", {"feature.txt": "2\n"})
    if taken_back:
        repo.revert("HEAD~1")
    for files in later:
        repo.commit("Work on it", files)
    assert told(repo, "qa", "v2.4.1")[0] == status


# Main has it in other words since, so that nothing else tells what the branch lost

PAY = """\
def pay({args}):
{guard}    amount = compute(session, request)
    return render(amount)
"""
GUARD = "    if not session.verified:\n        raise Forbidden('unverified')\n"
REWORDED = "    if session.is_unverified():\n        raise NotAllowed(session)\n"


def pay(guard: str, args: str = "session, request") -> Files:
    return {"src/pay.py": PAY.format(args=args, guard=guard)}


@pytest.fixture
def reworded(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay(""))
    fixed(repo, pay(GUARD))
    repo.commit("Words", pay(REWORDED))
    repo.switch("qa")
    return repo


def test_the_merge_that_brought_it_was_reverted_for_something_else(reworded: Repo) -> None:
    """It is named, and neither the fix nor what it found is there."""
    reworded.commit("Dry runs", pay("", "session, request, dry"))
    reworded.merge("v2.4.1", resolve=pay(GUARD, "session, request, dry"))
    reworded.revert("HEAD", "-m", "1", resolve=pay("    print(session)\n", "session, request, dry"))
    assert status(reworded) == "reverted"


# Main itself took it back, and mended it again, all of which or the first alone the branch has

OTHERWISE = "    if not verified(session): raise Forbidden('unverified')\n"


@pytest.mark.parametrize(("again", "found"), [(True, "present"), (False, "reverted")])
def test_main_took_it_back_and_mended_it_otherwise(tmp_path: Path, again: bool, found: str) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay(""))
    revert = repo.revert(fixed(repo, pay(GUARD)))
    repo.branch("was")
    if not again:
        repo.revert(revert)
    repo.commit("Mend it otherwise", pay(OTHERWISE))
    repo.switch("qa")
    repo.merge("main" if again else "was")
    repo.commit("Dry runs", pay(OTHERWISE if again else "", "session, request, dry"))
    assert status(repo) == found


def test_a_topic_that_took_a_fix_back_was_thrown_away_where_a_later_fix_has_its_place(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay(""))
    fix = repo.commit("Mend it", pay(GUARD))
    fixed(repo, pay(REWORDED))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Our own", {"src/pay.py": f"{repo.read('src/pay.py')}\n\nOWN = 1\n"})
    repo.switch("topic", "qa")
    repo.revert(fix, resolve=pay(""))
    repo.switch("qa")
    repo.commit("Notes", {"NOTES": "none\n"})
    repo.merge("topic", "-s", "ours")
    assert status(repo) == "present"


# Landed again by a commit that says nothing of the first

USERS = ("imported", "replayed", "mined", "stored", "synced", "traced", "served", "pruned")


def lookups(by: str, *, check: str = "", other: dict[str, str] | None = None) -> Files:
    """Eight users of a schedule, each of which looks up what is in force by a block's number, or by its header."""
    texts = (
        f"def {user}(block, schedule):\n    rules = {(other or {}).get(user, by)}\n    return rules.{user}(block)\n\n\n"
        for user in USERS
    )
    return {"src/users.py": "".join(texts) + f"def rules_of(block, schedule):\n{check}    return schedule.rules\n"}


NUMBER, HEADER = "schedule.by_number(block.header.number)", "schedule.by_header(block.header)"
SEALED = "    if not block.header.sealed:\n        raise UnsealedBlock(block)\n"


@pytest.mark.parametrize(
    ("again", "status_"),
    [
        (lookups(HEADER, check=SEALED, other={"pruned": "schedule.first()"}), "present"),
        (lookups(NUMBER, check=SEALED, other={"pruned": "schedule.first()"}), "reverted"),
        (lookups(HEADER, other={"pruned": "schedule.first()", "served": "schedule.latest()"}), "reverted"),
    ],
    ids=["most of it", "its check alone", "all but its check"],
)
def test_it_landed_again_on_both_and_the_branch_has_moved_on(tmp_path: Path, again: Files, status_: str) -> None:
    """Besu's 9ceebc4a57: main's revert came to the branch, too, and what brought it again there is another commit."""
    mended = lookups(HEADER, check=SEALED)
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, lookups(NUMBER))
    fixed(repo, mended)
    repo.revert("HEAD")
    repo.switch("qa")
    repo.merge("main")
    repo.commit("By header", again)
    repo.commit("Serve all", {"src/users.py": str(again["src/users.py"]) + "\n\ndef serve_all():\n    return None\n"})
    repo.switch("main")
    repo.commit("What is new", {**mended, "new.py": "new = True\n"})
    assert status(repo) == status_


INSTALL = "configure({name}.in {name})\ninstall({name} into {into})\n"


@pytest.mark.parametrize(("into", "status_"), [("include/shop", "present"), ("include", "reverted")])
def test_it_came_again_under_another_name_as_on_main(tmp_path: Path, into: str, status_: str) -> None:
    """Eos 17f6eeb8a8: both lines have what main has made of it since its own revert."""

    def lists(name: str, into: str, more: str = "") -> Files:
        return {"lists.cmake": f"set(shop 1)\n{INSTALL.format(name=name, into=into)}set(root here)\n{more}"}

    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, lists("shop.version.h", "include"))
    fixed(repo, lists("shop.version.h", "include/shop"))
    repo.revert("HEAD")
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Name it", lists("version.h", into, "set(qa 1)\n"))
    repo.switch("main")
    repo.commit("In its folder", lists("shop.version.h", "include/shop"))
    repo.commit("Name it", lists("version.h", "include/shop"))
    assert status(repo) == status_
