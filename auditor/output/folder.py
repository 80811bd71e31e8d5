"""The folder that `--report-dir` names: pages for people, and the data that they were made of."""

from __future__ import annotations

from pathlib import Path

from auditor.errors import BranchDriftError
from auditor.model import Audit
from auditor.output import encoded, files
from auditor.past import History

_DATA = (("audit.json", "json"), ("audit.csv", "csv"))
# In the head of every page, and how a page of an earlier run is known.
GENERATOR = b'<meta name="generator" content="branch-drift">'


def write(audit: Audit, folder: Path, history: History | None = None, *, linked: bool = False) -> None:
    """Writes everything, `index.html` last, and removes pages of repositories that are no longer audited.

    Raises `BranchDriftError` where the disk or the permissions refuse.
    """
    from auditor.output import html

    try:
        folder.mkdir(exist_ok=True)
        written = dict(html.files(audit, history, linked=linked))
        if any("/" in name for name in written):
            (folder / "repository").mkdir(exist_ok=True)
        for name in reversed(written):
            files.write_text(folder / name, written[name])
        for page in (folder / "repository").glob("*.html"):
            if f"repository/{page.name}" not in written and _is_ours(page):
                page.unlink()
    except OSError as error:
        raise BranchDriftError(f"{folder}: cannot be written: {error.strerror}") from None
    for name, form in _DATA:
        files.write(folder / name, encoded(form, audit))


def _is_ours(page: Path) -> bool:
    with page.open("rb") as file:
        return GENERATOR in file.read(2000)
