"""What check commands say of themselves: what each shows, and of which fixes."""

from __future__ import annotations

import pytest

from auditor.output.words import shows
from auditor.proof import Check
from tests.build import Files, Repo, fixed, hotfix, started
from tests.judged import audit, pair, told

CART = {"src/cart.py": "total = 3\n"}
MENU = {"src/menu.py": "open = True\n"}


def two_fixes(repo: Repo) -> tuple[str, str]:
    landed = hotfix(repo, tag="v2.4.1", files=CART), hotfix(repo, "menu", "v2.4.2", MENU)
    repo.git("tag", "--delete", "v2.4.1")
    return landed[0].fix, landed[1].fix


def test_every_command_names_the_fix_it_is_for(repo: Repo) -> None:
    cart, menu = two_fixes(repo)
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.2", "dev")
    assert {f.commit for f in verdict.fixes} == {cart, menu}
    assert {c.fixes for c in verdict.checks} == {(cart,), (menu,)}
    assert all(c.fixes[0] in c.run for c in verdict.checks)
    assert shows(verdict.checks[0], verdict) == f"the fix is not in the branch's history (fix {cart[:12]}): "


def test_a_command_that_serves_two_fixes_is_run_once_and_names_both(repo: Repo) -> None:
    cart, menu = two_fixes(repo)
    repo.switch("dev")
    squashed = repo.commit("Take v2.4.2", {**CART, **MENU})
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.2", "dev")
    (carried,) = [c for c in verdict.checks if "--is-ancestor" in c.run and squashed in c.run]
    assert set(carried.fixes) == {cart, menu}
    assert len({c.run for c in verdict.checks}) == len(verdict.checks)


def test_of_many_fixes_some_are_named(repo: Repo) -> None:
    two_fixes(repo)
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.2", "dev")
    many = Check("git x", 0, None, "it is so", tuple(letter * 40 for letter in "abcde"))
    assert shows(many, verdict) == "it is so (fixes aaaaaaaaaaaa, bbbbbbbbbbbb, cccccccccccc and 2 more): "


def test_one_fix_needs_no_name_and_earlier_runs_say_nothing(repo: Repo) -> None:
    hotfix(repo, tag="v2.4.1", files=CART)
    verdict = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev")
    assert shows(verdict.checks[0], verdict) == "the fix is not in the branch's history: "
    assert shows(Check("git x", 0), verdict) == ""


def test_a_folder_in_the_place_of_a_deleted_file_can_be_verified(repo: Repo) -> None:
    repo.commit("Have notes", {"notes": "old\n"})
    repo.tag("v2.4.0")
    repo.git("branch", "--force", "dev", "main")
    landed = hotfix(repo, tag="v2.4.1", files={"notes": None})
    repo.switch("dev")
    repo.git("cherry-pick", landed.fix)
    repo.commit("Have a folder", {"notes/today.txt": "new\n"})
    assert told(repo, tag="v2.4.1") == ("present", "cherry-pick")
    checks = pair(audit(repo, branches=["dev"]), "v2.4.1", "dev").checks
    assert any(" cat-file -t " in c.run for c in checks)


CALL = "<?php\nfunction pay($cart)\n{{\n    log($cart);\n{mended}{last}}}\n"
OLD_CALL = "    return charge($cart);\n"


@pytest.mark.parametrize(
    "line",
    ["} catch (\\Exception $e) {", "return \\Entity\\Event::of($cart);", "$log = 'C:\\Events\\Eas\\E';"],
)
def test_a_line_that_git_would_not_look_for_as_it_stands(repo: Repo, line: str) -> None:
    """Git looks for a fixed string as for one that PCRE quotes, which ends at a backslash and an E."""
    started(repo, {"src/pay.php": CALL.format(mended=OLD_CALL, last="")})
    repo.switch("qa")
    repo.commit("Our own", {"src/pay.php": CALL.format(mended=OLD_CALL, last="    // ours\n")})
    repo.switch("main")
    mended = f"    {line}\n"
    fix = fixed(repo, {"src/pay.php": CALL.format(mended=mended, last="")})
    repo.switch("qa")
    said = f"Mend it\n\n(cherry picked from commit {fix})"
    repo.commit(said, {"src/pay.php": CALL.format(mended=f"{mended}    tell($cart);\n", last="    // ours\n")})
    assert told(repo, "qa", "v2.4.1")[0] == "present"
    checks = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").checks
    assert any(" grep " in c.run for c in checks)
    assert not any("\\E" in c.run for c in checks)


def proved(repo: Repo, files: Files, mended: Files) -> list[str]:
    """The commands for a fix that qa had, and took back."""
    started(repo, files)
    fixed(repo, mended)
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Back", files)
    return [check.run for check in pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").checks]


@pytest.mark.parametrize("name", ["a\nb.py", "a\x1b[31mb.py", "a\u202eb.py", "a\x9bb.py"])
def test_a_command_that_cannot_be_shown_as_it_is_is_left_out(repo: Repo, name: str) -> None:
    """Of two files one has a name that a terminal obeys, or that breaks the line."""
    found = proved(repo, {name: "pay = 1\n", "c.py": "close = 1\n"}, {name: "pay = 2\n", "c.py": "close = 2\n"})
    assert found
    assert all(map(str.isprintable, found))


def test_a_name_with_a_space_of_another_kind_is_named(repo: Repo) -> None:
    name = "a\u00a0b.py"
    assert any(name in command for command in proved(repo, {name: "payments = 1\n"}, {name: "payments = closed\n"}))
