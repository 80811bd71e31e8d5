"""Names and texts that try to be more than text stay text, in every format."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import openpyxl
import pytest
from markdown_it import MarkdownIt

from auditor.model import Audit
from auditor.output import FORMATS, encoded, markdown, render
from auditor.output.html import assets
from auditor.output.words import plain
from tests import hostile, many

SAYS = (hostile.SUBJECT, hostile.AUTHOR, hostile.TAG, hostile.BRANCH, hostile.PATH, hostile.NAME)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Audit:
    found = hostile.found(tmp_path_factory.mktemp("hostile"))
    assert [v.status.value for v in found.hotfixes[0].verdicts] == ["present", "missing", "waived"]
    return many.run(found)


class Parsed(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str, str | None]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(tag, name, value) for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("form", FORMATS)
def test_what_reorders_text_is_shown(run: Audit, form: str) -> None:
    text = render(form, run)
    assert hostile.BIDI not in text
    assert "u202e" in text


def test_html(run: Audit) -> None:
    page = Parsed(render("html", run))
    assert page.elements.count("script") == page.elements.count("title") - len(
        re.findall("<title id", render("html", run))
    )
    assert not {"img", "iframe", "object", "embed", "link", "base", "i"} & set(page.elements)
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] == "style"]
    hrefs = {v for _, n, v in page.attributes if n == "href"}
    assert {h for h in hrefs if not str(h).startswith("#")} == {"https://forge.example/pulls/1"}
    assert "javascript:pwned=9" in page.words
    for text in SAYS:
        assert plain(text) in page.words


def test_html_addresses_of_pairs_lead_to_them(run: Audit) -> None:
    page = Parsed(render("html", run))
    ids = [v for _, n, v in page.attributes if n == "id"]
    assert len(ids) == len(set(ids))
    assert {str(v)[1:] for _, n, v in page.attributes if n == "href" and str(v).startswith("#")} <= set(ids)
    assert not [i for i in ids if re.search(r"[\s\"<>]", str(i))]


def test_policy_allows_one_style_and_one_script(run: Audit) -> None:
    page = render("html", run)
    policy = str(assets.inline().policy)
    assert policy.replace("'", "&#39;") in page
    hashed = r"default-src 'none'; style-src 'sha256-\S{44}'; script-src 'sha256-\S{44}'"
    assert re.fullmatch(f"{hashed}; base-uri 'none'; form-action 'none'", policy)


def test_csv(run: Audit) -> None:
    rows = list(csv.reader(io.StringIO(render("csv", run))))
    assert not [c for row in rows for c in row if c[:1] in tuple("=+-@\t\r＝＋－＠")]  # noqa: RUF001
    assert f"'{plain(hostile.BRANCH)}" in rows[3]


def test_excel(run: Audit) -> None:
    book = openpyxl.load_workbook(io.BytesIO(encoded("xlsx", run)))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row]
    assert not [c for c in cells if c.data_type == "f" or c.hyperlink]
    values = {c.value for c in cells}
    for text in (hostile.SUBJECT, hostile.TAG, hostile.BRANCH, hostile.NAME):
        assert plain(text) in values


def test_json_keeps_every_character(run: Audit) -> None:
    text = render("json", run)
    (found,) = json.loads(text)["repositories"]
    assert found["name"] == hostile.NAME
    assert found["hotfixes"][0]["tag"] == hostile.TAG
    assert found["hotfixes"][0]["fixes"][0]["subject"] == hostile.SUBJECT
    assert hostile.BRANCH in found["hotfixes"][0]["branches"]


def test_junit(run: Audit) -> None:
    suites = ET.fromstring(render("junit", run))
    assert suites[0].get("name") == plain(hostile.NAME)
    assert {c.get("name") for c in suites[0]} == {plain(hostile.TAG)}


def test_markdown_as_a_forge_would_show_it(run: Audit) -> None:
    shown = Parsed(MarkdownIt("commonmark").enable("table").render(render("markdown", run)))
    assert set(shown.elements) == {"h1", "h2", "p", "table", "thead", "tbody", "tr", "th", "td", "ul", "li", "strong"}
    for reference in (r"@\w", r"#\d", r"\bGH-\d", r"!\d", r"https?://", r"www\."):
        assert not re.search(reference, shown.words), reference
    for text in (hostile.TAG, hostile.BRANCH, hostile.NAME):
        assert plain(text) in shown.words.replace("\u200b", "")


@pytest.mark.parametrize(
    "text", ["Fixes #1", "closes GH-12", "see o/r#3", "@org/team", "!12", "$3", "%4", "~5", "&6", "^a"]
)
def test_references_are_broken_after_rendering(text: str) -> None:
    shown = Parsed(MarkdownIt("commonmark").render(markdown.text(text))).words.strip()
    assert shown.replace("\u200b", "") == text
    assert not re.search(r"[@#!$%~&^]\w|GH-\d", shown)
