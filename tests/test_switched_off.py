"""A fix of which a branch has all lines, and not in force: in a comment, in `#if 0`, behind a condition never met."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.text import off
from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import audit, merged_and, pair, told

PAY_C = "int pay(cart *c)\n{{\n\tint sum = total(c);\n{guard}\tcharge(c, sum);\n\treturn sum;\n}}\n{more}"
GUARD_C = "\tif (card_expired(c->card)) {\n\t\tlog_error(c);\n\t\treturn -1;\n\t}\n"
PAY_PY = (
    'def pay(cart):\n    """Pays."""\n    amount = total(cart)\n'
    "{guard}    charge(cart, amount)\n    return amount\n{more}"
)
GUARD_PY = "    if cart.card.expired:\n        log_error(cart)\n        raise CardError(cart.card)\n"
PAGE = "<html>\n<body>\n{guard}<p>Thank you for all that you buy here</p>\n</body>\n</html>\n{more}"
GUARD_PAGE = '<form action="/refund" method="post">\n<input name="token" type="hidden">\n</form>\n'
TEXTS = {"pay.c": (PAY_C, GUARD_C), "pay.py": (PAY_PY, GUARD_PY), "pay.html": (PAGE, GUARD_PAGE)}


def deeper(text: str, by: str) -> str:
    return "".join(by + line for line in text.splitlines(keepends=True))


def marked(text: str, depth: int, sign: str) -> str:
    return "".join(line[:depth] + sign + line[depth:] for line in text.splitlines(keepends=True))


def pay(name: str, guard: str, more: str = "") -> Files:
    return {name: TEXTS[name][0].format(guard=guard, more=more)}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


OFF = {
    "if 0": ("pay.c", f"#if 0\n{GUARD_C}#endif\n"),
    "if 0, with a condition in it": ("pay.c", f"#if 0 /* not now */\n#ifdef CARDS\n{GUARD_C}#endif\n#endif\n"),
    "if 0, and nothing else": ("pay.c", f"#if 0\n{GUARD_C}#else\n\t/* nothing to check */\n#endif\n"),
    "comment": ("pay.c", f"\t/*\n{GUARD_C}\t*/\n"),
    "comment that begins with the first line": ("pay.c", f"\t/* {GUARD_C.strip()}\n\t*/\n"),
    "each line a comment": ("pay.c", marked(GUARD_C, 1, "//")),
    "never": ("pay.c", f"\tif (0) {{\n{deeper(GUARD_C, chr(9))}\t}}\n"),
    "text": ("pay.py", f'    """\n{GUARD_PY}    """\n'),
    "False": ("pay.py", f"    if False:\n{deeper(GUARD_PY, '    ')}"),
    "each line a comment of Python": ("pay.py", marked(GUARD_PY, 4, "# ")),
    "comment of a page": ("pay.html", f"<!--\n{GUARD_PAGE}-->\n"),
}


@pytest.mark.parametrize(("name", "guard"), OFF.values(), ids=OFF)
def test_all_of_it_is_there_and_out_of_force(repo: Repo, name: str, guard: str) -> None:
    assert merged_and(repo, pay(name, ""), pay(name, TEXTS[name][1]), pay(name, guard)) == "reverted"


ON = {
    "a condition that may be met": ("pay.c", f"#ifdef CARDS\n{GUARD_C}#endif\n", ""),
    "the other case": ("pay.c", f"#if 0\n\tskip_all_checks(c);\n#else\n{GUARD_C}#endif\n", ""),
    "something else beside it": ("pay.c", f"{GUARD_C}#if 0\n\tlog_all_errors(c);\n#endif\n", ""),
    "a comment beside it": ("pay.c", f"\t/* Cards end:\n\t * at midnight */\n{GUARD_C}", ""),
    "once more, out of force": ("pay.c", GUARD_C, f"#if 0\n{GUARD_C}#endif\n"),
    "other code for it": ("pay.c", f"#if 0\n{GUARD_C}#else\n\trequire_valid_card(c->card);\n#endif\n", ""),
    "another guard above it as a comment": (
        "pay.c",
        marked(GUARD_C, 1, "//") + "\tif (card_is_invalid(c->card)) {\n\t\treturn fail_at_once(c);\n\t}\n",
        "",
    ),
    "texts before and after": ("pay.py", GUARD_PY, '\n\ndef refund(cart):\n    """Gives back.\n\n    All.\n    """\n'),
    "signs that are misread": (
        "pay.py",
        f'    note(\'"""\')\n{GUARD_PY}',
        '\n\ndef refund(cart):\n    """\n    All.\n    """\n',
    ),
    "a text that is given to something": ("pay.py", f'{GUARD_PY}    note(\n    """\n    paid\n    """\n    )\n', ""),
}


@pytest.mark.parametrize(("name", "guard", "more"), ON.values(), ids=ON)
def test_it_is_in_force(repo: Repo, name: str, guard: str, more: str) -> None:
    assert merged_and(repo, pay(name, ""), pay(name, TEXTS[name][1]), pay(name, guard, more)) == "present"


def test_it_was_switched_on_again(repo: Repo) -> None:
    steps = pay("pay.c", f"#if 0\n{GUARD_C}#endif\n"), pay("pay.c", GUARD_C, "\nint refund(cart *c);\n")
    assert merged_and(repo, pay("pay.c", ""), pay("pay.c", GUARD_C), *steps) == "present"


def test_the_old_lines_are_in_force(repo: Repo) -> None:
    old, new = "\tcheck_number(c->card);\n", "\tcheck_number_and_date(c->card, now());\n"
    back = f"#if 0\n{new}#else\n{old}#endif\n"
    assert merged_and(repo, pay("pay.c", old), pay("pay.c", new), pay("pay.c", back)) == "reverted"


def test_main_switched_it_off_too(repo: Repo) -> None:
    started(repo, pay("pay.c", ""))
    fixed(repo, pay("pay.c", GUARD_C))
    repo.commit("Not now", pay("pay.c", f"#if 0\n{GUARD_C}#endif\n"))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Refunds", pay("pay.c", f"#if 0\n{GUARD_C}#endif\n", "\nint refund(cart *c);\n"))
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")


def test_the_merge_let_it_in_out_of_force(repo: Repo) -> None:
    started(repo, pay("pay.c", ""))
    fixed(repo, pay("pay.c", GUARD_C))
    repo.switch("qa")
    repo.commit("Refunds", pay("pay.c", "", "\nint refund(cart *c);\n"))
    repo.merge("main", resolve=pay("pay.c", f"#if 0\n{GUARD_C}#endif\n", "\nint refund(cart *c);\n"))
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert verdict.status == "dropped"
    assert "left a part of it in pay.c, and out of force" in verdict.fixes[0].evidence.detail


def test_a_pick_put_it_there_out_of_force(repo: Repo) -> None:
    started(repo, pay("pay.c", ""))
    oid = fixed(repo, pay("pay.c", GUARD_C))
    repo.switch("qa")
    repo.commit("Refunds", {"refund.c": "int refund(cart *c);\n"})
    repo.commit(f"Mend it\n\n(cherry picked from commit {oid})", pay("pay.c", f"#if 0\n{GUARD_C}#endif\n"))
    assert told(repo, "qa", "v2.4.1")[0] == "reverted"


@pytest.mark.parametrize(
    ("path", "text", "out"),
    [
        ("a.c", "a\n/* b\nc */\nd\n", {1, 2}),
        ("a.c", "/* a */\nb\n", {0}),
        ("a.c", "/* a\nb\n", set()),
        ("a.c", "#if 0\na\n", set()),
        ("a.c", "#if 0\n# if X\na\n# else\nb\n# endif\n#else\nc\n#endif\n", {0, 1, 2, 3, 4, 5}),
        ("a.js", "glob('src/*')\na\nglob('*/b')\n", set()),
        ("a.py", "/* a\n#if 0\nb\n#endif\n*/\n", {1, 3}),
        ("a.go", "a\n// b\nc // d\n", {1}),
        ("a.js", "if (false) {\n  a\n\n  b\n}\nc\n", {0, 1, 2, 3}),
        ("a.py", "if 0:\n  a\nelse:\n  b\n", {0, 1}),
        ("a.py", "X = '''\na\n'''\nb\n'''\nc\n'''\n", {4, 5, 6}),
        ("a.rb", "=begin\na\n=end\nb\n", {0, 1, 2}),
        ("a.txt", "/* a\nb */\n", set()),
    ],
)
def test_lines_that_are_off(path: str, text: str, out: set[int]) -> None:
    assert off.lines(path, text.encode().splitlines(keepends=True)) == out


@pytest.mark.parametrize(
    ("name", "lines", "signs"),
    [
        ("app.properties", "request.timeout=60\nmax.retries=5\n", "#request.timeout=60\n#max.retries=5\n"),
        ("app.ini", "request_timeout=60\nmax_retries=5\n", ";request_timeout=60\n;max_retries=5\n"),
        ("app.jsx", "<CheckedForm token={token} />\n", "{/* <CheckedForm token={token} /> */}\n"),
    ],
)
@pytest.mark.parametrize("level", ["info", "debug"], ids=["alone", "with other work"])
def test_settings_and_elements_were_made_comments(repo: Repo, name: str, lines: str, signs: str, level: str) -> None:
    old, new, later = ({name: f"port=80\n{text}name=shop\nroot=/srv\n"} for text in ("", lines, signs))
    later = {name: str(later[name]) + f"level={level}\n"}
    assert merged_and(repo, old, new, later) == "reverted"


TEST = "void test_cards(void)\n{{\n{more}\tassert(pays(good_card()));\n}}\n"
MORE = "\tassert(!pays(expired_card()));\n\tassert(!pays(lost_card()));\n"


@pytest.mark.parametrize(("with_code", "status"), [(True, "present"), (False, "reverted")])
def test_the_tests_of_a_fix_are_out_of_force(repo: Repo, with_code: bool, status: str) -> None:
    """PowerDNS has half of test-dnsdistlbpolicies_cc.cc in `#if 0`: where the code is there, so is the fix."""
    old, new, later = ({"tests/cards.c": TEST.format(more=more)} for more in ("", MORE, f"#if 0\n{MORE}#endif\n"))
    code = [pay("pay.c", guard) for guard in ("", GUARD_C)] if with_code else [old, new]
    assert merged_and(repo, {**code[0], **old}, {**code[1], **new}, {**code[1], **later}) == status


@pytest.mark.parametrize(("line", "in_python"), [("/*", 0), ("#if 0", 100_001), ("if (0) {", 0), ('"""', 100_000)])
def test_what_is_opened_a_hundred_thousand_times(line: str, in_python: int) -> None:
    """None of it has an end, but for a text of Python, which the next sign ends."""
    text = [f"{line}\n".encode()] * 100_001
    assert off.lines("a.c", text) == frozenset()
    assert len(off.lines("a.py", text)) == in_python
