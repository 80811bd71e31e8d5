"""Who may read: TLS and basic authentication by a web configuration file, in the form other exporters have it.

The file, and the certificates that it names, are read again when they change: a renewed certificate
needs no restart. One that has become bad is said, and the last good one stays in force.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
import ssl
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import bcrypt
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, model_validator

from auditor.config import faults, yaml_text
from auditor.config.values import Text
from auditor.errors import UsageError

_HASH = re.compile(r"\$2[aby]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}")
_VERIFY = {
    "NoClientCert": ssl.CERT_NONE,
    "VerifyClientCertIfGiven": ssl.CERT_OPTIONAL,
    "RequireAndVerifyClientCert": ssl.CERT_REQUIRED,
}
_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_MOST_REMEMBERED = 256


def _bcrypt(value: str) -> str:
    if not _HASH.fullmatch(value):
        raise ValueError("is no bcrypt hash of cost 4 to 15; make one with `htpasswd -nBC 10 NAME`")
    return value


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TlsConfig(_Part):
    """The server's certificate, and whether clients need one. Paths are relative to the file."""

    cert_file: Path
    key_file: Path
    min_version: Literal["TLS12", "TLS13"] = "TLS12"
    client_auth_type: Literal["NoClientCert", "VerifyClientCertIfGiven", "RequireAndVerifyClientCert"] = "NoClientCert"
    client_ca_file: Path | None = None

    @model_validator(mode="after")
    def _complete(self) -> TlsConfig:
        if (self.client_auth_type == "NoClientCert") != (self.client_ca_file is None):
            raise ValueError("client_ca_file and a client_auth_type that verifies are needed together")
        return self


class WebConfig(_Part):
    """The web configuration file."""

    tls_server_config: TlsConfig | None = None
    basic_auth_users: Mapping[Text, Annotated[str, AfterValidator(_bcrypt)]] = {}


class Access:
    """What the file says now."""

    def __init__(self, file: Path | None, complain: Callable[[str], None]) -> None:
        """Raises `UsageError` with every fault of the file."""
        self._file = file
        self._complain = complain
        self._stamps: tuple[object, ...] = ()
        self._config = WebConfig()
        self._passwords = _Passwords({})
        self._context: ssl.SSLContext | None = None
        if file is not None:
            self._load(file)

    @property
    def context(self) -> ssl.SSLContext | None:
        """How TLS is spoken; None where it is not."""
        return self._context

    @property
    def guarded(self) -> bool:
        """Whether readers must show who they are."""
        verified = self._context is not None and self._context.verify_mode is ssl.CERT_REQUIRED
        return verified or bool(self._config.basic_auth_users)

    def refresh(self) -> None:
        """Takes up what has changed since the last look."""
        if self._file is not None and self._stamps != self._look():
            try:
                self._load(self._file)
            except UsageError as error:
                self._stamps = self._look()
                self._complain(f"{error}; what was said before stays in force")

    def allows(self, authorization: str | None) -> bool:
        """Whether these credentials, or none, will do."""
        return not self._config.basic_auth_users or self._passwords.hold(authorization or "")

    def _load(self, file: Path) -> None:
        config = read(file)
        context = _context(config.tls_server_config, file) if config.tls_server_config else None
        self._config, self._context = config, context
        self._passwords = _Passwords(config.basic_auth_users)
        self._stamps = self._look()

    def _look(self) -> tuple[object, ...]:
        tls = self._config.tls_server_config
        named = (tls.cert_file, tls.key_file, tls.client_ca_file) if tls else ()
        assert self._file is not None
        folder = self._file.resolve().parent
        return tuple(_stamp(p) for p in (self._file, *(folder / n for n in named if n)))


class _Passwords:
    """Users and the hashes of their passwords; what was checked once is remembered, since bcrypt is slow by design."""

    def __init__(self, users: Mapping[str, str]) -> None:
        self._users = users
        self._key = secrets.token_bytes(32)
        self._known: dict[bytes, bool] = {}
        self._one_at_a_time = threading.Lock()

    def hold(self, authorization: str) -> bool:
        """Whether a header names a user with the right password. One check at a time: each is slow by design."""
        digest = hmac.digest(self._key, authorization.encode("utf-8", "surrogateescape"), "sha256")
        known = self._known.get(digest)
        if known is not None:
            return known
        with self._one_at_a_time:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[digest] = self._check(authorization)
            return found

    def _check(self, authorization: str) -> bool:
        scheme, _, token = authorization.partition(" ")
        try:
            user, _, password = base64.b64decode(token.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return False
        # An unknown user costs as much time as a known one.
        known = self._users.get(user)
        try:
            right = bcrypt.checkpw(password.encode(), (known or next(iter(self._users.values()))).encode())
        except ValueError:
            return False
        return right and known is not None and scheme.lower() == "basic"


def read(file: Path) -> WebConfig:
    """The web configuration. Raises `UsageError` with every fault in it."""
    document = yaml_text.read(file)
    try:
        found = WebConfig.model_validate(document.value)
    except ValidationError as error:
        raise UsageError(*dict.fromkeys(faults.placed(file, document, e, WebConfig) for e in error.errors())) from None
    if document.faults:
        raise UsageError(*(f"{file}:{line}: {said}" for line, said in document.faults))
    return found


def _context(config: TlsConfig, file: Path) -> ssl.SSLContext:
    folder = file.resolve().parent
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[config.min_version]
    try:
        context.load_cert_chain(folder / config.cert_file, folder / config.key_file, password=_no_password)
        if config.client_ca_file is not None:
            context.load_verify_locations(folder / config.client_ca_file)
    except OSError as error:
        raise UsageError(f"{file}: tls_server_config: cannot be used: {error.strerror or error}") from None
    context.verify_mode = _VERIFY[config.client_auth_type]
    return context


def _no_password() -> str:
    """A key that asks for one must not ask on a terminal."""
    raise OSError("the key is protected by a password")


def _stamp(file: Path) -> object:
    try:
        status = file.stat()
    except OSError:
        return None
    return (status.st_mtime_ns, status.st_size, status.st_ino)
