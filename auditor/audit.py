"""The audit of one repository, from its refs to its verdicts: the whole story on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path

from auditor import checks, hotfixes, landing, pairs, policy, presence, rules
from auditor.config import BranchConfig, RepositoryConfig
from auditor.errors import RepositoryError
from auditor.fixes import FixCommit, counter, counting, describe, find_fixes
from auditor.forecast import forecast
from auditor.git import refs
from auditor.git.changes import Changes, Side, diffs, from_nothing
from auditor.git.content import Content
from auditor.git.history import History, read_history
from auditor.git.source import Source
from auditor.git.source import source as source_of
from auditor.git.store import Store, open_store
from auditor.hotfixes import Candidate, Population, Range
from auditor.model import DRIFT, Branch, Hotfix, Problem, RepositoryAudit, Status, Verdict
from auditor.past import Ref
from auditor.presence.case import Case, names
from auditor.presence.scene import Line, Scene, Whole
from auditor.presence.search import Search
from auditor.unaudited import as_configured, failed


def audit_repository(config: RepositoryConfig, now: int, state: Path) -> RepositoryAudit:
    """Audits one repository as it is `now` (seconds since 1970); mirrors lie under `state`."""
    return policy.apply_policy(find(config, source_of(config, state)), config, now)


apply_policy = policy.apply_policy


def find(config: RepositoryConfig, source: Source, seen: refs.Refs = refs) -> RepositoryAudit:
    """What the repository alone says: nothing here depends on the time of the audit or on waivers.

    `seen` gives the refs: the repository's own of today, unless somebody brings others.
    """
    found = _read(config, source, seen)
    return _read(config, source, seen) if found.incomplete and source.renew() else found


def _read(config: RepositoryConfig, source: Source, seen: refs.Refs) -> RepositoryAudit:
    try:
        with source.ready() as path, open_store(path) as store:
            return _find(store, config, seen)
    except RepositoryError as error:
        return failed(config, Problem(error.code, error.detail))


def _find(store: Store, config: RepositoryConfig, seen: refs.Refs) -> RepositoryAudit:
    main_ref = seen.find_branch(store, config.main)
    if main_ref is None:
        code, said = refs.absent(store, config.main)
        known = {"branch-absent": ("main-absent", f"{config.source}: {said}; name it with main:")}
        raise RepositoryError(*known.get(code, (code, f"{config.source}: {said}")))
    found = {b.name: seen.find_branch(store, b.name) for b in config.branches}
    tags = seen.tags(store)
    tips = [main_ref.commit, *(ref.commit for ref in found.values() if ref)]
    history = read_history(store, [*tips, *(t.commit for t in tags if t.commit)])
    scene = _scene(
        store, config, history, {config.main: main_ref.commit} | {n: r.commit for n, r in found.items() if r}
    )
    on_main = {n for n, reach in enumerate(scene.reach) if reach & 1}
    population = hotfixes.select(tags, config, history, on_main, short=scene.main.short)
    ranges = hotfixes.ranges(population.candidates, tags, history, on_main)
    fixes = find_fixes(scene.content, history, [r.commits for r in ranges], scene.counts)
    judged = _judge_all(scene, config, population, ranges, fixes)
    branches = tuple(_found(b, found[b.name]) for b in config.branches)
    facts = rules.Facts(scene, config, population, ranges, fixes, tags)
    return RepositoryAudit(
        name=config.name,
        source=config.source,
        main=Branch(config.main, main_ref.ref, main_ref.commit, note=main_ref.note),
        branches=branches,
        tags_total=population.total,
        tags_audited=population.audited,
        excluded=population.excluded,
        hotfixes=judged,
        violations=rules.violations(facts),
        not_judged=rules.not_judged(config),
        errors=tuple(_problems(store, scene, branches, tags)),
        refs=tuple(_refs(main_ref, found.values(), tags)),
    )


def _found(config: BranchConfig, found: refs.BranchRef | None) -> Branch:
    return as_configured(config, found.ref, found.commit, found.note) if found else as_configured(config)


def _refs(
    main: refs.BranchRef, branches: Iterable[refs.BranchRef | None], tags: Sequence[refs.TagRef]
) -> Iterator[Ref]:
    """What was seen of the refs: main, the branches, every tag."""
    for branch in (main, *branches):
        if branch is not None:
            yield Ref(branch.ref, branch.commit, branch.commit)
    for tag in tags:
        yield Ref(f"refs/tags/{tag.name}", tag.target, tag.commit)


def _scene(store: Store, config: RepositoryConfig, history: History, tips: dict[str, str]) -> Scene:
    numbers = [history.number[tip] for tip in tips.values()]
    reach = history.masks([[n] for n in numbers])
    cut = 0
    for number in history.cut:
        cut |= reach[number]
    lines = [
        Line(name, tip, history.number[tip], bit, bool(cut >> bit & 1)) for bit, (name, tip) in enumerate(tips.items())
    ]
    return Scene(Content(store, tips.values()), history, lines[0], lines[1:], reach, counter(config.ignore_paths))


def _problems(store: Store, scene: Scene, branches: Sequence[Branch], tags: Sequence[refs.TagRef]) -> list[Problem]:
    found = [Problem(*refs.absent(store, b.name)) for b in branches if b.commit is None]
    found += [Problem("objects-missing", f"tag {t.name}: {t.problem}") for t in tags if t.lost]
    if store.shallow:
        found.append(Problem("shallow", "this is a shallow clone: what lies before it cannot be judged"))
    lost = [n for n in scene.history.cut if scene.history.ids[n] not in store.shallow and scene.reach[n]]
    if lost:
        oids = ", ".join(scene.history.ids[n] for n in sorted(lost)[:3])
        found.append(Problem("objects-missing", f"{len(lost)} commits cannot be read: {oids}"))
    return found


def _judge_all(
    scene: Scene,
    config: RepositoryConfig,
    population: Population,
    ranges: Sequence[Range],
    fixes: Sequence[tuple[FixCommit, ...]],
) -> tuple[Hotfix, ...]:
    scene.know(fix for group in fixes for fix in group)
    search = _search(scene, fixes)
    nets = _nets(scene, population, ranges)
    entries = zip(population.candidates, ranges, fixes, nets, strict=True)
    return tuple(_hotfix(scene, search, config, *entry) for entry in entries)


def _nets(scene: Scene, population: Population, ranges: Sequence[Range]) -> list[Changes | None]:
    """What each hotfix changes from its bound to its tag, looked up together; None where it cannot be read."""
    store, ids = scene.content.store, scene.history.ids
    bound = [
        (at, f"{candidate.tag.commit} {ids[range_.bounds[0]]}")
        for at, (candidate, range_) in enumerate(zip(population.candidates, ranges, strict=True))
        if range_.bounds
    ]
    found: list[Changes | None] = [None] * len(ranges)
    for (at, _), changes in zip(bound, diffs(store, [question for _, question in bound]), strict=True):
        found[at] = counting(changes, scene.counts)
    for at, (candidate, range_) in enumerate(zip(population.candidates, ranges, strict=True)):
        if candidate.number is not None and not range_.bounds:
            with suppress(RepositoryError):
                found[at] = counting(from_nothing(store, candidate.tag.commit or ""), scene.counts)
    return found


def _search(scene: Scene, fixes: Sequence[tuple[FixCommit, ...]]) -> Search:
    """Which fixes need a look at other commits: those a branch lacks, and those whose content moved on."""
    every = {f.number: f for group in fixes for f in group if f.changes}
    lacking = [f for f in every.values() if not all(scene.contains(line, f.number) for line in scene.lines)]
    moved = [f for f in every.values() if _moved(scene, f)]
    sought = {f.number: f for f in (*lacking, *moved)}
    paths = {p for f in sought.values() for p in f.paths}
    paths |= {name for f in sought.values() for line in scene.lines for name in _names(scene, f, line)}
    return Search(scene, lacking, moved, paths)


def _names(scene: Scene, fix: FixCommit, line: Line) -> Sequence[str]:
    try:
        return tuple(names(scene, fix, line).values())
    except RepositoryError:
        return fix.paths


def _moved(scene: Scene, fix: FixCommit) -> bool:
    """Whether some branch that contains a fix has a file of it otherwise than the fix and main."""
    content, changes = scene.content, fix.changes or ()
    lines = [line for line in scene.lines if scene.contains(line, fix.number)]
    try:
        main = _sides(scene, fix, scene.main) if lines else []
        sides = (
            (c, here, there) for x in lines for c, here, there in zip(changes, _sides(scene, fix, x), main, strict=True)
        )
        return any(here not in (c.after, there) and not content.holds(c, here) for c, here, there in sides)
    except RepositoryError:
        return True


def _sides(scene: Scene, fix: FixCommit, line: Line) -> list[Side | None]:
    """The files of a fix at a tip, under the names that they have there."""
    found = [scene.content.at_tip(line.tip, c.path) for c in fix.changes or ()]
    if None not in found:
        return found
    named = names(scene, fix, line)
    return [scene.content.at_tip(line.tip, named[c.path]) for c in fix.changes or ()]


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
    pair = _Pairs(scene, search, candidate, range_, fixes, net, plain=not config.ignore_paths)
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
        *,
        plain: bool,
    ) -> None:
        self.scene = scene
        self.search = search
        self.candidate = candidate
        self.range = range_
        self.fixes = fixes
        self.plain = plain
        self.base = scene.history.ids[range_.bounds[0]] if range_.bounds else None
        self._net = net
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
            return pairs.without_fixes(line.name, Status.NOT_APPLICABLE, "the hotfix nets out to no change")
        if not self.fixes:
            why = "no-fixes: no commit of it changes what counts, yet its tree differs from its bound's"
            return pairs.without_fixes(line.name, Status.UNKNOWN, why)
        cases = [
            Case(self.scene, self.search, fix, line, partial(self.wholes, fix), self.candidate.tag.commit or fix.oid)
            for fix in self.fixes
        ]
        found = [presence.judge(case) for case in cases]
        drifts = pairs.status_of(found) in DRIFT
        ahead = forecast(self.scene.content, self.net(), self.base, line.tip) if drifts else None
        proof = [c for case, f in zip(cases, found, strict=True) for c in checks.checks(case, f, plain=self.plain)]
        return pairs.judge(line.name, found, self.candidate.tagged_at, ahead, list(dict.fromkeys(proof)))

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
