"""Parts of a fix of which one commit took most out: lines within were others by then, or came back as others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import judged

HOOKS = """\
repos:
{hooks}
  - repo: https://example.com/prettier
    rev: v1.0
    hooks:
      - id: prettier
"""
OLD_HOOKS = """\
  - repo: https://example.com/upgrade-syntax
    rev: v2.5
    hooks:
      - id: upgrade-syntax
  - repo: https://example.com/remove-imports
    rev: v4.0
    hooks:
      - id: remove-imports
"""
NEW_HOOKS = """\
  - repo: https://example.com/quick-linter
    rev: v0.3
    hooks:
      - id: quick-linter
        types: [python, notebook]
"""
# The same tools in later versions, one more, and a word about each.
LATER_HOOKS = """\
  # Syntax
  - repo: https://example.com/upgrade-syntax
    rev: v3.1
    hooks:
      - id: upgrade-syntax

  # Imports
  - repo: https://example.com/remove-imports
    rev: v4.2
    hooks:
      - id: remove-imports

  - repo: https://example.com/line-lengths
    rev: v9
    hooks:
      - id: line-lengths
"""
OTHER_HOOKS = """\
  - repo: https://example.com/modern-syntax
    rev: v3.1
    hooks:
      - id: modern-syntax
  - repo: https://example.com/remove-imports
    rev: v4.2
    hooks:
      - id: sort-imports
"""


def hooks(text: str) -> Files:
    return {"hooks.yaml": HOOKS.format(hooks=text.rstrip("\n"))}


def history(path: Path, before: Files, after: Files) -> Repo:
    """The fix came to qa by a merge, which is where later commits go."""
    repo = protocol(path / "shop", branches=("dev",))
    started(repo, before)
    fixed(repo, after)
    repo.switch("qa")
    repo.merge("main")
    return repo


# Lines that the fix replaced


@pytest.mark.parametrize(
    ("later", "status"), [(LATER_HOOKS, "reverted"), (OTHER_HOOKS, "present"), (NEW_HOOKS, "present")]
)
def test_what_it_replaced_in_later_versions(tmp_path: Path, later: str, status: str) -> None:
    """Half of it under another head is another thing."""
    repo = history(tmp_path, hooks(OLD_HOOKS), hooks(NEW_HOOKS))
    repo.commit("Tools", hooks(later))
    assert judged(repo) == status


def test_what_it_replaced_beside_what_it_made(tmp_path: Path) -> None:
    """Both tools run: what the fix brought is there."""
    repo = history(tmp_path, hooks(OLD_HOOKS), hooks(NEW_HOOKS))
    repo.commit("Tools", hooks(NEW_HOOKS.replace("v0.3", "v0.4") + LATER_HOOKS))
    assert judged(repo) == "present"


def test_what_it_replaced_came_and_went_again(tmp_path: Path) -> None:
    repo = history(tmp_path, hooks(OLD_HOOKS), hooks(NEW_HOOKS))
    repo.commit("Tools", hooks(LATER_HOOKS))
    repo.commit("Tools again", hooks(NEW_HOOKS.replace("v0.3", "v0.5")))
    assert judged(repo) == "present"


def test_main_has_what_it_replaced_too(tmp_path: Path) -> None:
    repo = history(tmp_path, hooks(OLD_HOOKS), hooks(NEW_HOOKS))
    repo.commit("Tools", hooks(LATER_HOOKS))
    repo.switch("main")
    repo.commit("Tools", hooks(LATER_HOOKS.replace("v9", "v8")))
    assert judged(repo) != "reverted"


# Lines that the fix only removed

MATRIX = "matrix:\n{jobs}    last-of-all:\n        APP: last-of-all\n        ENTITY: none\n"
FIRST = "    first-of-all:\n        APP: first-of-all\n        PROFILE: prod\n        ENTITY: sql\n"
REMOVED = "    large-default:\n        APP: large-default\n        PROFILE: prod\n        ENTITY: domain-language\n"
BACK = "    large-default:\n        APP: large-default\n        ENTITY: domain-language\n        BROWSER: 1\n"
SIBLING = "    large-reactive:\n        APP: large-reactive\n        PROFILE: prod\n        ENTITY: domain-language\n"


def matrix(jobs: str, *, depth: int = 4) -> Files:
    return {"matrix.yaml": MATRIX.format(jobs=jobs).replace("    ", " " * depth)}


@pytest.mark.parametrize(("job", "status"), [(BACK, "reverted"), (SIBLING, "present")])
def test_a_block_that_came_back_with_another_line(tmp_path: Path, job: str, status: str) -> None:
    """In another place, after all had been indented anew. A sibling of it has a name of its own."""
    repo = history(tmp_path, matrix(FIRST + REMOVED), matrix(FIRST))
    repo.commit("Format", matrix(FIRST, depth=6))
    repo.commit("Jobs", matrix(job + FIRST.replace("prod", "dev"), depth=6))
    assert judged(repo) == status


ERRORS = """\
errors:
  - message: first of them
    path: src/first.py
{}  - message: last of them
    path: src/last.py
"""


def test_removed_blocks_that_came_back_with_a_line_otherwise(tmp_path: Path) -> None:
    """They have a line that is the same in each, and theirs alone."""
    gone = "".join(
        f"  - message: {name} is wrong in this place\n    count: 1\n    path: src/generate.py\n"
        for name in ("an unknown parameter", "an undefined variable", "an unreachable statement")
    )
    repo = history(tmp_path, {"base.yaml": ERRORS.format(gone)}, {"base.yaml": ERRORS.format("")})
    repo.commit("Errors", {"base.yaml": ERRORS.format(gone.replace("count: 1", "count: 2", 1))})
    assert judged(repo) == "reverted"


# One line

SETUP = """\
def shared(options):
{shared}    options.skip = options.given('skip')


def client(options):
    base = options.base_name
{client}    options.tool = options.given('tool')


def server(options):
    options.port = {port}
"""
CHECK = (
    "    if {more}options.kind == 'authority' and base is None:\n        fail('the authority must have a base name')\n"
)
TODO = "    if options.kind == 'authority' and base is None:\n        warn_about_everything_that_may_come()\n"


def setup(*, shared: str = "", client: str = "", port: str = "number(options.given('port'))") -> Files:
    return {"setup.py": SETUP.format(shared=shared, client=client, port=port)}


@pytest.mark.parametrize(
    ("there", "status"),
    [
        (CHECK.format(more=""), "reverted"),
        (CHECK.format(more="not options.skip and "), "present"),
        (TODO, "present"),
    ],
)
def test_a_condition_that_moved_and_lost_what_the_fix_gave_it(tmp_path: Path, there: str, status: str) -> None:
    """With the line that it is the condition of: before another one it is another condition."""
    old, new = CHECK.format(more=""), CHECK.format(more="not options.skip and ")
    repo = history(tmp_path, setup(client=old, port="options.given('port')"), setup(client=new))
    repo.commit("Move", setup(shared="    base = options.base_name or options.given('base')\n" + there))
    assert judged(repo) == status


# Lines that the fix only added

PAGE = """\
function loaded(page) {{
    page.find('.collapse').each(function() {{ toggle(this); }});
{block}    page.find('.dropdown').each(function() {{ open(this); }});
}}
"""
ONCE = """\
    // Forms are sent only once.
    {forms}.each(function() {{
        var form = wrapped(this);
        form.on('submit', function (event) {{
            if (form.has('form-submitted')) {{
                event.preventDefault();
            }}
            form.add('form-submitted');
        }});
    }});
"""


def page(block: str, **more: str) -> Files:
    text = PAGE.format(block=block)
    for old, new in more.items():
        text = text.replace(old, new)
    return {"static/page.js": text}


ADDED, EDITED = ONCE.format(forms="all('form')"), ONCE.format(forms="page.find('form')")


def test_a_block_that_was_cut_out_after_a_line_of_it_was_edited(tmp_path: Path) -> None:
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    repo.commit("Unneeded", page("", collapse="folded"))
    repo.commit("Menus", page("", collapse="folded", dropdown="menu"))
    assert judged(repo) == "reverted"


def test_a_block_of_which_a_line_was_edited_stands(tmp_path: Path) -> None:
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    assert judged(repo) == "present"


def test_a_block_in_the_place_of_which_another_was_put(tmp_path: Path) -> None:
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    repo.commit("Library", page("    library.lock(page, 'submit');\n", collapse="folded"))
    assert judged(repo) == "present"


def test_a_block_that_went_with_what_held_it(tmp_path: Path) -> None:
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    repo.commit("No pages", {"static/page.js": "function nothing() {\n}\n"})
    assert judged(repo) == "present"


def test_a_block_that_moved_to_another_file(tmp_path: Path) -> None:
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    repo.commit("Forms", {**page("", collapse="folded"), "static/forms.js": f"function forms(page) {{\n{EDITED}}}\n"})
    assert judged(repo) == "present"


# A neighbour of these lines edited in the same step

CALL = """\
def token(hub, name):
    hub.read_settings()
    hub.open_database()
{found}    hub.{users}
    user = hub.user(name)
    return user.token()
"""
FOUND = "    hub.first = hub.database.query(Hub).first()\n"


def call(found: str = "", users: str = "read_users()") -> Files:
    return {"token.py": CALL.format(found=found, users=users)}


@pytest.mark.parametrize(
    ("users", "status"),
    [
        ("read_users(name)", "reverted"),
        ("read_users()  # all of them", "reverted"),
        # What the fix brought may be done in there.
        ("find_first_and_read_users()", "present"),
        ("found_first(Hub.first_of(hub.database))\n    hub.read_users()", "present"),
    ],
)
def test_a_line_that_was_cut_out_beside_an_edited_one(tmp_path: Path, users: str, status: str) -> None:
    repo = history(tmp_path, call(), call(FOUND))
    repo.commit("Users", call(users=users))
    repo.commit("Go on", {"other.py": "pass\n"})
    assert judged(repo) == status


def test_a_block_that_was_cut_out_beside_an_edited_line(tmp_path: Path) -> None:
    """After a line of it had been edited, and in the step in which the line above it was given a comment."""
    repo = history(tmp_path, page(""), page(ADDED))
    repo.commit("Parts of a page", page(EDITED, collapse="folded"))
    repo.commit("Unneeded", page("", collapse="folded", **{"toggle(this); });": "toggle(this); }); // all"}))
    assert judged(repo) == "reverted"


def test_a_brace_beside_what_was_cut_out(tmp_path: Path) -> None:
    """Which is indented otherwise, and ends what it ended."""
    old, new = "{\n  run();\n}\n", "{\n  run();\n  if (ready(port)) {\n    listen(port, backlog);\n  }\n}\n"
    repo = history(tmp_path, {"server.js": old}, {"server.js": new})
    repo.commit("Server", {"server.js": "{\n  run();\n }\n"})
    assert judged(repo) == "reverted"


LOGIN = """\
def load(path):
    return read(path)


def {name}(user, password):
{guard}    session = make(user)
    return session
"""


@pytest.mark.parametrize(("guard", "status"), [("", "reverted"), ("    refuse_unnamed(user)\n", "present")])
def test_a_guard_that_was_cut_out_where_its_function_was_renamed(tmp_path: Path, guard: str, status: str) -> None:
    found = "    if not user.name:\n        raise ValueError('no user')\n"
    old, new, later = (
        {"login.py": LOGIN.format(name=name, guard=guard)}
        for name, guard in (("login", ""), ("login", found), ("sign_in", guard))
    )
    repo = history(tmp_path, old, new)
    repo.commit("Words", later)
    assert judged(repo) == status


# In more than one commit

BODY = "".join(f"def other_{n}(x):\n    value = x + {n}\n    return value\n\n\n" for n in range(5))
UNSAFE = (
    "    session = load(token)\n",
    "    subject = session.subject\n",
    "    grant = grants[subject]\n",
    "    return grant.rights\n",
)
SAFE = (
    "    session = load_verified(token, realm)\n",
    "    subject = session.verified_subject(realm)\n",
    "    grant = grants.get_checked(subject)\n",
    "    return grant.rights_within(realm)\n",
)
ALL_RIGHTS = "    return grant.all_rights\n"


def guard(*lines: str) -> Files:
    return {"guard.py": f"{BODY}def guard(token, realm):\n{''.join(lines)}\n\n{BODY.replace('other', 'further')}"}


@pytest.mark.parametrize(
    ("steps", "status"),
    [
        ([(*UNSAFE[:3], ALL_RIGHTS)], "reverted"),
        ([(*UNSAFE[:2], *SAFE[2:]), (*UNSAFE[:3], ALL_RIGHTS)], "reverted"),
        ([(*SAFE[:2], UNSAFE[2], ALL_RIGHTS), (*UNSAFE[:3], ALL_RIGHTS)], "reverted"),
        ([(*UNSAFE[:1], *SAFE[1:]), (*UNSAFE[:3], *SAFE[3:]), (*UNSAFE[:3], ALL_RIGHTS)], "reverted"),
        ([(*UNSAFE[:1], *SAFE[1:3], ALL_RIGHTS)], "present"),
        ([(*UNSAFE[:3], ALL_RIGHTS), SAFE], "present"),
    ],
    ids=["one", "two", "from below", "three", "one line", "and back"],
)
def test_what_it_replaced_in_steps(tmp_path: Path, steps: list[tuple[str, ...]], status: str) -> None:
    repo = history(tmp_path, guard(*UNSAFE), guard(*SAFE))
    for lines in steps:
        repo.commit("Step", guard(*lines))
        repo.commit("Beside it", {"notes.md": "".join(lines)})
    assert judged(repo) == status
