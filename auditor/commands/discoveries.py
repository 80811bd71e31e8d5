"""What a run says of its discoveries while it goes on."""

from __future__ import annotations

from collections.abc import Sequence

from auditor.fleet.progress import say
from auditor.model import Discovery


def log(discovered: Sequence[Discovery], form: str = "text") -> None:
    """How many repositories were found, each that was left out and why, each error."""
    for found in discovered:
        place = f"{found.type} {found.owner}"
        counted = f"{place}: {len(found.repositories)} repositories to audit, {len(found.excluded)} excluded"
        say("info", counted, form, forge=found.type, owner=found.owner, repositories=list(found.repositories))
        for excluded in found.excluded:
            said = {"repository": excluded.repository, "reason": excluded.reason}
            say("info", f"{place}: excluded {excluded.repository}: {excluded.reason}", form, **said)
        for error in found.errors:
            say("error", f"{place}: {error.code}: {error.detail}", form, code=error.code)
