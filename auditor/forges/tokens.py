"""The token: from the environment or a file, shown to nobody, known again in any of its disguises."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from urllib.parse import quote

from auditor.errors import ForgeError

_SHORTEST = 8
_MOST_BYTES = 16 * 1024


class Token:
    """A secret. Its text is reached by `reveal` alone; printing, logging or comparing it shows nothing."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Token(…)"

    def reveal(self) -> str:
        """The text, for a header and for nothing else."""
        return self._text

    def shows_in(self, text: str) -> bool:
        """Whether a text gives the token away: plain, percent-encoded, in hexadecimal, or in base64 at any offset."""
        folded = text.casefold()
        plain = (self._text, quote(self._text, safe=""), self._text.encode().hex())
        if any(form.casefold() in folded for form in plain):
            return True
        joined = text.replace("-", "+").replace("_", "/")
        return any(core in joined for core in _cores(self._text.encode()))


def _cores(raw: bytes) -> list[str]:
    """What base64 makes of these bytes, whatever stands before and after them."""
    found = []
    for offset in range(3):
        encoded = base64.b64encode(bytes(offset) + raw).decode().rstrip("=")
        first = (offset * 8 + 5) // 6
        found.append(encoded[first : (offset + len(raw)) * 8 // 6])
    return found


def read(env: str | None, file: Path | None) -> Token | None:
    """The token that the configuration points at; None where it points at none. Raises `ForgeError` (`token`)."""
    if env is not None:
        text = os.environ.get(env, "")
        where = f"the environment variable {env}"
    elif file is not None:
        text = _content(file)
        where = str(file)
    else:
        return None
    text = text.strip()
    if len(text) < _SHORTEST or not text.isascii() or not text.isprintable() or " " in text:
        said = "is empty or not set" if not text else "holds no token: one line of at least 8 printable characters"
        raise ForgeError("token", f"{where} {said}")
    return Token(text)


def _content(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(_MOST_BYTES).decode("utf-8", "replace")
    except OSError as error:
        raise ForgeError("token", f"{file}: cannot be read: {error.strerror or error}") from None
