"""Whether an earlier tip of a branch is still in its history."""

from __future__ import annotations

import pygit2

from auditor.errors import RepositoryError
from auditor.git.source import Source
from auditor.git.store import open_store


def in_history(source: Source, tip: str, earlier: str) -> bool | None:
    """Whether `earlier` is `tip` or an ancestor of it, as far as the history is there; None where it is unreadable."""
    try:
        with source.ready() as path, open_store(path) as store:
            return earlier in store.objects and store.objects.descendant_of(tip, earlier)
    except (RepositoryError, KeyError, ValueError, pygit2.GitError):
        return None
