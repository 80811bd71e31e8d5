"""Audits that there are already: what of them may still be planned from, and what has moved since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from auditor import policy
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.git import refs
from auditor.git.store import Store
from auditor.model import Hotfix, Problem, RepositoryAudit, Verdict
from auditor.past import Ref

Moved = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Given:
    """Audits by the repository's name: those of this very run, or of `run` in the ledger."""

    audits: Mapping[str, RepositoryAudit]
    run: int | None = None

    def of(self, config: RepositoryConfig, now: int) -> RepositoryAudit:
        """The audit of a repository; one of an earlier run under the configuration and the waivers of today.

        Raises `RepositoryError` (`not-in-run`) where there is none to plan from.
        """
        found = self.audits.get(config.name)
        if self.run is None and found is not None:
            return found
        if found is None or found.source != config.source:
            was = f"run {self.run} has no repository of this name" if found is None else f"it was at {found.source}"
            raise RepositoryError("not-in-run", f"run {self.run} cannot be planned from: {was}")
        return _of_today(found, config, now, f"run {self.run}")


def _of_today(found: RepositoryAudit, config: RepositoryConfig, now: int, run: str) -> RepositoryAudit:
    """Recorded facts as policy has them now: a waiver that came since counts, one that ran out does not."""
    names = [b.name for b in config.branches]
    hotfixes = tuple(
        replace(h, verdicts=tuple(_bare(v) for v in h.verdicts if v.branch in names)) for h in found.hotfixes
    )
    known = {b.name for b in found.branches}
    unknown = [Problem("not-in-run", f"{run} did not judge the branch {n}") for n in names if n not in known]
    if found.main.name != config.main:
        raise RepositoryError("not-in-run", f"{run} held {found.main.name} for main, not {config.main}")
    bare = replace(found, hotfixes=hotfixes, errors=(*found.errors, *unknown))
    return policy.apply_policy(bare, config, now)


def _bare(verdict: Verdict) -> Verdict:
    return replace(
        verdict, status=verdict.covers or verdict.status, covers=None, waiver=None, due_at=None, overdue=False
    )


def moved(store: Store, config: RepositoryConfig, found: RepositoryAudit) -> dict[str, str]:
    """Main, branches and tags that are not where the audit saw them: name of the ref, and what became of it."""
    was = {ref.name: ref for ref in found.refs}
    now = dict(_refs_now(store, config, found))
    return {
        name: f"{name} was at {was[name].object}, and {_now(now.get(name))}"
        for name in was
        if was[name] != now.get(name)
    }


def _now(ref: Ref | None) -> str:
    return f"is at {ref.object}" if ref else "is gone"


def _refs_now(store: Store, config: RepositoryConfig, found: RepositoryAudit) -> Iterator[tuple[str, Ref]]:
    for name in (config.main, *(b.name for b in found.branches)):
        branch = refs.find_branch(store, name)
        if branch is not None:
            yield branch.ref, Ref(branch.ref, branch.commit, branch.commit)
    for tag in refs.tags(store):
        full = f"refs/tags/{tag.name}"
        yield full, Ref(full, tag.target, tag.commit)


def stale(found: Any, hotfix: Hotfix, branch: str, since: Moved) -> str | None:
    """What of a pair's refs has moved, in words; None where all are where they were."""
    places = {found.main.ref, *(b.ref for b in found.branches if b.name == branch), f"refs/tags/{hotfix.tag}"}
    return next((said for name, said in sorted(since.items()) if name in places), None)
