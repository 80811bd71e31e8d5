"""The forges' own descriptions of their interfaces, where they lie beside the checkout, and requests held to them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest

from tests.forge_server import Asked

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "forge-specs"
ABSENT = "the forges' descriptions are not beside the checkout"
PREFIXES = {"github": "/api/v3", "gitea": "/api/v1"}
_FILES = {"github": "github.json", "gitea": "forgejo.json"}

needed = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


def faults(kind: str, requests: Iterable[Asked]) -> list[str]:
    """What the description does not allow in these requests, and which of them it does not know at all."""
    return [f"{asked.method} {asked.url}: {fault}" for asked in requests for fault in _faults(kind, asked)]


def split(kind: str, requests: Iterable[Asked]) -> tuple[list[Asked], list[Asked]]:
    """The requests whose path and method the description has, and the others."""
    document = _described(kind)[1]
    known: list[Asked] = []
    unknown: list[Asked] = []
    for asked in requests:
        path = asked.path.removeprefix(PREFIXES[kind])
        fits = any(_fits(t, path) and asked.method.lower() in o for t, o in document["paths"].items())
        (known if fits else unknown).append(asked)
    return known, unknown


def _faults(kind: str, asked: Asked) -> list[str]:
    api, document = _described(kind)
    path = asked.path.removeprefix(PREFIXES[kind])
    request = MockRequest(
        "http://forge.example",
        asked.method.lower(),
        path,
        args=dict(asked.query),
        headers=dict(asked.headers),
        data=None if asked.body is None else json.dumps(asked.body).encode(),
    )
    found = [f"{e}: {getattr(e, '__cause__', None)}" for e in api.iter_request_errors(request)]
    known = _parameters(document, path, asked.method.lower())
    return found + [f"no parameter {name}" for name in asked.query if name not in known]


@cache
def _described(kind: str) -> tuple[OpenAPI, Any]:
    document = json.loads((FOLDER / _FILES[kind]).read_text())
    if "swagger" in document:
        document = _converted(document)
    document["servers"] = [{"url": "http://forge.example"}]
    # The check of the description itself is the forge's business; it takes a second, and its own examples break it.
    return OpenAPI.from_dict(document, config=Config(spec_validator_cls=None)), document  # type: ignore[arg-type]


def _parameters(document: Any, path: str, method: str) -> set[str]:
    """The query parameters that are declared for a path."""
    exact_first = sorted(document["paths"].items(), key=lambda p: p[0].count("{"))
    for template, operations in exact_first:
        if method in operations and _fits(template, path):
            parameters = (_resolved(document, p) for p in operations[method].get("parameters", []))
            return {p["name"] for p in parameters if p["in"] == "query"}
    return set()


def _fits(template: str, path: str) -> bool:
    wanted, given = template.split("/"), path.split("/")
    return len(wanted) == len(given) and all(w.startswith("{") or w == g for w, g in zip(wanted, given, strict=True))


def _resolved(document: Any, value: Any) -> Any:
    while "$ref" in value:
        found: Any = document
        for key in value["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        value = found
    return value


def _converted(swagger: Any) -> Any:
    """What Swagger 2 says, as OpenAPI 3 says it, as far as requests go."""
    document = json.loads(json.dumps(swagger).replace("#/definitions/", "#/components/schemas/"))
    paths: dict[str, Any] = {}
    for path, operations in document["paths"].items():
        paths[path] = {method: _operation(operation) for method, operation in operations.items()}
    schemas = document.get("definitions", {})
    info = document["info"]
    return {"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _operation(operation: Any) -> Any:
    made: dict[str, Any] = {"parameters": [], "responses": {"default": {"description": "any"}}}
    for parameter in operation.get("parameters", []):
        said = copy.deepcopy(parameter)
        if said["in"] == "body":
            made["requestBody"] = {"content": {"application/json": {"schema": said["schema"]}}}
            continue
        schema = {k: said.pop(k) for k in ("type", "format", "enum", "items", "default") if k in said}
        said.pop("collectionFormat", None)
        made["parameters"].append({**said, "schema": schema})
    return made
