"""Code of a fix that a branch put out of force, in the ways of many languages, and what is in force all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from auditor.text import off
from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import merged_and, told


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


def deeper(text: str, by: str) -> str:
    return "".join(by + line for line in text.splitlines(keepends=True))


ERB = "<%= hidden_field_tag :token, form_token %>\n<%= hidden_field_tag :nonce, fresh_nonce %>\n"
JINJA = "{{ csrf_field(token) }}\n{{ nonce_field(nonce) }}\n"
PAGE = "<form>\n{}<p>Thank you for all that</p>\n</form>\n"
HELM = "  securityContext:\n    runAsNonRoot: true\n    readOnlyRootFilesystem: true\n"
DEPLOYMENT = "spec:\n  replicas: 2\n{}  strategy: rolling\n"
SQL = "  CHECK (expires > now_utc()),\n  CHECK (number_is_valid(number)),\n"
TABLE = "CREATE TABLE cards (\n  id int,\n{}  number text\n);\n"
SHELL = 'check_the_card "$1" || exit 1\nverify_signature "$1" || exit 1\n'
SCRIPT = '#!/bin/sh\nset -e\n{}charge "$1"\n'
BATCH = "call :check_the_card %1\nif errorlevel 1 exit /b 1\n"
LUA = "  if cart.card.expired then\n    log_error(cart)\n    error('card expired')\n  end\n"
RUBY = "  if cart.card.expired?\n    log_error(cart)\n    raise CardError, cart.card\n  end\n"
PERL = "sub check_card {\n  die 'card expired' if card_expired(shift);\n}\n"
PYTHON = "    if cart.card.expired:\n        log_error(cart)\n        raise CardError(cart.card)\n"
C = "\tif (card_expired(c->card)) {\n\t\tlog_error(c);\n\t\treturn -1;\n\t}\n"
GO = "\tif c.Card.Expired() {\n\t\tlog.Error(c)\n\t\treturn ErrCardExpired\n\t}\n"
JSX = "    <CheckedForm token={token} />\n    <NonceField nonce={nonce} />\n"
RUST = "    if c.card.expired() {\n        return Err(Error::CardExpired);\n    }\n"
HASKELL = '  if expired (card cart)\n    then fail "card expired"\n    else\n'
TERRAFORM = "  block_public_access = true\n  kms_key_id = var.kms_key\n"
MAKE = "\t./check-cards --all --strict\n\t./verify-signatures --all\n"
CMAKE = "add_definitions(-DCHECK_CARDS_STRICTLY)\ntarget_link_libraries(pay cardchecks)\n"
JOB = "  check-cards:\n    run: ./check-cards --strict\n"
POWER = "if (Test-Expired $c) {\n  Write-Error 'expired'\n  exit 1\n}\n"
PAY_PY = "def pay(cart):\n    amount = total(cart)\n{}    charge(cart, amount)\n    return amount\n"
PAY_C = "int pay(cart *c)\n{{\n\tint sum = total(c);\n{}\tcharge(c, sum);\n\treturn sum;\n}}\n"

OFF = {
    "erb, a comment of each": ("form.html.erb", PAGE, ERB, ERB.replace("<%=", "<%#=")),
    "erb, never": ("form.html.erb", PAGE, ERB, f"<% if false %>\n{ERB}<% end %>\n"),
    "jinja": ("form.j2", PAGE, JINJA, f"{{#\n{JINJA}#}}\n"),
    "jinja, each": ("form.j2", PAGE, JINJA, "".join(f"{{# {line} #}}\n" for line in JINJA.splitlines())),
    "jinja, never": ("form.j2", PAGE, JINJA, f"{{% if false %}}\n{JINJA}{{% endif %}}\n"),
    "django": ("form.html", PAGE, JINJA, f"{{% comment %}}\n{JINJA}{{% endcomment %}}\n"),
    "helm": ("templates/shop.yaml", DEPLOYMENT, HELM, f"{{{{/*\n{HELM}*/}}}}\n"),
    "helm, never": ("templates/shop.yaml", DEPLOYMENT, HELM, f"{{{{- if false }}}}\n{HELM}{{{{- end }}}}\n"),
    "sql": ("cards.sql", TABLE, SQL, f"/*\n{SQL}*/\n"),
    "shell, a text for nobody": ("pay.sh", SCRIPT, SHELL, f": <<'EOF'\n{SHELL}EOF\n"),
    "shell, never": ("pay.sh", SCRIPT, SHELL, f"if false; then\n{SHELL}fi\n"),
    "shell, after the end": ("pay.sh", SCRIPT, SHELL, f'charge "$1"\nexit 0\n{SHELL}'),
    "batch": ("pay.bat", "@echo off\n{}call :charge %1\n", BATCH, deeper(BATCH, "REM ")),
    "lua": ("pay.lua", "function pay(cart)\n{}  charge(cart)\nend\n", LUA, f"--[[\n{LUA}]]\n"),
    "ruby, never": ("pay.rb", "def pay(cart)\n{}  charge(cart)\nend\n", RUBY, RUBY.replace("if ", "if false && ")),
    "perl, after the end": ("Pay.pm", "sub pay {{\n  charge(shift);\n}}\n{}1;\n", PERL, f"__END__\n{PERL}"),
    "haskell": ("Pay.hs", "pay cart =\n{}  charge cart\n", HASKELL, f"{{-\n{HASKELL}-}}\n"),
    "terraform": ("main.tf", 'resource "b" "c" {{\n  name = "x"\n{}}}\n', TERRAFORM, f"  /*\n{TERRAFORM}  */\n"),
    "terraform, none": ("main.tf", 'resource "b" "c" {{\n  name = "x"\n{}}}\n', TERRAFORM, f"  count = 0\n{TERRAFORM}"),
    "make, never": ("Makefile", "all:\n\tcc pay.c\n{}\tinstall pay\n", MAKE, f"ifdef NEVER\n{MAKE}endif\n"),
    "cmake": ("CMakeLists.txt", "project(x)\n{}add_library(pay)\n", CMAKE, deeper(CMAKE, "#")),
    "cmake, never": ("a.cmake", "project(x)\n{}add_library(pay)\n", CMAKE, f"if(FALSE)\n{CMAKE}endif()\n"),
    "a job": ("ci.yml", "jobs:\n{}  z:\n    run: z\n", JOB, JOB.replace("    run", "    if: false\n    run")),
    "powershell": ("pay.ps1", "param($c)\n{}Charge $c\n", POWER, f"<#\n{POWER}#>\n"),
    "jsx": ("Form.jsx", "<form>\n{}<Submit />\n</form>\n", JSX, f"    {{/*\n{JSX}    */}}\n"),
    "rust": ("pay.rs", "fn pay(c: &Cart) {{\n{}    charge(c)\n}}\n", RUST, f"    #[cfg(any())]\n{RUST}"),
    "go, never": (
        "pay.go",
        "func Pay(c *Cart) error {{\n{}\tcharge(c)\n}}\n",
        GO,
        f"\tif false {{\n{deeper(GO, chr(9))}\t}}\n",
    ),
    "its own condition, first": ("pay.c", PAY_C, C, C.replace("if (", "if (0 && ")),
    "its own condition, last": ("pay.c", PAY_C, C, C.replace("card))", "card) && 0)")),
    "its own condition in Python": ("pay.py", PAY_PY, PYTHON, PYTHON.replace("expired:", "expired and False:")),
    "a loop": ("pay.py", PAY_PY, PYTHON, f"    while False:\n{deeper(PYTHON, '    ')}"),
    "a name that nobody defines": ("pay.c", PAY_C, C, f"#ifdef NEVER\n{C}#endif\n"),
    "after the end in C": ("pay.c", PAY_C, C, f"\tcharge(c, sum);\n\treturn sum;\n{C}"),
    "after the end in Python": ("pay.py", PAY_PY, PYTHON, f"    charge(cart, amount)\n    return amount\n{PYTHON}"),
    "a conflict that nobody resolved": ("pay.c", PAY_C, C, f"<<<<<<< HEAD\n\tpay_now(c);\n=======\n{C}>>>>>>> main\n"),
    "one line of it": ("pay.py", PAY_PY, PYTHON, PYTHON.replace("raise", "# raise")),
    "nothing for one line of it": ("pay.py", PAY_PY, PYTHON, PYTHON.replace("raise CardError(cart.card)", "pass")),
}


def at(path: str, text: str, guard: str, more: str = "") -> Files:
    return {path: text.format(guard) + more}


@pytest.mark.parametrize(("path", "text", "guard", "out"), OFF.values(), ids=OFF)
def test_out_of_force(repo: Repo, path: str, text: str, guard: str, out: str) -> None:
    assert merged_and(repo, at(path, text, ""), at(path, text, guard), at(path, text, out)) == "reverted"


@pytest.mark.parametrize(("path", "text", "guard", "out"), OFF.values(), ids=OFF)
def test_main_has_it_out_of_force_too(repo: Repo, path: str, text: str, guard: str, out: str) -> None:
    started(repo, at(path, text, ""))
    fixed(repo, at(path, text, guard))
    repo.commit("Not now", at(path, text, out))
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Ours", at(path, text, out, "\n\n"))
    assert told(repo, "qa", "v2.4.1")[0] in ("present", "withdrawn")


ON = {
    "a page's other part": ("form.html", PAGE, JINJA, f"{JINJA}{{% comment %}}\n<b>New</b>\n{{% endcomment %}}\n"),
    "a condition of a page": ("form.j2", PAGE, JINJA, f"{{% if cards %}}\n{JINJA}{{% endif %}}\n"),
    "the other case of a page": (
        "form.j2",
        PAGE,
        JINJA,
        f"{{% if false %}}\n<b>No</b>\n{{% else %}}\n{JINJA}{{% endif %}}\n",
    ),
    "a remark above": ("cards.sql", TABLE, SQL, f"/* dates\n   are UTC */\n{SQL}"),
    "an early return": ("pay.c", PAY_C, C, f"\tif (!sum)\n\t\treturn 0;\n{C}"),
    "an early return in braces": ("pay.c", PAY_C, C, f"\tif (!sum) {{\n\t\treturn 0;\n\t}}\n{C}"),
    "an early return, badly set": ("pay.c", PAY_C, C, f"\tif (!sum)\n\treturn 0;\n{C}"),
    "a return in a condition of C": ("pay.c", PAY_C, C, f"#ifdef FREE\n\treturn 0;\n#endif\n{C}"),
    "a text in the shell": ("pay.sh", SCRIPT, SHELL, f"{SHELL}cat <<'EOF'\nPaid with a card\nEOF\n"),
    "one of two cases": ("pay.c", PAY_C, C, C.replace("if (", "if (c->is_free && ")),
    "or": ("pay.c", PAY_C, C, C.replace("card))", "card) || c->lost && 0)")),
    "another job": ("ci.yml", "jobs:\n{}  z:\n    run: z\n", JOB, f"{JOB}  y:\n    if: false\n    run: y\n"),
    "another line for it": (
        "pay.py",
        PAY_PY,
        PYTHON,
        PYTHON.replace("raise CardError(cart.card)", "# raise\n        refuse(cart)"),
    ),
}


@pytest.mark.parametrize(("path", "text", "guard", "later"), ON.values(), ids=ON)
def test_in_force(repo: Repo, path: str, text: str, guard: str, later: str) -> None:
    assert merged_and(repo, at(path, text, ""), at(path, text, guard), at(path, text, later)) == "present"


@pytest.mark.parametrize(
    ("path", "text", "out"),
    [
        ("a.py", "return a\nb\n\nc\n", {1, 2, 3}),
        ("a.py", "if a:\n  return (\n    b)\n  c\nd\n", {3}),
        ("a.py", "return a if b else {\n}\nc\n", set()),
        ("a.c", "return a;\nout:\nb\n", set()),
        ("a.c", "case 1:\n\treturn a;\ncase 2:\n\tb\n", set()),
        ("a.c", "\treturn a\n\t  + b;\n\tc\n", set()),
        ("a.js", "return a;\n\nfunction b() {\n}\n", set()),
        ("a.go", "\treturn a\n\tb\n}\n", {1}),
        ("a.rb", "return a\nb\n", set()),
        ("a.sh", "f() {\nexit 1\n}\nb\n", set()),
        ("a.sh", "exit $a\nb\n", set()),
        ("a.c", "while (0);\na\n", set()),
        ("a.c", "if (0 == a) {\n\tb\n}\n", set()),
        ("a.c", "if (a)\n{\n\tb\n}\nif (0)\n{\n\tc\n}\n", {4, 5, 6}),
        ("a.c", "#if 0 || A\na\n#endif\n", set()),
        ("a.c", "/* a */ b /* c */\n/* d */\n", {1}),
        ("a.vue", '<a v-if="false">\n  b\n</a>\n<c/>\n', {0, 1}),
        ("a.yml", "a:\n- b: 1\n  when: false\n- c: 1\n", {1, 2}),
        ("a.tf", "a {\n  count = 0\n  b = 1\n}\nc {\n}\n", {0, 1, 2}),
        ("run", "#!/usr/bin/env python3\nif False:\n  a\n", {0, 1, 2}),
        ("Dockerfile", "# a\nb\n", {0}),
        ("a.md", "<<<<<<< a\nb\n", set()),
        ("a.py", "def a():\n  b\n\ndef a():\n  c\n", {0, 1, 2}),
        ("a.py", "class A:\n  def a():\n    b\nclass B:\n  def a():\n    c\n", set()),
        ("a.py", "@b.first\ndef a():\n  b\n@b.second\ndef a():\n  c\n", set()),
        ("a.java", "def a() {\n  b\n}\ndef a() {\n  c\n}\n", set()),
        ("a.php", "# a\n#[B]\n", {0}),
        ("a.sh", "if false; then\nif a; then b; fi\nif c\nthen\nd\nfi\nfi\ne\n", {0, 1, 2, 3, 4, 5}),
    ],
)  # fmt: skip
def test_lines_that_are_off(path: str, text: str, out: set[int]) -> None:
    assert off.lines(path, text.encode().splitlines(keepends=True)) == out


@pytest.mark.parametrize(
    "line", ["return 1;", "#ifdef NEVER", "{% if false %}", "if: false", "count = 0", "if false; then"]
)
@pytest.mark.parametrize("name", ["a.c", "a.py", "a.sh", "a.j2", "a.yml", "a.tf"])
def test_a_hundred_thousand_of_them(name: str, line: str) -> None:
    assert len(off.lines(name, [f"  {line}\n".encode()] * 100_001)) in (0, 100_000, 100_001)


def test_a_function_is_declared_once_more_as_it_was_before(repo: Repo) -> None:
    """As a merge leaves it that kept both."""
    old, new = PAY_PY.format(""), PAY_PY.format(PYTHON)
    assert merged_and(repo, {"pay.py": old}, {"pay.py": new}, {"pay.py": f"{new}\n\n{old}"}) == "reverted"


def test_a_function_is_declared_once_more_as_the_fix_has_it(repo: Repo) -> None:
    old, new = PAY_PY.format(""), PAY_PY.format(PYTHON)
    assert merged_and(repo, {"pay.py": old}, {"pay.py": new}, {"pay.py": f"{old}\n\n{new}"}) == "present"
