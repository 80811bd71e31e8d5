"""A mirror of a remote repository: bare, heads and tags only, kept under the state folder.

A mirror that is in place is one that git can use: the first is made beside it and moved there whole,
git's own updates leave the old or the new refs, and one that was damaged all the same is made anew.
"""

from __future__ import annotations

import gc
import hashlib
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pygit2

from auditor.errors import RepositoryError
from auditor.git import process, session
from auditor.git.remote import Remote
from auditor.system import locks

_CONFIG = "[core]\n\trepositoryformatversion = 0\n\tbare = true\n"
_LEFTOVERS = (
    "*.lock", "packed-refs.new", "refs/**/*.lock", "objects/pack/tmp_*", "objects/pack/.tmp-*", "objects/pack/*.keep",
    "objects/tmp_objdir*", "objects/??/tmp_obj*",
)  # fmt: skip
_SHARED = (b"refs/heads/", b"refs/tags/")
_ATTEMPTS = 2
_MOST_PACKS = 40
_STAMP = "last-fetch"


class Mirror:
    """The mirror of `url` for the repository `name`, in the folder `home`; all that it does is done in `seconds`."""

    def __init__(self, home: Path, name: str, url: str, seconds: float) -> None:
        safe = re.sub(r"[^A-Za-z0-9._-]", "_", name)[:60].lstrip(".-")
        unique = hashlib.sha256(f"{name}\0{url}".encode("utf-8", "surrogateescape")).hexdigest()[:12]
        self.home = home
        self.git_dir = home / f"{safe}-{unique}.git"
        self.remote = Remote(url, seconds)
        self._advertised: dict[bytes, bytes] | None = None
        self._keep: tuple[int, ...] = ()
        self._given = False
        self._anew = False

    def fingerprint(self) -> Iterator[bytes]:
        """All that an audit hangs on: the refs that the remote advertises. Raises `RepositoryError` as `ready` does."""
        for name, oid in sorted(self._asked().items()):
            yield name + b" " + oid

    @contextmanager
    def ready(self) -> Iterator[Path]:
        """The mirror, holding what the remote advertises and nothing else, and nobody else's until it is given back.

        Raises `RepositoryError`: `fetch-failed`, `fetch-timeout`, `refs-differ`, `mirror-busy`, `mirror-unusable`.
        """
        self._asked()
        with ExitStack() as stack:
            with self._in_words():
                self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
                lock = locks.held(self.git_dir.with_suffix(".lock"), self.remote.left(), f"process {os.getpid()}")
                self._keep = (stack.enter_context(lock),)
                self._bring_up()
            self._given = True
            try:
                yield self.git_dir
            finally:
                self._keep = ()

    def renew(self) -> bool:
        """Whether the mirror that was given out turns out to be damaged; the next `ready` then makes it anew, once."""
        self._anew = self._given and not self._sound()
        # libgit2 shares open packs by name: what still holds the damaged one, in cycles of cycles, must go before its
        # successor is read. Where something remains, this run says what is missing, and the next one has it.
        for _ in range(3):
            gc.collect()
        return self._anew

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        """What went wrong, and of when the mirror is: it is never passed off as today's state."""
        try:
            yield
        except RepositoryError as error:
            raise RepositoryError(error.code, error.detail + self._last()) from None
        except locks.HeldError as error:
            raise RepositoryError("mirror-busy", f"{self.git_dir}: is in use by {error.holder}") from None
        except OSError as error:
            raise RepositoryError("mirror-unusable", f"{self.git_dir}: {error.strerror or error}") from None

    def _last(self) -> str:
        try:
            when = datetime.fromtimestamp((self.git_dir / _STAMP).stat().st_mtime, UTC)
        except OSError:
            return ""
        return f"; not judged by the mirror of {when:%Y-%m-%dT%H:%M:%SZ}, the last fetch that went through"

    def _asked(self) -> Mapping[bytes, bytes]:
        if self._advertised is None:
            with self._in_words():
                self._advertised = self.remote.refs()
        return self._advertised

    def _bring_up(self) -> None:
        """Fetches until mirror and remote agree. Refs may move meanwhile, but not for ever."""
        for _ in range(_ATTEMPTS):
            if not self._anew and _refs(self.git_dir) == self._advertised:
                return
            self._fetch()
            if _refs(self.git_dir) == self._advertised:
                return
            self._advertised = self.remote.refs()
        here, there = _refs(self.git_dir) or {}, self._advertised or {}
        differing = sorted(name for name in here.keys() | there.keys() if here.get(name) != there.get(name))
        if differing:
            shown = ", ".join(name.decode("utf-8", "replace") for name in differing[:3])
            said = f"{len(differing)} refs of the mirror are not what the remote advertises: {shown}"
            raise RepositoryError("refs-differ", f"{self.remote.url}: {said}")

    def _fetch(self) -> None:
        for leftover in (self._beside(".new"), self._beside(".old")):
            _remove(leftover)
        if self._anew or _refs(self.git_dir) is None:
            self._make()
        else:
            self._update()
        (self.git_dir / _STAMP).touch()
        if len(list(self.git_dir.glob("objects/pack/*.pack"))) > _MOST_PACKS:
            self._consolidate()

    def _update(self) -> None:
        _tidy(self.git_dir)
        try:
            self.remote.fetch(self.git_dir, self._keep)
        except RepositoryError:
            _tidy(self.git_dir)
            if self._sound():
                raise
            self._make()

    def _make(self) -> None:
        """Makes the mirror, or makes it anew: what was there gives way only to one that is whole."""
        new, old = self._beside(".new"), self._beside(".old")
        _lay_out(new)
        try:
            self.remote.fetch(new, self._keep)
            self._git(new, "pack-refs", "--all")
        except RepositoryError:
            _remove(new)
            raise
        if self.git_dir.exists():
            self.git_dir.rename(old)
        new.rename(self.git_dir)
        _remove(old)
        self._anew = False

    def _beside(self, suffix: str) -> Path:
        return self.git_dir.with_suffix(suffix)

    def _consolidate(self) -> None:
        """One pack instead of many. Where it fails (no room, no time) the mirror is as good as before."""
        self._git(self.git_dir, "pack-refs", "--all")
        self._git(self.git_dir, "-c", "repack.writeBitmaps=false", "repack", "-a", "-d", "-q")
        _tidy(self.git_dir)

    def _sound(self) -> bool:
        """Whether everything that the refs reach is there, and no pack is damaged; yes, where time does not suffice."""
        if _refs(self.git_dir) is None:
            return False
        indexes = [str(path) for path in self.git_dir.glob("objects/pack/*.idx")]
        linked = self._git(self.git_dir, "rev-list", "--objects", "--all", "--quiet")
        return linked and (not indexes or self._git(self.git_dir, "verify-pack", *indexes))

    def _git(self, git_dir: Path, *arguments: str) -> bool:
        """Whether a git command on the mirror went through; one that there was no time for did not fail."""
        try:
            done = session.run(
                process.command(git_dir, *arguments), process.environment(), self.remote.left(), self._keep
            )
        except TimeoutError:
            return True
        return done.code == 0


def _refs(git_dir: Path) -> dict[bytes, bytes] | None:
    """The refs as an audit reads them; None where they cannot be read."""
    try:
        repository = pygit2.Repository(str(git_dir), pygit2.enums.RepositoryOpenFlag.NO_SEARCH)
        names = [name for name in repository.raw_listall_references() if name.startswith(_SHARED)]
        return {name: _target(repository, name) for name in names}
    except (pygit2.GitError, KeyError, ValueError, OSError):
        return None


def _target(repository: pygit2.Repository, name: bytes) -> bytes:
    reference = repository.references[name.decode("utf-8", "surrogateescape")]
    return str(reference.resolve().target).encode()


def _lay_out(git_dir: Path) -> None:
    (git_dir / "objects").mkdir(parents=True)
    (git_dir / "refs").mkdir()
    (git_dir / "HEAD").write_text("ref: refs/heads/main\n")
    (git_dir / "config").write_text(_CONFIG)


def _tidy(git_dir: Path) -> None:
    """Removes what a killed git left lying about: locks that nobody holds, halves of packs."""
    for pattern in _LEFTOVERS:
        for leftover in list(git_dir.glob(pattern)):
            _remove(leftover)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
