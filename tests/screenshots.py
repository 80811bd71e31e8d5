"""Pictures of a report, for the README: `python -m tests.screenshots REPORT FOLDER`."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.browser import Browser, Page

_STORY = "#dr-forgotten/v2.3.1/dr"


def take(report: Path, folder: Path) -> None:
    """Wide, a story, narrow and dark as the browser shows them, and the first sheet of paper."""
    folder.mkdir(parents=True, exist_ok=True)
    with Browser() as browser:
        page = browser.page()
        _shoot(page, report, folder / "wide.png", width=1280, height=1000)
        _shoot(page, report, folder / "story.png", _STORY, width=1280, height=760)
        _shoot(page, report, folder / "narrow.png", width=375, height=812)
        _shoot(page, report, folder / "dark.png", _STORY, width=1280, height=760, dark=True)
        page.look()
        page.open(report)
        _paper(page.pdf(), folder / "print.png")


def _shoot(
    page: Page, report: Path, file: Path, fragment: str = "", *, width: int, height: int, dark: bool = False
) -> None:
    page.look(width, height, dark=dark)
    page.ask("Page.navigate", url="about:blank")
    page.browser.event("Page.loadEventFired", page.session)
    page.open(report, fragment)
    page.screenshot(file)
    _small(file)


def _paper(pdf: bytes, file: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "report.pdf").write_bytes(pdf)
        subprocess.run(
            ["pdftoppm", "-png", "-singlefile", "-r", "70", Path(folder) / "report.pdf", file.with_suffix("")],
            check=True,
        )
    _small(file)


def _small(file: Path) -> None:
    """At most 256 colours, then packed without loss."""
    subprocess.run(["pngquant", "--force", "--skip-if-larger", "--output", file, "64", "--", file], check=False)
    subprocess.run(["optipng", "-quiet", "-o5", "-strip", "all", file], check=True)


if __name__ == "__main__":
    take(Path(sys.argv[1]).resolve(), Path(sys.argv[2]))
