"""How a hotfix reached a branch, or did not: one story each, on real repositories."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import BASE, CART, LOGIN, LOGIN_FIXED, Repo, back_merge, hotfix, protocol
from tests.judged import audit, hotfix_of, pair, told

CART_FIXED = CART.replace("value = 0", "value = 0.0")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop")


# Present


def test_back_merged(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    assert told(repo) == ("present", "merge")


def test_fast_forwarded(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.merge("main", "--ff-only")
    assert told(repo) == ("present", "merge")


def test_cherry_picked(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit("Other work", {"other.txt": "x\n"})
    repo.pick(landed.fix)
    assert told(repo) == ("present", "cherry-pick")


def test_cherry_picked_to_a_topic_that_was_merged(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("topic", "dev")
    repo.pick(landed.fix)
    repo.switch("dev")
    repo.commit("Other work", {"other.txt": "x\n"})
    repo.merge("topic")
    assert told(repo) == ("present", "cherry-pick")


def test_merge_picked_as_one_commit(repo: Repo) -> None:
    repo.switch("hotfix/two", "main")
    repo.commit("One", {"src/login.py": LOGIN_FIXED})
    repo.commit("Two", {"src/cart.py": CART_FIXED})
    repo.switch("main")
    merge = repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.pick(merge, "-m", "1")
    assert told(repo) == ("present", "squash")


def test_squashed_with_other_work(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Many things", {"src/login.py": LOGIN_FIXED + "\n\ndef more():\n    pass\n", "x.txt": "x\n"})
    assert told(repo) == ("present", "squash")


def test_typed_again_in_two_commits(repo: Repo) -> None:
    hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/cart.py": CART_FIXED})
    repo.switch("dev")
    repo.commit("Half", {"src/login.py": LOGIN_FIXED + "# a\n"})
    repo.commit("Other half", {"src/cart.py": CART_FIXED + "# b\n"})
    assert told(repo) == ("present", "content")


def test_renamed_on_the_branch_and_fixed_there(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.rename("src/login.py", "src/session/login.py")
    repo.commit("Move", {})
    repo.commit("Fix", {"src/session/login.py": LOGIN_FIXED + "# moved\n"})
    assert told(repo)[0] == "present"


def test_made_on_dev_first_and_picked_to_main(repo: Repo) -> None:
    """The fix is older on dev, and dev was merged to main since: the symmetric difference is empty."""
    repo.switch("dev")
    fix = repo.commit("Fix login", {"src/login.py": LOGIN_FIXED})
    repo.switch("hotfix/login", "main")
    repo.pick(fix)
    repo.switch("main")
    repo.merge("hotfix/login")
    repo.tag("v2.3.1")
    repo.merge("dev")
    repo.tag("v2.4.0")
    assert told(repo) == ("present", "cherry-pick")


def test_declared_pick_with_a_conflict_resolved_otherwise(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    moved = LOGIN.replace("if account.locked:", "if account.locked or account.old:")
    repo.commit("Rework", {"src/login.py": moved})
    text = moved.replace(
        "    if account.locked or", '    if account is None:\n        return "none"\n    if account.locked or'
    )
    repo.pick(landed.fix, "-x", resolve={"src/login.py": text})
    assert told(repo) == ("present", "declared")


def test_a_claim_that_changes_something_else_is_not_presence(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    repo.commit(f"Pretend\n\n(cherry picked from commit {landed.fix})", {"src/login.py": LOGIN + "# nothing\n"})
    assert told(repo) == ("missing", None)


def test_same_subject_date_and_author_but_another_change(repo: Repo) -> None:
    repo.switch("dev")
    repo.commit("Fix login-crash", {"src/cart.py": CART + "# other\n"})
    repo.switch("main")
    repo.clock -= 3600
    hotfix(repo)
    assert told(repo) == ("missing", None)


# Drift


def test_forgotten(repo: Repo) -> None:
    hotfix(repo)
    assert told(repo) == ("missing", None)


def test_half_of_it_picked(repo: Repo) -> None:
    repo.switch("hotfix/two", "main")
    one = repo.commit("One", {"src/login.py": LOGIN_FIXED})
    repo.commit("Two", {"src/cart.py": CART_FIXED})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.pick(one)
    assert told(repo) == ("partial", None)


def test_reverted_after_a_merge(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.revert(landed.fix)
    found = audit(repo, branches=["dev"])
    assert pair(found, "v2.3.1", "dev").since == repo.clock - 3600
    assert told(repo) == ("reverted", None)


def test_its_merge_reverted(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.revert(landed.merge, "-m", "1")
    assert told(repo) == ("reverted", None)


def test_its_back_merge_reverted(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    merge = repo.merge("main")
    repo.revert(merge, "-m", "1")
    assert told(repo) == ("reverted", None)


def test_its_pick_reverted(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("dev")
    pick = repo.pick(landed.fix)
    repo.revert(pick)
    assert told(repo) == ("reverted", None)


def test_reverted_and_then_rewritten(repo: Repo) -> None:
    """The lines stand in neither form: history says that it was taken out."""
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.revert(landed.fix)
    repo.commit(
        "Rewrite",
        {"src/login.py": LOGIN.replace("    account = find(user)\n    if account.locked", "    if user.gone")},
    )
    assert told(repo) == ("reverted", None)


def test_revert_reverted(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    revert = repo.revert(landed.fix)
    repo.revert(revert)
    back = repo.clock - 3600
    assert told(repo) == ("present", "merge")
    assert pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").since == back


def test_revert_reverted_and_then_moved_on(repo: Repo) -> None:
    landed = hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    revert = repo.revert(landed.fix)
    repo.revert(revert)
    repo.commit("Rewrite", {"src/login.py": "def login(user):\n    return user.login()\n"})
    assert told(repo) == ("present", "merge")


def test_old_lines_restored_without_saying_so(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("Tidy up", {"src/login.py": LOGIN + "# tidy\n", "x.txt": "x\n"})
    assert told(repo) == ("reverted", None)


def test_dropped_by_ours(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", "-s", "ours")
    assert told(repo) == ("dropped", None)


def test_dropped_by_ours_where_the_fix_adds_a_file(repo: Repo) -> None:
    hotfix(repo, files={"src/guard.py": "def guard():\n    return True\n"})
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("main", "-s", "ours")
    assert told(repo) == ("dropped", None)


def test_dropped_by_a_conflict_resolved_to_the_old_side(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("dev")
    mine = LOGIN.replace("account = find(user)", "account = search(user)")
    repo.commit("Rework", {"src/login.py": mine})
    repo.merge("main", resolve={"src/login.py": mine})
    assert told(repo) == ("dropped", None)


def test_dropped_pick_on_a_topic(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.switch("topic", "dev")
    repo.pick(landed.fix)
    repo.switch("dev")
    repo.commit("Other", {"o.txt": "o\n"})
    repo.merge("topic", "-s", "ours")
    assert told(repo) == ("dropped", None)


def test_moved_on_is_not_undone(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("Rewrite", {"src/login.py": "def login(user):\n    return user.login()\n"})
    assert told(repo) == ("present", "merge")


def test_file_deleted_later_is_not_undone(repo: Repo) -> None:
    hotfix(repo)
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("Drop logins", {"src/login.py": None, "src/cart.py": CART + "# x\n"})
    assert told(repo) == ("present", "merge")


# In sync for other reasons


def test_withdrawn_by_a_revert_on_main(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.revert(landed.merge, "-m", "1")
    assert told(repo) == ("withdrawn", None)


def test_withdrawn_silently(repo: Repo) -> None:
    hotfix(repo)
    repo.commit("Tidy", {"src/login.py": LOGIN + "# tidy\n"})
    assert told(repo) == ("withdrawn", None)


def test_withdrawal_withdrawn(repo: Repo) -> None:
    landed = hotfix(repo)
    revert = repo.revert(landed.fix)
    repo.revert(revert)
    assert told(repo) == ("missing", None)


def test_withdrawal_withdrawn_and_moved_on(repo: Repo) -> None:
    landed = hotfix(repo)
    revert = repo.revert(landed.fix)
    repo.revert(revert)
    repo.commit("Rewrite", {"src/login.py": "def login(user):\n    return user.login()\n"})
    assert told(repo) == ("missing", None)


def test_withdrawn_and_moved_on(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.revert(landed.fix)
    repo.commit("Rewrite", {"src/login.py": "def login(user):\n    return user.login()\n"})
    assert told(repo) == ("withdrawn", None)


def test_a_message_alone_withdraws_nothing(repo: Repo) -> None:
    landed = hotfix(repo)
    repo.commit(f"Revert it\n\nThis reverts commit {landed.fix}.", {"src/cart.py": CART + "# no\n"})
    assert told(repo) == ("missing", None)


def test_deleted_on_main_is_not_withdrawn(repo: Repo) -> None:
    hotfix(repo)
    repo.commit("Drop logins", {"src/login.py": None})
    assert told(repo) == ("missing", None)


def test_branch_never_had_the_file(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    repo.commit("Base", {"a.txt": "a\n"})
    repo.branch("dev")
    repo.commit("New part", {"part.txt": "1\n2\n3\n"})
    repo.tag("v2.3.0")
    hotfix(repo, files={"part.txt": "1\ntwo\n3\n"})
    assert told(repo) == ("not-applicable", None)


def test_branch_had_the_file_under_an_earlier_name(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    repo.commit("Base", {"old.txt": "".join(f"{n}\n" for n in range(20))})
    repo.branch("dev")
    repo.rename("old.txt", "new.txt")
    repo.commit("Rename", {})
    repo.tag("v2.3.0")
    repo.switch("dev")
    repo.commit("Drop", {"old.txt": None})
    repo.switch("main")
    hotfix(repo, files={"new.txt": "".join(f"{n}\n" for n in range(20)).replace("7\n", "seven\n")})
    assert told(repo) == ("missing", None)


def test_file_removed_before_the_fix_came(repo: Repo) -> None:
    repo.switch("dev")
    repo.commit("Drop logins", {"src/login.py": None})
    repo.switch("main")
    hotfix(repo)
    assert told(repo) == ("missing", None)


def test_nets_out_to_no_change(repo: Repo) -> None:
    repo.switch("hotfix/undo", "main")
    fix = repo.commit("Try", {"src/login.py": LOGIN_FIXED})
    repo.revert(fix)
    repo.switch("main")
    repo.merge("hotfix/undo")
    repo.tag("v2.3.1")
    assert told(repo) == ("not-applicable", None)


def test_waived(repo: Repo) -> None:
    hotfix(repo)
    waiver = {
        "tag": "v2.3.1",
        "branch": "dev",
        "reason": "rebuilt",
        "approved_by": "risk",
        "expires": "2099-01-31",
    }
    assert told(repo, waivers=[waiver]) == ("waived", None)


# What counts


def test_ignored_paths_do_not_count(repo: Repo) -> None:
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, "VERSION": "2.3.1\n"})
    repo.switch("dev")
    repo.commit("Version", {"VERSION": "2.4.0-dev\n"})
    repo.pick(landed.fix, resolve={"VERSION": "2.4.0-dev\n"})
    assert told(repo, ignore_paths=["VERSION"]) == ("present", "cherry-pick")


def test_merge_that_holds_a_change_of_its_own(repo: Repo) -> None:
    repo.switch("hotfix/evil", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.merge("hotfix/evil", resolve={"src/cart.py": CART_FIXED})
    repo.tag("v2.3.1")
    found = hotfix_of(audit(repo, branches=["dev"]), "v2.3.1")
    assert [f.paths for f in found.fixes] == [("src/login.py",), ("src/cart.py",)]
    assert told(repo) == ("missing", None)


def test_plain_merge_is_no_fix(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.commit("Meanwhile", {"src/login.py": LOGIN.replace('return "bye"', 'return "ciao"')})
    repo.merge("hotfix/a")
    repo.tag("v2.3.1")
    assert len(hotfix_of(audit(repo, branches=["dev"]), "v2.3.1").fixes) == 2


def test_ours_merge_on_main_is_a_fix_of_its_own(repo: Repo) -> None:
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.commit("Meanwhile", {"o.txt": "o\n"})
    repo.merge("hotfix/a", "-s", "ours")
    repo.tag("v2.3.1")
    assert [len(f.paths) for f in hotfix_of(audit(repo, branches=["dev"]), "v2.3.1").fixes] == [1, 1, 1]


# Forged presence


def test_forged_by_a_binary_of_the_same_name(repo: Repo) -> None:
    repo.commit("Logo", {"logo.bin": b"\0one"})
    repo.tag("v2.4.0")
    repo.git("branch", "-f", "dev", "main")
    hotfix(repo, tag="v2.4.1", files={"logo.bin": b"\0two"})
    repo.switch("dev")
    repo.commit("Logo", {"logo.bin": b"\0three"})
    assert told(repo, tag="v2.4.1") == ("missing", None)


def test_whitespace_counts_where_nothing_else_changes(repo: Repo) -> None:
    hotfix(repo, files={"src/cart.py": CART.replace("    for", "  for")})
    repo.switch("dev")
    repo.commit("Indent otherwise", {"src/cart.py": CART.replace("    for", "      for")})
    assert told(repo) == ("missing", None)


def test_mode_alone(repo: Repo) -> None:
    repo.switch("hotfix/mode", "main")
    (repo.path / "src/cart.py").chmod(0o755)
    repo.commit("Executable", {})
    repo.switch("main")
    repo.merge("hotfix/mode")
    repo.tag("v2.3.1")
    assert told(repo) == ("missing", None)
    back_merge(repo, "main", "dev")
    assert told(repo) == ("present", "merge")


def test_base_is_unchanged() -> None:
    assert BASE["src/login.py"] == LOGIN


def test_overruled_by_a_merge_that_took_the_other_side_whole(repo: Repo) -> None:
    hotfix(repo)
    repo.switch("other", "dev")
    repo.commit("Rework everything", {"src/login.py": "def login(user):\n    return user.login()\n"})
    repo.switch("dev")
    repo.merge("main", "--ff-only")
    repo.merge("other", "-X", "theirs", resolve={"src/login.py": "def login(user):\n    return user.login()\n"})
    assert told(repo) == ("dropped", None)


def test_same_lines_that_a_diff_may_slide_are_not_undone(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "r")
    top = "import re\nimport sys\n"
    repo.commit("Base", {"m.py": top + "\nfrom own import x\n" + "code\n" * 9})
    repo.tag("v2.3.0")
    repo.branch("dev")
    landed = hotfix(repo, files={"m.py": top + "\nimport packaging\n\nfrom own import x\n" + "code\n" * 9})
    repo.switch("dev")
    repo.commit("Own", {"m.py": top + "\nfrom own import x\n" + "code\n" * 9 + "more\n"})
    repo.pick(landed.fix)
    repo.commit("Sort", {"m.py": top + "import packaging\n\nfrom own import x\n" + "code\n" * 9 + "more\n"})
    assert told(repo)[0] == "present"


def test_declared_pick_that_left_a_hunk_out(repo: Repo) -> None:
    """What the pick itself left out was weighed by its rung; it was not taken out again."""
    landed = hotfix(repo, files={"src/login.py": LOGIN_FIXED, "src/cart.py": f"# cart\n{CART}"})
    repo.switch("dev")
    repo.commit("Rework", {"src/login.py": LOGIN.replace("find(user)", "search(user)")})
    fixed = LOGIN_FIXED.replace("find(user)", "search(user)")
    repo.pick(landed.fix, "-x", resolve={"src/login.py": fixed, "src/cart.py": CART})
    assert told(repo) == ("present", "declared")


@pytest.mark.parametrize("renamer", ["main", "hotfix/a"])
def test_plain_merge_across_a_rename_is_no_fix(repo: Repo, renamer: str) -> None:
    """One side renames the file, the other changes it: git carries the change to the new name."""
    repo.switch("hotfix/a", "main")
    for branch in ("hotfix/a", "main"):
        repo.switch(branch)
        if branch == renamer:
            repo.rename("src/login.py", "src/session.py")
            repo.commit("Rename", {})
        else:
            repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.merge("hotfix/a")
    assert repo.read("src/session.py") == LOGIN_FIXED
    repo.tag("v2.3.1")
    assert sorted(f.subject for f in hotfix_of(audit(repo, branches=["dev"]), "v2.3.1").fixes) == ["Fix", "Rename"]


def test_merge_that_takes_one_side_of_a_file_both_changed_is_a_fix(repo: Repo) -> None:
    """Both changes merge cleanly, so a result that lacks one of them is a change of the merge's own."""
    repo.switch("hotfix/a", "main")
    repo.commit("Fix", {"src/login.py": LOGIN_FIXED})
    repo.switch("main")
    mine = LOGIN.replace('return "bye"', 'return "ciao"')
    repo.commit("Meanwhile", {"src/login.py": mine})
    merge = repo.merge("hotfix/a", resolve={"src/login.py": mine})
    repo.tag("v2.3.1")
    assert merge in [f.commit for f in hotfix_of(audit(repo, branches=["dev"]), "v2.3.1").fixes]


# Fixes that were rewritten within their hotfix


def _rewritten(repo: Repo) -> None:
    """Two commits: the second writes the first one's line anew, and takes back a file that the first added."""
    repo.switch("hotfix/two", "main")
    repo.commit("First", {"src/cart.py": CART.replace("value = 0", "value = zero()"), "note.txt": "a note\n"})
    repo.commit("Second", {"src/cart.py": CART_FIXED, "note.txt": None, "src/login.py": LOGIN_FIXED})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")


def test_squash_of_fixes_of_which_one_left_nothing(repo: Repo) -> None:
    repo.switch("hotfix/two", "main")
    repo.commit("A note", {"note.txt": "a note\n"})
    repo.commit("Another note", {"note.txt": "another note\n"})
    repo.commit("The fix, and no note", {"src/login.py": LOGIN_FIXED, "note.txt": None})
    repo.switch("main")
    repo.merge("hotfix/two")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.merge("hotfix/two", "--squash")
    assert told(repo) == ("present", "squash")


def test_content_of_fixes_that_were_rewritten_within_the_hotfix(repo: Repo) -> None:
    _rewritten(repo)
    repo.switch("dev")
    repo.commit("Half", {"src/login.py": LOGIN_FIXED + "# a\n"})
    repo.commit("Other half", {"src/cart.py": CART_FIXED + "# b\n"})
    assert told(repo) == ("present", "content")


def test_half_of_a_rewritten_hotfix_is_not_there(repo: Repo) -> None:
    _rewritten(repo)
    repo.switch("dev")
    repo.commit("Half", {"src/cart.py": CART_FIXED + "# b\n"})
    assert told(repo)[0] in ("missing", "partial")


# Picks onto another version of the lines


PIN = "first\nclient==1.10.0\nsecond\nclient==1.10.0\nthird\n"


def _pinned(repo: Repo) -> str:
    repo.commit("Pin", {"pins.txt": PIN})
    repo.tag("v2.4.0")
    return hotfix(repo, "pins", "v2.4.1", {"pins.txt": PIN.replace("1.10.0", "1.11.0")}).fix


def test_declared_pick_replaced_the_branchs_own_version_of_a_line(repo: Repo) -> None:
    fix = _pinned(repo)
    repo.switch("dev")
    repo.commit("Pin otherwise", {"pins.txt": PIN.replace("1.10.0", "1.7.1").replace("third", "fourth")})
    new = PIN.replace("1.10.0", "1.11.0").replace("third", "fourth").replace("second\nclient==1.11.0", "second\nclient")
    repo.commit(f"Pin (cherry picked from commit {fix})", {"pins.txt": new})
    assert told(repo, tag="v2.4.1") == ("present", "declared")


def test_declared_pick_that_left_the_old_lines_is_missing(repo: Repo) -> None:
    fix = _pinned(repo)
    repo.switch("dev")
    repo.commit("Pin otherwise", {"pins.txt": PIN.replace("third", "fourth")})
    repo.commit(f"Pin (cherry picked from commit {fix})", {"pins.txt": PIN + "client==1.11.0\n" * 2})
    assert told(repo, tag="v2.4.1")[0] == "missing"


def test_a_claim_where_nothing_was_to_remove_is_not_presence(repo: Repo) -> None:
    """The fix only removes what the branch never had: a claim that changes something else shows nothing."""
    repo.commit("Trace", {"trace.txt": "one\ntrace\ntwo\n"})
    repo.tag("v2.4.0")
    fix = hotfix(repo, "trace", "v2.4.1", {"trace.txt": "one\ntwo\n"}).fix
    repo.switch("dev")
    repo.commit("Own", {"trace.txt": "other\n"})
    repo.commit(f"No trace (cherry picked from commit {fix})", {"trace.txt": "else\n"})
    assert told(repo, tag="v2.4.1")[0] != "present"
