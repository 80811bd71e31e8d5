"""Every hotfix of a repository, held against branch after branch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cached_property, partial

from auditor import checks, landing, pairs, presence
from auditor.bounds import Range
from auditor.config.configuration import RepositoryConfig
from auditor.errors import RepositoryError
from auditor.fixes import FixCommit, counting, describe, ignored_by
from auditor.forecast import forecast
from auditor.git import refs
from auditor.git.changes import Change, Changes, diffs, from_nothing
from auditor.hotfixes import Candidate, Population
from auditor.model import DRIFT, Forecast, Hotfix, Status, Verdict
from auditor.presence.case import Case
from auditor.presence.scene import Line, Scene, Whole
from auditor.presence.search import Search
from auditor.presence.sought import search_for
from auditor.proof import Check

_Shown = Callable[[str | None, str, Sequence[str]], Check]


def judge_all(
    scene: Scene,
    config: RepositoryConfig,
    population: Population,
    ranges: Sequence[Range],
    fixes: Sequence[tuple[FixCommit, ...]],
    tag: str | None = None,
) -> tuple[Hotfix, ...]:
    """The hotfixes of a repository with their verdicts, in the order of its candidates; or with those of one `tag`.

    Also a single one is judged in sight of all others: it gets the verdict that it has among them.
    """
    scene.know(fix for group in fixes for fix in group)
    search = search_for(scene, fixes)
    nets = _nets(scene, population, ranges)
    entries = zip(population.candidates, ranges, fixes, nets, strict=True)
    return tuple(_hotfix(scene, search, _asked(config, entry[0], tag), *entry) for entry in entries)


def _asked(config: RepositoryConfig, candidate: Candidate, tag: str | None) -> RepositoryConfig:
    """The configuration as it is for a hotfix: without a branch for one that nobody asked about."""
    wanted = tag is None or tag in (candidate.tag.name, *candidate.aliases)
    return config if wanted else config.model_copy(update={"branches": ()})


def _nets(scene: Scene, population: Population, ranges: Sequence[Range]) -> list[Changes | None]:
    """What each hotfix changes from its bound to its tag, ignored paths too; None where it cannot be read."""
    store, ids = scene.content.store, scene.history.ids
    bound = [
        (at, f"{candidate.tag.commit} {ids[range_.bounds[0]]}")
        for at, (candidate, range_) in enumerate(zip(population.candidates, ranges, strict=True))
        if range_.bounds
    ]
    found: list[Changes | None] = [None] * len(ranges)
    for (at, _), changes in zip(bound, diffs(store, [question for _, question in bound]), strict=True):
        found[at] = changes
    for at, (candidate, range_) in enumerate(zip(population.candidates, ranges, strict=True)):
        if candidate.number is not None and not range_.bounds:
            with suppress(RepositoryError):
                found[at] = from_nothing(store, candidate.tag.commit or "")
    return found


def _hotfix(
    scene: Scene,
    search: Search,
    config: RepositoryConfig,
    candidate: Candidate,
    range_: Range,
    fixes: tuple[FixCommit, ...],
    net: Changes | None,
) -> Hotfix:
    tag = candidate.tag
    pair = _Pairs(scene, search, candidate, range_, fixes, net, config.ignore_paths)
    lines = {line.name: line for line in scene.lines}
    return Hotfix(
        tag=tag.name,
        commit=tag.commit or "",
        tag_object=tag.target if tag.annotation else None,
        tagged_at=candidate.tagged_at,
        tagger=tag.annotation.tagger if tag.annotation else None,
        message=tag.annotation.message if tag.annotation else "",
        selected_by=candidate.selected_by,
        bounds=range_.bound_tags,
        aliases=candidate.aliases,
        fixes=tuple(replace(describe(scene.content, f), landing=landing.of(scene, f, candidate.number)) for f in fixes),
        verdicts=tuple(pair.verdict(b.name, lines.get(b.name)) for b in config.branches),
    )


class _Pairs:
    """One hotfix, held against branch after branch."""

    def __init__(
        self,
        scene: Scene,
        search: Search,
        candidate: Candidate,
        range_: Range,
        fixes: tuple[FixCommit, ...],
        net: Changes | None,
        ignored: Sequence[str],
    ) -> None:
        self.scene = scene
        self.search = search
        self.candidate = candidate
        self.range = range_
        self.fixes = fixes
        self.ignored = ignored
        self.plain = not ignored
        self.base = scene.history.ids[range_.bounds[0]] if range_.bounds else None
        self._all = net
        self._net = counting(net, scene.counts)
        self._wholes: tuple[Whole, ...] | None = None

    def verdict(self, branch: str, line: Line | None) -> Verdict:
        """The verdict on one branch."""
        if line is None:
            return pairs.without_fixes(branch, Status.UNKNOWN, refs.absent(self.scene.content.store, branch)[1])
        if self.candidate.number is None or any(n in self.scene.history.cut for n in self.range.commits):
            why = "main's history is cut short, so what the hotfix brought is not known"
            return replace(pairs.without_fixes(branch, Status.UNKNOWN, why), checks=(checks.shallow(),))
        try:
            return self._verdict(line)
        except RepositoryError as error:
            return pairs.without_fixes(branch, Status.UNKNOWN, f"{error.code}: {error.detail}")

    def _verdict(self, line: Line) -> Verdict:
        if not self.net():
            return self._without_fixes(line, Status.NOT_APPLICABLE, self._nothing(), checks.nothing)
        if not self.fixes:
            why = "no-fixes: no commit of it changes what counts, yet its tree differs from its bound's"
            return self._without_fixes(line, Status.UNKNOWN, why, checks.something)
        cases = [self._case(fix, line) for fix in self.fixes]
        found = [presence.judge(case) for case in cases]
        drifts = pairs.status_of(found) in DRIFT
        ahead = self._ahead(line) if drifts else None
        proof = checks.checks(zip(cases, found, strict=True), plain=self.plain)
        return pairs.judge(line.name, found, self.candidate.tagged_at, ahead, proof)

    def _case(self, fix: FixCommit, line: Line) -> Case:
        top = self.candidate.tag.commit or fix.oid
        return Case(self.scene, self.search, fix, line, partial(self.wholes, fix), top, self._by_path)

    @cached_property
    def _by_path(self) -> dict[str, list[tuple[int, Change]]]:
        """What the fixes did to each file, the lowest in the history first."""
        found: dict[str, list[tuple[int, Change]]] = defaultdict(list)
        generation = self.scene.history.generation
        for fix in sorted(self.fixes, key=lambda f: (generation[f.number], f.oid)):
            for change in fix.changes or ():
                found[change.path].append((fix.number, change))
        return found

    def _ahead(self, line: Line) -> Forecast | None:
        """What a back-merge would meet, where that can be told: what cannot be read of it costs no verdict."""
        with suppress(RepositoryError):
            return forecast(self.scene.content, self.net(), self.base, line.tip)
        return None

    def _nothing(self) -> str:
        """Why a hotfix nets out to no change that counts."""
        ignored = ", ".join(ignored_by(self.ignored, self._left_out()))
        if ignored and not self.fixes:
            return f"all that it changes lies under ignored paths: {ignored}"
        outside = f" outside of ignored paths ({ignored})" if ignored else ""
        cancelled = f": its {len(self.fixes)} fixes cancel each other out" if len(self.fixes) > 1 else ""
        return f"the hotfix nets out to no change{outside}{cancelled}"

    def _left_out(self) -> Changes:
        return tuple(c for c in self._all or () if not self.scene.counts(c.path))

    def _without_fixes(self, line: Line, status: Status, why: str, shown: _Shown) -> Verdict:
        """A verdict that rests on what the whole hotfix changes, from its bound to its tag."""
        changes = self._left_out() if status is Status.NOT_APPLICABLE else self.net()
        check = shown(self.base, self.candidate.tag.commit or "", [c.path for c in changes])
        return replace(pairs.without_fixes(line.name, status, why), checks=(check,))

    def net(self) -> Changes:
        """What the hotfix changes from its bound to its tag."""
        if self._net is None:
            raise RepositoryError("objects-missing", f"what {self.candidate.tag.commit} changes cannot be read")
        return self._net

    def wholes(self, fix: FixCommit) -> tuple[Whole, ...]:
        """The larger changes with the fix in them that a squash could have made.

        A merge's change holds what came from its other sides, not what main had meanwhile.
        """
        if self._wholes is None:
            top = self.candidate.tag.commit or ""
            self._wholes = (Whole("the whole hotfix", self.base, top, self.net()), *self._merges())
        ids = self.scene.history.ids
        merges = {ids[n] for n in (fix.number, *fix.carriers)}
        whole, *others = self._wholes
        return (whole, *(w for w in others if w.top in merges))

    def _merges(self) -> Iterator[Whole]:
        history = self.scene.history
        for merge in sorted({m for f in self.fixes for m in f.carriers}):
            changes = self.scene.brought(merge)
            if changes:
                oid, first = history.ids[merge], history.ids[history.parents[merge][0]]
                yield Whole(f"the merge {oid[:12]}", first, oid, changes)
