"""Pictures of the demonstration's report, for the README: `python -m tests.screenshots FOLDER`."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from click.testing import CliRunner

from auditor.cli import cli
from tests.browser import Browser, Page
from tests.demo import build

_TOOLS = ("chromium", "pngquant", "optipng", "pdftoppm")
_STORY = "#dr-forgotten/v2.3.1/dr"
_COLOURS = "48"


def take(folder: Path) -> None:
    """The fleet's page wide, narrow and on paper; a repository's page with an open story, light and dark."""
    with tempfile.TemporaryDirectory(prefix="demo-") as scratch:
        report = _report(Path(scratch))
        with Browser() as browser:
            page = browser.page()
            _shoot(page, report / "index.html", folder / "report.png", width=1200, height=940)
            _shoot(page, report / "index.html", folder / "narrow.png", width=375, height=760)
            story = report / "repository" / "dr-forgotten.html"
            _shoot(page, story, folder / "story.png", _STORY, width=1200, height=1120)
            _shoot(page, story, folder / "dark.png", _STORY, width=1200, height=1120, dark=True)
            page.look()
            page.open(story)
            _paper(page.pdf(), folder / "print.png")


def _report(scratch: Path) -> Path:
    config = build(scratch)
    done = CliRunner().invoke(cli, ["scan", "-c", str(config), "--report-dir", str(scratch / "report"), "--quiet"])
    assert done.exit_code == 1, done.output
    return scratch / "report"


def _shoot(
    page: Page, file: Path, target: Path, fragment: str = "", *, width: int, height: int, dark: bool = False
) -> None:
    page.look(width, height, dark=dark)
    page.open(file, fragment)
    page.run("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    page.screenshot(target)
    _small(target)


def _paper(pdf: bytes, target: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.pdf"
        file.write_bytes(pdf)
        subprocess.run(["pdftoppm", "-png", "-singlefile", "-r", "72", file, target.with_suffix("")], check=True)
    _small(target)


def _small(file: Path) -> None:
    """Few colours, then packed without loss."""
    subprocess.run(["pngquant", "--force", "--output", file, _COLOURS, "--", file], check=True)
    subprocess.run(["optipng", "-quiet", "-o5", "-strip", "all", file], check=True)


if __name__ == "__main__":
    absent = [t for t in _TOOLS if shutil.which(t) is None]
    if absent:
        sys.exit(f"not installed: {', '.join(absent)} (Debian: chromium, pngquant, optipng, poppler-utils)")
    take(Path(sys.argv[1]))
