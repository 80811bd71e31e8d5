"""What proves a verdict: commands of plain git. `auditor.checks` writes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Check:
    """A command, with its exit status and (unless None) standard output; what that shows, and of which fixes.

    Runs of earlier versions, which the ledger has, say neither of the last two.
    """

    run: str
    exit: int
    stdout: str | None = None
    shows: str = ""
    fixes: tuple[str, ...] = ()
