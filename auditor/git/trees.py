"""Files in trees: what stands at a path in a commit."""

from __future__ import annotations

from functools import lru_cache

import pygit2

from auditor.errors import RepositoryError
from auditor.git.changes import Side
from auditor.git.store import Store

_CACHED_TREES = 64
_CACHED_FILES = 50_000


class Trees:
    """The trees of one repository."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tips: dict[str, pygit2.Index] = {}
        self._tree = lru_cache(_CACHED_TREES)(self._read_tree)
        self.at_tip = lru_cache(_CACHED_FILES)(self._at_tip)

    def tip(self, commit: str) -> pygit2.Index:
        """The whole tree of a branch's tip, which is asked for many paths."""
        index = self._tips.get(commit)
        if index is None:
            index = self._tips[commit] = self._read_index(commit)
        return index

    def _read_index(self, commit: str) -> pygit2.Index:
        index = pygit2.Index()
        try:
            index.read_tree(self._tree(commit))
        except (pygit2.GitError, OSError, KeyError) as error:
            raise RepositoryError("objects-missing", f"tree of {commit}: {error}") from None
        return index

    def _at_tip(self, commit: str, path: str) -> Side | None:
        """A file at a branch's tip."""
        try:
            entry = self.tip(commit)[path]
        except KeyError:
            return None
        return Side(int(entry.mode), str(entry.id))

    def at(self, commit: str, path: str) -> Side | None:
        """A file in any commit."""
        if commit in self._tips:
            return self.at_tip(commit, path)
        try:
            entry = self._tree(commit)[path]
        except KeyError:
            return None
        except (pygit2.GitError, ValueError) as error:
            raise RepositoryError("objects-missing", f"{path} in {commit}: {error}") from None
        mode = int(entry.filemode)
        return None if mode == 0o40000 else Side(mode, str(entry.id))

    def _read_tree(self, commit: str) -> pygit2.Tree:
        _, raw = self.store.raw(commit)
        tree = raw[5:45].decode("ascii", "replace")
        try:
            found = self.store.objects[tree]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise RepositoryError("objects-missing", f"tree {tree} of {commit}: {error}") from None
        assert isinstance(found, pygit2.Tree)
        return found

    def tree_id(self, commit: str) -> str:
        """The id of a commit's tree."""
        return str(self._tree(commit).id)
