"""Checks a pack on its own: its bytes, its hashes, its rows, and that its documents are those of its rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from auditor.errors import BranchDriftError
from auditor.evidence import archive, contents, make, manifest, signature
from auditor.evidence.archive import PackError
from auditor.evidence.contents import Evidence
from auditor.evidence.findings import Findings
from auditor.evidence.manifest import MANIFEST, SIGNATURE
from auditor.ledger import export
from auditor.ledger.rows import sha256
from auditor.ledger.write import Head

Files = Mapping[str, bytes]


def intact(data: bytes) -> tuple[Files, list[str]]:
    """The members of an archive, and every bit of it that is not as the manifest says; none where it is no archive."""
    try:
        files, at = archive.read(data)
    except PackError as error:
        return {}, [str(error)]
    return files, manifest.check(files, at)[1]


def evidence(files: Files) -> Evidence:
    """What the pack is made of. Raises `BranchDriftError` where that is none."""
    try:
        exported = export.parse(files["ledger.jsonl"])
        wrong = list(export.faults(exported))
        if wrong:
            raise PackError("; ".join(wrong))
        audit = export.audit(exported)
    except BranchDriftError as error:
        raise PackError(f"ledger.jsonl: {error}") from None
    history = contents.history(files["history.json"])
    return Evidence(exported, audit, files["configuration.json"], files.get("configuration.yaml"), history)


def consistent(files: Files, found: Evidence, version: str) -> Findings:
    """Whether everything else in the pack is what its rows make it. `version` is of what checks."""
    faults = [*_configuration(files, found), *_differing(files, contents.recorded(found))]
    if found.audit.tool.version == version:
        faults += _differing(files, contents.rendered(found))
        said = "report.html and audit.json are what its rows in the ledger say"
    else:
        said = f"report.html and audit.json were written by version {found.audit.tool.version}, and not written again"
    if not faults and make.statement(found.exported, files) != files[MANIFEST]:
        faults.append("manifest.json: is not about this run")
    return Findings([said], faults)


def _configuration(files: Files, found: Evidence) -> Iterator[str]:
    for name, key in (("configuration.json", "effective_sha256"), ("configuration.yaml", "config_sha256")):
        recorded = found.exported.run[key]
        there = sha256(files[name]) if name in files else None
        if there != recorded:
            yield f"{name}: is not the one that was recorded ({recorded})"


def _differing(files: Files, made: Files) -> Iterator[str]:
    for name, data in made.items():
        if files.get(name) != data:
            yield f"{name}: is not what the rows in ledger.jsonl make it"


def signed(files: Files, allowed: Path | None) -> Findings:
    """Whose signature the pack has.

    None at all is told, and is no fault unless somebody is named who should have signed: else whoever changes a pack
    would take the signature away.
    """
    made = files.get(SIGNATURE)
    if made is None:
        absent = signature.absent(allowed)
        return Findings([], ["not signed, by nobody that is allowed"], absent) if allowed else Findings(["not signed"])
    found = signature.check(files[MANIFEST], made, allowed)
    words = [f"the signature {found.said}"]
    return Findings(words) if found.good else Findings([], words) if found.good is False else Findings([], [], words)


def anchored(found: Evidence, heads: Iterable[Head], where: str) -> Findings:
    """Whether links that are known from elsewhere are the pack's."""
    link = found.exported.ended
    known = [h for h in heads if h.sequence == link["sequence"]]
    if not known:
        return Findings([], [], [f"{where}: does not have link {link['sequence']}"])
    if any((h.run, h.hash) != (link["run"], link["hash"]) for h in known):
        words = f"{where}: has link {link['sequence']} as {known[0].hash}, of run {known[0].run}"
        return Findings([], [f"{words}: this pack is not of that run"])
    return Findings([f"{where}: has link {link['sequence']}, the same"])
