"""A fix of whose lines nothing is left on main either: a branch that has main's files has what main has of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, hotfix, protocol, started
from tests.judged import assert_checks_hold, audit, pair, told

PAY = """\
def login(request, session):
    audit.log('login', session)
    return render(session)


def pay(request, session):
{guard}    account = session.account_of(request)
    total = compute(account, request)
    return render(total)


class Receipt:
    limit = {limit}
"""
GUARD = "    if not session.verified:\n        raise Forbidden('unverified')\n"
BETTER = "    if request.amount and not session.is_verified():\n        raise Forbidden('unverified', session)\n"


def pay(guard: str = "", limit: str = "10", **files: str) -> Files:
    return {"src/pay.py": PAY.format(guard=guard, limit=limit), **files}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay())
    return repo


def last(repo: Repo, branch: str) -> str:
    """What is said of the last commit of a hotfix that has others."""
    verdict = pair(audit(repo, branches=[branch]), "v2.4.1", branch)
    assert_checks_hold(repo.path, verdict)
    return verdict.fixes[-1].status.value


def on_qa(repo: Repo, *files: Files) -> tuple[str, str | None]:
    """What is said of the fix on qa, once it has these files."""
    repo.switch("qa")
    for some in files:
        repo.commit("Of our own", some, author="Quin <quin@example.com>")
    return told(repo, "qa", "v2.4.1")


def test_the_fix_was_written_anew_on_main_and_the_branch_has_that(repo: Repo) -> None:
    fixed(repo, pay(GUARD))
    repo.commit("Ask better", pay(BETTER))
    assert on_qa(repo, pay(BETTER)) == ("present", "content")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.fixes[0].evidence.detail == "its files are as at main's tip, which went on from the fix in them"
    assert verdict.arrival == repo.oid("qa")
    tips = {repo.oid("main"), repo.oid("qa")}
    assert tips <= {word.partition(":")[0] for check in verdict.checks for word in check.run.split()}


def test_the_branch_has_it_since_it_had_that_first(repo: Repo) -> None:
    fixed(repo, pay(GUARD))
    repo.commit("Ask better", pay(BETTER))
    on_qa(repo, pay(BETTER))
    came = repo.oid("qa")
    repo.commit("More", {"NOTES": "none\n"})
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.arrival == came


@pytest.mark.parametrize(("later", "status"), [("1.22.1", "present"), ("1.21.5", "missing")])
def test_a_version_that_both_have_set_since(repo: Repo, later: str, status: str) -> None:
    """Raised further, it is no worse; a lower one is what the fix was against."""
    repo.commit("Go", {".go-version": "1.21.7\n"})
    repo.branch("old")
    fixed(repo, {".go-version": "1.21.8\n"})
    repo.commit("Go on", {".go-version": f"{later}\n"})
    repo.switch("old")
    repo.commit("Of our own", {".go-version": f"{later}\n"})
    assert last(repo, "old") == status


def test_a_file_that_the_branch_has_under_another_name(repo: Repo) -> None:
    fixed(repo, pay(GUARD))
    repo.commit("Ask better", pay(BETTER))
    text = pay(BETTER)["src/pay.py"]
    assert on_qa(repo, {"src/pay.py": None, "lib/pay.py": pay()["src/pay.py"]}, {"lib/pay.py": text}) == (
        "present",
        "content",
    )


# Main moved its code elsewhere, so that nothing of it is said in its place: the branch has all that main changed

HELPED = "    guards.verify(session)\n"
GUARDS = {"src/guards.py": f"def verify(session):\n{GUARD}"}
# Not what an early return is: other words, in another place.
WHOLE = str(pay()["src/pay.py"])
ANEW = WHOLE[: WHOLE.index("def pay")] + "@verified\ndef settle(order):\n    return order.settle()\n"


def sync(repo: Repo, how: str) -> None:
    repo.switch("qa")
    if how != "copied":
        repo.commit("Of our own", {"other.txt": "other\n"})
    if how == "squashed":
        repo.merge("main", "--squash")
    else:
        repo.git("checkout", "main", "--", ".")
        repo.commit("As in production")


@pytest.mark.parametrize("how", ["squashed", "copied beside its own", "copied"])
@pytest.mark.parametrize(
    "since",
    [[{**pay(HELPED), **GUARDS}], [GUARDS, pay(HELPED)], [{"src/pay.py": ANEW}]],
    ids=["moved", "apart", "anew"],
)
def test_all_of_main_was_brought_as_its_files(repo: Repo, since: list[Files], how: str) -> None:
    fixed(repo, pay(GUARD))
    for files in since:
        repo.commit("Ask elsewhere", files)
    sync(repo, how)
    assert told(repo, "qa", "v2.4.1") == ("present", "content")
    repo.switch("main")
    repo.commit("Go on", {"later.txt": "later\n", "NOTES.md": "later\n"})
    assert told(repo, "qa", "v2.4.1") == ("present", "content")
    repo.switch("qa")
    repo.commit("Back to what worked", pay())
    assert told(repo, "qa", "v2.4.1")[0] in ("missing", "reverted")


# What would fool it


@pytest.mark.parametrize(
    "theirs",
    [pay(HELPED), {**pay(HELPED), "src/guards.py": "def verify(session):\n    session.touch()\n"}, {**pay(), **GUARDS}],
    ids=["no helper", "another helper", "no call"],
)
@pytest.mark.parametrize("together", [True, False])
def test_what_main_changed_with_it_is_not_there(repo: Repo, theirs: Files, together: bool) -> None:
    """What was moved away is not where main has it."""
    fixed(repo, pay(GUARD))
    for files in [{**pay(HELPED), **GUARDS}] if together else [GUARDS, pay(HELPED)]:
        repo.commit("Ask elsewhere", files)
    assert on_qa(repo, theirs)[0] == "missing"


def test_what_main_has_taken_back_is_no_fix(repo: Repo) -> None:
    repo.revert(fixed(repo, pay(GUARD)))
    repo.commit("Go on", {"src/pay.py": ANEW})
    sync(repo, "copied")
    assert told(repo, "qa", "v2.4.1")[0] == "withdrawn"


@pytest.mark.parametrize("went_on", [False, True])
def test_a_branch_that_has_nothing_of_it(repo: Repo, went_on: bool) -> None:
    fixed(repo, pay(GUARD))
    if went_on:
        repo.commit("Ask better", pay(BETTER))
    assert on_qa(repo)[0] == "missing"


def test_main_took_the_file_of_a_branch_that_never_had_the_fix(repo: Repo) -> None:
    """So main lost it, and what the branch has is what it had."""
    fixed(repo, pay(GUARD))
    own: Files = {"src/pay.py": str(pay()["src/pay.py"]).replace("account_of(request)", "verified_account(request)")}
    on_qa(repo, own)
    repo.switch("main")
    repo.merge("qa", resolve=own)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


def test_main_took_lines_of_a_branch_that_never_had_the_fix(repo: Repo) -> None:
    """Among others of its own; the branch has picked the mixture since."""
    fixed(repo, pay(GUARD))
    own = str(pay()["src/pay.py"]).replace("account_of(request)", "verified_account(request, 'unverified')")
    on_qa(repo, {"src/pay.py": own})
    repo.switch("main")
    mixed = own.replace("limit = 10", "limit = 20")
    repo.merge("qa", resolve={"src/pay.py": mixed})
    assert on_qa(repo, {"src/pay.py": mixed})[0] == "missing"


def test_a_part_of_it_is_as_before_on_both(repo: Repo) -> None:
    fixed(repo, pay(GUARD, limit="20"))
    repo.commit("Ask no more", pay("", limit="30"))
    assert on_qa(repo, pay("", limit="30"))[0] == "missing"


def test_a_line_that_it_removed_is_back_on_both(repo: Repo) -> None:
    repo.commit("Ask", pay(GUARD))
    repo.branch("old")
    fixed(repo, pay("", limit="20"))
    repo.commit("Ask again", pay(GUARD, limit="30"))
    repo.switch("old")
    repo.commit("Of our own", pay(GUARD, limit="30"))
    assert last(repo, "old") == "missing"


def test_the_code_was_moved_away_on_both(repo: Repo) -> None:
    """Of what is left behind both have the same; where the code went, only main has the fix."""
    fixed(repo, pay(GUARD))
    text, bare = (str(pay(guard)["src/pay.py"]) for guard in (GUARD, ""))
    start, end = text.index("def pay"), text.index("class Receipt")
    stub = "def pay(request, session):\n    return payment.pay(request, session)\n\n\n"
    left = text[:start] + stub + text[end:]
    repo.commit("Apart", {"src/pay.py": left, "src/payment.py": text[start:end]})
    assert (
        on_qa(repo, {"src/pay.py": left, "src/payment.py": bare[start : bare.index("class Receipt")]})[0] == "missing"
    )


def test_a_file_of_it_is_gone_from_both(repo: Repo) -> None:
    """What became of that part cannot be told."""
    cart = "def cart(session):\n{}    return session.cart\n"
    repo.commit("Carts", {"src/cart.py": cart.format("")})
    repo.branch("old")
    fixed(
        repo, {**pay(limit="20"), "src/cart.py": "def cart(session):\n    verify(session)\n    return session.cart\n"}
    )
    repo.commit("Go on", {**pay(limit="30"), "src/cart.py": None})
    repo.switch("old")
    repo.commit("Of our own", {**pay(limit="30"), "src/cart.py": None})
    assert last(repo, "old") == "missing"


def test_what_main_took_back_is_withdrawn(repo: Repo) -> None:
    oid = fixed(repo, pay(GUARD))
    repo.revert(oid)
    assert on_qa(repo)[0] == "withdrawn"


def test_a_merged_fix_is_told_by_its_history(repo: Repo) -> None:
    repo.switch("main")
    hotfix(repo, tag="v2.4.1", files=pay(GUARD))
    repo.commit("Ask better", pay(BETTER))
    repo.switch("qa")
    repo.merge("main")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    assert verdict.via is not None
    assert verdict.via.value == "merge"


@pytest.mark.parametrize(("on_branch", "said"), [("3", ("present", "content")), ("4", ("missing", None))])
def test_a_submodule_that_main_raised_again(repo: Repo, on_branch: str, said: tuple[str, str | None]) -> None:
    """Of its commits nothing is in the repository, and nothing needs to be."""

    def lib(digit: str, message: str) -> None:
        (repo.path / "lib").mkdir(exist_ok=True)
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{digit * 40},lib")
        repo.commit(message)

    lib("1", "A library")
    repo.tag("v2.5.0")
    repo.branch("uat")
    lib("2", "Raise it")
    repo.tag("v2.5.1")
    lib("3", "Raise it again")
    repo.switch("uat")
    lib(on_branch, "Raise ours")
    assert told(repo, "uat", "v2.5.1") == said
