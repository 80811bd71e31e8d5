"""Makes the pack of a run that is in the ledger."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.evidence import archive, contents, manifest, signature
from auditor.evidence.contents import Evidence
from auditor.evidence.manifest import MANIFEST, SIGNATURE, SUMS, Link
from auditor.ledger import export
from auditor.ledger.database import Database
from auditor.ledger.export import Exported
from auditor.past import History


def evidence(database: Database, number: int, history: History) -> Evidence:
    """A finished run with its configuration, and what memory told when it ended. Raises `LedgerError`."""
    exported = export.export(database, number)
    return Evidence(exported, export.audit(exported), *export.configuration(database, exported), history)


def pack(found: Evidence, *, sign: bool) -> tuple[bytes, bytes]:
    """The archive, and its manifest. Raises `UsageError` or `BranchDriftError` where it cannot be signed."""
    files = contents.files(found)
    files[MANIFEST] = said = statement(found.exported, files)
    if sign:
        files[SIGNATURE] = signature.sign(said)
    files[SUMS] = manifest.sums(files)
    return archive.build(files, archive.time_of(found.audit.finished_at)), said


def statement(exported: Exported, files: Mapping[str, bytes]) -> bytes:
    """The manifest of the files of a run."""
    run, ending, ended = exported.run, exported.ending, exported.ended
    link = Link(ended["sequence"], ended["hash"], ended["previous"])
    times = run["started_at"], archive.time_of(ending["finished_at"])
    tool = export.tool(exported)
    return manifest.manifest(run["number"], times, tool, link, files)
