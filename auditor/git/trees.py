"""Files in trees: what stands at a path in a commit."""

from __future__ import annotations

from functools import lru_cache

import pygit2

from auditor.errors import RepositoryError
from auditor.git.changes import Side
from auditor.git.store import Store

_CACHED_TREES = 64
_CACHED_FOLDERS = 256
_FOLDER = 0o40000
_CACHED_FILES = 50_000


class Trees:
    """The trees of one repository."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._tips: dict[str, pygit2.Index] = {}
        self._tree = lru_cache(_CACHED_TREES)(self._read_tree)
        self._folder = lru_cache(_CACHED_FOLDERS)(self._read_folder)
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
            return self._below(self._tree(commit), path)
        except KeyError:
            return None
        except (pygit2.GitError, ValueError) as error:
            raise RepositoryError("objects-missing", f"{path} in {commit}: {error}") from None

    def _below(self, folder: pygit2.Tree, path: str) -> Side | None:
        """Folder by folder: most commits share most of them. Raises `KeyError` where there is none of that name."""
        *folders, name = path.split("/")
        for each in folders:
            entry = folder[each]
            if int(entry.filemode) != _FOLDER:
                return None
            folder = self._folder(str(entry.id))
        entry = folder[name]
        mode = int(entry.filemode)
        return None if mode == _FOLDER else Side(mode, str(entry.id))

    def _read_tree(self, commit: str) -> pygit2.Tree:
        return self._read_folder(self.store.tree(commit))

    def _read_folder(self, tree: str) -> pygit2.Tree:
        try:
            found = self.store.objects[tree]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise RepositoryError("objects-missing", f"tree {tree}: {error}") from None
        assert isinstance(found, pygit2.Tree)
        return found

    def tree_id(self, commit: str) -> str:
        """The id of a commit's tree."""
        return self.store.tree(commit)
