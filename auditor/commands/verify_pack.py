"""`verify PACK`: whether an evidence pack is as it was written, and whether its verdicts hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from auditor.config.configuration import load
from auditor.errors import BranchDriftError, UsageError
from auditor.output import files
from auditor.output.words import plain, rfc3339
from auditor.system import scratch

if TYPE_CHECKING:
    from auditor.evidence.contents import Evidence
    from auditor.evidence.findings import Findings
    from auditor.ledger.write import Head


def run(
    pack: Path, config: Path | None, anchors: tuple[Path, ...], named: tuple[str, ...], allowed: Path | None
) -> int:
    """The exit status of DESIGN, Command line; everything found goes to standard output."""
    places = _places(named)
    if places:
        from auditor.git import process

        process.version()
    heads = _known(config, anchors)
    with scratch.held():
        found = _verified(_read(pack), places, heads, allowed)
    lines = [*found.said, *(f"fault: {f}" for f in found.faults), *(f"not checked: {u}" for u in found.unchecked)]
    lines += [] if found.exit_code else ["everything is as it was written"]
    files.write_text("-", "".join(f"{plain(line)}\n" for line in lines))
    return found.exit_code


def _places(named: tuple[str, ...]) -> dict[str, Path]:
    places = {}
    for said in named:
        name, equals, path = said.partition("=")
        if not (name and equals and path):
            raise UsageError(f"--repo {said}: write it as NAME=PATH, with the name that the pack has")
        if name in places:
            raise UsageError(f"--repo: {name} is given twice")
        if not Path(path).is_dir():
            raise UsageError(f"--repo {said}: there is no folder {path}")
        places[name] = Path(path)
    return places


def _read(pack: Path) -> bytes:
    from auditor.evidence.archive import MOST_BYTES

    try:
        with pack.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise BranchDriftError(f"{pack}: cannot be read: {error.strerror}") from None


def _known(config: Path | None, anchors: tuple[Path, ...]) -> list[tuple[str, list[Head]]]:
    """What the ledger and the anchors say, each with its name."""
    from auditor.ledger import anchor, database, read

    known = []
    if config is not None:
        ledger = database.open_ledger(load(config).ledger_url, create=False)
        known.append((ledger.where, read.ends(ledger)))
    for path in anchors:
        heads, faults = anchor.from_file(path)
        if faults:
            raise BranchDriftError("; ".join(faults))
        known.append((str(path), heads))
    return known


def _verified(
    data: bytes, places: Mapping[str, Path], known: list[tuple[str, list[Head]]], allowed: Path | None
) -> Findings:
    from auditor import __version__
    from auditor.evidence import check
    from auditor.evidence.findings import Findings

    members, faults = check.intact(data)
    if faults:
        return Findings([], faults)
    try:
        evidence = check.evidence(members)
    except BranchDriftError as error:
        return Findings([], [str(error)])
    _refuse_unknown(places, evidence)
    parts = [_about(data, evidence), check.consistent(members, evidence, __version__), check.signed(members, allowed)]
    parts += [] if known else [Findings(["not held against a ledger (-c) or an anchor (--anchor)"])]
    parts += [check.anchored(evidence, heads, where) for where, heads in known]
    if not any(part.faults for part in parts):
        parts += [_again(evidence, name, path) for name, path in places.items()]
    return Findings(
        [line for part in parts for line in part.said],
        [line for part in parts for line in part.faults],
        [line for part in parts for line in part.unchecked],
    )


def _refuse_unknown(places: Mapping[str, Path], evidence: Evidence) -> None:
    there = [r.name for r in evidence.audit.repositories]
    strange = [n for n in places if n not in there]
    if strange:
        raise UsageError(f"--repo: the pack has no repository {', '.join(strange)}; it has {', '.join(there)}")


def _about(data: bytes, evidence: Evidence) -> Findings:
    from auditor.evidence.findings import Findings

    run, ended, audit = evidence.exported.run, evidence.exported.ended, evidence.audit
    times = f"from {rfc3339(audit.started_at)} to {rfc3339(audit.finished_at)}"
    return Findings(
        [
            f"run {run['number']}, {times}, by branch-drift {audit.tool.version}: {audit.verdict}",
            f"{len(data)} bytes, every one as the manifest says",
            f"link {ended['sequence']} is {ended['hash']}, after {ended['previous']}: made of the rows in the pack",
        ]
    )


def _again(evidence: Evidence, name: str, path: Path) -> Findings:
    from auditor import __version__
    from auditor.evidence import again, settings
    from auditor.evidence.findings import Findings

    audit = evidence.audit
    recorded = next(r for r in audit.repositories if r.name == name)
    try:
        config = settings.repository(evidence.effective, name, audit.discovered)
    except BranchDriftError as error:
        return Findings([], [], [str(error)])
    if config is None:
        return Findings([], [], [f"{name}: is in no configuration on record"])
    return again.repository(recorded, config, path, audit.started_at, same=audit.tool.version == __version__)
