"""Opens a repository for reading without ever writing to it, or believing its configuration.

Its objects are read into a repository that exists in memory only, and the git command is run in a
scratch repository that borrows them (`objects/info/alternates`). What a merge makes is kept in memory;
configuration, hooks, replace refs, grafts and commit-graph files of the audited repository are not there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import pygit2
from pygit2.enums import Option

from auditor.errors import RepositoryError
from auditor.git import commits, objects
from auditor.git.bounded import Bounded

# libgit2 would map whole packs, and keep 256 MB of objects: as it counts them, in memory four times as much.
pygit2.option(Option.SET_MWINDOW_SIZE, 8 << 20)
pygit2.option(Option.SET_MWINDOW_MAPPED_LIMIT, 32 << 20)
pygit2.option(Option.SET_CACHE_MAX_SIZE, 6 << 20)

MAX_BLOB = 64 * 1024 * 1024
_SMALL = 8 * 1024 * 1024
_CACHED_BLOBS = 8 * 1024 * 1024
_DEEPEST_ALTERNATES = 6
# Git is held to little memory, too: else it maps whole packs, and keeps 96 MB of what it unpacked.
_CONFIG = (
    "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
    "\tpackedGitWindowSize = 8m\n\tpackedGitLimit = 64m\n\tdeltaBaseCacheLimit = 32m\n"
)


class Store:
    """The objects of one repository, and the repository itself (`audited`) for its refs."""

    def __init__(self, audited: pygit2.Repository, folders: Sequence[Path], shallow: frozenset[str]) -> None:
        self.audited = audited
        self.shallow = shallow
        self.folders = folders
        self._made: dict[str, bytes] = {}
        self._trees: dict[str, str] = {}
        self.blob = Bounded(_CACHED_BLOBS, self.read_blob, len)
        # What was compared in a small repository, by the ids of two trees.
        self.compared: dict[tuple[str | None, str], tuple[Any, ...]] = {}
        self._odb = pygit2.Odb()
        for folder in folders:
            self._odb.add_disk_alternate(str(folder))
        self.objects = pygit2.Repository()
        self.objects.set_odb(self._odb)
        # Below this, comparing trees in this process beats any git process; far above, it is ten times slower.
        packs = (pack for folder in folders for pack in (folder / "pack").glob("*.pack"))
        self.small = sum(pack.stat().st_size for pack in packs) < _SMALL

    @cached_property
    def bare(self) -> bool:
        """Whether there is no work tree, as git sees it: one of which nothing is told is named `.git` where it has one.

        libgit2 takes such a repository for one with a work tree, whatever its name.
        """
        told = any(key in self.audited.config for key in ("core.bare", "core.worktree"))
        return self.audited.is_bare or (not told and Path(self.audited.path).name != ".git")

    @cached_property
    def git_dir(self) -> Path:
        """The scratch repository, for the questions that the git command answers; a small one asks none."""
        scratch = Path(tempfile.mkdtemp(prefix="branch-drift-"))
        lay_out(scratch, self.folders, self.shallow)
        return scratch

    def close(self) -> None:
        """Removes what was laid out."""
        if "git_dir" in self.__dict__:
            shutil.rmtree(self.git_dir, ignore_errors=True)

    def raw(self, oid: str) -> tuple[int, bytes]:
        """Type and bytes of an object. Raises `RepositoryError` where it is missing or damaged."""
        if oid in self._made:
            return objects.BLOB, self._made[oid]
        try:
            kind, data = self._odb.read(pygit2.Oid(hex=oid))
        except (KeyError, pygit2.GitError, ValueError, OSError) as error:
            raise RepositoryError("objects-missing", f"object {oid} cannot be read: {error}") from None
        return int(kind), data

    def tree(self, commit: str) -> str:
        """The id of a commit's tree. Raises `RepositoryError` where git could not tell it."""
        found = self._trees.get(commit) or commits.tree(self.raw(commit)[1])
        if found is None:
            raise RepositoryError("objects-missing", f"commit {commit} is malformed")
        self._trees[commit] = found
        return found

    def keep_tree(self, commit: str, raw: bytes) -> None:
        """Takes note of a commit's tree while its bytes are at hand; in a small repository most will be asked for."""
        if self.small and (found := commits.tree(raw)):
            self._trees[commit] = found

    def has(self, oid: str) -> bool:
        """Whether an object is there."""
        try:
            return bool(self._odb.exists(pygit2.Oid(hex=oid)))
        except (ValueError, pygit2.GitError):
            return False

    def read_blob(self, oid: str) -> bytes:
        """The bytes of a blob, as `blob` gives them, but not kept.

        What is too large to compare is refused rather than guessed at.
        """
        data = self.raw(oid)[1]
        if len(data) > MAX_BLOB:
            raise RepositoryError("too-large", f"blob {oid} has {len(data)} bytes, more than {MAX_BLOB}")
        return data

    def size(self, oid: str) -> int:
        """The size of an object in bytes, without reading it."""
        if oid in self._made:
            return len(self._made[oid])
        try:
            return int(self._odb.read_header(pygit2.Oid(hex=oid))[1])
        except (KeyError, pygit2.GitError, ValueError, OSError) as error:
            raise RepositoryError("objects-missing", f"object {oid} cannot be read: {error}") from None

    def make_blob(self, data: bytes) -> str:
        """The id of a blob that need not exist; one that does not is kept in memory only."""
        oid = pygit2.hash(data)
        if not self._odb.exists(oid):
            self._made[str(oid)] = data
        return str(oid)


@contextmanager
def open_store(path: Path) -> Iterator[Store]:
    """Opens the repository at `path` (a work tree, its `.git`, or a bare repository).

    Raises `RepositoryError`: `not-found`, `other-owner`, `unsupported`, `unreadable`.
    """
    audited = _open(path)
    try:
        common = common_dir(Path(audited.path))
        _refuse_unsupported(common)
        store = Store(audited, list(_object_folders(common / "objects", 0)), _shallow(common))
    except OSError as error:
        raise _refusal(path, error) from None
    try:
        yield store
    finally:
        store.close()


def locate(path: Path) -> tuple[Path, Path] | None:
    """The git folder of the repository at `path` and the one that holds its objects, or None."""
    try:
        git_dir = Path(_open(path).path)
        return git_dir, common_dir(git_dir)
    except (RepositoryError, OSError):
        return None


def _open(path: Path) -> pygit2.Repository:
    try:
        if not path.exists():
            raise RepositoryError("not-found", f"{path}: no such folder")
        if path.is_file():
            raise RepositoryError("unreadable", f"{path}: is a file, not a repository")
        for folder in (path, path / ".git"):
            # The library says of one that may not be read that there is none.
            if folder.is_dir():
                os.scandir(folder).close()
        if str(path.name) != ".git" and not (path / ".git").exists() and not (path / "objects").is_dir():
            raise RepositoryError("not-found", f"{path}: no git repository{_around(path)}")
        return pygit2.Repository(str(path))
    except (pygit2.GitError, OSError, ValueError, KeyError) as error:
        raise _refusal(path, error) from None


def _around(path: Path) -> str:
    """What lies above is another repository, such as the one that a submodule was never fetched for."""
    above = pygit2.discover_repository(str(path))
    return f"; it lies inside {Path(above).parent}" if above else ""


def _refusal(path: Path, error: Exception) -> RepositoryError:
    if isinstance(error, OSError) and error.filename:
        return RepositoryError("unreadable", f"{error.filename}: {error.strerror}")
    said = str(error)
    if "not owned by current user" in said:
        help_ = f"{path}: belongs to another user; allow it with: git config --global --add safe.directory"
        return RepositoryError("other-owner", f"{help_} {path.resolve()}")
    if "unsupported" in said or "unknown object format" in said or "extension" in said:
        return RepositoryError("unsupported", f"{path}: {said} (SHA-256 and reftable are not supported)")
    return RepositoryError("unreadable", f"{path}: {said}")


def common_dir(git_dir: Path) -> Path:
    """A linked work tree keeps its objects and refs in the folder that its `commondir` file names."""
    pointer = git_dir / "commondir"
    return (git_dir / pointer.read_text().strip()).resolve() if pointer.is_file() else git_dir


def _refuse_unsupported(common: Path) -> None:
    if (common / "reftable").is_dir():
        raise RepositoryError("unsupported", f"{common}: refs are kept as reftable, which cannot be read")


def _shallow(common: Path) -> frozenset[str]:
    file = common / "shallow"
    return frozenset(file.read_text().split()) if file.is_file() else frozenset()


def lay_out(scratch: Path, folders: Sequence[Path], shallow: frozenset[str]) -> None:
    """A bare repository without refs of its own, that borrows the objects of `folders`."""
    (scratch / "objects" / "info").mkdir(parents=True)
    (scratch / "refs").mkdir()
    (scratch / "HEAD").write_text("ref: refs/heads/none\n")
    (scratch / "config").write_text(_CONFIG)
    if shallow:
        (scratch / "shallow").write_text("".join(f"{oid}\n" for oid in sorted(shallow)))
    lent = scratch / "lent"
    lent.mkdir()
    # Symbolic links, because a path may hold a line end, which an alternates file cannot.
    for number, folder in enumerate(folders):
        (lent / str(number)).symlink_to(folder)
    lines = [f"{lent / str(number)}\n" for number in range(len(folders))]
    (scratch / "objects" / "info" / "alternates").write_text("".join(lines))


def _object_folders(objects: Path, depth: int) -> Iterator[Path]:
    if depth > _DEEPEST_ALTERNATES:
        return
    yield objects.resolve()
    alternates = objects / "info" / "alternates"
    if alternates.is_file():
        for line in alternates.read_text(errors="surrogateescape").splitlines():
            if line and not line.startswith("#"):
                yield from _object_folders(objects / line, depth + 1)
