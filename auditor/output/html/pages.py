"""From an audit to its pages, as values: everything on one page, or a fleet's page and pages of repositories."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from auditor.model import DRIFT, Audit, Hotfix, RepositoryAudit, Status, Verdict
from auditor.output.html import charts, links, story
from auditor.output.html.anchors import Anchors, file_names
from auditor.output.html.pairs import Place
from auditor.output.html.repositories import forge, repository
from auditor.output.html.values import Concern, Link, Page, Pair, RepositoryShown, RunShown
from auditor.output.order import WORST_FIRST, counts
from auditor.output.words import day
from auditor.past import EarlierRun, History

# More pairs than this are not put on one page where there can be several.
MOST_PAIRS = 10_000
_MOST_ATTENTION = 50
_MOST_CONCERNS = 20
_MOST_RUNS = 30
_VERDICTS = ("incomplete", "drift", "in-sync")
_TITLE = "Hotfix audit"
_ATTENTION = {*DRIFT, Status.UNKNOWN}


@dataclass(frozen=True, slots=True)
class _Pages:
    """A repository's hotfixes, the worst first, cut into pages; `files` are their names."""

    found: RepositoryAudit
    site: links.Site
    hotfixes: tuple[Hotfix, ...]
    size: int
    files: tuple[str, ...]


def whole(audit: Audit, history: History | None, *, apart: bool = False) -> Page:
    """One page with every pair; `apart` where the repositories have pages of their own beside it."""
    anchors = Anchors()
    shown = []
    for pages in _cut(audit):
        place = Place(pages.found, pages.site, anchors, lambda _: "")
        own = f"repository/{pages.files[0]}" if apart else None
        one = repository(place, tuple(enumerate(pages.hotfixes)), history, own)
        shown.append(replace(one, href=f"#{one.anchor}"))
    return _page(audit, history, shown if len(shown) > 1 else (), shown, shown)


def fleet(audit: Audit, history: History | None) -> Page:
    """A line a repository, and the worst pairs; all else is on the repositories' own pages."""
    shown = []
    for pages in _cut(audit):
        place = Place(pages.found, pages.site, Anchors(), _found_on(pages))
        one = repository(place, tuple(enumerate(pages.hotfixes)), history, None)
        shown.append(replace(one, href=f"repository/{pages.files[0]}"))
    return _page(audit, history, shown, (), shown)


def repositories(audit: Audit, history: History | None) -> Iterator[tuple[str, Page]]:
    """Each repository's pages, by file name: one, or as many as its pairs need."""
    for pages in _cut(audit):
        alone = replace(audit, repositories=(pages.found,), discovered=())
        for n, file in enumerate(pages.files):
            numbers = range(n * pages.size, min((n + 1) * pages.size, len(pages.hotfixes)))
            place = Place(pages.found, pages.site, Anchors(), lambda _: "")
            one = repository(place, tuple((i, pages.hotfixes[i]) for i in numbers), history, None)
            page = _page(alone, history, (), (one,), (one,))
            parts = tuple(Link(str(i + 1), None if i == n else name) for i, name in enumerate(pages.files))
            up = Link("All repositories", "../index.html")
            yield file, replace(page, heading=one.name, up=up, parts=parts if len(parts) > 1 else ())


def _cut(audit: Audit) -> Iterator[_Pages]:
    names = file_names(r.name for r in audit.repositories)
    kinds = {name: d.type for d in audit.discovered for name in d.repositories}
    for found in audit.repositories:
        size = max(1, MOST_PAIRS // max(1, len(found.branches)))
        number = max(1, -(-len(found.hotfixes) // size))
        more = tuple(f"{names[found.name]}~{n + 1}.html" for n in range(1, number))
        ordered = sorted(found.hotfixes, key=lambda h: (not any(map(_bad, h.verdicts)), -h.tagged_at))
        site = links.site(found.source, kinds.get(found.name))
        yield _Pages(found, site, tuple(ordered), size, (f"{names[found.name]}.html", *more))


def _bad(verdict: Verdict) -> bool:
    return verdict.status in DRIFT or verdict.incomplete


def _found_on(pages: _Pages) -> Callable[[int], str]:
    return lambda number: f"repository/{pages.files[number // pages.size]}"


def _page(
    audit: Audit,
    history: History | None,
    lines: Sequence[RepositoryShown],
    bodies: Sequence[RepositoryShown],
    every: Sequence[RepositoryShown],
) -> Page:
    """A page with a line for some repositories, and the whole of some; its totals are the audit's."""
    number = counts(audit)
    verdicts = [v for r in audit.repositories for _, v in r.pairs()]
    worst = sorted((p for r in every for h in r.hotfixes for p in h.pairs if _needs_attention(p)), key=_how_bad)
    concerns = tuple(_concerns(every)) if len(audit.repositories) > 1 else ()
    return Page(
        heading=_TITLE,
        up=None,
        parts=(),
        verdict=audit.verdict,
        failing=story.failing(audit.repositories),
        sentence=story.sentence(
            audit.repositories,
            len(verdicts),
            sum(number[s] for s in DRIFT),
            sum(v.overdue for v in verdicts),
            number[Status.WAIVED],
            sum(v.incomplete for v in verdicts),
        ),
        shares=charts.shares(number),
        facts=tuple(_facts(audit)),
        fleet=tuple(sorted(lines, key=_how_bad_a_repository)),
        attention=tuple(worst[:_MOST_ATTENTION]),
        more_attention=max(0, len(worst) - _MOST_ATTENTION),
        concerns=concerns[:_MOST_CONCERNS],
        more_concerns=max(0, len(concerns) - _MOST_CONCERNS),
        charts=charts.charts(audit.repositories, audit.finished_at, history),
        forges=tuple(map(forge, audit.discovered)),
        repositories=tuple(sorted(bodies, key=_how_bad_a_repository)),
        runs=tuple(map(_run, history.runs[:_MOST_RUNS])) if history else None,
        branch_names=tuple(dict.fromkeys(p.branch for r in bodies for h in r.hotfixes for p in h.pairs)),
        statuses=tuple(dict.fromkeys(s.word for r in every for s in r.shares)),
    )


def _concerns(every: Sequence[RepositoryShown]) -> Iterator[Concern]:
    """What the verdict or the exit status of a fleet hangs on beside its pairs; a repository's own page begins with it.

    What could not be judged of a pair is among the pairs.
    """
    for level in ("unknown", "error"):
        for r in every:
            found = r.errors if level == "unknown" else r.violations
            yield from (Concern(Link(r.name, r.href), f) for f in found if f.level == level)


def _facts(audit: Audit) -> Iterator[tuple[str, str]]:
    """By what, when and how the population was judged."""
    yield "Began", f"{day(audit.started_at)} UTC"
    yield "Ended", f"{day(audit.finished_at)} UTC"
    yield "Repositories", f"{len(audit.repositories):,}"
    where = "" if all(r.main.commit for r in audit.repositories) else " in what could be read"
    tags = sum(r.tags_total for r in audit.repositories)
    yield "Tags", f"{tags:,}{where}, every one listed below with what became of it"
    yield "Judged by", f"branch-drift {audit.tool.version}, git {audit.tool.git}, libgit2 {audit.tool.libgit2}"
    yield "Configuration", f"SHA-256 {audit.config_sha256}" if audit.config_sha256 else "the built-in defaults"


def _needs_attention(pair: Pair) -> bool:
    return pair.status in _ATTENTION or any(f.status == Status.UNKNOWN for f in pair.fixes)


def _how_bad(pair: Pair) -> tuple[bool, bool, int]:
    return (not pair.overdue, not pair.critical, WORST_FIRST.index(Status(pair.status)))


def _how_bad_a_repository(shown: RepositoryShown) -> tuple[int, int, int]:
    return (-shown.overdue, -shown.drifting, _VERDICTS.index(shown.verdict))


def _run(run: EarlierRun) -> RunShown:
    return RunShown(run.number, f"{day(run.finished_at)} UTC", run.verdict, run.pairs, run.drifting, run.unknown)
