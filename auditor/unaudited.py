"""What is known of a repository before it is read, or where it could not be."""

from __future__ import annotations

from auditor import rules
from auditor.config.configuration import BranchConfig, RepositoryConfig
from auditor.model import Branch, Problem, RepositoryAudit


def failed(config: RepositoryConfig, problem: Problem) -> RepositoryAudit:
    """The audit of a repository that could not be audited."""
    branches = tuple(as_configured(b) for b in config.branches)
    main = Branch(config.main, None, None)
    silent = rules.not_judged(config, read=False)
    return RepositoryAudit(config.name, config.source, main, branches, 0, 0, (), (), (), silent, (problem,))


def as_configured(
    config: BranchConfig, ref: str | None = None, commit: str | None = None, note: str | None = None
) -> Branch:
    """A branch as it is configured, with where it was found."""
    sla = config.sla
    return Branch(
        name=config.name,
        ref=ref,
        commit=commit,
        sla=sla.seconds if sla else None,
        critical=config.critical,
        note=note,
        sla_text=sla.text if sla else None,
    )
