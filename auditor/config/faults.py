"""What is wrong in a configuration, with its line, and the nearest that would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from auditor.config.yaml_text import Document

_MOST_PLACES = 4
_A_SLIP = 0.8
_KINDS = {
    "missing": "is missing",
    "string_type": "must be text",
    "string_too_short": "must not be empty",
    "tuple_type": "must be a list",
    "too_short": "needs at least 1 item",
    "model_type": "must be keys and values (name: value)",
    "model_attributes_type": "must be keys and values (name: value)",
    "dict_type": "must be keys and values (name: value)",
    "mapping_type": "must be keys and values (name: value)",
    "path_type": "must be a path",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
}


def placed(path: Path, document: Document, error: Any, model: type[BaseModel]) -> str:
    """One error of a validation against `model`, as a line for a person: file, line, key, words."""
    place = tuple(p for p in error["loc"] if p != "[key]")
    line = next((document.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in document.lines), 1)
    shown = ".".join(str(p) for p in place)
    return f"{path}:{line}: {shown + ': ' if shown else ''}{words(error, model)}"


def words(error: Any, model: type[BaseModel]) -> str:
    """What an error of a validation against `model` says; of values of the wrong kind in words for YAML, not Python."""
    if error["type"] == "extra_forbidden":
        return f"is no known key{_instead(error['loc'], model)}"
    said = _KINDS.get(error["type"]) or str(error["msg"]).removeprefix("Value error, ")
    return said.replace("Input should be ", "must be ", 1)


def own(errors: Sequence[Any], value: Any) -> list[Any]:
    """The errors without those that only follow from others.

    A list whose items are wrong is found to be short of them, and each entry has the faults of `defaults`.
    """
    places = [e["loc"] for e in errors]
    return [e for e in errors if not _inherited(e, value) and not _emptied(e, places)]


def _emptied(error: Any, places: Sequence[Sequence[str | int]]) -> bool:
    place = error["loc"]
    return error["type"] == "too_short" and any(p[: len(place)] == place and len(p) > len(place) for p in places)


def _inherited(error: Any, value: Any) -> bool:
    place = error["loc"]
    defaults = value.get("defaults") if isinstance(value, dict) else None
    # A key that the entry itself should have is no fault of theirs.
    if len(place) < (4 if error["type"] == "missing" else 3) or not isinstance(defaults, dict):
        return False
    entry = value[place[0]][place[1]]
    return isinstance(entry, dict) and place[2] not in entry and place[2] in defaults


def nearest(word: str, known: Sequence[str], most: int | None = None) -> str:
    """The known word that was probably meant, else all of them, or at `most` so many."""
    close = difflib.get_close_matches(word, known, 1, 0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    more = ", …" if most is not None and len(known) > most else ""
    return f"; known are: {', '.join(known[:most])}{more}" if known else ""


def _instead(loc: Sequence[str | int], root: type[BaseModel]) -> str:
    """What to do with an unknown key: where it belongs, or what was probably meant."""
    key, model = str(loc[-1]), _model_at(loc, root)
    if model is None:
        return ""
    known = list(model.model_fields)
    below = [place for place in _places_of(key, model) if place]
    if below:
        return f" here, but under: {_listed(below)}"
    elsewhere = [place or "the top" for place in _places_of(key, root)]
    # A slip of the pen is likelier than a key of another part that happens to be spelt so.
    if elsewhere and not difflib.get_close_matches(key, known, 1, _A_SLIP):
        return f" here, but at: {_listed(elsewhere)}"
    return nearest(key, known)


def _model_at(loc: Sequence[str | int], model: type[BaseModel] | None) -> type[BaseModel] | None:
    """The part of a model where a key was found."""
    for part in loc[:-1]:
        if isinstance(part, str) and model is not None:
            field = model.model_fields.get(part)
            model = next(_models(field.annotation), None) if field else None
    return model


def _places_of(key: str, model: type[BaseModel]) -> Iterator[str]:
    """Where a key is known, here or anywhere below: the shallowest first."""
    parts = [("", model)]
    while parts:
        if key in parts[0][1].model_fields:
            yield parts[0][0]
        at, model = parts.pop(0)
        for name, field in model.model_fields.items():
            parts += [(f"{at}.{name}".lstrip("."), inner) for inner in _models(field.annotation)]


def _listed(places: Sequence[str]) -> str:
    distinct = list(dict.fromkeys(places))
    return ", ".join(distinct[:_MOST_PLACES]) + (", …" if len(distinct) > _MOST_PLACES else "")


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)
