"""Stories of files that were followed to the wrong file, found by reading verdicts on real histories."""

from __future__ import annotations

import pytest

from tests.build import LOGIN_FIXED, Repo, fixed, started
from tests.judged import told


def judged(repo: Repo) -> tuple[str, str | None]:
    repo.switch("main")
    return told(repo, "qa", "v2.4.1")


def functions(*names: str, steps: int = 9) -> str:
    bodies = ("".join(f"    {name}_{step}(x)\n" for step in range(steps)) for name in names)
    return "\n\n".join(f"def {name}(x):\n{body}" for name, body in zip(names, bodies, strict=True))


# Twins: which of them the file became, its name tells


SETTINGS = "import ssl\nssl.OLD_PROTOCOLS = False\n"
EMPTY = {"shop/__init__.py": "", "shop/cart/__init__.py": ""}


def test_an_empty_file_is_not_what_another_empty_file_became(repo: Repo) -> None:
    started(repo, {**EMPTY})
    fixed(repo, {"shop/__init__.py": SETTINGS})
    moved = {"src/shop/__init__.py": SETTINGS, "src/shop/cart/__init__.py": ""}
    repo.commit("Move the package", {**dict.fromkeys(EMPTY), **moved})
    assert judged(repo)[0] == "missing"


def test_an_empty_file_that_was_moved_by_its_name_is_owed_what_the_fix_put_there(repo: Repo) -> None:
    started(repo, {"old/shop/__init__.py": ""})
    repo.commit("Move the package", {"old/shop/__init__.py": None, "src/shop/__init__.py": ""})
    repo.tag("v2.5.0")
    fixed(repo, {"src/shop/__init__.py": SETTINGS})
    assert judged(repo)[0] == "missing"


VALUES = "# values\nreplicas: 1\nprivileged: true\nhostNetwork: true\n"
VALUES_FIXED = VALUES.replace("privileged: true", "privileged: false")
CHARTS = {"charts/front/values.yaml": VALUES, "charts/batch/values.yaml": VALUES}


@pytest.mark.parametrize(
    ("front", "batch", "status"),
    [(VALUES_FIXED, VALUES, "missing"), (VALUES, VALUES_FIXED, "withdrawn"), (VALUES, VALUES, "withdrawn")],
)
def test_a_twin_of_the_old_file_is_not_what_the_file_became(repo: Repo, front: str, batch: str, status: str) -> None:
    started(repo, {**CHARTS})
    fixed(repo, {"charts/front/values.yaml": VALUES_FIXED})
    moved = {"deploy/front/values.yaml": front, "deploy/batch/values.yaml": batch}
    repo.commit("Move", {**dict.fromkeys(CHARTS), **moved})
    assert judged(repo)[0] == status


def test_which_of_two_twins_without_a_name_in_common_the_file_became_nobody_knows(repo: Repo) -> None:
    """One is the fixed file, the other the old one: history tells, which has the fix."""
    started(repo, {"t/one.sh": functions("one"), "t/two.sh": functions("one")})
    mended = functions("one").replace("one_5(x)", "one_5(x, safe=True)")
    fixed(repo, {"t/one.sh": mended})
    repo.switch("qa")
    repo.merge("main")
    gone = dict.fromkeys(("t/one.sh", "t/two.sh"))
    repo.commit("Other names", {**gone, "t/19-CGROUP.sh": mended, "t/04-JOURNAL.sh": functions("one")})
    assert judged(repo) == ("present", "merge")


@pytest.mark.parametrize("near", [True, False], ids=["by its name", "by its text"])
def test_a_moved_file_that_lost_the_fix_has_lost_it_though_a_sibling_has_it(repo: Repo, near: bool) -> None:
    """The sibling is likest the fixed file; but what moved has its name, or the sibling has nothing of the fix."""
    old = functions("one", "two")
    mended = old.replace("one_5(x)", "one_5(x, safe=True)")
    sibling = f"{mended}\n\n{functions('three')}" if near else f"{old}\n\n{functions('three')}"
    started(repo, {"src/root.py": old})
    fixed(repo, {"src/root.py": mended})
    repo.switch("qa")
    repo.merge("main")
    name = "lib/root.py" if near else "lib/base.py"
    repo.commit("Move", {"src/root.py": None, name: old, "lib/more.py": sibling})
    assert judged(repo)[0] == "reverted"


def test_the_likest_of_the_parts_of_a_split_file_has_the_fix(repo: Repo) -> None:
    """One part is like the old file, another has the fix: neither name tells which one the file became."""
    old = functions("mount", "unmount")
    new = old.replace("    mount_5(x)\n", "    if x.is_file():\n        make_file(x)\n    mount_5(x)\n")
    started(repo, {"src/mount_unix.py": old})
    fixed(repo, {"src/mount_unix.py": new})
    repo.switch("qa")
    repo.merge("main")
    linux = f"{new}\n\n{functions('linux')}"
    repo.commit("Split", {"src/mount_unix.py": None, "src/mount_linux.py": linux, "src/mount_darwin.py": old})
    assert judged(repo)[0] == "present"


def test_a_part_that_only_has_less_is_not_what_the_file_became(repo: Repo) -> None:
    """The fix took lines out, and so has any file without them: what is like the old file is the old file again."""
    old = functions("one", "two")
    started(repo, {"src/root.py": old})
    fixed(repo, {"src/root.py": old.replace("    one_5(x)\n", "")})
    repo.switch("qa")
    repo.merge("main")
    other = functions("one", "three").replace("    one_5(x)\n", "")
    repo.commit("Move", {"src/root.py": None, "lib/base.py": old, "lib/more.py": other})
    assert judged(repo)[0] == "reverted"


@pytest.mark.parametrize("like", [True, False])
def test_a_sibling_with_the_old_text_is_not_the_file_whose_name_stands_in_the_moved_folder(
    repo: Repo, like: bool
) -> None:
    """All of the test data moved: the file went on since, and the one beside it is like what it was."""
    old = functions("first", "second", "third")
    mended = old.replace("first_5(x)", "first_5(x, safe=True)")
    started(repo, {"t/data/one/chart/values.yaml": old, "t/data/two/chart/values.yaml": old})
    fixed(repo, {"t/data/one/chart/values.yaml": mended})
    repo.switch("qa")
    repo.merge("main")
    on = mended if like else functions("other", "another")
    gone = dict.fromkeys(("t/data/one/chart/values.yaml", "t/data/two/chart/values.yaml"))
    repo.commit("Move", {**gone, "d/one/chart/values.yaml": f"{on}\n\n{functions('more')}", "d/values.yaml": old})
    assert judged(repo)[0] == "present"


# A file that the fix removed


LICENSE = (
    "MIT License\n\nPermission is hereby granted, free of charge, to any person\nobtaining a copy of this software\n"
)
LIBRARY = {"vendor/a/LICENSE": LICENSE, "vendor/a/a.go": "package a\n"}
ANOTHER = {"vendor/b/LICENSE": LICENSE, "vendor/b/b.go": "package b\nfunc B() {}\n"}


@pytest.mark.parametrize("via", ["merge", "cherry-pick"])
def test_a_licence_that_the_fix_removed_is_not_back_in_another_library(repo: Repo, via: str) -> None:
    started(repo, {**LIBRARY})
    oid = fixed(repo, {**dict.fromkeys(LIBRARY)})
    repo.switch("qa")
    repo.commit("Go on", {"src/own.py": functions("own")})
    if via == "merge":
        repo.merge("main")
    else:
        repo.pick(oid)
    repo.commit("Vendor another", {**ANOTHER})
    assert judged(repo) == ("present", via)


def test_a_licence_that_main_removed_is_not_back_in_another_library(repo: Repo) -> None:
    started(repo, {"vendor/a/LICENSE": LICENSE})
    fixed(repo, {"vendor/a/LICENSE": None})
    repo.commit("Vendor another", {**ANOTHER})
    assert judged(repo)[0] == "missing"


def test_a_file_that_the_branch_had_moved_before_it_was_to_go_is_still_there(repo: Repo) -> None:
    """The sibling: the branch moved the file itself, and a merge of its removal kept it."""
    started(repo, {"src/legacy.py": functions("one"), "src/other.py": functions("two")})
    fixed(repo, {"src/legacy.py": None})
    repo.switch("qa")
    repo.commit("Move", {"src/legacy.py": None, "lib/legacy.py": functions("one")})
    repo.merge("main", resolve={"lib/legacy.py": functions("one")})
    assert judged(repo)[0] == "dropped"


# Code that the branch has in another file


ALL = functions("first_step", "second_step", "third_step", steps=14)
PARTS = {f"src/{name}.py": functions(f"{name}_step", steps=14) for name in ("first", "second", "third")}
Files = dict[str, str | None]
BOTH = {"src/all.py": functions("second_step", "third_step", steps=14), "src/first.py": PARTS["src/first.py"]}
ELSEWHERE = pytest.mark.parametrize(
    ("before", "after", "path"),
    [
        ({"src/all.py": ALL}, {"src/all.py": None, **PARTS}, "src/first.py"),
        ({"src/all.py": ALL}, BOTH, "src/first.py"),
        (PARTS, {**dict.fromkeys(PARTS), "src/all.py": ALL}, "src/all.py"),
    ],
    ids=["split", "taken out", "joined"],
)


@ELSEWHERE
@pytest.mark.parametrize(
    "new", ["first_step_7(x, safe=True)", "first_step_7(x)\n    first_step_safe(x)"], ids=["changed", "added"]
)
def test_code_that_the_branch_has_in_another_file_is_owed(
    repo: Repo, before: Files, after: Files, path: str, new: str
) -> None:
    started(repo, before)
    repo.commit("Other files", after)
    repo.tag("v2.5.0")
    fixed(repo, {path: str(after[path]).replace("first_step_7(x)", new)})
    assert judged(repo)[0] == "missing"


def test_code_that_main_has_in_other_files_too_is_not_owed_in_those(repo: Repo) -> None:
    """Each of a family of files repeats it, and the fix is of one that the branch never had."""
    started(repo, {"src/first.py": f"{ALL}import one\n"})
    repo.commit("One more", {"src/new.py": f"{ALL}{functions('new', 'newer', 'newest', 'last', steps=14)}"})
    repo.tag("v2.5.0")
    fixed(repo, {"src/new.py": repo.read("src/new.py").replace("first_step_7(x)", "first_step_7(x, safe=True)")})
    assert judged(repo)[0] == "not-applicable"


def test_code_that_the_branch_has_mended_in_another_file_is_not_owed(repo: Repo) -> None:
    started(repo, {"src/all.py": ALL})
    repo.commit("Other files", {"src/all.py": None, **PARTS})
    repo.tag("v2.5.0")
    fixed(repo, {"src/first.py": str(PARTS["src/first.py"]).replace("first_step_7(x)", "first_step_7(x, safe=True)")})
    repo.switch("qa")
    repo.commit("Mend all", {"src/all.py": ALL.replace("first_step_7(x)", "first_step_7(x, safe=True)")})
    assert judged(repo)[0] == "not-applicable"


# A copy that changed a name that is neither the fix's nor today's


@pytest.mark.parametrize("says", [True, False], ids=["by its trailer", "by author, date and subject"])
def test_a_pick_to_a_file_that_has_moved_twice_since(repo: Repo, says: bool) -> None:
    started(repo, {"cmd/root.py": functions("one", "two")})
    mended = functions("one", "two").replace("two_5(x)", "two_5(x, safe=True)").replace("one_2(x)", "one_2(x, 3)")
    repo.switch("qa")
    own = functions("one", "two").replace("two_4(x)", "two_4(x, own)").replace("one_1(x)", "one_1(x, own)")
    repo.commit("Move", {"cmd/root.py": None, "pkg/v2/root.py": own})
    repo.switch("main")
    oid = fixed(repo, {"cmd/root.py": mended})
    repo.switch("qa")
    done = own.replace("two_5(x)", "two_5(x, safe=True)").replace("one_2(x)", "one_2(x, 3)")
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})" if says else "Other words", {"pkg/v2/root.py": done})
    if not says:
        repo.git("commit", "--quiet", "--amend", "--reuse-message", oid)
    later = done.replace("two_5(x, safe=True)", "two_5(x, safe=True, now=1)")
    repo.commit("Move again", {"pkg/v2/root.py": None, "pkg/common/root.py": later})
    assert judged(repo) == ("present", "declared")


def test_a_copy_of_the_same_lines_to_a_file_that_is_not_like_the_fix_s_is_not_the_fix(repo: Repo) -> None:
    started(repo, {"cmd/root.py": functions("one", "two"), "cmd/other.py": f"{functions('three')}    two_5(x)\n"})
    oid = fixed(repo, {"cmd/root.py": functions("one", "two").replace("two_5(x)", "two_5(x, safe=True)")})
    repo.switch("qa")
    other = f"{functions('three')}    two_5(x, safe=True)\n"
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", {"cmd/other.py": other})
    assert judged(repo)[0] == "missing"


def test_a_copy_to_the_name_that_the_file_had_before_on_main_though_most_of_it_is_other_text(repo: Repo) -> None:
    many = functions("one", "two", "three", "four", "five")
    started(repo, {"tests/users.py": many})
    repo.commit("Move", {"tests/users.py": None, "tests/unit/users.py": many})
    repo.commit("Split", {"tests/unit/users.py": functions("one")})
    repo.tag("v2.5.0")
    oid = fixed(repo, {"tests/unit/users.py": functions("one", "login")})
    repo.switch("qa")
    repo.commit("Other words", {"tests/users.py": f"{many}\n\n{functions('login')}"})
    repo.git("commit", "--quiet", "--amend", "--reuse-message", oid)
    repo.commit("No tests here", {"tests/users.py": None})
    assert judged(repo) == ("present", "declared")


def test_a_copy_to_a_like_file_is_not_the_fix_of_a_file_that_stands_as_before(repo: Repo) -> None:
    old = functions("one", "two")
    started(repo, {"v3/root.py": old, "v2/root.py": old})
    mended = old.replace("two_5(x)", "two_5(x, safe=True)")
    oid = fixed(repo, {"v3/root.py": mended})
    repo.switch("qa")
    repo.commit(f"Mend it in v2\n\n(cherry picked from commit {oid})", {"v2/root.py": mended})
    assert judged(repo)[0] == "missing"


def test_a_file_that_the_hotfix_itself_renamed_once_more_and_a_squash_of_it(repo: Repo) -> None:
    """The old name is gone on both, and what is like it is on both."""
    note = "Logging in without an account no longer fails.\nIt says no.\n"
    repo.switch("hotfix/login", "main")
    repo.commit("Fix login", {"src/login.py": LOGIN_FIXED, "changes/1.bugfix.rst": note})
    repo.rename("changes/1.bugfix.rst", "changes/1.improvement.rst")
    repo.commit("Another kind of change")
    repo.switch("main")
    repo.merge("hotfix/login")
    repo.tag("v2.3.1")
    repo.switch("dev")
    repo.commit("Fix login (#1)", {"src/login.py": LOGIN_FIXED, "changes/1.improvement.rst": note})
    assert told(repo) == ("present", "squash")
