"""What is wrong in a configuration, with its line, and the nearest that would be right."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from auditor.yaml_text import Document


def placed(path: Path, document: Document, error: Any, model: type[BaseModel]) -> str:
    """One error of a validation against `model`, as a line for a person: file, line, key, words."""
    place = tuple(p for p in error["loc"] if p != "[key]")
    line = next((document.lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in document.lines), 1)
    shown = ".".join(str(p) for p in place)
    return f"{path}:{line}: {shown + ': ' if shown else ''}{words(error, model)}"


def words(error: Any, model: type[BaseModel]) -> str:
    """What an error of a validation against `model` says."""
    if error["type"] == "extra_forbidden":
        return f"is no known key{nearest(str(error['loc'][-1]), _keys_at(error['loc'], model))}"
    if error["type"] == "missing":
        return "is missing"
    return str(error["msg"]).removeprefix("Value error, ")


def nearest(word: str, known: Sequence[str]) -> str:
    """The known word that was probably meant, else all of them."""
    close = difflib.get_close_matches(word, known, 1, 0.5)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; known are: {', '.join(known)}" if known else ""


def _keys_at(loc: Sequence[str | int], model: Any) -> list[str]:
    """The keys that are known where an unknown one was found."""
    for part in loc[:-1]:
        if isinstance(part, str):
            inner = next(iter(_models(model.model_fields[part].annotation)), None)
            if inner is None:
                return []
            model = inner
    return list(model.model_fields)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in getattr(annotation, "__args__", ()):
        yield from _models(argument)
