"""The refs of a repository: branches as they are shared, and tags peeled to what they stand on."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pygit2

from auditor import tag_names
from auditor.errors import RepositoryError
from auditor.git import commits, objects
from auditor.git.store import Store, common_dir
from auditor.past import Ref

_KINDS = {objects.TREE: "tree", objects.BLOB: "blob"}
_DEEPEST_TAG = 50
# What the library raises for a ref that is not there, is damaged, or may not be read.
_UNREADABLE = (KeyError, ValueError, pygit2.GitError, OSError)


@dataclass(frozen=True, slots=True)
class TagRef:
    """A tag: `commit` is what it peels to, else `problem` says why it peels to none.

    `lost`: nobody can tell what it peels to, for it, or what it names, cannot be read. `exact` is a name that is no
    UTF-8 (`tag_names`).
    """

    name: str
    target: str
    commit: str | None
    annotation: commits.Tag | None
    problem: str | None
    lost: bool = False
    exact: str | None = None


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
        return tuple(
            TagRef(r.name.removeprefix("refs/tags/"), r.object, *peel(store, r.object), exact=r.exact) for r in named
        )


def find_branch(store: Store, name: str) -> BranchRef | None:
    """What is shared is judged: `refs/remotes/origin/NAME` where it exists, else `refs/heads/NAME`.

    One that exists and cannot be read is not replaced by the other.
    """
    shared = f"refs/remotes/origin/{name}"
    local = f"refs/heads/{name}"
    try:
        there = not store.bare and _exists(store, shared)
    except OSError:
        there = True
    remote_tip = _commit_of(store, shared) if there else None
    local_tip = _commit_of(store, local)
    if remote_tip is None:
        return None if local_tip is None or there else BranchRef(local, local_tip, None)
    differs = local_tip is not None and local_tip != remote_tip
    note = f"{local} is at {local_tip}, the shared branch is judged" if differs else None
    return BranchRef(shared, remote_tip, note)


def absent(store: Store, name: str) -> tuple[str, str]:
    """A code and words for a branch that was not found."""
    shared, local = f"refs/remotes/origin/{name}", f"refs/heads/{name}"
    for ref in (local,) if store.bare else (shared, local):
        try:
            if _exists(store, ref):
                return "objects-missing", f"what {ref} points at cannot be read"
        except OSError as error:
            return "unreadable", f"{ref} cannot be read: {error}"
    return "branch-absent", f"there is no branch {name}"


def _exists(store: Store, ref: str) -> bool:
    """Whether a ref is there, whatever it points at. Raises `OSError` where that may not be seen."""
    try:
        return bool(store.audited.references[ref])
    except (KeyError, ValueError):
        return False
    except pygit2.GitError:
        return True


def _commit_of(store: Store, ref: str) -> str | None:
    try:
        target = store.audited.references[ref].resolve().target
    except _UNREADABLE:
        return None
    return peel(store, str(target))[0]


def tags(store: Store) -> tuple[TagRef, ...]:
    """Every tag of the repository, by name. Raises `RepositoryError` where they cannot all be listed."""
    try:
        names = {n for n in store.audited.raw_listall_references() if n.startswith(b"refs/tags/")}
        return tuple(_tag(store, name) for name in sorted(names.union(_in_files(store))))
    except (pygit2.GitError, OSError) as error:
        raise RepositoryError("unreadable", f"the refs cannot be read: {error}") from None


def _in_files(store: Store) -> Iterator[bytes]:
    """Tags in files of their own. Raises `OSError` where a folder of them may not be read.

    The library's listing leaves out, without a word, what lies in such a folder, and a file that holds no ref (a crash
    leaves empty ones).
    """
    above = os.fsencode(common_dir(Path(store.audited.path))) + b"/"
    for folder, _, names in os.walk(above + b"refs/tags", onerror=_refuse):
        yield from (folder.removeprefix(above) + b"/" + name for name in names if not name.endswith(b".lock"))


def _refuse(error: OSError) -> None:
    """A folder that was never there holds no tags; any other reason leaves unknown what it holds."""
    if not isinstance(error, FileNotFoundError):
        raise error


def _tag(store: Store, raw_name: bytes) -> TagRef:
    short = raw_name.removeprefix(b"refs/tags/")
    name, whole = commits.text(short), tag_names.exact(short)
    exact = whole if whole != name else None
    try:
        target = str(store.audited.references[raw_name.decode("utf-8", "surrogateescape")].resolve().target)
    except _UNREADABLE as error:
        return TagRef(name, "", None, None, f"cannot be read: {error}", lost=True, exact=exact)
    return TagRef(name, target, *peel(store, target), exact=exact)


def peel(store: Store, oid: str) -> tuple[str | None, commits.Tag | None, str | None, bool]:
    """Follows tags of tags to a commit: the commit, the outermost annotation, or what stood in the way.

    At last, whether that was something that cannot be read.
    """
    outermost = None
    for _ in range(_DEEPEST_TAG):
        try:
            kind, raw = store.raw(oid)
        except RepositoryError as error:
            return None, outermost, error.detail, True
        if kind == objects.COMMIT:
            return oid, outermost, None, False
        if kind != objects.TAG:
            return None, outermost, f"peels to a {_KINDS.get(kind, 'thing')}, not to a commit", False
        tag = commits.parse_tag(raw)
        outermost = outermost or tag
        if not tag.target:
            return None, outermost, f"tag object {oid} is malformed", True
        oid = tag.target
    return None, outermost, f"is nested deeper than {_DEEPEST_TAG} tags", True
