"""What is answered to which path: metrics, health, the index of runs, their reports. Nothing of HTTP itself."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from auditor.errors import BranchDriftError
from auditor.serve.runs import METRICS, Run

PROBES = ("/healthz", "/readyz")
_TEXT = "text/plain; charset=utf-8"
_METRICS = "text/plain; version=0.0.4; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_TYPES = {
    ".html": _HTML,
    ".json": "application/json",
    ".csv": "text/csv; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
    ".xml": "application/xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Answer:
    """A status with a body, or a file to be sent, or the place to go to instead."""

    status: int
    type: str = _TEXT
    body: bytes = b""
    file: Path | None = None
    location: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that can be read, as of one moment: replaced whole, so that no reader sees half a run.

    `said` tells how the last attempt to scan ended, where it did not end well.
    """

    runs: tuple[Run, ...] = ()
    metrics: bytes = b""
    said: str | None = None


def board(runs: tuple[Run, ...], said: str | None = None) -> Board:
    """The board of these runs, newest first. Raises `BranchDriftError` where the newest cannot be read."""
    if not runs:
        return Board(said=said)
    try:
        return Board(runs, (runs[0].folder / METRICS).read_bytes(), said)
    except OSError as error:
        raise BranchDriftError(f"{runs[0].folder}: cannot be read: {error.strerror}") from None


def answer(path: str, seen: Board) -> Answer:
    """What a path gives."""
    if path == "/healthz":
        return Answer(200, body=b"alive\n")
    if path == "/readyz":
        return Answer(200, body=b"ready\n") if seen.runs else _nothing_yet()
    if path == "/metrics":
        return Answer(200, _METRICS, seen.metrics) if seen.runs else _nothing_yet()
    if path == "/":
        return Answer(200, _HTML, _index(seen))
    return _report(path, seen)


def _nothing_yet() -> Answer:
    return Answer(503, body=b"no audit has finished yet\n")


def _index(seen: Board) -> bytes:
    from auditor.output import html

    return html.page("runs.html.j2", runs=_addresses(seen.runs), said=seen.said).encode()


def _addresses(runs: tuple[Run, ...]) -> dict[str, Run]:
    """The runs by address. A ledger that began anew may give a number again: it is the newest run's then."""
    found: dict[str, Run] = {}
    for run in runs:
        found[run.name if run.address in found else run.address] = run
    return found


def _report(path: str, seen: Board) -> Answer:
    """A file of a run: both names are looked up among those that there are, never joined to a path as asked for."""
    runs = (
        {run.name: run for run in seen.runs} | _addresses(seen.runs) | dict(zip(("latest",), seen.runs, strict=False))
    )
    match path.split("/"):
        case ["", "reports"]:
            return Answer(302, location="./")
        case ["", "reports", ""]:
            return Answer(302, location="../")
        case ["", "reports", number] if number in runs:
            return Answer(302, location=f"{number}/")
        case ["", "reports", number, name] if number in runs:
            return _file(runs[number], name or "index.html")
        case ["", "reports", number, "repository", name] if number in runs:
            return _file(runs[number], f"repository/{name}")
    return _not_found()


def _file(run: Run, name: str) -> Answer:
    kind = _TYPES.get(Path(name).suffix)
    return Answer(200, kind, file=run.folder / name) if kind and name in run.reports else _not_found()


def _not_found() -> Answer:
    return Answer(404, body=b"there is nothing here\n")
