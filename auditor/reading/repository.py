"""One repository's audit, with what its forge tells beside it, and what it does not tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from auditor import forges, rules, waiving
from auditor.backmerge import names
from auditor.config.configuration import RepositoryConfig
from auditor.config.matrix import BranchMatrix
from auditor.errors import ForgeError
from auditor.forges.interface import PullRequest, same_commit
from auditor.model import Hotfix, RepositoryAudit, Status, Verdict
from auditor.reading import untold
from auditor.reading.asker import Asker
from auditor.reading.pipelines import Carrier, required
from auditor.reading.reviews import brought_by, review
from auditor.told import Asked, Required


def told(found: RepositoryAudit, config: RepositoryConfig, asker: Asker, now: int) -> RepositoryAudit:
    """The audit with reviews, pipelines and open back-merges, and the rules that rest on them. No verdict changes."""
    assert config.forge is not None
    forge = Asked(config.forge.type, forges.root(config.forge), config.forge.project, _start(config.forge.since))
    asked = replace(
        found,
        forge=forge,
        hotfixes=tuple(
            h if forge.since is not None and h.tagged_at < forge.since else _hotfix(h, found, config, asker, now)
            for h in found.hotfixes
        ),
    )
    asked, error = _with_open(asked, asker)
    broken = (*found.violations, *rules.told(asked, config))
    return waiving.waived(untold.noted(replace(asked, violations=broken), config, error), config, now)


def _start(day: date | None) -> int | None:
    """The first second of a day (UTC)."""
    return None if day is None else int(datetime.combine(day, time(), UTC).timestamp())


def _hotfix(hotfix: Hotfix, found: RepositoryAudit, config: RepositoryConfig, asker: Asker, now: int) -> Hotfix:
    on = rules.on(config)
    if on & {rule.NAME for rule in rules.REVIEWS}:
        fixes = tuple(replace(f, review=review(asker, f, found.main.name)) for f in hotfix.fixes)
        hotfix = replace(hotfix, fixes=fixes)
    if on & {rule.NAME for rule in rules.RUNS}:
        return _Matrix(hotfix, found, config, asker, now).held()
    return hotfix


@dataclass(frozen=True, slots=True)
class _Matrix:
    """One hotfix, held against the automation matrix."""

    hotfix: Hotfix
    found: RepositoryAudit
    config: RepositoryConfig
    asker: Asker
    now: int

    def held(self) -> Hotfix:
        """Main at the tag, the branches that it was made on as they were merged, each branch at its arrival."""
        hotfix, (pulls, error) = self.hotfix, self._pulls()
        urgent = self._urgent(pulls, error)
        main = self._required(self.found.main.name, hotfix.commit, hotfix.tagged_at, urgent)
        own = [r for p in pulls for r in self._merged(p, urgent)]
        verdicts = tuple(replace(v, pipelines=self._arrived(v, urgent)) for v in hotfix.verdicts)
        return replace(hotfix, verdicts=verdicts, pipelines=(*main, *own, *self._own_unknown(error)))

    def _required(self, branch: str, commit: str | None, at: int | None, urgent: bool | None) -> tuple[Required, ...]:
        carrier = Carrier(branch, commit or "", at, urgent)
        return required(self.asker, self.config.pipelines, carrier, self.now)

    def _merged(self, pull: PullRequest, urgent: bool | None) -> tuple[Required, ...]:
        """What was merged from a branch of the hotfix's own; what the judged branches ask for is not asked of it."""
        whole = next((f.commit for f in self.hotfix.fixes if same_commit(f.commit, pull.head)), pull.head)
        carrier = Carrier(pull.source, whole or "", pull.ended_at, urgent)
        others = self.config.pipelines.model_copy(update={"matrix": tuple(self._of_others())})
        return required(self.asker, others, carrier, self.now)

    def _arrived(self, verdict: Verdict, urgent: bool | None) -> tuple[Required, ...]:
        """What drifts, or is owed nothing, was carried by no commit."""
        if verdict.status is not Status.PRESENT:
            return ()
        return self._required(verdict.branch, verdict.arrival, verdict.since, urgent)

    def _pulls(self) -> tuple[list[PullRequest], ForgeError | None]:
        """The pull requests from branches of its own, where the matrix asks about them."""
        if not self._asks_about_pulls():
            return [], None
        found: dict[int, PullRequest] = {}
        try:
            for fix in self.hotfix.fixes:
                pull = brought_by(self.asker, fix, self.found.main.name)
                if pull is not None and pull.source not in self._judged():
                    found[pull.number] = pull
        except ForgeError as error:
            return list(found.values()), error
        return list(found.values()), None

    def _judged(self) -> frozenset[str]:
        return frozenset({self.found.main.name, *(b.name for b in self.found.branches)})

    def _asks_about_pulls(self) -> bool:
        matrix = self.config.pipelines
        return any(r.urgent for m in matrix.matrix for r in m.require) or bool(self._of_others())

    def _of_others(self) -> list[BranchMatrix]:
        """The parts of the matrix that are for neither main nor an environment branch."""
        matrix = self.config.pipelines
        known = {m.branch for name in self._judged() for m in matrix.for_branch(name)}
        return [m for m in matrix.matrix if m.branch not in known]

    def _own_unknown(self, error: ForgeError | None) -> Iterator[Required]:
        if error is not None:
            for part in self._of_others():
                yield untold.branch(part.branch, self.hotfix.commit, error)

    def _urgent(self, pulls: Sequence[PullRequest], error: ForgeError | None) -> bool | None:
        said = [self.hotfix.message, *(text for p in pulls for text in (p.title, *p.labels))]
        if any(re.search(self.config.pipelines.urgent, text) for text in said):
            return True
        return False if error is None else None


def _with_open(found: RepositoryAudit, asker: Asker) -> tuple[RepositoryAudit, ForgeError | None]:
    """The audit with the open back-merge of each pair, found by the name of its branch; or why that cannot be told."""
    if not found.hotfixes:
        return found, None
    try:
        there = {(p.source, p.target): p for p in sorted(asker.open(), key=lambda p: -p.number)}
    except ForgeError as error:
        return found, error
    hotfixes = tuple(
        replace(
            h, verdicts=tuple(_offered(v, there.get((names.source(h.tag, v.branch), v.branch))) for v in h.verdicts)
        )
        for h in found.hotfixes
    )
    return replace(found, hotfixes=hotfixes), None


def _offered(verdict: Verdict, pull: PullRequest | None) -> Verdict:
    if pull is None:
        return verdict
    return replace(verdict, pull_request=pull.url, pull_request_opened_at=pull.created_at)
