"""The ways to main of a hotfix's fixes, as the forge told of them."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.model import Fix, Hotfix, RepositoryAudit
from auditor.rules.facts import Breach
from auditor.told import Review, Reviewed


def breaches(found: RepositoryAudit, standing: Reviewed) -> Iterator[Breach]:
    """One for each pull request, or commit of main's line, by which fixes came that stand so."""
    for hotfix in found.hotfixes:
        for fixes in _together(hotfix, standing).values():
            (fix, review), *more = fixes
            others = f" (and {len(more)} more fixes)" if more else ""
            yield Breach(hotfix.tag, None, fix.commit, f"{review.detail}{others}")


def _together(hotfix: Hotfix, standing: Reviewed) -> dict[object, list[tuple[Fix, Review]]]:
    """Fixes that came by the same way."""
    ways: dict[object, list[tuple[Fix, Review]]] = {}
    for fix in hotfix.fixes:
        review = fix.review
        if review is not None and review.standing is standing:
            way = review.pull_request.number if review.pull_request else fix.landing[:1]
            ways.setdefault(way, []).append((fix, review))
    return ways
