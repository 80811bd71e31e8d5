"""Conflicts resolved to a side that never had a part of the fix, while the rest of it came in, or stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import judged_why, told

PAY = """\
def login(request, session):
    audit.log('login', session)
    return render(session)


def pay({args}):
{guard}    account = {account}
    total = compute(account, request)
    return render(total)


class Receipt:
    total = 0
"""
GUARD = "    if not session.verified:\n        raise Forbidden('unverified')\n"
FORBIDDEN = "\n\nclass Forbidden(Exception):\n    status = 403\n"
OLD = {"args": "request, session", "account": "session.account_of(request)"}
DRY = {"args": "request, session, *, dry=False", "account": "session.accounts[request.pay_id]"}


def pay(guard: str = "", more: str = "", words: dict[str, str] = OLD, **files: str) -> Files:
    return {"src/pay.py": PAY.format(guard=guard, **words) + more, **files}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay())
    fixed(repo, pay(GUARD, FORBIDDEN))
    repo.switch("qa")
    return repo


# The merge by which the fix came


def test_the_guard_was_left_out_and_the_rest_let_in(repo: Repo) -> None:
    repo.commit("Dry runs", pay(words=DRY))
    repo.merge("main", resolve=pay("", FORBIDDEN, DRY))
    status, detail = judged_why(repo)
    assert status == "dropped"
    assert detail.endswith("but kept in src/pay.py the lines of a side that never had it")


@pytest.mark.parametrize(
    "guard",
    [
        GUARD,
        GUARD.replace("if not", "if dry or not"),
        "    if not session.verified:\n        raise Forbidden(session)\n",
    ],
    ids=["as it is", "a word more", "in other words"],
)
def test_the_guard_was_let_in(repo: Repo, guard: str) -> None:
    repo.commit("Dry runs", pay(words=DRY))
    repo.merge("main", resolve=pay(guard, FORBIDDEN, DRY))
    assert judged_why(repo)[0] == "present"


def test_the_guard_was_put_where_its_code_lives_now(repo: Repo) -> None:
    checks = f"def checked(session):\n{GUARD}    return session\n"
    repo.commit("Dry runs", pay(words=DRY))
    repo.merge("main", resolve={**pay("", FORBIDDEN, DRY), "src/checks.py": checks})
    assert judged_why(repo)[0] == "present"


def test_what_the_guard_was_for_was_gone_from_the_branch(repo: Repo) -> None:
    """Nothing to guard, nothing lost."""
    text = pay()["src/pay.py"]
    assert isinstance(text, str)
    start, end = text.index("def pay"), text.index("class Receipt")
    less = {"src/pay.py": text[:start] + text[end:]}
    repo.commit("No payments", less)
    repo.merge("main", resolve={"src/pay.py": f"{less['src/pay.py']}{FORBIDDEN}"})
    assert judged_why(repo)[0] == "present"


def test_the_guard_came_with_a_later_commit(repo: Repo) -> None:
    repo.commit("Dry runs", pay(words=DRY))
    repo.merge("main", resolve=pay("", FORBIDDEN, DRY))
    repo.commit("Guard", pay(GUARD, FORBIDDEN, DRY))
    assert judged_why(repo)[0] == "present"


# The fix is the guard alone, and the merge took nothing of main: what it came to before, by it, or since

OWN_ARGS = {**OLD, "args": DRY["args"]}
OTHER_WORDS = "    if session.verified is False:\n        raise Forbidden(session)\n"


@pytest.fixture
def guarded(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay())
    fixed(repo, pay(GUARD))
    repo.switch("qa")
    return repo


def test_the_branch_had_a_pick_in_other_words_by_then(guarded: Repo) -> None:
    guarded.pick("main", "-x")
    guarded.commit("Our words", pay(OTHER_WORDS))
    guarded.merge("main", "-s", "ours")
    assert judged_why(guarded)[0] == "present"


def test_the_merge_put_other_words(guarded: Repo) -> None:
    guarded.commit("Dry runs", pay(words=OWN_ARGS))
    guarded.merge("main", resolve=pay(OTHER_WORDS, words=OWN_ARGS))
    assert judged_why(guarded)[0] == "present"


def test_a_later_commit_brought_it_with_a_word_more(guarded: Repo) -> None:
    guarded.commit("Dry runs", pay(words=OWN_ARGS))
    guarded.merge("main", "-s", "ours")
    guarded.commit("Guard", pay(GUARD.replace("if not", "if dry or not"), words=OWN_ARGS))
    assert judged_why(guarded)[0] == "present"


# A later merge


@pytest.mark.parametrize(("guard", "status"), [("", "dropped"), (GUARD, "present")])
def test_a_topic_that_began_before_the_fix(repo: Repo, guard: str, status: str) -> None:
    repo.branch("topic")
    repo.merge("main")
    repo.switch("topic")
    repo.commit("Dry runs", pay(words=DRY))
    repo.switch("qa")
    repo.merge("topic", resolve=pay(guard, FORBIDDEN, DRY))
    assert judged_why(repo)[0] == status


def test_a_topic_that_had_the_fix_and_went_on_from_it(repo: Repo) -> None:
    """Whoever knew the fix, and wrote it anew, did not drop it."""
    repo.merge("main")
    repo.branch("topic")
    repo.switch("topic")
    repo.commit("Dry runs", pay("    require_verified(session)\n", FORBIDDEN, DRY))
    repo.switch("qa")
    repo.commit("Notes", {"NOTES": "none\n"})
    repo.merge("topic")
    assert judged_why(repo)[0] == "present"


@pytest.mark.parametrize(("guard", "status"), [("", "dropped"), (GUARD, "present")])
def test_a_line_between_them_left_it_out_and_was_merged(repo: Repo, guard: str, status: str) -> None:
    """The merge that left it out is on no first-parent line of the branch that merged it later."""
    repo.branch("next")
    repo.switch("next")
    repo.commit("Dry runs", pay(words=DRY))
    repo.merge("main", resolve=pay("", FORBIDDEN, DRY))
    if guard:
        repo.commit("Guard", pay(guard, FORBIDDEN, DRY))
    repo.commit("Notes", {"NOTES": "none\n"})
    repo.switch("qa")
    repo.commit("Of our own", {"OWN": "one\n"})
    repo.merge("next")
    assert judged_why(repo)[0] == status


def test_what_is_not_in_force_is_not_dropped(tmp_path: Path) -> None:
    """A branch has a lock file of its own."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    lock = "first = 1\nzipp = '{}'\nlast = 9\n"
    started(repo, {"uv.lock": lock.format("sha256:1111"), "src/a.py": "one = 1\n"})
    fixed(repo, {"uv.lock": lock.format("sha256:2222"), "src/a.py": "one = 2\n"})
    repo.switch("qa")
    own = lock.replace("first = 1", "first = 2").replace("last = 9", "last = 8").format("sha256:1111")
    repo.commit("Of our own", {"uv.lock": own.replace("zipp = 'sha256:1111'", "zipp = 'sha256:1111' # ours")})
    repo.merge(
        "main",
        resolve={"uv.lock": own.replace("zipp = 'sha256:1111'", "zipp = 'sha256:3333'"), "src/a.py": "one = 2\n"},
    )
    assert told(repo, "qa", "v2.4.1")[0] == "present"
