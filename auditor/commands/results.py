"""Where results go: what cannot be written, or would cost something, is refused before anything is scanned."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from itertools import combinations
from pathlib import Path

from auditor.config.configuration import Config
from auditor.errors import UsageError
from auditor.output import files

OF_A_REPORT = ("index.html", "audit.json", "audit.csv", "report.css", "report.js", "repository")


def require(
    config: Config, file: Path | None, named: Mapping[str, str | Path | None], report: Path | None = None
) -> None:
    """Raises `UsageError` with every fault. `named` are files by option, `file` is the configuration's own."""
    for path in (*named.values(), report):
        files.require_folder(path)
    files.require_no_file(report)
    places = {option: Path(path) for option, path in named.items() if path is not None and str(path) != "-"}
    faults = [f"{o} {p}: is a folder, and a file is needed" for o, p in places.items() if p.is_dir()]
    for what, kept in _kept(config, file):
        faults += [f"{o} {p}: is {what}, which would be lost" for o, p in places.items() if _are_one(p, kept)]
    for (one, first), (other, second) in combinations(places.items(), 2):
        if _are_one(first, second):
            faults.append(f"{one} and {other}: are one file, {first}, and one of them would be lost")
    if report is not None:
        faults += _in_report(places, report.resolve())
    if faults:
        raise UsageError(*faults)


def _kept(config: Config, file: Path | None) -> Iterator[tuple[str, Path]]:
    """What no result may take the place of."""
    if file is not None:
        yield "the configuration", file
    if "://" not in config.ledger_url:
        yield "the ledger", Path(config.ledger_url)
    if config.ledger.anchor.file is not None:
        yield "the file of anchors", config.ledger.anchor.file


def _are_one(first: Path, second: Path) -> bool:
    """Whether two paths are one file; a device or a pipe takes what both have to say."""
    with suppress(OSError):
        return first.samefile(second) and first.is_file()
    return first.resolve() == second.resolve()


def _in_report(places: Mapping[str, Path], report: Path) -> Iterator[str]:
    for option, path in places.items():
        place = path.resolve()
        if place == report:
            yield f"{option} {path}: is the folder of --report-dir"
        elif place.is_relative_to(report) and place.relative_to(report).parts[0] in OF_A_REPORT:
            yield f"{option} {path}: is a file of --report-dir"
