"""A part of a fix is as before it, since the branch went on from the fix: and the like, where it was taken out."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import merged_and, told

USER = """\
package oci

{imports}
func WithUser(user string) error {{
	ctx := context.Background()
{helper}	parts := strings.Split(user, ":")
	switch len(parts) {{
	case 1:
		v, err := strconv.Atoi(parts[0])
{first}		return WithUserID(ctx, v)
	case 2:
		w, err := strconv.Atoi(parts[1])
{second}		return WithGroupID(ctx, w)
	}}
	return nil
}}
"""
HELPER = """\
	isErrRange := func(err error) bool {
		return errors.Is(err, strconv.ErrRange)
	}
"""
CALL = '\t\tif isErrRange(err) {{\n\t\t\treturn fmt.Errorf("out of range: {}")\n\t\t}}\n'
OTHER = CALL.replace("isErrRange(err)", "errors.Is(err, strconv.ErrRange)")


def user(helper: str = "", first: str = "", second: str = "", imports: str = "") -> Files:
    first, second = first.format("uid"), second.format("gid")
    return {"oci/user.go": USER.format(helper=helper, first=first, second=second, imports=imports)}


OLD, NEW = user(), user(HELPER, CALL, CALL)


# Parts that the rest of the fix needs no more


def test_a_helper_of_the_fix_gave_way_to_another(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, user("", OTHER, OTHER)) == "present"


def test_a_helper_was_taken_out_and_so_were_its_calls(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, user("", "", "")) == "reverted"


def test_a_helper_gave_way_to_another_and_one_call_to_nothing(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, user("", OTHER, "")) == "reverted"


def test_a_call_was_taken_out_and_the_helper_is_still_there(repo: Repo) -> None:
    assert merged_and(repo, OLD, NEW, user(HELPER, CALL, "")) == "reverted"


# One part back, where others were written anew by the same commit


RUN = "def run(job):\n" + "".join(f"    step_{n}(job)\n    log('{n}')\n" for n in range(6))


def run(*steps: str) -> Files:
    text = RUN
    for n, step in enumerate(steps):
        text = text.replace(f"    step_{n}(job)\n", step or f"    step_{n}(job)\n")
    return {"src/run.py": text}


SAFE = tuple(f"    step_{n}(job, timeout=30)\n" for n in range(4))


def anew(*numbers: int, back: int) -> Files:
    """The steps of some numbers in yet other words, and one as before."""
    steps = [f"    outcome = job.attempt(step_{n}, within=30)\n" if n in numbers else s for n, s in enumerate(SAFE)]
    steps[back] = ""
    return run(*steps)


def test_a_commit_that_wrote_most_of_it_anew(repo: Repo) -> None:
    assert merged_and(repo, run(), run(*SAFE), anew(1, 2, back=0)) == "present"


def test_a_commit_that_also_wrote_a_part_of_it_anew(repo: Repo) -> None:
    assert merged_and(repo, run(), run(*SAFE), anew(1, back=0)) == "reverted"


def test_a_part_was_put_back_and_others_were_written_anew_before(repo: Repo) -> None:
    assert merged_and(repo, run(), run(*SAFE), anew(1, 2, back=5 - 2), anew(1, 2, back=0)) == "reverted"


def test_old_words_stand_again_above_the_fix_in_other_words(repo: Repo) -> None:
    text = "def read(value):\n    number = parse(value)\n    {}\n        raise Invalid(value)\n    {}return number\n"
    old, new = "if number.error:", "if number.error or number < MIN_USER or number > MAX_USER:"
    more = "if number < MIN_USER or number > MAX_USER:\n        raise OutOfRange(value)\n    "
    head = "MIN_USER, MAX_USER = 0, 65535\n\n\n"
    tail = "\n\ndef write(value):\n    check({})\n"
    assert (
        merged_and(
            repo,
            {"src/read.py": text.format(old, "") + tail.format("value")},
            {"src/read.py": head + text.format(new, "") + tail.format("value, MAX_USER")},
            {"src/read.py": head + text.format(old, more) + tail.format("value, MAX_USER")},
        )
        == "present"
    )


# What main has written anew


FACTORY = "class Factory:\n{}\n    def build(self):\n        return Router({})\n\n    def close(self):\n        {}\n"


def factory(fields: str, args: str = "self.points", close: str = "pass") -> Files:
    return {"src/factory.py": FACTORY.format(fields, args, close)}


FEW = "    points = ()\n    bypass = {}\n"
DENIED = "    points = ()\n    bypass = {}\n    denied = frozenset()\n"


@pytest.mark.parametrize(("of_main", "status"), [(True, "present"), (False, "reverted")])
def test_main_went_on_and_the_branch_has_that(repo: Repo, of_main: bool, status: str) -> None:
    """Old lines that are back by a merge of main's own work are main's; by the branch's own work they are not."""
    started(repo, factory(FEW))
    fixed(repo, factory(DENIED, "self.points, self.denied", "self.denied = None"))
    repo.switch("qa")
    repo.merge("main")
    repo.switch("main")
    repo.commit("Deny elsewhere", factory(f"{FEW}    limit = 8\n", "self.points, denied()", "self.denied = None"))
    repo.switch("qa")
    if of_main:
        repo.merge("main")
    repo.commit("No limit here", factory(FEW, "self.points, denied()", "self.denied = None"))
    if not of_main:
        repo.commit("Not denied", factory(FEW, "self.points", "self.denied = None"))
    assert told(repo, "qa", "v2.4.1")[0] == status


CLOCK = """\
def last_id(self):
    return self.root.ident


{written}def last_block(self):
    return self.log.head


def first_block(self):
    {first}
"""
STAMP = "def last_stamp(self):\n    return self.root.header.stamp\n\n\n"
TIME = "def last_time(self):\n    stamp = self.root.header.stamp\n    return as_time(stamp)\n\n\n"
SHORT = "def last_time(self):\n    return as_time(self.root.header.stamp)\n\n\n"


def clock(written: str = "", first: str = "return self.log.tail") -> str:
    return CLOCK.format(written=written, first=first)


def rewritten(repo: Repo, main: str, qa: str, first: str = "return self.log.tail") -> str:
    """Main wrote anew what the fix added; qa's merge of the fix kept something of qa's own in its place."""
    started(repo, {"src/clock.py": clock(), "src/names.py": "CLOCK = 'id'\n"})
    fixed(repo, {"src/clock.py": clock(STAMP), "src/names.py": "CLOCK = 'id stamp'\n"})
    repo.switch("qa")
    repo.commit("Work on it", {"src/clock.py": qa})
    repo.merge("main", resolve={"src/clock.py": qa})
    repo.switch("main")
    repo.commit("Give the time", {"src/clock.py": clock(main, first)})
    return told(repo, "qa", "v2.4.1")[0]


AT_TOP = TIME + clock()


def test_what_main_wrote_in_its_place_is_there_elsewhere(repo: Repo) -> None:
    assert rewritten(repo, TIME, AT_TOP) == "present"


def test_what_main_wrote_in_its_place_is_there_but_for_a_name(repo: Repo) -> None:
    zone = "    zone = self.root.header.zone\n    self.{}.debug('time', stamp)\n    return as_time(stamp, zone)\n"
    main, own = (TIME.replace("    return as_time(stamp)\n", zone.format(name)) for name in ("log", "own_log"))
    assert rewritten(repo, main, own + clock()) == "present"


@pytest.mark.parametrize(
    ("main", "qa", "first"),
    [
        (TIME, clock(), "return self.log.tail"),
        (TIME, AT_TOP, TIME.partition("\n")[2].strip()),
        (TIME, AT_TOP.replace("def last_time", "def a_time").replace("as_time(stamp)", "None"), "pass"),
        (SHORT, SHORT + clock(), "pass"),
    ],
    ids=["nothing", "in one place of two", "a third of it", "too little to tell"],
)
def test_what_main_wrote_in_its_place_is_not_there(repo: Repo, main: str, qa: str, first: str) -> None:
    assert rewritten(repo, main, qa, first) == "dropped"


# What is not in force


def fetched(version: int, body: str) -> Files:
    conn = f"package lib\n\nfunc Conn() {{\n{body}}}\n"
    return {"vendor/lib/conn.go": conn, **{f"vendor/lib/{n}.go": f"const V{n} = {version}\n" for n in range(3)}}


def test_a_later_version_of_what_others_made_has_old_lines_again(repo: Repo) -> None:
    hooks = "\tc.hooks = hooks\n"
    assert merged_and(repo, fetched(32, ""), fetched(33, hooks), fetched(35, "")) == "present"


def test_an_earlier_version_of_what_others_made_is_back(repo: Repo) -> None:
    assert merged_and(repo, fetched(32, ""), fetched(33, "\tc.hooks = hooks\n"), fetched(32, "")) == "reverted"


IMPORTS = 'import (\n\t"context"\n{}\t"strings"\n)\n'


def test_an_import_that_the_fix_removed_is_needed_again(repo: Repo) -> None:
    old, new = IMPORTS.format('\t"encoding/json"\n'), IMPORTS.format("")
    later = user(HELPER, CALL, CALL.replace("fmt.Errorf", "json.Error"), old)
    assert merged_and(repo, user("", "", "", old), user(HELPER, CALL, CALL, new), later) == "present"


@pytest.mark.parametrize("needs", ['require "json"\n', 'import "./json"\n', 'log "example.com/log"\n'])
def test_an_import_that_nothing_needs_any_more_tells_nothing(repo: Repo, needs: str) -> None:
    """By the name that it brings: not by the word that makes it an import, which stands at every one."""
    text = 'require "set"\nimport "./set"\n{}\ndef pay(cart)\n  {}\nend\n\ndef close(cart)\n  cart.done({})\nend\n'
    old, new = text.format("", "cart.sum", "1"), text.format(needs, "cart.total(3)", "2")
    later = text.format("", "cart.total(3)", "2")
    assert merged_and(repo, *({"src/pay.rb": some} for some in (old, new, later))) == "present"


def test_a_path_in_a_list_is_no_import(repo: Repo) -> None:
    listed = "allowed = [\n    {}\n]\nother = {}\n"
    old, new = listed.format('"/admin/users"', 1), listed.format('"/public/users"', 2)
    assert (
        merged_and(
            repo, {"src/paths.py": old}, {"src/paths.py": new}, {"src/paths.py": listed.format('"/admin/users"', 2)}
        )
        == "reverted"
    )


TEST = """\
def test_login():
    assert login()


def test_locked():
    user = locked('mallory')
    assert not login(user)


def test_logout():
    logout()
"""


@pytest.mark.parametrize(("path", "status"), [("src/login.py", "present"), ("tests/test_other.py", "reverted")])
def test_a_case_was_taken_out_of_a_test(repo: Repo, path: str, status: str) -> None:
    """The fix stands; but a fix that is one of tests is what these are."""
    less = TEST.replace("    user = locked('mallory')\n    assert not login(user)\n", "    pass\n")
    cut = TEST.replace("    user = locked('mallory')\n    assert not login(user)\n", "")
    old = {path: "a = 1\n", "tests/test_login.py": less}
    new = {path: "a = 2\n", "tests/test_login.py": TEST}
    moved = cut.replace("    assert login()\n", "    assert login(1)\n").replace("    logout()\n", "    logout(1)\n")
    assert merged_and(repo, old, new, {path: "a = 2\n", "tests/test_login.py": moved}) == status


def test_a_statement_that_the_fix_changed_was_given_up(repo: Repo) -> None:
    """It stands in neither form: what the branch has no use for, it needs no fix of."""
    text = "def purge(self):\n    first(self)\n{}    second(self)\n    third(self)\n    {}\n"
    old, new = "    self.purge('snap', self.limit)\n", "    self.purge_unlocked('snap', self.limit)\n"
    files = [
        {"src/purge.py": text.format(*words)} for words in ((old, "done()"), (new, "done(self)"), ("", "done(self)"))
    ]
    assert merged_and(repo, *files) == "present"


LIKE = """

def {0}(self):
    if self.linux is None or not self.linux.{0}:
        return None
    return dict(self.linux.{0})
"""


def test_a_function_was_deleted_and_a_like_one_came_beside_it(repo: Repo) -> None:
    """Of a `return None` it cannot be told whose it is."""
    text = "def pid(self):\n    return self.process.pid\n{}\n\ndef seccomp(self):\n    return self.profile\n"
    old = {"src/nri.py": text.format(""), "src/api.py": "api = 1\n", "src/log.py": "log = 1\n"}
    new = {"src/nri.py": text.format(LIKE.format("sysctl")), "src/api.py": "api = 2\n", "src/log.py": "log = 2\n"}
    gone, like = ({"src/nri.py": text.format(some)} for some in ("", LIKE.format("rlimits")))
    assert merged_and(repo, old, new, gone, like) == "reverted"
