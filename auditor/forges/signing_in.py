"""How git signs in at a forge with the token that its interface takes."""

from __future__ import annotations

import base64

from auditor.forges.tokens import Token

# The name that a forge wants beside a token, where it wants one.
_NAMES = {"github": "x-access-token", "gitlab": "oauth2", "gitea": "oauth2", "bitbucket-cloud": "x-token-auth"}


def header(kind: str, token: Token) -> str:
    """The header for git's requests, for no other eyes."""
    said = token.reveal()
    if kind == "bitbucket-server" or (kind == "azure" and said.startswith("eyJ") and said.count(".") == 2):
        return f"Authorization: Bearer {said}"
    pair = said if kind == "bitbucket-cloud" and ":" in said else f"{_NAMES.get(kind, '')}:{said}"
    return f"Authorization: Basic {base64.b64encode(pair.encode()).decode()}"
