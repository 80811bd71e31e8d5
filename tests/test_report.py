"""The report's pages: what is on them, where links lead, what is written into a folder."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from auditor.cli import cli
from auditor.config.configuration import RepositoryConfig
from auditor.model import Audit, Discovery, ExcludedRepository, Problem, RepositoryAudit, Severity, Violation
from auditor.output import folder, html, render
from auditor.output.html import anchors, charts, links, pages
from auditor.past import DriftDay, EarlierRun, History
from auditor.unaudited import failed
from tests import many
from tests.build import hotfix, protocol
from tests.judged import NOW

DATA = {"audit.json", "audit.csv"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    return many.found(tmp_path_factory.mktemp("report"))


def named(found: RepositoryAudit, *names: str) -> Audit:
    return many.run(*(replace(found, name=n) for n in names))


def test_every_pair_and_tag_is_on_the_page(found: RepositoryAudit) -> None:
    text = html.render(many.run(found))
    assert text.count('<details class="pair') == 16
    for h in found.hotfixes:
        assert f'<th scope="row">{h.tag}</th><td>audited</td>' in text
        for v in h.verdicts:
            assert f'id="r/{h.tag}/{v.branch}"' in text
            assert all(c.run in text for c in v.checks)
    assert '<th scope="row">v2.3.0</th><td>excluded</td>' in text
    assert "ab" * 32 in text
    assert "git 2.39.5" in text
    assert all((b.commit or "-") in text for b in (found.main, *found.branches))


def test_the_worst_comes_first(found: RepositoryAudit) -> None:
    page = pages.whole(named(found, "a"), None)
    assert page.attention[0].branch == "dr"
    assert page.attention[0].overdue
    assert [h.tag.text for h in page.repositories[0].hotfixes] == ["v2.3.4", "v2.3.3", "v2.3.2", "v2.3.1"]
    calm = replace(found, name="calm", hotfixes=found.hotfixes[:1])
    assert [r.name for r in pages.whole(many.run(calm, found), None).repositories] == ["r", "calm"]


def test_what_the_exit_status_hangs_on_is_said_first(found: RepositoryAudit, tmp_path: Path) -> None:
    moved = Violation("tag-moved", Severity.ERROR, "v2.3.1", None, None, "it was elsewhere")
    calm = replace(found, name="calm", hotfixes=found.hotfixes[:1], violations=(moved,))
    gone = failed(
        RepositoryConfig.model_validate({"name": "gone", "path": tmp_path}), Problem("not-found", "no such folder")
    )
    page = pages.whole(many.run(calm, gone), None)
    assert "Broken rules of severity error: 1. 1 of 2 repositories could not be judged in full." in page.sentence
    assert [(c.repository.text, c.finding.rule) for c in page.concerns] == [
        ("gone", "not-found"),
        ("calm", "tag-moved"),
    ]
    written = dict(html.files(many.run(calm, gone)))
    assert 'href="#gone">gone</a> <b>not-found</b>' in written["index.html"]
    # Of what could not be read nothing is claimed: no drift, no tags.
    alone = written["repository/gone.html"]
    assert "It could not be read." in alone
    for claim in ("Nothing drifts", "Nothing has arrived", "0 audited", "Rules that were judged</h3>\n<p>tag"):
        assert claim not in alone
    assert "Broken rules of severity error: 1." in written["repository/calm.html"]
    none = pages.whole(many.run(replace(found, hotfixes=(), errors=())), None)
    assert none.sentence == "None of 5 tags is audited: there is no pair to judge."
    assert "tag-not-on-main" in written["repository/calm.html"].partition("Rules that were judged")[2][:200]
    last = render("table", many.run(calm, gone)).splitlines()[-1]
    assert last.endswith("; broken rules: 1 error; 1 of 2 repositories not judged in full")
    assert "broken rules: 1 error; 1 of 2 repositories" in render("markdown", many.run(calm, gone))


@pytest.mark.parametrize(("severity", "said"), [(Severity.ERROR, 2), (Severity.WARNING, 0)])
def test_a_verdict_of_in_sync_does_not_hide_a_broken_rule(
    found: RepositoryAudit, severity: Severity, said: int
) -> None:
    """The run fails by it: beside the whole run's verdict, and beside the repository's."""
    moved = Violation("tag-moved", severity, "v2.3.1", None, None, "it was elsewhere")
    calm = replace(found, hotfixes=[h for h in found.hotfixes if h.tag == "v2.3.1"], violations=(moved,), errors=())
    audit = many.run(calm)
    assert (audit.verdict, audit.exit_code) == ("in-sync", int(severity is Severity.ERROR))
    text = html.render(audit)
    chip = '<span class="chip in-sync">in-sync</span>'
    assert text.count(chip) == 2
    beside = '<span class="chip error" title="broken rules of severity error">1 error</span>'
    assert text.count(f"{chip} {beside}") == said


def test_a_fleet_has_pages_of_repositories(found: RepositoryAudit) -> None:
    written = dict(html.files(named(found, "one", "two/x", "Two", "two")))
    assert next(iter(written)) == "index.html"
    assert len(written) == 5
    assert "repository/one.html" in written
    assert all(re.fullmatch(r"(index|repository/[\w.~-]+)\.html", n) for n in written)
    assert len({n.casefold() for n in written}) == 5
    for address in re.findall(r'href="(repository/[^"]+)"', written["index.html"]):
        assert address in written
    assert 'id="one/v2.3.1/dr"' in written["repository/one.html"]
    assert 'href="../index.html"' in written["repository/one.html"]


def test_too_much_for_one_page_is_cut_into_pages(found: RepositoryAudit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MOST_PAIRS", 8)
    written = dict(html.files(named(found, "shop")))
    assert list(written) == ["index.html", "repository/shop.html", "repository/shop~2.html"]
    assert '<details class="pair' not in written["index.html"]
    assert [written[n].count('<details class="pair') for n in list(written)[1:]] == [8, 8]
    for name, anchor in re.findall(r'href="(repository/[^"#]+)#([^"]+)"', written["index.html"]):
        assert f'id="{anchor}"' in written[name]
    assert 'href="shop~2.html"' in written["repository/shop.html"]


def test_linked_assets_are_files_beside_the_pages(found: RepositoryAudit) -> None:
    written = dict(html.files(named(found, "one", "two"), linked=True))
    assert {"report.css", "report.js"} < set(written)
    assert "<style>" not in written["index.html"]
    assert '<link rel="stylesheet" href="report.css">' in written["index.html"]
    assert '<script src="../report.js" defer>' in written["repository/one.html"]
    assert " style=" not in written["index.html"]


def test_pages_of_repositories_no_longer_audited_are_removed(found: RepositoryAudit, tmp_path: Path) -> None:
    folder.write(named(found, "one", "two"), tmp_path / "r")
    (tmp_path / "r" / "repository" / "mine.html").write_text("not ours")
    folder.write(named(found, "one", "three"), tmp_path / "r")
    kept = {str(p.relative_to(tmp_path / "r")) for p in (tmp_path / "r").rglob("*.*")}
    pages_ = {"repository/one.html", "repository/three.html", "repository/mine.html"}
    assert kept == {"index.html", *DATA, *pages_}


def test_assets_of_the_command_line(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "r", branches=("dev",))
    hotfix(repo)
    common = ["scan", str(repo.path), "--branch", "dev", "--no-ledger", "--quiet", "--assets", "linked"]
    refused = CliRunner().invoke(cli, common)
    assert (refused.exit_code, "--report-dir" in refused.output) == (2, True)
    assert CliRunner().invoke(cli, [*common, "--report-dir", str(tmp_path / "out")]).exit_code == 1
    assert {p.name for p in (tmp_path / "out").iterdir()} == {*DATA, "index.html", "report.css", "report.js"}


def test_without_a_history_no_trend_is_drawn(found: RepositoryAudit) -> None:
    text = html.render(many.run(found))
    assert "No run of an earlier day is remembered" in text
    assert "Earlier runs" not in text
    assert 'class="spark"' not in text


def test_a_history_is_drawn_as_it_was(found: RepositoryAudit) -> None:
    days = [DriftDay(f"2026-01-0{n}", "r", "dr", n) for n in (1, 2, 4)] + [DriftDay("2026-01-01", "r", "dev", 0)]
    history = History(tuple(days), (EarlierRun(41, NOW - 9, NOW - 5, "drift", 1, 4, 16, 9, 0, 0),))
    text = html.render(many.run(found), history)
    assert "dr: 1 on 2026-01-01, 4 on 2026-01-04." in text
    assert '<th scope="row" class="n">41</th>' in text
    drawn = charts.charts((found,), NOW, history).trend
    assert drawn is not None
    assert drawn[0].points == "0.0,112.5 33.33,112.5 33.33,75.0 100.0,75.0 100.0,0.0"
    assert abs(drawn[0].label_y - drawn[1].label_y) >= 10


def test_a_failed_run_is_not_one_without_drift(found: RepositoryAudit) -> None:
    failed = EarlierRun(42, NOW - 9, NOW - 5, "failed", None, None, None, None, None, None)
    history = History((), (failed, EarlierRun(41, NOW - 9, NOW - 5, "in-sync", 1, 4, 1600, 0, 0, 0)))
    text = html.render(many.run(found), history)
    none = '<td class="n">\u2013</td>'
    assert f'<span class="chip failed">failed</span></td>{none * 3}</tr>' in text
    assert '<td class="n">1600</td><td class="n">0</td>' in text
    assert "<h3>Earlier runs</h3>" in text


def test_a_repositorys_page_says_whose_numbers_earlier_runs_have(found: RepositoryAudit) -> None:
    history = History((), (EarlierRun(41, NOW - 9, NOW - 5, "in-sync", 2, 4, 1600, 0, 0, 0),))
    written = dict(html.files(named(found, "one", "two"), history))
    said = "all its repositories, not of this one alone"
    assert said in written["repository/one.html"]
    assert said not in written["index.html"]


def test_charts_count_what_there_is(found: RepositoryAudit) -> None:
    drawn = charts.charts((found,), found.hotfixes[-1].tagged_at + 3 * many.DAY, None)
    assert [a.says for a in drawn.ages][1] == "1 to 7 days: 9 pairs"
    assert [s.name for s in drawn.lead] == ["dev", "qa", "ppd", "dr"]
    assert drawn.lead[0].says.endswith("3 arrivals")
    assert charts.charts((), NOW, None).ages == ()


@pytest.mark.parametrize(
    ("source", "base"),
    [
        ("https://github.com/acme/shop.git", "https://github.com/acme/shop"),
        ("git@gitlab.com:group/sub/shop.git", "https://gitlab.com/group/sub/shop"),
        ("ssh://git@codeberg.org/acme/shop", "https://codeberg.org/acme/shop"),
        ("https://user:secret@github.com/acme/shop", None),
        ("https://example.org/acme/shop", None),
        ("http://github.com/acme/shop", None),
        ("https://github.com/acme/../shop", None),
        ("https://github.com/acme/sh%22op", None),
        ("https://github.com:999/acme/shop", None),
        ("/srv/github.com/acme/shop", None),
        ("javascript:alert(1)//github.com/a/b", None),
        ("https://[", None),
    ],
)
def test_only_known_forges_are_linked(source: str, base: str | None) -> None:
    assert links.site(source).base == base


def test_a_forge_of_ones_own_is_linked_where_it_was_asked_for_its_repositories(found: RepositoryAudit) -> None:
    left_out = ExcludedRepository("acme/old", "archived")
    forge = Discovery("gitea", "https://git.example", "acme", ("r",), (left_out,), (Problem("forge", "no answer"),))
    run = replace(many.run(replace(found, source="https://git.example/acme/shop.git")), discovered=(forge,))
    text = html.render(run)
    assert f'href="https://git.example/acme/shop/commit/{found.hotfixes[0].commit}"' in text
    assert "<b>acme/old</b> archived" in text
    assert "no answer" in text
    assert links.site("https://git.example/a/b", "bitbucket-server").base is None
    assert links.site("https://dev.azure.com/o/p/_git/r").tag("v1") == "https://dev.azure.com/o/p/_git/r?version=GTv1"


def test_links_at_a_forge(found: RepositoryAudit) -> None:
    site = links.site("https://gitlab.com/acme/shop")
    assert site.commit("ab" * 20) == f"https://gitlab.com/acme/shop/-/commit/{'ab' * 20}"
    assert site.commit("HEAD") is None
    assert site.tag('v1/"x"') == "https://gitlab.com/acme/shop/-/tags/v1/%22x%22"
    assert site.tag("a/../b") is None
    text = html.render(many.run(replace(found, source="https://github.com/acme/shop")))
    assert f'href="https://github.com/acme/shop/commit/{found.hotfixes[0].commit}"' in text
    assert 'href="https://github.com/acme/shop/releases/tag/v2.3.1"' in text
    assert 'href="https://github.com/acme/shop/tree/dr"' in text


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "http://a/b", "https://a@b/c", "https://a/ b", 'https://a/"', "https://\u202ea/b", "//a/b"],
)
def test_what_others_call_a_pull_request_is_linked_only_if_safe(address: str) -> None:
    assert links.outside(address) is None
    assert links.outside("https://forge.example:8443/a/b/pulls/1?x=1#n") is not None


def test_anchors_are_one_each() -> None:
    made = anchors.Anchors()
    assert made.of("a/b", "v1") == "a%2Fb/v1"
    assert made.of("a", "b/v1") == "a/b%2Fv1"
    assert made.of("r", "v\ufffd") == "r/v%EF%BF%BD"
    assert made.of("r", "v\ufffd") == "r/v%EF%BF%BD~2"
    assert made.of("r", "\ud800") == "r/%3F"
