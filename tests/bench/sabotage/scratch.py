"""The scratch repository that a case is written into; its objects are borrowed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pygit2
from pygit2.enums import ObjectType

from tests.bench.sabotage.cut import UnfitError
from tests.bench.sabotage.pick import read
from tests.build import HOUR, START


class Scratch:
    """A new repository with one commit; `tip` and `tree` are those of the branch that is written."""

    def __init__(self, path: Path, objects: Path, tree: pygit2.Oid) -> None:
        pygit2.init_repository(str(path), bare=True, initial_head="main")
        (path / "objects/info").mkdir(exist_ok=True)
        (path / "objects/info/alternates").write_text(f"{objects}\n")
        self.repo, self.path = pygit2.Repository(str(path)), path
        self.clock, self.story = START, list[str]()
        self.tree = tree
        self.tip = self.commit("Start", [])

    def work(self, commits: Iterable[pygit2.Commit]) -> None:
        """Replays commits, one after the other."""
        for commit in commits:
            tree = self.replayed_all([commit])
            if tree != self.tree:
                self.tree = tree
                self.tip = self.commit(commit.raw_message, [self.tip], like=commit)

    def replayed_all(self, commits: Iterable[pygit2.Commit]) -> pygit2.Oid:
        """The branch's tree with commits replayed, but for those that conflict."""
        tree = self.tree
        for commit in commits:
            tree = self.replayed(commit.parents[0].tree_id, commit.tree_id, tree) or tree
        return tree

    def replayed(self, base: pygit2.Oid, theirs: pygit2.Oid, ours: pygit2.Oid | None = None) -> pygit2.Oid | None:
        """A three-way merge with the branch's tree, or another; None where that conflicts."""
        index = self.repo.merge_trees(self._tree(base), self._tree(ours or self.tree), self._tree(theirs))
        return index.write_tree(self.repo) if index.conflicts is None else None

    def must(self, tree: pygit2.Oid | None) -> pygit2.Oid:
        """A tree that a story cannot go on without."""
        if tree is None:
            raise UnfitError
        return tree

    def text(self, path: str, tree: pygit2.Oid | None = None) -> bytes:
        """A file of the branch's tree, or another."""
        found = read(self._tree(tree or self.tree), path)
        if found is None:
            raise UnfitError
        return found

    def put(self, path: str, data: bytes) -> pygit2.Oid:
        """The branch's tree with other text in a file."""
        index = pygit2.Index()
        index.read_tree(self._tree(self.tree))
        index.add(pygit2.IndexEntry(path, self.repo.create_blob(data), index[path].mode))
        return index.write_tree(self.repo)

    def commit(
        self,
        message: str | bytes,
        parents: list[pygit2.Oid],
        tree: pygit2.Oid | None = None,
        like: pygit2.Commit | None = None,
    ) -> pygit2.Oid:
        """Commits the branch's tree, or another, as a commit's author where it is `like` one."""
        who = pygit2.Signature("Colin Committer", "colin@example.com", self.clock)
        self.clock += HOUR
        oid = self.repo.create_commit(None, like.author if like else who, who, message, tree or self.tree, parents)
        title = self.repo[oid].peel(pygit2.Commit).message.partition("\n")[0]
        self.story.append(f"{str(oid)[:12]} {title}")
        return oid

    def tag(self, name: str, commit: pygit2.Oid) -> None:
        """Tags a release."""
        who = pygit2.Signature("Colin Committer", "colin@example.com", self.clock)
        self.repo.create_tag(name, commit, ObjectType.COMMIT, who, f"Release {name}")

    def diff(self, before: pygit2.Oid) -> bytes:
        """What became of a tree since."""
        patches = self._tree(before).diff_to_tree(self._tree(self.tree))
        return b"".join(p.data for p in patches if p)

    def _tree(self, oid: pygit2.Oid) -> pygit2.Tree:
        return self.repo[oid].peel(pygit2.Tree)
