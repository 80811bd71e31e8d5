"""One self-contained page: complete without scripts, and asking nothing of the network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from auditor.model import DRIFT, Audit
from auditor.output.order import counts, worst_first
from auditor.output.words import day, plain, rfc3339, short, span, writable

_PACKAGED = Path(__file__).parent.parent / "_reports" / "templates"
_CHECKOUT = Path(__file__).parent.parent.parent / "reports" / "templates"


def render(audit: Audit) -> str:
    """The page."""
    return page("audit.html.j2", audit=audit, counts=counts(audit), worst_first=worst_first, drift=DRIFT)


def page(template: str, **values: Any) -> str:
    """A page from one of the templates; all that it shows is escaped."""
    folder = _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(day=day, plain=plain, rfc3339=rfc3339, short=short, span=span)
    style = (folder / "audit.css").read_text()
    return writable(environment.get_template(template).render(style=style, **values))
