"""The name of the branch that carries a hotfix back: the same for a pair, whoever asks, and no other pair's."""

from __future__ import annotations

import hashlib
import re

PREFIX = "backmerge/"
_ODD = re.compile(r"[^A-Za-z0-9_.-]+|\.{2,}|^[.-]+|\.$|\.lock$")
_LONGEST = 60


def source(tag: str, branch: str) -> str:
    """The branch's name. Where the pair's own names cannot be read back from it, a short hash keeps pairs apart."""
    parts = [_ODD.sub("-", name)[:_LONGEST] for name in (tag, branch)]
    plain = parts == [tag, branch] and not any("-into-" in name for name in parts)
    digest = hashlib.sha256(f"{tag}\0{branch}".encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return f"{PREFIX}{parts[0]}-into-{parts[1]}" + ("" if plain else f"-{digest}")
