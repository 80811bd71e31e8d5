"""Parts of a fix that went with what held them, or to another file: and the like, where they were taken out."""

from __future__ import annotations

from tests.build import Files, Repo, fixed, started
from tests.judged import audit, merged_and, pair

# A whole function, or class, is gone

CHUNK = """\
class Chunk {{
    private final int capacity;
{updater}
    private volatile int count;

    Chunk(int capacity) {{
        this.capacity = capacity;
    }}
{more}}}
"""
UPDATER = """
    private static final Updater<Chunk> updater = new Updater<Chunk>() {{
        @Override
        protected AtomicUpdater<Chunk> updater() {{
            return ATOMIC_UPDATER;
        }}
        @Override
        protected long unsafeOffset() {{
            {offset}
        }}
    }};
"""
PLAIN = "return COUNT_FIELD_OFFSET;"
GUARDED = "// on native images it may be there without unsafe\n            return unsafe() ? COUNT_FIELD_OFFSET : -1;"
ANEW = """
    static class Unsafe extends UnsafeUpdater {
        @Override
        protected long countFieldOffset() {
            return COUNT_FIELD_OFFSET;
        }
    }
"""


def chunk(offset: str | None, more: str = "") -> Files:
    updater = "" if offset is None else UPDATER.format(offset=offset)
    return {"src/Chunk.java": CHUNK.format(updater=updater, more=more)}


def test_what_a_fix_guards_is_gone_and_the_old_line_serves_another(repo: Repo) -> None:
    assert merged_and(repo, chunk(PLAIN), chunk(GUARDED), chunk(None, ANEW)) == "present"


def test_a_function_was_moved_within_its_file_as_it_was_before_the_fix(repo: Repo) -> None:
    later = chunk(None, UPDATER.format(offset=PLAIN))
    assert merged_and(repo, chunk(PLAIN), chunk(GUARDED), later) == "reverted"


def test_the_old_line_is_back_where_it_was_and_once_more(repo: Repo) -> None:
    assert merged_and(repo, chunk(PLAIN), chunk(GUARDED), chunk(PLAIN, ANEW)) == "reverted"


TYPES = """\
class BigInteger(types.BigInteger):
    render_bind_cast = True


{classes}class IndexType(types.IndexType):
    pass
"""
KIND = """\
class {name}(types.{name}):
{cast}    def result_processor(self, dialect, kind):
        return None


"""
CAST = "    render_bind_cast = True\n\n"
TWIN = KIND.format(name="Range", cast=CAST)


def kinds(cast: str, *names: str, more: str = "") -> Files:
    classes = "".join(KIND.format(name=name, cast=cast) for name in names)
    return {"src/types.py": TYPES.format(classes=classes) + more, "src/use.py": f"names = {len(cast)}\n"}


def test_what_a_fix_took_a_line_from_is_gone(repo: Repo) -> None:
    old, new = kinds(CAST, "Json", "JsonB", more=TWIN), kinds("", "Json", "JsonB", more=TWIN)
    assert merged_and(repo, old, new, kinds("", more=TWIN)) == "present"


def test_another_with_such_a_line_stands_where_it_was(repo: Repo) -> None:
    names = ("Json", "JsonB", "Xml", "Yaml")
    text = str(kinds("", *names[:3])["src/types.py"]).replace("class IndexType", f"{TWIN}class IndexType")
    old, new = kinds(CAST, *names, more=TWIN), kinds("", *names, more=TWIN)
    assert merged_and(repo, old, new, {**new, "src/types.py": text}) == "present"


def test_what_a_fix_took_a_line_from_has_it_again(repo: Repo) -> None:
    old, new = kinds(CAST, "Json", "JsonB"), kinds("", "Json", "JsonB")
    later = {**kinds("", "JsonB"), "src/types.py": kinds(CAST, "JsonB")["src/types.py"]}
    assert merged_and(repo, old, new, later) == "reverted"


# A part of the fix is in another file

BASE = """\
class Compiler(Base):
    def sequence(self, item):
        text = {first}
        return text

    def identity(self, item):
        return self.column(item) + {second}

    def drop(self, item):
        return "DROP " + item.name
{options}
"""
OPTIONS = '''
    def identity_options(self, options):
        """Of one dialect alone."""
        text = super().identity_options(options)
        return text.replace("NO CYCLE", "NOCYCLE")
'''


def compiler(options: str, shim: str = "", *, done: bool) -> Files:
    first, second = ("self.options(item)", "self.default(item)") if done else ("options(item)", "default(item)")
    text = BASE.format(options=options, first=first, second=second)
    names = "".join(f"name_{n} = {'checked' if done else 'plain'}({n})\n" for n in range(9))
    return {"dialects/base.py": text, "dialects/shim.py": f"class Shim:\n    pass\n{shim}", "names.py": names}


def test_a_part_was_moved_to_another_file(repo: Repo) -> None:
    later = compiler("", OPTIONS, done=True)
    assert merged_and(repo, compiler("", done=False), compiler(OPTIONS, done=True), later) == "present"


def test_a_part_was_moved_to_another_file_and_deleted_there(repo: Repo) -> None:
    later = compiler("", OPTIONS, done=True), compiler("", done=True)
    assert merged_and(repo, compiler("", done=False), compiler(OPTIONS, done=True), *later) == "reverted"


def test_a_part_was_taken_out_and_half_a_line_of_it_is_elsewhere(repo: Repo) -> None:
    later = compiler("", "    text = super().identity_options(options)\n", done=True)
    assert merged_and(repo, compiler("", done=False), compiler(OPTIONS, done=True), later) == "reverted"


# What a tool wrote of other files

PROTO = "message Shop {{\n  string name = 1;\n{field}}}\n"
FIELD = "  string owner = 2;\n"
MADE = """\
func (m *Shop) Unmarshal(data []byte) error {{
	for {{
		switch field(data) {{
		case 1:
			m.Name = text(data)
{owner}		case {last}:
			if wireType != 0 {{
				return fmt.Errorf("wrong wire type %d for the last field", wireType)
			}}
			m.Last = number(data)
		}}
	}}
}}

var descriptor = []byte{{{{0x1f, 0x{digest}}}}}
"""
OWNER = '\t\tcase 2:\n\t\t\tif wireType != 2 {\n\t\t\t\treturn fmt.Errorf("wrong wire type for the owner")\n\t\t\t}\n'


def proto(field: str, owner: str, last: int, digest: str) -> Files:
    made = MADE.format(owner=owner, last=last, digest=digest)
    return {"shop.proto": PROTO.format(field=field), "shop.pb.go": made}


def test_a_part_of_what_a_tool_wrote_is_otherwise(repo: Repo) -> None:
    """What it was made of has the fix."""
    old, new = proto("", "", 2, "aa"), proto(FIELD, OWNER, 3, "bb")
    later = proto(FIELD + "  int32 size = 4;\n", OWNER.replace("if wireType != 2", "if other(wireType)"), 2, "cc")
    assert merged_and(repo, old, new, later) == "present"


def test_what_a_tool_wrote_is_as_before(repo: Repo) -> None:
    later = {**proto(FIELD, OWNER, 3, "bb"), "shop.pb.go": proto("", "", 2, "aa")["shop.pb.go"]}
    assert merged_and(repo, proto("", "", 2, "aa"), proto(FIELD, OWNER, 3, "bb"), later) == "reverted"


# Which commit took it out


def test_it_is_told_which_commit_took_out_what_is_out_today(repo: Repo) -> None:
    """What another one took out before that has come again in another form."""
    old = {"shop.gemspec": "depend 'rack'\ndepend 'rails'\n", "src/shop.rb": "def pay\n  charge(1)\n  mail(1)\nend\n"}
    gems = "depend 'rack'\ndepend 'racc'\ndepend 'rails'\n"
    new = {"shop.gemspec": gems, "src/shop.rb": "def pay\n  charge(checked(1))\n  mail(1)\nend\n"}
    started(repo, old)
    fixed(repo, new)
    repo.switch("qa")
    repo.merge("main")
    repo.commit("Old call", {"src/shop.rb": old["src/shop.rb"]})
    repo.commit("Another gem", {"NOTES": "None\n"})
    second = repo.commit("No more racc", {"shop.gemspec": old["shop.gemspec"]})
    repo.commit(
        "A better call", {"src/shop.rb": "def pay\n  settle(amount.checked(of: 1), by: card)\n  mail(1)\nend\n"}
    )
    fix = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa").fixes[0]
    assert (fix.status.value, fix.evidence.commit) == ("reverted", second)
