"""Old lines that stand again of which but white space was otherwise, or signs: and those where that does something."""

from __future__ import annotations

from tests.build import Files, Repo
from tests.judged import merged_and

# Blank lines

GEMS = 'gem "rails"\n{first}gem "puma"\n\ngroup :development do\n  gem "debug"{second}\nend\n'


def gems(first: str, second: str) -> Files:
    return {"Gemfile": GEMS.format(first=first, second=second)}


def test_a_blank_line_is_there_again_and_the_rest_of_the_fix_stands(repo: Repo) -> None:
    pinned = ', "~> 1.9"'
    assert merged_and(repo, gems("\n", ""), gems("", pinned), gems("\n", pinned)) == "present"


def test_one_of_two_blank_lines_is_there_again(repo: Repo) -> None:
    """What was around the other one was written anew."""
    old = {"Gemfile": "gem 'rails'\n\ngem 'puma'\n\ngem 'debug'\n"}
    new = {"Gemfile": "gem 'rails'\ngem 'puma'\ngem 'debug'\n"}
    assert merged_and(repo, old, new, {"Gemfile": "gem 'rails'\n\ngem 'puma'\ngem 'irb'\n"}) == "present"


def test_all_blank_lines_of_a_fix_of_nothing_else_are_there_again(repo: Repo) -> None:
    old = {"Gemfile": "gem 'rails'\n\ngem 'puma'\n\ngem 'debug'\n"}
    new = {"Gemfile": "gem 'rails'\ngem 'puma'\ngem 'debug'\n"}
    later = {"Gemfile": "gem 'rails'\n\ngem 'puma'\n\ngem 'debug'\ngem 'irb'\n"}
    assert merged_and(repo, old, new, later) == "reverted"


def test_the_rest_of_the_fix_is_out_and_the_blank_line_stays_away(repo: Repo) -> None:
    assert merged_and(repo, gems("\n", ""), gems("", ', "~> 1.9"'), gems("", "")) == "reverted"


# How deep a line is

C = """\
void one(void)
{{
{deep}make_test_data("empty", files);
	open_all();
	check("{word}");
}}

void two(void)
{{
{deep}make_test_data("empty", files);
	close_all();
{more}}}
"""


def c(deep: str, word: str, more: str = "") -> Files:
    return {"src/test.c": C.format(deep=deep, word=word, more=more)}


def test_lines_of_c_are_as_deep_as_before_and_the_rest_went_on(repo: Repo) -> None:
    later = c("\t", "nothing at all", "\tdone();\n")
    assert merged_and(repo, c("\t", "old"), c(" \t", "new"), later) == "present"


def test_a_line_of_c_is_as_deep_as_before_and_so_is_the_rest(repo: Repo) -> None:
    assert merged_and(repo, c("\t", "old"), c(" \t", "new"), c("\t", "old", "\tdone();\n")) == "reverted"


PYTHON = """\
def pay(cart):
    if cart.open:
        charge(cart)
{depth}close(cart)
    log(cart)
    return {found}
"""


def python(depth: int, found: str) -> Files:
    return {"src/pay.py": PYTHON.format(depth=" " * depth, found=found)}


def test_a_line_of_python_is_as_deep_as_before(repo: Repo) -> None:
    """There that is the fix."""
    assert merged_and(repo, python(4, "None"), python(8, "cart"), python(4, "cart")) == "reverted"


MAKE = "all:\n{blanks}build\n\nCFLAGS = {flags}\n"


def test_a_line_of_a_makefile_begins_with_blanks_again(repo: Repo) -> None:
    old, new = ({"Makefile": MAKE.format(blanks=b, flags=f)} for b, f in (("        ", "-O1"), ("\t", "-O2")))
    assert merged_and(repo, old, new, {"Makefile": MAKE.format(blanks="        ", flags="-O2")}) == "reverted"


# What stands in other white space

NOTE = """\
setting:
  text: |
    The name of the certificate, as it is used
    for a normal node.{blanks}
{note}
    Default: none.
other: 1
"""
WARNED = "    {}\n    Note: set the name in the main section of the file.{}\n"


def note(blanks: str, warned: str) -> Files:
    return {"settings.yaml": NOTE.format(blanks=blanks, note=warned)}


def test_blanks_at_the_ends_of_a_fix_of_one_part_are_gone(repo: Repo) -> None:
    warned = WARNED.format("   ", "  ").replace("name in", "name\N{NO-BREAK SPACE}in")
    old, new = note("", ""), note("     ", warned)
    assert merged_and(repo, old, new, note("", WARNED.format("", "").replace("    \n", "\n"))) == "present"


def test_a_note_is_gone_and_so_are_the_blanks(repo: Repo) -> None:
    old, new = note("", ""), note("     ", WARNED.format("   ", "  "))
    assert merged_and(repo, old, new, note("", "")) == "reverted"


VIEW = """\
<Panel>
{indent}<Loader
{indent}    load={{async src => {load}}}
{indent}>
{indent}    {{items => <List items={{items}} />}}
{indent}</Loader>
</Panel>
{more}"""
BARE, SAFE = "(src.url && services.apps(src.url)) || []", "src.url && []"
TWIN = "<Loader\n    load={async src => " + BARE + "}\n>\n    {items => <List items={items} />}\n</Loader>\n"


def view(indent: str, load: str, more: str = "") -> Files:
    return {"ui/view.tsx": VIEW.format(indent=indent, load=load, more=more)}


def test_a_file_was_indented_anew_and_has_a_twin_of_the_old_line(repo: Repo) -> None:
    later = view("        ", SAFE, TWIN)
    assert merged_and(repo, view("", BARE), view("", SAFE), later) == "present"


def test_a_file_was_indented_anew_and_the_old_line_is_back(repo: Repo) -> None:
    assert merged_and(repo, view("", BARE), view("", SAFE), view("        ", BARE)) == "reverted"


WRAPPED = """\
def pay(cart):
    audit(cart)
{body}    return cart
"""
FREE, HELD = "    charge(cart)\n", "    if allowed(cart):\n        charge(cart)\n"


def test_what_a_guard_held_is_out_of_it(repo: Repo) -> None:
    """The same words follow each other, and the guard guards nothing."""
    old, new = ({"src/pay.py": WRAPPED.format(body=body)} for body in (FREE, HELD))
    loose = WRAPPED.format(body="    if allowed(cart):\n        pass\n    charge(cart)\n")
    assert merged_and(repo, old, new, {"src/pay.py": loose}) == "reverted"


# Prose

LOG = "# Changes\n\n## Unreleased\n\n{entries}* Older entry of long ago\n\n## 1.0\n\n* First\n"
ENTRY = "* Deadlock on an invalid query to api/v2/search/tags\n"


def logged(entries: str, code: str) -> Files:
    return {"CHANGELOG.md": LOG.format(entries=entries), "src/query.py": f"def query():\n    return {code}\n"}


def test_an_entry_of_a_change_log_is_there_in_other_signs(repo: Repo) -> None:
    """The two lines around it meet in a second copy of them."""
    entry = ENTRY.replace("api/v2/search/tags", "`api/v2/search/tags`")
    text = LOG.format(entries="").replace("## 1.0", f"## 1.1\n\n{entry}* Older entry of long ago\n\n## 1.0")
    later = {"CHANGELOG.md": text, "src/query.py": "def query():\n    return checked()\n"}
    assert merged_and(repo, logged("", "unchecked()"), logged(ENTRY, "checked()"), later) == "present"


def test_an_entry_of_a_change_log_is_gone(repo: Repo) -> None:
    old, new = logged("", "unchecked()"), logged(ENTRY, "checked()")
    assert merged_and(repo, old, new, logged("", "checked()")) == "reverted"


def test_a_short_entry_of_a_change_log_is_gone_and_another_begins_so(repo: Repo) -> None:
    old, new = logged("", "unchecked()"), logged("* Mend queries\n", "checked()")
    text = str(logged("", "checked()")["CHANGELOG.md"]).replace("* First", "* Mend queries of the first shop\n* First")
    assert merged_and(repo, old, new, {**new, "CHANGELOG.md": text}) == "reverted"


def test_a_typo_is_neither_there_nor_mended(repo: Repo) -> None:
    """The branch wrote its change log anew, with what had been there before either."""
    typo, right = "* Fix stale associaton of keys\n", "* Fix stale association of keys\n"
    old, new = logged(typo, "unchecked()"), logged(right, "checked()")
    assert merged_and(repo, old, new, logged("* Keys are strings now\n", "checked()")) == "present"


README = "# Tests\n\nRun them with:\n\n    pytest {sign}n4\n\nThey take {time}.\n"


def readme(sign: str, time: str) -> Files:
    return {"README.md": README.format(sign=sign, time=time)}


def test_a_sign_of_prose_is_as_before_and_the_words_stand(repo: Repo) -> None:
    assert (
        merged_and(repo, readme("-", "an hour or so"), readme("- ", "a minute"), readme("-", "a minute")) == "present"
    )


def test_a_fix_of_nothing_but_a_sign_of_prose_was_taken_out(repo: Repo) -> None:
    assert merged_and(repo, readme("- ", "a minute"), readme("-", "a minute"), readme("- ", "a minute")) == "reverted"


# A blank line that other lines took the place of

MATRIX = "jobs:\n  strategy:\n    python: [a, {version}]\n{exclude}\n    steps: [build]\n\n  more: {more}\n"
EXCLUDE = "    exclude:\n    - os: windows\n      python: pypy-3.7\n    - os: windows\n      python: beta\n"


def matrix(exclude: str, more: str, version: str = "b") -> Files:
    return {"ci.yaml": MATRIX.format(exclude=exclude, more=more, version=version)}


def test_a_block_in_place_of_a_blank_line_was_edited(repo: Repo) -> None:
    new = str(matrix(EXCLUDE, "two")["ci.yaml"]).replace("beta\n\n", "beta\n")
    later = matrix(EXCLUDE.replace("3.7", "3.10") + "    - os: macos\n", "two", "c")
    assert merged_and(repo, matrix("", "one"), {"ci.yaml": new}, later) == "present"


def test_a_block_in_place_of_a_blank_line_was_taken_out(repo: Repo) -> None:
    new = str(matrix(EXCLUDE, "two")["ci.yaml"]).replace("beta\n\n", "beta\n")
    assert merged_and(repo, matrix("", "one"), {"ci.yaml": new}, matrix("", "two", "c")) == "reverted"


def test_a_file_that_was_but_a_blank_line_has_other_lines(repo: Repo) -> None:
    old, new = {"a.toml": "\n", "b.py": "b = 1\n"}, {"a.toml": "[pytest]\nxdfail_strict = true\n", "b.py": "b = 2\n"}
    later = {"a.toml": "[pytest]\nxfail_strict = true\n\n[more]\nmarkers = []\n"}
    assert merged_and(repo, old, new, later) == "present"
