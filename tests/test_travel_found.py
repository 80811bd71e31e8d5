"""Stories that generated histories brought to light: each was once judged wrongly."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from auditor.model import Verdict
from tests.build import CART, LOGIN, LOGIN_FIXED, Repo, hotfix
from tests.judged import assert_checks_hold, audit, pair, told

CART_FIXED = CART.replace("value = 0", "value = 0.0")
GUARD = {"src/guard.py": "def guard():\n    return True\n"}


TWO_REGIONS = LOGIN_FIXED.replace('return "bye"', 'return "ciao"')


def on_dev(repo: Repo) -> Verdict:
    return pair(audit(repo, branches=["dev"]), "v2.3.1", "dev")


@pytest.mark.parametrize("other_work", ["", "# more\n"])
def test_squash_of_a_merge_holds_only_what_that_merge_brought(repo: Repo, other_work: str) -> None:
    """What main had meanwhile is in the hotfix's range, and not in the merge's change."""
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    meanwhile = repo.commit("Meanwhile", {"src/login.py": LOGIN.replace('return "bye"', 'return "ciao"')})
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("Squash", {"src/login.py": other_work + LOGIN_FIXED})
    assert told(repo) == ("partial", None)
    assert {f.commit: f.status.value for f in on_dev(repo).fixes}[meanwhile] == "missing"


@pytest.mark.parametrize("how", ["revert", "silently"])
@pytest.mark.parametrize("picked", [True, False])
def test_withdrawn_where_the_fix_adds_a_file_and_changes_another(repo: Repo, how: str, picked: bool) -> None:
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, **GUARD})
    if how == "revert":
        repo.revert(landed.fix)
    else:
        repo.commit("Tidy", {"src/login.py": LOGIN, "src/guard.py": None})
    if picked:
        repo.switch("dev")
        repo.pick(landed.fix)
    assert told(repo) == ("withdrawn", None)


def test_dropped_twice(repo: Repo) -> None:
    """The merge that lost the fix came to the branch by a merge that would have lost it, too."""
    hotfix(repo)
    repo.switch("side", "dev")
    repo.commit("Side work", {"side.txt": "x\n"})
    repo.merge("main", "-s", "ours")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side", "-s", "ours")
    assert told(repo) == ("dropped", None)


def test_withdrawn_where_the_fix_has_two_regions_in_one_file(repo: Repo) -> None:
    landed = hotfix(repo, files={"src/login.py": TWO_REGIONS})
    repo.revert(landed.fix)
    assert told(repo) == ("withdrawn", None)


def test_dropped_where_the_fix_has_two_regions_in_a_file_that_changed_since(repo: Repo) -> None:
    """The merge left the file as it was before the fix; later work stands beside the old lines."""
    hotfix(repo, files={"src/login.py": TWO_REGIONS})
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", "-s", "ours")
    repo.commit("Later", {"src/login.py": LOGIN + "# later\n"})
    assert told(repo) == ("dropped", None)


def test_kept_side_that_had_gone_beyond_the_fix_is_not_the_old_side(repo: Repo) -> None:
    """The branch had most of the fix's lines of its own, and keeps them in the conflict."""
    hotfix(repo)
    repo.switch("dev")
    mine = LOGIN_FIXED.replace('return "no"\n    if account.locked', 'return "unknown"\n    if account.locked')
    half = LOGIN.replace("    if account.locked:", "    if account is None:\n        return 0")
    repo.commit("Half", {"src/login.py": half})
    repo.commit("The rest", {"src/login.py": mine})
    repo.merge("main", resolve={"src/login.py": mine})
    assert told(repo) == ("present", "merge")


def test_merge_of_two_hotfixes_reverted_where_the_second_mends_the_first(repo: Repo) -> None:
    """What stands there now is older than what the second replaced."""
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    merge = repo.merge("main")
    repo.revert(merge, "-m", "1")
    assert told(repo, tag="v2.3.1") == ("reverted", None)
    assert told(repo, tag="v2.3.2") == ("reverted", None)


@pytest.mark.parametrize("text", [CART, CART_FIXED])
def test_mode_taken_back_in_a_file_that_changed_since(repo: Repo, text: str) -> None:
    repo.switch("hotfix/mode", "main")
    (repo.path / "src/cart.py").chmod(0o755)
    repo.commit("Executable", {"src/cart.py": text})
    repo.switch("main")
    repo.merge("hotfix/mode")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.merge("main")
    repo.commit("Later", {"src/cart.py": text + "# later\n"})
    assert told(repo) == ("present", "merge")
    (repo.path / "src/cart.py").chmod(0o644)
    repo.commit("Tidy", {"src/cart.py": text + "# tidy\n"})
    assert told(repo) == ("reverted", None)


def test_squash_at_another_name_is_not_proved_by_a_replay_that_follows_no_names(repo: Repo) -> None:
    repo.switch("dev")
    repo.rename("src/login.py", "lib/login.py")
    repo.commit("Move", {})
    repo.switch("main")
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Fix and more", {"lib/login.py": LOGIN_FIXED + "# more\n", "o.txt": "o\n"})
    rewritten = LOGIN_FIXED.replace("account = find(user)\n    if account is", "if user is")
    repo.commit("Rewrite", {"lib/login.py": rewritten})
    assert told(repo) == ("present", "squash")


REWRITTEN = "def login(user):\n    return user.login()\n"


@pytest.mark.parametrize("how", ["ours", "revert"])
@pytest.mark.parametrize("rest", ["", "# other work\n"])
def test_brought_again_after_it_was_undone_and_moved_on_since(repo: Repo, how: str, rest: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    if how == "ours":
        repo.merge("main", "-s", "ours")
    else:
        repo.merge("main")
        repo.revert(landed.fix)
    repo.commit("Now really", {"src/login.py": LOGIN_FIXED + rest})
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    assert told(repo) == ("present", "merge")


def test_squashed_whole_after_a_part_was_dropped(repo: Repo) -> None:
    repo.switch("hotfix/two", "main")
    one = repo.commit("One", {"src/login.py": LOGIN_FIXED})
    both = LOGIN_FIXED.replace('return "no"\n    if', 'return "unknown"\n    if')
    repo.commit("Two", {"src/login.py": both})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("topic", "dev")
    repo.pick(one)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("topic", "-s", "ours")
    repo.merge("hotfix/two", "--squash")
    assert told(repo)[0] == "present"


def test_older_lines_restored_without_saying_so(repo: Repo) -> None:
    """Of two hotfixes on the same lines both are gone, though what stands there is what the first one found."""
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main")
    repo.commit("Tidy up", {"src/login.py": LOGIN + "# tidy\n"})
    assert told(repo, tag="v2.3.1") == ("reverted", None)
    assert told(repo, tag="v2.3.2") == ("reverted", None)


def test_picks_of_a_rewritten_fix_dropped_together(repo: Repo) -> None:
    """Both picks lie in a history whose merge kept the old side: neither is the other's excuse."""
    repo.switch("hotfix/two", "main")
    one = repo.commit("One", {"src/login.py": LOGIN_FIXED})
    two = repo.commit("Two", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("topic", "dev")
    repo.commit("Topic", {"t.txt": "t\n"})
    repo.pick(one)
    repo.pick(two)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("topic", resolve={"src/login.py": LOGIN})
    assert told(repo) == ("dropped", None)
    assert {f.status.value for f in on_dev(repo).fixes} == {"dropped"}


def test_squashed_whole_after_all_of_it_was_dropped(repo: Repo) -> None:
    repo.switch("hotfix/two", "main")
    repo.commit("One", {"src/login.py": LOGIN_FIXED})
    repo.commit("Two", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", "-s", "ours")
    repo.commit("Really", {"src/login.py": "# top\n" + LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    assert told(repo) == ("present", "merge")


def test_a_revert_and_its_revert_in_one_hotfix_bring_the_fix_of_an_earlier_one(repo: Repo) -> None:
    """The two come to nothing together; the branch without the earlier hotfix still has the old lines."""
    landed = hotfix(repo)
    repo.revert(repo.revert(landed.fix))
    hotfix(repo, "cart", "v2.3.2", {"src/cart.py": CART_FIXED})
    repo.switch("dev")
    repo.commit("Cart", {"src/cart.py": CART_FIXED})
    assert told(repo, tag="v2.3.1") == ("missing", None)
    assert told(repo, tag="v2.3.2") == ("partial", None)


def test_the_side_that_was_taken_whole_had_picked_the_fix_and_moved_on(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("side", "dev")
    repo.pick(landed.fix)
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    repo.switch("dev")
    repo.merge("main")
    repo.merge("side", "-X", "theirs", resolve={"src/login.py": REWRITTEN})
    assert told(repo) == ("present", "merge")


@pytest.mark.parametrize("later", ["", "# later\n"])
def test_dropped_where_two_hotfixes_mend_the_same_lines(repo: Repo, later: str) -> None:
    """The second was made on the lines of the first, which the branch never had either."""
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("dev")
    repo.commit("Other", {"src/login.py": LOGIN + later, "o.txt": "o\n"})
    repo.merge("main", resolve={"src/login.py": LOGIN + later})
    assert told(repo, tag="v2.3.1") == ("dropped", None)
    assert told(repo, tag="v2.3.2") == ("dropped", None)


def test_dropped_where_main_removed_another_of_its_files_since(repo: Repo) -> None:
    mine = LOGIN.replace("find(user)", "search(user)")
    hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/cart.py": CART_FIXED})
    repo.commit("Drop the cart", {"src/cart.py": None})
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": mine})
    repo.merge("main", resolve={"src/login.py": mine, "src/cart.py": CART + "# kept\n"})
    repo.commit("Rework more", {"src/cart.py": "cart = 1\n"})
    assert told(repo) == ("dropped", None)


def test_dropped_whole_and_the_first_of_two_fixes_picked_since(repo: Repo) -> None:
    """What the second was made on came by the pick; the second itself was never there."""
    repo.switch("hotfix/two", "main")
    one = repo.commit("One", {"src/login.py": LOGIN_FIXED})
    two = repo.commit("Two", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", resolve={"src/login.py": LOGIN})
    repo.pick(one)
    assert told(repo) == ("dropped", None)
    assert {f.commit: f.status.value for f in on_dev(repo).fixes} == {one: "present", two: "dropped"}


@pytest.mark.parametrize("again", ["pick", "revert of the revert"])
def test_what_a_merge_brought_again_and_did_not_take_is_not_there(repo: Repo, again: str) -> None:
    """Reverted and rewritten; then a side that has the fix once more is merged, and the rewriting kept."""
    landed = hotfix(repo)
    repo.switch("dev")
    repo.merge("main")
    revert = repo.revert(landed.fix)
    repo.switch("side", "dev" if again != "pick" else "v2.3.0")
    repo.commit("Side", {"s.txt": "s\n"})
    repo.pick(landed.fix) if again == "pick" else repo.revert(revert)
    repo.switch("dev")
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    repo.merge("side", resolve={"src/login.py": REWRITTEN})
    assert told(repo) == ("reverted", None)


def test_a_revert_that_a_merge_brought_and_did_not_take(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main")
    repo.switch("side", "dev")
    repo.revert(landed.fix)
    repo.switch("dev")
    repo.commit("More", {"m.txt": "m\n"})
    repo.merge("side", "-s", "ours")
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    assert told(repo) == ("present", "merge")


def test_dropped_twice_where_the_fix_mends_another(repo: Repo) -> None:
    """What stands is older than what the fix was made on, on both sides of the merge that brought it."""
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("side", "dev")
    repo.commit("Side work", {"side.txt": "x\n"})
    repo.merge("main", "-s", "ours")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side")
    assert told(repo, tag="v2.3.1") == ("dropped", None)
    assert told(repo, tag="v2.3.2") == ("dropped", None)


def test_dropped_by_a_merge_of_a_side_that_had_moved_the_file(repo: Repo) -> None:
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")})
    repo.switch("side", "dev")
    repo.rename("src/login.py", "lib/login.py")
    repo.commit("Move", {})
    repo.merge("main")
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side", "-s", "ours")
    assert told(repo, tag="v2.3.1") == ("dropped", None)
    assert told(repo, tag="v2.3.2") == ("dropped", None)


MENDED = LOGIN_FIXED.replace('return "no"\n    if', "return 0\n    if")


def _in_one(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.commit("Fix more", {"src/login.py": MENDED})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")


def _in_two(repo: Repo) -> None:
    hotfix(repo)
    hotfix(repo, "again", "v2.3.2", {"src/login.py": MENDED})


@pytest.mark.parametrize("back", ["revert of the merge", "fast-forward to it", "silent"])
@pytest.mark.parametrize("fixed", [_in_one, _in_two])
def test_a_fix_of_a_fix_is_withdrawn_with_it(repo: Repo, fixed: Callable[[Repo], None], back: str) -> None:
    """Main has again what stood before both; that is not what the second one replaced, and no less gone."""
    fixed(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    merge = repo.merge("main")
    if back == "silent":
        repo.switch("main")
        repo.commit("Old", {"src/login.py": LOGIN})
        repo.switch("dev")
        repo.merge("main")
    else:
        repo.revert(merge, "-m", "1")
        repo.switch("main")
        if back == "revert of the merge":
            repo.commit("Meanwhile", {"m.txt": "m\n"})
        repo.merge("dev", *(("--ff-only",) if back == "fast-forward to it" else ()))
    found = [verdict for _, verdict in audit(repo, branches=["dev"]).pairs()]
    assert {f.status.value for verdict in found for f in verdict.fixes} == {"withdrawn"}
    for verdict in found:
        assert_checks_hold(repo.path, verdict)


def _fix(repo: Repo) -> str:
    return hotfix(repo).fix


def _feature(repo: Repo) -> str:
    repo.switch("main")
    oid = repo.commit("Feature", {"src/login.py": LOGIN_FIXED})
    repo.tag("v2.4.0")
    return oid


@pytest.mark.parametrize("how", ["silent", "pick", "reverts"])
@pytest.mark.parametrize("below", [_fix, _feature])
def test_reverted_with_what_it_was_made_on(repo: Repo, below: Callable[[Repo], str], how: str) -> None:
    """They arrived one after the other, and the branch went back to before both."""
    first = below(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main")
    mended = hotfix(repo, "again", "v2.4.1", {"src/login.py": MENDED})
    repo.switch("dev")
    repo.pick(mended.fix) if how == "pick" else repo.merge("main")
    if how == "reverts":
        repo.revert(mended.fix)
        repo.revert(first)
    else:
        repo.commit("Old", {"src/login.py": LOGIN})
    assert told(repo, tag="v2.4.1") == ("reverted", None)
    assert_checks_hold(repo.path, pair(audit(repo, branches=["dev"]), "v2.4.1", "dev"))


def test_what_the_branch_had_rewritten_before_the_fix_came_is_nothing_older(repo: Repo) -> None:
    """Its own lines, kept as the fix came, are no way back."""
    repo.switch("dev")
    repo.commit("Own way", {"src/login.py": REWRITTEN})
    _feature(repo)
    repo.switch("dev")
    repo.merge("main", resolve={"src/login.py": LOGIN_FIXED})
    hotfix(repo, "again", "v2.4.1", {"src/login.py": MENDED})
    repo.switch("dev")
    repo.merge("main")
    repo.commit("Own way again", {"src/login.py": LOGIN_FIXED.replace('return "no"', "return REFUSED")})
    assert told(repo, tag="v2.4.1") == ("present", "merge")


def test_dropped_where_the_branch_had_removed_the_file_and_got_an_old_one_since(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("side", "dev")
    repo.commit("Side", {"src/login.py": "# side\n" + LOGIN})
    repo.switch("dev")
    repo.remove("src/login.py")
    repo.commit("Remove", {})
    repo.git("merge", "--no-ff", "--no-commit", "-s", "ours", "main")
    repo.commit("Merge main, the file stays removed", {})
    repo.merge("side", resolve={"src/login.py": "# side\n" + LOGIN})
    assert told(repo) == ("dropped", None)


def test_a_revert_that_main_got_from_a_branch_and_did_not_take_withdraws_nothing(repo: Repo) -> None:
    """Picked and reverted on dev, which comes to nothing in a merge; then main rewrites the lines."""
    landed = hotfix(repo)
    repo.switch("dev")
    pick = repo.pick(landed.fix)
    repo.revert(pick)
    repo.commit("Other", {"o.txt": "o\n"})
    repo.switch("main")
    repo.merge("dev")
    assert repo.read("src/login.py") == LOGIN_FIXED
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    assert told(repo) == ("reverted", None)


def test_main_took_it_out_and_brought_it_again_and_the_branch_has_the_former_alone(repo: Repo) -> None:
    """Dev had rewritten the lines before: nothing of the fix ever came, though history has it."""
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    repo.switch("main")
    tidied = repo.commit("Tidy up", {"src/login.py": LOGIN})
    repo.switch("dev")
    repo.merge("main")
    assert repo.read("src/login.py") == REWRITTEN
    repo.switch("main")
    repo.revert(tidied)
    assert told(repo) == ("reverted", None)
    assert_checks_hold(repo.path, on_dev(repo))


def test_main_took_out_and_brought_again_a_part_of_what_the_branch_has_whole_by_itself(repo: Repo) -> None:
    repo.switch("hotfix/x", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.commit("Fix the fix", {"src/login.py": MENDED})
    repo.switch("main")
    repo.merge("hotfix/x")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("Copied", {"src/login.py": MENDED})
    repo.switch("main")
    repo.commit("Tidy up", {"src/login.py": LOGIN})
    repo.switch("dev")
    repo.merge("main")
    assert repo.read("src/login.py") == MENDED
    repo.switch("main")
    repo.commit("Half of it again", {"src/login.py": LOGIN_FIXED})
    assert [f.status for f in on_dev(repo).fixes] == ["present", "withdrawn"]
    assert_checks_hold(repo.path, on_dev(repo))


def test_a_reverted_merge_of_what_had_been_dropped_took_nothing_out(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("side", "dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", "-s", "ours")
    repo.switch("dev")
    repo.revert(repo.merge("side", "--no-ff"), "-m", "1")
    assert landed.fix in repo.git("rev-list", "dev")
    assert told(repo) == ("dropped", None)
    assert_checks_hold(repo.path, on_dev(repo))


def test_what_main_brings_again_did_not_come_with_a_merge_of_what_main_had_before(repo: Repo) -> None:
    """The merge makes the same change. But all that it brought lies below the fix, which undoes main's taking out."""
    first = hotfix(repo, files=GUARD)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main")
    repo.remove("src/guard.py")
    repo.commit("Tidy up", {"o.txt": "tidy\n"})
    repo.switch("main")
    repo.revert(repo.revert(first.fix))
    repo.commit("More", {"more.txt": "more\n"})
    repo.tag("v2.3.2")
    found = pair(audit(repo, branches=["dev"]), "v2.3.2", "dev")
    assert [f.status for f in found.fixes] == ["withdrawn", "missing", "missing"]
    assert_checks_hold(repo.path, found)


def test_main_got_it_again_from_a_branch_that_had_picked_it_before(repo: Repo) -> None:
    """The pick is no younger than main's taking back; the merge that brought it to main is."""
    landed = hotfix(repo)
    repo.switch("side", "v2.3.0")
    repo.pick(landed.fix)
    repo.switch("main")
    repo.commit("Tidy up", {"src/login.py": LOGIN})
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side")
    assert repo.read("src/login.py") == LOGIN_FIXED
    repo.commit("Rewrite", {"src/login.py": REWRITTEN})
    assert told(repo) == ("missing", None)


@pytest.mark.parametrize("how", ["dropped", "restored", "main"])
def test_a_picture_goes_back_by_two_fixes(repo: Repo, how: str) -> None:
    """Files that are compared as a whole go back to what was before an earlier fix, too."""
    pictures = [b"\x00one", b"\x00two", b"\x00three"]
    repo.switch("main")
    repo.commit("Picture", {"logo.bin": pictures[0]})
    repo.tag("v2.4.0")
    repo.switch("dev")
    repo.merge("main")
    hotfix(repo, "one", "v2.4.1", {"logo.bin": pictures[1]})
    hotfix(repo, "two", "v2.4.2", {"logo.bin": pictures[2]})
    repo.switch("side", "dev")
    repo.commit("Side", {"side.txt": "x\n"})
    repo.merge("main", *(("-s", "ours") if how == "dropped" else ()))
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("side")
    repo.switch("main" if how == "main" else "dev")
    if how != "dropped":
        repo.commit("Old", {"logo.bin": pictures[0]})
    status = {"dropped": "dropped", "restored": "reverted", "main": "withdrawn"}[how]
    assert told(repo, tag="v2.4.1") == (status, None)
    assert told(repo, tag="v2.4.2") == (status, None)


@pytest.mark.parametrize("left_out", [{"src/__init__.py": ""}, {"src/cart.py": CART.replace("    for", "\n    for")}])
def test_a_pick_of_a_merge_that_left_out_a_fix_without_a_line(repo: Repo, left_out: dict[str, str]) -> None:
    """An empty file or a blank line: no share of its lines can tell that it came."""
    repo.switch("hotfix/a", "main")
    repo.commit("Guard", {"src/login.py": LOGIN_FIXED})
    repo.commit("No line", left_out)
    repo.switch("main")
    merge = repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit(f"Guard\n\n(cherry picked from commit {merge})", {"src/login.py": LOGIN_FIXED})
    assert told(repo) == ("partial", None)


def test_branch_had_the_file_under_a_name_that_gave_way_in_a_merge(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "shop")
    text = "".join(f"line {n}\n" for n in range(40))
    repo.commit("Start", {"old/a.py": text})
    repo.tag("v2.2.0")
    repo.branch("dev")
    repo.switch("side", "main")
    repo.commit("Side", {"side.txt": "x\n"})
    repo.switch("main")
    repo.commit("Meanwhile", {"main.txt": "x\n"})
    repo.merge("side", resolve={"old/a.py": None, "new/a.py": text})
    repo.tag("v2.3.0")
    hotfix(repo, files={"new/a.py": text.replace("line 20\n", "LINE\n")})
    repo.switch("dev")
    repo.commit("Drop it", {"old/a.py": None})
    assert told(repo) == ("missing", None)


@pytest.mark.parametrize("since", ["", "moved on", "reverted"])
def test_squashed_to_main_and_merged_commit_by_commit_to_the_branch(repo: Repo, since: str) -> None:
    """The merge of the topic is the one commit on the branch that makes the change of the squash."""
    hello = LOGIN_FIXED.replace('return "welcome"', 'return "hello"')
    repo.switch("hotfix/a", "main")
    repo.commit("Guard", {"src/login.py": LOGIN_FIXED})
    repo.commit("Greet", {"src/login.py": hello})
    repo.switch("main")
    repo.merge("hotfix/a", "--squash")
    repo.tag("v2.3.1")
    repo.switch("dev")
    merge = repo.merge("hotfix/a")
    if since == "moved on":
        repo.commit(
            "Go on", {"src/login.py": hello.replace('"hello"', '"hi"').replace("account is None", "not account")}
        )
    if since == "reverted":
        repo.revert(merge, "-m", "1")
    assert told(repo) == (("reverted", None) if since == "reverted" else ("present", "squash"))
    assert since == "reverted" or on_dev(repo).fixes[0].evidence.commit == merge


def test_a_merge_that_kept_the_old_side_carries_no_squash(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Guard", {"src/login.py": LOGIN_FIXED})
    repo.commit("More", {"src/login.py": LOGIN_FIXED.replace('return "welcome"', 'return "hello"')})
    repo.switch("main")
    repo.merge("hotfix/a", "--squash")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.merge("hotfix/a", "-s", "ours")
    assert told(repo) == ("missing", None)


RENAMED = LOGIN.replace("find(user)", "search(user)")


@pytest.mark.parametrize("brought", ["merged", "picked"])
@pytest.mark.parametrize("fixed", [LOGIN_FIXED, RENAMED])
def test_restored_by_a_commit_that_does_more_and_moved_on_since(repo: Repo, brought: str, fixed: str) -> None:
    landed = hotfix(repo, files={"src/login.py": fixed})
    repo.switch("dev")
    repo.merge("main") if brought == "merged" else repo.pick(landed.fix)
    restored = repo.commit("Release", {"src/login.py": LOGIN, "VERSION": "2.4.0\n"})
    repo.commit("Go on", {"src/login.py": LOGIN.replace("find(user)", "get(user)").replace("locked", "is_locked")})
    assert told(repo) == ("reverted", None)
    assert on_dev(repo).fixes[0].evidence.commit == restored


@pytest.mark.parametrize("again", ["picked", "typed"])
def test_restored_by_a_commit_that_does_more_and_brought_again_and_moved_on(repo: Repo, again: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.merge("main")
    repo.commit("Release", {"src/login.py": LOGIN, "VERSION": "2.4.0\n"})
    repo.pick(landed.fix) if again == "picked" else repo.commit("Again", {"src/login.py": LOGIN_FIXED, "x.txt": "x\n"})
    repo.commit("Go on", {"src/login.py": LOGIN_FIXED.replace("is None", "== None").replace("locked", "is_locked")})
    assert told(repo)[0] == "present"


def test_the_next_heading_of_a_changelog_takes_out_no_entry(repo: Repo) -> None:
    """Years of releases: between a heading and the next it looks as before the entry was written, again and again."""
    log = "Version 2.3.1\n\nUnreleased\n\n{}\nVersion 2.3.0\n\n-   First.\n"
    repo.commit("Log", {"CHANGES": log.format("")})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, tag="v2.4.1", files={"CHANGES": log.format("-   Guarded.\n\n")})
    repo.switch("qa")
    repo.merge("main")
    released = log.format("-   Guarded.\n\n").replace("Unreleased", "Released 2026-01-02")
    for version in ("2.3.2", "2.3.3"):
        repo.commit(f"Start {version}", {"CHANGES": f"Version {version}\n\nUnreleased\n\n\n{released}"})
        repo.commit("Entry", {"CHANGES": f"Version {version}\n\nUnreleased\n\n-   More.\n\n\n{released}"})
        released = (
            f"Version {version}\n\nReleased 2026-01-03\n\n-   More.\n\n\n{released.replace('Guarded', 'Is guarded')}"
        )
    assert told(repo, "qa", "v2.4.1")[0] == "present"


@pytest.mark.parametrize(("old", "new"), [("\n", "\r\n"), ("    ", "\t")])
@pytest.mark.parametrize("brought", ["merged", "picked"])
def test_restored_in_a_file_that_got_other_white_space_throughout(repo: Repo, brought: str, old: str, new: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.merge("main") if brought == "merged" else repo.pick(landed.fix)
    repo.commit("Respace", {"src/login.py": LOGIN_FIXED.replace(old, new)})
    assert told(repo)[0] == "present"
    restored = repo.commit("Restore", {"src/login.py": LOGIN.replace(old, new), "VERSION": "2.4.0\n"})
    assert told(repo) == ("reverted", None)
    assert on_dev(repo).fixes[0].evidence.commit == restored


def test_a_fix_of_white_space_is_not_undone_by_white_space_elsewhere(repo: Repo) -> None:
    landed = hotfix(repo, files={"src/login.py": LOGIN.replace('    return "no"', '\treturn "no"')})
    repo.switch("dev")
    repo.pick(landed.fix)
    repo.commit("Respace", {"src/login.py": LOGIN.replace("    ", "\t").replace("\n", "\r\n")})
    assert told(repo) == ("present", "cherry-pick")


@pytest.mark.parametrize("says", ["Back it out", 'Revert "Fix login-crash (#12)"\n\nReverts acme/shop#12'])
def test_it_arrived_when_it_came_again_though_no_message_names_what_was_taken_out(repo: Repo, says: str) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.pick(landed.fix)
    repo.commit(says, {"src/login.py": LOGIN})
    repo.clock += 3 * 24 * 3600
    again = repo.clock
    repo.commit("Once more", {"src/login.py": LOGIN_FIXED})
    assert told(repo)[0] == "present"
    assert on_dev(repo).since == again


@pytest.mark.parametrize("says", ["We may have to revert {} one day", "This reverts commit {}."])
def test_a_message_about_a_revert_is_none_though_old_lines_came_back_by_other_work(repo: Repo, says: str) -> None:
    landed = hotfix(repo, files={"src/login.py": TWO_REGIONS})
    repo.commit("Speak\n\n" + says.format(landed.fix), {"README.md": "# Shop, spoken of\n"})
    repo.commit("Polish", {"src/login.py": LOGIN_FIXED.replace("is None", "== None")})
    assert told(repo) == ("missing", None)


def test_the_next_heading_of_a_changelog_says_again_that_there_is_nothing_yet(repo: Repo) -> None:
    """What the fix replaced, "n/a", stands under each new heading for a while."""
    log = "# 2.3.1 (XX)\n\n * {}\n\n# 2.3.0\n\n * First\n"
    repo.commit("Log", {"CHANGES": log.format("n/a")})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, tag="v2.4.1", files={"CHANGES": log.format("Fix the template")})
    repo.switch("qa")
    repo.merge("main")
    released = log.format("Fix the templates").replace("XX", "2026-01-02")
    repo.commit("Bump version", {"CHANGES": f"# 3.0.0 (XX)\n\n * n/a\n\n{released}", "VERSION": "3.0.0\n"})
    repo.commit("Entry", {"CHANGES": f"# 3.0.0 (XX)\n\n * More\n\n{released}"})
    assert told(repo, "qa", "v2.4.1")[0] == "present"


HEADER = "<?php\n\n/*\n * This is free.\n *\n */\n\n"
CLASS = HEADER + "class {0}\n{{\n    public function go()\n    {{\n{1}    }}\n}}\n"


def test_a_licence_and_braces_alone_make_no_two_files_alike(repo: Repo) -> None:
    """Most lines of small files are equal: that one has the other's old line does not say that it moved there."""
    body = [f"        $this->reached('a call, step {n}, told in some more words');\n" for n in range(4)]
    old = "        return $this->old;\n"
    repo.commit("Call", {"lib/Call.php": CLASS.format("Call", "".join([*body, old]))})
    repo.tag("v2.5.0")
    fixed = CLASS.format("Call", "".join([*body, "        return $this->new;\n"]))
    hotfix(repo, tag="v2.5.1", files={"lib/Call.php": fixed})
    repo.switch("dev")
    repo.merge("main")
    for branch in ("main", "dev"):
        repo.switch(branch)
        repo.remove("lib/Call.php")
        repo.commit("Write anew", {"src/Markup.php": CLASS.format("Markup", old)})
    assert told(repo, "dev", "v2.5.1")[0] == "present"


STAMP = "def stamp(key):\n{0}\n\n\ndef other():\n    return None\n"
GUARDED = "    if file_exists(key):\n        return mtime(key)\n\n    return 0"
TURNED = "    if not is_file(key):\n        return 0\n\n    return mtime(key)"


@pytest.mark.parametrize(("later", "status"), [(TURNED, "missing"), ("    return mtime(key)", "withdrawn")])
def test_main_that_says_it_in_other_words_has_not_taken_it_back(repo: Repo, later: str, status: str) -> None:
    """The old line stands again, below a guard that does what the fix did."""
    repo.commit("Stamp", {"src/stamp.py": STAMP.format("    return mtime(key)")})
    repo.tag("v2.5.0")
    repo.branch("qa")
    hotfix(repo, tag="v2.5.1", files={"src/stamp.py": STAMP.format(GUARDED)})
    repo.commit("Turn it round", {"src/stamp.py": STAMP.format(later), "VERSION": "2.6.0\n"})
    assert told(repo, "qa", "v2.5.1")[0] == status


def test_a_merge_of_a_binary_that_both_sides_changed(repo: Repo) -> None:
    """There is no text to merge: what the merge chose came from a side, and is no fix of its own."""
    repo.commit("Logo", {"logo.png": b"\x89PNG\0one"})
    repo.tag("v2.5.0")
    repo.branch("qa")
    repo.switch("hotfix/logo", "main")
    repo.commit("Mend the logo", {"logo.png": b"\x89PNG\0fixed"})
    repo.switch("main")
    repo.commit("Another logo", {"logo.png": b"\x89PNG\0other"})
    repo.merge("hotfix/logo", resolve={"logo.png": b"\x89PNG\0fixed"})
    repo.tag("v2.5.1")
    assert told(repo, "qa", "v2.5.1") == ("missing", None)
    repo.switch("qa")
    repo.merge("main")
    assert told(repo, "qa", "v2.5.1") == ("present", "merge")


def test_a_claim_is_held_against_what_the_whole_hotfix_left_of_the_fix(repo: Repo) -> None:
    """The second fix rewrote most of the first; one commit of the branch has both but a line, and names the first."""
    first = "".join(f"first_{n} = {n}\n" for n in range(5))
    second = "first_0 = 0\n" + "".join(f"second_{n} = {n}\n" for n in range(4))
    repo.switch("hotfix/a", "main")
    one = repo.commit("First", {"src/login.py": LOGIN + first})
    repo.commit("Second", {"src/login.py": LOGIN + second})
    repo.switch("main")
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    repo.switch("dev")
    said = f"Both\n\n(cherry picked from commit {one})"
    repo.commit(said, {"src/login.py": LOGIN + second.replace("second_3 = 3", "second_3 = 30")})
    fixes = {f.commit: f for f in on_dev(repo).fixes}
    assert fixes[one].status == "present"
    assert fixes[one].via == "declared"
