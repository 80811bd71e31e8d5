"""Stories of the histories of other projects: what looks as if main had taken it back, and was not."""

from __future__ import annotations

import pytest

from tests.build import CART, Repo, fixed, started
from tests.judged import audit, judged, pair, told

# Further down in the same file

INGRESS = """\
def load(backend):
    service = client.get(backend.service.name)
    return service


def render(services):
    one(services)
    two(services)
    three(services)
    four(services)
    five(services)


def provide(rules):
    for path in rules:
        service = load(path.backend)
        emit(service)
"""
GUARD = """\
    if backend.resource is not None:
        # see docs/ingress#resource-backend
        raise Error("resource backends are not supported")
"""
GUARD_ABOVE = """\
        if path.backend.resource is not None:
            # see docs/ingress#resource-backend
            log("Resource backends are not supported")
            continue
"""
UNLIKE_ABOVE = """\
        if path.backend.service is None:
            log("no service")
            continue
"""
GUARDED = INGRESS.replace("def load(backend):\n", f"def load(backend):\n{GUARD}")


@pytest.mark.parametrize(("above", "status"), [(GUARD_ABOVE, "missing"), (UNLIKE_ABOVE, "withdrawn")])
def test_a_guard_that_main_has_further_down_in_other_words_was_not_taken_back(
    repo: Repo, above: str, status: str
) -> None:
    started(repo, {"src/ingress.py": INGRESS})
    fixed(repo, {"src/ingress.py": GUARDED})
    later = INGRESS.replace("    for path in rules:\n", f"    for path in rules:\n{above}")
    repo.commit("And go on with the next", {"src/ingress.py": later})
    assert judged(repo) == status


IMPORTS = """\
from shop import client
from shop import config
from shop import login
from shop import metrics
from shop import orders
from shop import stock
from shop import tax
from shop import words
"""


def test_a_line_that_main_has_further_down_with_a_comment_was_not_taken_back(repo: Repo) -> None:
    new = "from shop.balancer import grpclb\n"
    started(repo, {"src/main.py": IMPORTS})
    fixed(repo, {"src/main.py": new + IMPORTS})
    repo.commit("Sort", {"src/main.py": f"{IMPORTS}\n{new.rstrip()}  # registers the policy\n"})
    assert judged(repo) == "missing"


def test_a_short_line_that_another_function_got_is_no_part_of_the_fix(repo: Repo) -> None:
    """Of a guard that main took back, one line came elsewhere with another one: by chance."""
    guard = "    if backend is None:\n        log('none')\n        raise Error('there is no backend to get it of')\n"
    other = "    backend = rules.backend\n    if backend is None:\n        return\n"
    started(repo, {"src/ingress.py": INGRESS})
    fixed(repo, {"src/ingress.py": INGRESS.replace("def load(backend):\n", f"def load(backend):\n{guard}")})
    repo.commit("Other", {"src/ingress.py": INGRESS.replace("def provide(rules):\n", f"def provide(rules):\n{other}")})
    assert judged(repo) == "withdrawn"


# Taken back, and landed again

STEPS = "\n\n".join(
    f"def {name}(x):\n" + "".join(f"    {name}_{step}(x)\n" for step in range(9)) for name in ("one", "two", "three")
)
CHECKS = """\
    if x is None:
        log_missing(x)
        return default(x)
    check_depth(x)
    check_size(x)
"""
CHANGED = CHECKS.replace("check_depth(x)", "check_depth(x, limit=9)")


def with_checks(checks: str) -> str:
    return STEPS.replace("def two(x):\n", f"def two(x):\n{checks}")


def test_a_fix_that_main_took_back_and_landed_again_with_changes(repo: Repo) -> None:
    """Main has four of its five lines, qa none."""
    started(repo, {"src/a.py": STEPS})
    repo.revert(fixed(repo, {"src/a.py": with_checks(CHECKS)}))
    repo.commit("Mend it, with a limit", {"src/a.py": with_checks(CHANGED)})
    assert judged(repo) == "missing"


def test_a_fix_that_main_took_back_and_landed_again_with_changes_before_all_moved_on(repo: Repo) -> None:
    started(repo, {"src/a.py": STEPS})
    repo.revert(fixed(repo, {"src/a.py": with_checks(CHECKS)}))
    repo.commit("Mend it, with a limit", {"src/a.py": with_checks(CHANGED)})
    repo.commit("Rework", {"src/a.py": "def two(x):\n    return checked(x)\n"})
    assert judged(repo) == "missing"


@pytest.mark.parametrize("since", [STEPS, f"# later\n{STEPS}", "def two(x):\n    return quick(x)\n"])
def test_a_fix_of_which_main_landed_little_again_is_withdrawn(repo: Repo, since: str) -> None:
    started(repo, {"src/a.py": STEPS})
    repo.revert(fixed(repo, {"src/a.py": with_checks(CHECKS)}))
    repo.commit("A size alone", {"src/a.py": with_checks("    check_size(x)\n")})
    repo.commit("Go on", {"src/a.py": since})
    assert judged(repo) == "withdrawn"


# Put at the end of a file, whose last lines repeat

TAIL = """\

        # Grab a token and prepare the headers
        # for the requests of the tests.
        with client() as c:
            r = c.post(auth)
            self.token = r.headers["Token"]
            self.headers = {"Token": self.token}
"""


def case(name: str) -> str:
    setup = f"        super({name}, self).setUp()\n        self.user = admin({name!r},\n            scope=1)\n"
    return f"\n\nclass {name}(Base,\n        Mixin):\n\n    def setUp(self):\n{setup}{TAIL}"


def black(name: str) -> str:
    setup = f"        super().setUp()\n        self.user = admin(\n            {name!r}, scope=1\n        )\n"
    return f"\n\nclass {name}(\n    Base, Mixin\n):\n    def setUp(self):\n{setup}{TAIL}"


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (black("System") + black("Domain") + black("Project"), "missing"),
        ("# Tests\n" + case("System") + case("Domain"), "withdrawn"),
        (case("System") + case("Domain"), "withdrawn"),
    ],
    ids=["written anew", "taken out among others", "taken out"],
)
def test_what_was_put_at_the_end_and_written_anew_was_not_taken_back(repo: Repo, later: str, status: str) -> None:
    """The last lines are the same with it and without it, and tell nothing."""
    started(repo, {"tests/users.py": case("System") + case("Domain")})
    fixed(repo, {"tests/users.py": "".join(map(case, ("System", "Domain", "Project", "Loose")))})
    repo.commit("Go on", {"tests/users.py": later})
    assert judged(repo) == status


# Moved to another file

START = "def start(c):\n    one(c)\n    two(c)\n{}    three(c)\n    four(c)\n"
CACHE = "    cache = registry(c)\n{}    c.manager = cache\n"
REFRESH = "    if not cache.refresh():\n        raise Error('registry initialization failure')\n"
MANAGER = f"{CART}\n\ndef manager(c):\n    cache = registry(c)\n{{}}    return cache\n"


@pytest.mark.parametrize(("there", "status"), [(REFRESH, "missing"), ("    # fresh\n", "withdrawn")])
def test_two_lines_that_main_moved_to_another_file_were_not_taken_back(repo: Repo, there: str, status: str) -> None:
    started(repo, {"src/start.py": START.format(CACHE.format(""))})
    fixed(repo, {"src/start.py": START.format(CACHE.format(REFRESH))})
    moved = {"src/start.py": START.format(CACHE.format("")), "src/util.py": MANAGER.format(there)}
    repo.commit("One place for the manager", moved)
    assert judged(repo) == status


def test_one_short_line_that_came_elsewhere_was_not_moved_there(repo: Repo) -> None:
    started(repo, {"src/start.py": START.format("")})
    fixed(repo, {"src/start.py": START.format("    import os.path\n")})
    repo.commit("Tidy", {"src/start.py": START.format(""), "src/util.py": "    import os.path\n"})
    assert judged(repo) == "withdrawn"


def mended_twice(repo: Repo, tag: str) -> None:
    """A hotfix of what an earlier commit brought, which `tag` stands on, and qa has."""
    repo.commit("Go on", {"src/start.py": START.format("")})
    repo.tag("v2.4.0")
    repo.commit("Cache", {"src/start.py": START.format(CACHE.format(""))})
    repo.tag(tag)
    repo.branch("qa")
    repo.commit("Mend it", {"src/start.py": START.format(CACHE.format(REFRESH))})
    repo.tag("v2.5.1")


@pytest.mark.parametrize("tag", ["v2.5.0", "v2.4.1"], ids=["a release", "a hotfix, too"])
def test_a_verdict_does_not_hang_on_what_else_is_audited(repo: Repo, tag: str) -> None:
    """Main moved both commits' lines to another file."""
    mended_twice(repo, tag)
    repo.commit("Move", {"src/start.py": START.format(""), "src/util.py": MANAGER.format(REFRESH)})
    assert told(repo, "qa", "v2.5.1")[0] == "missing"


@pytest.mark.parametrize("tag", ["v2.5.0", "v2.4.1"], ids=["a release", "a hotfix, too"])
@pytest.mark.parametrize(
    ("later", "status"),
    [(START.format(""), "withdrawn"), (START.format("").replace("four", "fore"), "missing")],
    ids=["as of old", "reworked"],
)
def test_what_main_took_back_with_what_it_was_made_on(repo: Repo, tag: str, later: str, status: str) -> None:
    """The file is what it was before both, or something else: whether the earlier one is audited does not count."""
    mended_twice(repo, tag)
    repo.commit("No cache", {"src/start.py": later})
    assert told(repo, "qa", "v2.5.1")[0] == status


def test_a_submodule_that_main_set_back_by_two_steps(repo: Repo) -> None:
    """There are no lines to look at, and nothing that could be read."""
    (repo.path / "lib").mkdir()
    for digit, tag in (("1", "v2.4.0"), ("2", "v2.5.0"), ("3", "v2.5.1"), ("1", "")):
        repo.git("update-index", "--add", "--cacheinfo", f"160000,{digit * 40},lib")
        repo.commit(f"Version {digit}")
        if tag:
            repo.tag(tag)
        if tag == "v2.5.0":
            repo.branch("qa")
    assert told(repo, "qa", "v2.5.1")[0] == "withdrawn"


# Signs that are none


def test_a_comma_after_a_line_is_no_line_of_the_fix(repo: Repo) -> None:
    """Main took the whole back, and put something else after the line that the fix gave a comma."""
    require = '{{\n  "require": {{\n    "php": "{}",\n    "shop/polyfill-strings": "^1.8"{}\n  }}\n}}\n'
    started(repo, {"composer.json": require.format("7.2", "")})
    oid = fixed(repo, {"composer.json": require.format("7.1", ',\n    "shop/polyfill-php72": "^1.8"')})
    repo.revert(oid)
    repo.commit("Another one", {"composer.json": require.format("8.0", ',\n    "shop/clock": "^3.0"')})
    assert judged(repo) == "withdrawn"


def test_lines_that_the_fix_removed_are_not_back_with_an_older_version(repo: Repo) -> None:
    """Main had the file without them before, and again, and never with them at its tip: the fix stands."""
    setup = "[upload]\ndirectory = doc/html\n"
    repo.commit("Set up", {"setup.cfg": f"{setup}\n\n"})
    repo.commit("A universal wheel", {"setup.cfg": f"{setup}\n[wheel]\nuniversal = 1"})
    repo.tag("v2.4.0")
    repo.branch("qa")
    fixed(repo, {"setup.cfg": setup})
    repo.commit("Blank lines", {"setup.cfg": f"{setup}\n\n"})
    repo.commit("Go on", {"setup.cfg": f"# set up\n{setup}\n\n"})
    assert judged(repo) == "missing"


# Within one topic


def test_a_fix_that_its_own_topic_took_back(repo: Repo) -> None:
    """What the topic's merge brought has nothing of it, so that this is there tells nothing of the fix."""
    started(repo, {"src/cart.py": CART, "src/menu.py": "open = False\n"})
    repo.switch("hotfix/late", "main")
    oid = repo.commit("Guard the cart", {"src/cart.py": GUARD_ABOVE + CART})
    menu = repo.commit("Open the menu", {"src/menu.py": "open = True\n"})
    back = repo.revert(oid)
    repo.switch("main")
    repo.merge("hotfix/late")
    repo.tag("v2.4.1")
    repo.commit("Go on", {"src/cart.py": "import prices\n\n\n" + CART.replace("total", "sum")})
    repo.switch("qa")
    for one in (oid, menu, back):
        repo.pick(one)
    verdict = pair(audit(repo, branches=["qa"]), "v2.4.1", "qa")
    assert {f.commit: f.status.value for f in verdict.fixes} == {oid: "withdrawn", menu: "present", back: "present"}
