"""The report for people: complete without scripts, and asking nothing of the network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.model import Audit
from auditor.output.html import assets, pages
from auditor.output.html.assets import Assets
from auditor.output.html.values import Page
from auditor.output.words import day, plain, rfc3339, short, span, writable
from auditor.past import History


def render(audit: Audit, history: History | None = None) -> str:
    """Everything on one page, in one file."""
    return _report(pages.whole(audit, history), assets.inline())


def files(audit: Audit, history: History | None = None, *, linked: bool = False) -> Iterator[tuple[str, str]]:
    """A folder of pages, each with its path in it; with `linked`, style and script are files of their own.

    `index.html` holds everything, or, where that is too much for one page, a line a repository. The
    repositories of a fleet have pages of their own.
    """
    apart = len(audit.repositories) > 1 or too_large(audit)
    top = pages.fleet(audit, history) if too_large(audit) else pages.whole(audit, history, apart=apart)
    yield "index.html", _report(top, assets.linked() if linked else assets.inline())
    if apart:
        own = assets.linked("../") if linked else assets.inline()
        for name, one in pages.repositories(audit, history):
            yield f"repository/{name}", _report(one, own)
    if linked:
        yield from ((name, assets.text(name)) for name in (assets.STYLE, assets.SCRIPT))


def too_large(audit: Audit) -> bool:
    """Whether there are more pairs than one page should hold."""
    return sum(len(r.hotfixes) * len(r.branches) for r in audit.repositories) > pages.MOST_PAIRS


def page(template: str, **values: Any) -> str:
    """A page from one of the templates; all that it shows is escaped."""
    environment = Environment(
        loader=FileSystemLoader(assets.TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, plain=plain, rfc3339=rfc3339, short=short, span=span)
    style = assets.text(assets.STYLE)
    return writable(environment.get_template(template).render(style=style, **values))


def _report(shown: Page, how: Assets) -> str:
    return page("report.html.j2", page=shown, assets=how)
