"""The report in a real browser: what its script does, what is there without, and that it asks for nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from auditor.model import RepositoryAudit
from auditor.output import folder, html
from auditor.past import DriftDay, History
from auditor.serve import pages
from auditor.serve.runs import Runs
from tests import hostile, many
from tests.browser import CHROMIUM, Browser, Page
from tests.judged import hotfix_of
from tests.test_web import serving

AXE = Path(__file__).parent.parent / ".demo" / "axe" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.exists(), reason="axe-core is not there: run `make axe`")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.xdist_group("browser"),
]
WIDTH = 375
SHOWN = "[...document.querySelectorAll('{}')].filter(e => !e.hidden).length"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with Browser() as started:
        yield started


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.page()
    opened.look()
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    return replace(many.found(tmp_path_factory.mktemp("repo")), name="shop")


@pytest.fixture(scope="module")
def reports(few: RepositoryAudit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every kind of page: two repositories, one of them hostile, with a history, inlined and linked."""
    target = tmp_path_factory.mktemp("reports")
    run = many.run(few, hostile.found(tmp_path_factory.mktemp("hostile")))
    days = tuple(DriftDay(f"2026-01-0{n}", "shop", b, n) for n in range(1, 5) for b in ("dev", "dr"))
    folder.write(run, target / "inline", History(days, ()))
    folder.write(run, target / "linked", linked=True)
    return target


@pytest.fixture(scope="module")
def whole(reports: Path) -> Path:
    return reports / "inline" / "index.html"


def choose(page: Page, name: str, value: str) -> None:
    page.run(
        f"(e => {{ e.value = {value!r}; e.dispatchEvent(new Event('input', {{bubbles: true}})) }})"
        f"(document.getElementById({name!r}))"
    )


def test_filter_by_status_and_branch(page: Page, whole: Path) -> None:
    page.open(whole)
    choose(page, "by-status", "=missing")
    assert page.run("told.textContent") == "10 of 19 pairs"
    assert page.run(SHOWN.format("details.pair")) >= 10
    choose(page, "by-branch", "dr")
    assert page.run("told.textContent") == "3 of 19 pairs"
    assert page.run(SHOWN.format("tr.h")) == 3
    assert page.run(SHOWN.format("section.repository")) == 1
    page.run("document.querySelector('.filter').reset()")
    page.until("told.textContent === ''")
    assert page.run(SHOWN.format("details.pair")) == 19


def test_search_finds_tags_commits_and_paths(page: Page, whole: Path, few: RepositoryAudit) -> None:
    page.open(whole)
    for word in ("v2.3.2", hotfix_of(few, "v2.3.2").fixes[0].commit, "fix-2.py", "NUMBER-2 Ada"):
        choose(page, "find", word)
        page.until("told.textContent === '4 of 19 pairs'")
        assert page.run("document.querySelector('tr.h:not([hidden]) th').textContent").startswith("v2.3.2")
    choose(page, "find", "nothing has this")
    page.until("told.textContent === '0 of 19 pairs'")


def test_sort(page: Page, whole: Path) -> None:
    page.open(whole)
    tags = "[...document.querySelectorAll('.matrix')].pop().tBodies[0].innerText"
    matrix = "[...document.querySelectorAll('.matrix')].find(t => t.rows.length > 2)"
    head = f"{matrix}.tHead.rows[0].cells"
    order = f"[...{matrix}.tBodies[0].rows].map(r => r.cells[0].querySelector('a').textContent)"
    assert page.run(tags)
    page.run(f"{head}[0].querySelector('button').click()")
    assert page.run(order) == ["v2.3.1", "v2.3.2", "v2.3.3", "v2.3.4"]
    assert page.run(f"{head}[0].ariaSort") == "ascending"
    page.run(f"{head}[0].querySelector('button').focus()")
    page.key("Enter", 13)
    assert page.run(order) == ["v2.3.4", "v2.3.3", "v2.3.2", "v2.3.1"]
    page.run(f"{head}[3].querySelector('button').click()")
    assert sorted(page.run(order)[:2]) == ["v2.3.3", "v2.3.4"]
    assert page.run(f"{head}[0].ariaSort") is None


def test_filtering_after_sorting_hides_the_right_rows(page: Page, whole: Path) -> None:
    page.open(whole)
    page.run("for (const b of document.querySelectorAll('.matrix thead tr th:first-child button')) b.click()")
    choose(page, "find", "number-4")
    page.until("told.textContent === '4 of 19 pairs'")
    assert page.run("document.querySelector('tr.h:not([hidden]) th a').textContent") == "v2.3.4"


def test_a_permalink_opens_its_pair(page: Page, whole: Path) -> None:
    page.open(whole, "#shop/v2.3.2/dr")
    page.until("document.getElementById('shop/v2.3.2/dr').closest('details').open")
    box = page.run("(r => [r.top, innerHeight])(document.getElementById('shop/v2.3.2/dr').getBoundingClientRect())")
    assert 0 <= box[0] < box[1]
    choose(page, "find", "v2.3.1")
    page.until("document.getElementById('shop/v2.3.2/dr').closest('article').hidden")
    page.run("location.hash = 'shop/v2.3.3/qa'")
    page.until("document.getElementById('shop/v2.3.3/qa').checkVisibility()")


def test_every_permalink_names_one_element(page: Page, whole: Path) -> None:
    page.open(whole)
    links = "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href'))"
    missing = page.run(f"{links}.filter(h => !document.getElementById(h.slice(1)))")
    assert missing == []
    branch = page.run(f"{links}.find(h => /everyone/.test(h) && h.split('/').length === 3)")
    page.run(f"location.hash = {branch!r}")
    page.until("document.querySelector('details:has(:target)')?.open")


def test_copy(page: Page, whole: Path, few: RepositoryAudit) -> None:
    page.browser.ask("Browser.grantPermissions", {"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    page.ask("Page.bringToFront")
    page.open(whole, "#shop/v2.3.4/dr")
    page.until("document.querySelector('details[open] .copy')")
    checks = hotfix_of(few, "v2.3.4").verdicts[3].checks
    assert page.run("document.querySelectorAll('.copy').length") == len(checks)
    page.run("document.querySelector('details[open] .copy').click()")
    page.until("document.querySelector('details[open] .copy').textContent === 'Copied'")
    assert page.run("navigator.clipboard.readText()") == checks[0].run


def test_nothing_is_lost_without_scripts(page: Page, whole: Path, few: RepositoryAudit) -> None:
    page.ask("Emulation.setScriptExecutionDisabled", value=True)
    page.open(whole, "#shop/v2.3.2/dr")
    page.until("document.querySelector('details:has(:target)')?.open === true")
    assert page.run("document.querySelector('.filter').hidden")
    assert not page.run("document.querySelector('button.copy')")
    text = page.run("document.body.textContent")
    assert all(c.run in text for h in few.hotfixes for v in h.verdicts for c in v.checks)


def test_hostile_texts_do_nothing(page: Page, whole: Path) -> None:
    page.open(whole)
    page.run("for (const d of document.querySelectorAll('details')) d.open = true")
    choose(page, "find", "pwned=1")
    page.until("told.textContent === '3 of 19 pairs'")
    assert page.run("typeof pwned") == "undefined"
    assert page.run("document.images.length + document.scripts.length") == 1
    assert "</script><script>pwned=1</script>" in page.run("document.body.innerText")


def test_no_request_and_no_complaint(page: Page, reports: Path) -> None:
    for file in sorted(reports.rglob("*.html")):
        page.open(file)
        page.run("for (const d of document.querySelectorAll('details')) d.open = true; scrollTo(0, 1e6)")
        page.run("new Promise(requestAnimationFrame)")
    asked = {e["request"]["url"] for e in page.happened("Network.requestWillBeSent")}
    assert {u for u in asked if not u.startswith(reports.as_uri())} == set()
    assert [e["entry"]["text"] for e in page.happened("Log.entryAdded")] == []
    assert page.happened("Runtime.exceptionThrown") == []


def test_linked_style_and_script_are_in_force(page: Page, reports: Path) -> None:
    for file in ("index.html", "repository/shop.html"):
        page.open(reports / "linked" / file)
        assert page.run("getComputedStyle(document.body).fontSize") == "15px"
        assert not page.run("document.querySelector('.filter').hidden")


def test_a_served_report_has_its_style_and_script(page: Page, reports: Path, tmp_path: Path) -> None:
    runs = Runs(tmp_path / "serve", 3)
    runs.folder.mkdir()
    with runs.new() as new:
        shutil.copytree(reports / "inline", new, dirs_exist_ok=True)
        (new / "metrics.prom").touch()
        runs.publish(new)
    with serving(board=pages.board(runs.finished())) as (server, _):
        page.visit(f"{server.url}/reports/latest/")
        assert not page.run("document.querySelector('.filter').hidden")
        page.follow("[...document.querySelectorAll('h2 + p a')].find(a => a.textContent === 'its own page').click()")
        assert page.run("document.querySelector('h1').textContent").startswith("shop")
        assert not page.run("document.querySelector('.filter').hidden")
        assert page.run("getComputedStyle(document.body).fontSize") == "15px"


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_dark_and_light(page: Page, whole: Path, *, dark: bool) -> None:
    page.look(dark=dark)
    page.open(whole)
    red = int(re.findall(r"\d+", page.run("getComputedStyle(document.body).backgroundColor"))[0])
    assert (red < 40) is dark


def test_narrow(page: Page, reports: Path) -> None:
    page.look(WIDTH, 812)
    for file in sorted((reports / "inline").rglob("*.html")):
        page.open(file)
        page.run("for (const d of document.querySelectorAll('details')) d.open = true")
        assert page.run("document.documentElement.scrollWidth") <= WIDTH, file.name


def test_keyboard(page: Page, whole: Path) -> None:
    page.open(whole)
    page.key("Tab", 9)
    assert page.run("document.activeElement.className") == "skip"
    page.key("Enter", 13)
    page.until("document.activeElement.id === 'main'")
    page.key("Tab", 9)
    assert page.run("document.activeElement.id") == "find"
    page.run("document.querySelector('details.pair summary').focus()")
    page.key("Enter", 13)
    page.until("document.querySelector('details.pair').open")


def test_paper_shows_what_is_folded_on_the_screen(page: Page, reports: Path, few: RepositoryAudit) -> None:
    page.open(reports / "inline" / "repository" / "shop.html")
    done = subprocess.run(["pdftotext", "-", "-"], input=page.pdf(), capture_output=True, check=True)
    text = re.sub(r"\s", "", done.stdout.decode())
    for verdict in few.hotfixes[0].verdicts:
        assert all(re.sub(r"\s", "", c.run) in text for c in verdict.checks)
    assert "Search" not in text


A4, LANDSCAPE = 688, 1016  # pixels between margins of 14 mm


@pytest.mark.parametrize(("branches", "paper"), [(4, A4), (8, A4), (9, A4), (24, A4), (50, LANDSCAPE)])
def test_on_paper_no_branch_is_beyond_the_edge(
    branches: int, paper: int, page: Page, few: RepositoryAudit, tmp_path: Path
) -> None:
    names = [f"environment-{n}" for n in range(branches)]
    names[1] = f"long/{'b' * 200}"
    known = few.branches[0]
    hotfixes = [
        replace(h, verdicts=tuple(replace(h.verdicts[n % 4], branch=b) for n, b in enumerate(names)))
        for h in few.hotfixes
    ]
    many_ = replace(few, hotfixes=hotfixes, branches=tuple(replace(known, name=b, ref=b) for b in names))
    (tmp_path / "it.html").write_text(html.render(many.run(many_)))
    page.look(paper, media="print")
    page.open(tmp_path / "it.html")
    # Of what reaches beyond it, a printer prints nothing.
    assert page.run("document.documentElement.scrollWidth") <= paper
    landscape = page.run("getComputedStyle(document.querySelector('.matrix')).page") == "wide"
    assert landscape == (paper == LANDSCAPE)


@needs_axe
@pytest.mark.parametrize("kind", ["index.html", "repository/shop.html"])
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (WIDTH, True)], ids=["wide light", "narrow dark"])
def test_axe_finds_nothing(page: Page, reports: Path, kind: str, width: int, *, dark: bool) -> None:
    page.look(width, dark=dark)
    page.open(reports / "inline" / kind)
    page.run("for (const d of document.querySelectorAll('details')) d.open = true")
    page.run(AXE.read_text() + ";0")
    about = "v.nodes.map(n => [v.id, n.html, n.failureSummary])"
    assert page.run(f"axe.run().then(r => r.violations.flatMap(v => {about}))") == []


def opened(page: Page, file: Path) -> float:
    """Seconds of work until a new tab shows the page, by its thread's own clock: others' load does not count."""
    page.ask("Page.bringToFront")
    page.ask("Performance.enable", timeDomain="threadTicks")
    began = busy(page)
    page.visit(file.as_uri())
    page.run("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
    return busy(page) - began


def busy(page: Page) -> float:
    metrics = page.ask("Performance.getMetrics")["metrics"]
    return float(next(m["value"] for m in metrics if m["name"] == "TaskDuration"))


def test_ten_thousand_pairs(page: Page, few: RepositoryAudit, tmp_path: Path) -> None:
    text = html.render(many.run(many.many(few, 2500)))
    assert text.count('<details class="pair') == 10_000
    (tmp_path / "with.html").write_text(text)
    (tmp_path / "without.html").write_text(re.sub(r"(?s)<script>.*</script>", "", text))
    other = page.browser.page()
    without, with_script = opened(other, tmp_path / "without.html"), opened(page, tmp_path / "with.html")
    other.close()
    assert with_script < 2 * without
    for word, number in (("v2.24.100", 4), ("v2.24", 400)):
        began = busy(page)
        choose(page, "find", word)
        page.until(f"told.textContent === '{number} of 10,000 pairs'")
        page.run("new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)))")
        assert busy(page) - began < with_script / 2
