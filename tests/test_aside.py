"""Commits that say to be the fix, and differ from it in what the branch has no need of, or has in another form."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, fixed, protocol, started
from tests.judged import assert_checks_hold, audit, pair, told

OTHER = "Quin <quin@example.com>"
MANY = "".join(f"// the {n}th line of a long text\n" for n in range(30))


def claimed(tmp_path: Path, before: Files, fix: Files, own: Files, copy: Files, branch: str = "qa") -> str:
    """What is said of a fix on a branch that had files of its own, and got a copy that names the fix."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, before)
    oid = fixed(repo, fix)
    repo.switch(branch)
    repo.commit("Our own", own, author=OTHER)
    repo.commit(f"Mend it here\n\n(cherry picked from commit {oid})", copy, author=OTHER)
    return told(repo, branch, "v2.4.1")[0]


# White space within a line

KINDS = MANY + "const (\n\tRuntimeV1 = 1\n\tRuntimeV2 = 2\n)\n"
ALIGNED = KINDS.replace("\tRuntimeV2 = 2\n", "\tRuntimeV2         = 2\n\tDeprecationsPlugin = 30\n")
OWN_KINDS = MANY + "const (\n\tRuntimeV1           = 1\n\tRuntimeV2           = 2\n\tOurOwnRuntimeForAll = 9\n)\n"


@pytest.mark.parametrize(("mended", "status"), [(True, "present"), (False, "missing")])
def test_the_branch_had_its_lines_aligned_already(tmp_path: Path, *, mended: bool, status: str) -> None:
    last = "\tOurOwnRuntimeForAll = 9\n"
    copy = OWN_KINDS.replace(last, f"{last}\tDeprecationsPlugin  = 30\n" if mended else last.replace("9", "10"))
    files = {"kinds.go": KINDS}, {"kinds.go": ALIGNED}, {"kinds.go": OWN_KINDS}, {"kinds.go": copy}
    assert claimed(tmp_path, *files) == status


STYLES = [f"allow({name})" for name in ("width", "height", "left", "right", "zoom")]


def styled(names: list[str], depth: str, head: str = "") -> str:
    """A list of styles, the last without a comma, in a call or in one more function."""
    return MANY + f"{head}{depth}styles({{\n" + ",\n".join(f"{depth}  {name}" for name in names) + f"\n{depth}}})\n"


@pytest.mark.parametrize(("guard", "status"), [("  if (trusted) {\n", "present"), ("  if (known) {\n", "missing")])
def test_one_who_has_but_its_title_moved_in_other_lines_with_the_fixs_own(
    tmp_path: Path, guard: str, status: str
) -> None:
    """Main's last style is not the branch's last: it has a comma there, and both only stand deeper."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"a.js": styled(STYLES, "  ")})
    repo.commit("Style what is trusted alone", {"a.js": styled(STYLES, "    ", "  if (trusted) {\n")})
    repo.tag("v2.4.1")
    repo.switch("qa")
    own = [*STYLES, "allow(flex)", "allow(grid)"]
    repo.commit("Our own", {"a.js": styled(own, "  ")}, author=OTHER)
    repo.commit("Style what is trusted alone", {"a.js": styled(own, "    ", guard)})
    assert told(repo, "qa", "v2.4.1")[0] == status


def test_white_space_that_is_all_of_the_fix_is_asked(tmp_path: Path) -> None:
    text = MANY + "def pay():\n    charge_the_card()\n    if ready:\n        go()\n"
    fix = text.replace("    charge_the_card()\n", "        charge_the_card()\n")
    own = text.replace("30", "30")
    copy = own.replace("go()", "go_on()")
    assert claimed(tmp_path, {"a.py": text}, {"a.py": fix}, {"b.py": ""}, {"a.py": copy}) == "missing"


def test_a_file_of_which_white_space_is_all_is_asked(tmp_path: Path) -> None:
    """The copy has the guard of the other file, and charges without it."""
    old, new = ("".join(f"{depth}charge_the_{n}_card()\n" for n in range(6)) for depth in ("", "    "))
    pay = MANY + "def pay():\n    if ready:\n        go()\n{}    end()\n"
    guard = "def is_ready():\n    return bool(cards)\n"
    fix = {"pay.py": pay.format(new), "ready.py": f"cards = []\n{guard}"}
    before = {"pay.py": pay.format(old), "ready.py": "cards = []\n"}
    own, copy = {"ready.py": "cards = our_own\n"}, {"ready.py": f"cards = our_own\n{guard}"}
    assert claimed(tmp_path, before, fix, own, copy) == "missing"


# Imports

USED = "import {{ dictionary, {names}symbol }} from '@shop/utils';\n" + MANY
CALL = "setFactoryFor(this, this);\nif (isInstantiatable(container{more})) {{\n  setFactoryFor(factory, this);\n}}\n"
BEFORE = USED.format(names="HAS_PROXY, ") + CALL.format(more=", HAS_PROXY")
AFTER = USED.format(names="") + "setFactoryFor(this, this);\n"
OWN = "import { symbol } from '@shop/own';\n" + MANY + CALL.format(more="")


@pytest.mark.parametrize(
    ("copy", "status"),
    [
        ("import { symbol } from '@shop/own';\n" + MANY + "setFactoryFor(this, this);\n", "present"),
        (OWN.replace("{ symbol }", "{ dictionary, symbol }"), "missing"),
    ],
    ids=["the code", "an import alone"],
)
def test_an_import_that_the_branch_does_not_need(tmp_path: Path, copy: str, status: str) -> None:
    assert claimed(tmp_path, {"a.ts": BEFORE}, {"a.ts": AFTER}, {"a.ts": OWN}, {"a.ts": copy}) == status


def test_an_import_that_is_the_fix(tmp_path: Path) -> None:
    """The branch has what it took out, and keeps it."""
    text = MANY + "from yaml import load\n\nconfig = load(file)\n"
    fix = text.replace("import load", "import safe_load as load").replace(
        "config", "# Safely, as files may be hostile.\nconfig"
    )
    own = text + "more = load(file_of_our_own)\n"
    copy = own.replace("config", "# Safely, as files may be hostile.\nconfig")
    files = {"a.py": text}, {"a.py": fix}, {"a.py": own}, {"a.py": copy}
    assert claimed(tmp_path, *files) == "missing"


def test_imports_alone_are_asked(tmp_path: Path) -> None:
    text = "import random\n" + MANY
    copy = text.replace("the 29th line", "the last line")
    files = {"a.py": text}, {"a.py": text.replace("random", "secrets as random")}, {"b.py": ""}, {"a.py": copy}
    assert claimed(tmp_path, *files) == "missing"


GO = 'package e2e\n\nimport (\n\t"testing"\n\n\t{client}"go.shop.io/client/v3"\n)\n\n' + MANY
TEST = "func TestDisable(t *testing.T) {\n\tcheckAuth(t, disableTest)\n}\n"


@pytest.mark.parametrize(
    ("test", "status"), [(TEST, "present"), ("func TestOther(t *testing.T) {\n}\n", "missing")], ids=["it", "another"]
)
def test_an_import_under_another_name(tmp_path: Path, test: str, status: str) -> None:
    """The branch calls it as the file did before the fix."""
    text, fix = GO.format(client=""), GO.format(client="clientv3 ") + TEST
    own = text + "func TestOurOwn(t *testing.T) {\n\tourOwn(t)\n}\n"
    assert claimed(tmp_path, {"a.go": text}, {"a.go": fix}, {"a.go": own}, {"a.go": own + test}) == status


# Lines that stand elsewhere, too

SWITCH = "switch runtime_of_this_system {\ncase 'windows':\n\tskip_windows()\ndefault:\n{body}}\n"
TWO = MANY + SWITCH.replace("{body}", "\tcheck_pids(2)\n") + MANY + SWITCH.replace("{body}", "\tcheck_mounts(3)\n")
ONE = MANY + "retry_pids(2, until_a_second_passed)\n" + MANY + SWITCH.replace("{body}", "\tcheck_mounts(3)\n")


@pytest.mark.parametrize(("mended", "status"), [(True, "present"), (False, "missing")])
def test_old_lines_that_the_branch_has_in_another_place_only(tmp_path: Path, *, mended: bool, status: str) -> None:
    own = MANY + "pids = old_way_to_ask_for_pids()\nask()\n" + MANY + SWITCH.replace("{body}", "\tcheck_mounts(3)\n")
    line = "retry_pids(2, until_a_second_passed)" if mended else "pids = another_old_way()"
    copy = own.replace("pids = old_way_to_ask_for_pids()", line)
    assert claimed(tmp_path, {"a.c": TWO}, {"a.c": ONE}, {"a.c": own}, {"a.c": copy}) == status


# Copies of one file

HELPERS = (
    "package {name}\n\n" + MANY + "func buildLabels(config Labels) Labels {{\n{guard}\treturn copied(config)\n}}\n"
)
GUARD = "\tif isReserved(config) {\n\t\twarn('reserved')\n\t\treturn nil\n\t}\n"


def helpers(name: str, guard: str = "") -> str:
    return HELPERS.format(name=name, guard=guard)


def test_the_branch_has_one_of_several_copies(tmp_path: Path) -> None:
    """The code was joined in one file; what is left of the others has no place for it."""
    names = ("sbserver", "podsandbox", "server")
    before = {f"pkg/{n}/helpers.go": helpers(n) for n in names}
    fix = {f"pkg/{n}/helpers.go": helpers(n, GUARD) for n in names}
    rest = {path: f"package helpers\n\n// Its own: {path}\n" for path in before}
    own: Files = {**rest, "lib/util.go": helpers("util").replace("the 29th", "our 29th")}
    guard = GUARD.replace("warn(", "log.warn(")
    copy = {"lib/util.go": helpers("util", guard).replace("the 29th", "our 29th")}
    assert claimed(tmp_path, before, fix, own, copy) == "present"


def test_the_branch_has_all_copies_and_mended_one(tmp_path: Path) -> None:
    names = ("sbserver", "podsandbox", "server")
    before = {f"pkg/{n}/helpers.go": helpers(n) for n in names}
    fix = {f"pkg/{n}/helpers.go": helpers(n, GUARD) for n in names}
    copy = {"pkg/server/helpers.go": helpers("server", GUARD)}
    assert claimed(tmp_path, before, fix, {"b.go": ""}, copy) == "missing"


# A file that was added at the top, where the branch has a folder


@pytest.mark.parametrize(("made", "status"), [("client/checks.go", "present"), ("other/checks.go", "missing")])
def test_a_file_that_was_added_beside_one_that_lives_elsewhere(tmp_path: Path, made: str, status: str) -> None:
    options = MANY + "func options(): Options\n"
    checks = "".join(f"func checkOption{n}(o) {{ check(o, {n}) }}\n" for n in range(40))
    own: Files = {"options.go": None, "client/options.go": options + "func ourOwn(): Options\n"}
    fix = {"options.go": options + "func reserved(): Options\n", "checks.go": checks}
    copy = {"client/options.go": str(own["client/options.go"]) + "func reserved(): Options\n", made: checks}
    assert claimed(tmp_path, {"options.go": options}, fix, own, copy) == status


# Two copies of one commit


@pytest.mark.parametrize("digits", [(40, 12), (12, 40)], ids=["cut", "whole"])
@pytest.mark.parametrize(("share", "status"), [(3, "present"), (1, "missing")])
def test_the_fix_and_a_commit_of_the_branch_name_one_origin(
    tmp_path: Path, share: int, status: str, digits: tuple[int, int]
) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, {"a.py": MANY})
    origin = "0123456789abcdef0123456789abcdef01234567"
    lines = [f"check_the_{word}_of_it(cart)\n" for word in ("first", "second", "third", "fourth")]
    ours, theirs = (origin[:some] for some in digits)
    repo.commit(f"Mend it\n\n(cherry picked from commit {ours})", {"a.py": MANY + "".join(lines)})
    repo.tag("v2.4.1")
    repo.switch("qa")
    copy = "ours = 1\n" + MANY + "".join(lines[:share])
    repo.commit(f"In our way\n\n(cherry picked from commit {theirs})", {"a.py": copy}, author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == status


# Conflicts that were committed

PAY = "def pay(cart):\n{guard}    account = {account}\n    return render(account)\n"
OLD, NEW = "account_of(cart)", "verified_account_of(cart, session)"
OURS = "our_account_of(cart)"
CONFLICT = (
    "<<<<<<< HEAD\n    account = {ours}\n=======\n    audit(cart)\n    account = {new}\n>>>>>>> 0a1b2c3 (Mend it)\n"
)


def pay(account: str, guard: str = "") -> Files:
    return {"pay.py": PAY.format(guard=guard, account=account)}


def marked() -> Files:
    text = str(pay(OURS)["pay.py"])
    return {"pay.py": text.replace(f"    account = {OURS}\n", CONFLICT.format(ours=OURS, new=NEW))}


@pytest.mark.parametrize("topic", [True, False], ids=["topic", "branch"])
@pytest.mark.parametrize(
    ("resolved", "status"),
    [
        (pay(NEW, "    audit(cart)\n"), "present"),
        (pay(f"as_ours({NEW})"), "missing"),
        (pay(OURS), "missing"),
    ],
    ids=["new side", "in another way", "old side"],
)
def test_conflicts_that_the_next_commit_resolved(tmp_path: Path, resolved: Files, status: str, *, topic: bool) -> None:
    repo = protocol(tmp_path / "shop", branches=("dev",))
    started(repo, pay(OLD))
    oid = fixed(repo, pay(NEW, "    audit(cart)\n"))
    repo.switch("qa")
    repo.commit("Our own", pay(OURS), author=OTHER)
    if topic:
        repo.switch("topic", "qa")
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", marked(), author=OTHER)
    repo.commit("Fix conflicts", resolved, author=OTHER)
    if topic:
        repo.switch("qa")
        repo.commit("Meanwhile", {"NOTES": "none\n"}, author=OTHER)
        repo.merge("topic")
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert_checks_hold(repo.path, verdict)
    assert verdict.status.value == status


def test_conflicts_that_were_resolved_one_by_one(tmp_path: Path) -> None:
    """What the first of two commits left of them is no part of the fix yet."""
    repo = protocol(tmp_path / "shop", branches=("dev",))
    other = "more(cart)\n"
    started(repo, {**pay(OLD), "more.py": other})
    oid = fixed(repo, {**pay(NEW, "    audit(cart)\n"), "more.py": "more(cart, session)\n"})
    repo.switch("qa")
    repo.commit("Our own", {**pay(OURS), "more.py": "more(our_cart)\n"}, author=OTHER)
    more = "<<<<<<< HEAD\nmore(our_cart)\n=======\nmore(cart, session)\n>>>>>>> 0a1b2c3 (Mend it)\n"
    message = f"Mend it\n\n(cherry picked from commit {oid})"
    repo.commit(message, {**marked(), "more.py": more}, author=OTHER)
    repo.commit("One of them", {"more.py": "more(our_cart)\n"}, author=OTHER)
    repo.commit("And the other", pay(f"as_ours({OURS})"), author=OTHER)
    assert told(repo, "qa", "v2.4.1")[0] == "missing"


# Lines too short to tell, which stand where they stood

CHARGES = "def pay(cart, card):\n{guard}    amount = total(cart)\n    {charge}(amount)\n    return amount\n"
CHECK = "    if not cart.items:\n        raise ValueError('nothing to pay')\n"
POOL = "db.url=shop\ndb.user=shop\npool={}\ndb.wait=3\n"
SERVICES = "".join(f"{n}:\n  TIMEOUT: {{}}\n  image: shop-{n}\n" for n in ("web", "mail"))
SHORT = {
    "properties": ("conf/db.properties", POOL.format(5), POOL.format(50), POOL.format(20)),
    "yaml": ("compose.yml", *(SERVICES.format(n, 30) for n in (30, 60, 40))),
    "in the same file": ("pay.py", "LIMIT = 30\n", "LIMIT = 60\n", "LIMIT = 40\n"),
}


def held(tmp_path: Path, short: tuple[str, ...], own: str, copy: str, charge: str) -> str:
    """What is said of a guard and a value, where the copy has the guard, or what is called there, and that value."""
    path, before, after, _ = short

    def files(guard: str, text: str, charge: str = "card.charge") -> Files:
        pay = CHARGES.format(guard=guard, charge=charge)
        return {"pay.py": text + pay} if path == "pay.py" else {"pay.py": pay, path: text}

    return claimed(tmp_path, files("", before), files(CHECK, after, charge), files("", own), files(CHECK, copy, charge))


@pytest.mark.parametrize("short", SHORT.values(), ids=SHORT)
@pytest.mark.parametrize(
    ("own", "copy", "charge", "status"),
    [
        (1, 1, "card.charge", "missing"),
        (1, 2, "card.charge", "present"),
        # The branch has a value of its own there, or more of the fix is held.
        (3, 3, "card.charge", "present"),
        (1, 1, "card.charge_at_once", "present"),
    ],
    ids=["left", "set", "its own", "half of it"],
)
def test_a_value_that_it_left(
    tmp_path: Path, short: tuple[str, ...], own: int, copy: int, charge: str, status: str
) -> None:
    assert held(tmp_path, short, short[own], short[copy], charge) == status


def test_a_number_that_it_left_in_prose(tmp_path: Path) -> None:
    short = ("README.md", "# Shop\n\nIt is 1.1.\n", "# Shop\n\nIt is 1.2.\n", "")
    assert held(tmp_path, short, short[1], short[1], "card.charge") == "present"


# What the copy did beside its place


def test_what_was_done_to_a_copy_of_a_file(tmp_path: Path) -> None:
    """The branch has both files, and the larger part of the fix is in neither of them."""
    check = "".join(f"    check_{n}(cart)\n" for n in range(6))
    shop = MANY + "def pay(cart):\n{}    charge(cart)\n"
    before = {"pay.py": shop.format(""), "limit.py": "limit = 1\n"}
    fix = {"pay.py": shop.format(check), "limit.py": "limit = of_cart(cart)\n"}
    own = {"till.py": shop.format("").replace("29th", "our 29th"), "limit.py": "limit = 1\nmore = 2\n"}
    copy = {
        "till.py": str(own["till.py"]).replace("    charge", check + "    charge"),
        "limit.py": "limit = of_cart(cart)\nmore = 2\n",
    }
    assert claimed(tmp_path, before, fix, own, copy) == "missing"


def test_lines_that_the_fix_moved_and_the_branch_has_there_already(tmp_path: Path) -> None:
    """What it moved need not be taken out of its old place by who found it in the new one."""
    moved = "".join(f"set_up_the_{n}_part(cart)\n" for n in range(4))
    new = "".join(f"check_the_{n}_part(cart)\n" for n in range(6))
    text = MANY + "old_check(cart)\n{}" + MANY.replace("line", "row") + "{}end(cart)\n"
    before, fix = text.format(moved, ""), text.format("", new + moved).replace("old_check(cart)\n", "")
    own = text.format("", moved).replace("old_check", "ours = 1\nold_check").replace("end(cart)", "end(ours)")
    copy = own.replace("old_check(cart)\n", "").replace(
        "end(ours)", new.replace("check_the_5", "see_the_5") + "end(ours)"
    )
    assert claimed(tmp_path, {"a.py": before}, {"a.py": fix}, {"a.py": own}, {"a.py": copy}) == "present"


def test_a_line_that_stands_elsewhere_is_owed_once_more(tmp_path: Path) -> None:
    """Main's file had it before the fix, too: the copy has but the note."""
    check = "check_the_cart(cart)\n"
    text = MANY + check + MANY.replace("line", "row") + "charge(cart)\n{}refund(cart)\n"
    fix = text.format(f"{check}audit(cart)\n").replace("charge(cart)\n", f"{check}charge(cart)\n")
    own = text.format("").replace("charge(cart)", "charge(our_cart)")
    copy = own.replace("refund", "audit(cart)\nrefund")
    assert claimed(tmp_path, {"a.py": text.format("")}, {"a.py": fix}, {"a.py": own}, {"a.py": copy}) == "missing"
