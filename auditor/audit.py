"""The audit of one repository, from its refs to its verdicts: the whole story on one page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from auditor import bounds, hotfixes, policy, rules
from auditor.config.configuration import BranchConfig, RepositoryConfig
from auditor.errors import RepositoryError
from auditor.fixes import counter, find_fixes
from auditor.git import refs
from auditor.git.content import Content
from auditor.git.history import History, read_history
from auditor.git.source import Source
from auditor.git.source import source as source_of
from auditor.git.store import Store, open_store
from auditor.judging import judge_all
from auditor.model import Branch, Problem, RepositoryAudit
from auditor.past import Ref
from auditor.presence.scene import Line, Scene
from auditor.unaudited import as_configured, failed


def audit_repository(config: RepositoryConfig, now: int, state: Path, tag: str | None = None) -> RepositoryAudit:
    """Audits one repository as it is `now` (seconds since 1970), or one `tag` of it; mirrors lie under `state`."""
    return policy.apply_policy(find(config, source_of(config, state), tag=tag), config, now)


def find(config: RepositoryConfig, source: Source, seen: refs.Refs = refs, tag: str | None = None) -> RepositoryAudit:
    """What the repository alone says: nothing here depends on the time of the audit or on waivers.

    `seen` gives the refs: the repository's own of today, unless somebody brings others. With a `tag` the other
    hotfixes are without verdicts.
    """
    found = _read(config, source, seen, tag)
    return _read(config, source, seen, tag) if found.incomplete and source.renew() else found


def _read(config: RepositoryConfig, source: Source, seen: refs.Refs, tag: str | None) -> RepositoryAudit:
    try:
        with source.ready() as path, open_store(path) as store:
            return _find(store, config, seen, tag)
    except RepositoryError as error:
        return failed(config, Problem(error.code, error.detail))


def _find(store: Store, config: RepositoryConfig, seen: refs.Refs, tag: str | None) -> RepositoryAudit:
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
    ranges = bounds.ranges(population.candidates, tags, history, on_main)
    fixes = find_fixes(scene.content, history, [r.commits for r in ranges], scene.counts)
    judged = judge_all(scene, config, population, ranges, fixes, tag)
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
        yield Ref(f"refs/tags/{tag.name}", tag.target, tag.commit, tag.exact)


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
