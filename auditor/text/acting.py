"""Imports that are there for what they do, as no line uses a name that they bring: pure functions over lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from auditor.text import wording

_WORD = re.compile(rb"\w+")
_SCRIPTS = frozenset(["js", "jsx", "mjs", "cjs", "ts", "tsx", "vue", "svelte"])
# `import './polyfills';` binds no name, nor does `_ "time/tzdata"`.
_BARE = re.compile(rb"\s*import\s+[\"'][^\"']+[\"']\s*;?\s*(?://.*)?$")
_BLANK = re.compile(rb"\s*(?:import\s+)?_\s+\"[^\"]+\"")
# `import gevent_patch`, `import a.b as c`: other forms but take names out of a module.
_MODULE = re.compile(rb"\s*import\s+([\w.]+(?:\s+as\s+\w+)?)\s*(?:#.*)?$")
# `require 'rack/attack'`, which brings `Rack::Attack`; `require 'json'` is for who calls that.
_REQUIRE = re.compile(rb"\s*require(?:_relative)?[\s(]+[\"'][^\"']*/([^\"'/]+)[\"']\)?\s*(?:#.*)?$")


def acting(path: str, some: Iterable[bytes], text: Sequence[bytes]) -> set[bytes]:
    """Of some lines of a text the imports that do something by themselves, white space around them aside."""
    acts = _BY_END.get(path.rpartition(".")[2].lower())
    return {line.strip() for line in some if acts(line, text)} if acts else set()


def _binds_nothing(line: bytes, text: Sequence[bytes]) -> bool:
    return bool(_BARE.match(line))


def _is_blank(line: bytes, text: Sequence[bytes]) -> bool:
    return bool(_BLANK.match(line))


def _is_unused_module(line: bytes, text: Sequence[bytes]) -> bool:
    found = _MODULE.match(line)
    return found is not None and _used(text).isdisjoint(_WORD.findall(found[1]))


def _is_unused_gem(line: bytes, text: Sequence[bytes]) -> bool:
    found = _REQUIRE.match(line)
    return found is not None and _plain(found[1]) not in set(map(_plain, _used(text)))


def _plain(word: bytes) -> bytes:
    """A name as it is, whether it is that of a file or of a class."""
    return b"".join(_WORD.findall(word)).replace(b"_", b"").lower().removesuffix(b"rb")


def _used(text: Sequence[bytes]) -> set[bytes]:
    return {word for line in text if not wording.is_import(line) for word in _WORD.findall(line)}


_BY_END: dict[str, Callable[[bytes, Sequence[bytes]], bool]] = {
    **dict.fromkeys(_SCRIPTS, _binds_nothing),
    "go": _is_blank,
    "py": _is_unused_module,
    "rb": _is_unused_gem,
    "ru": _is_unused_gem,
}
