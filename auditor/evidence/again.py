"""Judges a repository again, from the refs that a run recorded, and holds what it finds against the record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from auditor import audit, policy, rules
from auditor.config.configuration import RepositoryConfig
from auditor.config.parts import Limits
from auditor.config.rule_names import OF_WAIVERS
from auditor.errors import RepositoryError
from auditor.evidence import plain_git
from auditor.evidence.findings import Findings
from auditor.fleet import processes
from auditor.git.refs import Recorded, peel, tags
from auditor.git.source import Local
from auditor.git.store import Store, open_store
from auditor.model import Hotfix, RepositoryAudit, Severity, Verdict
from auditor.rules import tag_unsigned

# A history that is not whole proves nothing absent.
_CUT = frozenset({"shallow", "objects-missing"})
# Rules that hang on the repository and its configuration alone; signatures hang on a file beside these.
_NOT_AGAIN = {tag_unsigned.NAME, *(rule.NAME for rule in (*rules.REVIEWS, *rules.RUNS))}
_COMPARED = {rule.NAME for rule in rules.RULES} - _NOT_AGAIN | {*OF_WAIVERS}
_Broken = tuple[str, Severity, str | None, str | None, str | None, bool]
_MOST_NAMES = 20
_MOST_LOST = 5
_NEARLY_ALL = 0.9


def repository(recorded: RepositoryAudit, config: RepositoryConfig, path: Path, now: int, *, same: bool) -> Findings:
    """Everything that the repository at `path` does not bear out.

    `now` is the time of the run; `same` says that this version made the record, so that its words are the same, too.
    """
    found = Findings()
    name = recorded.name
    if not recorded.refs:
        why = "; ".join(e.detail for e in recorded.errors) or "no refs are on record"
        found.unchecked.append(f"{name}: was not audited in this run: {why}")
        return found
    again = _judged(recorded, config, path, now)
    try:
        with open_store(path) as store:
            lacking = _strange(store, recorded, path) or [*_absent(store, recorded), *_cut(recorded, again, path)]
            found.unchecked += [f"{name}: {said}" for said in lacking]
            if found.unchecked:
                return found
            found.faults += [f"{name}: {said}" for said in _peeled(store, recorded)]
            found.said += [f"{name}: {said}" for said in _unseen(store, recorded, path)]
            _run_checks(store, recorded, found)
    except RepositoryError as error:
        found.unchecked.append(f"{name}: {error.detail}")
        return found
    _compare(recorded, again, found, same=same)
    found.said += [f"{name}: {said}" for said in _told_by_the_forge(recorded)]
    return found


def _told_by_the_forge(recorded: RepositoryAudit) -> Iterator[str]:
    """What no repository bears out."""
    if recorded.forge is not None:
        reviews = sum(f.review is not None for h in recorded.hotfixes for f in h.fixes)
        runs = sum(len(h.pipelines) + sum(len(v.pipelines) for v in h.verdicts) for h in recorded.hotfixes)
        what = f"{reviews} reviews and {runs} demands of the automation matrix"
        yield f"what {recorded.forge.url} told of {recorded.forge.project} ({what}) is as recorded, and not asked again"


def _strange(store: Store, recorded: RepositoryAudit, path: Path) -> list[str]:
    """That hardly a commit that was seen is there: then it is another repository, and no list of them helps anybody."""
    commits = {ref.commit for ref in recorded.refs if ref.commit is not None}
    lost = sum(not store.has(commit) for commit in commits)
    said = f"{path} does not seem to be this repository: of {len(commits)} recorded commits {lost} are not in it"
    return [said] if lost > _NEARLY_ALL * len(commits) else []


def _absent(store: Store, recorded: RepositoryAudit) -> Iterator[str]:
    """What was seen, and is not in this repository."""
    seen = {oid: ref.name for ref in recorded.refs if ref.commit for oid in (ref.object, ref.commit)}
    lost = [oid for oid in seen if not store.has(oid)]
    yield from (f"{oid} of {seen[oid]} is not in this repository; fetch it" for oid in lost[:_MOST_LOST])
    if len(lost) > _MOST_LOST:
        yield f"{len(lost) - _MOST_LOST} more recorded objects are not in it"


def _cut(recorded: RepositoryAudit, again: RepositoryAudit, path: Path) -> Iterator[str]:
    """In a history that is cut short elsewhere, neither a verdict nor a command means the same."""
    was, now = ({e.code for e in found.errors} & _CUT for found in (recorded, again))
    if now - was:
        why = ", ".join(sorted(now - was))
        yield f"the history in {path} is cut short ({why}), and was not in the run; fetch it whole"
    elif was - now:
        why = ", ".join(sorted(was - now))
        yield f"the history that the run saw was cut short ({why}), and that in {path} is not"


def _unseen(store: Store, recorded: RepositoryAudit, path: Path) -> Iterator[str]:
    """Tags that the run did not see: made since, or left out. Which of the two, people must judge."""
    seen = {ref.name for ref in recorded.refs}
    names = [t.name for t in tags(store) if f"refs/tags/{t.name}" not in seen]
    if names:
        more = ", …" if len(names) > _MOST_NAMES else ""
        yield f"tags in {path} that the run did not see: {len(names)} ({', '.join(names[:_MOST_NAMES])}{more})"


def _peeled(store: Store, recorded: RepositoryAudit) -> Iterator[str]:
    for ref in recorded.refs:
        commit = peel(store, ref.object)[0]
        if ref.commit is not None and commit != ref.commit:
            yield f"{ref.name}: is recorded to peel to {ref.commit}, and {ref.object} peels to {commit}"


def _run_checks(store: Store, recorded: RepositoryAudit, found: Findings) -> None:
    """Each different command once."""
    known: dict[tuple[str, int, str | None], str | None] = {}
    for hotfix, verdict in recorded.pairs():
        for check in verdict.checks:
            asked = check.run, check.exit, check.stdout
            if asked not in known:
                known[asked] = plain_git.differs(store.git_dir, check)
            said = known[asked]
            if said is not None:
                found.faults.append(f"{recorded.name}: {hotfix.tag} on {verdict.branch}: {check.run}: {said}")
    found.said.append(f"{recorded.name}: different check commands run in plain git: {len(known)}")


def _judged(recorded: RepositoryAudit, config: RepositoryConfig, path: Path, now: int) -> RepositoryAudit:
    """In a process of its own, under the default limits, whatever a pack says of them."""
    off = {**config.rules, tag_unsigned.NAME: Severity.OFF}
    here = {"path": path, "url": None, "rules": off, "allowed_signers": None, "limits": Limits()}
    work = partial(_work, refs=Recorded(recorded.refs), now=now)
    return processes.run([config.model_copy(update=here)], work, 1)[0]


def _work(config: RepositoryConfig, refs: Recorded, now: int) -> RepositoryAudit:
    assert config.path is not None
    return policy.apply_policy(audit.find(config, Local(config.path), refs), config, now)


def _compare(recorded: RepositoryAudit, again: RepositoryAudit, found: Findings, *, same: bool) -> None:
    name = recorded.name
    if again.errors and not again.refs:
        found.unchecked += [f"{name}: cannot be judged again: {e.detail}" for e in again.errors]
        return
    before = len(found.faults) + len(found.unchecked)
    for said, incomplete in _differences(recorded, again, same=same):
        (found.unchecked if incomplete else found.faults).append(f"{name}: {said}")
    if len(found.faults) + len(found.unchecked) == before:
        pairs = sum(1 for _ in recorded.pairs())
        found.said.append(f"{name}: {pairs} verdicts re-derived from {len(recorded.refs)} recorded refs, all the same")


def _differences(recorded: RepositoryAudit, again: RepositoryAudit, *, same: bool) -> Iterator[tuple[str, bool]]:
    """What differs, and whether it may be because something cannot be read any more."""
    was, now = _hotfixes(recorded), _hotfixes(again)
    for key in dict.fromkeys((*was, *now)):
        if key not in now or key not in was:
            yield (
                f"{key[0]}: is {'recorded as a hotfix, and is none' if key in was else 'a hotfix, and not recorded'}",
                False,
            )
            continue
        yield from _hotfix(was[key], now[key], same=same)
    if _population(recorded, same=same) != _population(again, same=same):
        yield "the tags that are excluded are not the ones on record", False
    yield from ((said, False) for said in _violations(recorded, again))


def _hotfixes(found: RepositoryAudit) -> dict[tuple[str, str], Hotfix]:
    return {(h.tag, h.commit): h for h in found.hotfixes}


def _population(found: RepositoryAudit, *, same: bool) -> tuple[int, int, list[Any]]:
    return found.tags_total, found.tags_audited, [e if same else e.tag for e in found.excluded]


def _violations(recorded: RepositoryAudit, again: RepositoryAudit) -> Iterator[str]:
    was, now = set(_derived(recorded)), set(_derived(again))
    for broken in sorted(was ^ now, key=str):
        rule, _, *about, waived = broken
        named = " ".join(filter(None, (*about, "waived" if waived else "")))
        told = "is recorded, and not found again" if broken in was else "is not recorded"
        yield f"the violation of {rule} ({named}) {told}"


def _derived(found: RepositoryAudit) -> Iterator[_Broken]:
    """Broken rules that the repository and the configuration alone can tell; so not what a forge's waivers come to."""
    told = {(w.tag, w.branch, w.commit) for w in (e.waiver for e in found.waivers) if w.rule in _NOT_AGAIN}
    for v in found.violations:
        if v.rule in _COMPARED and not (v.rule in OF_WAIVERS and (v.tag, v.branch, v.commit) in told):
            yield v.rule, v.severity, v.tag, v.branch, v.commit, v.waiver is not None


def _hotfix(was: Hotfix, now: Hotfix, *, same: bool) -> Iterator[tuple[str, bool]]:
    bare = [replace(_untold(h, was), verdicts=(), selected_by="") for h in (was, now)]
    if bare[0] != bare[1]:
        yield f"{was.tag}: {_names(*bare)} differ from the record", False
    if [v.branch for v in was.verdicts] != [v.branch for v in now.verdicts]:
        yield f"{was.tag}: is not recorded for the configuration's branches", False
    verdicts = {v.branch: v for v in now.verdicts}
    for verdict in was.verdicts:
        other = verdicts.get(verdict.branch)
        if other is not None and (differing := _verdict(verdict, other, same=same)):
            yield (
                f"{was.tag} on {verdict.branch}: {differing}",
                other.incomplete != verdict.incomplete and other.incomplete,
            )


def _untold(hotfix: Hotfix, was: Hotfix) -> Hotfix:
    """Without what the forge told; and without how the fixes came to main, where the record is older than that."""
    older = not any(f.landing for f in was.fixes)
    fixes = tuple(replace(f, review=None) for f in hotfix.fixes)
    if older:
        fixes = tuple(replace(f, landing=(), merge=False) for f in fixes)
    return replace(hotfix, fixes=fixes, pipelines=())


def _verdict(was: Verdict, now: Verdict, *, same: bool) -> str:
    """Pull requests and pipelines are the forge's to tell; a record may be older than that arrivals are on record."""
    older = was.arrival is None
    was, now = (replace(v, pull_request=None, pull_request_opened_at=None, pipelines=()) for v in (was, now))
    if older:
        was, now = map(_unarrived, (was, now))
    if _told(was) != _told(now):
        return f"recorded {_told(was)}, re-derived {_told(now)}"
    if not same:
        was, now = map(_unworded, (was, now))
    return "" if was == now else f"recorded {_told(was)}, and so re-derived, but {_names(was, now)} differ"


def _unarrived(verdict: Verdict) -> Verdict:
    return replace(verdict, arrival=None, fixes=tuple(replace(f, arrival=None) for f in verdict.fixes))


def _unworded(verdict: Verdict) -> Verdict:
    fixes = tuple(replace(f, evidence=replace(f.evidence, detail="")) for f in verdict.fixes)
    return replace(verdict, reason="", checks=(), fixes=fixes)


def _told(verdict: Verdict) -> str:
    return f"{verdict.status} ({verdict.via})" if verdict.via else verdict.status.value


def _names(was: Any, now: Any) -> str:
    return ", ".join(_differing(was, now))


def _differing(was: Any, now: Any) -> Iterable[str]:
    return (f.name for f in fields(was) if getattr(was, f.name) != getattr(now, f.name))
