"""Stories of real histories that were once judged wrongly, in their smallest form."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.model import Forecast, Status
from tests.build import BASE, Repo, back_merge, hotfix, protocol
from tests.judged import audit, pair, told

MAILER = """\
import re
import smtplib

from shop import settings


def connect():
    return smtplib.SMTP(settings.HOST)


def send(message):
    with suppressed(None):
        connection = connect()
        connection.send(message)


def receive(box):
    with suppressed(None):
        return connect().fetch(box)
"""
MAILER_FIXED = MAILER.replace("import smtplib\n", "import smtplib\nimport warnings\n").replace(
    "    with suppressed(None):\n",
    '    with warnings.catch_warnings():\n        warnings.filterwarnings("ignore", "server name")\n',
)
RELEASES = """\
Version 2.3.1
-------------

Unreleased

- Nothing yet.

Version 2.3.0
-------------

Released 2026-01-01

- Everything.
"""
RELEASED = RELEASES.replace("Unreleased", "Released 2026-01-02")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    repo = protocol(tmp_path / "shop", branches=())
    repo.commit("Mail", {"src/mailer.py": MAILER, "CHANGES.rst": RELEASES})
    repo.tag("v2.3.0.1")
    repo.branch("dev")
    return repo


def on_dev(repo: Repo, text: str, file: str = "src/mailer.py") -> None:
    repo.switch("dev")
    repo.commit("Development", {file: text})


# Content that moved on, while some old lines came back


def test_an_import_goes_with_the_lines_that_needed_it(repo: Repo) -> None:
    """Fixed with warnings.catch_warnings, then written otherwise: the lost import alone takes no fix out."""
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED})
    back_merge(repo, "main", "dev")
    moved = MAILER_FIXED.replace("import warnings\n", "").replace("with warnings.catch_warnings():", "with quiet():")
    on_dev(repo, moved.replace('        warnings.filterwarnings("ignore", "server name")\n', ""))
    assert told(repo) == ("present", "merge")


def test_one_region_restored_while_the_rest_stands_is_reverted(repo: Repo) -> None:
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED})
    back_merge(repo, "main", "dev")
    on_dev(repo, MAILER_FIXED.replace("import warnings\n", ""))
    assert told(repo) == ("reverted", None)


def test_one_of_two_files_restored_is_reverted_however_far_the_other_moved_on(repo: Repo) -> None:
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED, "VERSION": "2.3.1\n"})
    back_merge(repo, "main", "dev")
    on_dev(repo, MAILER_FIXED.replace("warnings", "alarms"))
    on_dev(repo, BASE["VERSION"], "VERSION")
    assert told(repo) == ("reverted", None)


def test_most_regions_restored_is_reverted_though_one_moved_on(repo: Repo) -> None:
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED})
    back_merge(repo, "main", "dev")
    on_dev(repo, MAILER.replace("return connect().fetch(box)", "return fetch(box)"))
    assert told(repo) == ("reverted", None)


def test_a_blank_line_that_came_back_takes_no_fix_out(repo: Repo) -> None:
    fixed = MAILER.replace("smtplib\n\nfrom shop", "smtplib\nfrom shop").replace("SMTP(", "SMTP_SSL(")
    hotfix(repo, files={"src/mailer.py": fixed})
    back_merge(repo, "main", "dev")
    on_dev(repo, fixed.replace("smtplib\nfrom shop", "smtplib\n\nfrom shop"))
    assert told(repo) == ("present", "merge")


def test_a_fix_of_blank_lines_alone_is_taken_out_by_one(repo: Repo) -> None:
    fixed = MAILER.replace("smtplib\n\nfrom shop", "smtplib\nfrom shop")
    hotfix(repo, files={"src/mailer.py": fixed})
    back_merge(repo, "main", "dev")
    on_dev(repo, MAILER + "# more\n")
    assert told(repo) == ("reverted", None)


def test_an_old_line_paired_with_a_younger_twin_is_not_back(repo: Repo) -> None:
    """In a list of releases each new section brings the line "Unreleased" once more."""
    hotfix(repo, files={"CHANGES.rst": RELEASED})
    back_merge(repo, "main", "dev")
    on_dev(repo, "Version 2.4.0\n-------------\n\nUnreleased\n\n\n" + RELEASED, "CHANGES.rst")
    assert told(repo) == ("present", "merge")


def test_an_old_line_is_back_though_a_twin_has_the_new_one(repo: Repo) -> None:
    hotfix(repo, files={"CHANGES.rst": RELEASED})
    back_merge(repo, "main", "dev")
    twin = "\nVersion 2.2.0\n-------------\n\nReleased 2026-01-02\n\n- Nothing yet.\n\nVersion 2.1.0\n"
    on_dev(repo, RELEASES + twin, "CHANGES.rst")
    assert told(repo) == ("reverted", None)


PROBES = """\
function probe(name)
{
    if (!allowed())
        return null;
    return run(name);
}
"""
PROBES_FIXED = PROBES.replace(
    "{\n", "{\n    return first(name);\n}\n\n// Once and\n// once more.\n// At most twice.\nfunction first(name)\n{\n"
)
PROBES_SINCE = PROBES.replace(
    "function probe(name)\n",
    "function probe(name, times)\n{\n    return first(name, times);\n}\n\nfunction first(name, times)\n",
)


def probes(repo: Repo) -> None:
    repo.commit("Probes", {"src/probes.js": PROBES})
    repo.tag("v2.3.0.2")
    repo.branch("qa")
    hotfix(repo, files={"src/probes.js": PROBES_FIXED})
    back_merge(repo, "main", "qa")
    repo.switch("qa")


def test_an_insertion_that_ends_as_its_neighbours_do_goes_on_in_other_words(repo: Repo) -> None:
    """The lines around it stand side by side after the fix, too."""
    probes(repo)
    repo.commit("Other words", {"src/probes.js": PROBES_SINCE})
    assert told(repo, "qa") == ("present", "merge")


def test_such_an_insertion_taken_out_again_is_reverted_though_its_neighbours_changed(repo: Repo) -> None:
    probes(repo)
    repo.commit("Out", {"src/probes.js": PROBES.replace("probe(name)", "probe(name, times)")})
    assert told(repo, "qa") == ("reverted", None)


def test_the_branchs_own_heading_above_a_list_is_nothing_older_than_the_fix(repo: Repo) -> None:
    """Dev began the notes of its next version before the fix came with its own, which are worded otherwise since."""
    started = "Version {}\n-------------\n\nUnreleased\n\n\n"
    on_dev(repo, started.format("2.4.0") + RELEASES, "CHANGES.rst")
    repo.switch("main")
    repo.commit("Start", {"CHANGES.rst": started.format("2.3.2") + RELEASES})
    repo.tag("v2.3.0.2")
    fixed = started.format("2.3.2").replace("d\n\n\n", "d\n\n- Fix `mail`.\n\n\n") + RELEASES
    hotfix(repo, files={"CHANGES.rst": fixed})
    repo.switch("dev")
    repo.merge("main", resolve={"CHANGES.rst": started.format("2.4.0") + fixed})
    repo.commit("Words", {"CHANGES.rst": started.format("2.4.0") + fixed.replace("`mail`", "``mail``")})
    assert told(repo) == ("present", "merge")


# Conflicts resolved to the branch's side, which is not always the old side


def test_a_conflict_where_the_branch_had_removed_the_lines_before(repo: Repo) -> None:
    """What the fix mends was gone from the branch: its side is no old side."""
    on_dev(repo, MAILER[: MAILER.index("def send")] + "def post():\n    pass\n")
    removed = repo.read("src/mailer.py")
    repo.switch("main")
    landed = hotfix(repo, files={"src/mailer.py": MAILER.replace("suppressed(None)", "suppressed(Warning)")})
    repo.switch("dev")
    repo.merge(landed.merge, resolve={"src/mailer.py": removed})
    assert told(repo) == ("present", "merge")


def test_a_conflict_resolved_to_the_old_side_in_other_surroundings(repo: Repo) -> None:
    ours = MAILER.replace("        connection = connect()\n", "        connection = connect(retries=3)\n")
    on_dev(repo, ours.replace("        return connect()", "        return connect(retries=3)"))
    kept = repo.read("src/mailer.py")
    repo.switch("main")
    fixed = MAILER.replace("connection = connect()", "connection = connect(timeout=9)")
    landed = hotfix(repo, files={"src/mailer.py": fixed.replace("suppressed(None)", "suppressed(Warning)")})
    repo.switch("dev")
    repo.merge(landed.merge, resolve={"src/mailer.py": kept})
    assert told(repo) == ("dropped", None)


def test_a_fix_that_climbs_to_a_line_that_had_moved_on(repo: Repo) -> None:
    """Mended on main, merged to the younger line qa, which had written it anew, and from there to dev."""
    anew = "import mail\n\n\ndef send(message):\n    mail.send(message)\n"
    repo.switch("qa", "main")
    repo.commit("Anew", {"src/mailer.py": anew})
    repo.switch("dev")
    repo.merge("qa")
    repo.commit("Dev's own", {"other.txt": "x\n"})
    repo.switch("main")
    landed = hotfix(repo, files={"src/mailer.py": MAILER.replace("smtplib.SMTP(", "smtplib.SMTP_SSL(")})
    repo.switch("qa")
    repo.merge(landed.merge, resolve={"src/mailer.py": anew})
    repo.switch("dev")
    repo.merge("qa")
    assert told(repo) == ("present", "merge")


def test_a_merge_that_took_blank_lines_dropped_nothing(repo: Repo) -> None:
    """A fix of a blank line alone adds no words that could be looked for in the merge."""
    landed = hotfix(repo, files={"src/mailer.py": MAILER.replace("settings\n", "settings\n\n")})
    back_merge(repo, landed.merge, "dev")
    on_dev(repo, MAILER.replace("from shop import settings\n\n\n", "from shop import settings, words\n"))
    assert told(repo) == ("present", "merge")


# Reverts that main has, too


def test_a_revert_reverted_but_for_one_file_is_no_revert(repo: Repo) -> None:
    """Both branches have the revert and its revert, which left the release notes out; then the lines moved on."""
    landed = hotfix(repo, files={"src/mailer.py": MAILER_FIXED, "CHANGES.rst": RELEASED})
    revert = repo.revert(landed.fix)
    repo.commit(f"Again\n\nThis reverts commit {revert}.", {"src/mailer.py": MAILER_FIXED})
    back_merge(repo, "main", "dev")
    repo.commit("Main moves on", {"src/mailer.py": MAILER_FIXED.replace("warnings", "alarms")})
    on_dev(repo, MAILER_FIXED.replace("warnings", "alerts"))
    assert told(repo) == ("present", "merge")


def test_withdrawn_by_a_revert_that_does_more(repo: Repo) -> None:
    """Main's revert names the fix and takes its lines back; one file has been written anew since."""
    fixed = {"src/mailer.py": MAILER_FIXED, "CHANGES.rst": RELEASED, "README.md": "# The shop\n"}
    landed = hotfix(repo, files=fixed)
    reverted = {"src/mailer.py": MAILER, "CHANGES.rst": RELEASES, "README.md": "# Shops\n"}
    repo.commit(f"Revert the fix\n\nThis reverts commit {landed.fix}.", reverted)
    back_merge(repo, "main", "dev")
    on_dev(repo, "# Shop of shops\n", "README.md")
    assert told(repo) == ("withdrawn", None)


@pytest.mark.parametrize("since", [MAILER, MAILER.replace("suppressed(None)", "quiet()")])
def test_withdrawn_though_a_name_in_a_list_stayed(repo: Repo, since: str) -> None:
    """The revert on main, which the branch has too, left the thanks to the author in; then the lines moved on."""
    landed = hotfix(repo, files={"src/mailer.py": MAILER_FIXED, "README.md": "# Shop\n\nThanks to Ada.\n"})
    repo.commit(f"Back\n\nThis reverts commit {landed.fix}.", {"src/mailer.py": MAILER})
    back_merge(repo, "main", "dev")
    repo.commit("Since", {"src/mailer.py": since + "# main\n"})
    on_dev(repo, since + "# dev\n")
    assert told(repo) == ("withdrawn", None)


def test_a_revert_of_part_of_a_fix_withdraws_nothing(repo: Repo) -> None:
    landed = hotfix(repo, files={"src/mailer.py": MAILER_FIXED, "CHANGES.rst": RELEASED})
    repo.commit(f"Back\n\nThis reverts commit {landed.fix}.", {"CHANGES.rst": RELEASES})
    assert told(repo) == ("missing", None)


# Fixes made on the branch first, and picked to main as the hotfix


def picked_to_main(repo: Repo, named: str = "dev") -> str:
    """A fix made on dev in other surroundings, picked to main with a conflict; dev has moved on since."""
    on_dev(repo, MAILER.replace("connect()", "connect(retries=3)").replace("def send(message)", "def send(mail)"))
    made = repo.read("src/mailer.py").replace(
        "with suppressed(None):\n        connection", "with quiet():\n        connection"
    )
    on_dev(repo, made.replace("connection.send(message)", "connection.send(mail, 2)"))
    origin = repo.oid()
    repo.switch("hotfix/mail", "main")
    fixed = MAILER.replace("with suppressed(None):\n        connection", "with quiet():\n        connection")
    repo.commit(
        f"Send mail once more\n\n(cherry picked from commit {repo.oid(named)})",
        {"src/mailer.py": fixed.replace("connection.send(message)", "connection.send(message, 2)")},
    )
    repo.switch("main")
    repo.merge("hotfix/mail")
    repo.tag("v2.3.1")
    return origin


def test_a_fix_that_names_its_origin_on_the_branch(repo: Repo) -> None:
    picked_to_main(repo)
    assert told(repo) == ("present", "declared")


def test_a_fix_that_names_what_the_branch_took_out_again(repo: Repo) -> None:
    origin = picked_to_main(repo)
    repo.switch("dev")
    repo.revert(origin)
    assert told(repo)[0] == "reverted"


@pytest.mark.parametrize("too", [True, False], ids=["on both", "on dev"])
def test_a_revert_that_names_the_origin_on_the_branch(repo: Repo, too: bool) -> None:
    """Numpy's b6df150d070d: the fix was picked to main, and so was its revert, which names the commit on the branch."""
    origin = picked_to_main(repo)
    message, silent = f"Back\n\nThis reverts commit {origin}.", "with silent():\n        connection"
    on_main = MAILER.replace("with suppressed(None):\n        connection", silent)
    repo.commit(
        message if too else "Not so loud", {"src/mailer.py": on_main if too else repo.read("src/mailer.py") + "#"}
    )
    repo.switch("dev")
    own = on_main.replace("connect()", "connect(retries=3)").replace("def send(message)", "def send(mail)")
    repo.commit(message, {"src/mailer.py": own})
    assert told(repo)[0] == ("withdrawn" if too else "reverted")


def test_a_fix_that_names_another_change_as_its_origin(repo: Repo) -> None:
    """A claim is believed of a change that resembles the fix, and told of where it does not."""
    picked_to_main(repo, named="dev~1")
    (fix,) = pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").fixes
    assert (fix.status, fix.via, fix.evidence.commit) == (Status.MISSING, None, None)
    assert fix.evidence.detail == (
        f"{fix.commit[:12]} names {repo.oid('dev~1')[:12]} on the branch as its origin, "
        "but it holds 0% of its added and 0% of its removed lines"
    )


# Fixes that make of a file another one


MANY = "".join(f"\n\ndef test_mail_{n}():\n    assert delivered(message={n})\n" for n in range(30))


def grown_where_it_moved(repo: Repo) -> None:
    """A fix that is mostly new tests, picked by hand to where dev has moved the file, and has other lines around."""
    repo.switch("dev")
    repo.rename("src/mailer.py", "lib/shop/mailing.py")
    other = MAILER.replace("connect()", "connect(retries=3)")
    repo.commit("Move and retry", {"lib/shop/mailing.py": other})
    made = MAILER.replace("    connection.send(message)\n", "    connection.send(message, 2)\n") + MANY
    fix = hotfix(repo, files={"src/mailer.py": made}).fix
    picked = other.replace("    connection.send(message)\n", "    connection.send(message, 2)\n") + MANY
    repo.switch("dev")
    repo.commit(f"Send mail twice\n\n(cherry picked from commit {fix})", {"lib/shop/mailing.py": picked})


def test_a_file_that_moved_is_known_by_what_the_fix_made_of_it(repo: Repo) -> None:
    """It has less than half in common with what it was before. Each line of the fix stands in its place there."""
    grown_where_it_moved(repo)
    assert told(repo) == ("present", "squash")


def test_such_a_fix_taken_out_again_where_the_file_moved(repo: Repo) -> None:
    grown_where_it_moved(repo)
    repo.switch("dev")
    repo.revert("HEAD")
    assert told(repo)[0] == "reverted"


def test_a_file_that_only_the_fix_makes_like_enough_is_known_where_it_moved(repo: Repo) -> None:
    """A small part of the fix tips the scales; another part was taken out there."""
    start, end = ("".join(f"{name} line {n:02}\n" for n in range(15)) for name in ("above", "below"))
    kept, lost = (
        "".join(f"{name} line {n:02}\n" for n in range(count)) for name, count in (("fixed", 4), ("again", 2))
    )
    repo.switch("main")
    repo.commit("Lines", {"src/lines.txt": start + end})
    repo.tag("v2.4.0")
    repo.branch("qa")
    hotfix(repo, "lines", "v2.4.1", {"src/lines.txt": kept + start + lost + end})
    back_merge(repo, "main", "qa")
    repo.switch("qa")
    repo.remove("src/lines.txt")
    own = "".join(f"other line {n:02}\n" for n in range(33))
    repo.commit("Move and grow", {"lib/many.txt": kept + start + end + own})
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


def test_a_file_that_holds_only_the_new_lines_is_not_where_the_fix_went(repo: Repo) -> None:
    made = MAILER.replace("    connection.send(message)\n", "    connection.send(message, 2)\n") + MANY
    repo.switch("dev")
    repo.rename("src/mailer.py", "lib/shop/mailing.py")
    repo.commit("Move and test", {"tests/test_mail.py": MANY.lstrip()})
    hotfix(repo, files={"src/mailer.py": made})
    assert told(repo) == ("missing", None)


def where_its_lines_moved(repo: Repo) -> tuple[str, str]:
    """A fix on dev whose lines live in a file of another name since, which is mostly of other things; and that file."""
    lines = "# See bug 63055.\nsent = []\n\n\n"
    fix = hotfix(repo, files={"src/mailer.py": MAILER.replace("def send", f"{lines}def send")}).fix
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.remove("src/mailer.py")
    later = f"import mail\n\n{lines}def send_later(message):\n    return mail.queue(message)\n{MANY}"
    repo.commit("Move and rewrite", {"lib/shop/outbox.py": later})
    return fix, later


def test_a_revert_that_names_the_fix_takes_it_out_from_where_its_lines_moved(repo: Repo) -> None:
    """No likeness tells where the file went, but the commit says what it takes back, and takes it back."""
    fix, later = where_its_lines_moved(repo)
    assert told(repo) == ("present", "merge")
    out = later.replace("# See bug 63055.\nsent = []\n\n\n", "")
    repo.commit(f"No workaround\n\nThis reverts commit {fix}.", {"lib/shop/outbox.py": out})
    assert told(repo)[0] == "reverted"


def test_one_that_names_the_fix_and_takes_something_else_out_there(repo: Repo) -> None:
    fix, later = where_its_lines_moved(repo)
    out = later.replace("    return mail.queue(message)\n", "    pass\n")
    repo.commit(f"Send at once\n\nThis reverts commit {fix}.", {"lib/shop/outbox.py": out})
    assert told(repo) == ("present", "merge")


def test_one_that_takes_such_lines_out_of_another_file_while_the_fix_s_own_is_there(repo: Repo) -> None:
    lines = "# See bug 63055.\nsent = []\n\n\n"
    fix = hotfix(repo, files={"src/mailer.py": MAILER.replace("def send", f"{lines}def send")}).fix
    back_merge(repo, "main", "dev")
    repo.switch("dev")
    repo.commit("The same for faxes", {"src/fax.py": MAILER.replace("def send", f"{lines}def send")})
    repo.commit("Reword", {"src/mailer.py": repo.read("src/mailer.py").replace("sent = []", "sent = list()")})
    repo.commit(f"Not for faxes\n\nThis reverts commit {fix} there.", {"src/fax.py": MAILER})
    assert told(repo) == ("present", "merge")


# What a back-merge would meet


def ahead(repo: Repo) -> Forecast | None:
    return pair(audit(repo, branches=["dev"]), "v2.3.1", "dev").forecast


def test_a_back_merge_would_be_clean(repo: Repo) -> None:
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED})
    on_dev(repo, MAILER + "\n\ndef more():\n    pass\n")
    assert ahead(repo) == Forecast(True, ())


def test_conflicts_are_named_as_on_the_branch(repo: Repo) -> None:
    """Git leaves them in the renamed file."""
    hotfix(repo, files={"src/mailer.py": MAILER_FIXED, "VERSION": "2.3.1\n"})
    repo.switch("dev")
    repo.rename("src/mailer.py", "src/mail/sender.py")
    repo.commit("Move", {"VERSION": "2.4.0\n"})
    repo.commit("Rework", {"src/mail/sender.py": MAILER.replace("suppressed(None)", "suppressed(Warning)")})
    assert ahead(repo) == Forecast(False, ("VERSION", "src/mail/sender.py"))
    assert repo.run("merge", "-q", "main").returncode == 1
    assert repo.git("diff", "--name-only", "--diff-filter=U").split() == ["VERSION", "src/mail/sender.py"]
