"""Lines of a fix that a commit deleted, which took nothing of it out: and the like, where it did."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo
from tests.judged import merged_and

# Conditions around what the fix does

LOCAL = """\
typedef struct {{
	git_transport parent;
	git_remote *owner;
{field}	char *url;
}} transport_local;

static int connect(transport_local *t, git_repository *repo)
{{
	t->repo = repo;
{line}	return load(t);
}}
"""
FIELD = "#ifdef EXPERIMENTAL_SHA256\n\tgit_oid_t oid_type;\n#endif\n"
LINE = "#ifdef EXPERIMENTAL_SHA256\n\tt->oid_type = repo->oid_type;\n#endif\n\n"
OTHER = "\n#ifdef EXPERIMENTAL_SHA256\n# define OID_MAX 32\n#endif\n"


def local(field: str, line: str, more: str = "") -> Files:
    return {"src/local.c": LOCAL.format(field=field, line=line) + more}


def bare(text: str) -> str:
    return "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))


def test_conditions_around_a_fix_were_dropped_and_the_fix_is_always_in_force(repo: Repo) -> None:
    assert merged_and(repo, local("", ""), local(FIELD, LINE), local(bare(FIELD), bare(LINE))) == "present"


def test_conditions_were_dropped_with_what_stood_between(repo: Repo) -> None:
    assert merged_and(repo, local("", ""), local(FIELD, LINE), local(bare(FIELD), "")) == "reverted"


def test_conditions_were_dropped_and_later_what_stood_between(repo: Repo) -> None:
    later = local(bare(FIELD), bare(LINE)), local(bare(FIELD), "\t/* Of any type */\n")
    assert merged_and(repo, local("", ""), local(FIELD, LINE), *later) == "reverted"


def test_conditions_that_are_the_fix_were_dropped(repo: Repo) -> None:
    """What they keep out was there before."""
    line = "\trequire(t->sha256);\n"
    kept = f"#ifdef EXPERIMENTAL_SHA256\n{line}#endif\n"
    old, new = local(line, ""), local(kept, "\tmark(t, seen);\n")
    assert merged_and(repo, old, new, local(line, "\tmark(t, seen);\n")) == "reverted"


EITHER = "#ifdef EXPERIMENTAL_SHA256\n\tset_type(t, repo->oid_type);\n#else\n\tset_type(t, GIT_OID_SHA1);\n#endif\n"


def test_one_case_of_a_condition_was_dropped(repo: Repo) -> None:
    later = local("\tgit_oid_t type;\n", "\tset_type(t, repo->oid_type);\n")
    assert merged_and(repo, local("", ""), local("\tgit_oid_t type;\n", EITHER), later) == "reverted"


def test_another_case_is_one_with_the_first(repo: Repo) -> None:
    first, rest = (f"\tset_type(t, {what});\n" for what in ("repo->oid_type", "GIT_OID_SHA1"))
    old, new, later = (
        f"#ifdef EXPERIMENTAL_SHA256\n{first}{more}#endif\n"
        for more in ("", f"#elif defined(GIT_SHA1_ONLY)\n{rest}", rest)
    )
    field = "\tgit_oid_t type;\n"
    assert merged_and(repo, local("", old), local(field, new), local(field, later)) == "reverted"


# What the fix had found and but worded anew

MAIN = """\
func main() {{
{before}	command := cli()
	log.Setup(command)
{after}	if command.Quiet() {{
		command.Mute()
	}}
	command.Run()
}}
"""
CALL, FOUND = "\tutil.SetMaxProcs(isShopCLI)\n", "\tutil.SetMaxProcs(isCLI)\n"
GUARD = "\tif plugins.Unsafe(command) {\n\t\treturn\n\t}\n"


def main(before: str, after: str) -> Files:
    return {"cmd/main.go": MAIN.format(before=before, after=after)}


OLD_MAIN, NEW_MAIN = main(FOUND, ""), main("", GUARD + CALL)


def test_a_call_that_the_fix_worded_anew_was_deleted(repo: Repo) -> None:
    assert merged_and(repo, OLD_MAIN, NEW_MAIN, main("", GUARD)) == "present"


def test_a_call_that_the_fix_worded_anew_is_as_before_it(repo: Repo) -> None:
    assert merged_and(repo, OLD_MAIN, NEW_MAIN, main(FOUND, GUARD)) == "reverted"


LOADER = """\
    def get_source(self, environment, template):
{begin}        try:
            module, name = template.split('/', 1)
            loader = self.app.modules[module].jinja_loader
{guard}        except (ValueError, KeyError):
{end}
    def list_templates(self):
        return self.app.templates
"""
FOUND_LOADER = {
    "begin": "        name = template\n        loader = None\n",
    "guard": "",
    "end": "            pass\n        if loader is None:\n            loader = self.app.jinja_loader\n",
}
NEW_LOADER = {
    "begin": "",
    "guard": "            if loader is None:\n                raise ValueError()\n",
    "end": "            loader = self.app.jinja_loader\n            if loader is not None:\n"
    "                return loader.get_source(environment, template)\n",
}


def test_a_condition_with_the_words_of_what_the_fix_had_found_was_deleted(repo: Repo) -> None:
    """Flask's 705f628b3499: `loader = None` went, and `if loader is None:` came, which was then taken out."""
    cut = {**NEW_LOADER, "guard": "                raise ValueError()\n"}
    old, new, out = ({"flask/templating.py": LOADER.format(**parts)} for parts in (FOUND_LOADER, NEW_LOADER, cut))
    assert merged_and(repo, old, new, out) == "reverted"


STATIC = """\
def data_files(path):
    while path != '/':
        hub = join(path, 'share', 'hub')
{look}            return hub
        path = above(path)
"""
FOUND_LOOK = "        if exists(join(hub, 'static', 'components')):\n"
NEW_LOOK = (
    "        static = join(hub, 'static')\n        if all(exists(join(static, f)) for f in ['components', 'css']):\n"
)


@pytest.mark.parametrize("cut", [0, 1])
def test_a_line_with_words_of_what_the_fix_had_found_which_another_line_says_anew(repo: Repo, cut: int) -> None:
    """What uses the name stands, and says what the fix had found: that was not given up."""
    lines = NEW_LOOK.splitlines(keepends=True)
    looks = (FOUND_LOOK, NEW_LOOK, lines[1] if not cut else lines[0])
    old, new, out = ({"data.py": STATIC.format(look=look)} for look in looks)
    assert merged_and(repo, old, new, out) == ("reverted" if not cut else "present")


def test_a_guard_of_the_fix_was_deleted(repo: Repo) -> None:
    assert merged_and(repo, OLD_MAIN, NEW_MAIN, main("", CALL)) == "reverted"


def test_a_guard_with_the_words_of_what_it_guards_was_deleted(repo: Repo) -> None:
    """The line that the fix found is still there, and was not given up."""
    old = {"src/pay.py": "def pay(token):\n    charge(receipt, token)\n    log('pay')\n    return token\n"}
    text = "def pay(token):\n    log('pay')\n{}    charge(receipt, token)\n    return token\n"
    new, later = ({"src/pay.py": text.format(guard)} for guard in ("    check(receipt, token)\n", ""))
    assert merged_and(repo, old, new, later) == "reverted"


# Old lines that main has, too

QUERY = (
    '          {{\n            "type": "string",\n            "name": "{}",\n            "in": "query"\n          }},\n'
)


def swagger(names: str, description: str, other: str) -> Files:
    query = "".join(QUERY.format(name) for name in names)
    return {"assets/swagger.json": f'{{\n  "a": [\n{query}  ],\n  "text": "{description}",\n  "b": "{other}"\n}}\n'}


def test_a_text_beside_a_list_that_the_fix_shortened_is_another_one(repo: Repo) -> None:
    later = swagger("abcde", "Another one", "checked")
    assert merged_and(repo, swagger("abcdefgh", "One", "open"), swagger("abcde", "One", "checked"), later) == "present"


def test_what_the_fix_took_off_a_list_is_back(repo: Repo) -> None:
    later = swagger("abcdefgh", "Another one", "checked")
    assert merged_and(repo, swagger("abcdefgh", "One", "open"), swagger("abcde", "One", "checked"), later) == "reverted"


# What was declared anew, or needs an import no more

MODELS = """\
import {{models}} from './base';

{first}export interface Application {{
    spec: Spec;
}}

export interface Set {{
    spec: SetSpec;
}}
{last}"""
LIST = "\nexport interface SetList {\n    metadata: models.ListMeta;\n    items: Set[];\n}\n"
SHORT = "export interface SetList extends ItemsList<Set> {}\n"
USES = {"ui/sets.ts": "const sets: SetList = load();\nconst shown = sets.items;\nshow(shown);\n"}


def models(first: str = "", last: str = "", more: str = "load") -> Files:
    return {"ui/models.ts": MODELS.format(first=first, last=last), "ui/a.ts": f"run({more});\n", **USES}


def test_what_a_part_declares_was_declared_otherwise_elsewhere_in_the_file(repo: Repo) -> None:
    old, new = {**models(), "ui/sets.ts": "show([]);\n"}, models(last=LIST, more="loadAll")
    assert merged_and(repo, old, new, models(first=SHORT, more="loadAll")) == "present"


def test_what_a_part_declares_is_gone(repo: Repo) -> None:
    old, new = {**models(), "ui/sets.ts": "show([]);\n"}, models(last=LIST, more="loadAll")
    assert merged_and(repo, old, new, models(first=SHORT.replace("SetList", "AppList"), more="loadAll")) == "reverted"


WRITER = """\
package writer

import (
{errors}	"fmt"
{fs}	"os"
)

func Write(root *os.Root, path string) error {{
	err := {make}
	if err != nil {{
		return fmt.Errorf("write: %w", err)
	}}
	return save(root, {path})
}}
{helper}"""
HELPER = """
// mkdirAll makes a directory and those that it is in.
func mkdirAll(root *os.Root, path string) error {
	for _, part := range parts(path) {
		err := root.Mkdir(part, os.ModePerm)
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return fmt.Errorf("make: %w", err)
		}
	}
	return nil
}
"""


def writer(make: str, helper: str = "", path: str = "clean(path)") -> Files:
    errors, fs = ('\t"errors"\n', '\t"io/fs"\n') if helper else ("", "")
    return {"writer/write.go": WRITER.format(make=make, helper=helper, errors=errors, fs=fs, path=path)}


OLD_WRITER = writer("os.MkdirAll(path, os.ModePerm)", path="path")
NEW_WRITER = writer("mkdirAll(root, path)", HELPER)


def test_a_helper_of_the_fix_gave_way_to_one_of_the_library_and_its_imports_went(repo: Repo) -> None:
    assert merged_and(repo, OLD_WRITER, NEW_WRITER, writer("root.MkdirAll(path, 0o755)")) == "present"


def test_a_helper_of_the_fix_went_and_so_did_what_it_made_safe(repo: Repo) -> None:
    assert merged_and(repo, OLD_WRITER, NEW_WRITER, writer("os.MkdirAll(path, os.ModePerm)")) == "reverted"


# An import that is needed, and comes from elsewhere

QUERY_CLASS = r"""\
<?php
namespace Shop;

{uses}
class Query
{{
    public function run($name)
    {{
        {body}
    }}
}}
"""
OURS, THEIRS = "use Common\\Mapping\\MappingException;\n", "use Persistence\\Mapping\\MappingException;\n"
CAUGHT = "try { return load($name); } catch (MappingException $e) { return $this->named($name); }"


def query(uses: str, body: str) -> Files:
    return {"src/Query.php": QUERY_CLASS.format(uses=uses, body=body)}


def test_what_a_fix_imports_comes_from_elsewhere(repo: Repo) -> None:
    assert merged_and(repo, query("", "return load($name);"), query(OURS, CAUGHT), query(THEIRS, CAUGHT)) == "present"


def test_what_a_fix_imports_comes_from_where_it_came_before(repo: Repo) -> None:
    """That another import has the same name is the fix."""
    old, new = query(OURS, "return load($name);"), query(THEIRS, "return load($name, 1);")
    assert merged_and(repo, old, new, query(OURS, "return load($name, 1);")) == "reverted"


# What calls no longer take

METHODS = """\
class Methods {{
  private final Schedule schedule;
{field}
  List<Method> create() {{
    return List.of(
        new TraceCall(
            new Simulator(
                blockchain,
{given}        new TraceRaw(
            new Simulator(
                blockchain,
{given}        new TraceBlock(schedule));
  }}
}}
"""
PRIVACY = "  private final Privacy privacyParameters;\n"
GIVEN, NO_MORE = "                schedule,\n                privacyParameters)),\n", "                schedule)),\n"
MANY = "        new TraceCallMany(\n            new Simulator(\n                blockchain,\n{given}"


def methods(given: str, many: str, field: str = PRIVACY) -> Files:
    text = METHODS.format(field=field, given=given)
    return {"Methods.java": text.replace("        new TraceRaw(", f"{many}        new TraceRaw(")}


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (methods(NO_MORE, MANY.format(given=NO_MORE), field=""), "present"),
        (methods(GIVEN, MANY.format(given=NO_MORE)), "reverted"),
        (methods(NO_MORE, "", field=""), "reverted"),
    ],
    ids=["from no call", "from the fix's call alone", "with the fix's call"],
)
def test_what_every_call_was_given_is_given_no_more(repo: Repo, later: Files, status: str) -> None:
    """Besu's 249123dc1e: where a thing was taken out of a file altogether, the call that a fix added goes on."""
    assert merged_and(repo, methods(GIVEN, ""), methods(GIVEN, MANY.format(given=GIVEN)), later) == status


def chain(csrf: str, limits: str, admin: str) -> Files:
    text = f"from web import csrf_check, limit_calls\n\nSHOP = [\n{csrf}    log_calls,\n]\n"
    return {"chain.py": f"{text}ADMIN = [\n    log_calls,\n{admin}{limits}    show_errors,\n]\n"}


def test_a_check_was_taken_out_of_every_list(repo: Repo) -> None:
    """It is what the fix brought to one of them, among other things."""
    check, limits = "    csrf_check,\n", "    limit_calls,\n"
    old, new, later = chain(check, "", ""), chain(check, limits, check), chain("", limits, "")
    later = {path: str(text).replace("csrf_check, ", "") for path, text in later.items()}
    assert merged_and(repo, old, new, later) == "reverted"
