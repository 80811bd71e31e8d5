"""What could end the drift of one repository: made in memory, and held to the audit before anybody sees it.

Every attempt becomes the tip of a branch in a scratch repository, and that is audited like any other. Only what
brings its pair in sync, and takes nothing else of the branch out of it, is offered as a back-merge.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from auditor import audit, policy
from auditor.backmerge import given, merge, names
from auditor.backmerge.entry import Conflict, Drafted, Method, Proposal
from auditor.backmerge.given import Given
from auditor.backmerge.merge import Attempt, Pair
from auditor.config.configuration import BranchConfig, RepositoryConfig
from auditor.errors import RepositoryError
from auditor.git import process, refs
from auditor.git.bench import Bench, scratch
from auditor.git.merge_tree import Made
from auditor.git.source import Local, source
from auditor.git.store import Store, open_store
from auditor.model import DRIFT, IN_SYNC, Hotfix, Problem, RepositoryAudit, Verdict
from auditor.unaudited import failed


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pairs are asked about; what is empty asks about all."""

    repositories: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    branches: tuple[str, ...] = ()

    def pair(self, hotfix: Hotfix, branch: str) -> bool:
        """Whether a pair is asked about, a tag by any of its names."""
        named = not self.tags or any(t in self.tags for t in (hotfix.tag, *hotfix.aliases))
        return named and (not self.branches or branch in self.branches)


Passed = Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class _Tried:
    """A pair with its attempts, and the objects that they made."""

    pair: Pair
    attempts: tuple[Attempt, ...]
    made: tuple[Made, ...]


def draft(
    config: RepositoryConfig, now: int, state: Path, wanted: Wanted, audits: Given | None = None
) -> RepositoryAudit:
    """The audit of one repository, with a proposal for each pair that drifts without a waiver.

    It is audited, unless there are `audits`; with one of this run whose refs have moved since, it is audited again.
    With one of an earlier run nothing is proposed for a pair whose refs have moved.
    """
    place = source(config, state)
    try:
        known = audits.of(config, now) if audits else None
        with place.ready() as path:
            with open_store(path) as store:
                since = given.moved(store, config, known) if known else {}
            if known is None or (since and audits and audits.run is None):
                known, since = policy.apply_policy(audit.find(config, Local(path)), config, now), {}
            return _drafted(config, path, known, since, wanted)
    except RepositoryError as error:
        return failed(config, Problem(error.code, error.detail))


def _drafted(
    config: RepositoryConfig, path: Path, found: RepositoryAudit, since: Mapping[str, str], wanted: Wanted
) -> Drafted:
    stale = [(h.tag, v.branch, given.stale(found, h, v.branch, since)) for h, v in found.pairs()] if since else []
    moved = tuple((tag, branch, said) for tag, branch, said in stale if said)
    with open_store(path) as store:
        proposals = _proposals(store, config, found, wanted, {(tag, branch) for tag, branch, _ in moved})
        folders = tuple(str(folder) for folder in store.folders)
    return Drafted.of(found, proposals=proposals, folders=folders, moved=moved)


def _proposals(
    store: Store, config: RepositoryConfig, found: RepositoryAudit, wanted: Wanted, stale: Collection[tuple[str, str]]
) -> tuple[Proposal, ...]:
    tags = [t for t in refs.Recorded(found.refs).tags(store) if t.commit]
    commits = {t.name: t.commit for t in tags if t.commit}
    tips = {b.name: b.commit for b in found.branches if b.commit}
    drifting = [(h, v) for h, v in found.pairs() if v.status in DRIFT and v.branch in tips]
    asked = [(h, v) for h, v in drifting if wanted.pair(h, v.branch) and (h.tag, v.branch) not in stale]
    if not asked:
        return ()
    with Bench(store) as bench:
        tried = [_try(bench, config, Pair(h, v, _bound(h, commits), tips[v.branch])) for h, v in asked]
        passed = _passed(store, config, found, tags, tried)
        return tuple(_proposal(bench, config, each, passed, drifting) for each in tried)


def _bound(hotfix: Hotfix, tags: Mapping[str, str]) -> str | None:
    return tags.get(hotfix.bounds[0]) if hotfix.bounds else None


def _try(bench: Bench, config: RepositoryConfig, pair: Pair) -> _Tried:
    how = config.backmerge
    try:
        attempts = tuple(merge.attempts(bench, pair, how.method, how.committer))
    except RepositoryError as error:
        attempts = (Attempt(Method.MERGE, None, (), error.detail),)
    return _Tried(pair, attempts, bench.take())


def _passed(
    store: Store, config: RepositoryConfig, found: RepositoryAudit, tags: Sequence[refs.TagRef], tried: Sequence[_Tried]
) -> Passed:
    """What the audit says against each head that was made: nothing, where it passes."""
    heads = {(each.pair.verdict.branch, a.head): each.pair for each in tried for a in each.attempts if a.head}
    if not heads:
        return {}
    names_of = {key: f"branch-drift-attempt-{n}" for n, key in enumerate(heads)}
    made = tuple(dict.fromkeys(m for each in tried for m in each.made))
    there = {f"refs/heads/{name}": head for (_, head), name in names_of.items()}
    there |= {f"refs/heads/{config.main}": found.main.commit or ""}
    there |= {f"refs/tags/{t.name}": t.target for t in tags}
    with scratch(tuple(store.folders), made, there) as folder:
        named = tuple(BranchConfig(name=name) for name in names_of.values())
        asked = config.model_copy(update={"path": folder, "url": None, "branches": named})
        again = audit.find(asked, Local(folder))
    if again.errors:
        raise RepositoryError(again.errors[0].code, f"the back-merges cannot be audited: {again.errors[0].detail}")
    return {key: _against(found, again, names_of[key], pair) for key, pair in heads.items()}


def _against(found: RepositoryAudit, again: RepositoryAudit, name: str, pair: Pair) -> str:
    """What speaks against the commit at a branch of the scratch repository, in words; nothing where it passes."""
    before = {h.tag: v.covers or v.status for h, v in found.pairs() if v.branch == pair.verdict.branch}
    for hotfix, verdict in again.pairs():
        if verdict.branch != name:
            continue
        if hotfix.tag == pair.hotfix.tag and verdict.status not in IN_SYNC:
            return f"with it the pair would be {verdict.status}: {verdict.reason}"
        if before.get(hotfix.tag) in IN_SYNC and verdict.status not in IN_SYNC:
            return f"with it {hotfix.tag} would be {verdict.status}"
    return ""


def _proposal(
    bench: Bench,
    config: RepositoryConfig,
    each: _Tried,
    passed: Passed,
    drifting: Sequence[tuple[Hotfix, Verdict]],
) -> Proposal:
    pair, branch = each.pair, each.pair.verdict.branch
    good = next((a for a in each.attempts if a.head and not passed[branch, a.head]), None)
    shown = good or _telling(bench, pair, each.attempts)
    below = tuple(h for h, v in drifting if v.branch == branch and _is_below(bench, h, pair.hotfix))
    paths = {p for f in pair.hotfix.fixes for p in f.paths}
    head = good.head if good else None if bench.contains(pair.tip, pair.hotfix.commit) else pair.hotfix.commit
    return Proposal(
        tag=pair.hotfix.tag,
        branch=branch,
        source=names.source(pair.hotfix.tag, branch),
        tip=pair.tip,
        method=shown.method,
        head=head,
        ready=good is not None,
        reason=_reason(pair, shown, each.attempts, passed),
        conflicts=() if good else _touched(bench.store, pair.tip, shown.conflicts),
        made=each.made if good else (),
        earlier=_earlier(bench, config, pair),
        after=tuple(h.tag for h in below if paths & {p for f in h.fixes for p in f.paths}),
        below=tuple(h.tag for h in below),
    )


def _earlier(bench: Bench, config: RepositoryConfig, pair: Pair) -> str | None:
    """What an earlier run left on the pair's branch, where it is seen here and nobody added to it."""
    found = refs.find_branch(bench.store, names.source(pair.hotfix.tag, pair.verdict.branch))
    try:
        ours = found is not None and merge.is_ours(bench, pair, found.commit, config.backmerge.committer)
    except RepositoryError:
        return None
    return found.commit if found and ours else None


def _is_below(bench: Bench, one: Hotfix, other: Hotfix) -> bool:
    return one.commit != other.commit and bench.contains(other.commit, one.commit)


def _telling(bench: Bench, pair: Pair, attempts: Sequence[Attempt]) -> Attempt:
    """Which failure to show: the merge's where it would bring the hotfix alone, else the last."""
    alone = bench.base(pair.tip, pair.hotfix.commit) == pair.bound
    return attempts[0] if alone and attempts[0].conflicts else attempts[-1]


def _reason(pair: Pair, shown: Attempt, attempts: Sequence[Attempt], passed: Passed) -> str:
    branch = pair.verdict.branch
    if shown.head and not passed[branch, shown.head]:
        if shown.method is Method.MERGE:
            return f"{pair.verdict.status}; a merge of the tag brings it, checked by the audit"
        why = next((a.reason for a in attempts if a.method is Method.MERGE and a.reason), "")
        return f"{pair.verdict.status}; cherry-picks bring it, checked by the audit" + (f" ({why})" if why else "")
    if shown.conflicts:
        return f"{pair.verdict.status}; a {shown.method} conflicts in {len(shown.conflicts)} paths"
    said = passed[branch, shown.head] if shown.head else shown.reason
    return f"{pair.verdict.status}; no {shown.method} ends it: {said}"


def _touched(store: Store, tip: str, paths: Sequence[str]) -> tuple[Conflict, ...]:
    found = []
    for path in paths:
        said = process.run(store.git_dir, "log", "-1", "--format=%H%x00%an", "--end-of-options", tip, "--", path)
        commit, _, author = said.decode("utf-8", "replace").strip().partition("\0")
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        found.append(Conflict(shown, commit or None, author or None))
    return tuple(found)
