"""A line that the fix gave one of several like blocks, and that another has now: and the like, where it goes on."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import merged_and, told

METHOD = """\
    {head}(e) {{
        const s = open(e);
        s.write(e.data());
        s.flush();
{more}    }}

"""
CLOSE = "        s.close();\n"
SERVICE = """\
  {head}:
    image: shop
    environment:
      POOL: 5
      LOG: info
{more}"""
READ_ONLY = "    read_only: true\n"
METHODS, SERVICES = ("onCreate", "onUpdate", "onDelete"), ("web", "api", "worker")


def handlers(**more: str) -> Files:
    """A class with a method for each event."""
    text = "".join(METHOD.format(head=name, more=more.get(name, "")) for name in METHODS)
    return {"src/handlers.js": f"export class Handlers {{\n{text}}}\n"}


def typed(**more: str) -> Files:
    """The same in Java."""
    text = "".join(METHOD.format(head=f"void {name}", more=more.get(name, "")) for name in METHODS)
    return {"src/Handlers.java": f"class Handlers {{\n{text}}}\n".replace("(e) {", "(Event e) {")}


def services(common: str = "", **more: str) -> Files:
    """What runs where."""
    text = "".join(SERVICE.format(head=name, more=more.get(name, "")) for name in SERVICES)
    return {"compose.yml": f"services:\n{common}{text}"}


@pytest.mark.parametrize(
    ("old", "new", "later", "status"),
    [
        (typed(), typed(onUpdate=CLOSE), typed(onCreate=CLOSE), "reverted"),
        (handlers(), handlers(onUpdate=CLOSE), handlers(onCreate=CLOSE), "reverted"),
        (handlers(), handlers(onUpdate=CLOSE), handlers(onDelete=CLOSE), "reverted"),
        (handlers(), handlers(onUpdate=CLOSE), handlers(onUpdate=CLOSE, onDelete=CLOSE), "present"),
        (services(), services(api=READ_ONLY), services(web=READ_ONLY), "reverted"),
        (services(), services(api=READ_ONLY), services(worker=READ_ONLY), "reverted"),
        (services(), services(api=READ_ONLY), services(web=READ_ONLY, api=READ_ONLY), "present"),
    ],
)
def test_what_a_block_had_is_in_the_one_beside_it(
    repo: Repo, old: Files, new: Files, later: Files, status: str
) -> None:
    assert merged_and(repo, old, new, later) == status


@pytest.mark.parametrize(("name", "status"), [("web", "dropped"), ("api", "present")])
def test_a_merge_put_it_into_the_block_beside(repo: Repo, name: str, status: str) -> None:
    started(repo, services())
    fixed(repo, services(api=READ_ONLY))
    repo.switch("qa")
    repo.commit("Work on it", {"NOTES": "None\n"})
    repo.merge("main", resolve=services(**{name: READ_ONLY}))
    assert told(repo, "qa", "v2.4.1")[0] == status


def test_it_moved_to_what_the_block_takes_its_lines_from(repo: Repo) -> None:
    common = SERVICE.format(head="common: &common", more="{}").replace("&common:", "&common")
    uses = "    <<: *common\n"
    old, new = (services(common.format(""), api=uses + more) for more in ("", READ_ONLY))
    assert merged_and(repo, old, new, services(common.format(READ_ONLY), api=uses)) == "present"


def test_it_moved_to_a_method_that_calls_the_one_it_was_in(repo: Repo) -> None:
    call = "        this.onUpdate(e);\n"
    old, new = (handlers(onUpdate=more, onDelete=call) for more in ("", CLOSE))
    assert merged_and(repo, old, new, handlers(onDelete=CLOSE + call)) == "present"


def test_it_moved_within_its_block(repo: Repo) -> None:
    """Below what is as what was above it."""
    again = "        s.write(e.tail());\n        s.flush();\n"
    old, new = (handlers(onUpdate=more + again) for more in ("", CLOSE))
    assert merged_and(repo, old, new, handlers(onUpdate=again + CLOSE)) == "present"


def test_blocks_changed_places(repo: Repo) -> None:
    text = "services:\n" + "".join(
        SERVICE.format(head=name, more=READ_ONLY if name == "api" else "") for name in ("api", "web", "worker")
    )
    assert merged_and(repo, services(), services(api=READ_ONLY), {"compose.yml": text}) == "present"


def test_a_block_has_another_name(repo: Repo) -> None:
    later = services(api=READ_ONLY)["compose.yml"]
    assert isinstance(later, str)
    renamed = {"compose.yml": later.replace("  api:", "  backend:").replace("  web:", "  api:")}
    assert merged_and(repo, services(), services(api=READ_ONLY), renamed) == "present"
