"""The floors: a file imports only from below, and each heavy library has one importer."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "auditor"
FLOORS = (
    ("model", "packed", "past", "proof", "told", "waivers", "errors", "versions", "system",
     "tag_names"),
    ("config",),
    ("text", "git"),
    (
        "fixes", "bounds", "hotfixes", "presence", "rules", "forecast", "pairs", "policy", "waiving", "telling",
        "checks", "due", "memory", "judging", "forges", "lists", "landing", "unaudited",
    ),
    ("audit", "discovery"),
    ("output", "fleet", "packing", "push", "ledger", "evidence", "backmerge", "reading", "notices"),
    ("commands", "serve"),
    ("ending", "helping", "cli"),
)  # fmt: skip
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
FILES = [p for p in sorted(ROOT.rglob("*.py")) if p.relative_to(ROOT).parts != ("__init__.py",)]


def imports(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {n.name for n in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{n.name}" for n in node.names} if node.module == "auditor" else {node.module}
    return found


def room(file: Path) -> str:
    return file.relative_to(ROOT).parts[0].removesuffix(".py")


@pytest.mark.parametrize("file", [f for f in FILES if room(f) != "__main__"], ids=str)
def test_floors(file: Path) -> None:
    for name in imports(file):
        parts = name.split(".")
        if parts[0] == "auditor" and len(parts) > 1 and parts[1] != "__version__":
            assert FLOOR[parts[1]] <= FLOOR[room(file)], f"{file} imports {name} from a floor above"


def test_one_importer_each() -> None:
    importers = defaultdict(set)
    for file in FILES:
        for name in imports(file):
            importers[name.split(".")[0]].add(file.name)
    for library in ("pandas", "jinja2", "prometheus_client", "yaml", "cronsim", "bcrypt", "distributed", "httpx2"):
        assert len(importers[library]) == 1, importers[library]
    assert importers["sqlalchemy"] == {"database.py", "tables.py"}


def test_files_stay_readable() -> None:
    assert {f.name: n for f in FILES if (n := len(f.read_text().splitlines())) > 330} == {}


@pytest.mark.parametrize("page", sorted((ROOT / "presence").rglob("__init__.py")), ids=lambda page: page.parent.name)
def test_each_page_of_presence_names_all_that_is_in_its_folder(page: Path) -> None:
    rooms = {p.stem for p in page.parent.iterdir() if p.suffix == ".py" or (p / "__init__.py").exists()} - {"__init__"}
    named = set(re.findall(r"`(?:presence\.)?(\w+)`", ast.get_docstring(ast.parse(page.read_text())) or ""))
    assert rooms <= named, f"{page} does not say what {sorted(rooms - named)} are for"
