"""Addresses inside the report: of a repository, a hotfix, a pair; and the names of pages."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from urllib.parse import quote

_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST = 80


class Anchors:
    """Hands out each anchor once. Names that look the same once decoded still get addresses of their own."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *names: str) -> str:
        """`repo`, `repo/tag` or `repo/tag/branch`, each name encoded, so that a slash in it separates nothing."""
        anchor = "/".join(quote(n.encode("utf-8", "replace"), safe="") for n in names)
        self._seen[anchor] += 1
        # A tilde is in no tag and no branch.
        return anchor if self._seen[anchor] == 1 else f"{anchor}~{self._seen[anchor]}"


def file_names(names: Iterable[str]) -> dict[str, str]:
    """A file name, without its ending, for each repository: safe, and different in any file system."""
    listed = tuple(names)
    slugs = {n: _UNSAFE.sub("-", n).strip("-.")[:_LONGEST] for n in listed}
    uses = Counter(s.casefold() for s in slugs.values())
    return {n: s if s == n and uses[s.casefold()] == 1 else f"{s or 'repository'}-{_mark(n)}" for n, s in slugs.items()}


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
