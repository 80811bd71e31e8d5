"""Merges that kept a file, or a part of one, as the branch had made it, where nothing of the fix ever was."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.build import Files, fixed, protocol, started
from tests.judged import judged_why, told

LOGIN = """\
def login(request, session):
    audit.log('login', session)
    token = {token}
    return render(session, token)


def logout(session):
    session.close()
"""
OLD = "request.cookies['token']"
SAFE = "verified(request.cookies.get('token'), session)"
OWN = "request.cookies['token'].strip()"
BASE = {"src/login.py": LOGIN.format(token=OLD), "src/total.py": "total = 0\n"}
FIX = {"src/login.py": LOGIN.format(token=SAFE), "src/total.py": "total = 1\n"}


def merged(tmp_path: Path, base: Files, fix: Files, own: Files, kept: Files, *options: str) -> tuple[str, str]:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, base)
    fixed(repo, fix)
    repo.switch("qa")
    repo.commit("Of our own", own)
    repo.merge("main", *options, resolve=kept or None)
    return judged_why(repo)


# Of text, the very lines that the fix replaced


def test_the_branchs_own_line_was_kept_and_nothing_let_in(tmp_path: Path) -> None:
    own = {"src/login.py": LOGIN.format(token=OWN)}
    status, detail = merged(tmp_path, BASE, FIX, own, {**own, "src/total.py": "total = 0\n"})
    assert status == "dropped"
    assert detail.startswith("the merge ")


def test_the_branchs_own_line_was_kept_and_the_other_file_let_in(tmp_path: Path) -> None:
    """Who let some of the fix in has looked at the rest: a branch may have its own way there."""
    own = {"src/login.py": LOGIN.format(token=OWN)}
    assert merged(tmp_path, BASE, FIX, own, {**own, "src/total.py": "total = 1\n"})[0] == "present"


@pytest.mark.parametrize("options", [("-s", "ours"), ("-X", "ours")], ids=" ".join)
def test_every_conflict_was_settled_for_the_branch(tmp_path: Path, options: tuple[str, ...]) -> None:
    own = {"src/login.py": LOGIN.format(token=OWN)}
    fix = {**BASE, "src/login.py": FIX["src/login.py"]}
    assert merged(tmp_path, BASE, fix, own, {}, *options)[0] == "dropped"


@pytest.mark.parametrize(
    "token",
    [
        "verified(request.cookies.get('token', ''), session)",
        "verified(request.bearer, session)",
        "session.verified(request.cookies.get('token'))",
    ],
)
def test_the_branch_had_mended_it_itself(tmp_path: Path, token: str) -> None:
    own, fix = {"src/login.py": LOGIN.format(token=token)}, {"src/login.py": FIX["src/login.py"]}
    assert merged(tmp_path, BASE, fix, own, own)[0] == "present"


def test_the_branch_had_the_one_new_word_in_a_line_of_its_own(tmp_path: Path) -> None:
    base, fix = ({"src/login.py": LOGIN.format(token=f"read('{name}')")} for name in ("auth.default", "auth.caffeine"))
    own = {"src/login.py": LOGIN.format(token="read('auth.caffeine', request, session.system)")}
    assert merged(tmp_path, base, fix, own, own)[0] == "present"


def test_the_branch_had_written_it_all_anew(tmp_path: Path) -> None:
    own = {"src/login.py": "class Login:\n    def __call__(self, request):\n        return Page(request.user)\n"}
    fix = {"src/login.py": FIX["src/login.py"]}
    assert merged(tmp_path, BASE, fix, own, own)[0] == "present"


@pytest.mark.parametrize(
    ("own", "status"),
    [
        (("2.18.0", "1.28.9", "v34"), "present"),
        (("2.17.1", "1.28.9-jre", "v33.57"), "present"),
        (("3.0-SNAPSHOT", "2.0", "v33.58.1"), "present"),
        (("2.18.0", "1.27.0", "v34"), "dropped"),
    ],
)
def test_numbers_of_its_own(tmp_path: Path, own: tuple[str, str, str], status: str) -> None:
    """A later version is no worse, an earlier one is what the fix was against."""
    text = "dependencies:\n  slf4j: 1.7\n  log4j-core: {}\n  guava: {}\n  proxy: {}\n  junit: 5.8\n"
    old, new = ("2.14.0", "1.26.3", "v31.45"), ("2.17.1", "1.28.9", "v33.57")
    base, fix = ({"pins.yaml": text.format(*some)} for some in (old, new))
    mine = {"pins.yaml": text.format(*own)}
    assert merged(tmp_path, base, fix, mine, mine)[0] == status


# Whole files


OLD_LOGO, NEW_LOGO, OUR_LOGO = (b"\0" + word * 40 for word in (b"old", b"new", b"our"))
ASIDE = ({"a.py": "a = 1\n"}, {"a.py": "a = 2\n"})


@pytest.mark.parametrize(
    ("base", "fix", "own"),
    [
        ({"logo": OLD_LOGO}, {"logo": NEW_LOGO}, {"logo": OUR_LOGO}),
        ({}, {"src/guard.py": LOGIN.format(token=SAFE)}, {"src/guard.py": "# none yet\n"}),
    ],
    ids=["binary", "added on both sides"],
)
def test_the_branchs_own_file_was_kept(
    tmp_path: Path, base: Mapping[str, bytes], fix: Mapping[str, bytes], own: Mapping[str, bytes]
) -> None:
    status, detail = merged(tmp_path, {**ASIDE[0], **base}, {**ASIDE[1], **fix}, own, {**ASIDE[1], **own})
    assert status == "dropped"
    assert f"but kept its own {next(iter(own))}" in detail


def test_the_branchs_own_prose_was_kept(tmp_path: Path) -> None:
    """Which does nothing."""
    fix, own = {**ASIDE[1], "NOTES.md": "How to log in safely.\n"}, {"NOTES.md": "Ours: none.\n"}
    assert merged(tmp_path, ASIDE[0], fix, own, {**ASIDE[1], **own})[0] == "present"


def test_the_branchs_own_file_was_to_be_gone(tmp_path: Path) -> None:
    base, own = ({"src/old.py": LOGIN.format(token=token)} for token in (OLD, OWN))
    status, detail = merged(tmp_path, {**ASIDE[0], **base}, {**ASIDE[1], "src/old.py": None}, own, {**ASIDE[1], **own})
    assert status == "dropped"
    assert detail.endswith("kept the old lines; of its 2 changes 1 stands as before it, in src/old.py")


def test_the_branchs_own_file_has_most_of_what_the_fix_added(tmp_path: Path) -> None:
    text = LOGIN.format(token=SAFE)
    own = {"src/guard.py": text.replace("'login'", "'entry'")}
    assert merged(tmp_path, ASIDE[0], {**ASIDE[1], "src/guard.py": text}, own, {**ASIDE[1], **own})[0] == "present"


def test_the_branch_had_the_file_from_a_pick_and_went_on(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "logo": OLD_LOGO})
    fix = fixed(repo, {**ASIDE[1], "logo": NEW_LOGO})
    repo.switch("qa")
    repo.pick(fix)
    repo.commit("A logo for qa", {"logo": OUR_LOGO})
    repo.merge("main", resolve={**ASIDE[1], "logo": OUR_LOGO})
    assert judged_why(repo)[0] == "present"


def test_main_went_on_and_the_branch_kept_its_own(tmp_path: Path) -> None:
    """What main itself has no more, nobody owes."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "logo": OLD_LOGO})
    fixed(repo, {**ASIDE[1], "logo": NEW_LOGO})
    repo.commit("Another logo", {"logo": b"\0" + b"later" * 40})
    repo.switch("qa")
    repo.commit("A logo for qa", {"logo": OUR_LOGO})
    repo.merge("main", resolve={**ASIDE[1], "logo": OUR_LOGO})
    assert judged_why(repo)[0] == "present"


def test_main_has_the_merge_that_kept_the_branchs_own_file(tmp_path: Path) -> None:
    """It dropped nothing from the branch alone."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "logo": OLD_LOGO})
    fixed(repo, {**ASIDE[1], "logo": NEW_LOGO})
    repo.switch("qa")
    repo.commit("A logo for qa", {"logo": OUR_LOGO})
    repo.merge("main", resolve={**ASIDE[1], "logo": OUR_LOGO})
    repo.switch("main")
    repo.merge("qa")
    repo.commit("The new one after all", {"logo": NEW_LOGO})
    assert judged_why(repo)[0] == "present"


# A file that the fix deletes, brought back


def test_a_deleted_file_comes_back_with_another_word(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "src/old.py": LOGIN.format(token=OLD)})
    fixed(repo, {**ASIDE[1], "src/old.py": None})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Needed after all", {"src/old.py": LOGIN.format(token=OWN)})
    assert judged_why(repo)[0] == "reverted"


def test_another_file_comes_under_the_name_of_a_deleted_one(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "src/old.py": LOGIN.format(token=OLD)})
    fixed(repo, {**ASIDE[1], "src/old.py": None})
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Something else", {"src/old.py": "import new\n\nnew.run()\nnew.stop()\n"})
    assert judged_why(repo)[0] == "present"


def test_main_has_a_deleted_file_again_in_other_words(tmp_path: Path) -> None:
    """The file is not as it was: main did not take its fix back to the letter, and the branch never had it."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {**ASIDE[0], "src/old.py": LOGIN.format(token=OLD)})
    fixed(repo, {"src/old.py": None})
    repo.commit("Another of that name", {"src/old.py": LOGIN.format(token=SAFE)})
    assert told(repo, "qa", "v2.4.1")[0] == "missing"
