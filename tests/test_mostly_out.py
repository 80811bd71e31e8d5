"""Parts of a fix of which one commit took most out: lines within were others by then, or came back as others."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, fixed, protocol, started
from tests.judged import told

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


def judged(repo: Repo) -> str:
    return told(repo, "qa", "v2.4.1")[0]


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
