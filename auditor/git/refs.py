"""The refs of a repository: branches as they are shared, and tags peeled to what they stand on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import pygit2

from auditor.errors import RepositoryError
from auditor.git import commits
from auditor.git.store import Store
from auditor.past import Ref

_COMMIT, _TAG = 1, 4
_KINDS = {2: "tree", 3: "blob"}
_DEEPEST_TAG = 50


@dataclass(frozen=True, slots=True)
class TagRef:
    """A tag: `commit` is what it peels to, else `problem` says why it peels to none."""

    name: str
    target: str
    commit: str | None
    annotation: commits.Tag | None
    problem: str | None


@dataclass(frozen=True, slots=True)
class BranchRef:
    """A branch where it was found; `note` where the clone's own branch differs from the shared one."""

    ref: str
    commit: str
    note: str | None


class Refs(Protocol):
    """Where an audit takes the refs from: this module, which reads the repository's own, or `Recorded`."""

    def find_branch(self, store: Store, name: str) -> BranchRef | None:
        """A branch, or None where there is none."""

    def tags(self, store: Store) -> tuple[TagRef, ...]:
        """Every tag, by name."""


class Recorded:
    """Refs as an earlier run saw them; what the repository's own are today does not matter."""

    def __init__(self, refs: Sequence[Ref]) -> None:
        self.refs = refs

    def find_branch(self, store: Store, name: str) -> BranchRef | None:
        """The branch where it was judged: only that ref was recorded."""
        tips = {ref.name: ref.commit for ref in self.refs}
        for full in (f"refs/remotes/origin/{name}", f"refs/heads/{name}"):
            tip = tips.get(full)
            if tip is not None:
                return BranchRef(full, tip, None)
        return None

    def tags(self, store: Store) -> tuple[TagRef, ...]:
        """Every tag that was seen, peeled again."""
        named = [r for r in self.refs if r.name.startswith("refs/tags/")]
        return tuple(TagRef(r.name.removeprefix("refs/tags/"), r.object, *peel(store, r.object)) for r in named)


def find_branch(store: Store, name: str) -> BranchRef | None:
    """What is shared is judged: `refs/remotes/origin/NAME` where it exists, else `refs/heads/NAME`."""
    shared = f"refs/remotes/origin/{name}"
    local = f"refs/heads/{name}"
    remote_tip = None if store.audited.is_bare else _commit_of(store, shared)
    local_tip = _commit_of(store, local)
    if remote_tip is None:
        return None if local_tip is None else BranchRef(local, local_tip, None)
    differs = local_tip is not None and local_tip != remote_tip
    note = f"{local} is at {local_tip}, the shared branch is judged" if differs else None
    return BranchRef(shared, remote_tip, note)


def _commit_of(store: Store, ref: str) -> str | None:
    try:
        target = store.audited.references[ref].resolve().target
    except (KeyError, ValueError, pygit2.GitError):
        return None
    return peel(store, str(target))[0]


def tags(store: Store) -> tuple[TagRef, ...]:
    """Every tag of the repository, by name."""
    try:
        names = [n for n in store.audited.raw_listall_references() if n.startswith(b"refs/tags/")]
        return tuple(_tag(store, name) for name in sorted(names))
    except pygit2.GitError as error:
        raise RepositoryError("unreadable", f"the refs cannot be read: {error}") from None


def _tag(store: Store, raw_name: bytes) -> TagRef:
    name = commits.text(raw_name.removeprefix(b"refs/tags/"))
    try:
        target = str(store.audited.references[raw_name.decode("utf-8", "surrogateescape")].resolve().target)
    except (KeyError, ValueError, pygit2.GitError) as error:
        return TagRef(name, "", None, None, f"cannot be read: {error}")
    commit, annotation, problem = peel(store, target)
    return TagRef(name, target, commit, annotation, problem)


def peel(store: Store, oid: str) -> tuple[str | None, commits.Tag | None, str | None]:
    """Follows tags of tags to a commit: the commit, the outermost annotation, or what stood in the way."""
    outermost = None
    for _ in range(_DEEPEST_TAG):
        try:
            kind, raw = store.raw(oid)
        except RepositoryError as error:
            return None, outermost, error.detail
        if kind == _COMMIT:
            return oid, outermost, None
        if kind != _TAG:
            return None, outermost, f"peels to a {_KINDS.get(kind, 'thing')}, not to a commit"
        tag = commits.parse_tag(raw)
        outermost = outermost or tag
        oid = tag.target
    return None, outermost, f"is nested deeper than {_DEEPEST_TAG} tags"
