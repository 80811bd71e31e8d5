"""What a forge did not tell: it makes the run incomplete, and is said once for each reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from auditor import rules
from auditor.config.configuration import RepositoryConfig
from auditor.errors import ForgeError
from auditor.model import Hotfix, Problem, RepositoryAudit, RuleNotJudged
from auditor.told import OPEN_UNKNOWN, REVIEW_UNKNOWN, RUN_PENDING, RUN_UNKNOWN, Ran, Required, Reviewed

_MOST_NAMED = 5


def branch(pattern: str, commit: str, error: ForgeError) -> Required:
    """That it is not known which branch a hotfix was made on, where the matrix asks about such branches."""
    said = f"which pull request brought the hotfix cannot be told: {error}"
    return Required("its demands", pattern, commit, Ran.UNKNOWN, said)


def noted(found: RepositoryAudit, config: RepositoryConfig, listing: ForgeError | None) -> RepositoryAudit:
    """The audit with its problems, and the rules that could not be judged whole. `listing` is of open back-merges."""
    untold: dict[tuple[str, str], list[str]] = {}
    for code, why, about in _untold(found):
        untold.setdefault((code, why), []).append(about)
    problems = [Problem(code, f"{_some(about)}: {why}") for (code, why), about in untold.items()]
    if listing is not None:
        problems.append(Problem(OPEN_UNKNOWN, f"which back-merges are open cannot be told: {listing}"))
    silent = tuple(RuleNotJudged(name, "the forge did not tell all") for name in _silent(found, config, set(untold)))
    return replace(found, errors=(*found.errors, *problems), not_judged=(*found.not_judged, *silent))


def _untold(found: RepositoryAudit) -> Iterator[tuple[str, str, str]]:
    """The code, the reason, and what it is about."""
    for hotfix in found.hotfixes:
        for fix in hotfix.fixes:
            if fix.review is not None and fix.review.standing is Reviewed.UNKNOWN:
                yield REVIEW_UNKNOWN, fix.review.detail, f"{hotfix.tag}: the review of {fix.commit[:12]}"
        for required in _required(hotfix):
            about = f"{hotfix.tag} on {required.branch}: {required.requirement}"
            if required.ran is Ran.UNKNOWN:
                yield RUN_UNKNOWN, required.detail, about
            elif required.ran is Ran.PENDING:
                yield RUN_PENDING, required.detail, about


def _required(hotfix: Hotfix) -> Iterator[Required]:
    yield from hotfix.pipelines
    for verdict in hotfix.verdicts:
        yield from verdict.pipelines


def _some(about: list[str]) -> str:
    """The first few, and how many more."""
    each = list(dict.fromkeys(about))
    more = f", and {len(each) - _MOST_NAMED} more" if len(each) > _MOST_NAMED else ""
    return ", ".join(each[:_MOST_NAMED]) + more


def _silent(found: RepositoryAudit, config: RepositoryConfig, untold: set[tuple[str, str]]) -> Iterator[str]:
    """The rules of which something is untold and nothing is broken: that nothing is would be a claim."""
    codes = {code for code, _ in untold}
    broken = {v.rule for v in found.violations}
    for group, about in ((rules.REVIEWS, {REVIEW_UNKNOWN}), (rules.RUNS, {RUN_UNKNOWN, RUN_PENDING})):
        if codes & about:
            yield from (rule.NAME for rule in group if rule.NAME in rules.on(config) and rule.NAME not in broken)
