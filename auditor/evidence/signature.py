"""A signature on a manifest or a commit, made and checked by the means that git has for its own: ssh-keygen, or gpg.

The operator's own git configuration names the key (`user.signingkey`, `gpg.format`), the programs and the allowed
signers. It is read outside of any repository, so that none can name a program here.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from auditor.errors import BranchDriftError, UsageError

_SSH = b"-----BEGIN SSH SIGNATURE-----"
_GPG = b"-----BEGIN PGP SIGNATURE-----"
_PATIENCE = 60


@dataclass(frozen=True, slots=True)
class Checked:
    """What a signature came to: `good`, bad, or (None) not to be checked here; `said` in words."""

    good: bool | None
    said: str


def sign(data: bytes) -> bytes:
    """A detached signature. Raises `UsageError` where git's configuration names no key, `BranchDriftError`."""
    form = _configured("gpg.format") or "openpgp"
    if form not in ("ssh", "openpgp"):
        raise UsageError(f"--sign: gpg.format is {form} in your git configuration; set it to ssh or openpgp")
    if _configured("user.signingkey") is None:
        raise UsageError("--sign: no key is configured; set user.signingkey with git config --global")
    return signed(data, form, None, "the pack")


def signed(data: bytes, form: str, key: str | None, what: str) -> bytes:
    """A detached signature in a form (`ssh`, else OpenPGP), by a key or else the one of git's configuration.

    Raises `BranchDriftError` where there is no key, or `what` cannot be signed with it.
    """
    chosen = key or _configured("user.signingkey", *(("--type=path",) if form == "ssh" else ()))
    if chosen is None:
        raise BranchDriftError(
            f"{what} cannot be signed: no key is named, nor user.signingkey in your git configuration"
        )
    return _by_ssh(data, chosen, what) if form == "ssh" else _by_gpg(data, chosen, what)


def check(data: bytes, signature: bytes, allowed: Path | None) -> Checked:
    """Whether a signature is that of some data. `allowed` is a file of allowed signers (ssh-keygen(1))."""
    try:
        if signature.startswith(_SSH):
            return _check_ssh(data, signature, allowed or _allowed())
        if signature.startswith(_GPG):
            return _check_gpg(data, signature, allowed)
    except BranchDriftError as error:
        return Checked(None, str(error))
    return Checked(False, "is neither an ssh nor a PGP signature")


def absent(allowed: Path | None) -> list[str]:
    """A file of allowed signers that is not there, in words."""
    missing = allowed is not None and not allowed.is_file()
    return [f"{allowed}: there is no such file of allowed signers"] if missing else []


def _configured(key: str, *how: str) -> str | None:
    """A value of the operator's own configuration, not of a repository that happens to be here."""
    done = _run(["git", "config", *how, "--get", key], environment=_outside())
    return done.stdout.decode(errors="surrogateescape").strip() or None


def _outside() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k not in ("GIT_DIR", "GIT_WORK_TREE", "GIT_CONFIG")}


def _run(
    command: Sequence[str], data: bytes = b"", environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, input=data, capture_output=True, check=False, cwd="/", env=environment, timeout=_PATIENCE
        )
    except OSError as error:
        raise BranchDriftError(f"{command[0]} cannot be run: {error.strerror}") from None
    except subprocess.TimeoutExpired:
        raise BranchDriftError(f"{command[0]} did not answer in {_PATIENCE} s") from None


def _words(done: subprocess.CompletedProcess[bytes]) -> str:
    said = (done.stderr or done.stdout).decode(errors="replace").strip().splitlines()
    return said[-1] if said else f"exit status {done.returncode}"


@contextmanager
def _laid_out(**files: bytes) -> Iterator[dict[str, str]]:
    """Some bytes as files for a moment, readable by nobody else."""
    with tempfile.TemporaryDirectory(prefix="branch-drift-") as folder:
        for name, data in files.items():
            (Path(folder) / name).write_bytes(data)
        yield {name: str(Path(folder) / name) for name in files}


def _by_ssh(data: bytes, key: str, what: str) -> bytes:
    """The key is a file, or a public key itself: then the agent has the other half."""
    program = _configured("gpg.ssh.program", "--type=path") or "ssh-keygen"
    literal = key.removeprefix("key::") if key.startswith(("key::", "ssh-")) else None
    file = None if literal else key
    with _laid_out(data=data, key=(literal or "").encode() + b"\n") as files:
        named = ["-f", files["key"], "-U"] if file is None else ["-f", file]
        done = _run([program, "-Y", "sign", "-n", "git", *named, files["data"]])
        made = Path(files["data"] + ".sig")
        if done.returncode or not made.is_file():
            raise BranchDriftError(f"{what} cannot be signed: {program}: {_words(done)}")
        return made.read_bytes()


def _by_gpg(data: bytes, key: str, what: str) -> bytes:
    done = _run([_gpg(), "--detach-sign", "--armor", "--local-user", key], data)
    if done.returncode:
        raise BranchDriftError(f"{what} cannot be signed: gpg: {_words(done)}")
    return done.stdout


def _gpg() -> str:
    return _configured("gpg.openpgp.program") or _configured("gpg.program") or "gpg"


def _allowed() -> Path | None:
    named = _configured("gpg.ssh.allowedSignersFile", "--type=path")
    return Path(named) if named else None


def _check_ssh(data: bytes, signature: bytes, allowed: Path | None) -> Checked:
    with _laid_out(signature=signature) as files:
        about = ["-n", "git", "-s", files["signature"]]
        if allowed is None:
            done = _run(["ssh-keygen", "-Y", "check-novalidate", *about], data)
            if done.returncode:
                return Checked(False, f"is not one of this manifest: {_words(done)}")
            return Checked(True, f"{_key(done)}; whose key this is was not checked: name --allowed-signers FILE")
        if missing := absent(allowed):
            return Checked(None, missing[0])
        signers = ["-f", str(allowed.resolve())]
        found = _run(["ssh-keygen", "-Y", "find-principals", "-s", files["signature"], *signers])
        names = found.stdout.decode(errors="replace").splitlines()
        if found.returncode or not names:
            return Checked(False, f"is by no signer that {allowed} allows")
        done = _run(["ssh-keygen", "-Y", "verify", *about, *signers, "-I", names[0]], data)
        return Checked(not done.returncode, _key(done) if not done.returncode else f"is bad: {_words(done)}")


def _key(done: subprocess.CompletedProcess[bytes]) -> str:
    return f"is good: {done.stdout.decode(errors='replace').strip()}"


def _check_gpg(data: bytes, signature: bytes, allowed: Path | None) -> Checked:
    with _laid_out(signature=signature) as files:
        options = ["--batch", "--no-tty", "--no-auto-key-retrieve", "--status-fd", "1"]
        done = _run([_gpg(), *options, "--verify", files["signature"], "-"], data)
    told = [line.split(maxsplit=2) for line in done.stdout.decode(errors="replace").splitlines()]
    said = {words[1]: words[2] if len(words) > 2 else "" for words in told if len(words) > 1}
    if done.returncode == 0 and "GOODSIG" in said:
        good = f"is good: {said['GOODSIG']}; key {said.get('VALIDSIG', '').split(' ')[0]}"
        # Any key of the ring would do otherwise, where only the named signers should.
        strange = f"{good}, a PGP key; whether it is allowed was not checked: {allowed} names ssh keys"
        return Checked(True, good) if allowed is None else Checked(None, strange)
    if "NO_PUBKEY" in said:
        return Checked(None, f"is by key {said['NO_PUBKEY']}, which is not in your key ring")
    return Checked(False, f"is bad: {_words(done)}")
