"""Files in trees: what stands at a path in a commit."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import lru_cache

import pygit2

from auditor.errors import RepositoryError
from auditor.git import raw_tree
from auditor.git.changes import Side
from auditor.git.store import Store

_CACHED_FOLDERS = 128
_FOLDER = 0o40000
_CACHED_FILES = 20_000
# So many folders are looked into one inside the other; deeper ones one after the other, and not kept.
_DEEP = 100


class Trees:
    """The trees of one repository. `tips` are commits that are asked for many paths."""

    def __init__(self, store: Store, tips: Iterable[str] = ()) -> None:
        self.store = store
        self.tips = frozenset(tips)
        self._tips: dict[str, pygit2.Index] = {}
        self.tree_id = lru_cache(_CACHED_FILES)(store.tree)
        self._folder = lru_cache(_CACHED_FOLDERS)(self._read_folder)
        self._inside = lru_cache(_CACHED_FILES)(self._look)
        self.at_tip = lru_cache(_CACHED_FILES)(self._at_tip)
        self.certain = lru_cache(_CACHED_FILES)(self._hold_certain)
        self._doubtful = lru_cache(_CACHED_FOLDERS)(self._find_doubtful)

    def tip(self, commit: str) -> pygit2.Index:
        """The whole tree of a branch's tip, which is asked for many paths."""
        index = self._tips.get(commit)
        if index is None:
            index = self._tips[commit] = self._read_index(commit)
        return index

    def is_tip(self, commit: str) -> bool:
        """Whether a commit is a branch's tip, of which all files are worth a look at once."""
        return commit in self.tips

    def _read_index(self, commit: str) -> pygit2.Index:
        index = pygit2.Index()
        try:
            index.read_tree(self._folder(self.tree_id(commit)))
        except (pygit2.GitError, OSError, KeyError) as error:
            raise RepositoryError("objects-missing", f"tree of {commit}: {error}") from None
        return index

    def at(self, commit: str, path: str) -> Side | None:
        """A file in any commit. At a tip, raises `RepositoryError` also where it can be read in two ways."""
        return self.at_tip(commit, path) if commit in self.tips else self._at(commit, path)

    def _at_tip(self, commit: str, path: str) -> Side | None:
        self.certain(commit, path)
        return self._at(commit, path)

    def _at(self, commit: str, path: str) -> Side | None:
        try:
            return self._inside(self.tree_id(commit), path)
        except (pygit2.GitError, ValueError) as error:
            raise RepositoryError("objects-missing", f"{path} in {commit}: {error}") from None

    def _hold_certain(self, commit: str, path: str) -> None:
        """Raises `RepositoryError` where a path can be read in two ways in a commit.

        That is where a folder on the way to it has a name twice, or is not in git's order: then git's commands and its
        libraries, all of which search a folder in their own way, do not find the same file.
        """
        tree = self.tree_id(commit)
        for name in path.split("/"):
            doubtful = self._doubtful(tree)
            why = doubtful.of(name)
            if why:
                raise RepositoryError("malformed", f"{path} in {commit} can be read in two ways: tree {tree} {why}")
            inner = doubtful.folder(name)
            if inner is None:
                return
            tree = inner

    def _find_doubtful(self, tree: str) -> raw_tree.Doubtful:
        return raw_tree.doubtful(self.store.raw(tree)[1])

    def _folder_in(self, tree: str, name: str) -> str | None:
        """The folder of a name in a folder, or None where it has none."""
        try:
            entry = self._entry(tree, name)
        except (KeyError, ValueError):
            return None
        return str(entry.id) if int(entry.filemode) == _FOLDER else None

    def is_folder(self, commit: str, path: str) -> bool:
        """Whether a folder has a path in a commit."""
        tree: str | None = self.tree_id(commit)
        for name in path.split("/"):
            tree = self._folder_in(tree, name) if tree else None
        return tree is not None

    def _look(self, tree: str, path: str) -> Side | None:
        """A file in a tree, folder by folder: most commits share most of them."""
        name, _, rest = path.partition("/")
        if rest.count("/") > _DEEP:
            return self._look_far(tree, path)
        try:
            entry = self._entry(tree, name)
        except KeyError:
            return None
        mode, oid = int(entry.filemode), str(entry.id)
        if mode == _FOLDER:
            return self._inside(oid, rest) if rest else None
        return None if rest else Side(mode, oid)

    def _look_far(self, tree: str, path: str) -> Side | None:
        """The same for a path of more folders than one call can lie in another."""
        inner: str | None = tree
        while inner and path.count("/") > _DEEP:
            name, _, path = path.partition("/")
            inner = self._folder_in(inner, name)
        return self._inside(inner, path) if inner else None

    def _entry(self, tree: str, name: str) -> pygit2.Object:
        """A folder's entry. Raises KeyError where it has none of that name.

        The library never lets go of a name that it was asked for: of equal ones it is asked for one.
        """
        return self._folder(tree)[sys.intern(name)]

    def _read_folder(self, tree: str) -> pygit2.Tree:
        try:
            found = self.store.objects[tree]
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise RepositoryError("objects-missing", f"tree {tree}: {error}") from None
        if not isinstance(found, pygit2.Tree):
            raise RepositoryError("objects-missing", f"{tree} is not a tree")
        return found
