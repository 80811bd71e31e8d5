"""Asks a remote by the git command: the operator's credentials and ssh set-up, and nobody to ask for more.

Unlike `process`, which audits with nobody's configuration at all, this keeps the operator's: credential
helpers, proxies, certificates, `insteadOf`. What could prompt, run a hook, or use another transport is off.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import time
import unicodedata
from collections.abc import Sequence
from functools import cache
from pathlib import Path, PurePath

from auditor.config import urls
from auditor.errors import RepositoryError
from auditor.git import session

REFSPECS = ("+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*")
_SSH_OPTIONS = "-oBatchMode=yes -oConnectTimeout=30 -oServerAliveInterval=15 -oServerAliveCountMax=4"
_KEPT_GIT = (
    "GIT_SSH", "GIT_SSH_COMMAND", "GIT_SSH_VARIANT", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM",
    "GIT_CONFIG_COUNT", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSL_CERT", "GIT_SSL_KEY", "GIT_SSL_VERSION",
    "GIT_HTTP_PROXY_AUTHMETHOD", "GIT_PROXY_SSL_CAINFO", "GIT_PROXY_SSL_CERT", "GIT_PROXY_SSL_KEY",
)  # fmt: skip
_KEPT_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
_DROPPED = ("SSH_ASKPASS",)

# Old tools wrote such people, dates and modes, and submodule and attribute files matter to a checkout, which is never
# made here. What would make an object ambiguous or unreadable (a tree out of order or with an entry twice, a header
# cut short, a name with a slash) stays refused.
_TOLERATED = (
    "badDate", "badDateOverflow", "badEmail", "badName", "badTimezone", "missingEmail", "missingNameBeforeEmail",
    "missingSpaceBeforeDate", "missingSpaceBeforeEmail", "zeroPaddedDate", "zeroPaddedFilemode", "nulInCommit",
    "hasDotgit", "gitmodulesBlob", "gitmodulesLarge", "gitmodulesMissing", "gitmodulesName", "gitmodulesPath",
    "gitmodulesSymlink", "gitmodulesUpdate", "gitmodulesUrl", "gitattributesBlob", "gitattributesLarge",
    "gitattributesLineLength", "gitattributesMissing",
)  # fmt: skip
_SETTINGS = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "core.askPass=", "core.logAllRefUpdates=false",
    "credential.interactive=false", "gc.auto=0", "maintenance.auto=false", "fetch.fsckObjects=true",
    "fetch.unpackLimit=1", "fetch.writeCommitGraph=false", "fetch.recurseSubmodules=false", "transfer.bundleURI=false",
    "http.followRedirects=initial", "http.lowSpeedLimit=1", "http.lowSpeedTime=60", "safe.directory=*",
)  # fmt: skip
_FSCK = tuple(f"fetch.fsck.{name}=ignore" for name in _TOLERATED)
_FETCH = (
    "fetch", "--quiet", "--force", "--prune", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance",
    "--no-write-fetch-head", "--no-show-forced-updates",
)  # fmt: skip
_PUSH = ("push", "--porcelain", "--quiet", "--no-verify", "--no-follow-tags", "--no-signed", "--recurse-submodules=no")
_NO_REDIRECTS = ("http.followRedirects=false",)

_USER_INFO = re.compile(r"(https?://)[^/@\s]*@")
_NAMED_SECRET = re.compile(r"(?i)\b(authorization|\w*token|password|secret)(\s*[:=]\s*)\S.*")
_MOST_WORDS = 600


class Remote:
    """A remote, and the moment (monotonic) until which all questions to it must be answered.

    `header` goes to this address with every request, over https only; without it git's own helpers know the way in.
    """

    def __init__(self, url: str, seconds: float, header: str | None = None) -> None:
        self.url = url
        self._header = header
        self.seconds = seconds
        self.ends = time.monotonic() + seconds

    def left(self) -> float:
        """The seconds that are left."""
        return self.ends - time.monotonic()

    def refs(self) -> dict[bytes, bytes]:
        """Every branch and tag that the remote advertises, with the id it holds; what a tag peels to follows from it.

        Raises `RepositoryError`: `fetch-failed`, `fetch-timeout`.
        """
        said = self._git(Path(os.devnull), ("ls-remote", "--heads", "--tags", "--refs"), ())
        found = (line.split(b"\t", 1) for line in said.splitlines())
        return {name: oid for oid, name in found}

    def create(self, git_dir: Path, commit: str, branch: str) -> None:
        """Makes a branch of a commit of the repository at `git_dir`, where there is none of that name.

        Raises `RepositoryError`: `push-refused` (also where another one was quicker), `push-failed`, `push-timeout`.
        """
        ref = f"refs/heads/{branch}"
        said = self._run(git_dir, (*_PUSH, f"--force-with-lease={ref}:"), _SETTINGS, (f"{commit}:{ref}",))
        if said is None:
            raise RepositoryError("push-timeout", f"{self.url}: the push took longer than {self.seconds:g} s")
        if said.code:
            refused = [line for line in said.out.decode("utf-8", "replace").splitlines() if line.startswith("!")]
            told = words("\n".join(line.rpartition("\t")[2] for line in refused)) or words(said.err)
            code = "push-refused" if refused else "push-failed"
            raise RepositoryError(code, f"{self.url}: {branch}: {told or f'git push ended with {said.code}'}")

    def fetch(self, git_dir: Path, keep: Sequence[int]) -> None:
        """Brings heads and tags of the repository at `git_dir` to the remote's; one that fails leaves all as it was.

        The descriptors `keep` stay open until its last process is gone, and with them any lock on them.
        Raises `RepositoryError` as `refs` does.
        """
        try:
            self._git(git_dir, (*_FETCH, "--atomic"), REFSPECS, keep)
        except RepositoryError as error:
            if "cannot lock ref" not in error.detail:
                raise
            # A branch `a` that became `a/b` cannot be moved in one step: git deletes first, then creates.
            self._git(git_dir, _FETCH, REFSPECS, keep)

    def _git(self, git_dir: Path, verb: Sequence[str], refspecs: Sequence[str], keep: Sequence[int] = ()) -> bytes:
        done = self._run(git_dir, verb, (*_SETTINGS, *_FSCK) if refspecs else _SETTINGS, refspecs, keep)
        if done is None:
            said = f"{self.url}: the transfer took longer than {self.seconds:g} s and was ended (limits: fetch_timeout)"
            raise RepositoryError("fetch-timeout", said)
        if done.code:
            said = words(done.err) or f"git {verb[0]} ended with {done.code}"
            raise RepositoryError("fetch-failed", f"{self.url}: {said}")
        return done.out

    def _run(
        self,
        git_dir: Path,
        verb: Sequence[str],
        chosen: Sequence[str],
        refspecs: Sequence[str],
        keep: Sequence[int] = (),
    ) -> session.Done | None:
        """How git ended; None where it took too long."""
        own = () if self._header is None else _NO_REDIRECTS
        settings = [word for setting in (*chosen, *own) for word in ("-c", setting)]
        command = ["git", "--no-pager", *settings, *verb, "--end-of-options", self.url, *refspecs]
        try:
            return session.run(command, {**self._environment(), "GIT_DIR": str(git_dir)}, self.left(), keep)
        except TimeoutError:
            return None

    def _environment(self) -> dict[str, str]:
        """The operator's, and the header as one more setting there: it is in no argument and in no file."""
        found = environment(self.url)
        if self._header is None or not self.url.startswith(("https://", "http://")):
            return found
        given = found.get("GIT_CONFIG_COUNT", "")
        count = int(given) if given.isdecimal() else 0
        ours = {f"GIT_CONFIG_KEY_{count}": f"http.{self.url}.extraHeader", f"GIT_CONFIG_VALUE_{count}": self._header}
        return found | ours | {"GIT_CONFIG_COUNT": str(count + 1)}


def environment(url: str) -> dict[str, str]:
    """The operator's environment, but for what would lead git elsewhere, trace secrets, or ask somebody."""
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    http = ":http" if urls.is_plain_http(url) else ""
    ssh = {"GIT_SSH_COMMAND": _ssh_command()} if urls.is_ssh(url) and "GIT_SSH" not in kept else {}
    return kept | ssh | {
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": f"https:ssh:file{http}",
        "GIT_ASKPASS": "",
        "SSH_ASKPASS_REQUIRE": "never",
        "GCM_INTERACTIVE": "never",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_NO_LAZY_FETCH": "1",
    }  # fmt: skip


def _is_kept(name: str) -> bool:
    if name.startswith("GIT_"):
        return name in _KEPT_GIT or name.startswith(_KEPT_PREFIXES)
    return name not in _DROPPED


def _ssh_command() -> str:
    """The operator's ssh command, told never to ask; one that is not ssh itself is left as it is."""
    command = os.environ.get("GIT_SSH_COMMAND") or _configured_ssh() or "ssh"
    try:
        program = PurePath(shlex.split(command)[0]).name
    except (ValueError, IndexError):
        return command
    return f"{command} {_SSH_OPTIONS}" if program == "ssh" else command


@cache
def _configured_ssh() -> str:
    command = ["git", "config", "--get", "core.sshCommand"]
    kept = {name: value for name, value in os.environ.items() if _is_kept(name)}
    done = subprocess.run(command, capture_output=True, text=True, env={**kept, "GIT_DIR": os.devnull}, check=False)
    return done.stdout.strip()


def words(said: str) -> str:
    """Git's own words on one line, without secrets; what the remote says is left out, as it may repeat them."""
    lines = [line for line in said.splitlines() if line.strip() and not line.startswith(("remote:", "warning:"))]
    shown = "; ".join(dict.fromkeys(_USER_INFO.sub(r"\1***@", line.strip()) for line in lines))
    shown = "".join(c if not unicodedata.category(c).startswith("C") else " " for c in shown)
    return _NAMED_SECRET.sub(r"\1\2***", shown)[:_MOST_WORDS]
