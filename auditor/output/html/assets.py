"""Style and script: inlined with their hashes in the policy, or as files beside the page."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_PACKAGED = Path(__file__).parent.parent.parent / "_reports" / "templates"
_CHECKOUT = Path(__file__).parent.parent.parent.parent / "reports" / "templates"
TEMPLATES = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
STYLE, SCRIPT = "report.css", "report.js"


@dataclass(frozen=True, slots=True)
class Assets:
    """How a page comes by its style and script: as text in it, or by address. `policy` allows just these."""

    policy: str
    style: str = ""
    script: str = ""
    style_href: str | None = None
    script_href: str | None = None


def inline() -> Assets:
    """In the page itself: one file is the whole report."""
    style, script = text(STYLE), text(SCRIPT)
    return Assets(_policy(f"'{_hash(style)}'", f"'{_hash(script)}'"), style, script)


def linked(up: str = "") -> Assets:
    """As files in the report's folder, which `up` leads to: for servers whose policy allows nothing inline."""
    return Assets(
        _policy("'self' file:", f"'self' '{_hash(text(SCRIPT))}' file:"),
        style_href=up + STYLE,
        script_href=up + SCRIPT,
    )


def script_source() -> str:
    """The inlined script as a policy names it, for a server that sends a policy of its own."""
    return f"'{_hash(text(SCRIPT))}'"


@cache
def text(name: str) -> str:
    """An asset as it is written into pages and beside them."""
    return (TEMPLATES / name).read_text()


def _policy(style: str, script: str) -> str:
    return f"default-src 'none'; style-src {style}; script-src {script}; base-uri 'none'; form-action 'none'"


def _hash(words: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(words.encode()).digest()).decode()}"
