"""The table for a terminal: the matrix, worst first, and why."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from auditor.model import DRIFT, Audit, Discovery, Hotfix, RepositoryAudit, Severity, Status, Verdict, Violation
from auditor.output.order import in_short, worst_first
from auditor.output.words import about, aliases, approval, cell, day, notes, plain

_STYLES = {
    Status.PRESENT: "green",
    Status.NOT_APPLICABLE: "dim",
    Status.WITHDRAWN: "dim",
    Status.WAIVED: "cyan",
    Status.UNKNOWN: "yellow",
}
_MOST_IN_SYNC = 20
# Where nobody looks, lines are this long at least; on a terminal narrower than the other, words would be cut in two.
_NARROWEST = 140
_NARROW = 100
_MOST_PATHS = 6


def render(audit: Audit, *, terminal: bool = False) -> str:
    """The whole audit; for a terminal in its width, and with colours."""
    colours = terminal and "NO_COLOR" not in os.environ
    columns = os.environ.get("COLUMNS", "")
    width = None if terminal else max(_NARROWEST, int(columns) if columns.isdecimal() else 0)
    text = io.StringIO()
    console = Console(file=text, force_terminal=colours, width=width, highlight=False, soft_wrap=False, emoji=False)
    for discovery in audit.discovered:
        _discovery(console, discovery)
    for repository in audit.repositories:
        _repository(console, repository)
    _conclusion(console, audit)
    return text.getvalue()


def _discovery(console: Console, found: Discovery) -> None:
    counted = f"{len(found.repositories)} repositories audited, {len(found.excluded)} excluded"
    console.print(f"[bold]{found.type} {_safe(found.owner)}[/]  {_safe(found.url)}: {counted}")
    for excluded in found.excluded:
        console.print(f"  [dim]excluded[/] {_safe(excluded.repository)}: {_safe(excluded.reason)}")
    for error in found.errors:
        console.print(f"  [yellow]not judged[/] {error.code}: {_safe(error.detail)}")
    console.print()


def _repository(console: Console, found: RepositoryAudit) -> None:
    console.print(f"[bold]{_safe(found.name)}[/]  {_safe(found.source)}")
    if found.main.commit:
        population = f"{found.tags_total} tags: {found.tags_audited} audited, {len(found.excluded)} excluded"
        console.print(f"  main is {_safe(found.main.name)} at {found.main.commit[:12]}; {population}")
    for branch in found.branches:
        if branch.note:
            console.print(f"  [yellow]note[/] {_safe(branch.name)}: {_safe(branch.note)}")
    if found.hotfixes:
        _matrix(console, found)
    for hotfix, verdict in worst_first(found):
        if verdict.status in DRIFT or verdict.incomplete or verdict.waiver:
            _why(console, hotfix, verdict)
    _notes(console, found)
    console.print()


def _notes(console: Console, found: RepositoryAudit) -> None:
    for violation in sorted(found.violations, key=lambda v: v.waiver is not None):
        _violation(console, violation)
    for said in notes(found):
        console.print(f"  [yellow]note[/] {_safe(said)}")
    for error in found.errors:
        console.print(f"  [yellow]not judged[/] {error.code}: {_safe(error.detail)}")


def _violation(console: Console, found: Violation) -> None:
    colour = "cyan" if found.waiver else "red" if found.severity is Severity.ERROR else "yellow"
    said = "waived" if found.waiver else found.severity
    console.print(f"  [{colour}]{said}[/] {found.rule}: {_safe(about(found))}: {_safe(found.detail)}")
    if found.waiver:
        console.print(f"      {_safe(f'waived {approval(found.waiver)} (else {found.severity})')}")


def _matrix(console: Console, found: RepositoryAudit) -> None:
    rows = sorted(found.hotfixes, key=lambda h: all(_calm(v) for v in h.verdicts))
    calm = [h for h in rows if all(_calm(v) for v in h.verdicts)]
    shown = [h for h in rows if h not in calm] + calm[:_MOST_IN_SYNC]
    for number, columns in enumerate(_blocks(console.width, found, shown)):
        if number:
            console.print()
        _block(console, found, shown, columns)
    if len(calm) > _MOST_IN_SYNC:
        console.print(f"  … and {len(calm) - _MOST_IN_SYNC} more hotfixes that are in sync everywhere")


def _block(console: Console, found: RepositoryAudit, shown: Sequence[Hotfix], columns: Sequence[int]) -> None:
    """Some of the branches, beside every hotfix."""
    narrow = console.width < _NARROW
    table = Table(box=None, padding=(0, _gap(console.width)), header_style="bold")
    table.add_column("  hotfix", overflow="fold")
    if not narrow:
        table.add_column("tagged", no_wrap=True)
    for at in columns:
        table.add_column(_safe(found.branches[at].name), overflow="fold")
    for hotfix in shown:
        tagged = () if narrow else (day(hotfix.tagged_at)[:10],)
        table.add_row(_tag(hotfix), *tagged, *(_cell(hotfix.verdicts[at]) for at in columns))
    console.print(table)


def _blocks(width: int, found: RepositoryAudit, shown: Sequence[Hotfix]) -> Iterator[list[int]]:
    """All branches side by side, if no word is cut in two for it; else as many at a time as have room."""
    tags = max((cell_len(line) for h in shown for line in _names(h)), default=0)
    around = 2 * _gap(width)
    left = width - min(tags, width // 3) - around - (0 if width < _NARROW else len("2026-01-01") + around)
    texts = [[b.name, *(cell(h.verdicts[at]) for h in shown)] for at, b in enumerate(found.branches)]
    least = [max(cell_len(word) for text in column for word in plain(text).split(" ")) + around for column in texts]
    whole = [max(cell_len(plain(text)) for text in column) + around for column in texts]
    needed = least if width < _NARROW or sum(least) <= left else whole
    block: list[int] = []
    for at in range(len(texts)):
        if block and sum(needed[n] for n in (*block, at)) > left:
            yield block
            block = []
        block.append(at)
    yield block


def _gap(width: int) -> int:
    return 1 if width < _NARROW else 2


def _names(hotfix: Hotfix) -> list[str]:
    """A hotfix's tag, and the other tags on its commit."""
    also = aliases(hotfix)
    return [f"  {plain(hotfix.tag)}", *(f"  = {plain(name)}" for name in (also.split(", ") if also else ()))]


def _tag(hotfix: Hotfix) -> str:
    tag, *also = map(escape, _names(hotfix))
    return "\n".join((tag, *(f"[dim]{name}[/]" for name in also)))


def _calm(verdict: Verdict) -> bool:
    return verdict.status not in DRIFT and not verdict.incomplete


def _cell(verdict: Verdict) -> str:
    return f"[{_STYLES.get(verdict.status, 'bold red')}]{cell(verdict)}[/]"


def _why(console: Console, hotfix: Hotfix, verdict: Verdict) -> None:
    style = _STYLES.get(verdict.status, "bold red")
    console.print(
        f"  [{style}]{verdict.status}[/] {_safe(hotfix.tag)} on {_safe(verdict.branch)}: {_safe(verdict.reason)}"
    )
    if verdict.waiver:
        console.print(f"      {_safe(f'waived {approval(verdict.waiver)} (else {verdict.covers})')}")
    if verdict.forecast and not verdict.forecast.clean:
        console.print(f"      a back-merge would conflict in {_safe(_few(verdict.forecast.conflicts))}")
    elif verdict.forecast:
        console.print("      a back-merge would be clean")


def _few(paths: Sequence[str]) -> str:
    """The first of many; `explain` and the report have them all."""
    more = len(paths) - _MOST_PATHS
    return ", ".join(paths[:_MOST_PATHS]) + (f" and {more} more" if more > 0 else "")


def _conclusion(console: Console, audit: Audit) -> None:
    style = {"in-sync": "bold green", "drift": "bold red"}.get(audit.verdict, "bold yellow")
    # A run that fails by its rules alone does not end in green.
    if audit.verdict == "in-sync" and audit.exit_code:
        style = "bold yellow"
    console.print(f"[{style}]{audit.verdict}[/]: {in_short(audit)}", soft_wrap=True)


def _safe(text: str) -> str:
    return escape(plain(text))
